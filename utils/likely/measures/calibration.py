"""Whether confidence can be relied on: calibration, and what is left when a model may keep silent.

Pure JAX of fixed shapes, so that a figure may trace it. A confidence is a probability that an answer is right.
"""

from __future__ import annotations

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

__all__ = ["Reliability", "RiskCoverage", "calibration_error", "reliability", "risk_coverage"]


class Reliability(NamedTuple):
    """What `reliability` found, (bins,) each. Where a bin is empty, `confidence` and `right` are NaN."""

    confidence: jax.Array  # mean confidence in the bin
    right: jax.Array  # share of right answers in the bin
    count: jax.Array  # answers in the bin, int32


class RiskCoverage(NamedTuple):
    """What `risk_coverage` found, (n,) each: entry k is about the k + 1 answers with the highest confidence."""

    threshold: jax.Array  # the confidence from which on these are answered
    coverage: jax.Array  # share of the questions that are answered
    risk: jax.Array  # share of wrong ones among the answers


def _both(confidence: ArrayLike, right: ArrayLike) -> tuple[jax.Array, jax.Array]:
    confidence, right = jnp.asarray(confidence, jnp.float32), jnp.asarray(right, jnp.float32)
    if confidence.ndim != 1 or confidence.shape != right.shape or not len(confidence):
        raise ValueError(
            f"confidence and right are (n,) each and not empty, not {confidence.shape} and {right.shape}: "
            "one number between 0 and 1 and one yes or no for each answer"
        )
    return confidence, right


def reliability(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> Reliability:
    """The reliability diagram: answers sorted by confidence into bins of equal width, and how many of each are right.

    confidence: (n,) from 0 to 1. right: (n,) bool. A confidence on the border of two bins counts for the upper one, and
    1 for the last. Raises ValueError for other shapes.
    Source: DeGroot & Fienberg (1983), The Statistician 32(1/2), 12-22; for networks Guo et al. (2017),
    arXiv:1706.04599, section 2.
    """
    confidence, right = _both(confidence, right)
    which = jnp.clip(jnp.floor(confidence * bins).astype(jnp.int32), 0, bins - 1)
    inside = which == jnp.arange(bins)[:, None]  # (bins, n)
    count = inside.sum(axis=1)
    return Reliability((inside @ confidence) / count, (inside @ right) / count, count)


def calibration_error(confidence: ArrayLike, right: ArrayLike, bins: int = 10) -> jax.Array:
    """The expected calibration error: by how much confidence and the share of right answers differ, over the bins.

    confidence: (n,) from 0 to 1. right: (n,) bool. Returns a number from 0 to 1: the mean over all answers of the
    distance between the two in their bin. It depends on the bins, and on n answers it is not 0 even for a model that is
    calibrated. Raises ValueError for other shapes.
    Source: Naeini, Cooper & Hauskrecht (2015), AAAI; Guo et al. (2017), arXiv:1706.04599, equation 3.
    """
    found = reliability(confidence, right, bins)
    gaps = jnp.where(found.count > 0, jnp.abs(found.confidence - found.right), 0)
    return (gaps * found.count).sum() / found.count.sum()


def risk_coverage(confidence: ArrayLike, right: ArrayLike) -> RiskCoverage:
    """What is wrong among the answers that are given, if only those above a threshold are: the risk-coverage curve.

    confidence: (n,). right: (n,) bool. Of answers with the same confidence none can be given without the others, so
    these all have the coverage and the risk of the last of them. Raises ValueError for other shapes.
    Source: El-Yaniv & Wiener (2010), JMLR 11, 1605-1641; Geifman & El-Yaniv (2017), arXiv:1705.08500.
    """
    confidence, right = _both(confidence, right)
    order = jnp.argsort(-confidence, stable=True)
    threshold = confidence[order]
    wrong = jnp.cumsum(1 - right[order])
    last = jnp.searchsorted(-threshold, -threshold, side="right")  # answers down to this confidence, (n,)
    return RiskCoverage(threshold, last / len(threshold), wrong[last - 1] / last)
