"""How sure a measured share is, and how far two who judge agree."""

from __future__ import annotations

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

__all__ = ["bootstrap_interval", "kappa"]


def bootstrap_interval(
    values: ArrayLike,
    key: jax.Array,
    *,
    level: float = 0.95,
    draws: int = 2000,
    statistic: Callable[[jax.Array], jax.Array] = lambda x: x.mean(axis=0),
) -> tuple[float, float]:
    """From where to where a statistic of the values lies, by drawing as many of them anew, with repetitions.

    values: (n, ...), a row for each question, say; what belongs together stays in one row, so that a difference of two
    models asked the same questions is a statistic of rows of two. statistic: (n, ...) -> a number. Returns the
    percentiles that leave out half of 1 − level on either side. Where all values are the same the interval has no
    width, which says nothing of how sure that is. Raises ValueError for an empty array and a level that is none.
    Source: Efron (1979), The Annals of Statistics 7(1), 1-26; the percentile interval.
    """
    values = jnp.asarray(values)
    if values.ndim < 1 or not len(values):
        raise ValueError("values has at least one row")
    if not 0 < level < 1:
        raise ValueError(f"level is between 0 and 1, such as 0.95, not {level}")

    def once(key):
        return statistic(values[jax.random.randint(key, (len(values),), 0, len(values))])

    found = jax.jit(lambda keys: jax.lax.map(once, keys))(jax.random.split(key, draws))
    low, high = np.quantile(np.asarray(found, np.float64), [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def kappa(first: ArrayLike, second: ArrayLike) -> float:
    """Cohen's κ: how far two judges agree beyond chance; 1 if always, 0 as often as by chance, below 0 less often.

    first, second: (n,) labels. By chance is: each judge as often for each label as here, without regard to the
    other. NaN where both always give one and the same label. Raises ValueError for other shapes.
    Source: Cohen (1960), Educational and Psychological Measurement 20(1), 37-46.
    """
    first, second = np.asarray(first), np.asarray(second)
    if first.ndim != 1 or first.shape != second.shape or not len(first):
        raise ValueError(f"two lists of as many labels, not of shapes {first.shape} and {second.shape}")
    labels = np.unique(np.concatenate([first, second]))
    agree = (first == second).mean()
    chance = sum((first == label).mean() * (second == label).mean() for label in labels)
    return float((agree - chance) / (1 - chance)) if chance < 1 else float("nan")
