"""How good a ranked list of passages is, and one list out of several."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

__all__ = ["fused", "ndcg", "recall_at"]


def ndcg(ranked: Sequence[Hashable], gains: Mapping[Hashable, float], k: int = 10) -> float:
    """The normalised discounted cumulative gain of the first k: 1 if the best stand first, 0 if nothing is of use.

    ranked: what was found, the best first, nothing twice. gains: of what is of use, how much, above 0 (1 for each if it
    is or is not). A gain at rank r counts 1 / log2(r + 1), over the most that k places can have. Raises ValueError
    without gains, for a gain that is not above 0, for k below 1, and where something is ranked twice.
    Source: Järvelin & Kekäläinen (2002), ACM TOIS 20(4), 422-446, with base 2 and the gains as they are.
    """
    if not gains or min(gains.values()) <= 0:
        raise ValueError("gains name at least one thing that is of use, with a gain above 0")
    _check(ranked, k)
    discounts = 1 / np.log2(np.arange(k) + 2)
    found = np.array([gains.get(one, 0.0) for one in ranked[:k]])
    best = np.sort(np.array(list(gains.values()), np.float64))[::-1][:k]
    return float(found @ discounts[: len(found)] / (best @ discounts[: len(best)]))


def recall_at(ranked: Sequence[Hashable], useful: Sequence[Hashable], k: int) -> float:
    """The share of what is of use that is among the first k. Raises ValueError as `ndcg` does."""
    if not useful:
        raise ValueError("nothing is of use: a share of nothing is no number")
    _check(ranked, k)
    return len(set(useful) & set(ranked[:k])) / len(set(useful))


def fused(rankings: Sequence[Sequence[Hashable]], k: float = 60.0) -> list[Hashable]:
    """One ranking out of several, which may name different things: each gets 1 / (k + rank) from each that names it.

    Ties go to what was named first. Source: Cormack, Clarke & Büttcher (2009), reciprocal rank fusion, SIGIR, 758-759.
    """
    scores: dict[Hashable, float] = {}
    for ranked in rankings:
        _check(ranked, 1)
        for rank, one in enumerate(ranked, start=1):
            scores[one] = scores.get(one, 0.0) + 1 / (k + rank)
    return sorted(scores, key=lambda one: -scores[one])


def _check(ranked: Sequence[Hashable], k: int) -> None:
    if k < 1:
        raise ValueError(f"k is at least 1, not {k}")
    if len(set(ranked)) < len(ranked):
        raise ValueError("something is ranked twice")
