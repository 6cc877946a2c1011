"""Entropy, and how far one discrete distribution is from another: pure JAX functions, in nats, over the last axis.

They take JAX or NumPy arrays, or lists, of probabilities that add up to one (not checked: the functions are traced and
differentiated), and compute in float32 or wider. By the usual convention 0 · log 0 = 0; such a term has value and
gradient 0, so gradients stay finite where p = 0. NaN and negative probabilities give NaN (in q, where p > 0).
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

__all__ = ["cross_entropy", "entropy", "jensen_shannon_divergence", "kl_divergence", "perplexity"]


def _real(x: ArrayLike) -> jax.Array:
    """As floating point, at least float32: of float16 and bfloat16 too few digits would be left after a sum."""
    x = jnp.asarray(x)
    return x.astype(jnp.promote_types(x.dtype, jnp.float32))


def _probabilities(p: ArrayLike) -> jax.Array:
    p = _real(p)
    return jnp.where(p < 0, jnp.nan, p)


def _expected_log_ratio(p: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    """Σ p (log x − log y) over the last axis, with no term where p = 0.

    There the logarithms are taken of 1, so that neither value nor gradient is NaN.
    """
    none = p == 0
    log_x, log_y = (jnp.log(jnp.where(none, 1.0, values)) for values in (x, y))
    return jnp.sum(jnp.where(none, 0.0, p * (log_x - log_y)), axis=-1)


def entropy(p: ArrayLike) -> jax.Array:
    """The entropy of p, −Σ p log p: the mean surprise of what is drawn from p.

    p: (..., n) probabilities. Returns (...) nats, from 0 to log n.
    Source: Shannon (1948), doi:10.1002/j.1538-7305.1948.tb01338.x, section 6.
    """
    p = _probabilities(p)
    return _expected_log_ratio(p, jnp.ones_like(p), p)


def cross_entropy(p: ArrayLike, q: ArrayLike) -> jax.Array:
    """The cross-entropy −Σ p log q: the mean surprise of one who believes in q when p is true.

    p, q: (..., n) probabilities, broadcast. Returns (...) nats, entropy(p) or more; infinite where q = 0 < p.
    Source: entropy(p) + kl_divergence(p, q), of Shannon (1948) and Kullback & Leibler (1951).
    """
    p, q = jnp.broadcast_arrays(_probabilities(p), _probabilities(q))
    return _expected_log_ratio(p, jnp.ones_like(q), q)


def kl_divergence(p: ArrayLike, q: ArrayLike) -> jax.Array:
    """The Kullback–Leibler divergence KL(p‖q) = Σ p (log p − log q).

    p, q: (..., n) probabilities, broadcast. Returns (...) nats, 0 where p = q; infinite where q = 0 < p. Not symmetric.
    Source: Kullback & Leibler (1951), doi:10.1214/aoms/1177729694.
    """
    p, q = jnp.broadcast_arrays(_probabilities(p), _probabilities(q))
    return _expected_log_ratio(p, p, q)


def jensen_shannon_divergence(p: ArrayLike, q: ArrayLike) -> jax.Array:
    """The Jensen–Shannon divergence ½ KL(p‖m) + ½ KL(q‖m), where m = ½ (p + q).

    p, q: (..., n) probabilities, broadcast. Returns (...) nats, from 0 (p = q) to log 2 (nothing in common). Symmetric.
    Source: Lin (1991), doi:10.1109/18.61115, with equal weights. Its square root is a metric.
    """
    p, q = jnp.broadcast_arrays(_probabilities(p), _probabilities(q))
    both = p + q  # 2m: half of the smallest float would be none
    return (_expected_log_ratio(p, 2 * p, both) + _expected_log_ratio(q, 2 * q, both)) / 2


def perplexity(nats_per_token: ArrayLike) -> jax.Array:
    """The perplexity of a model: the number of equally likely tokens among which it would be as unsure.

    nats_per_token: (...) mean negative log-probabilities, in nats. Returns (...), a pure number, 1 or more.
    Source: Jelinek, Mercer, Bahl & Baker (1977), doi:10.1121/1.2016299.
    """
    return jnp.exp(_real(nats_per_token))
