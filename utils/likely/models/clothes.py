"""A network that tells clothes apart, for the features in which drawn ones are compared with real ones."""

from __future__ import annotations

import jax
from flax import nnx

__all__ = ["ClothesJudge"]


class ClothesJudge(nnx.Module):
    """Grey pictures of 28 × 28 pixels to the logits of ten kinds, by two dense layers, of 512 and 256."""

    def __init__(self, *, rngs: nnx.Rngs):
        self.first = nnx.Linear(784, 512, rngs=rngs)
        self.second = nnx.Linear(512, 256, rngs=rngs)
        self.out = nnx.Linear(256, 10, rngs=rngs)

    def features(self, images: jax.Array) -> jax.Array:
        """(n, 784), pixels from 0 to 1 -> (n, 256): what the kinds are read from."""
        return jax.nn.relu(self.second(jax.nn.relu(self.first(images))))

    def __call__(self, images: jax.Array) -> jax.Array:
        """(n, 784) -> (n, 10) logits, in the order of `likely.data.FASHION_CLASSES`."""
        return self.out(self.features(images))
