"""The training loop: compiled chunks of steps, held-out evaluations, early stopping, checkpoints, several devices.

Everything random is a function of the key and the number of the step, so that a run does not depend on how its steps
are grouped, and a run that was broken off goes on as if nothing had happened.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from jax.extend.core import ClosedJaxpr, Jaxpr
from jax.sharding import AxisType, Mesh, NamedSharding, PartitionSpec

from likely.training.parts import Form, take_apart
from likely.training.progress import Progress, duration

__all__ = ["Fit", "TrainingDiverged", "fit"]

_CHUNK, _ROWS = 512, 2**18  # the most steps of a compiled chunk, and the most rows of data that its batches have
_SECONDS = 1.0  # how long a chunk is meant to take: each takes its memory anew, at 0.25 s a seventh of the time
_EVALUATIONS = 20  # over a run, if `every` is not given
_SAVE_SECONDS = 2.0  # the least time between two checkpoints


class TrainingDiverged(ArithmeticError):
    """The loss is no longer a finite number."""


@dataclass(frozen=True, repr=False)
class Fit:
    """What came of a training run.

    `history` has, as float arrays with one entry a step, "loss" and each number that the loss names. With held-out data
    it also has, with one entry an evaluation, "step" (how many steps were taken before it), "held" (the held-out loss)
    and "held NAME" for each named number.
    """

    model: Any  # with the best weights by the held-out loss, or the last ones; modules in eval mode
    best_step: int  # how many steps had been taken when the model had these weights
    history: dict[str, np.ndarray]
    seconds: float  # of wall time, compiling included, over all parts of a resumed run
    steps_per_second: float  # without compiling, evaluations and checkpoints; NaN for a run that had nothing left to do

    def __repr__(self) -> str:
        steps = len(self.history["loss"])
        rate = f" ({self.steps_per_second:,.3g} steps/s)" if math.isfinite(self.steps_per_second) else ""
        text = f"{steps:,} steps in {duration(self.seconds)}{rate}, loss {self.history['loss'][-1]:.4g}"
        if "held" not in self.history:
            return text
        at = int(np.flatnonzero(self.history["step"] == self.best_step)[0])
        return f"{text}, held-out loss {self.history['held'][at]:.4g} at step {self.best_step:,}"


def fit(
    loss: Callable,
    model: Any,
    data: Any,
    *,
    key: jax.Array,
    steps: int,
    optimizer: optax.GradientTransformation,
    batch: int | None = None,
    held: Any = None,
    every: int | None = None,
    patience: int | None = None,
    ema: float | None = None,
    checkpoint: str | Path | None = None,
    mesh: Mesh | None = None,
    loop: str = "auto",
    trains: Any = nnx.Param,
    show: bool = True,
) -> Fit:
    """Trains a copy of a model; the model that is given stays as it is.

    loss: (model, batch, key) -> a number, or a number and a dict of further ones to keep. It is what is minimised; its
        key is another one at each step. Modules are in training mode there, and in eval mode on held-out data.
    model: NNX modules (in a tuple or dict if several), whose `trains` variables are trained, or a pytree of arrays,
        whose floats are.
    data: a pytree of arrays with one leading axis, the examples; or a function key -> batch that draws them.
    batch: examples a step. Each epoch goes through the examples in a new order, without those that do not fill a batch.
        Not with a function, which decides by itself.
    held: held-out examples, as `data` in arrays. Their loss is taken `every` so many steps and after the last one (20
        times if not given), always with the same keys, and the result has the weights with the lowest.
    patience: stop after so many evaluations in a row without a lower held-out loss.
    ema: keep an exponential moving average of the weights with this decay, such as 0.999, from (1 + t) / (10 + t) up at
        step t; evaluations and the result take it.
    checkpoint: a folder to which the state of the run goes at evaluations, two seconds apart at least. The same call
        with that folder goes on from there, to the same result as an unbroken run.
    mesh: devices that share each batch along the mesh's first axis; if not given, as many as divide `batch` evenly. All
        of `data` is on each device. Every process of `jax.distributed` makes the same call (not tested yet).
    loop: "compiled" puts many steps in one program, "python" compiles one step. "auto" is the first, except for models
        with convolutions on a CPU, which are many times slower inside a compiled loop.
    show: a line of progress.

    Raises TrainingDiverged when the loss is no longer finite, ValueError or TypeError for what cannot be trained on. A
    second call with the same loss (the same function), form of model, shapes and kind of optimizer compiles nothing.
    """
    began = time.monotonic()
    if loop not in ("auto", "compiled", "python"):
        raise ValueError(f"loop is 'auto', 'compiled' or 'python', not {loop!r}")
    _check_numbers(steps=steps, every=every, patience=patience, batch=batch)
    if ema is not None and not 0 < ema < 1:
        raise ValueError(f"ema is a decay between 0 and 1, such as 0.999, not {ema}")
    if patience is not None and held is None:
        raise ValueError("patience needs held-out data: give held=…")
    if not (isinstance(key, jax.Array) and jnp.issubdtype(key.dtype, jax.dtypes.prng_key) and key.shape == ()):
        raise TypeError(f"key is a key such as jax.random.key(0), not {key!r}")
    if not isinstance(optimizer, optax.GradientTransformation):
        raise TypeError(f"optimizer is one of optax, such as optax.adam(1e-3), not {optimizer!r}")

    order_key, step_key, held_key = jax.random.split(key, 3)
    if callable(data):
        if batch is not None:
            raise ValueError("a function that draws the data decides how much: leave out batch")
        rows, examples = None, data
        drawn = jax.eval_shape(data, step_key)
        size = _length(drawn, "what the data function draws")
    else:
        rows, examples = _Shuffles(data, batch, order_key), None
        size = batch
    if held is not None:
        _length(held, "held")
    mesh = _mesh(mesh, size)
    form, trained, rest = take_apart(model, trains)
    program = _program(_Optimizer(optimizer), loss, form, examples, ema, mesh)
    everywhere = None if mesh is None else NamedSharding(mesh, PartitionSpec())
    put = functools.partial(jax.device_put, device=everywhere)
    state = put(jax.tree.map(_strong, program.start(trained, rest)))
    arrays = put(None if rows is None else jax.tree.map(jnp.asarray, data))
    names = program.prepare(state, arrays, step_key, size, loop)

    run = _Run(program, names, steps, every or max(1, steps // _EVALUATIONS), patience, Progress(steps, show), began)
    run.state, run.best = state, (state["step"], state["trained"], state["rest"])
    keeper = None
    if checkpoint is not None:
        from likely.training.checkpoints import Keeper

        about = dict(
            key=np.asarray(jax.random.key_data(key)).tolist(),
            data="a function" if rows is None else rows.about,
            batch=size,
            held=None if held is None else _about(held),
            every=run.every,
            patience=patience,
            ema=ema,
            optimizer=program.optimizer.text,
            loss=_code_digest(loss),
        )
        keeper = Keeper(Path(checkpoint), about)
    try:
        if keeper:
            run.resume(keeper, put)
        run.go(rows, arrays, step_key, put(jax.tree.map(jnp.asarray, held)), held_key, keeper)
    finally:
        if keeper:
            keeper.close()
    done = run.result(form)
    run.progress.close(repr(done))
    return done


# ---------------------------------------------------------------- what was given


def _check_numbers(**numbers: int | None) -> None:
    for name, value in numbers.items():
        if value is None and name != "steps":
            continue
        if not isinstance(value, (int, np.integer)) or isinstance(value, bool) or value < 1:
            raise ValueError(f"{name} is a whole number of one or more, not {value!r}")


def _strong(array: jax.Array) -> jax.Array:
    """The array with a type that other types do not change."""
    return jax.lax.convert_element_type(array, array.dtype) if getattr(array, "weak_type", False) else array


def _about(data: Any) -> list[str]:
    return [f"{np.shape(a)} {a.dtype}" for a in jax.tree.leaves(data)]


def _length(data: Any, name: str) -> int:
    """The number of examples in a pytree of arrays. Raises TypeError or ValueError where it is not one."""
    leaves = jax.tree_util.tree_leaves_with_path(data)
    if not leaves:
        raise ValueError(f"{name} holds no arrays")
    lengths = {}
    for path, leaf in leaves:
        where = f"{name}{jax.tree_util.keystr(path)}"
        if not hasattr(leaf, "dtype") or np.dtype(object) == leaf.dtype or not hasattr(leaf, "shape"):
            raise TypeError(f"{where} is not an array but {type(leaf).__name__}: numbers are what can be trained on")
        if leaf.shape == ():
            raise ValueError(f"{where} is a single number: arrays need a leading axis, the examples")
        lengths[where] = leaf.shape[0]
    if len(set(lengths.values())) > 1:
        listed = ", ".join(f"{where} has {length:,}" for where, length in lengths.items())
        raise ValueError(f"the arrays of {name} differ in their number of examples: {listed}")
    if (length := next(iter(lengths.values()))) == 0:
        raise ValueError(f"{name} has no examples")
    return length


def _mesh(mesh: Mesh | None, batch: int) -> Mesh | None:
    """The devices that share a batch; None for one device."""
    if mesh is not None:
        axis = mesh.axis_names[0]
        if batch % mesh.shape[axis]:
            raise ValueError(f"a batch of {batch} cannot be shared evenly by the mesh's {mesh.shape[axis]} devices")
        return Mesh(mesh.devices, mesh.axis_names, axis_types=(AxisType.Auto,) * len(mesh.axis_names))
    count = jax.device_count()
    if jax.process_count() > 1 and batch % count:
        raise ValueError(f"a batch of {batch} cannot be shared evenly by the {count} devices of all hosts")
    count = next(n for n in range(count, 0, -1) if batch % n == 0)
    return None if count == 1 else Mesh(np.array(jax.devices()[:count]), ("batch",), axis_types=(AxisType.Auto,))


class _Shuffles:
    """Which examples make up the batch of each step: every epoch a new order, told by the key."""

    def __init__(self, data: Any, batch: int | None, key: jax.Array):
        self.count = _length(data, "data")
        if batch is None:
            raise ValueError("how many examples a step takes is missing: give batch=…")
        if batch > self.count:
            raise ValueError(f"a batch of {batch:,} cannot be drawn from {self.count:,} examples")
        self.batch, self.steps, self.about = int(batch), self.count // int(batch), _about(data)
        self.seed = np.asarray(jax.random.bits(key, (4,), jnp.uint32)).tolist()
        self.epoch, self.order = -1, np.zeros(0, np.int32)

    def take(self, step: int, count: int) -> np.ndarray:
        """The numbers of the examples of `count` steps from `step` on: int32 (count, batch)."""
        found = []
        for i in range(step, step + count):
            epoch, at = divmod(i, self.steps)
            if epoch != self.epoch:
                order = np.random.default_rng([*self.seed, epoch]).permutation(self.count)
                self.epoch, self.order = epoch, order.astype(np.int32)
            found.append(self.order[at * self.batch : (at + 1) * self.batch])
        return np.stack(found)


class _Optimizer:
    """An optimizer, equal to another one made by the same functions of optax with the same settings."""

    def __init__(self, optimizer: optax.GradientTransformation):
        self.transform, self._kept = optimizer, []
        self.parts = self._describe(tuple(optimizer))
        self.text = _digest(repr(self._describe(tuple(optimizer), names=True)))

    def _describe(self, thing: Any, names: bool = False) -> Any:
        """What optax made the thing from; anything of another origin is only equal to itself."""
        one = functools.partial(self._describe, names=names)
        if thing is None or isinstance(thing, (bool, int, float, str)):
            return type(thing).__name__, thing
        if isinstance(thing, (tuple, list)):
            return type(thing).__name__, *map(one, thing)
        if isinstance(thing, functools.partial):
            return "partial", one(thing.func), one(thing.args), one(sorted(thing.keywords.items()))
        code = getattr(thing, "__code__", None)
        if code and (thing.__module__ or "").split(".")[0] in ("optax", "jax"):
            cells = tuple(cell.cell_contents for cell in thing.__closure__ or ())
            label = f"{thing.__module__}.{thing.__qualname__}"
            return label, one(cells), one(thing.__defaults__), one(sorted((thing.__kwdefaults__ or {}).items()))
        if names:
            return type(thing).__name__, getattr(thing, "__qualname__", "")
        self._kept.append(thing)  # so that its id stays its own
        return "only", id(thing)

    def __hash__(self) -> int:
        return hash(self.parts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Optimizer) and self.parts == other.parts


def _digest(text: str) -> str:
    import hashlib

    return hashlib.sha256(text.encode()).hexdigest()


def _code_digest(function: Callable) -> str:
    """A hash of a function's text; of its name where the text cannot be had."""
    import inspect

    try:
        return _digest(inspect.getsource(function))
    except (OSError, TypeError):
        return _digest(getattr(function, "__qualname__", type(function).__name__))


