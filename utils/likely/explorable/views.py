"""What the reader sees: a Plotly chart bound to outputs, a number, pixels, text, a table."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from .text import check_format
from .vocabulary import Texts, texts_of, tokens_of

__all__ = ["Chart", "Column", "Image", "Readout", "Table", "Tokens", "View"]

Role = Literal["data", "model", "noise", "error", "plain"]


class View:
    """One part of a figure's picture."""

    def spec(self, outputs: dict[str, Any]) -> dict[str, Any]:
        """This view as the front end reads it (`ViewSpec` in utils/web/src/contract.ts).

        `outputs` maps the names of the function's outputs to their shapes and dtypes; a name that is not among them is
        an error here, when the figure is made.
        """
        raise NotImplementedError

    def reads(self) -> dict[str, Callable[[np.ndarray], Texts]]:
        """How the outputs that this view shows as text read in a sentence."""
        return {}


def _known(view: str, name: str, outputs: dict[str, Any]) -> Any:
    if name not in outputs:
        raise ValueError(f"{view}: the function has no output {name!r}; it returns {', '.join(map(repr, outputs))}")
    return outputs[name]


def _ends(range: tuple[float, float], where: str) -> tuple[float, float]:
    low, high = range
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise ValueError(f"{where}: range goes from a finite number to a larger one, not from {low} to {high}")
    return float(low), float(high)


class Chart(View):
    """A Plotly figure whose traces take their numbers from outputs: `Chart(figure, q="Q.y")` puts q into trace Q.

    `history={"loss": "training"}` lets the scalar output `loss` grow along the trace `training` while a figure plays
    (x is the step). `pad="z"` lets the reader drag the point of the control z, a Pad, within the chart's axes; they
    span the pad's range unless the figure gives its own. `label` says what the chart shows to a reader who cannot see
    it; `height` is in CSS pixels.
    """

    def __init__(
        self,
        figure: go.Figure,
        *,
        label: str = "",
        height: int = 320,
        history: dict[str, str] | None = None,
        pad: str | None = None,
        **bindings: str,
    ):
        self.figure, self.label, self.height = figure, label, height
        self.history, self.bindings, self.pad = dict(history or {}), bindings, pad

    def spec(self, outputs):
        figure = json.loads(go.Figure(self.figure).update_layout(template=None).to_json())
        figure["layout"].pop("template", None)
        names = [trace.get("name") for trace in figure["data"]]
        bindings = [self._binding(output, target, names, outputs) for output, target in self.bindings.items()]
        history = []
        for output, trace in self.history.items():
            if _known("Chart", output, outputs).shape != ():
                raise ValueError(f"Chart: the history of {output!r} needs a scalar, not shape {outputs[output].shape}")
            history.append(dict(output=output, trace=self._trace(trace, names)))
        return dict(
            kind="chart",
            label=self.label,
            figure=dict(data=figure["data"], layout=figure["layout"]),
            height=self.height,
            bindings=bindings,
            history=history,
            pad=self.pad,
        )

    def _trace(self, name: str, names: list[str | None]) -> int:
        if names.count(name) != 1:
            raise ValueError(f"Chart: {name!r} must name one trace of the figure; its traces are {names}")
        return names.index(name)

    def _binding(self, output: str, target: str, names: list[str | None], outputs: dict[str, Any]) -> dict[str, Any]:
        _known("Chart", output, outputs)
        trace, dot, attr = target.rpartition(".")
        while dot and trace not in names and "." in trace:  # "P.marker.size": the trace is the longest name that exists
            trace, _, more = trace.rpartition(".")
            attr = f"{more}.{attr}"
        if not dot:
            raise ValueError(f'Chart: bind {output!r} to "trace.attribute" (such as "Q.y"), not {target!r}')
        index = self._trace(trace, names)
        try:
            self.figure.data[index][attr]
        except Exception:
            kind = type(self.figure.data[index]).__name__
            raise ValueError(f"Chart: a {kind} trace has no attribute {attr!r} (binding of {output!r})") from None
        return dict(output=output, trace=index, attr=attr)


