"""What the reader moves. A control's name is the argument of the author's function that it feeds."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

import numpy as np
import traitlets

from .points import MARK, MOST, Grid, pack, resample, unpack
from .text import check_format
from .tokeniser import UNITS, Kind, Tokeniser
from .vocabulary import tokens_of

__all__ = ["Choice", "Control", "Pad", "Points", "Seed", "Slider", "Text", "Toggle"]


@dataclass(frozen=True)
class Control:
    """What all controls share; `value` is where the control stands when the figure opens."""

    dtype = np.dtype(np.float32)  # of what the author's function is fed
    shape = ()

    def clean(self, value: Any) -> Any:
        """`value` as this control holds it. Raises ValueError for what it cannot hold."""
        raise NotImplementedError

    def trait(self) -> traitlets.TraitType:
        """A traitlet that takes what this control takes."""
        return _ControlTrait(self)

    def spec(self, name: str) -> dict[str, Any]:
        """This control as the front end reads it (`ControlSpec` in utils/web/src/contract.ts)."""
        raise NotImplementedError

    def default(self) -> Any:
        """Where the control stands when the figure opens, as `clean` gives it."""
        return self.spec("")["value"]

    def wire(self, value: Any) -> Any:
        """`value` as the front end holds it; `clean` takes this too."""
        return value

    def extremes(self) -> list[Any]:
        """The values at its ends, for the parity check."""
        raise NotImplementedError

    def draw(self, rng: np.random.Generator) -> Any:
        """A value that a reader might choose, for the parity check."""
        raise NotImplementedError

    def feed(self, value: Any) -> np.ndarray:
        """The array that the program is fed at this value."""
        return np.asarray(value, self.dtype)

    def words(self, value: Any) -> Any:
        """What stands for this value in a sentence."""
        return value


class _ControlTrait(traitlets.TraitType):
    """The value of a control as a traitlet of a widget."""

    def __init__(self, control: Control):
        super().__init__(control.default())
        self.control = control
        self.tag(to_json=lambda value, _: control.wire(value))

    def validate(self, obj, value):
        try:
            return self.control.clean(value)
        except ValueError as error:
            raise traitlets.TraitError(f"{self.name}: {error}") from None


def _number(value: Any, least: float, most: float, whole: bool) -> float:
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float, np.integer, np.floating))
        or not math.isfinite(value)
    ):
        raise ValueError(f"{value!r} is not a finite number")
    if not least <= value <= most:
        raise ValueError(f"{value} lies outside {least} to {most}")
    if whole and value != int(value):
        raise ValueError(f"{value} is not a whole number")
    return int(value) if whole else float(value)


def _round_step(step: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is not above `step`."""
    power = 10.0 ** math.floor(math.log10(step))
    return float(f"{max(m for m in (1, 2, 5) if m * power <= step * (1 + 1e-9)) * power:.12g}")


