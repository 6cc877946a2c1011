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
    """Captions of `words` kinds of word to lists of numbers: each word is read with its neighbours, and all are added.

    window: how many words are read together, an odd number; with 1 a caption is a bag of words. A caption without words
    becomes zeros.
    """

    def __init__(self, words: int, *, width: int = 64, window: int = 3, rngs: nnx.Rngs):
        if window % 2 == 0:
            raise ValueError(f"window is an odd number, a word and as many on either side, not {window}")
        self.beside = window // 2
        self.words = nnx.Param(nnx.initializers.normal(1.0)(rngs.params(), (words, width)))
        self.first = nnx.Linear(width * window, 128, rngs=rngs)
        self.second = nnx.Linear(128, width, rngs=rngs)

    def __call__(self, captions: jax.Array) -> jax.Array:
        """(n, length) int32, -1 where there is no word -> (n, width)."""
        x = jax.nn.one_hot(captions, len(self.words)) @ self.words[...]  # of no word: zeros. Faster than looking up
        padded = jnp.pad(x, ((0, 0), (self.beside, self.beside), (0, 0)))
        length = captions.shape[1]
        windows = jnp.concatenate([padded[:, i : i + length] for i in range(2 * self.beside + 1)], axis=-1)
        h = x + self.second(jax.nn.silu(self.first(windows)))
        return jnp.where(captions[..., None] >= 0, h, 0).sum(axis=1) / 3
