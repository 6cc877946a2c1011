"""Recorded runs: numbers that take too long for a chapter, with all that is needed to make them again.

A record is `results/NN_name.json`: the recorded function and the hash of its code, its seeds, the device, the versions,
the seconds, and every number of every seed.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from likely.training import code

__all__ = ["RESULTS", "MissingRecord", "Record", "load_record"]

_HERE = Path(__file__).parents[3] / "results"  # of the checkout
_PACKED = Path(__file__).parents[1] / "results"  # of the wheel
RESULTS = _PACKED if _PACKED.is_dir() else _HERE


class MissingRecord(RuntimeError):
    """A record is missing or cannot be read."""


@dataclass(frozen=True)
class Record:
    """A recorded run. `numbers` has, by name, an array whose first axis is the seeds."""

    name: str
    run: str  # module:function
    code: str
    seeds: tuple[int, ...]
    device: str
    versions: dict[str, str]
    date: str
    seconds: tuple[float, ...]  # for each seed
    numbers: dict[str, np.ndarray]

    def spread(self, name: str, at: int | tuple[int, ...] = ()) -> tuple[float, float]:
        """The mean of a number over the seeds, and three standard deviations: where another seed is to lie.

        at: which entry, where a number is an array for each seed. The pair is what `expect` takes:
        `expect(value, *record.spread("bits"), unit="bits")`.
        """
        if name not in self.numbers:
            raise KeyError(f"{self.name} has no number {name!r}; it has {', '.join(self.numbers)}")
        values = self.numbers[name][(slice(None), *(at if isinstance(at, tuple) else (at,)))]
        if values.ndim != 1:
            raise ValueError(f"{name} has entries of shape {values.shape[1:]}: say which one with at=…")
        if len(values) < 2:
            raise ValueError(f"{self.name} has one seed, which has no spread")
        return float(values.mean()), float(3 * values.std(ddof=1))

    @property
    def stale(self) -> str | None:
        """Why the record is not of today's code, or None."""
        return why_stale(self.run, self.code)


def why_stale(where: str, then: str) -> str | None:
    """Why code at module:name, whose hash was `then`, is another one today, or None."""
    try:
        code.find(where)
        now = code.digest(where.partition(":")[0])
    except LookupError as error:
        return str(error)
    return None if now == then else f"the code of {where} has changed since ({then[:12]} then, {now[:12]} now)"


def load_record(name: str, folder: Path | None = None) -> Record:
    """The record of that name, such as "02_latent_sizes". Raises MissingRecord with the command that makes it."""
    path = (folder or RESULTS) / f"{name}.json"
    chapter = name.partition("_")[0]
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        numbers = {key: np.array(value) for key, value in found.pop("numbers").items()}
        return Record(
            **{**found, "seeds": tuple(found["seeds"]), "seconds": tuple(found["seconds"])}, name=name, numbers=numbers
        )
    except FileNotFoundError:
        raise MissingRecord(f"{path} is missing: `make results {chapter}` makes it, which may take long.") from None
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise MissingRecord(
            f"{path} cannot be read: {error}. Restore it with `git checkout -- {path.name}` in its folder, or with "
            f"`make results {chapter}`"
        ) from None
