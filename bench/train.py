"""Training: `fit` beside PyTorch, eager and compiled, and beside the shortest loop over the same step.

Each side trains the same model from the same weights with the same optimizer on batches of the same size, on two
threads; before it is timed it shows that it computes the same, in as many parameters. Measure on a machine that does
nothing else: PyTorch's threads wait for each other busily, and a neighbour can slow it tenfold.

Where fit is behind with convolutions: on a CPU those of XLA take twice the time of PyTorch's (oneDNN), which costs more
than its shorter way through the rest of the step saves.
"""

from __future__ import annotations

import contextlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
import train_models as models
from flax import nnx

from likely.cli import ROOT
from likely.training import fit

LOCK, TORCH = ROOT / "bench" / "requirements-torch.txt", ROOT / ".cache" / "torch"
ROUNDS = 5  # every side once a round, so that a drift of the machine falls on all
THREADS = 2
SAME = 30  # steps in which all sides have to have the same losses
TOLERANCE = 1e-3  # between these, relative: 2e-4 was measured


@dataclass
class Side:
    """A way to train, ready to be timed."""

    run: Callable[[], Any]  # trains from the first weights for the model's STEPS; steps a second
    parameters: int
    losses: list[float]  # of SAME steps from the first weights, each on the same batch
    first: float | None = None  # seconds until the first step is done, compiling included


def clock(call: Callable[[], Any]) -> float:
    began = time.perf_counter()
    jax.block_until_ready(call())
    return time.perf_counter() - began


def with_fit(name: str) -> Side:
    """Whole calls of `fit`, which shuffles the examples by itself."""
    model, data, steps = models.MODELS[name](nnx.Rngs(0)), models.data(name), models.STEPS[name]
    one_batch = jax.tree.map(lambda a: a[: models.BATCH[name]], data)  # each epoch is a step: its mean knows no order

    def train(data, steps):
        settings = dict(batch=models.BATCH[name], optimizer=models.optimizer(), show=False)
        return fit(models.loss, model, data, key=jax.random.key(0), steps=steps, **settings)

    first = clock(lambda: nnx.state(train(data, 1).model))
    losses = train(one_batch, SAME).history["loss"].tolist()
    parameters = sum(a.size for a in jax.tree.leaves(nnx.state(model, nnx.Param)))
    return Side(lambda: steps / clock(lambda: nnx.state(train(data, steps).model)), parameters, losses, first)


def bare(name: str, rows: np.ndarray) -> Side:
    """As little as trains: a scan over the steps, or where there are convolutions a loop over a compiled step."""
    graph, trained = nnx.split(models.MODELS[name](nnx.Rngs(0)))
    x, y = (jnp.asarray(a) for a in models.data(name))
    optimizer = models.optimizer()
    start, trees = jax.tree.flatten((trained, optimizer.init(trained)))

    def step(leaves, rows):
        trained, state = jax.tree.unflatten(trees, leaves)
        batch = x[rows], y[rows]
        value, gradient = jax.value_and_grad(lambda t: models.loss(nnx.merge(graph, t), batch, None))(trained)
        updates, state = optimizer.update(gradient, state, trained)
        return jax.tree.leaves((optax.apply_updates(trained, updates), state)), value

    compiled = jax.jit(step)

    def loop(leaves, rows):
        losses = []
        for some in rows:
            leaves, value = compiled(leaves, some)
            losses.append(value)
        return leaves, losses

    every = loop if name == "conv" else jax.jit(lambda leaves, rows: jax.lax.scan(step, leaves, rows))
    clock(lambda: every(start, rows))
    _, losses = every(start, np.tile(np.arange(rows.shape[1], dtype=np.int32), (SAME, 1)))
    parameters = sum(a.size for a in jax.tree.leaves(trained))
    return Side(lambda: len(rows) / clock(lambda: every(start, rows)), parameters, [float(v) for v in losses])


class WithTorch(contextlib.AbstractContextManager):
    """PyTorch's loop in a process of its own, which waits while the others are timed.

    It runs a script of bench/ with a folder and `words` behind it; in the folder are `arrays`, the weights of `model`
    and `settings`. The script prints a line of JSON about itself, and an answer to each line that it reads.
    """

    def __init__(self, script: str, *words: str, arrays: dict[str, np.ndarray], model: nnx.Module, settings: dict):
        self.script, self.words, self.arrays, self.model, self.settings = script, words, arrays, model, settings

    def __enter__(self) -> WithTorch:
        self._folder = tempfile.TemporaryDirectory()
        folder = Path(self._folder.name)
        state = nnx.to_pure_dict(nnx.state(self.model))
        weights = {
            ".".join(str(part.key) for part in path): a for path, a in jax.tree_util.tree_leaves_with_path(state)
        }
        np.savez(folder / "arrays.npz", **self.arrays)
        np.savez(folder / "weights.npz", **weights)
        (folder / "settings.json").write_text(json.dumps(dict(self.settings, threads=THREADS)))
        self._process = subprocess.Popen(
            [torch_python(), f"bench/{self.script}", folder, *self.words],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TORCHINDUCTOR_CACHE_DIR": str(folder / "compiled")},
        )
        about = self._read()
        self.version = about.pop("version").split("+")[0]
        self.side = Side(self.ask, **about)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.communicate()
        self._folder.cleanup()

    def ask(self, line: str = "") -> Any:
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._read()

    def _read(self) -> Any:
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"PyTorch ({self.script}, {', '.join(self.words)}) has stopped; the lines above say why.")
        return json.loads(line)


