"""nanoGPT's recipe for a CPU on our Shakespeare: `fit` with the course's transformer beside PyTorch.

The recipe (config/train_shakespeare_char.py with the CPU settings of nanoGPT's README): 4 layers of 4 heads and width
128, 64 letters of context, 12 windows a step, 2,000 steps, AdamW with the rate from 1e-3 down to 1e-4, 100 steps of
warm-up, decay on matrices only, gradients clipped at norm 1, no dropout, no biases; every 250 steps the loss on 20
batches of the last tenth of the text, and the weights with the lowest are kept. Not nanoGPT's: the text, the first
weights (those of our transformer, on both sides), the same 20 batches at each evaluation and none of the training text,
the fused AdamW in PyTorch, which is the faster one there.

For each seed both sides go from the same weights through the same batches, one after the other, and the order changes
from seed to seed. Wall time is that of the call: `fit` compiles its steps in it, anew for each seed; starting Python
and reading the text are not in it. What came out is compared on the whole last tenth, not on the 20 batches.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from train import Side, WithTorch, beside, check_same, clock, on_two_threads

from likely.data import letter_ids, load_shakespeare
from likely.measures.text import nats_per_token
from likely.models.transformer import Transformer
from likely.training import Fit, fit

SEEDS = range(3)
CONTEXT, BATCH, STEPS = 64, 12, 2000
SIZES = dict(width=128, heads=4, layers=4, context=CONTEXT)
EVERY, HELD = 250, 20  # steps from one evaluation to the next, and its batches
PEAK, LAST, WARM_UP = 1e-3, 1e-4, 100  # of the rate
BETAS, DECAY, CLIP = (0.9, 0.99), 0.1, 1.0
SAME, TOLERANCE = 20, 2e-4  # steps in which both sides have to have the same losses, and how far apart, relative
TARGET = 2.0  # nats a letter on the 20 batches: how long until then
SLACK = 0.01  # nats a letter that the loss may be above PyTorch's
TEXTS, ROUNDS = 40, 3  # of CONTEXT letters each, drawn one at a time; both sides once a round


@dataclass
class Task:
    """What a seed decides, and what it does not."""

    seed: int
    letters: str
    train: np.ndarray  # int32 (letters of the text,)
    held: np.ndarray
    model: Transformer  # with the first weights
    evaluated: np.ndarray  # (HELD, BATCH): where the windows of an evaluation begin

    @property
    def key(self) -> jax.Array:
        return jax.random.key(self.seed)

    def begins(self, key: jax.Array) -> jax.Array:
        """Where the windows of a step begin: (BATCH,)."""
        return jax.random.randint(key, (BATCH,), 0, len(self.train) - CONTEXT)


def task(seed: int) -> Task:
    text = load_shakespeare()
    letters = "".join(sorted(set(text)))
    tokens = letter_ids(text, letters)
    cut = len(tokens) * 9 // 10
    model = Transformer(len(letters), **SIZES, rngs=nnx.Rngs(seed))
    evaluated = np.random.default_rng(seed).integers(0, len(tokens) - cut - CONTEXT, (HELD, BATCH))
    return Task(seed, letters, tokens[:cut], tokens[cut:], model, evaluated)


def loss(model: Transformer, windows: jax.Array, key: jax.Array) -> jax.Array:
    return optax.softmax_cross_entropy_with_integer_labels(model(windows[:, :-1]), windows[:, 1:]).mean()


def with_fit(task: Task, steps: int) -> Fit:
    """A whole call. It compiles, since the function that draws is another one each time."""
    train, places = jnp.asarray(task.train), np.arange(CONTEXT + 1)
    rate = optax.warmup_cosine_decay_schedule(PEAK / (WARM_UP + 1), PEAK, WARM_UP, STEPS, LAST)  # nanoGPT's get_lr
    matrices = lambda weights: jax.tree.map(lambda a: a.ndim >= 2, weights)  # noqa: E731
    adamw = optax.adamw(rate, *BETAS, weight_decay=DECAY, mask=matrices)
    return fit(
        loss,
        task.model,
        lambda key: train[task.begins(key)[:, None] + places],
        key=task.key,
        steps=steps,
        optimizer=optax.chain(optax.clip_by_global_norm(CLIP), adamw),
        held=task.held[task.evaluated.reshape(-1, 1) + places],
        every=EVERY,
        show=False,
    )


def with_torch(task: Task) -> WithTorch:
    step_key = jax.random.split(task.key, 3)[1]  # as fit does; other batches would not pass check_same
    draw_key = lambda step: jax.random.split(jax.random.fold_in(step_key, step))[0]  # noqa: E731
    begins = jax.vmap(lambda step: task.begins(draw_key(step)))(jnp.arange(STEPS))  # (STEPS, BATCH)
    arrays = dict(train=task.train, held=task.held, begins=np.asarray(begins), evaluated=task.evaluated)
    settings = dict(SIZES, letters=len(task.letters), seed=task.seed, newline=task.letters.index("\n"), same_steps=SAME)
    settings |= dict(steps=STEPS, every=EVERY, peak=PEAK, last=LAST, warm_up=WARM_UP)
    settings |= dict(betas=BETAS, decay=DECAY, clip=CLIP)
    return WithTorch("nanogpt_in_torch.py", "eager", arrays=arrays, model=task.model, settings=settings)


def trained(task: Task) -> tuple[dict[str, Any], Transformer]:
    """The numbers of a whole run, as PyTorch's side has them, and the model."""
    began = time.perf_counter()
    one = with_fit(task, STEPS)
    jax.block_until_ready(nnx.state(one.model))
    seconds = time.perf_counter() - began
    before = seconds - STEPS / one.steps_per_second  # as if compiling and all evaluations came first
    numbers = dict(
        seconds=seconds,
        rate=one.steps_per_second,
        held=one.history["held"].tolist(),
        at=(before + one.history["step"] / one.steps_per_second).tolist(),
        split=nats_per_token(one.model, task.held, CONTEXT),
    )
    return numbers, one.model


