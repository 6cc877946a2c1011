"""Answers to the exercises of chapter 3, part b: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special
from flax import nnx

from likely.models.transformer import attend


def tril_weights(scores):
    n = scores.shape[-1]
    return jax.nn.softmax(jnp.where(jnp.tril(jnp.ones((n, n), bool)), scores, -jnp.inf), axis=-1)


def added_weights(scores):
    n = scores.shape[-1]
    return jax.nn.softmax(scores + jnp.triu(jnp.full((n, n), -1e9), k=1))


def compared_weights(scores):
    i = jnp.arange(scores.shape[-1])
    return jax.nn.softmax(scores, axis=-1, where=i[None] <= i[:, None])


def in_place_weights(scores):
    scores[..., *np.triu_indices(scores.shape[-1], 1)] = -np.inf
    return scipy.special.softmax(scores, axis=-1)


def loops_weights(scores):
    if scores.ndim > 2:
        return np.stack([loops_weights(one) for one in scores])
    weights = np.zeros(scores.shape)
    for i, row in enumerate(np.asarray(scores, float)):
        e = np.exp(row[: i + 1] - row[: i + 1].max())
        weights[i, : i + 1] = e / e.sum()
    return weights


def einsum_attention(q, k, v):
    scores = jnp.einsum("qd,kd->qk", q, k) / jnp.sqrt(q.shape[-1])
    return jnp.einsum("qk,kd->qd", tril_weights(scores), v)


def loops_attention(q, k, v):
    found = []
    for i, query in enumerate(np.asarray(q, float)):
        scores = [sum(query * key) / math.sqrt(len(query)) for key in np.asarray(k, float)[: i + 1]]
        weights = [math.exp(s - max(scores)) for s in scores]
        found.append(sum(w * x for w, x in zip(weights, np.asarray(v, float), strict=False)) / sum(weights))
    return found


def running_attention(q, k, v):
    """One key at a time, with a running maximum and a running sum, so that the weights are never held."""
    d, n = q.shape[-1], len(k)
    best, total, found = np.full(n, -np.inf), np.zeros(n), np.zeros((n, v.shape[-1]))
    for j in range(n):
        score = np.where(np.arange(n) >= j, np.asarray(q) @ np.asarray(k)[j] / d**0.5, -np.inf)
        new = np.maximum(best, score)
        with np.errstate(invalid="ignore"):
            keep = np.where(np.isfinite(best), np.exp(best - new), 0)
            weight = np.where(np.isfinite(score), np.exp(score - new), 0)
        total = total * keep + weight
        found = found * keep[:, None] + weight[:, None] * np.asarray(v)[j]
        best = new
    return found / total[:, None]


def stacked_split(x, heads):
    return jnp.stack(jnp.split(x, heads, axis=-1), axis=1)


def loops_split(x, heads):
    d = x.shape[-1] // heads
    return [[text[:, h * d : (h + 1) * d].tolist() for h in range(heads)] for text in x]


def loops_merge(x):
    return [[[number for head in text for number in head[i]] for i in range(len(text[0]))] for text in x.tolist()]


def stacked_positions(n, width):
    angles = jnp.arange(n)[:, None] / 10000 ** (jnp.arange(0, width, 2) / width)
    return jnp.stack([jnp.sin(angles), jnp.cos(angles)], axis=-1).reshape(n, width)


def written_positions(n, width):
    P = np.zeros((n, width))
    angles = np.arange(n)[:, None] * np.exp(-np.log(10000.0) * np.arange(0, width, 2) / width)
    P[:, 0::2], P[:, 1::2] = np.sin(angles), np.cos(angles)
    return P


def loops_positions(n, width):
    rows = []
    for place in range(n):
        row = []
        for i in range(width // 2):
            angle = place / 10000 ** (2 * i / width)
            row += [math.sin(angle), math.cos(angle)]
        rows.append(row)
    return rows


def complex_positions(n, width):
    turned = np.exp(1j * np.arange(n)[:, None] * 10000.0 ** (-np.arange(0, width, 2) / width))
    return turned.view(float)[:, np.arange(width) ^ 1]


def phase_positions(n, width):
    """A cosine is a sine a quarter turn ahead."""
    j = jnp.arange(width)
    return jnp.sin(jnp.arange(n)[:, None] / 10000 ** (j // 2 * 2 / width) + jnp.pi / 2 * (j % 2))


def updated_cached(q, k, v, keys, values, place):
    keys, values = keys.at[place].set(k), values.at[place].set(v)
    scores = jnp.where(jnp.arange(len(keys)) <= place, keys @ q / jnp.sqrt(len(q)), -jnp.inf)
    return jax.nn.softmax(scores) @ values


def cut_cached(q, k, v, keys, values, place):
    keys, values = np.vstack([keys[:place], k]), np.vstack([values[:place], v])
    return scipy.special.softmax(keys @ q / np.sqrt(len(q))) @ values


def in_place_cached(q, k, v, keys, values, place):
    keys, values = np.array(keys), np.array(values)
    keys[place], values[place] = k, v
    return scipy.special.softmax(q @ keys[: place + 1].T / q.size**0.5) @ values[: place + 1]


def appended_cached(q, k, v, keys, values, place):
    """Behind the cache, whose free slots are masked."""
    seen = jnp.append(jnp.arange(len(keys)) < place, True)
    scores = jnp.where(seen, jnp.append(keys @ q, k @ q) * len(q) ** -0.5, -1e9)
    return jax.nn.softmax(scores) @ jnp.vstack([values, v])


def library_cached(q, k, v, keys, values, place):
    keys, values = (jax.lax.dynamic_update_index_in_dim(*a, place, 0) for a in ((keys, k), (values, v)))
    seen = (jnp.arange(len(keys)) <= place)[None]
    return attend(q[None, None, None], keys[None, :, None], values[None, :, None], seen)[0][0, 0, 0]


def loops_induction(weights):
    if weights.ndim > 2:
        return [loops_induction(one) for one in weights]
    n = len(weights) // 2
    return sum(float(weights[i, i - n + 1]) for i in range(n, 2 * n)) / n


def indexed_induction(weights):
    n = weights.shape[-1] // 2
    i = jnp.arange(n)
    return weights[..., n + i, i + 1].mean(-1)


def one_hot_induction(weights):
    n = weights.shape[-1] // 2
    return (weights * jnp.eye(2 * n, k=1 - n)).at[..., :n, :].set(0).sum((-1, -2)) / n


RIGHT = {
    "masked_weights": {
        "tril": tril_weights,
        "added": added_weights,
        "compared": compared_weights,
        "numpy in place": in_place_weights,
        "loops": loops_weights,
        "jax": jax.jit(tril_weights),
        "log-softmax": lambda s: jnp.exp(jax.nn.log_softmax(s + jnp.log(jnp.tri(s.shape[-1])))),
    },
    "attention": {
        "matrices": lambda q, k, v: tril_weights(q @ k.T / jnp.sqrt(q.shape[-1])) @ v,
        "einsum": einsum_attention,
        "loops": loops_attention,
        "running": running_attention,
        "scaled query": jax.jit(lambda q, k, v: tril_weights(jnp.inner(q * q.shape[-1] ** -0.5, k)) @ v),
        "jax": lambda q, k, v: jax.nn.dot_product_attention(
            q[None, :, None], k[None, :, None], v[None, :, None], is_causal=True
        )[0, :, 0],
        "flax": lambda q, k, v: nnx.dot_product_attention(
            q[:, None], k[:, None], v[:, None], mask=jnp.tri(len(q), dtype=bool)[None]
        )[:, 0],
        "this course's": lambda q, k, v: attend(
            q[None, :, None], k[None, :, None], v[None, :, None], jnp.tri(len(q), dtype=bool)
        )[0][0, :, 0],
    },
    "split_heads": {
        "reshape": lambda x, heads: x.reshape(*x.shape[:2], heads, -1).swapaxes(1, 2),
        "transpose": lambda x, heads: jnp.transpose(x.reshape(len(x), -1, heads, x.shape[2] // heads), (0, 2, 1, 3)),
        "stacked": stacked_split,
        "loops": loops_split,
        "einsum": lambda x, heads: jnp.einsum("bphd->bhpd", jnp.reshape(x, (*x.shape[:2], heads, -1))),
        "numpy": lambda x, heads: np.stack(np.array_split(x, heads, axis=2), 1),
    },
    "merge_heads": {
        "reshape": lambda x: x.swapaxes(1, 2).reshape(len(x), x.shape[2], -1),
        "concatenate": lambda x: jnp.concatenate([x[:, h] for h in range(x.shape[1])], axis=-1),
        "stacked": lambda x: np.stack([np.hstack(list(text)) for text in x]),
        "loops": loops_merge,
        "jax": jax.jit(jax.vmap(lambda text: jnp.moveaxis(text, 0, 1).reshape(text.shape[1], -1))),
    },
    "positions": {
        "stacked": stacked_positions,
        "written": written_positions,
        "loops": loops_positions,
        "complex": complex_positions,
        "phase": phase_positions,
        "where": lambda n, width: jnp.where(
            jnp.arange(width) % 2,
            jnp.cos(jnp.arange(n)[:, None] / 10000 ** ((jnp.arange(width) // 2 * 2) / width)),
            jnp.sin(jnp.arange(n)[:, None] / 10000 ** ((jnp.arange(width) // 2 * 2) / width)),
        ),
    },
    "cached_attention": {
        "updated": updated_cached,
        "cut": cut_cached,
        "numpy, in a copy": in_place_cached,
        "appended": appended_cached,
        "this course's": library_cached,
        "jax": jax.jit(updated_cached),
        "last of the whole": lambda q, k, v, keys, values, place: einsum_attention(
            jnp.zeros((place + 1, len(q))).at[-1].set(q),
            jnp.vstack([keys[:place], k]),
            jnp.vstack([values[:place], v]),
        )[-1],
    },
    "induction_score": {
        "indexed": indexed_induction,
        "loops": loops_induction,
        "one-hot": one_hot_induction,
        "diagonal": lambda w: jnp.trace(w[..., w.shape[-1] // 2 :, 1:], axis1=-2, axis2=-1) / (w.shape[-1] // 2),
        "numpy": lambda w: np.diagonal(w, 1 - w.shape[-1] // 2, -2, -1)[..., -(w.shape[-1] // 2) :].mean(-1),
        "take": lambda w: jnp.take_along_axis(
            w[..., w.shape[-1] // 2 :, :],
            jnp.broadcast_to(jnp.arange(1, w.shape[-1] // 2 + 1)[:, None], (*w.shape[:-2], w.shape[-1] // 2, 1)),
            axis=-1,
        ).mean((-1, -2)),
    },
}


def _seen(scores):
    return jnp.tri(scores.shape[-1], dtype=bool)


def _scores(q, k):
    return q @ k.T / q.shape[-1] ** 0.5


def _halves(n, width):
    angles = jnp.arange(n)[:, None] / 10000 ** (jnp.arange(0, width, 2) / width)
    return jnp.concatenate([jnp.sin(angles), jnp.cos(angles)], axis=1)


def _interleaved(first, second):
    return jnp.stack([first, second], axis=-1).reshape(len(first), -1)


def _angles(n, width):
    return jnp.arange(n)[:, None] / 10000 ** (jnp.arange(0, width, 2) / width)


def _step(q, keys, values, seen):
    return jax.nn.softmax(jnp.where(seen, keys @ q / len(q) ** 0.5, -jnp.inf)) @ values


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("masked_weights", lambda s: jax.nn.softmax(s), "no mask"),
    (
        "masked_weights",
        lambda s: jax.nn.softmax(jnp.where(jnp.triu(_seen(s) | True), s, -jnp.inf)),
        "the upper triangle",
    ),
    ("masked_weights", lambda s: jax.nn.softmax(jnp.where(jnp.tri(s.shape[-1], k=-1) > 0, s, -jnp.inf)), "with −∞"),
    ("masked_weights", lambda s: jax.nn.softmax(jnp.where(jnp.tri(s.shape[-1], k=-1) > 0, s, -1e9)), "large negative"),
    ("masked_weights", lambda s: jax.nn.softmax(jnp.where(jnp.tri(s.shape[-1], k=1) > 0, s, -1e9)), "one place ahead"),
    ("masked_weights", lambda s: jnp.tril(jax.nn.softmax(s)), "no longer add up to 1"),
    (
        "masked_weights",
        lambda s: jnp.tril(jax.nn.softmax(s)) / jnp.tril(jax.nn.softmax(s)).sum(-1, keepdims=True),
        "made up for by a division",
    ),
    ("masked_weights", lambda s: jax.nn.softmax(jnp.tril(s)), "set to 0 instead"),
    ("masked_weights", lambda s: jax.nn.softmax(s * _seen(s)), "set to 0 instead"),
    ("masked_weights", lambda s: jax.nn.softmax(jnp.where(_seen(s), s, -jnp.inf), axis=-2), "over the queries"),
    ("masked_weights", lambda s: jnp.matrix_transpose(tril_weights(s)), "the weights transposed"),
    ("masked_weights", lambda s: jnp.where(_seen(s), s, -jnp.inf), "without their softmax"),
    (
        "masked_weights",
        lambda s: jnp.tril(jnp.exp(s)) / jnp.tril(jnp.exp(s)).sum(-1, keepdims=True),
        "exponentials of the scores as they stand",
    ),
    (
        "masked_weights",
        lambda s: jnp.exp(s) * jnp.tri(len(s.T)) / (jnp.exp(s) * jnp.tri(len(s.T))).sum(-1, keepdims=True),
        "multiplies the exponentials",
    ),
    ("attention", lambda q, k, v: tril_weights(jnp.einsum("id,jd->ij", q, k)) @ v, "not divided by √d"),
    ("attention", lambda q, k, v: tril_weights(jnp.einsum("id,jd->ij", q, k) / q.shape[1]) @ v, "divided by d"),
    ("attention", lambda q, k, v: tril_weights(q @ k.T / len(q) ** 0.5) @ v, "the number of keys"),
    ("attention", lambda q, k, v: tril_weights(q @ k.T) / q.shape[1] ** 0.5 @ v, "after the softmax"),
    ("attention", lambda q, k, v: jax.nn.softmax(_scores(q, k)) @ v, "no mask"),
    ("attention", lambda q, k, v: jax.nn.softmax(q @ k.T) @ v, "neither a mask"),
    ("attention", lambda q, k, v: jax.nn.softmax(jnp.tril(_scores(q, k))) @ v, "makes scores 0"),
    ("attention", lambda q, k, v: jnp.tril(jax.nn.softmax(_scores(q, k))) @ v, "no longer add up to 1"),
    ("attention", lambda q, k, v: tril_weights(_scores(k, q)) @ v, "queries and keys swapped"),
    (
        "attention",
        lambda q, k, v: jax.nn.softmax(jnp.where(_seen(q @ k.T), _scores(q, k), -1e9), axis=0) @ v,
        "over the queries",
    ),
    ("attention", lambda q, k, v: jnp.einsum("qk,qd->kd", tril_weights(_scores(q, k)), v), "transposed before"),
    ("attention", lambda q, k, v: einsum_attention(q, k, k), "instead of the values"),
    ("attention", lambda q, k, v: jnp.tril(_scores(q, k)) @ v, "no softmax"),
    ("split_heads", lambda x, h: x.reshape(len(x), h, -1, x.shape[2] // h), "a reshape alone"),
    ("split_heads", lambda x, h: jnp.stack([x[..., i::h] for i in range(h)], axis=1), "take turns"),
    ("split_heads", lambda x, h: jnp.stack(jnp.split(x, h, axis=-1), axis=2), "left behind the places"),
    ("split_heads", lambda x, h: jnp.stack(jnp.split(x, h, axis=-1)), "in front of the batch"),
    ("split_heads", lambda x, h: jnp.transpose(x.reshape(*x.shape[:2], h, -1), (0, 2, 3, 1)), "places and d swapped"),
    ("split_heads", lambda x, h: jnp.repeat(x[:, None], h, axis=1), "a copy of the whole"),
    ("merge_heads", lambda x: jnp.reshape(x, (x.shape[0], x.shape[2], -1)), "a reshape alone"),
    ("merge_heads", lambda x: jnp.stack(list(x.swapaxes(0, 1)), axis=-1).reshape(len(x), x.shape[2], -1), "take turns"),
    ("merge_heads", lambda x: jnp.einsum("bhpd->bpd", x), "the sum of the heads"),
    ("merge_heads", lambda x: jnp.concatenate(list(x.swapaxes(0, 1)), axis=1), "along the text"),
    ("merge_heads", lambda x: jnp.concatenate(list(x.swapaxes(0, 1))[::-1], axis=-1), "in reverse order"),
    ("positions", _halves, "in the first half"),
    ("positions", lambda n, w: _interleaved(jnp.cos(_angles(n, w)), jnp.sin(_angles(n, w))), "cosines in the even"),
    ("positions", lambda n, w: stacked_positions(n + 1, w)[1:], "counted from 1"),
    (
        "positions",
        lambda n, w: (lambda a: _interleaved(jnp.sin(a), jnp.cos(a)))(
            jnp.arange(n)[:, None] / 10000 ** (jnp.arange(w // 2) / w)
        ),
        "i/width instead",
    ),
    (
        "positions",
        lambda n, w: (lambda a: jnp.where(jnp.arange(w) % 2, jnp.cos(a), jnp.sin(a)))(
            jnp.arange(n)[:, None] / 10000 ** (jnp.arange(w) / w)
        ),
        "of its own for every column",
    ),
    (
        "positions",
        lambda n, w: _interleaved(jnp.sin(jnp.deg2rad(_angles(n, w))), jnp.cos(jnp.deg2rad(_angles(n, w)))),
        "in degrees",
    ),
    ("positions", lambda n, w: jnp.sin(jnp.repeat(_angles(n, w), 2, axis=1)), "sines in all"),
    ("positions", lambda n, w: stacked_positions(n, w).T, "along the last axis"),
    (
        "positions",
        lambda n, w: (lambda a: _interleaved(jnp.sin(a), jnp.cos(a)))(
            jnp.arange(n)[:, None] * 10000 ** (jnp.arange(0, w, 2) / w)
        ),
        "times the power",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: _step(q, K.at[place].set(k), V.at[place].set(v), True),
        "the free slots seen",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: _step(q, K.at[place].set(k), V.at[place].set(v), jnp.arange(len(K)) < place),
        "the slots before the new one alone",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: _step(q, K, V, jnp.arange(len(K)) <= place),
        "left out, though their slot is seen",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: _step(q, K.at[place].set(k), V.at[place].set(v), jnp.arange(len(K)) < place + 2),
        "one slot too many",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: _step(q, K.at[place].set(k), V, jnp.arange(len(K)) <= place),
        "the new value not",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: updated_cached(q * len(q) ** 0.5, k, v, K, V, place),
        "not divided by √d",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: (
            jax.nn.softmax((K.at[place].set(k) @ q / len(q) ** 0.5) * (jnp.arange(len(K)) <= place))
            @ V.at[place].set(v)
        ),
        "set to 0 instead",
    ),
    (
        "cached_attention",
        lambda q, k, v, K, V, place: jax.nn.softmax(jnp.vstack([K, k]) @ q / len(q) ** 0.5) @ jnp.vstack([V, v]),
        "behind the whole cache",
    ),
    ("induction_score", lambda w: jnp.trace(w[..., w.shape[-1] // 2 :, :], 0, -2, -1) * 2 / w.shape[-1], "same token"),
    ("induction_score", lambda w: indexed_induction(w) / 2, "over all places"),
    ("induction_score", lambda w: indexed_induction(w) * (w.shape[-1] // 2), "a sum instead"),
    ("induction_score", lambda w: indexed_induction(jnp.matrix_transpose(w)), "swapped"),
    ("induction_score", lambda w: indexed_induction(w).mean(), "one number for all heads"),
]
