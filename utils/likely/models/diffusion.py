"""Diffusion: how noise is mixed in, what a denoiser says under its names, one step back, and whole ways back.

At time t, from 0 to 1, what is left of x is z = α x + σ ε with ε from N(0, I), and α² + σ² = 1. A schedule gives α and
σ; α falls from 1 to (nearly) 0. Log SNR is log(α²/σ²). Notation: Kingma et al. (2021), arXiv:2107.00630; Salimans & Ho
(2022), arXiv:2202.00512.
"""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

__all__ = [
    "cosine",
    "ddim_step",
    "guided",
    "linear",
    "noised",
    "sample",
    "score",
    "times",
]

Schedule = Callable[[ArrayLike], tuple[jax.Array, jax.Array]]


# ---------------------------------------------------------------- schedules


def cosine(t: ArrayLike) -> tuple[jax.Array, jax.Array]:
    """α = cos(π t/2), σ = sin(π t/2). Source: Nichol & Dhariwal (2021), arXiv:2102.09672, eq. 17, with no offset."""
    angle = jnp.pi / 2 * jnp.asarray(t)
    return jnp.cos(angle), jnp.sin(angle)


def linear(t: ArrayLike, low: float = 0.1, high: float = 20.0) -> tuple[jax.Array, jax.Array]:
    """α² = exp(-∫β) for a rate of noise β that grows in a line from `low` to `high`.

    Ho et al. (2020), arXiv:2006.11239, took 1,000 steps of β/1000; this is their limit: Song et al. (2021),
    arXiv:2011.13456, eq. 33.
    """
    t = jnp.asarray(t)
    log_alpha = -(t**2) * (high - low) / 4 - t * low / 2
    return jnp.exp(log_alpha), jnp.sqrt(-jnp.expm1(2 * log_alpha))


def noised(x: jax.Array, t: jax.Array, noise: jax.Array, schedule: Schedule = cosine) -> jax.Array:
    """z = α x + σ ε: x and noise (n, …), t (n,) or one number."""
    alpha, sigma = (_beside(part, x) for part in schedule(t))
    return alpha * x + sigma * noise


def _beside(a: jax.Array, x: jax.Array) -> jax.Array:
    """(n,) or () in a shape that goes with (n, …)."""
    return a.reshape(a.shape + (1,) * (x.ndim - a.ndim)) if a.ndim else a


# ---------------------------------------------------------------- one thing under three names


def score(z: jax.Array, x: jax.Array, t: ArrayLike, schedule: Schedule = cosine) -> jax.Array:
    """∇ log of the density of z at time t, from the mean x of what z came from.

    (α E[x | z] − z) / σ². Source: Robbins (1956) and Efron (2011), who credit Tweedie.
    """
    alpha, sigma = (_beside(part, z) for part in schedule(t))
    return (alpha * x - z) / sigma**2


# ---------------------------------------------------------------- back


def ddim_step(
    z: jax.Array,
    x: jax.Array,
    now: ArrayLike,
    then: ArrayLike,
    *,
    schedule: Schedule = cosine,
    eta: float = 0.0,
    noise: ArrayLike = 0.0,
) -> jax.Array:
    """From z at time `now` to the earlier time `then`, where x is what the denoiser takes z to come from.

    Both are one number for all rows, and `now` is above 0.
    With eta 0 the noise that z seems to hold is kept, in the measure of the new time. With eta 1 it is partly replaced
    by new `noise`, which is a step of DDPM; between them, a part of that. Sources: Song, Meng & Ermon (2021),
    arXiv:2010.02502, eq. 12 and 16; Ho et al. (2020), arXiv:2006.11239, eq. 7.
    """
    alpha, sigma = schedule(now)
    alpha_then, sigma_then = schedule(then)
    seems = (z - alpha * x) / sigma
    share = alpha / alpha_then  # what of the earlier one is left in the later
    new = eta * sigma_then / sigma * jnp.sqrt(jnp.maximum(1 - share**2, 0))
    return alpha_then * x + jnp.sqrt(jnp.maximum(sigma_then**2 - new**2, 0)) * seems + new * jnp.asarray(noise)


def times(steps: int, first: float = 0.995) -> jax.Array:
    """(steps + 1,) times from nearly all noise down to 0, evenly apart."""
    return jnp.linspace(first, 0.0, steps + 1)


def sample(
    denoise: Callable[[jax.Array, jax.Array], jax.Array],
    z: jax.Array,
    at: jax.Array,
    *,
    schedule: Schedule = cosine,
    eta: float = 0.0,
    key: jax.Array | None = None,
    clip: float | None = None,
) -> jax.Array:
    """The whole way back from noise z, (n, …), through the times `at`, which fall to the last.

    denoise: (z, t) -> what z comes from, with t (n,). clip: it is cut off at ± this. key: for eta above 0.
    """
    if eta and key is None:
        raise ValueError("eta above 0 brings new noise at each step: give key=…")

    def step(z, now_then):
        now, then, i = now_then
        x = denoise(z, jnp.full(len(z), now))
        x = x if clip is None else jnp.clip(x, -clip, clip)
        noise = jax.random.normal(jax.random.fold_in(key, i), z.shape) if eta else 0.0
        return ddim_step(z, x, now, then, schedule=schedule, eta=eta, noise=noise), None

    return jax.lax.scan(step, z, (at[:-1], at[1:], jnp.arange(len(at) - 1)))[0]


def guided(with_it: jax.Array, without: jax.Array, guidance: ArrayLike) -> jax.Array:
    """What a denoiser says with a condition, further away from what it says without: 1 leaves it as it is.

    Source: Ho & Salimans (2022), arXiv:2207.12598, eq. 6, with guidance = 1 + their w.
    """
    return without + guidance * (with_it - without)