def through_cache(task: Task) -> list[float]:
    """-log P of each letter behind the first of the held-out text, from the first weights."""
    letters = jnp.asarray(task.held[: CONTEXT + 1])

    def one(cache, letter):
        logits, cache = task.model.step(letter, cache)
        return cache, logits

    logits = jax.lax.scan(one, task.model.start(), letters[:-1])[1]
    return optax.softmax_cross_entropy_with_integer_labels(logits, letters[1:]).tolist()


def writer(task: Task, model: Transformer) -> Callable[[int], float]:
    """Draws so many texts, each in one compiled call, and tells the letters a second."""
    graph, weights = nnx.split(model)

    @jax.jit
    def text(weights, key):
        model = nnx.merge(graph, weights)

        def one(carry, key):
            logits, cache = model.step(*carry)
            letter = jax.random.categorical(key, logits)
            return (letter, cache), letter

        begin = jnp.int32(task.letters.index("\n")), model.start()
        return jax.lax.scan(one, begin, jax.random.split(key, CONTEXT))[1]

    def write(texts):
        for key in jax.random.split(task.key, texts):
            jax.block_until_ready(text(weights, key))

    write(1)  # compiles
    return lambda texts: texts * CONTEXT / clock(lambda: write(texts))


def reached(numbers: dict[str, Any]) -> float:
    """Seconds until the loss on the 20 batches was at TARGET, between two evaluations on a line. Infinite if never."""
    held, at = numbers["held"], numbers["at"]
    i = next((i for i, value in enumerate(held) if value <= TARGET), None)
    if i is None:
        return np.inf
    return at[0] if i == 0 else float(np.interp(-TARGET, [-held[i - 1], -held[i]], at[i - 1 : i + 1]))


def compare(seed: int) -> tuple[dict[str, Any], dict[str, Any], str]:
    """What came of one seed with fit and with PyTorch, and the version of PyTorch."""
    one = task(seed)
    with with_torch(one) as torch:
        parameters = sum(a.size for a in jax.tree.leaves(nnx.state(one.model, nnx.Param)))
        losses = through_cache(one) + with_fit(one, SAME).history["loss"].tolist()
        sides = dict(fit=Side(lambda: trained(one), parameters, losses), eager=torch.side)
        check_same(f"nanoGPT's recipe, seed {seed}", sides, TOLERANCE)
        order = list(sides) if seed % 2 == 0 else list(sides)[::-1]
        found = {side: sides[side].run() for side in order}
        (ours, model), theirs = found["fit"], found["eager"]
        write = writer(one, model)
        written = [(write(TEXTS), torch.ask(f"write {TEXTS}")) for _ in range(ROUNDS)]
    for numbers, rates in zip((ours, theirs), zip(*written, strict=True), strict=True):
        numbers.update(written=statistics.median(rates), reached=reached(numbers))
    for side, numbers in (("fit", ours), (f"PyTorch {torch.version} eager", theirs)):
        shown = ", ".join(f"{name} {numbers[name]:.5g}" for name in WHAT) + f", held {np.round(numbers['held'], 4)}"
        print(f"nanogpt, seed {seed}, {side}: {shown}", file=sys.stderr, flush=True)
    return ours, theirs, torch.version


# by the name of the number: what it is, its unit, the goal, and whether ours is that good
WHAT: dict[str, tuple[str, str, str, Callable[[float, float], bool]]] = dict(
    seconds=("all 2,000 steps and 8 evaluations", "s", "≤ 60 %", lambda ours, peer: ours <= 0.6 * peer),
    rate=("steps a second", "steps/s", "≥ peer", lambda ours, peer: ours >= peer),
    split=("loss on the whole last tenth", "nats", f"≤ +{SLACK}", lambda ours, peer: ours <= peer + SLACK),
    reached=(f"until {TARGET} nats on 20 batches", "s", "≤ peer", lambda ours, peer: ours <= peer),
    written=("letters drawn one at a time, with a cache", "1/s", "≥ peer", lambda ours, peer: ours >= peer),
)


def measure() -> list[dict[str, Any]]:
    """The rows: the mean over the seeds, and with it the value of each. Raises AssertionError as check_same does."""
    on_two_threads()
    ours, theirs, versions = zip(*map(compare, SEEDS), strict=True)
    rows = []
    for key, (what, unit, goal, good) in WHAT.items():
        each, peer_each = ([round(numbers[key], 4) for numbers in side] for side in (ours, theirs))
        value, peer_value = statistics.mean(each), statistics.mean(peer_each)
        numbers = value, unit, goal, good(value, peer_value), f"PyTorch {versions[0]} eager", peer_value
        rows.append(
            beside(f"nanoGPT's recipe, mean of {len(SEEDS)} seeds: {what}", *numbers, each=each, peer_each=peer_each)
        )
    return rows
