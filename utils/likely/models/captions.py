"""Captions of faces, as a network reads them: phrases in any order, some of them left out.

"green hair, glasses, happy" has five words and two commas. A table has a number for each; a caption is a row of them,
with -1 behind the last.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from likely.data import FACE_ATTRIBUTES
from likely.models.transformer import attend

__all__ = ["LENGTH", "PHRASES", "WORDS", "CaptionReader", "write"]

# for each value of each attribute, in the order of FACE_ATTRIBUTES, what a caption says
PHRASES = tuple(
    f"{value} {attribute}" if attribute in ("hair", "skin", "background") else value
    for attribute, values in FACE_ATTRIBUTES.items()
    for value in values
)
WORDS = (",", *sorted({word for phrase in PHRASES for word in phrase.split()}))
LENGTH = 3 * len(FACE_ATTRIBUTES)  # the most words and commas: two words a phrase, and a comma

_FIRST = np.cumsum([0, *(len(values) for values in FACE_ATTRIBUTES.values())])[:-1]  # of each attribute in PHRASES


def _row(phrase: str) -> list[int]:
    numbers = [*(WORDS.index(word) for word in phrase.split()), 0]
    return numbers + [-1] * (3 - len(numbers))


_ROWS = np.array([_row(phrase) for phrase in PHRASES], np.int32)  # (phrase, 3): its words and a comma


def write(labels: jax.Array, said: jax.Array, key: jax.Array) -> jax.Array:
    """Captions of labels, their phrases in an order that the key decides.

    labels: (n, 7) as in `Faces.labels`. said: (n, 7) bool, which attributes are spoken of. Returns int32 (n, LENGTH).
    """
    labels = labels.astype(jnp.int32)
    rows = jnp.where(said[..., None], jnp.asarray(_ROWS)[labels + _FIRST], -1)  # (n, 7, 3)
    order = jnp.argsort(jax.random.uniform(key, labels.shape), axis=1)
    row = jnp.take_along_axis(rows, order[..., None], axis=1).reshape(len(labels), LENGTH)
    row = jnp.take_along_axis(row, jnp.argsort(row < 0, axis=1, stable=True), axis=1)  # gaps go to the end
    last = (row >= 0).sum(axis=1, keepdims=True) - 1
    return jnp.where(jnp.arange(LENGTH) == last, -1, row)  # no comma at the end


class CaptionReader(nnx.Module):
    """Captions to lists of numbers: an attention layer over words and places, and the sum over the words.

    A caption without a word becomes zeros.
    """

    def __init__(self, width: int = 64, *, heads: int = 4, rngs: nnx.Rngs):
        self.heads = heads
        spread = nnx.initializers.normal(0.3)
        self.words = nnx.Embed(len(WORDS), width, embedding_init=spread, rngs=rngs)
        self.places = nnx.Embed(LENGTH, width, embedding_init=spread, rngs=rngs)
        self.norm1, self.norm2 = (nnx.LayerNorm(width, rngs=rngs) for _ in range(2))
        self.qkv = nnx.Linear(width, 3 * width, rngs=rngs)
        self.mix = nnx.Linear(width, width, rngs=rngs)
        self.wide = nnx.Linear(width, 2 * width, rngs=rngs)
        self.back = nnx.Linear(2 * width, width, rngs=rngs)

    def __call__(self, captions: jax.Array) -> jax.Array:
        """(n, LENGTH) int32 -> (n, width)."""
        there = captions >= 0
        x = self.words(jnp.maximum(captions, 0)) + self.places.embedding[...]  # (n, place, width)
        parts = jnp.split(self.qkv(self.norm1(x)), 3, axis=-1)
        q, k, v = (part.reshape(*captions.shape, self.heads, -1) for part in parts)
        seen = there | (jnp.arange(LENGTH) == 0)  # an empty caption has to look at something
        x = x + self.mix(attend(q, k, v, seen[:, None, None])[0].reshape(x.shape))
        x = x + self.back(jax.nn.silu(self.wide(self.norm2(x))))
        return jnp.where(there[..., None], x, 0).sum(axis=1) / 3
