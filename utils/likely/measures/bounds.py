"""Lower bounds on log p(x) of a model with a latent variable, and their Gaussian parts: pure JAX functions, in nats."""

from __future__ import annotations

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

__all__ = [
    "bernoulli_log_likelihood",
    "gaussian_kl",
    "gaussian_log_likelihood",
    "importance_weighted_bound",
    "log_weights",
]

_LOG_TAU = 1.8378770664093453  # log 2π


def gaussian_kl(mean: ArrayLike, log_variance: ArrayLike) -> jax.Array:
    """KL(N(mean, variance) ‖ N(0, 1)), number by number: ½ (mean² + variance − log variance − 1).

    mean, log_variance: (...), broadcast. Returns (...) nats, 0 or more; the sum over independent numbers is theirs
    together. Source: Kingma & Welling (2014), arXiv:1312.6114, appendix B.
    """
    mean, log_variance = jnp.asarray(mean), jnp.asarray(log_variance)
    return 0.5 * (mean**2 + jnp.exp(log_variance) - log_variance - 1)


def gaussian_log_likelihood(x: ArrayLike, mean: ArrayLike, log_variance: ArrayLike) -> jax.Array:
    """log N(x; mean, variance), number by number: (...) broadcast -> (...) nats. A density: it can be above 0."""
    x, mean, log_variance = jnp.asarray(x), jnp.asarray(mean), jnp.asarray(log_variance)
    return -0.5 * ((x - mean) ** 2 * jnp.exp(-log_variance) + log_variance + _LOG_TAU)


def bernoulli_log_likelihood(x: ArrayLike, logits: ArrayLike) -> jax.Array:
    """log P(x) of numbers that are 0 or 1, where P(1) = sigmoid(logits): (...) broadcast -> (...) nats, 0 or less."""
    x, logits = jnp.asarray(x), jnp.asarray(logits)
    return x * logits - jax.nn.softplus(logits)


def importance_weighted_bound(log_weights: ArrayLike, axis: int = 0) -> jax.Array:
    """log of the mean weight, where a weight is p(x, z) / q(z|x) for a z drawn from q: at most log p(x), on average.

    log_weights: nats, with the K draws along `axis`, which goes. With K = 1 it is the evidence lower bound; it rises
    with K, to log p(x) in the limit. Source: Burda, Grosse & Salakhutdinov (2016), arXiv:1509.00519, eq. 8.
    """
    log_weights = jnp.asarray(log_weights)
    return jax.nn.logsumexp(log_weights, axis=axis) - jnp.log(log_weights.shape[axis])


def log_weights(log_likelihood: ArrayLike, z: ArrayLike, mean: ArrayLike, log_variance: ArrayLike) -> jax.Array:
    """log of p(x, z) / q(z|x) for codes z drawn from q(z|x) = N(mean, variance), where p(z) = N(0, I).

    log_likelihood: log p(x|z), (...) nats. z, mean, log_variance: (..., latent), broadcast. Returns (...) nats. Their
    mean over draws is the evidence lower bound; `importance_weighted_bound` makes a tighter one of them.
    Source: Burda, Grosse & Salakhutdinov (2016), arXiv:1509.00519, eq. 7.
    """
    codes = gaussian_log_likelihood(z, 0.0, 0.0) - gaussian_log_likelihood(z, mean, log_variance)
    return jnp.asarray(log_likelihood) + codes.sum(axis=-1)