# ---------------------------------------------------------------- the compiled part


@functools.lru_cache(maxsize=8)
def _program(optimizer: _Optimizer, *what: Any) -> _Program:
    return _Program(optimizer, *what)


class _Program:
    """The step and what is made of it. A state is a dict of trees; between calls it is flat, which passes faster."""

    def __init__(
        self,
        optimizer: _Optimizer,
        loss: Callable,
        form: Form,
        draw: Callable | None,
        ema: float | None,
        mesh: Mesh | None,
    ):
        self.optimizer, self.loss, self.form, self.draw, self.ema, self.mesh = optimizer, loss, form, draw, ema, mesh
        self.update = optax.with_extra_args_support(optimizer.transform).update
        self.trees: Any = None
        self.step = jax.jit(self._step)
        self.chunk = jax.jit(self._chunk)
        self.score = jax.jit(self._score, static_argnames="count")

    def start(self, trained: Any, rest: Any) -> dict[str, Any]:
        state = dict(trained=trained, rest=rest, optimizer=self.optimizer.transform.init(trained), step=jnp.int32(0))
        return state if self.ema is None else dict(state, average=trained)

    def prepare(self, state: dict, data: Any, key: jax.Array, batch: int, loop: str) -> list[str]:
        """Traces a step, decides how steps are run, and returns the names of the numbers that one gives."""
        flat, self.trees = jax.tree.flatten(state)
        self.batch, self.size = batch, max(16, min(_CHUNK, _ROWS // batch))
        rows = np.zeros(batch, np.int32) if self.draw is None else None
        traced = self.step.trace(flat, data, key, rows)
        self.names = sorted(traced.out_info[1])
        slow = jax.default_backend() == "cpu" and "conv_general_dilated" in _primitives(traced.jaxpr)
        self.compiled = loop == "compiled" or (loop == "auto" and not slow)
        return self.names

    def advance(self, flat: list, data: Any, key: jax.Array, rows: np.ndarray | None, count: int) -> tuple[list, Any]:
        """The state after `count` steps (flat, as it is given), and their numbers, which may still be under way."""
        if self.compiled:
            if rows is not None:
                rows = np.concatenate([rows, np.zeros((self.size - count, rows.shape[1]), np.int32)])
            return self.chunk(flat, data, key, rows, np.int32(count))
        log = []
        for i in range(count):
            flat, numbers = self.step(flat, data, key, None if rows is None else rows[i])
            log.append(numbers)
        return flat, log

    def read(self, log: Any, count: int) -> dict[str, np.ndarray]:
        """The numbers of `count` steps, waited for."""
        log = jax.device_get(log)
        if self.compiled:
            return {name: log[name][:count] for name in self.names}
        return {name: np.array([numbers[name] for numbers in log], np.float32) for name in self.names}

    # ------------------------------------------------------------------ traced

    def _chunk(self, flat: list, data: Any, key: jax.Array, rows: jax.Array | None, count: jax.Array) -> tuple:
        def one(i, carry):
            flat, log = carry
            flat, numbers = self.step(flat, data, key, None if rows is None else rows[i])
            return flat, {name: log[name].at[i].set(numbers[name]) for name in log}

        log = {name: jnp.zeros(self.size, jnp.float32) for name in self.names}
        return jax.lax.fori_loop(0, count, one, (flat, log))

    def _step(self, flat: list, data: Any, key: jax.Array, rows: jax.Array | None) -> tuple[list, dict]:
        state = jax.tree.unflatten(self.trees, flat)
        draw_key, loss_key = jax.random.split(jax.random.fold_in(key, state["step"]))
        batch = self.draw(draw_key) if self.draw else jax.tree.map(lambda a: a[self._share(rows)], data)
        batch = jax.tree.map(self._share, batch)

        def scored(trained):
            model = self.form.model(trained, state["rest"], training=True)
            value, numbers = self._value(model, batch, loss_key)
            return value, (numbers, self.form.rest(model, state["rest"]))

        (value, (numbers, rest)), gradient = jax.value_and_grad(scored, has_aux=True)(state["trained"])
        updates, optimizer = self.update(gradient, state["optimizer"], state["trained"], value=value)
        after = dict(
            trained=optax.apply_updates(state["trained"], updates),
            rest=rest,
            optimizer=optimizer,
            step=state["step"] + 1,
        )
        if self.ema is not None:
            t = state["step"].astype(jnp.float32)
            decay = jnp.minimum(self.ema, (1 + t) / (10 + t))
            after["average"] = optax.incremental_update(after["trained"], state["average"], 1 - decay)
        leaves, trees = jax.tree.flatten(after)
        if trees != self.trees:
            raise ValueError("the loss changes which arrays the model has: it may only change their values")
        return [self._whole(leaf) for leaf in leaves], dict(numbers, loss=value)

    def _score(self, trained: Any, rest: Any, held: Any, key: jax.Array, begin: jax.Array, count: int) -> dict:
        batch = jax.tree.map(lambda a: jax.lax.dynamic_slice_in_dim(a, begin, count), held)
        if self.mesh is not None and count % self.mesh.shape[self.mesh.axis_names[0]] == 0:
            batch = jax.tree.map(self._share, batch)
        model = self.form.model(trained, rest, training=False)
        value, numbers = self._value(model, batch, jax.random.fold_in(key, begin))
        return dict(numbers, loss=value)

    def _value(self, model: Any, batch: Any, key: jax.Array) -> tuple[jax.Array, dict[str, jax.Array]]:
        returned = self.loss(model, batch, key)
        value, numbers = returned if isinstance(returned, tuple) and len(returned) == 2 else (returned, {})
        if not isinstance(numbers, Mapping):
            raise TypeError(f"beside the loss there may be a dict of named numbers, not {type(numbers).__name__}")
        for name, one in dict(numbers, loss=value).items():
            if not isinstance(one, (jax.Array, np.ndarray, np.generic, float, int)):
                raise TypeError(f"the loss gives {type(one).__name__} for {name!r}, where a number is wanted")
            if jnp.shape(one) != ():
                raise ValueError(
                    f"the loss gives {name!r} of shape {jnp.shape(one)}: reduce it to one number, with .mean() say"
                )
        for name in numbers:
            if name in ("loss", "step", "held") or name.startswith("held "):
                raise ValueError(f"a number beside the loss cannot be called {name!r}: that name is taken")
        if not jnp.issubdtype(jnp.result_type(value), jnp.floating):
            raise TypeError(f"the loss is of type {jnp.result_type(value)}, and only floats have gradients")
        return jnp.asarray(value), {name: jnp.asarray(one, jnp.float32) for name, one in numbers.items()}

    def _share(self, array: jax.Array) -> jax.Array:
        """Spread along its first axis over the devices."""
        if self.mesh is None:
            return array
        spec = PartitionSpec(self.mesh.axis_names[0])
        return jax.lax.with_sharding_constraint(array, NamedSharding(self.mesh, spec))

    def _whole(self, array: jax.Array) -> jax.Array:
        """The same on all devices."""
        if self.mesh is None:
            return array
        return jax.lax.with_sharding_constraint(array, NamedSharding(self.mesh, PartitionSpec()))


def _primitives(jaxpr: Jaxpr | ClosedJaxpr) -> set[str]:
    """The names of all operations of a traced program, those inside its loops and branches too."""
    found = set()
    for equation in (jaxpr.jaxpr if isinstance(jaxpr, ClosedJaxpr) else jaxpr).eqns:
        found.add(equation.primitive.name)
        for value in equation.params.values():
            for inner in value if isinstance(value, (tuple, list)) else [value]:
                if isinstance(inner, (Jaxpr, ClosedJaxpr)):
                    found |= _primitives(inner)
    return found


# ---------------------------------------------------------------- the run


@dataclass
class _Run:
    """A run under way: how far it is, what it has seen, and the best weights so far."""

    program: _Program
    names: list[str]
    steps: int
    every: int
    patience: int | None
    progress: Progress
    began: float
    state: Any = None
    best: tuple = ()  # step, trained, rest
    lowest: float = math.inf
    failed: int = 0  # evaluations since the lowest
    seconds: float = 0.0  # of the parts before this one
    per_step: list[dict[str, np.ndarray]] = field(default_factory=list)
    evaluations: list[dict[str, float]] = field(default_factory=list)
    busy: float = 0.0  # seconds in steps that were timed
    timed: int = 0  # those steps
    done: int = 0

    @property
    def rate(self) -> float | None:
        return self.timed / self.busy if self.busy else None

    def go(self, rows: _Shuffles | None, data: Any, key: jax.Array, held: Any, held_key: jax.Array, keeper: Any):
        flat, step, saved, waiting, size = jax.tree.leaves(self.state), self.done, time.monotonic(), None, 1
        self.progress.update(step, {}, None, force=True)
        fresh, clock = True, time.monotonic()
        every = self.steps if held is None and keeper is None else self.every
        while step < self.steps and not self.stopped:
            border = min(self.steps, (step // every + 1) * every)
            count = min(size, self.program.size, border - step)
            taken = None if rows is None else rows.take(step, count)
            flat, log = self.program.advance(flat, data, key, taken, count)
            under_way, step = (log, step, count), step + count
            for chunk in (waiting, under_way if fresh or step == border else None):
                if chunk:
                    self.note(*chunk)
                    now = time.monotonic()
                    if not fresh:
                        self.busy, self.timed = self.busy + now - clock, self.timed + chunk[2]
                        size = max(1, round(_SECONDS * self.rate))
                    clock, fresh = now, False
            waiting = None if self.done == step else under_way
            if step == border:
                self.state = jax.tree.unflatten(self.program.trees, flat)
                if held is not None:
                    self.evaluate(held, held_key)
                over = step == self.steps or self.stopped
                if keeper and (over or time.monotonic() - saved >= _SAVE_SECONDS):
                    saved = time.monotonic()
                    self.save(keeper)
                clock = time.monotonic()
        self.state = jax.tree.unflatten(self.program.trees, flat)
        jax.block_until_ready(flat)

    @property
    def stopped(self) -> bool:
        return self.patience is not None and self.failed >= self.patience

    def note(self, log: Any, begin: int, count: int) -> None:
        """Takes down the numbers of a chunk. Raises TrainingDiverged."""
        numbers = self.program.read(log, count)
        bad = np.flatnonzero(~np.isfinite(numbers["loss"]))
        self.per_step.append(numbers)
        self.done = begin + count
        if len(bad):
            losses = np.concatenate([chunk["loss"] for chunk in self.per_step])
            at = begin + int(bad[0])
            before = f"; at the step before it was {losses[at - 1]:.4g}" if at else ""
            raise TrainingDiverged(
                f"the loss is {losses[at]} at step {at + 1:,}{before}. Try a smaller learning rate, or clip the "
                "gradients: optax.chain(optax.clip_by_global_norm(1.0), …). If it happens at once, look for log(0), "
                "a division by 0 or bad numbers in the data; jax.config.update('jax_debug_nans', True) names the line."
            )
        newest = {"loss": float(numbers["loss"].mean())}
        if self.evaluations:
            newest["held-out"] = self.evaluations[-1]["held"]
        self.progress.update(self.done, newest, self.rate)

    def evaluate(self, held: Any, key: jax.Array) -> None:
        trained, rest = self.state.get("average", self.state["trained"]), self.state["rest"]
        length, size = _length(held, "held"), self.program.batch
        parts = []
        for begin in range(0, length, size):
            count = min(size, length - begin)
            parts.append((count, self.program.score(trained, rest, held, key, np.int32(begin), count=count)))
        sums: dict[str, float] = {}
        for count, numbers in parts:
            for name, value in jax.device_get(numbers).items():
                sums[name] = sums.get(name, 0.0) + float(value) * count / length
        value = sums.pop("loss")
        if not math.isfinite(value):
            raise TrainingDiverged(
                f"the held-out loss is {value} after step {self.done:,}, while the loss on the data is finite. Look "
                "for log(0) or a division by 0 on the held-out examples, and for bad numbers among them."
            )
        self.evaluations.append(dict(step=self.done, held=value, **{f"held {name}": v for name, v in sums.items()}))
        if value < self.lowest:
            self.lowest, self.failed, self.best = value, 0, (self.done, trained, rest)
        else:
            self.failed += 1

    def history(self) -> dict[str, np.ndarray]:
        history = {name: np.concatenate([part[name] for part in self.per_step]) for name in self.names}
        for name in self.evaluations[0] if self.evaluations else ():
            kind = np.int64 if name == "step" else np.float64
            history[name] = np.array([one[name] for one in self.evaluations], kind)
        return history

    def result(self, form: Form) -> Fit:
        if self.evaluations:
            step, trained, rest = self.best
        else:
            step, trained, rest = self.done, self.state.get("average", self.state["trained"]), self.state["rest"]
        model = form.model(trained, rest, training=False)
        return Fit(model, int(step), self.history(), self._elapsed(), self.rate or math.nan)

    def _elapsed(self) -> float:
        return self.seconds + time.monotonic() - self.began

    # ------------------------------------------------------------------ checkpoints

    def save(self, keeper: Any) -> None:
        arrays = dict(state=self.state, best=self.best[1:])
        history = {name: values.tolist() for name, values in self.history().items() if name in self.names}
        facts = dict(
            best_step=int(self.best[0]),
            lowest=self.lowest,
            failed=self.failed,
            seconds=self._elapsed(),
            per_step=history,
            evaluations=self.evaluations,
        )
        keeper.save(self.done, arrays, facts)

    def resume(self, keeper: Any, put: Callable) -> None:
        """Takes up the newest checkpoint that can be read, if there is one."""
        found = keeper.newest(dict(state=self.state, best=self.best[1:]), self.steps)
        if found is None:
            return
        self.done, arrays, facts = found
        self.state, best = put(arrays["state"]), put(arrays["best"])
        self.best = (facts["best_step"], *best)
        self.lowest, self.failed, self.seconds = facts["lowest"], facts["failed"], facts["seconds"]
        self.per_step = [{name: np.array(facts["per_step"][name], np.float32) for name in self.names}]
        self.evaluations = facts["evaluations"]
