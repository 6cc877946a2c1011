"""Chapter 3, part two: the ladder of models on the same text, and how loss falls with size and data."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from likely.data import letter_ids, load_shakespeare
from likely.measures.text import nats_per_token
from likely.models.rungs import OneHead, Recurrent
from likely.models.transformer import Transformer
from likely.training.loop import Fit, fit
from likely.training.recipes import record

CONTEXT, BATCH, STEPS = 64, 12, 2000  # as nanoGPT's recipe for a CPU


@functools.cache
def _text():
    """The letters, and the ids of the first nine tenths of the plays and of the last tenth."""
    text = load_shakespeare()
    letters = "".join(sorted(set(text)))
    tokens = letter_ids(text, letters)
    cut = len(tokens) * 9 // 10
    return letters, jnp.asarray(tokens[:cut]), tokens[cut:]


def _loss(model, batch, key):
    return optax.softmax_cross_entropy_with_integer_labels(model(batch[:, :-1]), batch[:, 1:]).mean()


def _train(model, tokens, seed: int, peak: float, steps: int = STEPS, **held) -> Fit:
    """So many steps on windows of 64 letters from anywhere in the text, 12 at a time."""

    def windows(key):
        begins = jax.random.randint(key, (BATCH,), 0, len(tokens) - CONTEXT)
        return jax.vmap(lambda at: jax.lax.dynamic_slice(tokens, (at,), (CONTEXT + 1,)))(begins)

    rate = optax.warmup_cosine_decay_schedule(0.0, peak, 100, steps, peak / 10)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=0.1))
    return fit(_loss, model, windows, key=jax.random.key(seed), steps=steps, optimizer=optimizer, **held)


@record(seeds=range(5))
def ladder(seed: int):
    """Nats a character on the whole held-out tenth, of three nets that were trained on the same number of letters."""
    letters, train, held = _text()
    nets = {
        "recurrent net": (Recurrent(len(letters), width=256, rngs=nnx.Rngs(seed)), 2e-3),
        "one head": (OneHead(len(letters), width=128, context=CONTEXT, rngs=nnx.Rngs(seed)), 2e-3),
        "transformer": (Transformer(len(letters), context=CONTEXT, rngs=nnx.Rngs(seed)), 1e-3),
    }
    found = {}
    for name, (net, peak) in nets.items():
        found[name] = nats_per_token(_train(net, train, seed, peak).model, held, CONTEXT)
    return found


@record(seeds=range(3))
def scale(seed: int):
    """Transformers of two layers by width, on the first so many letters: the lowest held-out loss of 1,000 steps.

    "nats a character" is (width, letters), on an eighth of the held-out text, in ten evaluations.
    """
    letters, train, held = _text()
    count = len(held) // (CONTEXT + 1) // 8
    some = jnp.asarray(held[: count * 8 * (CONTEXT + 1)].reshape(-1, CONTEXT + 1)[::8])  # (919, 65)
    widths, sizes = (16, 32, 64, 128), (30_000, 120_000, 480_000, len(train))
    found = {"width": widths, "letters": sizes, "parameters": [], "nats a character": []}
    for width in widths:
        row = []
        for size in sizes:
            net = Transformer(len(letters), width=width, layers=2, context=CONTEXT, rngs=nnx.Rngs(seed))
            done = _train(net, train[:size], seed, 2e-3, steps=1000, held=some, every=100)
            row.append(float(done.history["held"].min()))
        found["nats a character"].append(row)
        found["parameters"].append(sum(a.size for a in jax.tree.leaves(nnx.state(net, nnx.Param))))
    return found