@dataclass(frozen=True)
class Slider(Control):
    """A number between `min` and `max`, fed as float32, or as int32 when `integer`.

    `scale="log"` moves in equal ratios and wants `min > 0`. `unit` is shown behind the number ("nats", "letters").
    `format` is a Python format code of the kinds f, g, d, e and %.
    """

    min: float
    max: float
    value: float
    label: str = ""
    unit: str = ""
    step: float | None = None
    scale: Literal["linear", "log"] = "linear"
    integer: bool = False
    format: str = ""

    def __post_init__(self):
        numbers = dict(min=self.min, max=self.max, value=self.value)
        for argument, number in numbers.items():
            if not math.isfinite(number):
                raise ValueError(f"Slider: {argument} is {number}; a slider needs finite numbers")
        if not self.min < self.max:
            raise ValueError(f"Slider: min ({self.min}) must be below max ({self.max})")
        if not self.min <= self.value <= self.max:
            raise ValueError(f"Slider: the value {self.value} lies outside [{self.min}, {self.max}]")
        if self.scale not in ("linear", "log"):
            raise ValueError(f"Slider: scale is 'linear' or 'log', not {self.scale!r}")
        if self.scale == "log" and self.min <= 0:
            raise ValueError(f"Slider: a log slider needs min > 0, not {self.min}")
        if self.integer and any(number != int(number) for number in numbers.values()):
            raise ValueError("Slider: an integer slider needs whole numbers for min, max and value")
        if self.step is not None and not self.step > 0:
            raise ValueError(f"Slider: step must be positive, not {self.step}")

    @property
    def dtype(self) -> np.dtype:
        return np.dtype(np.int32 if self.integer else np.float32)

    def clean(self, value):
        return _number(value, self.min, self.max, self.integer)

    def spec(self, name):
        step = float(self.step) if self.step else (1 if self.integer else _round_step((self.max - self.min) / 100))
        return dict(
            kind="slider",
            name=name,
            label=self.label or name,
            value=self._whole(self.value),
            min=self._whole(self.min),
            max=self._whole(self.max),
            step=step,
            scale=self.scale,
            integer=self.integer,
            unit=self.unit,
            format=self.format or ("d" if self.integer else ".3g" if self.scale == "log" else ".2f"),
        )

    def extremes(self):
        return [self._whole(self.min), self._whole(self.max)]

    def draw(self, rng):
        if self.integer:
            return int(rng.integers(int(self.min), int(self.max) + 1))
        if self.scale == "log":
            return float(np.exp(rng.uniform(math.log(self.min), math.log(self.max))))
        return float(rng.uniform(self.min, self.max))

    def _whole(self, number):
        return int(number) if self.integer else float(number)


class _Point(tuple):
    """Two numbers that read as "(0.50, -1.20)", each in the format that is asked for or in their own."""

    def __new__(cls, numbers, code):
        point = super().__new__(cls, numbers)
        point.code = code
        return point

    def __format__(self, code):
        return f"({', '.join(format(number, code or self.code) for number in self)})"


@dataclass(frozen=True)
class Pad(Control):
    """A point in the plane, fed as float32 of shape (2,).

    `x` and `y` are (min, max, value) of its coordinates, `labels` their names, `unit` what both are measured in. The
    reader drags it on the charts that name it, `Chart(figure, pad="z")`, or else on a square of its own, and moves it
    by two sliders. Its value is a list of two numbers.
    """

    x: tuple[float, float, float]
    y: tuple[float, float, float]
    label: str = ""
    labels: tuple[str, str] = ("x", "y")
    unit: str = ""
    format: str = ".2f"
    shape = (2,)

    def __post_init__(self):
        for argument, count, what in (
            ("x", 3, "three numbers, (min, max, value)"),
            ("y", 3, "three numbers, (min, max, value)"),
            ("labels", 2, "two texts"),
        ):
            given = getattr(self, argument)
            if isinstance(given, str) or not isinstance(given, Sequence) or len(given) != count:
                raise ValueError(f"Pad: {argument} is {what}, not {given!r}")
        check_format(self.format, "Pad")
        self.axes  # noqa: B018  (checks the ranges)

    @property
    def axes(self) -> tuple[Slider, Slider]:
        """The two sliders that move it."""
        axes = []
        for axis, numbers, label in zip("xy", (self.x, self.y), self.labels, strict=True):
            try:
                axes.append(Slider(*numbers, label=label, unit=self.unit, format=self.format))
            except (TypeError, ValueError) as error:
                raise ValueError(f"Pad: {axis}: {str(error).removeprefix('Slider: ')}") from None
        return tuple(axes)

    def clean(self, value):
        if isinstance(value, np.ndarray):
            value = value.tolist()
        if isinstance(value, str) or not isinstance(value, Sequence) or len(value) != 2:
            raise ValueError(f"{value!r} is not a point: two numbers, such as ({self.x[2]}, {self.y[2]})")
        point = []
        for axis, name, number in zip(self.axes, self.labels, value, strict=True):
            try:
                point.append(axis.clean(number))
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None
        return point

    def spec(self, name):
        x, y = (axis.spec(f"{name}.{letter}") for axis, letter in zip(self.axes, "xy", strict=True))
        return dict(kind="pad", name=name, label=self.label or name, value=[x["value"], y["value"]], x=x, y=y)

    def extremes(self):
        return [[x, y] for x in self.axes[0].extremes() for y in self.axes[1].extremes()]

    def draw(self, rng):
        return [axis.draw(rng) for axis in self.axes]

    def words(self, value):
        return _Point(value, self.format)


