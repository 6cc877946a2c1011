"""What a check of an exercise is made of: a reference, inputs, the well-known wrong ideas, and a tolerance.

An answer is the reader's function. It is called on inputs made from a fixed seed, and compared with the reference, so
that any right answer passes, however it is written. When it is wrong, the wrong ideas are tried in their order, and the
first that gives the answer's values on every input is named. An answer may have two faults at once: with no such idea,
those inputs are set aside for which it has a NaN or an infinity that it should not have, and the ideas are tried on the
rest. With none again, the smallest input that fails is shown.

Where chance has a part in an answer, two right ones give different numbers. Then statistics of it are compared, such as
the mean of many draws, with a tolerance that is many times what chance moves them by.
"""

from __future__ import annotations

import functools
import inspect
import os
import re
import sys
import sysconfig
import traceback
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from linecache import getline
from pathlib import Path
from typing import Any

import numpy as np

from likely.checks.expectation import STRICT
from likely.checks.verdict import Verdict, WrongAnswer

__all__ = ["Exercise", "WrongIdea", "make_check"]

_RELATIVE, _ABSOLUTE = 1e-4, 1e-5  # of float32 sums over a few hundred terms, with room for any order of summation
_LONG = 16  # entries of an array that are shown one by one


@dataclass(frozen=True)
class WrongIdea:
    """A wrong answer that many give.

    `name` ends the sentence "This looks like …", `function` computes it, `why` says in one sentence why it matters, and
    `hint` where to look, without giving the solution away.
    """

    name: str
    function: Callable[..., Any]
    why: str
    hint: str


@dataclass(frozen=True)
class _Case:
    arguments: tuple
    expected: np.ndarray

    @property
    def size(self) -> int:
        return sum(np.size(argument) for argument in self.arguments)


@dataclass(frozen=True, eq=False)
class _Attempt:
    """What the answer gave for a case: `returned`, as `array` where it is one of real numbers; or `error`.

    `compared` has what is compared, by name: the number that came of it, and the one that should have.
    """

    case: _Case
    returned: Any = None
    array: np.ndarray | None = None
    compared: dict[str, tuple] = field(default_factory=dict)
    error: Exception | None = None

    @property
    def empty(self) -> bool:
        return isinstance(self.error, NotImplementedError) or (
            self.error is None and (self.returned is None or self.returned is ...)
        )


