"""What the checks of several chapters are made of: arrays to try an answer on, and steps of references and wrong ideas.

They compute with NumPy, in the type of what they are given.
"""

from __future__ import annotations

import math

import numpy as np

__all__ = ["LOG_2", "distribution", "f32", "normal", "normalised", "softmax"]

LOG_2 = math.log(2)  # nats in a bit


def f32(*values) -> np.ndarray:
    return np.array(values, np.float32)


def normal(rng: np.random.Generator, *shape: int, around: float = 0.0) -> np.ndarray:
    """Random normal numbers of width 1 around a mean, float32."""
    return (around + rng.normal(size=shape)).astype(np.float32)


def distribution(rng: np.random.Generator, *shape: int, zeros: int = 0) -> np.ndarray:
    """Random probabilities over the last axis, the first few of them 0, float32."""
    p = rng.dirichlet(np.ones(shape[-1] - zeros), shape[:-1])
    return np.concatenate([np.zeros((*shape[:-1], zeros)), p], axis=-1).astype(np.float32)


def normalised(weights, axis: int = -1):
    return weights / weights.sum(axis=axis, keepdims=True)


def softmax(scores, axis: int = -1):
    """NaN where all scores of a row are −∞."""
    return normalised(np.exp(scores - scores.max(axis=axis, keepdims=True)), axis)
