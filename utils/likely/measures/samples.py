"""How good drawn samples are: whether each lies among the data."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

__all__ = ["precision"]


def precision(samples: ArrayLike, real: ArrayLike, k: int = 3) -> jax.Array:
    """The share of samples that lie among the real points: nearer to one of them than its own k-th neighbour is.

    samples: (n, features). real: (m, features), m > k. Returns a float32 from 0 to 1. Distances are Euclidean, so what
    the features are decides the answer. Real points that the measure has not seen reach less than 1, which is the mark
    to hold samples against. Raises ValueError for other shapes.
    Source: Kynkäänniemi et al. (2019), arXiv:1904.06991, eq. 2.
    """
    samples, real = jnp.asarray(samples, jnp.float32), jnp.asarray(real, jnp.float32)
    if samples.ndim != 2 or real.ndim != 2 or samples.shape[1] != real.shape[1]:
        raise ValueError(f"samples {samples.shape} and real {real.shape} are to be (points, features), features alike")
    if not 0 < k < len(real):
        raise ValueError(f"k = {k}: it is to be at least 1, and there are {len(real)} real points")
    reach = -jax.lax.top_k(-_squared_distances(real, real), k + 1)[0][:, k]  # (m,); the nearest is the point itself
    return (_squared_distances(samples, real) <= reach).any(axis=1).mean()


def _squared_distances(a: jax.Array, b: jax.Array) -> jax.Array:
    """(n, features), (m, features) -> (n, m)."""
    return (a**2).sum(axis=1)[:, None] + (b**2).sum(axis=1) - 2 * a @ b.T
