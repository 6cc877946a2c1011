"""Answers to the exercises of chapter 2: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import scipy.spatial.distance
import scipy.stats


def loops_cosine(v, w):
    v, w = np.broadcast_arrays(v, w)
    if v.ndim > 1:
        return [loops_cosine(a, b) for a, b in zip(v, w, strict=True)]
    return sum(a * b for a, b in zip(v, w, strict=True)) / math.hypot(*v) / math.hypot(*w)


def loops_analogy(vectors, a, b, c):
    target = [float(q - p + r) for p, q, r in zip(vectors[a], vectors[b], vectors[c], strict=True)]
    best, place = -math.inf, None
    for i, vector in enumerate(vectors.tolist()):
        if i in (a, b, c):
            continue
        alike = sum(x * y for x, y in zip(vector, target, strict=True)) / math.hypot(*vector)
        if alike > best:
            best, place = alike, i
    return place


def sorted_analogy(vectors, a, b, c):
    unit = np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))
    order = np.argsort(-unit @ np.asarray(unit[b] - unit[a] + unit[c])).tolist()
    return next(i for i in order if i not in {a, b, c})


def masked_analogy(vectors, a, b, c):
    target = vectors[b] - vectors[a] + vectors[c]
    alike = vectors @ target / jnp.linalg.norm(vectors, axis=1)
    return alike.at[jnp.array([a, b, c])].set(-jnp.inf).argmax()


def deleted_analogy(vectors, a, b, c):
    """Left out of a list that remembers the places."""
    places = np.delete(np.arange(len(vectors)), [a, b, c])
    target = np.asarray(vectors[b] - vectors[a] + vectors[c])
    distance = scipy.spatial.distance.cdist(np.asarray(vectors)[places], target[None], "cosine")
    return places[distance.argmin()]


def svd_reconstruct(x, d):
    mean = x.mean(0)
    _, _, Wt = jnp.linalg.svd(x - mean, full_matrices=False)
    return mean + (x - mean) @ Wt[:d].T @ Wt[:d]


def truncated_svd(x, d):
    """The best approximation of rank d, with no directions to be seen."""
    x = np.asarray(x, np.float64)
    mean = x.mean(0, keepdims=True)
    U, s, Vt = np.linalg.svd(x - mean, full_matrices=False)
    return mean + (U[:, :d] * s[:d]) @ Vt[:d]


def eigh_reconstruct(x, d):
    mean = jnp.mean(x, axis=0)
    _, axes = jnp.linalg.eigh(jnp.cov(x.T))
    W = axes[:, ::-1][:, :d]  # (n, d)
    return jnp.einsum("id,nd->ni", W, (x - mean) @ W) + mean


def deflating_reconstruct(x, d):
    """One direction after the other, each by power iteration on what is left."""
    x = np.asarray(x, float)
    mean = x.mean(0)
    left = x - mean
    for _ in range(d):
        w = np.random.default_rng(0).normal(size=x.shape[1])
        for _ in range(500):
            w = left.T @ (left @ w)
            w /= np.linalg.norm(w)
        left = left - np.outer(left @ w, w)
    return x - left


def loops_rms(x, again):
    errors = []
    for one, other in zip(x.tolist(), again.tolist(), strict=True):
        squares = [(p - q) ** 2 for p, q in zip(np.ravel(one), np.ravel(other), strict=True)]
        errors.append(math.sqrt(sum(squares) / len(squares)))
    return errors


def loops_interpolate(a, b, steps):
    return [a + i / (steps - 1) * (b - a) for i in range(steps)]


def broadcast_interpolate(a, b, steps):
    t = np.arange(steps, dtype=np.float32).reshape(-1, *[1] * a.ndim) / (steps - 1)
    return (1 - t) * a + t * b


def in_place_direction(codes, has):
    codes[~has] *= -1 / (~has).sum()
    codes[has] /= has.sum()
    return codes.sum(0)


def loops_direction(codes, has):
    total, count = {True: 0, False: 0}, {True: 0, False: 0}
    for code, which in zip(np.asarray(codes), np.asarray(has).tolist(), strict=True):
        total[which] = total[which] + code
        count[which] += 1
    return total[True] / count[True] - total[False] / count[False]


def loops_clean(before, after, column, wanted):
    good = 0
    for old, new in zip(before.tolist(), after.tolist(), strict=True):
        kept = all(p == q for j, (p, q) in enumerate(zip(old, new, strict=True)) if j != column)
        good += new[column] == wanted and kept
    return good / len(before)


def in_place_clean(before, after, column, wanted):
    before[:, column] = wanted
    return (before == after).all(axis=1).mean()


def counting_clean(before, after, column, wanted):
    differs = jnp.sum(before != after, axis=1) - (before[:, column] != after[:, column])
    return jnp.count_nonzero((differs == 0) * (after[:, column] == wanted)) / len(after)


RIGHT = {
    "cosine": {
        "numpy": lambda v, w: np.sum(v * w, axis=-1) / (np.linalg.norm(v, axis=-1) * np.linalg.norm(w, axis=-1)),
        "units first": lambda v, w: jnp.sum(
            v / jnp.linalg.norm(v, axis=-1, keepdims=True) * (w / jnp.linalg.norm(w, axis=-1, keepdims=True)), axis=-1
        ),
        "loops": loops_cosine,
        "matrix products": lambda v, w: (
            jnp.matmul(v[..., None, :], w[..., :, None])[..., 0, 0]
            / jnp.sqrt(jnp.einsum("...i,...i", v, v) * jnp.einsum("...i,...i", w, w))
        ),
        "optax": optax.cosine_similarity,
        "by distances": lambda v, w: 1 - ((v / _length(v)[..., None] - w / _length(w)[..., None]) ** 2).sum(-1) / 2,
        "scipy": np.vectorize(lambda v, w: 1 - scipy.spatial.distance.cosine(v, w), signature="(n),(n)->()"),
        "with a small constant": lambda v, w: (v * w).sum(-1) / (_length(v) * _length(w) + 1e-8),
        "jax": jax.jit(lambda v, w: jnp.vecdot(v, w) / _length(v) / _length(w)),
    },
    "analogy": {
        "jax": masked_analogy,
        "jax, compiled": jax.jit(masked_analogy),
        "loops": loops_analogy,
        "units first, sorted": sorted_analogy,
        "scipy": deleted_analogy,
        "penalty": lambda vectors, a, b, c: np.argmax(
            np.asarray(vectors) @ np.asarray(vectors[b] - vectors[a] + vectors[c]) / _length(vectors)
            - 1e6 * np.isin(np.arange(len(vectors)), [a, b, c])
        ),
    },
    "reconstruct": {
        "svd": svd_reconstruct,
        "svd, of low rank": truncated_svd,
        "eigh": eigh_reconstruct,
        "one after the other": deflating_reconstruct,
        "jax, compiled": jax.jit(svd_reconstruct, static_argnums=1),
    },
    "rms": {
        "numpy": lambda x, again: np.sqrt(np.mean((x - again) ** 2, axis=(1, 2, 3))),
        "flat": lambda x, again: jnp.sqrt(((x - again).reshape(len(x), -1) ** 2).mean(axis=-1)),
        "norm": lambda x, again: np.linalg.norm((x - again).reshape(len(x), -1), axis=1) / np.sqrt(x[0].size),
        "loops": loops_rms,
        "step by step": lambda x, again: ((x - again) ** 2).mean(-1).mean(-1).mean(-1) ** 0.5,
        "scipy": lambda x, again: scipy.stats.pmean(np.abs(x - again).reshape(len(x), -1), 2, axis=1),
        "jax": jax.jit(jax.vmap(lambda x, again: jnp.sqrt(jnp.mean(jnp.square(x - again))))),
    },
    "interpolate": {
        "numpy": lambda a, b, steps: np.linspace(a, b, steps),
        "jax": lambda a, b, steps: jnp.linspace(a, b, steps),
        "loops": loops_interpolate,
        "broadcast": broadcast_interpolate,
        "outer": lambda a, b, steps: a + np.multiply.outer(np.linspace(0, 1, steps), b - a),
        "einsum": lambda a, b, steps: jnp.tensordot(
            jnp.stack([jnp.linspace(1, 0, steps), jnp.linspace(0, 1, steps)], 1), jnp.stack([a, b]), 1
        ),
        "vmap": lambda a, b, steps: jax.vmap(lambda t: (1 - t) * a + t * b)(jnp.linspace(0, 1, steps)),
    },
    "direction": {
        "numpy": lambda codes, has: codes[has].mean(0) - codes[~has].mean(0),
        "numpy in place": in_place_direction,
        "loops": loops_direction,
        "weights": lambda codes, has: (has / has.sum() - (1 - has) / (1 - has).sum()) @ codes,
        "least squares": lambda codes, has: np.linalg.lstsq(
            np.stack([np.ones(len(has)), np.asarray(has)], 1), np.asarray(codes, float)
        )[0][1],
        "from the mean of all": lambda codes, has: (codes[has].mean(0) - codes.mean(0)) / (1 - has.mean()),
        "jax": jax.jit(
            lambda codes, has: (
                jnp.mean(codes, axis=0, where=has[:, None]) - jnp.mean(codes, axis=0, where=~has[:, None])
            )
        ),
    },
    "remove": {
        "numpy": lambda codes, v: codes - (codes @ v / (v @ v))[..., None] * v,
        "unit first": lambda codes, v: codes - (codes @ _unit(v))[..., None] * _unit(v),
        "matrix": lambda codes, v: codes @ (jnp.eye(len(v)) - jnp.outer(v, v) / (v @ v)),
        "loops": lambda codes, v: np.apply_along_axis(
            lambda code: [x - sum(code * v) / sum(v * v) * y for x, y in zip(code, v, strict=True)],
            -1,
            np.asarray(codes),
        ),
        "outer": lambda codes, v: codes - np.multiply.outer(np.asarray(codes @ v / v.dot(v)), np.asarray(v)),
        "least squares": lambda codes, v: (
            codes - (np.linalg.lstsq(v[:, None], codes.reshape(-1, len(v)).T)[0] * v[:, None]).T.reshape(codes.shape)
        ),
        "jax": jax.jit(lambda codes, v: codes - jnp.vecdot(codes, v)[..., None] * v / jnp.vecdot(v, v)),
    },
    "clean": {
        "delete": lambda before, after, column, wanted: np.mean(
            (after[:, column] == wanted) & (np.delete(before, column, 1) == np.delete(after, column, 1)).all(1)
        ),
        "what should have come": lambda before, after, column, wanted: (
            (before.at[:, column].set(wanted) == after).all(axis=1).mean()
        ),
        "numpy in place": in_place_clean,
        "loops": loops_clean,
        "counts": counting_clean,
        "jax": jax.jit(
            lambda before, after, column, wanted: jnp.mean(
                jnp.where(jnp.arange(before.shape[1]) == column, after == wanted, after == before).all(axis=1)
            )
        ),
    },
}


def _length(v):
    return (v * v).sum(-1) ** 0.5


def _unit(v):
    return v / _length(v)


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("cosine", lambda v, w: jnp.einsum("...i,...i", v, w), "not divided by the lengths"),
    ("cosine", lambda v, w: jnp.linalg.norm(v - w, axis=-1), "distance between the two"),
    ("cosine", np.vectorize(scipy.spatial.distance.cosine, signature="(n),(n)->()"), "cosine distance"),
    ("cosine", lambda v, w: (v * w).sum(-1) / jnp.linalg.norm(v, axis=-1), "length of v alone"),
    ("cosine", lambda v, w: (v * w).sum(-1) / (v**2).sum(-1) / (w**2).sum(-1), "squares of the lengths"),
    ("cosine", lambda v, w: (v * w).sum(-1) / jnp.linalg.norm(v * w, axis=-1), "length of the product"),
    ("cosine", lambda v, w: jnp.sum(v * w) / (jnp.linalg.norm(v) * jnp.linalg.norm(w)), "the whole batch"),
    ("cosine", lambda v, w: v @ w.T / _length(v) / _length(w), "every vector of v with every vector of w"),
    ("analogy", lambda V, a, b, c: jnp.argmax(_unit_rows(V) @ (V[b] - V[a] + V[c])), "nearest word of all"),
    (
        "analogy",
        lambda V, a, b, c: next(i for i in jnp.argsort(-_unit_rows(V) @ (V[b] - V[a] + V[c])).tolist() if i != c),
        "only c ruled out",
    ),
    ("analogy", lambda V, a, b, c: jnp.argmax(V @ (V[b] - V[a] + V[c])), "the largest inner product of all"),
    ("analogy", lambda V, a, b, c: masked_analogy(V, b, a, c), "a and b swapped"),
    ("analogy", lambda V, a, b, c: _masked(V @ (V[b] - V[a] + V[c]), a, b, c).argmax(), "lengths not divided out"),
    (
        "analogy",
        lambda V, a, b, c: (-_masked(-jnp.linalg.norm(V - (V[b] - V[a] + V[c]), axis=1), a, b, c)).argmin(),
        "smallest distance",
    ),
    ("analogy", lambda V, a, b, c: (-_masked(-_unit_rows(V) @ (V[b] - V[a] + V[c]), a, b, c)).argmin(), "least alike"),
    (
        "analogy",
        lambda V, a, b, c: (_unit_rows(V) @ (V[b] - V[a] + V[c])).at[jnp.array([a, b, c])].set(0).argmax(),
        "by a cosine of 0",
    ),
    (
        "analogy",
        lambda V, a, b, c: _masked(_unit_rows(V) @ _unit(V[b] - V[a] + V[c]), a, b, c).max(),
        "cosine of the answer",
    ),
    ("reconstruct", lambda x, d: x @ _rows(x)[:d].T @ _rows(x)[:d], "from which no mean was taken"),
    ("reconstruct", lambda x, d: svd_reconstruct(x, d) - x.mean(0), "not added back"),
    (
        "reconstruct",
        lambda x, d: x.mean(0) + x @ _rows(x - x.mean(0))[:d].T @ _rows(x - x.mean(0))[:d],
        "was not subtr",
    ),
    (
        "reconstruct",
        lambda x, d: (lambda W, m: m + (x - m) @ W @ W.T)(jnp.linalg.eigh(jnp.cov(x.T))[1][:, :d], x.mean(0)),
        "least variance",
    ),
    ("reconstruct", lambda x, d: svd_reconstruct(x, d + 1), "one direction more"),
    ("cosine", lambda v, w: jnp.sum(v * w, -1) / jnp.linalg.norm(v) / jnp.linalg.norm(w), "one length for all"),
    ("rms", lambda x, again: jnp.abs(x - again).mean((1, 2, 3)), "absolute differences"),
    ("rms", lambda x, again: jnp.sqrt((x - again) ** 2).mean((1, 2, 3)), "absolute differences"),
    ("rms", lambda x, again: jnp.mean((x - again) ** 2, axis=(1, 2, 3)), "without its root"),
    ("rms", lambda x, again: jnp.linalg.norm((x - again).reshape(len(x), -1), axis=1), "a sum over the pixels"),
    ("rms", lambda x, again: float(jnp.sqrt(jnp.mean((x - again) ** 2))), "the whole batch"),
    ("rms", lambda x, again: jnp.linalg.norm(x - again, axis=-1) / 3**0.5, "the colours alone"),
    ("interpolate", lambda a, b, steps: jnp.linspace(a, b, steps, endpoint=False), "stops before b"),
    ("interpolate", lambda a, b, steps: jnp.linspace(a, b, steps + 1)[1:], "has left a already"),
    ("interpolate", lambda a, b, steps: jnp.linspace(a, b, steps + 2)[1:-1], "without its ends"),
    ("interpolate", lambda a, b, steps: [a + i / steps * (b - a) for i in range(steps + 1)], "one place too many"),
    ("interpolate", lambda a, b, steps: jnp.linspace(b, a, steps), "swapped"),
    ("interpolate", lambda a, b, steps: jnp.linspace(a, a + b, steps), "without a being taken away"),
    ("interpolate", lambda a, b, steps: jnp.linspace(a, b, steps, axis=-1), "along the last axis"),
    ("direction", lambda codes, has: codes[~has].mean(0) - codes[has].mean(0), "turned round"),
    ("direction", lambda codes, has: has @ codes - (1 - has) @ codes, "difference of sums"),
    ("direction", lambda codes, has: codes[has].mean(0) - codes.mean(0), "minus the mean of all"),
    ("direction", lambda codes, has: jnp.where(has, 2, 0) @ codes / len(has) - codes.mean(0), "counted in both means"),
    ("direction", lambda codes, has: has @ codes / has.sum(), "those with it alone"),
    ("direction", lambda codes, has: _unit(loops_direction(codes, has)), "length 1"),
    ("remove", lambda codes, v: codes - jnp.dot(codes, v)[..., None] * v, "as if it were of length 1"),
    ("remove", lambda codes, v: codes - (codes @ _unit(v))[..., None] * v, "instead of its square"),
    ("remove", lambda codes, v: (codes @ v)[..., None] * v / (v @ v), "instead of the rest"),
    ("remove", lambda codes, v: codes @ (jnp.eye(len(v)) - 2 * jnp.outer(v, v) / (v @ v)), "mirrored"),
    ("clean", lambda old, new, column, wanted: jnp.mean(new[:, column] == wanted), "whatever else changed"),
    (
        "clean",
        lambda old, new, column, wanted: (old.at[:, column].set(wanted) == new).mean(),
        "the mean over all attributes",
    ),
    (
        "clean",
        lambda old, new, column, wanted: (old.at[:, column].set(wanted) == new).all(1).sum(),
        "a number of edits",
    ),
    (
        "clean",
        lambda old, new, column, wanted: (old == new)[new[:, column] == wanted].all(1).sum() / len(old),
        "the edited one too",
    ),
]


def _unit_rows(V):
    return V / jnp.linalg.norm(V, axis=1, keepdims=True)


def _masked(scores, a, b, c):
    return scores.at[jnp.array([a, b, c])].set(-jnp.inf)


def _rows(deviations):
    return jnp.linalg.svd(deviations, full_matrices=False)[2]
