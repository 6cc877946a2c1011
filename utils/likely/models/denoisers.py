"""Networks that say what noised numbers come from: one for any list of numbers, one for grey pictures.

They answer with the clean numbers, not with the noise: those lie near a surface of few dimensions, and noise fills them
all, so that a layer narrower than the picture can pass the one and not the other.
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

__all__ = ["Denoiser", "PictureDenoiser", "time_features"]


def time_features(t: jax.Array, size: int = 64) -> jax.Array:
    """(n,) -> (n, size): sines and cosines of t at frequencies from 1 to 1,000, as in a transformer's places."""
    at = t[:, None] * jnp.asarray(np.geomspace(1, 1000, size // 2), jnp.float32)
    return jnp.concatenate([jnp.sin(at), jnp.cos(at)], axis=-1)


def _norm(x: jax.Array) -> jax.Array:
    x = x - x.mean(axis=-1, keepdims=True)
    return x * jax.lax.rsqrt((x**2).mean(axis=-1, keepdims=True) + 1e-5)


def _near_zero(scale: float) -> nnx.Initializer:
    return nnx.initializers.variance_scaling(scale, "fan_in", "normal")


class _Block(nnx.Module):
    """Adds to what is there; the condition says how each number is scaled and shifted before (FiLM)."""

    def __init__(self, width: int, told: int, rngs: nnx.Rngs):
        self.told = nnx.Linear(told, 2 * width, kernel_init=_near_zero(0.01), rngs=rngs)
        self.first = nnx.Linear(width, width, rngs=rngs)
        self.second = nnx.Linear(width, width, kernel_init=_near_zero(0.25), rngs=rngs)

    def __call__(self, h: jax.Array, told: jax.Array) -> jax.Array:
        scale, shift = jnp.split(self.told(told), 2, axis=-1)
        return h + self.second(jax.nn.silu(self.first(_norm(h) * (1 + scale) + shift)))


class Denoiser(nnx.Module):
    """What noised numbers come from: `blocks` residual blocks of `width`, which are told the time and what is `given`.

    Scale and shift by a condition: Perez et al. (2018), arXiv:1709.07871.
    """

    def __init__(self, size: int, *, width: int = 256, blocks: int = 3, given: int = 0, told: int = 96, rngs: nnx.Rngs):
        self.told = nnx.Linear(64 + given, told, rngs=rngs)
        self.into = nnx.Linear(size, width, rngs=rngs)
        self.blocks = nnx.List([_Block(width, told, rngs) for _ in range(blocks)])
        self.out = nnx.Linear(width, size, kernel_init=_near_zero(0.01), rngs=rngs)

    def __call__(self, z: jax.Array, t: jax.Array, given: jax.Array | None = None) -> jax.Array:
        """(n, size), (n,) and, if so made, (n, given) -> (n, size)."""
        known: Sequence[jax.Array] = (time_features(t),) if given is None else (time_features(t), given)
        told = jax.nn.silu(self.told(jnp.concatenate(known, axis=-1)))
        h = self.into(z)
        for block in self.blocks:
            h = block(h, told)
        return self.out(_norm(h))


class PictureDenoiser(nnx.Module):
    """Grey pictures, 28 × 28: a `Denoiser` says what the whole is, and a small network adds the detail.

    The small one is the same for each patch of 4 × 4 pixels. It sees the 8 × 8 around the patch, as they came in and as
    the whole was said to be, and is told the place and the time.
    """

    def __init__(self, *, width: int = 512, blocks: int = 3, local: int = 96, told: int = 96, rngs: nnx.Rngs):
        self.whole = Denoiser(784, width=width, blocks=blocks, told=told, rngs=rngs)
        self.first = nnx.Linear(128, local, rngs=rngs)
        self.second = nnx.Linear(local, local, rngs=rngs)
        self.told = nnx.List([nnx.Linear(told, local, rngs=rngs) for _ in range(2)])
        self.place = nnx.Param(0.1 * jax.random.normal(rngs.params(), (7, 7, local)))
        self.out = nnx.Linear(local, 16, kernel_init=_near_zero(0.01), rngs=rngs)

    def __call__(self, z: jax.Array, t: jax.Array) -> jax.Array:
        """(n, 784), (n,) -> (n, 784), pixels from -1 to 1."""
        x = self.whole(z, t)
        told = jax.nn.silu(self.whole.told(time_features(t)))
        one, two = (layer(told)[:, None, None] for layer in self.told)
        h = jax.nn.silu(self.first(jnp.concatenate([_around(z), _around(x)], axis=-1)) + one + self.place[...])
        h = h + jax.nn.silu(self.second(_norm(h)) + two)
        return x + self.out(h).reshape(-1, 7, 7, 4, 4).transpose(0, 1, 3, 2, 4).reshape(-1, 784)


def _around(x: jax.Array) -> jax.Array:
    """(n, 784) -> (n, 7, 7, 64): the 8 × 8 pixels around each patch of 4 × 4; beyond the edge they are black, -1."""
    x = jnp.pad(x.reshape(-1, 28, 28), ((0, 0), (2, 2), (2, 2)), constant_values=-1.0)
    x = x.reshape(-1, 8, 4, 8, 4).transpose(0, 1, 3, 2, 4)  # (n, 8, 8, 4, 4): blocks, each of four patches' corners
    x = jnp.concatenate([x[:, :-1], x[:, 1:]], axis=3)
    return jnp.concatenate([x[:, :, :-1], x[:, :, 1:]], axis=4).reshape(-1, 7, 7, 64)
