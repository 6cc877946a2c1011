"""A figure without a host: its description, its traced programs, and a run of it in this process (XLA)."""

from __future__ import annotations

import inspect
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from .controls import Control, Pad, Points, Seed, Text
from .program import Leaves, Port, Program, function_name, trace
from .text import fields, fill
from .views import View
from .vocabulary import lift

__all__ = ["Challenge", "Figure", "Run"]

Values = dict[str, Any]
Outputs = dict[str, np.ndarray]

SPEEDS = {"slow": 5, "normal": 60, "fast": None}  # steps a second; None: as many as the machine does


@dataclass(frozen=True)
class Challenge:
    """Something to bring about by moving the controls.

    `reached(out, **controls)` gets the outputs, and any controls that it names, and returns a bool; it becomes part of
    the traced program. `solved_by` holds control values that reach it (after `steps` steps, where the figure plays).
    """

    text: str
    reached: Callable[..., Any]
    solved_by: Mapping[str, Any]
    steps: int = 0


class Figure:
    """What an Explorable is, apart from its host. See `Explorable` for the arguments."""

    def __init__(
        self,
        name: str,
        look: Callable,
        *,
        controls: Mapping[str, Control],
        views: Sequence[View],
        challenges: Sequence[Challenge] = (),
        describe: str = "",
        title: str = "",
        model: Any = None,
        state: Callable | None = None,
        step: Callable | None = None,
        speed: str = "normal",
        until: int | None = None,
        tolerance: float = 1e-5,
        weights: str = "float32",
    ):
        self.name, self.title = name, title or name.replace("-", " ").capitalize()
        self.controls, self.views, self.challenges = dict(controls), list(views), list(challenges)
        self.tolerance, self.weights, self.until, self.speed = tolerance, weights, until, speed
        self._check_arguments(state, step)
        self.model = _Model(model)
        self._look = self._program_look(look, state, step)
        view_specs = [view.spec(self._outputs()) for view in self.views]
        control_specs = [control.spec(key) for key, control in self.controls.items()]
        self._reads = {name: read for view in reversed(self.views) for name, read in view.reads().items()}
        self.describe = self._check_describe(describe)
        specs, self._vocabularies = lift([*control_specs, *view_specs])
        self._control_specs, self._view_specs = specs[: len(control_specs)], specs[len(control_specs) :]
        self._check_pads()
        for challenge in self.challenges:
            for key, value in challenge.solved_by.items():
                if key not in self.controls:
                    raise ValueError(f"Challenge {challenge.text!r}: solved_by names {key!r}, which is not a control")
                self._clean(key, value, f"Challenge {challenge.text!r}")

    @property
    def programs(self) -> dict[str, Program]:
        """look, and for a figure with state init and step."""
        return {k: p for k, p in (("look", self._look), ("init", self._init), ("step", self._step)) if p is not None}

    @property
    def has_state(self) -> bool:
        return self._init is not None

    @property
    def restarts(self) -> tuple[str, ...]:
        """The controls that say where a run starts: changing one takes the figure back to step 0."""
        return self._init_controls

    def defaults(self) -> Values:
        return {name: control.default() for name, control in self.controls.items()}

    def clean(self, values: Mapping[str, Any]) -> Values:
        """`values` over the defaults, each checked by its control (ValueError outside its range)."""
        unknown = sorted(set(values) - set(self.controls))
        if unknown:
            raise ValueError(
                f"{self.name}: no control named {', '.join(unknown)}; there are {', '.join(self.controls)}"
            )
        return {**self.defaults(), **{k: self._clean(k, v, self.name) for k, v in values.items()}}

    def wire(self, values: Mapping[str, Any]) -> Values:
        """Values of controls as the front end holds them; `clean` takes these too."""
        return {key: self.controls[key].wire(value) for key, value in values.items()}

    def spec(self) -> dict[str, Any]:
        """The figure as the front end reads it (`Spec` in utils/web/src/contract.ts)."""
        play = None
        if self.has_state:
            play = dict(
                speeds=[dict(label=k, steps_per_second=v) for k, v in SPEEDS.items()],
                speed=list(SPEEDS).index(self.speed),
                until=self.until,
                restarts=list(self.restarts),
            )
        return dict(
            name=self.name,
            title=self.title,
            controls=self._control_specs,
            views=self._view_specs,
            vocabularies=self._vocabularies,
            challenges=[
                dict(
                    text=c.text,
                    output=f"challenge:{i}",
                    steps=c.steps,
                    solved_by=self.wire({k: self._clean(k, v, c.text) for k, v in c.solved_by.items()}),
                )
                for i, c in enumerate(self.challenges)
            ],
            describe=self.describe,
            play=play,
            outputs={
                p.name.removeprefix("output:"): dict(dtype=p.dtype.name, shape=list(p.shape))
                for p in self._look.outputs
            },
        )

    def sentence(self, values: Values, outputs: Outputs) -> str:
        """`describe` at these values of the controls and outputs."""
        known = {name: array.tolist() for name, array in outputs.items() if array.ndim < 2}
        known |= {name: read(outputs[name]) for name, read in self._reads.items()}
        known |= {name: self.controls[name].words(value) for name, value in values.items()}
        return fill(self.describe, known)

    # ------------------------------------------------------------------ checks and tracing

    def _clean(self, key, value, where):
        try:
            return self.controls[key].clean(value)
        except ValueError as error:
            raise ValueError(f"{where}: the control {key!r}: {error}") from None

    def _check_arguments(self, state, step):
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.name):
            raise ValueError(
                f"a figure's name is lower-case words with hyphens (it stands in addresses), not {self.name!r}"
            )
        for key, control in self.controls.items():
            if not isinstance(control, Control):
                raise TypeError(
                    f"{self.name}: the control {key!r} must be a Slider, Pad, Points, Toggle, Choice, Text or "
                    f"Seed, not {control!r}"
                )
        for view in self.views:
            if not isinstance(view, View):
                raise TypeError(f"{self.name}: a view must be a Chart, Readout, Image, Tokens or Table, not {view!r}")
        if (state is None) != (step is None):
            raise ValueError(
                f"{self.name}: a figure with state needs both state= (how a run starts) and step= (what a step does)"
            )
        if self.speed not in SPEEDS:
            raise ValueError(f"{self.name}: speed is one of {', '.join(SPEEDS)}, not {self.speed!r}")
        if self.weights not in ("float32", "float16", "int8"):
            raise ValueError(f"{self.name}: weights are kept as float32, float16 or int8, not {self.weights!r}")

    def _check_pads(self):
        pads = [name for name, control in self.controls.items() if isinstance(control, Pad)]
        for view in self.views:
            pad = getattr(view, "pad", None)
            if pad is not None and pad not in pads:
                there = f"the pads are {', '.join(pads)}" if pads else "the figure has none"
                raise ValueError(f"{self.name}: Chart(pad={pad!r}) names no Pad among the controls; {there}")

    def _program_look(self, look, state, step) -> Program:
        arrays = self.model.leaves.ports("array")
        model_arguments = () if self.model.given is None else ("model",)
        self._init = self._step = None
        self._init_controls: tuple[str, ...] = ()
        self._state = None
        if state is not None:
            self._init, self._init_controls = self._trace_init(state, model_arguments, arrays)
            self._step = self._trace_step(step, model_arguments, arrays)
        state_ports = self._state.ports("state") if self._state else ()
        state_arguments = ("state",) if self._state else ()
        names = _controls_of(look, (*model_arguments, *state_arguments), self.controls, self.name)
        unused = (
            set(self.controls)
            - set(names)
            - set(self._init_controls)
            - (set(_controls_of(step, (*model_arguments, "state"), self.controls, self.name)) if step else set())
        )
        for challenge in self.challenges:
            unused -= set(_controls_of(challenge.reached, ("out",), self.controls, f"Challenge {challenge.text!r}"))
        if unused:
            raise ValueError(f"{self.name}: no function takes the control {', '.join(sorted(unused))}")
        output_names: list[str] = []

        def flat(*inputs):
            feeds, rest = self._feeds(self.controls, inputs)
            model, rest = self._model_of(rest, len(arrays))
            state = [self._state.unflatten(rest)] if self._state else []
            outputs = look(*model, *state, **{k: feeds[k] for k in names})
            outputs = _check_outputs(outputs, look)
            for i, challenge in enumerate(self.challenges):
                wanted = _controls_of(challenge.reached, ("out",), self.controls, f"Challenge {challenge.text!r}")
                reached = jax.numpy.asarray(challenge.reached(outputs, **{k: feeds[k] for k in wanted}))
                if reached.shape != () or reached.dtype != bool:
                    raise TypeError(
                        f"Challenge {challenge.text!r}: must give one bool, not {reached.dtype}{list(reached.shape)}"
                    )
                outputs[f"challenge:{i}"] = reached
            output_names[:] = outputs
            return tuple(outputs.values())

        ports = (*self._control_ports(self.controls), *arrays, *state_ports)
        return trace("look", flat, ports, look, lambda: [f"output:{n}" for n in output_names])

    def _trace_init(self, state, model_arguments, arrays):
        if not callable(state):
            raise TypeError(
                f"{self.name}: state= is a function that starts a run, such as def start(seed): …, not {state!r}"
            )
        names = _controls_of(state, model_arguments, self.controls, self.name)
        chosen = {k: self.controls[k] for k in names}

        def start(*inputs):
            feeds, rest = self._feeds(chosen, inputs)
            model, _ = self._model_of(rest, len(arrays))
            return state(*model, **feeds)

        ports = (*self._control_ports(chosen), *arrays)
        specs = [jax.ShapeDtypeStruct(p.shape, p.dtype) for p in ports]
        self._state = Leaves(jax.eval_shape(start, *specs), "state")
        program = trace(
            "init",
            lambda *inputs: tuple(self._state.flatten(start(*inputs))),
            ports,
            state,
            lambda: [p.name for p in self._state.ports("state")],
        )
        return program, tuple(names)

    def _trace_step(self, step, model_arguments, arrays):
        names = _controls_of(step, (*model_arguments, "state"), self.controls, self.name)
        chosen = {k: self.controls[k] for k in names}

        def flat(*inputs):
            feeds, rest = self._feeds(chosen, inputs)
            model, rest = self._model_of(rest, len(arrays))
            try:
                return tuple(self._state.flatten(step(*model, self._state.unflatten(rest), **feeds)))
            except ValueError as error:
                if "state" in str(error):
                    raise ValueError(f"{self.name}: {function_name(step)}: {error}") from None
                raise

        ports = (*self._control_ports(chosen), *arrays, *self._state.ports("state"))
        return trace("step", flat, ports, step, lambda: [p.name for p in self._state.ports("state")])

    @staticmethod
    def _control_ports(controls):
        return tuple(Port(f"control:{name}", control.dtype, control.shape) for name, control in controls.items())

    @staticmethod
    def _feeds(controls, inputs):
        """The first inputs as what the author's function takes (a seed as a key), and the other inputs."""
        feeds = {
            name: jax.random.key(x) if isinstance(controls[name], Seed) else x
            for name, x in zip(controls, inputs, strict=False)
        }
        return feeds, inputs[len(controls) :]

    def _model_of(self, inputs, count):
        return ([] if self.model.given is None else [self.model.rebuild(inputs[:count])]), inputs[count:]

    def _outputs(self):
        return {p.name.removeprefix("output:"): p for p in self._look.outputs}

    def _check_describe(self, describe):
        if not describe:
            raise ValueError(
                f"{self.name}: describe= is missing: one sentence for a reader who cannot see the figure, "
                'such as "KL is {kl:.2f} nats."'
            )
        shapes = {name: port.shape for name, port in self._outputs().items()}
        for name, index in fields(describe, f"{self.name}: describe"):
            control = self.controls.get(name)
            shape = control.shape if control else shapes.get(name)
            if shape is None:
                raise ValueError(f"{self.name}: describe names {name!r}, which is neither a control nor an output")
            if isinstance(control, (Text, Points)) and index is not None:
                what = "typed text comes" if isinstance(control, Text) else "points come"
                raise ValueError(f"{self.name}: describe names {name}[{index}], and {what} whole: {{{name}}}")
            text = not control and name in self._reads
            if index is None and (control or text or shape == ()):
                continue
            if index is None or (len(shape) != 1 and not text):
                raise ValueError(
                    f"{self.name}: describe names {name!r} of shape {shape}; a sentence takes a single number, "
                    "or one of a list as {name[0]}"
                )
            if index >= shape[0]:
                raise ValueError(f"{self.name}: describe names {name}[{index}]; there are {shape[0]}, from 0 on")
        return describe


