"""From words to pictures: a reader of captions, and a denoiser that is told what was read."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from flax import nnx
from jax.typing import ArrayLike

from likely.models.captions import CaptionReader, Captions
from likely.models.denoisers import Denoiser
from likely.models.diffusion import guided, sample, times

__all__ = ["Painter", "paint"]


class Painter(nnx.Module):
    """Lists of `size` numbers with captions: what noised ones come from, by what the caption says."""

    def __init__(
        self, captions: Captions, size: int, *, width: int = 256, blocks: int = 3, ordered: bool = True, rngs: nnx.Rngs
    ):
        self.reader = CaptionReader(len(captions.words), captions.length, ordered=ordered, rngs=rngs)
        self.denoiser = Denoiser(size, width=width, blocks=blocks, given=64, rngs=rngs)

    def __call__(self, z: jax.Array, t: jax.Array, captions: jax.Array) -> jax.Array:
        """(n, size), (n,), (n, length) int32 with -1 behind the last word -> (n, size)."""
        return self.denoiser(z, t, self.reader(captions))

    def guided(self, z: jax.Array, t: jax.Array, read: jax.Array, guidance: ArrayLike) -> jax.Array:
        """The same for captions that were `read`, (n, 64), with guidance: what an empty caption says is left behind."""
        both = jnp.concatenate([read, jnp.zeros_like(read)])  # an empty caption is read as zeros
        says = self.denoiser(jnp.concatenate([z, z]), jnp.concatenate([t, t]), both)
        return guided(*jnp.split(says, 2), guidance)


def paint(
    painter: Painter,
    captions: jax.Array,
    z: jax.Array,
    *,
    guidance: ArrayLike = 2.0,
    steps: int = 25,
    clip: float | None = 1.0,
) -> jax.Array:
    """From noise z, (n, size), in DDIM steps to what the captions, (n, length), say."""
    read = painter.reader(captions)
    return sample(lambda z, t: painter.guided(z, t, read, guidance), z, times(steps), clip=clip)