def _range(given: Any, where: str) -> tuple[float, float]:
    numbers = tuple(given) if isinstance(given, Sequence) and not isinstance(given, str) else ()
    try:
        low, high = (_number(number, -math.inf, math.inf, whole=False) for number in numbers)
    except ValueError:
        raise ValueError(f"{where} is two finite numbers, (min, max), not {given!r}") from None
    if not low < high:
        raise ValueError(f"{where}: min ({low}) must be below max ({high})")
    return low, high


@dataclass(frozen=True, eq=False)
class Points(Control):
    """A set of points in the plane, fed as float32 of shape (count, 2): drawn by the reader, a preset, or a typed list.

    `presets` has arrays (n, 2) by name; `value`, the name of one (the first if not given) or an array (n, 2), is where
    the figure opens. `x` and `y` are (min, max) of the coordinates, `labels` their names. The reader draws on a square,
    erases, chooses a preset, or types one point a line: from 1 to 2,048 points.

    However many there are, the function gets `count` rows: row j is point floor(j n / count), in the order in which
    they were drawn. A few points are thus repeated evenly, many are thinned evenly. A training step that takes some of
    the rows takes them at random, for neighbours in this order are neighbours in the plane.

    Coordinates are kept to a round step of 1/1,600 of the range or finer (0.001 from -2 to 2), those of presets too.
    The value is the name of a preset or a list of points [x, y]; a function that takes the control in `step=` sees new
    points at its next step.
    """

    presets: Mapping[str, Any] = field(default_factory=dict, repr=False)
    value: Any = field(default=None, repr=False)
    count: int = 512
    x: tuple[float, float] = (-2.0, 2.0)
    y: tuple[float, float] = (-2.0, 2.0)
    label: str = ""
    labels: tuple[str, str] = ("x", "y")
    __eq__, __hash__ = object.__eq__, object.__hash__  # arrays do not compare

    def __post_init__(self):
        whole = isinstance(self.count, (int, np.integer)) and not isinstance(self.count, bool)
        if not whole or not 1 <= self.count <= MOST:
            raise ValueError(f"Points: count is a whole number from 1 to {MOST:,}, not {self.count!r}")
        if isinstance(self.labels, str) or not isinstance(self.labels, Sequence) or len(self.labels) != 2:
            raise ValueError(f"Points: labels is two texts, not {self.labels!r}")
        keep = lambda name, value: object.__setattr__(self, name, value)  # noqa: E731
        keep("x", _range(self.x, "Points: x"))
        keep("y", _range(self.y, "Points: y"))
        keep("_fed", (None, None))  # a run asks for the same points at every step
        places = {name: self._preset(name, points) for name, points in dict(self.presets).items()}
        keep("_packed", {name: pack(one) for name, one in places.items()})
        keep("presets", {name: self._numbers(one).astype(np.float32) for name, one in places.items()})
        if self.value is None and not places:
            raise ValueError("Points: give presets, or an array (n, 2) as the value")
        try:
            keep("_start", self.clean(next(iter(places)) if self.value is None else self.value))
        except ValueError as error:
            raise ValueError(f"Points: the value: {error}") from None

    @property
    def shape(self) -> tuple[int, int]:
        return (int(self.count), 2)

    @cached_property
    def _grids(self) -> tuple[Grid, Grid]:
        grids = []
        for axis, ends in (("x", self.x), ("y", self.y)):
            try:
                grids.append(Grid.between(*ends))
            except ValueError as error:
                raise ValueError(f"Points: {axis}: {error}") from None
        return tuple(grids)

    def _preset(self, name: Any, points: Any) -> np.ndarray:
        if not isinstance(name, str) or not name or name != name.strip() or name.startswith(MARK):
            raise ValueError(f"Points: {name!r} cannot be the name of a preset: text that does not begin with {MARK!r}")
        try:
            return resample(self._places(self._array(points)), self.count)
        except ValueError as error:
            raise ValueError(f"Points: the preset {name!r}: {error}") from None

    def _array(self, points: Any) -> np.ndarray:
        """Points (n, 2) as float64. Raises ValueError unless there are some, all of them within the ranges."""
        try:
            array = np.asarray(points)
        except ValueError:  # rows of different lengths
            array = np.zeros(())
        if array.ndim and not len(array):
            raise ValueError("there are no points")
        if array.ndim != 2 or array.shape[1] != 2 or array.dtype.kind not in "fiu":
            raise ValueError(f"{_short(points)} is not points: an array (n, 2) of numbers")
        array = array.astype(np.float64)
        for axis, label, (low, high) in zip(array.T, self.labels, (self.x, self.y), strict=True):
            outside = np.flatnonzero(~((axis >= low) & (axis <= high)))
            if outside.size:
                row = outside[0]
                raise ValueError(f"row {row}: {label} = {axis[row]:.6g} lies outside {low:g} to {high:g}")
        return array

    def _places(self, points: np.ndarray) -> np.ndarray:
        return np.stack([grid.places(axis) for grid, axis in zip(self._grids, points.T, strict=True)], 1)

    def _numbers(self, places: np.ndarray) -> np.ndarray:
        return np.stack([grid.numbers(axis) for grid, axis in zip(self._grids, places.T, strict=True)], 1)

    def clean(self, value):
        if isinstance(value, str):
            if value in self.presets:
                return value
            if not value.startswith(MARK):
                there = f" ({', '.join(self.presets)})" if self.presets else ""
                raise ValueError(f"{_short(value)} is neither a preset{there} nor points")
            places = unpack(value)
            if (places > [grid.steps for grid in self._grids]).any():
                raise ValueError("these packed points lie outside the ranges")
        else:
            places = self._places(self._array(value))
        if len(places) > MOST:
            raise ValueError(f"{len(places):,} points are too many; there can be {MOST:,}")
        return self._numbers(places).tolist()

    def default(self):
        return self._start

    def wire(self, value):
        return value if isinstance(value, str) else pack(self._places(np.asarray(value)))

    def words(self, value):
        if isinstance(value, str):
            return value
        return "your 1 point" if len(value) == 1 else f"your {len(value):,} points"

    def spec(self, name):
        axes = [
            dict(label=label, min=low, max=high, low=grid.low, steps=grid.steps, times=grid.times, over=grid.over)
            for label, (low, high), grid in zip(self.labels, (self.x, self.y), self._grids, strict=True)
        ]
        return dict(
            kind="points",
            name=name,
            label=self.label or name,
            value=self.wire(self._start),
            presets=[dict(name=one, points=points) for one, points in self._packed.items()],
            count=int(self.count),
            most=MOST,
            x=axes[0],
            y=axes[1],
        )

    def feed(self, value):
        if isinstance(value, str):
            return self.presets[value]
        if self._fed[0] is not value:
            points = np.asarray(value, np.float64).astype(np.float32)
            object.__setattr__(self, "_fed", (value, resample(points, self.count)))
        return self._fed[1]

    def extremes(self):
        """One point, each preset, and the corners."""
        ends = self._numbers(np.array([[0, 0], [grid.steps for grid in self._grids]])).tolist()
        (left, low), (right, high) = ends
        return [ends[:1], *self.presets, [[left, low], [left, high], [right, low], [right, high]]]

    def draw(self, rng):
        names = list(self.presets)
        if names and rng.integers(2):
            return names[rng.integers(len(names))]
        steps = np.array([grid.steps for grid in self._grids])
        middles = rng.uniform(0, 1, (rng.integers(1, 5), 2))  # of what was dabbed on
        spots = middles[rng.integers(len(middles), size=rng.integers(1, 300))]
        spots = np.clip(spots + rng.normal(0, 0.05, spots.shape), 0, 1)
        return self._numbers(np.rint(spots * steps).astype(np.int64)).tolist()


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:60]}…"


