"""The rungs below the transformer: a net that carries a summary along, and one that looks back once."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

from likely.models.transformer import attend

__all__ = ["OneHead", "Recurrent"]


class Recurrent(nnx.Module):
    """Logits of the next token from a state that every token changes: a gated recurrent unit, GRU.

    `vocabulary` kinds of token, states of `width`. Source: Cho et al. (2014), arXiv:1406.1078, section 2.3; the reset
    gate stands behind the product, as in PyTorch and Keras.
    """

    def __init__(self, vocabulary: int, *, width: int = 256, rngs: nnx.Rngs):
        small, square = nnx.initializers.normal(0.02), nnx.initializers.orthogonal()
        self.tokens = nnx.Embed(vocabulary, width, embedding_init=nnx.initializers.normal(1.0), rngs=rngs)
        self.given = nnx.Linear(width, 3 * width, rngs=rngs)
        self.kept = nnx.Linear(width, 3 * width, kernel_init=square, rngs=rngs)
        self.out = nnx.Linear(width, vocabulary, kernel_init=small, rngs=rngs)

    def step(self, given: jax.Array, h: jax.Array) -> jax.Array:
        """A state and what the token gives, (batch, 3 · width) -> the next state, (batch, width)."""
        r, z, n = jnp.split(given, 3, axis=-1)
        kept_r, kept_z, kept_n = jnp.split(self.kept(h), 3, axis=-1)
        r, z = jax.nn.sigmoid(r + kept_r), jax.nn.sigmoid(z + kept_z)
        return (1 - z) * jnp.tanh(n + r * kept_n) + z * h

    def __call__(self, tokens: jax.Array) -> jax.Array:
        """(batch, place) int32 -> (batch, place, vocabulary) logits."""
        given = self.given(self.tokens(tokens))  # (batch, place, 3 · width): all places in one product

        def one(h, given):
            h = self.step(given, h)
            return h, h

        start = jnp.zeros((len(tokens), self.tokens.features))
        _, states = jax.lax.scan(one, start, given.swapaxes(0, 1))  # (place, batch, width)
        return self.out(states).swapaxes(0, 1)


class OneHead(nnx.Module):
    """Logits of the next token from one attention head over the vectors of the tokens and their places, and no more.

    `vocabulary` kinds of token, vectors of `width`, at most `context` tokens.
    """

    def __init__(self, vocabulary: int, *, width: int = 128, context: int = 64, rngs: nnx.Rngs):
        small = nnx.initializers.normal(0.02)
        self.tokens = nnx.Embed(vocabulary, width, embedding_init=small, rngs=rngs)
        self.places = nnx.Embed(context, width, embedding_init=small, rngs=rngs)
        self.qkv = nnx.Linear(width, 3 * width, use_bias=False, rngs=rngs)
        self.out = nnx.Linear(width, vocabulary, rngs=rngs)

    def __call__(self, tokens: jax.Array) -> jax.Array:
        """(batch, place) int32 -> (batch, place, vocabulary) logits."""
        places = tokens.shape[-1]
        x = self.tokens(tokens) + self.places.embedding[:places]  # (batch, place, width)
        q, k, v = (part[:, :, None] for part in jnp.split(self.qkv(x), 3, axis=-1))  # one head
        fetched, _ = attend(q, k, v, jnp.tril(jnp.ones((places, places), bool)))
        return self.out(x + fetched[:, :, 0])