def with_torch(name: str, mode: str, rows: np.ndarray) -> WithTorch:
    x, y = models.data(name)
    settings = dict(models.SIZES, letters=models.LETTERS, rate=models.RATE, decay=models.DECAY, same_steps=SAME)
    arrays, model = dict(x=x, y=y, rows=rows.astype(np.int64)), models.MODELS[name](nnx.Rngs(0))
    return WithTorch("train_in_torch.py", name, mode, arrays=arrays, model=model, settings=settings)


def torch_python() -> Path:
    """The Python of PyTorch's environment, made when it is missing: torch is not for the course's own."""
    python, stamp = TORCH / ("Scripts/python.exe" if os.name == "nt" else "bin/python"), TORCH / "installed.txt"
    wanted = LOCK.read_text(encoding="utf-8")
    if not stamp.exists() or stamp.read_text(encoding="utf-8") != wanted:
        print("installing PyTorch into .cache/torch", file=sys.stderr, flush=True)
        venv.create(TORCH, with_pip=True, clear=True)
        if subprocess.call([python, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", LOCK]):
            raise SystemExit(
                "PyTorch could not be installed; the lines above say why. On Linux it is the build for CPUs, and pip "
                "has to be told of the index that has it (PIP_EXTRA_INDEX_URL). The other groups do without."
            )
        stamp.write_text(wanted, encoding="utf-8")
    return python


def check_same(name: str, sides: dict[str, Side], tolerance: float = TOLERANCE) -> None:
    """That all sides have as many parameters, and the same losses step by step."""
    ours = sides["fit"]
    for side, other in sides.items():
        what = f"{name}: {side} does not compute what fit does"
        assert other.parameters == ours.parameters, f"{what}: {other.parameters:,} parameters, not {ours.parameters:,}"
        np.testing.assert_allclose(other.losses, ours.losses, rtol=tolerance, err_msg=what)


def beside(
    name: str, value: float, unit: str, goal: str, met: bool, peer: str, peer_value: float, **more: Any
) -> dict[str, Any]:
    """A line of the table whose goal is set by the peer; `more` is kept with it."""
    numbers = dict(value=round(value, 3), unit=unit, goal=goal, met=bool(met), peer=peer)
    return dict(name=name, **numbers, peer_value=round(peer_value, 3), **more)


def compare(name: str) -> list[dict[str, Any]]:
    """The rows of one model."""
    shape = models.STEPS[name], models.BATCH[name]
    rows = np.random.default_rng(0).integers(0, models.EXAMPLES, shape).astype(np.int32)
    with with_torch(name, "eager", rows) as eager, with_torch(name, "compiled", rows) as compiled:
        sides = dict(fit=with_fit(name), bare=bare(name, rows), eager=eager.side, compiled=compiled.side)
        check_same(name, sides)
        rates = {side: [] for side in sides}
        for _ in range(ROUNDS):
            for side, way in sides.items():
                rates[side].append(way.run())
    for side, found in rates.items():
        print(f"{name}, {side}: {', '.join(f'{r:.4g}' for r in found)} steps/s", file=sys.stderr, flush=True)
    rate = {side: statistics.median(found) for side, found in rates.items()}
    peers = dict(eager=f"PyTorch {eager.version} eager", compiled=f"PyTorch {eager.version} compiled")

    def row(what: str, *numbers: Any) -> dict[str, Any]:
        return beside(f"train, {models.LABELS[name]}: {what}", *numbers)

    found = [
        row(f"fit beside PyTorch {side}", rate["fit"], "steps/s", "≥ peer", rate["fit"] >= rate[side], peer, rate[side])
        for side, peer in peers.items()
    ]
    met, loop = rate["fit"] >= 0.9 * rate["bare"], f"a bare {'loop' if name == 'conv' else 'scan'}"
    found.append(row("fit beside a bare loop", rate["fit"], "steps/s", "≥ 90 %", met, loop, rate["bare"]))
    ours, theirs = sides["fit"].first, sides["compiled"].first
    found.append(row("until the first step is done", ours, "s", "≤ peer", ours <= theirs, peers["compiled"], theirs))
    return found


def on_two_threads() -> None:
    """Keeps this process to the CPU, and to as many cores as PyTorch has threads: XLA computes on all that it finds."""
    jax.config.update("jax_platforms", "cpu")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:THREADS])


def measure() -> list[dict[str, Any]]:
    """The rows of all models. Raises AssertionError where two sides do not compute the same."""
    on_two_threads()
    return [row for name in models.MODELS for row in compare(name)]