@dataclass(frozen=True)
class Toggle(Control):
    """On or off, fed as a bool."""

    value: bool = False
    label: str = ""
    dtype = np.dtype(bool)

    def clean(self, value):
        if not isinstance(value, (bool, np.bool_)):
            raise ValueError(f"{value!r} is neither True nor False")
        return bool(value)

    def words(self, value):
        return "on" if value else "off"

    def spec(self, name):
        return dict(kind="toggle", name=name, label=self.label or name, value=bool(self.value))

    def extremes(self):
        return [False, True]

    def draw(self, rng):
        return bool(rng.integers(2))


@dataclass(frozen=True)
class Choice(Control):
    """One of several options, fed as the int32 index of the one chosen; `value` is that option's text."""

    options: tuple[str, ...]
    value: str | None = None
    label: str = ""
    dtype = np.dtype(np.int32)

    def __post_init__(self):
        object.__setattr__(self, "options", tuple(self.options))
        if len(self.options) < 2 or len(set(self.options)) != len(self.options):
            raise ValueError(f"Choice: needs two or more different options, not {list(self.options)}")
        if self.value is not None and self.value not in self.options:
            raise ValueError(f"Choice: the value {self.value!r} is not one of {list(self.options)}")

    @property
    def index(self) -> int:
        return 0 if self.value is None else self.options.index(self.value)

    def clean(self, value):
        """The index of an option, given that or the option's text."""
        if isinstance(value, str):
            if value not in self.options:
                raise ValueError(f"{value!r} is not one of {', '.join(map(repr, self.options))}")
            return self.options.index(value)
        return _number(value, 0, len(self.options) - 1, whole=True)

    def words(self, value):
        return self.options[value]

    def spec(self, name):
        return dict(kind="choice", name=name, label=self.label or name, value=self.index, options=list(self.options))

    def extremes(self):
        return list(range(len(self.options)))

    def draw(self, rng):
        return int(rng.integers(len(self.options)))


