"""Answers to the exercises of chapter 1: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import scipy.spatial.distance
import scipy.special
import scipy.stats


def loops_kl(p, q):
    total = 0.0
    for a, b in zip(p, q, strict=True):
        if a > 0:
            total += float(a) * (math.log(a) - math.log(b)) if b > 0 else math.inf
    return total


def loops_js(p, q):
    if np.ndim(p) > 1:
        return [loops_js(a, b) for a, b in zip(p, q, strict=True)]
    m = [(float(a) + float(b)) / 2 for a, b in zip(p, q, strict=True)]
    return (loops_kl(p, m) + loops_kl(q, m)) / 2


def in_place_entropy(p):
    p[p == 0] = 1  # writes to its argument, which JAX arrays forbid
    return -(p * np.log(p)).sum()


def log_domain_kl(p, q):
    with np.errstate(divide="ignore"):
        log_p, log_q = np.log(np.asarray(p, float)), np.log(np.asarray(q, float))
    return np.where(np.isneginf(log_p), 0, np.exp(log_p) * (np.where(np.isneginf(log_p), 0, log_p) - log_q)).sum()


def loops_sample(p, u):
    drawn = []
    for x in u:
        total = 0.0
        for k, share in enumerate(p):
            total += share
            if total > x:
                drawn.append(k)
                break
    return drawn


def loops_estimate(counts, alpha):
    if np.ndim(counts) > 1:
        return [loops_estimate(row, alpha) for row in counts]
    total = sum(float(c) + alpha for c in counts)
    return [(float(c) + alpha) / total for c in counts]


def loops_nats(names, log_p):
    total, count = 0.0, 0
    for name in names:
        for a, b in itertools.pairwise("." + name + "."):
            total -= log_p[0 if a == "." else ord(a) - 96][0 if b == "." else ord(b) - 96]
            count += 1
    return total / count


def counting_nats(names, log_p):
    seen = np.zeros((27, 27))
    for name in names:
        line = np.array([0, *(ord(letter) - 96 for letter in name), 0])
        np.add.at(seen, (line[:-1], line[1:]), 1)
    return -scipy.special.xlogy(seen, np.exp(np.asarray(log_p, float))).sum() / seen.sum()


def jax_nats(names, log_p):
    lines = [jnp.array([0, *(ord(letter) - 96 for letter in name), 0]) for name in names]
    each = jnp.concatenate([log_p[line[:-1], line[1:]] for line in lines])
    return -each.mean()


RIGHT = {
    "entropy": {
        "numpy": lambda p: -np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1)), 0)),
        "numpy in place": in_place_entropy,
        "loops": lambda p: -sum(float(a) * math.log(a) for a in p if a > 0),
        "log-domain": lambda p: -np.nansum(np.exp(np.log(np.asarray(p, float))) * np.log(np.asarray(p, float))),
        "scipy": scipy.stats.entropy,
        "scipy, float64": lambda p: scipy.special.entr(np.asarray(p, np.float64)).sum(),
        "jax": jax.jit(lambda p: jax.scipy.special.entr(p).sum()),
        "0-d array": lambda p: np.array(scipy.special.entr(p).sum()),
        "with a small constant": lambda p: -jnp.sum(p * jnp.log(p + 1e-12)),
    },
    "kl": {
        "numpy": lambda p, q: np.sum(np.where(p > 0, p * np.log(np.where(p > 0, p, 1) / np.where(p > 0, q, 1)), 0)),
        "loops": loops_kl,
        "log-domain": log_domain_kl,
        "scipy": lambda p, q: scipy.special.rel_entr(p, q).sum(),
        "scipy.stats": scipy.stats.entropy,
        "jax": jax.jit(lambda p, q: jax.scipy.special.rel_entr(p, q).sum()),
    },
    "perplexity": {
        "numpy": lambda log_p: np.exp(-np.mean(log_p)),
        "loops": lambda log_p: math.exp(-sum(float(x) for x in np.asarray(log_p)) / len(log_p)),
        "log-domain": lambda log_p: np.exp(scipy.special.logsumexp([-np.mean(np.asarray(log_p, np.float64))])),
        "in bits throughout": lambda log_p: 2 ** (-np.mean(log_p) / math.log(2)),
        "scipy": lambda log_p: 1 / scipy.stats.gmean(np.exp(np.asarray(log_p, float))),
        "jax": jax.jit(lambda log_p: jnp.exp(-log_p.sum() / log_p.size)),
    },
    "jensen_shannon": {
        "numpy": lambda p, q: (
            np.sum(scipy.special.xlogy(p, 2 * p / (p + q + (p + q == 0))), -1) / 2
            + np.sum(scipy.special.xlogy(q, 2 * q / (p + q + (p + q == 0))), -1) / 2
        ),
        "loops": loops_js,
        "entropies": lambda p, q: (
            scipy.stats.entropy((p + q) / 2, axis=-1)
            - (scipy.stats.entropy(p, axis=-1) + scipy.stats.entropy(q, axis=-1)) / 2
        ),
        "scipy": lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1) ** 2,
        "jax": jax.jit(
            lambda p, q: (
                jax.scipy.special.rel_entr(p, (p + q) / 2).sum(-1) / 2
                + jax.scipy.special.rel_entr(q, (p + q) / 2).sum(-1) / 2
            )
        ),
    },
    "sample": {
        "numpy": lambda p, u: np.searchsorted(np.cumsum(p), u, side="right"),
        "broadcast": lambda p, u: (np.cumsum(p) <= np.asarray(u)[:, None]).sum(axis=1),
        "argmax": lambda p, u: np.argmax(np.cumsum(p) > np.asarray(u)[:, None], axis=1),
        "float64": lambda p, u: np.searchsorted(np.cumsum(np.asarray(p, np.float64)), u, side="right").astype(np.uint8),
        "loops": loops_sample,
        "itertools": lambda p, u: [next(k for k, f in enumerate(itertools.accumulate(p)) if f > x) for x in u],
        "jax": jax.vmap(lambda p, x: jnp.argmax(jnp.cumsum(p) > x), in_axes=(None, 0)),
        "jax.digitize": lambda p, u: jnp.digitize(u, jnp.cumsum(p)),
    },
    "estimate": {
        "numpy": lambda counts, alpha: (counts + alpha) / np.sum(counts + alpha, axis=-1, keepdims=True),
        "denominator": lambda counts, alpha: (
            (counts + alpha) / (counts.sum(-1, keepdims=True) + alpha * counts.shape[-1])
        ),
        "loops": loops_estimate,
        "log-domain": lambda counts, alpha: scipy.special.softmax(np.log(np.asarray(counts, float) + alpha), axis=-1),
        "jax": jax.jit(lambda counts, alpha: _share(counts + alpha)),
    },
    "nats_per_character": {
        "loops": loops_nats,
        "numpy": lambda names, log_p: np.mean([-log_p[a, b] for name in names for a, b in _pairs(name)]),
        "counts, scipy": counting_nats,
        "jax": jax_nats,
    },
    "temperature": {
        "numpy": lambda p, T: p ** (1 / T) / np.sum(p ** (1 / T)),
        "loops": lambda p, T: [float(a) ** (1 / T) / sum(float(b) ** (1 / T) for b in p) for a in p],
        "log-domain": lambda p, T: np.exp(np.log(p) / T - scipy.special.logsumexp(np.log(p) / T)),
        "scipy": lambda p, T: scipy.special.softmax(np.log(np.asarray(p, np.float64)) / T),
        "jax": jax.jit(lambda p, T: jax.nn.softmax(jnp.log(p) / T)),
    },
}


def _share(weights):
    return weights / weights.sum(-1, keepdims=True)


def _pairs(name):
    line = [0, *(ord(letter) - 96 for letter in name), 0]
    return itertools.pairwise(line)


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("entropy", lambda p: -jnp.sum(jnp.where(p > 0, p * jnp.log2(p), 0)), "in bits"),
    ("entropy", lambda p: sum(float(a) * math.log(a) for a in p if a > 0), "without its minus sign"),
    ("entropy", lambda p: -jnp.mean(jnp.where(p > 0, p * jnp.log(p), 0)), "a mean over the n outcomes"),
    ("entropy", lambda p: -(p * jnp.log(p)).sum(), "0 · log 0"),
    ("kl", lambda p, q: loops_kl(q, p), "swapped"),
    ("kl", lambda p, q: jnp.sum(p * jnp.log(p / q)), "0 · log 0"),
    ("kl", lambda p, q: jnp.sum(p * (jnp.log(p) - jnp.log(q))), "0 · log 0"),
    ("kl", lambda p, q: scipy.stats.entropy(p, q, base=2), "in bits"),
    ("kl", lambda p, q: jnp.sum(jnp.where(p > 0, p * jnp.log(p / (q + 1e-8)), 0)), "small constant, 1e-08"),
    ("kl", lambda p, q: np.sum(p * (np.log(np.maximum(p, 1e-12)) - np.log(np.clip(q, 1e-12, 1)))), "constant, 1e-12"),
    ("kl", lambda p, q: -scipy.special.xlogy(p, q).sum(), "cross-entropy"),
    ("perplexity", lambda log_p: jnp.exp(-jnp.sum(log_p)), "a sum instead of a mean"),
    ("perplexity", lambda log_p: math.prod(math.exp(x) for x in log_p) ** jnp.float32(-1 / len(log_p)), "product"),
    ("perplexity", lambda log_p: jnp.mean(jnp.exp(-log_p)), "of the single tokens"),
    ("jensen_shannon", lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1), "square root"),
    ("jensen_shannon", lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1, base=2) ** 2, "in bits"),
    ("jensen_shannon", lambda p, q: np.sum(loops_js(p, q)), "the whole batch"),
    ("jensen_shannon", lambda p, q: jax.scipy.special.rel_entr(p, (p + q) / 2).sum(-1), "KL(p‖m) alone"),
    ("sample", lambda p, u: jnp.searchsorted(jnp.cumsum(p), u), "is u or more"),
    ("sample", lambda p, u: [int(x * len(p)) for x in u], "evenly"),
    ("sample", lambda p, u: jnp.argmax(jnp.broadcast_to(p, (len(u), len(p))), axis=1), "most likely outcome"),
    ("estimate", lambda counts, alpha: counts / counts.sum(-1, keepdims=True), "α is not used"),
    ("estimate", lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(-1), "lost their axis"),
    ("estimate", lambda counts, alpha: (counts + 1) / (counts.sum(-1, keepdims=True) + counts.shape[-1]), "1 added"),
    ("estimate", lambda counts, alpha: (counts + alpha) / (counts + alpha).sum(0), "columns"),
    ("nats_per_character", lambda names, log_p: loops_nats(names, log_p) / math.log(2), "in bits"),
    ("nats_per_character", lambda names, log_p: loops_nats(names, log_p.T), "by columns"),
    ("nats_per_character", lambda names, log_p: np.mean([loops_nats([x], log_p) for x in names]), "own means"),
    ("temperature", lambda p, T: jax.nn.softmax(jnp.log(p) * T), "instead of 1/T"),
    ("temperature", lambda p, T: jax.nn.softmax(p / T), "taken for logarithms"),
    ("temperature", lambda p, T: [float(a) ** (1 / T) for a in p], "not divided by their sum"),
    ("temperature", lambda p, T: (p / T) / (p / T).sum(), "T cancels"),
]
