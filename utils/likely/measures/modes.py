"""How much of the data the samples cover: modes caught and lost, how wide each is, and recall.

Pure JAX of fixed shapes, so that a figure may trace `mode_coverage`.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from likely.measures.divergences import entropy
from likely.measures.samples import precision

__all__ = ["ModeCoverage", "mode_coverage", "recall"]

_ENOUGH = 10  # samples of a mode, before its axes are looked at


class ModeCoverage(NamedTuple):
    """What `mode_coverage` found; all but `counts` are single numbers.

    Widths are in units of sigma. A mode with one sample has none; where no mode has enough samples they are NaN.
    """

    modes: jax.Array  # how many centres are nearest to at least one sample of high quality, int32
    quality: jax.Array  # share of the samples within k sigma of their nearest centre
    counts: jax.Array  # (modes,) samples of high quality for which a centre is the nearest, int32
    spread: jax.Array  # within-mode standard deviation over the true one: 1 for real samples
    thinnest: jax.Array  # the same along each mode's thinnest axis, the mean over modes: a little less than 1
    reverse_kl: jax.Array  # KL(shares of the modes ‖ even shares) in nats: 0 if even, log modes if one has all


def mode_coverage(samples: ArrayLike, centres: ArrayLike, sigma: float, k: float = 3.0) -> ModeCoverage:
    """How many modes of a mixture of equal round normal distributions in the plane the samples cover, and how well.

    samples: (n, 2). centres: (modes, 2), the means of the mixture. sigma: the standard deviation of each, along either
    axis. A sample is of high quality if it lies within k sigma of the centre nearest to it, and it counts for that
    centre; a mode is captured if one such sample counts for it. One is enough: wide noise captures many modes, so that
    the number says little without the quality. Of real samples 1 − exp(−k²/2) are of high quality, 98.9 % for k = 3,
    if the modes lie well apart.

    spread: the root of the variance of the samples of high quality around the mean of their own mode, one mean over all
    modes and both axes, over sigma, and over the root of 1 − K / (exp(K) − 1), K = k²/2, which is what the variance of
    a normal distribution becomes when it is cut off at k sigma in the plane (0.974 for k = 3). So real samples give 1,
    however few there are in a mode, and a generator that collapses within its modes less.
    thinnest: the root of the smaller eigenvalue of each mode's covariance, scaled alike, the mean over modes with at
    least 10 samples of high quality. The smaller of two is below the mean of both even by chance, so that real samples
    give about 1 − 0.63 / √(samples in a mode): 0.94 with 100, 0.96 with 300, 0.98 with 1,000. A mode that is squeezed
    to a line gives 0.
    reverse_kl: log modes minus the entropy of the shares of the samples of high quality; NaN where there are none.

    Raises ValueError for other shapes.
    Source: Srivastava et al. (2017), arXiv:1705.07761, section 5.1, with 2,500 samples and k = 3 in the plane, where a
    mode counts that is nearest to at least one sample of high quality; the code of Lin et al. (2018), arXiv:1712.04086,
    counts in the same way. The widths are ours.
    """
    samples, centres = jnp.asarray(samples, jnp.float32), jnp.asarray(centres, jnp.float32)
    if samples.ndim != 2 or centres.ndim != 2 or samples.shape[1] != 2 or centres.shape[1] != 2:
        raise ValueError(f"samples {samples.shape} and centres {centres.shape} are to be (points, 2), in the plane")
    offsets = (samples[:, None] - centres) / sigma  # (n, modes, 2)
    distances = (offsets**2).sum(axis=-1)  # (n, modes), squared
    nearest = jnp.arange(len(centres)) == distances.argmin(axis=1)[:, None]
    own = nearest & (distances <= k**2)  # at most one in a row
    counts = own.sum(axis=0)
    of_all = jnp.maximum(own.sum(), 1)
    x, y = jnp.moveaxis(jnp.where(own[..., None], offsets, 0), -1, 0)  # (n, modes) each

    freedom = jnp.maximum(counts - 1, 0)  # a mean is taken from the same samples
    xx, xy, yy = (_scatter(a, b, counts) for a, b in ((x, x), (x, y), (y, y)))  # (modes,) each
    half = k**2 / 2
    cut = 1 - half / jnp.expm1(half)  # the variance that is left of 1
    spread = jnp.sqrt((xx + yy).sum() / (2 * freedom.sum() * cut))
    smaller = (xx + yy) / 2 - jnp.sqrt(((xx - yy) / 2) ** 2 + xy**2)
    thin = jnp.sqrt(jnp.maximum(smaller, 0) / (jnp.maximum(freedom, 1) * cut))
    enough = counts >= _ENOUGH
    return ModeCoverage(
        modes=(counts > 0).sum(),
        quality=own.any(axis=1).mean(),
        counts=counts,
        spread=spread,
        thinnest=jnp.where(enough, thin, 0).sum() / enough.sum(),
        reverse_kl=jnp.where(own.any(), jnp.log(len(centres)) - entropy(counts / of_all), jnp.nan),
    )


def _scatter(a: jax.Array, b: jax.Array, counts: jax.Array) -> jax.Array:
    """Σ (a − mean a) (b − mean b) for each mode; a, b: (n, modes), 0 for what is not a mode's own."""
    return (a * b).sum(axis=0) - a.sum(axis=0) * b.sum(axis=0) / jnp.maximum(counts, 1)


def recall(samples: ArrayLike, real: ArrayLike, k: int = 3) -> jax.Array:
    """The share of real points that lie among the samples: nearer to one of them than its own k-th neighbour is.

    samples: (n, features), n > k. real: (m, features). Returns a float32 from 0 to 1: low where a generator leaves out
    part of the data. It is `precision` with both changing places; what holds there of distances holds here. Raises
    ValueError for other shapes.
    Source: Kynkäänniemi et al. (2019), arXiv:1904.06991, eq. 2.
    """
    samples, real = jnp.asarray(samples, jnp.float32), jnp.asarray(real, jnp.float32)
    if samples.ndim != 2 or real.ndim != 2 or samples.shape[1] != real.shape[1]:
        raise ValueError(f"samples {samples.shape} and real {real.shape} are to be (points, features), features alike")
    if not 0 < k < len(samples):
        raise ValueError(f"k = {k}: it is to be at least 1, and there are {len(samples)} samples")
    return precision(real, samples, k)