@dataclass(frozen=True)
class Readout(View):
    """A scalar output as a number with its unit; `role` gives it the colour of what it belongs to."""

    output: str
    label: str
    unit: str = ""
    format: str = ".3f"
    role: Role = "plain"

    def spec(self, outputs):
        shape = _known("Readout", self.output, outputs).shape
        if shape != ():
            raise ValueError(f"Readout: {self.output!r} must be a scalar; it has shape {shape}")
        check_format(self.format, f"Readout of {self.output!r}")
        return dict(
            kind="readout", output=self.output, label=self.label, unit=self.unit, format=self.format, role=self.role
        )


@dataclass(frozen=True)
class Image(View):
    """An output as pixels: one picture (h, w) or (h, w, 3), or a grid (n, h, w) or (n, h, w, 3), n given by `columns`.

    `range` maps to black and white (or the ends of `palette`); `scale` is the CSS size of a pixel. An array of three
    axes whose last is 3 is one colour picture unless `columns` is given.
    """

    output: str
    label: str
    columns: int = 0
    range: tuple[float, float] = (0.0, 1.0)
    scale: float = 6
    palette: Literal["grey", "diverging", "sequential"] = "grey"
    captions: tuple[str, ...] = field(default=())

    def spec(self, outputs):
        output = _known("Image", self.output, outputs)
        grid = len(output.shape) - (output.shape[-1:] == (3,) and (len(output.shape) == 4 or not self.columns))
        if grid not in (2, 3) or np.dtype(output.dtype) != np.float32:
            raise ValueError(
                f"Image: {self.output!r} must be float32 of shape (h, w), (h, w, 3), (n, h, w) or (n, h, w, 3); "
                f"it is {output.dtype} of shape {output.shape}"
            )
        return dict(
            kind="image",
            output=self.output,
            label=self.label,
            columns=self.columns or 1,
            range=list(self.range),
            scale=self.scale,
            palette=self.palette,
            captions=list(self.captions),
        )


@dataclass(frozen=True)
class Tokens(View):
    """Text that a model reads or writes: token ids (length,), or (rows, length) for several texts, int32 or uint32.

    `vocabulary` has the text of each id: a string (one character a token) or a sequence of strings. A row ends before
    its first `stop`, an id that is not shown (-1: where a `Text` ends); an id outside the vocabulary shows as "�".
    Newlines and spaces are kept.
    `values` names a float32 output with one value a token, in `unit`: it tints the tokens over `range` and is shown in
    `format` for the token that the reader points at. `role` gives the text the colour of what it belongs to.

    In `describe`, "{names}" is the text of the output names; "{names[0]}" its first text or, of a single one, its first
    token.
    """

    output: str
    label: str
    vocabulary: str | Sequence[str]
    values: str | None = None
    unit: str = ""
    range: tuple[float, float] = (0.0, 1.0)
    stop: int | None = None
    format: str = ".2f"
    role: Role = "plain"

    def spec(self, outputs):
        where = f"Tokens of {self.output!r}"
        ids = _known("Tokens", self.output, outputs)
        if np.dtype(ids.dtype) not in (np.int32, np.uint32) or len(ids.shape) not in (1, 2):
            raise ValueError(
                f"{where}: the ids must be int32 or uint32 of shape (length,) or (rows, length); "
                f"they are {ids.dtype} of shape {ids.shape}"
            )
        vocabulary = tokens_of(self.vocabulary, where)
        low, high = _ends(self.range, where)
        check_format(self.format, where)
        return dict(
            kind="tokens",
            output=self.output,
            label=self.label,
            vocabulary=vocabulary,
            values=self._values(ids.shape, outputs),
            unit=self.unit,
            range=[low, high],
            stop=self._stop(len(vocabulary)),
            format=self.format,
            role=self.role,
        )

    def reads(self):
        def read(ids):
            rows = texts_of(ids, self.vocabulary, self.stop)
            if ids.ndim == 1:
                return Texts(rows[0], between="")
            return Texts("".join(row) or "nothing" for row in rows)

        return {self.output: read}

    def _values(self, shape: tuple[int, ...], outputs: dict[str, Any]) -> str | None:
        if self.values is None:
            return None
        values = _known("Tokens", self.values, outputs)
        if np.dtype(values.dtype) != np.float32 or values.shape != shape:
            raise ValueError(
                f"Tokens of {self.output!r}: the values {self.values!r} must be float32 of the ids' shape {shape}; "
                f"they are {values.dtype} of shape {values.shape}"
            )
        return self.values

    def _stop(self, tokens: int) -> int | None:
        if self.stop is None:
            return None
        whole = isinstance(self.stop, (int, np.integer)) and not isinstance(self.stop, bool)
        if not whole or not -1 <= self.stop < tokens:
            raise ValueError(
                f"Tokens of {self.output!r}: stop is the id of a token, 0 to {tokens - 1}, or -1, not {self.stop!r}"
            )
        return int(self.stop)


