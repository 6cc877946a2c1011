"""Numbers that are held: `expect` shows a value beside what it should be, and in tests raises when it is missed."""

from __future__ import annotations

import html
import math
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["STRICT", "Expectation", "MissedExpectation", "expect"]

STRICT = "LIKELY_STRICT"  # set while notebooks are tested or a book is built: a miss or a wrong answer raises


class MissedExpectation(AssertionError):
    """A number of a notebook lies outside what it should be."""


@dataclass(frozen=True)
class Expectation:
    """A measured number beside the expected one; `met` is None where it was never measured on this backend.

    `value` is None where it comes from an exercise that is not answered yet.
    """

    value: float | None
    expected: float | None
    within: float
    unit: str
    backend: str
    met: bool | None

    def _text(self) -> str:
        if self.value is None:
            return "not answered yet"
        digits = f".{max(0, 1 - math.floor(math.log10(self.within)))}f" if 0 < self.within < 1 else ".6g"
        number = f"{self.value:{digits}} {self.unit}".strip()
        if self.met is None:
            return f"{number} (expected on {self.backend}: not run)"
        verdict = "as expected" if self.met else "NOT as expected"
        expected, within = f"{self.expected:{digits}}", float(f"{self.within:.2g}")
        if "." in expected:
            expected = expected.rstrip("0").rstrip(".")
        return f"{number}, {verdict}: {expected} ± {within:g}"

    def __repr__(self) -> str:
        return self._text()

    def _repr_html_(self) -> str:
        return f'<p class="likely-expect" data-met="{str(self.met).lower()}">{html.escape(self._text())}</p>'


_latest: tuple[int, Expectation] | None = None  # the count of the notebook's cell that ran last, and what it expected


def _show_the_one_before(result: Expectation) -> None:
    """A cell shows its last value alone; so what the same cell expected before `result` is shown here."""
    global _latest
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if shell is None:
        return
    if _latest is not None and _latest[0] == shell.execution_count:
        from IPython.display import display

        display(_latest[1])
    _latest = shell.execution_count, result


def expect(value: float, expected: float | Mapping[str, float], within: float, unit: str = "") -> Expectation:
    """Holds a number of a notebook to `expected` ± `within`, in `unit`.

    `expected` is one number, or one for each backend that it was measured on, such as {"cpu": 2.45, "gpu": 2.44}.
    `within` comes from the spread over at least five seeds (or from rounding, where nothing is random). Raises
    MissedExpectation where LIKELY_STRICT is set, TypeError unless `value` is one number; None and ..., which an
    exercise returns until it is answered, pass as such where LIKELY_STRICT is not set. In a notebook every expectation
    of a cell is shown, not the last alone.
    """
    import jax

    if (value is None or value is ...) and not os.environ.get(STRICT):
        return Expectation(None, None, within, unit, jax.default_backend(), None)
    try:
        number = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"expect takes one number, not {value!r}") from None
    if not within >= 0:
        raise ValueError(f"within is a distance, zero or more, not {within}")
    backend = jax.default_backend()
    target = expected.get(backend) if isinstance(expected, Mapping) else float(expected)
    met = None if target is None else math.isfinite(number) and abs(number - target) <= within
    result = Expectation(number, target, within, unit, backend, met)
    _show_the_one_before(result)
    if met is False and os.environ.get(STRICT):
        raise MissedExpectation(repr(result))
    return result