@dataclass(frozen=True)
class Exercise:
    """An exercise as its check knows it.

    `reference` is a right answer; `inputs` yields tuples of its arguments, given a generator that `seed` starts. A
    reference that gives whole numbers asks for whole numbers, and for the very same; other numbers agree within `rtol`
    times their size plus `atol`. Infinities must be infinite. Without `numpy`, an answer has to take JAX's arrays.

    Where chance has a part, `statistics(answer, *arguments)` calls the answer as often as it needs, and gives a dict:
    the name of each statistic, what came of it, and what it should be. These are compared in place of what is returned,
    of which only the shape has to be that of the reference. An answer that uses its key in another way is as right, so
    `rtol` and `atol` are to be many standard errors wide.
    """

    name: str
    reference: Callable[..., Any]
    inputs: Callable[[np.random.Generator], Iterable[tuple]]
    wrong_ideas: Sequence[WrongIdea]
    rtol: float = _RELATIVE
    atol: float = _ABSOLUTE
    seed: int = 0
    numpy: bool = True
    statistics: Callable[..., dict[str, tuple]] | None = None

    @functools.cached_property
    def cases(self) -> tuple[_Case, ...]:
        """The inputs with their right answers, the smallest first."""
        made = [
            _Case(arguments, np.asarray(self.reference(*arguments)))
            for arguments in self.inputs(np.random.default_rng(self.seed))
        ]
        return tuple(sorted(made, key=lambda case: case.size))

    def judge(self, answer: Any) -> Verdict:
        """The verdict on an answer; never raises for what the answer does."""
        if answer is None or answer is ...:
            return self._unanswered()
        if not callable(answer):
            says = f"The check takes your function itself, not what it returns: check.{self.name}({self.name})."
            return Verdict(self.name, "wrong", (says,))
        attempts = self._attempts(answer)
        failing = [attempt for attempt in attempts if not self._right(attempt)]
        if not failing:
            return Verdict(self.name, "right", (self._praise(attempts),))
        if all(attempt.empty for attempt in attempts):
            return self._unanswered()
        first = failing[0]
        if first.error is not None:
            return self._stopped(answer, first)
        if idea := self._idea(attempts):
            return Verdict(self.name, "wrong", _told(idea))
        spoilt = [attempt for attempt in attempts if _spoilt(attempt)]
        rest = [attempt for attempt in attempts if attempt not in spoilt]
        if any(attempt in failing for attempt in rest) and (idea := self._idea(rest)):
            besides = f"Besides, there is a second fault. {self._says(spoilt[0])[0]}"
            return Verdict(self.name, "wrong", (*_told(idea), besides), self._shown(spoilt[0]))
        return Verdict(self.name, "wrong", self._says(first), self._shown(first))

    # ------------------------------------------------------------------ calling the answer

    def _attempts(self, answer: Callable) -> list[_Attempt]:
        """The answer on every case: on JAX arrays, as in the course, or on NumPy's if only those work, and may."""
        import jax.numpy as jnp

        on_jax = [self._attempt(answer, case, jnp.asarray) for case in self.cases]
        if not self.numpy or all(attempt.error is None for attempt in on_jax):
            return on_jax
        on_numpy = [self._attempt(answer, case, np.array) for case in self.cases]
        return on_numpy if all(attempt.error is None for attempt in on_numpy) else on_jax

    def _attempt(self, answer: Callable, case: _Case, array: Callable) -> _Attempt:
        def call(*arguments):
            return answer(*(_copy(argument, array) for argument in arguments))

        with warnings.catch_warnings(action="ignore"):  # about log 0 and the like: the verdict says what came of it
            try:
                returned = call(*case.arguments)
                got = _as_array(returned)
                if self.statistics is None or got is None:
                    compared = {"": (got, case.expected)}
                elif got.shape != case.expected.shape:
                    compared = {"shape": (np.array(got.shape), np.array(case.expected.shape))}
                else:
                    compared = self.statistics(call, *case.arguments)
                return _Attempt(case, returned, got, compared)
            except Exception as error:
                return _Attempt(case, error=error)

    def _right(self, attempt: _Attempt) -> bool:
        return attempt.error is None and all(self._agree(*pair) for pair in attempt.compared.values())

    def _alike(self, one: _Attempt, other: _Attempt) -> bool:
        """Whether two answers gave the same for a case."""
        if one.compared.keys() != other.compared.keys():
            return False
        return all(self._agree(one.compared[name][0], other.compared[name][0]) for name in one.compared)

    def _agree(self, got: np.ndarray | None, wanted: np.ndarray | None) -> bool:
        """Whether two results are the same, in shape and, within the tolerance, in value; NaN is like NaN."""
        if got is None or wanted is None:
            return False
        got, wanted = np.asarray(got), np.asarray(wanted)
        if got.shape != wanted.shape:
            return False
        if wanted.dtype.kind in "iu":
            return got.dtype.kind in "iu" and np.array_equal(got, wanted)
        with np.errstate(all="ignore"):  # beyond float32 is infinite in both, whichever of the two they are computed in
            got, wanted = got.astype(np.float32), wanted.astype(np.float32)
            return bool(np.isclose(got, wanted, self.rtol, self.atol, equal_nan=True).all())

    def _idea(self, attempts: list[_Attempt]) -> WrongIdea | None:
        return next((idea for idea in self.wrong_ideas if self._matches(idea, attempts)), None)

    def _matches(self, idea: WrongIdea, attempts: list[_Attempt]) -> bool:
        for attempt in attempts:
            if attempt.error is None:
                result = self._attempt(idea.function, attempt.case, np.array)
                if result.error is not None or not self._alike(attempt, result):
                    return False
        return True

    # ------------------------------------------------------------------ what to say

    def _praise(self, attempts: list[_Attempt]) -> str:
        if self.statistics:
            names = ", ".join(dict.fromkeys(name for attempt in attempts for name in attempt.compared))
            within = f"within {self.rtol:.0%} and {self.atol:g}, seed {self.seed}"
            return f"On {len(attempts)} inputs these are as they should be: {names} ({within})."
        exact = all(attempt.case.expected.dtype.kind in "iu" for attempt in attempts)
        how = "exact" if exact else f"relative tolerance {self.rtol:g}"
        says = f"It agrees with the reference on {len(attempts)} inputs, edge cases among them"
        return f"{says} (seed {self.seed}, {how})."

    def _unanswered(self) -> Verdict:
        says = "Replace the dots with your answer. If you have done so, its last line lacks a `return`."
        return Verdict(self.name, "unanswered", (says,))

    def _stopped(self, answer: Callable, attempt: _Attempt) -> Verdict:
        error = attempt.error
        says = f"{type(error).__name__}: {str(error).strip() or 'no message'}"
        return Verdict(self.name, "stopped", (says,), (*_where(error, answer), *self._arguments(attempt.case)))

    def _says(self, attempt: _Attempt) -> tuple[str, ...]:
        returned, got, expected = attempt.returned, attempt.array, attempt.case.expected
        wanted = "one number, of shape ()" if expected.shape == () else f"an array of shape {expected.shape}"
        if attempt.empty:
            return (f"For this input the function returned {returned!r}: a way through it ends without a `return`.",)
        if got is None:
            return (f"This returns {_kind(returned)}. Expected: {wanted}.",)
        if got.shape != expected.shape:
            return (f"This returns an array of shape {got.shape}. Expected: {wanted}.",)
        if expected.dtype.kind in "iu" and got.dtype.kind not in "iu":
            return (f"This returns numbers of type {got.dtype}. Expected: whole numbers, of an integer type.",)
        if (np.isnan(got) & ~np.isnan(expected)).any():
            return ("There is a NaN, not a number: from 0/0, from 0 · log 0, or from the log of a negative number.",)
        if (np.isinf(got) & np.isfinite(expected)).any():
            return ("There is an infinity: from log 0, from a division by 0, or from a number too large for its type.",)
        if (np.isfinite(got) & np.isinf(expected)).any():
            return ("Here the answer is infinite, and yours is a number.",)
        return ("Here it goes wrong, on the smallest input that shows it.",)

    def _arguments(self, case: _Case) -> tuple[tuple[str, str], ...]:
        names = inspect.signature(self.reference).parameters
        return tuple((name, _text(argument)) for name, argument in zip(names, case.arguments, strict=False))

    def _shown(self, attempt: _Attempt) -> tuple[tuple[str, str], ...]:
        got, expected = attempt.array, attempt.case.expected
        rows = [*self._arguments(attempt.case)]
        if got is None or got.shape != expected.shape:
            return (*rows, ("got", _text(attempt.returned if got is None else got)), ("expected", _text(expected)))
        if self.statistics:
            name = next(name for name, pair in attempt.compared.items() if not self._agree(*pair))
            got, expected = (np.asarray(number) for number in attempt.compared[name])
            rows.append(("measured", name))
        if expected.size > _LONG:  # too long to be read through: the first entry that the words tell of
            bad = _bad(got, expected)
            if not bad.any():
                bad = [not self._agree(a, b) for a, b in zip(np.ravel(got), np.ravel(expected), strict=True)]
            place = tuple(int(i) for i in np.unravel_index(np.argmax(bad), expected.shape))
            rows.append(("at index", str(place if len(place) > 1 else place[0])))
            got, expected = got[place], expected[place]
        return (*rows, ("got", _text(got)), ("expected", _text(expected)))


