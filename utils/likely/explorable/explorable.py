"""The figure in a notebook: an anywidget whose numbers the kernel computes, or, while a book is built, its payload."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anywidget
import numpy as np
import traitlets

from . import payload
from .controls import Control
from .figure import Challenge, Figure, Run
from .views import View

__all__ = ["Explorable"]

_ASSETS = Path(__file__).parent / "assets"
_CELLS: dict[str, Any] = {}  # figure name -> the cell or line that made it


class Explorable(anywidget.AnyWidget):
    """A figure that the reader moves: one pure JAX function, shown by a kernel (XLA) or by the page itself (ONNX).

        Explorable("two-gaussians", divergence,
                   controls=dict(mu=Slider(-3, 3, 1.0, label="mean of Q")),
                   views=[Chart(figure, q="Q.y"), Readout("kl", "KL(P‖Q)", unit="nats")],
                   describe="At mean {mu:.1f}, KL(P‖Q) is {kl:.2f} nats.")

    Arguments
        name: unique in the book, lower-case words with hyphens; it stands in the address of a shared figure.
        look: pure JAX function from control values to a dict of named arrays. Its parameters are, in this order, the
            model (if `model` is given), the state (if `state` is given), and the controls that it wants, by name.
            Slider gives float32 (or int32), Pad float32 of shape (2,), Points float32 of shape (count, 2), Toggle bool,
            Choice its int32 index, Text int32 token ids of shape (length,), Seed a typed key.
        controls: name -> Slider, Pad, Points, Toggle, Choice, Text or Seed.
        views: Chart, Readout, Image, Tokens, Table.
        challenges: what to bring about; part of the traced program.
        describe: one sentence for a reader who cannot see the figure; {name:.2f} is filled with scalars and controls,
            {name[0]:.2f} with one number of a list or of a point, and what Tokens or a Table shows as text with that.
        title: heading of the figure; made from the name if not given.
        model: an NNX module (shown in eval mode) or a pytree of arrays; never closed over.
        state: function from (model and) controls to the state at step 0, a pytree of arrays (keys too). The controls
            that it takes say where a run starts: moving one restarts it.
        step: function (model, state, …controls) -> state of the same shapes.
        speed: "slow" (5 steps a second), "normal" (60) or "fast" (as many as the machine does), to begin with.
        until: the step at which a run stops, if any.
        tolerance: how far page and kernel may differ, as a share of an output's scale.
        weights: how the page keeps the model, "float32", "float16" or "int8" (with one scale an array).

    Each control is a synced trait of its name (`figure.mu = 0.5`, `jslink((figure, "mu"), …)`); `figure.control("mu")`
    is a traitlets object with `value` for `interactive_output`. Raises, when made: lowering.Unsupported for what a page
    cannot compute, with the line; ValueError or TypeError for a closed-over model, a second figure of the same name, an
    unknown output or control.
    """

    _esm = _ASSETS / "likely.js"
    _css = _ASSETS / "likely.css"
    spec = traitlets.Dict().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        name: str,
        look: Callable,
        *,
        controls: Mapping[str, Control] | None = None,
        views: Sequence[View],
        challenges: Sequence[Challenge] = (),
        describe: str,
        title: str = "",
        model: Any = None,
        state: Callable | None = None,
        step: Callable | None = None,
        speed: str = "normal",
        until: int | None = None,
        tolerance: float = 1e-5,
        weights: str = "float32",
    ):
        controls = dict(controls or {})
        for key in controls:
            taken = key in ("model", "state", "out", "step") or key.startswith("_") or hasattr(type(self), key)
            if not key.isidentifier() or taken:
                raise ValueError(f"{name}: a control cannot be called {key!r}, that name is taken; choose another")
        self._figure = Figure(
            name,
            look,
            controls=controls,
            views=views,
            challenges=challenges,
            describe=describe,
            title=title,
            model=model,
            state=state,
            step=step,
            speed=speed,
            until=until,
            tolerance=tolerance,
            weights=weights,
        )
        _claim(name, _place(frames_up=1))
        self._run = Run(self._figure)
        self._serial, self._taking = 0, False
        self.add_traits(**{key: control.trait().tag(sync=True) for key, control in controls.items()})
        self.set_trait("spec", self._figure.spec())
        self._show(self._run.look())
        super().__init__()
        self.observe(self._moved, list(controls))
        self.on_msg(self._asked)

    # ------------------------------------------------------------------ in Python

    @property
    def outputs(self) -> dict[str, np.ndarray]:
        """The outputs as the figure shows them now."""
        return self._run.look()

    def control(self, name: str) -> traitlets.HasTraits:
        """One control as an object with a `value` trait, for `ipywidgets.interactive_output` and the like."""
        if name not in self._figure.controls:
            raise ValueError(
                f"{self._figure.name}: no control named {name!r}; there are {', '.join(self._figure.controls)}"
            )
        handle = type("Handle", (traitlets.HasTraits,), {"value": self._figure.controls[name].trait()})()
        traitlets.link((self, name), (handle, "value"))
        return handle

    def advance(self, steps: int = 1) -> dict[str, np.ndarray]:
        """Takes `steps` steps of a figure with state, and returns the outputs there."""
        if not self._figure.has_state:
            raise ValueError(f"{self._figure.name} has no state to advance")
        self._show(self._run.advance(steps=steps))
        return self.outputs

    def reset(self) -> None:
        """Back to step 0 at the present control values."""
        self._show(self._run.reset())

    # ------------------------------------------------------------------ the front end's side

    def _values(self) -> dict[str, Any]:
        return {key: getattr(self, key) for key in self._figure.controls}

    def set_state(self, sync_data: dict) -> None:
        """What the front end sets; it always gets an answer, also where it ends up at the values that we have."""
        before = self._serial
        try:
            super().set_state(sync_data)
        except traitlets.TraitError as error:  # a linked widget may reach further than the control
            self._fail(None, error)
            self.send_state(list(self._figure.controls))
        if self._serial == before and not self._figure.controls.keys().isdisjoint(sync_data):
            self._answer(None, lambda: self._run.look(self._values()))

    def _moved(self, change: Any = None) -> None:
        if not self._taking and self._values() != self._run.values:  # several controls set at once are one move
            self._answer(None, lambda: self._run.look(self._values()))

    def _asked(self, _widget: Any, message: dict, _buffers: Any) -> None:
        kind, asked = message.get("type"), message.get("id")
        if kind == "hello":
            self.send({"type": "hello"})
        elif kind == "plotly":
            from plotly.offline import get_plotlyjs

            self.send({"type": "plotly"}, buffers=[get_plotlyjs().encode()])
        elif kind in ("advance", "reset"):
            values = message.get("values") or self._values()
            how = {k: message[k] for k in ("steps", "budget", "most") if message.get(k) is not None}
            act = self._run.reset if kind == "reset" else self._run.advance
            self._answer(asked, lambda: act(self._take(values), **how))

    def _take(self, values: Mapping[str, Any]) -> Mapping[str, Any]:
        """Sets the control traits to values that the front end already shows; the caller computes for all of them."""
        values = self._figure.clean(values)
        self._taking = True
        try:
            for key, value in values.items():
                self.set_trait(key, value)
        finally:
            self._taking = False
        return values

    def _answer(self, asked: Any, compute: Callable[[], dict[str, np.ndarray]]) -> None:
        try:
            self._show(compute(), asked)
        except Exception as error:  # the figure says what went wrong and recovers at the next good result
            self._fail(asked, error)

    def _fail(self, asked: Any, error: Exception) -> None:
        self._serial += 1
        self.result = dict(self.result, id=asked, serial=self._serial, error=f"{type(error).__name__}: {error}")

    def _show(self, outputs: dict[str, np.ndarray], asked: Any = None) -> None:
        self._serial += 1
        self.set_trait(
            "result",
            dict(
                id=asked,
                serial=self._serial,
                step=self._run.step,
                error=None,
                outputs={
                    name: dict(
                        dtype=str(array.dtype), shape=list(array.shape), data=np.ascontiguousarray(array).tobytes()
                    )
                    for name, array in outputs.items()
                },
            ),
        )

    # ------------------------------------------------------------------ display

    def open(self) -> None:
        """Connects to the front end; while a book is built there is none."""
        if payload.store() is None:
            super().open()

    def __repr__(self) -> str:
        return f"Explorable({self._figure.name!r}): {self._sentence()}"

    def _sentence(self) -> str:
        return self._figure.sentence(self._run.values, self._run.look())

    def _repr_mimebundle_(self, **kwargs: Any):
        store = payload.store()
        if store is not None:
            digest = payload.write(self._figure, store)
            return {
                "text/html": payload.element(self._figure, digest),
                "text/plain": f"Explorable({self._figure.name!r})",
            }, {}
        data, metadata = super()._repr_mimebundle_(**kwargs)
        title, sentence = self._figure.title, self._sentence()
        note = "Run this cell to bring the figure to life."
        return dict(
            data,
            **{
                "text/plain": f"{title}. {sentence} ({note})",
                "text/html": f"<p><strong>{html.escape(title)}.</strong> {html.escape(sentence)} <em>{note}</em></p>",
            },
        ), metadata


def _place(frames_up: int) -> str | None:
    """What tells the code that is making a figure from other code: its cell in a notebook, its line elsewhere.

    A cell is known by the id that its front end sends or, while a book is built (each cell runs once), by its count.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is None:
        frame = sys._getframe(frames_up + 1)
        return f"{Path(frame.f_code.co_filename).name}:{frame.f_lineno}"
    cell = (getattr(shell, "get_parent", dict)() or {}).get("metadata", {}).get("cellId")
    if cell:
        return f"cell {cell}"
    return f"cell [{shell.execution_count}]" if payload.store() is not None else None


def _claim(name: str, here: str | None) -> None:
    """One name, one figure: running a cell again replaces its figure, another cell may not take its name."""
    before = _CELLS.get(name)
    if here is None:
        return
    if before not in (None, here):
        raise ValueError(
            f"two figures are called {name!r}: one made at {before}, one at {here}. Names are unique in the book; "
            "give this one another (or restart the kernel if you moved the cell)"
        )
    _CELLS[name] = here
