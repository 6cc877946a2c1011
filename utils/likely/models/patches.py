"""Two networks over patches of a picture, for a game on faces: one draws pictures, one scores them.

A picture of 16 × 16 pixels is cut into 16 patches of 4 × 4. Dense layers work within each patch, the same for all, and
between the patches; on a CPU that is several times as fast as convolutions at full size.
Source of the two kinds of layer: Tolstikhin et al. (2021), arXiv:2105.01601, without normalisation.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx

__all__ = ["PatchDiscriminator", "PatchGenerator"]

_PLACES = 16  # patches
_NUMBERS = 48  # of a patch: 4 × 4 pixels of three colours
_he = nnx.initializers.he_normal()


def _leaky(x: jax.Array) -> jax.Array:
    return nnx.leaky_relu(x, 0.2)


def _cut(pictures: jax.Array) -> jax.Array:
    """(n, 768) -> (n, patch, number)."""
    return pictures.reshape(-1, 4, 4, 4, 4, 3).transpose(0, 1, 3, 2, 4, 5).reshape(-1, _PLACES, _NUMBERS)


def _paste(patches: jax.Array) -> jax.Array:
    """(n, patch, number) -> (n, 768)."""
    return patches.reshape(-1, 4, 4, 4, 4, 3).transpose(0, 1, 3, 2, 4, 5).reshape(-1, _PLACES * _NUMBERS)


class _Mixer(nnx.Module):
    """A layer between the patches and one within each, both added to what was there."""

    def __init__(self, width: int, rngs: nnx.Rngs):
        self.between = nnx.Linear(_PLACES, _PLACES, rngs=rngs)
        self.within = nnx.Linear(width, width, kernel_init=_he, rngs=rngs)

    def __call__(self, x: jax.Array) -> jax.Array:
        """(n, patch, width) -> the same; the scale stays about what it was."""
        x = x + _leaky(self.between(x.swapaxes(1, 2)).swapaxes(1, 2))
        return (x + _leaky(self.within(x))) / 1.5


class PatchGenerator(nnx.Module):
    """Latent numbers to pictures: two dense layers to `width` numbers for each patch, `blocks` times mixed."""

    def __init__(self, size: int, *, width: int = 96, blocks: int = 2, hidden: int = 256, rngs: nnx.Rngs):
        self.first = nnx.Linear(size, hidden, kernel_init=_he, rngs=rngs)
        self.second = nnx.Linear(hidden, _PLACES * width, kernel_init=_he, rngs=rngs)
        self.blocks = nnx.List([_Mixer(width, rngs) for _ in range(blocks)])
        self.out = nnx.Linear(width, _NUMBERS, rngs=rngs)

    def __call__(self, z: jax.Array) -> jax.Array:
        """(n, size) -> (n, 768), pixels from 0 to 1."""
        x = _leaky(self.second(_leaky(self.first(z)))).reshape(len(z), _PLACES, -1)
        for block in self.blocks:
            x = block(x)
        return jax.nn.sigmoid(_paste(self.out(x)))


class PatchDiscriminator(nnx.Module):
    """Pictures to scores: `width` numbers for each patch and its place, `blocks` times mixed, and two dense layers."""

    def __init__(self, *, width: int = 96, blocks: int = 2, hidden: int = 256, rngs: nnx.Rngs):
        self.first = nnx.Linear(_NUMBERS, width, kernel_init=_he, rngs=rngs)
        self.place = nnx.Param(jnp.zeros((_PLACES, width)))
        self.blocks = nnx.List([_Mixer(width, rngs) for _ in range(blocks)])
        self.hidden = nnx.Linear(_PLACES * width, hidden, kernel_init=_he, rngs=rngs)
        self.out = nnx.Linear(hidden, 1, rngs=rngs)

    def __call__(self, pictures: jax.Array) -> jax.Array:
        """(n, 768), pixels from 0 to 1 -> (n,) logits."""
        x = _leaky(self.first(_cut(2 * pictures - 1)) + self.place[...])
        for block in self.blocks:
            x = block(x)
        return self.out(_leaky(self.hidden(x.reshape(len(x), -1))))[:, 0]