@dataclass(frozen=True)
class Seed(Control):
    """The reader's randomness: the function is fed the typed key `jax.random.key(seed)`."""

    value: int = 0
    label: str = "seed"
    max: int = 9999
    dtype = np.dtype(np.int32)

    def __post_init__(self):
        if not 0 <= self.value <= self.max < 2**31:
            raise ValueError(
                f"Seed: the value {self.value} lies outside 0 to {self.max}, or the end is above 2**31 - 1"
            )

    def clean(self, value):
        return _number(value, 0, self.max, whole=True)

    def spec(self, name):
        return dict(kind="seed", name=name, label=self.label or name, value=self.value, max=self.max)

    def extremes(self):
        return [0, self.max]

    def draw(self, rng):
        return int(rng.integers(self.max + 1))


@dataclass(frozen=True)
class Text(Control):
    """Text that the reader types, fed as token ids: int32 of shape (length,), with -1 behind the last token.

    `tokens` has the text of each id: a string (one character a token) or a sequence of strings. Given to a Column or to
    Tokens as well, it is stored once. `tokeniser` is how text becomes tokens:

    - "words": at white space. `separators`, tokens themselves, are split off where they are written against a word:
      with ("+", "-") "king-x-ray" has three tokens if "x-ray" is one.
    - "chars": each character.
    - "bpe": byte-pair encoding of characters, spaces among them. The order of `tokens` is the rank: first the single
      characters, then the merged tokens in the order in which training merged them. Of the neighbours that make a token
      together, those of the lowest rank are merged wherever they occur, until none are left.

    Text is composed first (Unicode NFC); what is not in the table is looked up in lower case, and the minus sign as a
    hyphen. A word or character that is not there, more than `length` tokens, and no token at all unless `empty`, are
    refused beside the field; the figure stays as it was. The value is the text as it was typed.
    """

    value: str
    tokens: str | Sequence[str] = field(repr=False)
    length: int
    label: str = ""
    tokeniser: Kind = "words"
    separators: tuple[str, ...] = ()
    empty: bool = False
    dtype = np.dtype(np.int32)

    def __post_init__(self):
        if self.tokeniser not in UNITS:
            raise ValueError(f"Text: tokeniser is one of {', '.join(map(repr, UNITS))}, not {self.tokeniser!r}")
        whole = isinstance(self.length, (int, np.integer)) and not isinstance(self.length, bool)
        if not whole or self.length < 1:
            raise ValueError(f"Text: length is the most tokens there can be, 1 or more, not {self.length!r}")
        object.__setattr__(self, "tokens", tuple(tokens_of(self.tokens, "Text")))
        object.__setattr__(self, "separators", tuple(self.separators))
        if self.separators and self.tokeniser != "words":
            raise ValueError(f"Text: separators are for the tokeniser 'words', not for {self.tokeniser!r}")
        for separator in self.separators:
            if separator not in self.tokens:
                raise ValueError(f"Text: the separator {separator!r} must be one of the tokens")
        try:
            self.clean(self.value)
        except ValueError as error:
            raise ValueError(f"Text: the value {self.value!r}: {error}") from None

    @property
    def shape(self) -> tuple[int]:
        return (self.length,)

    @cached_property
    def _reader(self) -> Tokeniser:
        return Tokeniser(self.tokeniser, self.tokens, self.separators)

    def clean(self, value):
        if not isinstance(value, str):
            raise ValueError(f"{value!r} is no text")
        if problem := self._problem(value):
            raise ValueError(problem)
        return value

    def _problem(self, text: str) -> str | None:
        return self._reader.refuse(*self._reader.read(text), self.length, self.empty)

    def spec(self, name):
        return dict(
            kind="text",
            name=name,
            label=self.label or name,
            value=self.value,
            vocabulary=self.tokens,
            length=int(self.length),
            tokeniser=self.tokeniser,
            separators=list(self.separators),
            empty=self.empty,
        )

    def feed(self, value):
        ids = np.full(self.length, -1, np.int32)
        _, found = self._reader.read(value)
        ids[: len(found)] = found
        return ids

    @cached_property
    def _typed(self) -> list[str]:
        """The tokens that can be typed, but for the separators."""
        ids = ((token, self._reader.read(token)[1]) for token in self.tokens if token not in self.separators)
        return [token for token, found in ids if len(found) == 1 and found[0] >= 0]

    def _join(self, words: Sequence[str], signs: Sequence[str]) -> str:
        """A text of words with a sign before each but the first; of as many of them as are taken.

        Byte pairs merge across words, and then there may be more tokens than words.
        """
        parts = [part for pair in zip(["", *signs], words, strict=True) for part in pair]
        while self._problem(text := self._reader.between.join(filter(None, parts))):
            del parts[-2:]
        return text

    def _keeps(self, token: str) -> bool:
        """Whether this token, written twice, is two tokens."""
        return self.tokeniser != "bpe" or len(self._reader.read(token + token)[1]) == 2

    def extremes(self):
        """The shortest text and the longest."""
        last = next(filter(self._keeps, reversed(self._typed)), self._typed[-1])
        signs = [self.separators[-1] if self.separators else ""] * (self._most - 1)
        return ["" if self.empty else self._typed[0], self._join([last] * self._most, signs)]

    def draw(self, rng):
        count = int(rng.integers(1, self._most + 1))
        words = [self._typed[i] for i in rng.integers(len(self._typed), size=count)]
        return self._join(words, [str(rng.choice(self.separators or ("",))) for _ in words[1:]])

    @property
    def _most(self) -> int:
        """The most words there can be: with separators there is one between them."""
        return (self.length + 1) // 2 if self.separators else self.length
