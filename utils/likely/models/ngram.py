"""Models that predict a token from the few before it, by counting.

Token 0 opens and closes a text: "ann" is 0 0 0 a n n 0 to a model that looks three tokens back. A model is its counts,
a tuple of int32 arrays: `counts[k]`, of shape (K,) * (k + 1) for K kinds of token, says how often a token followed k
given ones. A model of n tokens has counts[0] … counts[n - 1].

Runs that were seen seldom lean on shorter ones. With C of the run, T of its first k tokens, and strength λ,

    p_k(x | c_1 … c_k) = (C + λ p_{k-1}(x | c_2 … c_k)) / (T + λ),    p_{-1} = 1 / K,

the predictive distribution of nested Dirichlet priors (MacKay & Peto, 1995, "A hierarchical Dirichlet language model",
Natural Language Engineering 1(3), 289-308).
"""

from __future__ import annotations

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np

__all__ = ["count", "log_prob", "next_probabilities", "sample", "windows"]

Counts = tuple[jax.Array, ...]


def windows(texts: Sequence[str], vocabulary: str, n: int) -> jax.Array:
    """Each token of each text, its end included, with the n - 1 before it: int32 (tokens, n).

    vocabulary: one character a token; the first is no letter, it opens and closes a text. Raises ValueError for a
    character that is not in it.
    """
    index = {letter: i for i, letter in enumerate(vocabulary)}
    unknown = sorted({letter for text in texts for letter in text} - set(vocabulary[1:]))
    if unknown:
        raise ValueError(f"the texts hold {''.join(unknown)!r}, which is not in the vocabulary {vocabulary[1:]!r}")
    rows = []
    for text in texts:
        padded = [0] * (n - 1) + [index[letter] for letter in text] + [0]
        rows += [padded[i : i + n] for i in range(len(text) + 1)]
    return jnp.array(np.array(rows, np.int32).reshape(-1, n))


def count(runs: jax.Array, kinds: int) -> Counts:
    """The counts of a model out of `windows`: runs (tokens, n) of token numbers below `kinds`."""
    runs = np.asarray(runs)
    counts = []
    for k in range(runs.shape[1]):
        table = np.zeros((kinds,) * (k + 1), np.int32)
        np.add.at(table, tuple(runs[:, -(k + 1) :].T), 1)
        counts.append(jnp.array(table))
    return tuple(counts)


def log_prob(counts: Counts, runs: jax.Array, strength: float = 1.0) -> jax.Array:
    """log p of the last token of each run given those before it, in nats: runs (tokens, n) -> (tokens,).

    strength: λ, in units of observations; at 0 an unseen run has probability 0, or none (NaN) after an unseen context.
    """
    p = jnp.full(len(runs), 1 / len(counts[0]))
    for k, table in enumerate(counts):
        run = tuple(runs[:, -(k + 1) :].T)
        p = (table[run] + strength * p) / (table.sum(axis=-1)[run[:-1]] + strength)
    return jnp.log(p)


def next_probabilities(
    counts: Counts, context: jax.Array, strength: float = 1.0, order: int | None = None
) -> jax.Array:
    """p of every next token after `context`, (n - 1,) or longer: (K,).

    order: use runs of at most so many tokens; may be traced. All that there are if not given.
    """
    p = jnp.full(len(counts[0]), 1 / len(counts[0]))
    for k, table in enumerate(counts):
        row = table[tuple(context[len(context) - k :])]  # (K,)
        mixed = (row + strength * p) / (row.sum() + strength)
        p = mixed if order is None else jnp.where(k < order, mixed, p)
    return p


def sample(
    key: jax.Array,
    counts: Counts,
    length: int,
    *,
    strength: float = 1.0,
    temperature: float = 1.0,
    order: int | None = None,
) -> tuple[jax.Array, jax.Array]:
    """A text of up to `length` tokens, and the surprise at each, -log p in nats: int32 (length,), float32 (length,).

    Once token 0 has closed the text, all that follows is token 0 with surprise 0. At temperature T tokens are drawn
    from p^(1/T), normalised; the surprise is that of the model itself, at T = 1.
    """

    def one(state, key):
        context, ended = state
        log_p = jnp.log(next_probabilities(counts, context, strength, order))
        token = jnp.where(ended, 0, jax.random.categorical(key, log_p / temperature)).astype(jnp.int32)
        surprise = jnp.where(ended, 0.0, -log_p[token])
        return (jnp.append(context[1:], token), ended | (token == 0)), (token, surprise)

    start = jnp.zeros(max(len(counts) - 1, 1), jnp.int32), jnp.bool_(False)
    return jax.lax.scan(one, start, jax.random.split(key, length))[1]
