"""The loop for anything with a step, two players that train each other say: compiled chunks of steps, their history.

`fit` minimises one loss of one model; here the step is given whole, and may do anything with its state.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from likely.training.loop import TrainingDiverged, _check_numbers, _primitives, _strong
from likely.training.progress import Progress, duration

__all__ = ["Played", "play"]

_CHUNK = 1024  # the most steps of a compiled chunk
_SECONDS = 0.5  # how long a chunk is meant to take: the line of progress changes in between


@dataclass(frozen=True, repr=False)
class Played:
    """What came of a run.

    `history` has the numbers that the step returned, by name, as float arrays with one entry a step. `kept` is what
    `keep` gave, with one entry for each step number in `kept_at` along a first axis; None if there was no `keep`.
    """

    state: Any
    history: dict[str, np.ndarray]
    kept: Any
    kept_at: np.ndarray  # how many steps had been taken, int64
    seconds: float  # of wall time, compiling included
    steps_per_second: float  # without compiling and keeping; NaN for a run of one step

    def __repr__(self) -> str:
        rate = f" ({self.steps_per_second:,.3g} steps/s)" if math.isfinite(self.steps_per_second) else ""
        last = "".join(f", {name} {values[-1]:.4g}" for name, values in self.history.items())
        steps = max(map(len, self.history.values()), default=int(self.kept_at[-1]))
        return f"{steps:,} steps in {duration(self.seconds)}{rate}{last}"


def play(
    step: Callable,
    state: Any,
    *,
    key: jax.Array,
    steps: int,
    keep: Callable | None = None,
    every: int | None = None,
    show: bool = True,
) -> Played:
    """Takes so many steps from a state; the state that is given stays as it is.

    step: (state, key, i) -> (state, numbers): the state after step i, an int32 that counts from 0, with the same
        structure, shapes and types, and a dict of numbers to keep, which may be empty. It is pure and is traced; its
        key is another one at each step, and is a function of `key` and i alone.
    state: a pytree of arrays, NNX modules and random keys among them.
    keep: state -> a pytree of arrays that are kept on the way, such as points drawn with a fixed key: before the first
        step, after `every` so many and after the last. Compiled as well.
    show: a line of progress.

    Steps run in compiled chunks, of about half a second each, in which nothing waits for the host; how they are
    grouped does not change the result. As with `fit`, a step with convolutions is run step by step on a CPU. A second
    call with the same `step` and `keep` (the same functions) and states of the same form compiles nothing.

    Raises TrainingDiverged, which names the number and the step, when one of the numbers is not finite; TypeError or
    ValueError for a step that does not fit its state.
    """
    began = time.monotonic()
    _check_numbers(steps=steps, every=every)
    if not (isinstance(key, jax.Array) and jnp.issubdtype(key.dtype, jax.dtypes.prng_key) and key.shape == ()):
        raise TypeError(f"key is a key such as jax.random.key(0), not {key!r}")
    if (keep is None) != (every is None):
        raise ValueError("keep and every go together: what to keep, and every how many steps")
    if not callable(step):
        raise TypeError(f"step is a function (state, key, i) -> (state, numbers), not {step!r}")
    flat, tree = jax.tree.flatten(state)
    flat = [_strong(jnp.asarray(leaf)) for leaf in flat]
    program = _program(step, keep, tree)
    program.prepare(flat, key)
    progress, every = Progress(steps, show), every or steps
    parts, kept, kept_at = [], [], [0]
    if keep:
        kept.append(program.kept(flat))
    done, size, busy, timed = 0, 1, 0.0, 0
    progress.update(0, {}, None, force=True)
    while done < steps:
        count = min(size, _CHUNK, (done // every + 1) * every - done, steps - done)
        clock = time.monotonic()
        flat, log = program.advance(flat, key, done, count)
        numbers = program.read(log, count)
        jax.block_until_ready(flat)
        if done:  # the first chunk, of one step, compiles
            busy, timed = busy + time.monotonic() - clock, timed + count
            size = max(1, round(_SECONDS * timed / busy))
        parts.append(numbers)
        _check_finite(parts, done)
        done += count
        if done % every == 0 or done == steps:
            kept_at.append(done)
            if keep:
                kept.append(program.kept(flat))
        progress.update(done, {name: float(a.mean()) for name, a in numbers.items()}, timed / busy if busy else None)
    result = Played(
        state=jax.tree.unflatten(program.tree, flat),
        history={name: np.concatenate([part[name] for part in parts]) for name in program.names},
        kept=jax.tree.map(lambda *a: np.stack(a), *jax.device_get(kept)) if keep else None,
        kept_at=np.array(kept_at, np.int64),
        seconds=time.monotonic() - began,
        steps_per_second=timed / busy if busy else math.nan,
    )
    progress.close(repr(result))
    return result


def _check_finite(parts: list[dict[str, np.ndarray]], begin: int) -> None:
    """That the numbers of the newest chunk, whose first step is `begin`, are finite. Raises TrainingDiverged."""
    bad = [(int(i), name) for name, values in parts[-1].items() for i in np.flatnonzero(~np.isfinite(values))[:1]]
    if not bad:
        return
    at, name = min(bad)
    values = np.concatenate([part[name] for part in parts[-2:]])
    i = len(values) - len(parts[-1][name]) + at
    before = f"; at the step before it was {values[i - 1]:.4g}" if i else ""
    raise TrainingDiverged(
        f"{name} is {values[i]} at step {begin + at + 1:,}{before}. Try smaller learning rates, or a penalty on the "
        "discriminator's gradients. If it happens at once, look for log(0), a division by 0 or the gradient of a root "
        "at 0; jax.config.update('jax_debug_nans', True) names the line."
    )


# ---------------------------------------------------------------- the compiled part


@functools.lru_cache(maxsize=32)
def _program(*what: Any) -> _Program:
    return _Program(*what)


class _Program:
    """A step and what is made of it. Between calls a state is flat, which passes faster."""

    def __init__(self, step: Callable, keep: Callable | None, tree: Any):
        self.given, self.tree = step, tree
        self.step = jax.jit(self._step)
        self.chunk = jax.jit(self._chunk, static_argnames="names")
        self.kept = jax.jit(lambda flat: keep(jax.tree.unflatten(tree, flat)))

    def prepare(self, flat: list, key: jax.Array) -> None:
        """Traces a step: how its numbers are called, and whether many go into one program."""
        traced = self.step.trace(flat, key, np.int32(0))
        self.names = tuple(sorted(traced.out_info[1]))
        slow = jax.default_backend() == "cpu" and "conv_general_dilated" in _primitives(traced.jaxpr)
        self.compiled = not slow

    def advance(self, flat: list, key: jax.Array, begin: int, count: int) -> tuple[list, Any]:
        """The flat state after `count` steps from number `begin` on, and their numbers."""
        if self.compiled:
            return self.chunk(flat, key, np.int32(begin), np.int32(count), names=self.names)
        log = []
        for i in range(begin, begin + count):
            flat, numbers = self.step(flat, key, np.int32(i))
            log.append(numbers)
        return flat, log

    def read(self, log: Any, count: int) -> dict[str, np.ndarray]:
        """The numbers of `count` steps, waited for."""
        log = jax.device_get(log)
        if self.compiled:
            return {name: log[name][:count] for name in self.names}
        return {name: np.array([numbers[name] for numbers in log], np.float32) for name in self.names}

    # ------------------------------------------------------------------ traced

    def _chunk(self, flat: list, key: jax.Array, begin: jax.Array, count: jax.Array, names: tuple[str, ...]) -> tuple:
        def one(i, carry):
            flat, log = carry
            flat, numbers = self.step(flat, key, begin + i)
            return flat, {name: log[name].at[i].set(numbers[name]) for name in names}

        log = {name: jnp.zeros(_CHUNK, jnp.float32) for name in names}
        return jax.lax.fori_loop(0, count, one, (flat, log))

    def _step(self, flat: list, key: jax.Array, i: jax.Array) -> tuple[list, dict[str, jax.Array]]:
        returned = self.given(jax.tree.unflatten(self.tree, flat), jax.random.fold_in(key, i), i)
        if not (isinstance(returned, tuple) and len(returned) == 2 and isinstance(returned[1], Mapping)):
            raise TypeError("a step returns (state, numbers): the next state and a dict of numbers, {} for none")
        state, numbers = returned
        for name, one in numbers.items():
            if not isinstance(one, (jax.Array, np.ndarray, np.generic, float, int)):
                raise TypeError(f"the step gives {type(one).__name__} for {name!r}, where a number is wanted")
            if jnp.shape(one) != ():
                raise ValueError(
                    f"the step gives {name!r} of shape {jnp.shape(one)}: reduce it to one number, with .mean() say"
                )
        self._check(flat, state)
        return jax.tree.leaves(state), {name: jnp.asarray(one, jnp.float32) for name, one in numbers.items()}

    def _check(self, flat: list, state: Any) -> None:
        """That a step leaves the form of the state. Raises ValueError."""
        after, tree = jax.tree_util.tree_flatten_with_path(state)
        if tree != self.tree:
            raise ValueError(
                f"the step returns a state of another form than it is given: {str(tree)[:300]} and not "
                f"{str(self.tree)[:300]}"
            )
        for (path, leaf), before in zip(after, flat, strict=True):
            if (jnp.shape(leaf), jnp.result_type(leaf)) != (before.shape, before.dtype):
                where = f"state{jax.tree_util.keystr(path)}"
                raise ValueError(
                    f"the step returns {where} as {jnp.result_type(leaf)} {jnp.shape(leaf)}, and is given "
                    f"{before.dtype} {before.shape}: it may only change the values"
                )