def make_check(name: str, reference: Callable, inputs: Callable, wrong_ideas: Sequence[WrongIdea], **settings):
    """A check: a function that takes the reader's function and returns a Verdict (see Exercise for the arguments).

    The check raises WrongAnswer where LIKELY_STRICT is set and the answer is not right, and otherwise never.
    """
    of = Exercise(name, reference, inputs, tuple(wrong_ideas), **settings)

    def check(answer: Callable) -> Verdict:
        verdict = of.judge(answer)
        if not verdict.right and os.environ.get(STRICT):
            raise WrongAnswer(repr(verdict))
        return verdict

    check.__name__ = check.__qualname__ = name
    check.__doc__ = f"A verdict on your function `{name}`: whether it is right and, if not, what it looks like."
    check.exercise = of
    return check


def _told(idea: WrongIdea) -> tuple[str, ...]:
    return f"This looks like {idea.name}. {idea.why}", f"Hint: {idea.hint}"


def _spoilt(attempt: _Attempt) -> bool:
    """Whether the answer has a NaN or an infinity where the right one has none."""
    got, expected = attempt.array, attempt.case.expected
    return got is not None and got.shape == expected.shape and bool(_bad(got, expected).any())


def _bad(got: np.ndarray, expected: np.ndarray) -> np.ndarray:
    """The entries with a NaN, where there is one that should not be there, and else those with an infinity."""
    nan = np.isnan(got) & ~np.isnan(expected)
    return nan if nan.any() else np.isinf(got) & np.isfinite(expected)


