"""How far two sets of features are apart, taken as two normal distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

__all__ = ["frechet_distance"]


def frechet_distance(a: ArrayLike, b: ArrayLike) -> float:
    """|mean a − mean b|² + tr(A + B − 2 (A B)^½), with A and B the covariances of the two.

    a: (n, features), b: (m, features), at least two of each. Two samples of one distribution are apart as well, the
    further the smaller they are: a distance means something beside that of real from real, in the same sizes. What the
    features are decides the answer; only on those of the Inception network is it called FID. Raises ValueError for
    other shapes and for what is not finite.
    Source: Dowson & Landau (1982), Journal of Multivariate Analysis 12, eq. 4; Heusel et al. (2017), arXiv:1706.08500.
    """
    a, b = np.asarray(a, np.float64), np.asarray(b, np.float64)
    if a.ndim != 2 or b.ndim != 2 or a.shape[1] != b.shape[1] or min(len(a), len(b)) < 2:
        raise ValueError(f"two sets {a.shape} and {b.shape} are to be (points, features), features alike, two or more")
    if not (np.isfinite(a).all() and np.isfinite(b).all()):
        raise ValueError("there are features that are not finite")
    one, other = (np.atleast_2d(np.cov(features.T)) for features in (a, b))
    values, vectors = np.linalg.eigh(one)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    shared = np.sqrt(np.maximum(np.linalg.eigvalsh(root @ other @ root), 0)).sum()  # tr (A B)^½
    between = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    return float(between + np.trace(one) + np.trace(other) - 2 * shared)
