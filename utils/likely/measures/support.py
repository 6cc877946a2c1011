"""Whether passages support a reply: by a rule on names and numbers, and by a small trained verifier.

>>> supported("Lima has 10,000 trees.", ["Its capital is Lima."], "Which trees does Lima have?")
Support(holds=False, missing=('10000',))
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from likely.measures.replies import cited, content, names_and_numbers

__all__ = [
    "FEATURES",
    "Support",
    "Verifier",
    "features",
    "fit_verifier",
    "names_and_numbers",
    "receiver_operating_area",
    "supported",
]

FEATURES = (
    "names and numbers contained",  # share of those of the reply that are new; 1 if it has none
    "new names or numbers",  # 1 if it has any
    "words contained",  # share of the new words of the reply; 1 if it has none
    "new words",  # 1 if it has any
    "reply like a sentence",  # cosine of the reply with the nearest sentence of the passages
    "question like a sentence",  # cosine of the question with the nearest sentence
    "subject contained",  # share of the names and numbers of the question; 1 if it has none
    "question contained",  # share of the words of the question; 1 if it has none
)


class Support(NamedTuple):
    """What `supported` found."""

    holds: bool
    missing: tuple[str, ...]  # names, then numbers, of which the passages have none


class Verifier(NamedTuple):
    """A logistic regression on FEATURES: the probability that passages support a reply."""

    mean: jax.Array  # (feature,): taken from the features
    width: jax.Array  # (feature,): what is left is divided by it
    weights: jax.Array  # (feature,)
    bias: jax.Array  # ()

    def __call__(self, features: ArrayLike) -> jax.Array:
        """(..., feature) -> (...) from 0 to 1, in pure JAX."""
        return jax.nn.sigmoid((jnp.asarray(features) - self.mean) / self.width @ self.weights + self.bias)


def supported(reply: str, passages: Sequence[str], question: str = "") -> Support:
    """Whether each name and each number of a reply stands in the question or in the passages.

    If the reply names some of the passages, as [1], only these count. A name may stand there in small letters or in
    the genitive, but whole; numbers are compared as numbers ("34.4 million" is 34,400,000). A reply with nothing new in
    it holds. Raises ValueError for no passages or a single string.
    """
    chosen = _chosen(reply, passages)
    claims, there, asked = names_and_numbers(reply), _Text(" \n".join(chosen)), _Text(question)
    names = [name for name in claims.names if name not in there.words and name not in asked.words]
    values = [value for value in claims.numbers if not (there.has(value) or asked.has(value))]
    missing = (*names, *(f"{value:.12g}" for value in values))
    return Support(not missing, missing)


def features(
    question: str,
    reply: str,
    passages: Sequence[str],
    *,
    reply_vector: ArrayLike,
    question_vector: ArrayLike,
    sentence_vectors: ArrayLike,
) -> np.ndarray:
    """What the verifier knows of a reply: (feature,) float32, in the order of FEATURES.

    reply_vector, question_vector: (d,), and sentence_vectors: (n, d) of the sentences of the passages, each of length
    1. Raises ValueError for other shapes, no passages or a single string.
    """
    reply_vector, question_vector, sentence_vectors = map(np.asarray, (reply_vector, question_vector, sentence_vectors))
    if (
        sentence_vectors.ndim != 2
        or not len(sentence_vectors)
        or not reply_vector.shape == question_vector.shape == sentence_vectors.shape[1:]
    ):
        raise ValueError(
            f"reply_vector and question_vector are (d,), and sentence_vectors (n, d), not {reply_vector.shape}, "
            f"{question_vector.shape} and {sentence_vectors.shape}"
        )
    there, asked, told = _Text(" \n".join(_chosen("", passages))), _Text(question), names_and_numbers(reply)
    claims = [name in there.words for name in told.names if name not in asked.words]
    claims += [there.has(value) for value in told.numbers if not asked.has(value)]
    new = [word in there.words for word in _Text(reply).content if word not in asked.words]
    of_question = names_and_numbers(question)
    subject = [name in there.words for name in of_question.names] + [there.has(value) for value in of_question.numbers]
    words = [word in there.words for word in asked.content]

    def share(found: list[bool]) -> float:
        return sum(found) / len(found) if found else 1.0

    return np.array(
        [
            share(claims),
            bool(claims),
            share(new),
            bool(new),
            (sentence_vectors @ reply_vector).max(),
            (sentence_vectors @ question_vector).max(),
            share(subject),
            share(words),
        ],
        np.float32,
    )


def fit_verifier(features: ArrayLike, holds: ArrayLike, *, strength: float = 1.0, steps: int = 30) -> Verifier:
    """The logistic regression of greatest likelihood, by Newton's method.

    features: (n, feature). holds: (n,) bool. strength: of the penalty, half of it times the squared weights of the
    standardised features is added to the negative log likelihood in nats, which keeps the weights finite where a line
    parts the two kinds. Raises ValueError for other shapes, where all are of one kind, and where strength is not
    above 0. Source: Hastie, Tibshirani & Friedman (2009), The Elements of Statistical Learning, section 4.4.1.
    """
    x, y = jnp.asarray(features, jnp.float32), jnp.asarray(holds, jnp.float32)
    if x.ndim != 2 or y.shape != x.shape[:1]:
        raise ValueError(f"features is (n, feature) and holds (n,), not {x.shape} and {y.shape}")
    if not 0 < float(y.sum()) < len(y):
        raise ValueError("holds has one kind only: nothing can be told apart")
    if strength <= 0:
        raise ValueError(f"strength is above 0, not {strength:g}")
    mean, width = x.mean(axis=0), jnp.maximum(x.std(axis=0), 1e-3)
    rows = jnp.concatenate([(x - mean) / width, jnp.ones((len(x), 1))], axis=1)  # (n, feature + 1)
    penalty = jnp.full(rows.shape[1], strength).at[-1].set(1e-6)

    @jax.jit
    def newton(weights, _):
        p = jax.nn.sigmoid(rows @ weights)
        gradient = rows.T @ (p - y) + penalty * weights
        hessian = (rows * (p * (1 - p))[:, None]).T @ rows + jnp.diag(penalty)
        return weights - jnp.linalg.solve(hessian, gradient), None

    weights, _ = jax.lax.scan(newton, jnp.zeros(rows.shape[1]), None, length=steps)
    return Verifier(mean, width, weights[:-1], weights[-1])


def receiver_operating_area(scores: ArrayLike, holds: ArrayLike) -> float:
    """The area under the ROC curve: how often a reply that holds has the higher score than one that does not.

    scores: (n,). holds: (n,) bool. Ties count one half; 0.5 is chance. Raises ValueError for other shapes and where all
    are of one kind. Source: Hanley & McNeil (1982), Radiology 143(1), 29-36.
    """
    scores, holds = np.asarray(scores, np.float64), np.asarray(holds, bool)
    if scores.ndim != 1 or scores.shape != holds.shape:
        raise ValueError(f"scores and holds are (n,) each, not {scores.shape} and {holds.shape}")
    if holds.all() or not holds.any():
        raise ValueError("holds has one kind only: there are no pairs to compare")
    gaps = scores[holds][:, None] - scores[~holds]
    return float((gaps > 0).mean() + (gaps == 0).mean() / 2)


class _Text:
    """A text as claims are looked up in it."""

    def __init__(self, text: str):
        self.words = set(content(text, common=True))
        self.content = content(text)
        self.numbers = names_and_numbers(text).numbers

    def has(self, value: float) -> bool:
        return any(abs(value - one) <= 1e-9 * abs(one) for one in self.numbers)


def _chosen(reply: str, passages: Sequence[str]) -> list[str]:
    """The passages that a reply names, or all."""
    if isinstance(passages, str) or not passages:
        raise ValueError("passages is a list of one passage or more")
    return [passages[place] for place in cited(reply, len(passages))] or list(passages)