class _Model:
    """An NNX module (in eval mode) or a pytree of arrays, apart into arrays and the recipe to put them together."""

    def __init__(self, given: Any):
        from flax import nnx

        self.given = given
        self._graph = None
        if isinstance(given, nnx.Module):
            given = nnx.clone(given)
            given.eval()
            self._graph, given = nnx.split(given)
        self.leaves = Leaves(given, "model")

    def arrays(self) -> list[jax.Array]:
        """The weights as they are now: an NNX module that was trained since shows its new ones."""
        from flax import nnx

        return self.leaves.flatten(nnx.split(self.given)[1] if self._graph is not None else self.given)

    def rebuild(self, flat):
        from flax import nnx

        tree = self.leaves.unflatten(flat)
        return nnx.merge(self._graph, tree) if self._graph is not None else tree


def _controls_of(function: Callable, before: Sequence[str], controls: Mapping[str, Control], figure: str) -> list[str]:
    """The controls that a function takes: its parameters after those of `before`."""
    parameters = list(inspect.signature(function).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    if len(positional) < len(before):
        raise TypeError(f"{figure}: {function_name(function)} must take ({', '.join(before)}, …controls) in this order")
    names = []
    for parameter in parameters[len(before) :]:
        if parameter.kind is parameter.VAR_KEYWORD:
            return list(controls)
        if parameter.name in controls:
            names.append(parameter.name)
        elif parameter.default is parameter.empty:
            raise TypeError(
                f"{figure}: {function_name(function)} takes {parameter.name!r}, which is not one of the controls "
                f"({', '.join(controls) or 'there are none'})"
            )
    return names


def _check_outputs(outputs: Any, look: Callable) -> dict[str, jax.Array]:
    if not isinstance(outputs, Mapping) or not all(isinstance(k, str) and k.isidentifier() for k in outputs):
        raise TypeError(
            f'{function_name(look)} must return a dict of named arrays, such as {{"kl": kl}}, not {outputs!r}'
        )
    return {name: jax.numpy.asarray(value) for name, value in outputs.items()}


class Run:
    """One run of a figure in this process: where it stands, and its outputs there."""

    def __init__(self, figure: Figure, values: Mapping[str, Any] | None = None, *, arrays: Sequence[Any] | None = None):
        """`arrays`: weights to use instead of the model's own, as the page has them after narrowing."""
        self.figure = figure
        self.values = figure.clean(values or {})
        self.step = 0
        self._arrays = figure.model.arrays() if arrays is None else arrays
        if figure.has_state:
            self._start()

    def look(self, values: Mapping[str, Any] | None = None) -> Outputs:
        """The outputs at `values` (where given). A control that starts a run, once changed, takes it back to step 0."""
        self._move(values)
        outputs = self._call(self.figure._look, self.state if self.figure.has_state else ())
        return {
            p.name.removeprefix("output:"): np.asarray(o)
            for p, o in zip(self.figure._look.outputs, outputs, strict=True)
        }

    def advance(
        self,
        values: Mapping[str, Any] | None = None,
        *,
        steps: int | None = None,
        budget: float | None = None,
        most: int = 1_000_000,
    ) -> Outputs:
        """Takes `steps` steps, or as many as fit into `budget` milliseconds (from one to `most`), and looks."""
        self._move(values)
        limit = most if self.figure.until is None else min(most, self.figure.until - self.step)
        if steps is not None:
            self._steps(min(steps, limit))
        else:
            end, chunk = time.perf_counter() + (budget or 0) / 1000, 1
            while limit > 0:
                begun = time.perf_counter()
                chunk = min(chunk, limit)
                self._steps(chunk)
                jax.block_until_ready(self.state)
                limit -= chunk
                now = time.perf_counter()
                each = (now - begun) / chunk
                if now + each > end:
                    break
                chunk = max(1, min(2 * chunk, int((end - now) / each)))
        return self.look()

    def reset(self, values: Mapping[str, Any] | None = None) -> Outputs:
        """Back to step 0."""
        self._move(values)
        if self.figure.has_state:
            self._start()
        return self.look()

    def _move(self, values):
        if values is None:
            return
        before, self.values = self.values, self.figure.clean(values)
        if self.figure.has_state and any(before[k] != self.values[k] for k in self.figure.restarts):
            self._start()

    def _start(self):
        self.state, self.step = self._call(self.figure._init, ()), 0

    def _steps(self, count: int):
        for _ in range(count):  # not scanned: a convolution inside a scan is slow on CPU
            self.state = self._call(self.figure._step, self.state)
        self.step += max(count, 0)

    def _call(self, program: Program, state: Sequence[jax.Array]):
        return program.compiled(*self.feed(program, state))

    def feed(self, program: Program, state: Sequence[Any] = ()) -> list[Any]:
        """The arrays that `program` takes here, in the order of its ports."""
        pools = {"array": self._arrays, "state": state}
        feeds = []
        for port in program.inputs:
            kind, _, key = port.name.partition(":")
            feeds.append(
                self.figure.controls[key].feed(self.values[key]) if kind == "control" else pools[kind][int(key)]
            )
        return feeds
