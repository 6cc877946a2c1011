"""Chapter 3, part one: the transformer that both parts open with, trained on plays of Shakespeare."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from likely.data import letter_ids, load_shakespeare
from likely.measures.text import nats_per_token
from likely.models.transformer import Transformer
from likely.training.loop import fit
from likely.training.recipes import weights


@weights(seed=0, dtype="float16", within={"nats a character": 0.01})
def shakespeare(seed: int):
    """Letters of the first nine tenths of the plays, in windows of 128 from anywhere; the last tenth is held out."""
    text = load_shakespeare()
    letters = "".join(sorted(set(text)))
    tokens = letter_ids(text, letters)
    cut = len(tokens) * 9 // 10
    train, held = jnp.asarray(tokens[:cut]), tokens[cut:]
    context, steps = 128, 12_000

    def windows(key):
        begins = jax.random.randint(key, (16,), 0, len(train) - context)
        return jax.vmap(lambda at: jax.lax.dynamic_slice(train, (at,), (context + 1,)))(begins)

    def loss(model, batch, key):
        return optax.softmax_cross_entropy_with_integer_labels(model(batch[:, :-1]), batch[:, 1:]).mean()

    model = Transformer(len(letters), width=128, heads=4, layers=4, context=context, rngs=nnx.Rngs(seed))
    rate = optax.warmup_cosine_decay_schedule(0.0, 2e-3, 200, steps, 1e-4)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=0.1))
    done = fit(loss, model, windows, key=jax.random.key(seed), steps=steps, optimizer=optimizer)
    return done.model, {"nats a character": nats_per_token(done.model, held, context)}
