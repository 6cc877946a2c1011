"""Recipes: how the weights that the course ships are trained, and the runs whose numbers it records.

A chapter has its own in the module `chNN` here:

    @weights(seed=0, dtype="float16", within={"held-out loss": 0.002})
    def faces(seed):
        ...
        return done.model, {"held-out loss": done.history["held"].min()}

    @record(seeds=range(5))
    def latent_sizes(seed):
        return {"held-out loss": [train(seed, size) for size in (2, 4, 8)]}

`make train NN` makes `likely/models/weights/NN_faces`, and `make results NN` makes `results/NN_latent_sizes.json`.
A chapter may have further modules, `chNN_what`, so that what took long does not go stale with the rest.
"""

from __future__ import annotations

import importlib
import json
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from likely.training import code
from likely.training.records import RESULTS, Record, load_record
from likely.training.weights import WEIGHTS, read_manifest, save_weights

__all__ = ["Recipe", "Recording", "of_chapter", "record", "weights"]


def _chapter(module: str) -> str:
    """The number of the chapter that a module of recipes belongs to."""
    found = re.fullmatch(r"(?:.*\.)?ch(\d\d[a-z]?)(?:_\w+)?", module)
    return found[1] if found else "00"


@dataclass(frozen=True, repr=False)
class Recipe:
    """Trains weights that are shipped: `function(seed, **arguments)` gives a model and a dict of named numbers."""

    function: Callable[..., tuple[Any, Mapping[str, float]]]
    seed: int = 0
    dtype: str = "float32"
    within: Mapping[str, float] = field(default_factory=dict)  # the spread of the numbers over seeds and machines
    arguments: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{_chapter(self.function.__module__)}_{self.function.__name__}"

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)

    def make(self, folder: Path = WEIGHTS, anew: bool = False) -> tuple[Path | None, list[str]]:
        """Trains, and writes the weights unless the numbers are not those of the manifest that is there.

        Returns the path (None if not written) and a line for each number. anew: write in any case.
        """
        began = time.monotonic()
        model, numbers = self.function(self.seed, **self.arguments)
        seconds = time.monotonic() - began
        path, lines, missed = folder / f"{self.name}.safetensors", [], False
        there = read_manifest(path)["numbers"] if path.with_suffix(".json").exists() else {}
        for name, value in numbers.items():
            line = f"{self.name}: {name} {value:.6g}"
            if name in there:
                expected, within = there[name]["value"], there[name]["within"]
                met = abs(value - expected) <= within
                missed |= not met
                line += (
                    f", {'as the manifest says' if met else 'NOT as the manifest says'}: {expected:.6g} ± {within:g}"
                )
            lines.append(line)
        if missed and not anew:
            return None, lines
        save_weights(
            path,
            model,
            recipe=self.function,
            seed=self.seed,
            numbers=numbers,
            within=self.within,
            arguments=self.arguments,
            dtype=self.dtype,
            seconds=seconds,
        )
        return path, lines


@dataclass(frozen=True, repr=False)
class Recording:
    """A run whose numbers are recorded: `function(seed)` gives a dict of numbers, or of lists of them, by name."""

    function: Callable[[int], Mapping[str, Any]]
    seeds: tuple[int, ...]

    @property
    def name(self) -> str:
        return f"{_chapter(self.function.__module__)}_{self.function.__name__}"

    def __call__(self, *arguments: Any, **named: Any) -> Any:
        return self.function(*arguments, **named)

    def make(self, folder: Path = RESULTS) -> Record:
        """Runs every seed and writes the record."""
        seconds, found = [], []
        for seed in self.seeds:
            began = time.monotonic()
            found.append(self.function(seed))
            seconds.append(round(time.monotonic() - began, 1))
        if any(one.keys() != found[0].keys() for one in found):
            raise ValueError(f"{self.name} names other numbers for other seeds")
        numbers = {}
        for name in found[0]:
            values = [np.asarray(one[name], np.float64) for one in found]
            if len({a.shape for a in values}) > 1:
                raise ValueError(f"{self.name}: {name!r} has another shape for another seed")
            numbers[name] = np.stack(values).tolist()
        what = dict(
            run=code.address(self.function),
            code=code.digest(self.function.__module__),
            seeds=list(self.seeds),
            **code.surroundings(),
            date=time.strftime("%Y-%m-%d"),
            seconds=seconds,
            numbers=numbers,
        )
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.name}.json"
        part = path.with_suffix(".part")
        part.write_text(json.dumps(what, indent=1, ensure_ascii=False) + "\n", encoding="utf-8", newline="\n")
        part.replace(path)
        return load_record(self.name, folder)


def weights(
    *, seed: int = 0, dtype: str = "float32", within: Mapping[str, float] | None = None, **arguments: Any
) -> Callable[[Callable], Recipe]:
    """Makes a recipe of a function; `arguments` are handed to it beside the seed, and stand in the manifest."""

    return lambda function: Recipe(function, seed, dtype, dict(within or {}), arguments)


def record(*, seeds: Iterable[int]) -> Callable[[Callable], Recording]:
    """Makes a recorded run of a function of the seed."""
    return lambda function: Recording(function, tuple(seeds))


def of_chapter(chapter: str) -> list[Recipe | Recording]:
    """The recipes and recorded runs of a chapter, by its number, such as "02". Raises LookupError if it has none.

    Those of the module chNN come first, then those of its further modules, in the order of their names.
    """
    there = sorted(path.stem for path in Path(__file__).parent.glob("ch*.py"))
    names = [name for name in there if _chapter(name) == chapter]
    if not names:
        listed = ", ".join(sorted({_chapter(name) for name in there}))
        raise LookupError(f"chapter {chapter!r} has no recipes; these have: {listed or 'none yet'}")
    modules = [importlib.import_module(f"{__name__}.{name}") for name in names]
    return [
        thing
        for module in modules
        for thing in vars(module).values()
        if isinstance(thing, (Recipe, Recording)) and thing.function.__module__ == module.__name__
    ]
