"""Captions as a network reads them: phrases in any order, some of them left out.

"green hair, glasses, happy" has five words and two commas. A table has a number for each; a caption is a row of them,
with -1 behind the last.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from likely.models.transformer import attend

__all__ = ["CaptionReader", "Captions"]


class Captions:
    """The captions of things with labels: `attributes` has the values of each, as `likely.data.FACE_ATTRIBUTES` does.

    named: attributes whose name belongs to the phrase, "green hair" say; of the others the value says it all.
    """

    def __init__(self, attributes: Mapping[str, Sequence[str]], named: Sequence[str] = ()):
        phrases = [
            f"{value} {attribute}" if attribute in named else value
            for attribute, values in attributes.items()
            for value in values
        ]
        self.words = (",", *sorted({word for phrase in phrases for word in phrase.split()}))
        longest = max(len(phrase.split()) for phrase in phrases) + 1  # and a comma
        self.length = longest * len(attributes)  # the most words and commas
        self._first = np.cumsum([0, *map(len, attributes.values())])[:-1]  # where each attribute's phrases begin
        rows = [[*map(self.words.index, phrase.split()), 0] for phrase in phrases]
        self._rows = np.array([row + [-1] * (longest - len(row)) for row in rows], np.int32)  # (phrase, longest)

    def write(self, labels: jax.Array, said: jax.Array, key: jax.Array) -> jax.Array:
        """Captions of labels, their phrases in an order that the key decides.

        labels: (n, attributes) whole numbers. said: (n, attributes) bool, what is spoken of. Returns int32 (n, length).
        """
        labels = labels.astype(jnp.int32)
        rows = jnp.where(said[..., None], jnp.asarray(self._rows)[labels + self._first], -1)
        order = jnp.argsort(jax.random.uniform(key, labels.shape), axis=1)
        row = jnp.take_along_axis(rows, order[..., None], axis=1).reshape(len(labels), self.length)
        row = jnp.take_along_axis(row, jnp.argsort(row < 0, axis=1, stable=True), axis=1)  # gaps go to the end
        last = (row >= 0).sum(axis=1, keepdims=True) - 1
        return jnp.where(jnp.arange(self.length) == last, -1, row)  # no comma at the end

    def read(self, captions: jax.Array) -> list[str]:
        """Rows of numbers as text."""
        texts = (" ".join(self.words[i] for i in row if i >= 0) for row in np.asarray(captions))
        return [text.replace(" ,", ",") for text in texts]


class CaptionReader(nnx.Module):
    """Captions of `words` kinds of word to lists of numbers: attention over words and places, summed over the words.

    ordered=False: each word is read by itself, without its place: a caption is a bag of words. A caption without words
    becomes zeros.
    """

    def __init__(
        self, words: int, length: int, *, width: int = 64, heads: int = 4, ordered: bool = True, rngs: nnx.Rngs
    ):
        self.heads, self.ordered = heads, ordered
        spread = nnx.initializers.normal(0.3)
        self.words = nnx.Embed(words, width, embedding_init=spread, rngs=rngs)
        self.norm2 = nnx.LayerNorm(width, rngs=rngs)
        self.wide = nnx.Linear(width, 2 * width, rngs=rngs)
        self.back = nnx.Linear(2 * width, width, rngs=rngs)
        if ordered:
            self.places = nnx.Embed(length, width, embedding_init=spread, rngs=rngs)
            self.norm1 = nnx.LayerNorm(width, rngs=rngs)
            self.qkv = nnx.Linear(width, 3 * width, rngs=rngs)
            self.mix = nnx.Linear(width, width, rngs=rngs)

    def __call__(self, captions: jax.Array) -> jax.Array:
        """(n, length) int32, -1 behind the last word -> (n, width)."""
        there = captions >= 0
        x = self.words(jnp.maximum(captions, 0))  # (n, place, width)
        if self.ordered:
            x = x + self.places.embedding[...]
            parts = jnp.split(self.qkv(self.norm1(x)), 3, axis=-1)
            q, k, v = (part.reshape(*captions.shape, self.heads, -1) for part in parts)
            seen = there | (jnp.arange(captions.shape[1]) == 0)  # an empty caption has to look at something
            x = x + self.mix(attend(q, k, v, seen[:, None, None])[0].reshape(x.shape))
        x = x + self.back(jax.nn.silu(self.wide(self.norm2(x))))
        return jnp.where(there[..., None], x, 0).sum(axis=1) / 3