@dataclass(frozen=True)
class Column:
    """A column of a `Table`: an output with one element a row.

    With a `vocabulary` the elements are token ids and show as text, -1 as a gap. Else they are numbers in `format`
    (".2f" for float32, "d" for whole numbers), in `unit`, NaN as a gap, with a `bar` in each cell that spans `range`,
    from zero where that lies inside. `heading` stands above it (its keyword if not given), `role` gives it the colour
    of what it belongs to.
    """

    output: str
    heading: str = ""
    vocabulary: str | Sequence[str] | None = None
    unit: str = ""
    format: str = ""
    bar: bool = False
    range: tuple[float, float] = (0.0, 1.0)
    role: Role = "plain"

    def spec(self, name: str, outputs: dict[str, Any], table: str) -> dict[str, Any]:
        where = f"{table}, column {name!r}"
        output = _known(where, self.output, outputs)
        if len(output.shape) != 1:
            raise ValueError(f"{where}: {self.output!r} must have one axis, the rows; its shape is {output.shape}")
        if self.vocabulary is not None and np.dtype(output.dtype) not in (np.int32, np.uint32):
            raise ValueError(f"{where}: the ids {self.output!r} must be int32 or uint32; they are {output.dtype}")
        if self.vocabulary is not None and self.bar:
            raise ValueError(f"{where}: a bar is for numbers, not for text")
        check_format(self.format, where)
        return dict(
            output=self.output,
            heading=self.heading or name.replace("_", " "),
            vocabulary=None if self.vocabulary is None else tokens_of(self.vocabulary, where),
            unit=self.unit,
            format=self.format or (".2f" if np.dtype(output.dtype) == np.float32 else "d"),
            bar=self.bar,
            range=list(_ends(self.range, where)),
            role=self.role,
        )


class Table(View):
    """Rows of numbers and words: `Table("Nearest words", word=Column("ids", vocabulary=words), cosine=Column("cos"))`.

    All columns have as many elements as there are rows; the first names its row. `label` is the table's caption.
    In `describe`, "{ids[0]}" is the first word of a column of ids, "{ids}" all of them before its first gap.
    """

    def __init__(self, label: str, **columns: Column):
        self.label, self.columns = label, columns

    def spec(self, outputs):
        where = f"Table {self.label!r}"
        for name, column in self.columns.items():
            if not isinstance(column, Column):
                raise TypeError(f"{where}: {name} must be a Column, not {column!r}")
        columns = [column.spec(name, outputs, where) for name, column in self.columns.items()]
        rows = {column["output"]: outputs[column["output"]].shape[0] for column in columns}
        if len(set(rows.values())) != 1:
            raise ValueError(f"{where}: needs columns of one length, not {rows or 'none'}")
        return dict(kind="table", label=self.label, columns=columns)

    def reads(self):
        return {
            column.output: lambda ids, column=column: Texts(texts_of(ids, column.vocabulary, stop=-1)[0])
            for column in self.columns.values()
            if column.vocabulary is not None
        }