def _copy(argument: Any, array: Callable) -> Any:
    """An argument that the answer may write to."""
    if isinstance(argument, np.ndarray):
        return array(argument)
    return list(argument) if isinstance(argument, list) else argument


def _as_array(value: Any) -> np.ndarray | None:
    """A number, an array or nested lists of them as a NumPy array; None for what is not made of real numbers."""
    if value is None or value is ... or isinstance(value, (str, bytes)):
        return None
    try:
        array = np.asarray(value)
    except (TypeError, ValueError):  # ragged lists, say
        return None
    if array.dtype.kind == "V":  # bfloat16
        array = array.astype(np.float32)
    return array if array.dtype.kind in "iuf" else None


def _kind(value: Any) -> str:
    """What a value is, in words: `a list`, `an array of shape (2,) and type bool`."""
    shape, dtype = getattr(value, "shape", None), getattr(value, "dtype", None)
    if shape is not None and dtype is not None:
        return f"an array of shape {tuple(shape)} and type {dtype}"
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _text(value: Any) -> str:
    """A value as a reader wants to see it: four digits, and of a long one the shape or the first few entries."""
    if str(getattr(value, "dtype", "")).startswith("key<"):
        import jax

        return f"jax.random.key({int(jax.random.key_data(value)[-1])})"
    if isinstance(value, np.ndarray) or (np.isscalar(value) and not isinstance(value, (str, bytes))):
        value = np.asarray(value)
        if value.ndim > 1 and value.size > _LONG:
            return f"an array of shape {value.shape}"
        number = {"float_kind": lambda x: format(x, ".4g"), "int_kind": str}
        text = np.array2string(value, threshold=_LONG, edgeitems=4, separator=", ", formatter=number, max_line_width=70)
        return text if value.size <= _LONG else f"{text}  ({value.size} numbers)"
    text = repr(value)
    return text if len(text) <= 70 else text[:66] + " …"


# ---------------------------------------------------------------------- whose line it was

_NOT_THE_READERS = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
_NOT_THE_READERS.append(str(Path(__file__).parent.parent))


def _is_the_readers(file: str) -> bool:
    if file.startswith("<"):
        return not file.startswith(("<frozen", "<__array_function__"))
    return not any(Path(file).is_relative_to(folder) for folder in _NOT_THE_READERS)


def _where(error: Exception, answer: Callable) -> tuple[tuple[str, str], ...]:
    """The reader's own line that an exception came from, as (place, text); if there is none, the function's first."""
    lines = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    lines = [(file, line) for file, line in lines if _is_the_readers(file)]
    code = getattr(inspect.unwrap(answer), "__code__", None)
    if not lines and code is not None:  # called with the wrong number of arguments, say
        lines = [(code.co_filename, code.co_firstlineno)]
    return tuple((f"{_place(file)}, line {line}", getline(file, line).strip()) for file, line in lines[-1:])


def _place(file: str) -> str:
    """A file, or the cell of a notebook, as the reader knows it."""
    if cell := re.match(r"<ipython-input-(\d+)-", file):
        return f"cell [{cell[1]}]"
    get_shell = getattr(sys.modules.get("IPython"), "get_ipython", None)
    shell = get_shell() if get_shell else None
    named = getattr(getattr(shell, "compile", None), "format_code_name", lambda _: None)(file)
    if named:  # ("Cell", "In[3]")
        return "cell " + named[1].removeprefix("In")
    return os.path.basename(file)
