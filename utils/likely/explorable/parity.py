"""Kernel against page: the same program in XLA and as ONNX, at random, extreme and running values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from likely import lowering

from .figure import Figure, Run
from .program import Program

__all__ = ["Disagreement", "Row", "check", "compare", "reference", "run_points", "values_to_try"]

RUN_POINTS = (0, 1, 10, 100)  # steps of a run from which a training step is compared


class Disagreement(AssertionError):
    """The lowered program computes something else than XLA."""


@dataclass(frozen=True)
class Row:
    """The largest difference of one output, and where it was seen.

    error: absolute for float32; the number of unequal elements for int32, uint32 and bool.
    scale: the largest finite magnitude of the output over all values tried; 1 for int32, uint32 and bool.
    """

    program: str
    output: str
    error: float
    scale: float
    values: dict[str, Any]
    step: int

    @property
    def relative(self) -> float:
        return self.error / self.scale


def run_points(figure: Figure) -> list[int]:
    """The steps of a run that are compared: those of RUN_POINTS that a run of this figure reaches."""
    last = figure.until if figure.has_state and figure.until is not None else max(RUN_POINTS)
    return sorted({min(point, last) for point in RUN_POINTS}) if figure.has_state else [0]


def values_to_try(figure: Figure, draws: int, seed: int = 0) -> Iterator[dict[str, Any]]:
    """The first state, each control at its ends, all at their ends together, and random values."""
    rng = np.random.default_rng(seed)
    first = figure.defaults()
    yield first
    for name, control in figure.controls.items():
        for end in control.extremes():
            yield {**first, name: end}
    if len(figure.controls) > 1:
        for end in (0, -1):
            yield {name: control.extremes()[end] for name, control in figure.controls.items()}
    for _ in range(draws):
        yield {name: control.draw(rng) for name, control in figure.controls.items()}


def compare(
    figure: Figure, models: Mapping[str, bytes], *, arrays: list[Any] | None = None, draws: int = 20, seed: int = 0
) -> list[Row]:
    """The largest difference of each output of each program, page against kernel, over `values_to_try`.

    A step is compared from the kernel's own state at several points of a run.
    """
    worst: dict[tuple[str, str], Row] = {}
    scale: dict[tuple[str, str], float] = {}
    sessions = {name: lowering.Session(model) for name, model in models.items()}

    def see(run: Run, program: Program, state):
        feeds = [np.asarray(feed) for feed in run.feed(program, state)]
        expected, got = program.compiled(*feeds), sessions[program.name](feeds).values()
        for port, kernels, pages in zip(program.outputs, expected, got, strict=True):
            key = (program.name, port.name)
            found = lowering.difference(port.name, kernels, pages)
            scale[key] = max(scale.get(key, 0.0), found.scale)
            if key not in worst or found.max_error > worst[key].error:
                worst[key] = Row(*key, found.max_error, 1.0, dict(run.values), run.step)

    for values in values_to_try(figure, draws, seed):
        run = Run(figure, values, arrays=arrays)
        if not figure.has_state:
            see(run, figure.programs["look"], ())
            continue
        see(run, figure.programs["init"], ())
        run.reset()
        for point in run_points(figure):
            run.advance(steps=point - run.step)
            see(run, figure.programs["step"], run.state)
            see(run, figure.programs["look"], run.state)
    return [replace(row, scale=scale[key]) for key, row in worst.items()]


def check(
    figure: Figure, models: Mapping[str, bytes], *, arrays: list[Any] | None = None, draws: int = 20, seed: int = 0
) -> list[Row]:
    """`compare`, and raises Disagreement for an output beyond the figure's tolerance."""
    rows = compare(figure, models, arrays=arrays, draws=draws, seed=seed)
    for row in rows:
        if not row.relative <= figure.tolerance:
            at = {name: figure.controls[name].words(value) for name, value in row.values.items()}
            raise Disagreement(
                f"{figure.name}: {row.program}, {row.output} differs between kernel and page by {row.error:.2g} on a "
                f"scale of {row.scale:.2g} (allowed: {figure.tolerance:.2g} of it) at {at}, step {row.step}"
            )
    return rows


def reference(
    figure: Figure, *, arrays: list[Any] | None = None, draws: int = 8, seed: int = 1
) -> list[dict[str, Any]]:
    """What the kernel shows at some control values (and steps), for a test to hold a browser's figure to."""
    cases = []
    for values in values_to_try(figure, draws, seed):
        run = Run(figure, values, arrays=arrays)
        for point in run_points(figure):
            outputs = run.advance(steps=point - run.step) if point > run.step else run.look()
            plain = {k: _plain(v) for k, v in outputs.items()}
            cases.append(dict(values=figure.wire(run.values), step=run.step, outputs=plain))
    return cases


def _plain(array: np.ndarray) -> Any:
    """For JSON, which knows no NaN and no infinity: those as text."""
    if array.dtype != np.float32 or np.isfinite(array).all():
        return array.tolist()
    return np.where(np.isfinite(array), array.astype(object), np.char.mod("%s", array).astype(object)).tolist()
