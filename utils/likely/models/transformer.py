"""A decoder-only transformer that predicts the next token, with what it looks at and a cache for one token at a time.

Each layer adds to what stands at every place: first what its attention heads fetch from there and before, then what a
small network makes of it (Vaswani et al., 2017, arXiv:1706.03762, without the encoder). As in GPT-2, the norms come
before what they feed, places have learned vectors, and a token is read out with the vector that stands for it.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from flax import nnx

__all__ = ["Cache", "Inside", "Transformer", "attend"]


class Inside(NamedTuple):
    """What a pass went through."""

    logits: jax.Array  # (..., place, token)
    attention: jax.Array  # (layer, ..., head, query, key): each query's weights over the keys, which add up to one
    residuals: (
        jax.Array
    )  # (layer + 1, ..., place, width): what stands at each place before the first layer, and after each


class Cache(NamedTuple):
    """Keys and values of the places so far, and how many these are."""

    keys: tuple[jax.Array, ...]  # for each layer (..., context, head, width of a head)
    values: tuple[jax.Array, ...]
    place: jax.Array  # () int32


def attend(q: jax.Array, k: jax.Array, v: jax.Array, seen: jax.Array) -> tuple[jax.Array, jax.Array]:
    """softmax(q kᵀ / √d) v over the keys that are seen, and the weights.

    q: (batch, query, head, d). k, v: (batch, key, head, d). seen: (query, key) bool. Returns (batch, query, head, d)
    and (batch, head, query, key).
    """
    scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * q.shape[-1] ** -0.5
    weights = jax.nn.softmax(jnp.where(seen, scores, -jnp.inf), axis=-1)
    return jnp.einsum("bhqk,bkhd->bqhd", weights, v), weights


class _Block(nnx.Module):
    def __init__(self, width: int, heads: int, rngs: nnx.Rngs):
        self.heads = heads
        self.norm1, self.norm2 = (nnx.LayerNorm(width, use_bias=False, rngs=rngs) for _ in range(2))
        self.qkv = nnx.Linear(width, 3 * width, use_bias=False, rngs=rngs)
        self.mix = nnx.Linear(width, width, use_bias=False, rngs=rngs)
        self.wide = nnx.Linear(width, 4 * width, use_bias=False, rngs=rngs)
        self.back = nnx.Linear(4 * width, width, use_bias=False, rngs=rngs)

    def asked(self, x: jax.Array) -> list[jax.Array]:
        """(rows, width) -> queries, keys and values, each (rows, head, width of a head)."""
        return [part.reshape(len(x), self.heads, -1) for part in jnp.split(self.qkv(self.norm1(x)), 3, axis=-1)]

    def answered(self, x: jax.Array, fetched: jax.Array) -> jax.Array:
        """(rows, width) and what the heads fetched, (rows, head, width of a head) -> (rows, width)."""
        x = x + self.mix(fetched.reshape(x.shape))
        return x + self.back(jax.nn.gelu(self.wide(self.norm2(x)), approximate=False))


class Transformer(nnx.Module):
    """Logits of the next token at every place, from the tokens up to there.

    `vocabulary` kinds of token, vectors of `width` with as much for each of the `heads`, and at most `context` tokens.
    Tokens are int32 (..., place). Raises ValueError for more tokens than the context, and for a width that the heads do
    not divide.
    """

    def __init__(
        self, vocabulary: int, *, width: int = 128, heads: int = 4, layers: int = 4, context: int = 64, rngs: nnx.Rngs
    ):
        if width % heads:
            raise ValueError(f"{heads} heads cannot share a width of {width}: it has to be a multiple of them")
        self.width, self.heads, self.context = width, heads, context
        small = nnx.initializers.normal(0.02)  # as in GPT-2: the first logits are nearly even
        self.tokens = nnx.Embed(vocabulary, width, embedding_init=small, rngs=rngs)
        self.places = nnx.Embed(context, width, embedding_init=small, rngs=rngs)
        self.blocks = nnx.List([_Block(width, heads, rngs) for _ in range(layers)])
        self.norm = nnx.LayerNorm(width, use_bias=False, rngs=rngs)

    def __call__(self, tokens: jax.Array) -> jax.Array:
        """(..., place) int32 -> (..., place, vocabulary) logits."""
        return self._pass(tokens)[0]

    def look(self, tokens: jax.Array) -> Inside:
        """(..., place) int32 -> logits, attention weights and residuals."""
        logits, attention, residuals = self._pass(tokens)
        batch, places = tokens.shape[:-1], tokens.shape[-1]
        return Inside(
            logits,
            jnp.stack(attention).reshape(-1, *batch, self.heads, places, places),
            jnp.stack(residuals).reshape(-1, *batch, places, self.width),
        )

    def read_out(self, x: jax.Array) -> jax.Array:
        """(..., width) -> (..., vocabulary): the logits of what stands at a place, after the last layer or earlier."""
        return self.tokens.attend(self.norm(x))

    def start(self, *batch: int) -> Cache:
        """A cache without a place yet, for one text or for a batch of them."""
        shape = (*batch, self.context, self.heads, self.width // self.heads)
        empty = tuple(jnp.zeros(shape) for _ in self.blocks)
        return Cache(empty, empty, jnp.zeros((), jnp.int32))

    def step(self, token: jax.Array, cache: Cache) -> tuple[jax.Array, Cache]:
        """One token more: (...) int32 -> (..., vocabulary) logits of the next one, and the cache with it.

        The same as the last place of a whole pass, at the cost of that one place. There is room for `context` tokens;
        what comes after them is not told apart (the caller counts, as `cache.place` does).
        """
        batch, place = token.shape, cache.place
        x = (self.tokens(token) + self.places.embedding[place]).reshape(-1, self.width)  # (batch, width)
        seen = jnp.arange(self.context)[None] <= place  # (1, key)
        keys, values = [], []
        for block, old_k, old_v in zip(self.blocks, cache.keys, cache.values, strict=True):
            q, k, v = (part[:, None] for part in block.asked(x))  # (batch, 1, head, d)
            k, v = (
                jax.lax.dynamic_update_slice_in_dim(old.reshape(-1, *old.shape[-3:]), new, place, axis=1)
                for old, new in ((old_k, k), (old_v, v))
            )
            x = block.answered(x, attend(q, k, v, seen)[0])
            keys.append(k.reshape(old_k.shape))
            values.append(v.reshape(old_v.shape))
        return self.read_out(x).reshape(*batch, -1), Cache(tuple(keys), tuple(values), place + 1)

    def _pass(self, tokens: jax.Array) -> tuple[jax.Array, list[jax.Array], list[jax.Array]]:
        places = tokens.shape[-1]
        if places > self.context:
            raise ValueError(f"{places} tokens are more than the {self.context} that this transformer can look at")
        # (batch · place, width): with two axes XLA has the gradient of a dense layer in one product on a CPU; with
        # (batch, place, width) it transposes the wider factor first, and a step takes 1.6 times as long
        x = (self.tokens(tokens) + self.places.embedding[:places]).reshape(-1, self.width)
        seen = jnp.tril(jnp.ones((places, places), bool))
        attention, residuals = [], [x]
        for block in self.blocks:
            q, k, v = (part.reshape(-1, places, *part.shape[1:]) for part in block.asked(x))
            fetched, weights = attend(q, k, v, seen)
            x = block.answered(x, fetched)
            attention.append(weights)
            residuals.append(x)
        return self.read_out(x).reshape(*tokens.shape, -1), attention, residuals
