"""The bounds on log p(x), held against integrals, against the libraries of the field, and against a model that is
known exactly."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import integrate, stats

from likely.measures import bounds


@pytest.mark.parametrize(("mean", "deviation"), [(0.0, 1.0), (1.5, 0.3), (-2.0, 2.5)])
def test_the_divergence_from_the_prior_is_its_integral(mean, deviation):
    q, p = stats.norm(mean, deviation), stats.norm()
    expected = integrate.quad(
        lambda z: q.pdf(z) * (q.logpdf(z) - p.logpdf(z)), mean - 9 * deviation, mean + 9 * deviation
    )
    assert bounds.gaussian_kl(mean, 2 * np.log(deviation)) == pytest.approx(expected[0], abs=1e-5)


def test_log_likelihoods_are_those_of_scipy():
    x, mean, deviation = np.random.default_rng(0).normal(size=(3, 50)).astype(np.float32)
    found = bounds.gaussian_log_likelihood(x, mean, 2 * jnp.log(jnp.abs(deviation)))
    np.testing.assert_allclose(found, stats.norm(mean, np.abs(deviation)).logpdf(x), rtol=2e-4, atol=1e-4)
    pixels, logits = (x > 0).astype(np.float32), 10 * mean
    expected = stats.bernoulli(1 / (1 + np.exp(-logits.astype(np.float64)))).logpmf(pixels)
    np.testing.assert_allclose(bounds.bernoulli_log_likelihood(pixels, logits), expected, rtol=1e-4, atol=1e-5)


def test_logits_far_out_give_no_infinity():
    assert bounds.bernoulli_log_likelihood(1.0, -300.0) == pytest.approx(-300)
    assert bounds.bernoulli_log_likelihood(0.0, -300.0) == 0


def test_the_weighted_bound_of_equal_weights_is_that_weight_however_small():
    assert bounds.importance_weighted_bound(jnp.full((7, 3), -2000.0)).tolist() == [-2000] * 3
    assert bounds.importance_weighted_bound(jnp.log(jnp.array([[1.0, 3.0]])), axis=1)[0] == pytest.approx(np.log(2))


@pytest.fixture(scope="module")
def linear():
    """x = W z + noise, with pictures of 6 numbers and codes of 2, and log p(x) of 400 of them."""
    w, z, noise = (
        jax.random.normal(k, s)
        for k, s in zip(jax.random.split(jax.random.key(0), 3), ((6, 2), (400, 2), (400, 6)), strict=True)
    )
    x = z @ w.T + noise
    exact = stats.multivariate_normal(np.zeros(6), np.asarray(w @ w.T + jnp.eye(6))).logpdf(np.asarray(x))
    return w, x, exact


def weights(w, x, mean, log_variance, draws):
    z = mean + jnp.exp(log_variance / 2) * jax.random.normal(jax.random.key(1), (draws, *mean.shape))
    fits = bounds.gaussian_log_likelihood(x, z @ w.T, 0.0).sum(axis=-1)
    return bounds.log_weights(fits, z, mean, log_variance)


def test_the_bound_rises_with_the_draws_to_the_exact_likelihood(linear):
    w, x, exact = linear
    cov = jnp.linalg.inv(w.T @ w + jnp.eye(2))
    mean, log_variance = x @ w @ cov + 0.6, jnp.log(3 * jnp.diag(cov))  # not quite the posterior
    log_w = weights(w, x, mean, log_variance, 3000)
    means = [float(bounds.importance_weighted_bound(log_w[:k]).mean()) for k in (1, 4, 16, 3000)]
    assert means == sorted(means)
    assert means[0] < exact.mean() - 0.3
    assert means[-1] == pytest.approx(exact.mean(), abs=0.01)


def test_with_the_true_posterior_every_draw_gives_the_exact_likelihood():
    """One number for the picture and one for the code, whose posterior is Gaussian without correlation."""
    w, x = jnp.array([[1.5]]), jnp.array([[0.7], [-2.0]])
    mean, log_variance = x * 1.5 / (1 + 1.5**2), jnp.log(jnp.array([1 / (1 + 1.5**2)]))
    log_w = weights(w, x, mean, log_variance, 20)
    exact = stats.norm(0, np.sqrt(1 + 1.5**2)).logpdf(np.asarray(x)[:, 0])
    np.testing.assert_allclose(log_w, np.broadcast_to(exact, (20, 2)), atol=1e-5)
