"""Answers to the exercises of chapter 4: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import jax.scipy.stats
import numpy as np
import optax
import scipy.special
import scipy.stats

from likely.measures.bounds import (
    bernoulli_log_likelihood,
    gaussian_kl,
    gaussian_log_likelihood,
    importance_weighted_bound,
)


def loops_kl(mean, log_variance):
    if np.ndim(mean) > 1:
        return [loops_kl(*one) for one in zip(mean, log_variance, strict=True)]
    return sum((float(m) ** 2 + math.exp(v) - float(v) - 1) / 2 for m, v in zip(mean, log_variance, strict=True))


def term_by_term_kl(mean, log_variance):
    """−entropy of q minus the mean log density of the prior, each in closed form."""
    entropy = 0.5 * (math.log(2 * math.pi) + 1 + log_variance)
    of_prior = -0.5 * (math.log(2 * math.pi) + mean**2 + jnp.exp(log_variance))
    return jnp.sum(-entropy - of_prior, axis=-1)


def matrix_kl(mean, log_variance):
    """That of two normals with covariance matrices."""
    S = np.vectorize(np.diag, signature="(n)->(n,n)")(np.exp(log_variance))
    trace = np.trace(S, axis1=-2, axis2=-1)
    return (trace + np.vecdot(mean, mean) - mean.shape[-1] - np.linalg.slogdet(S).logabsdet) / 2


def by_hand(key, mean, log_variance):
    return mean + jnp.exp(0.5 * log_variance) * jax.random.normal(key, mean.shape)


def a_key_for_each(key, mean, log_variance):
    keys = jax.random.split(key, mean.shape)
    e = jax.vmap(jax.vmap(jax.random.normal))(keys)
    return mean + jnp.sqrt(jnp.exp(log_variance)) * e


def box_muller(key, mean, log_variance):
    a, b = jax.random.uniform(key, (2, *mean.shape), minval=1e-7)
    return mean + jnp.exp(log_variance / 2) * jnp.sqrt(-2 * jnp.log(a)) * jnp.cos(2 * jnp.pi * b)


def from_a_matrix(key, mean, log_variance):
    return jax.random.multivariate_normal(key, mean, jax.vmap(jnp.diag)(jnp.exp(log_variance)), method="cholesky")


def quantiles(key, mean, log_variance):
    u = jax.random.uniform(key, mean.shape, minval=1e-7, maxval=1)
    return jax.scipy.stats.norm.ppf(u, mean, jnp.exp(log_variance / 2))


def softplus_elbo(x, logits, mean, log_variance):
    log_p = jnp.sum(x * logits - jax.nn.softplus(logits), axis=-1)
    return log_p - 0.5 * jnp.sum(mean**2 + jnp.exp(log_variance) - log_variance - 1, axis=-1)


def sigmoid_elbo(x, logits, mean, log_variance):
    log_p = x * jax.nn.log_sigmoid(logits) + (1 - x) * jax.nn.log_sigmoid(-logits)
    return log_p.sum(-1) - gaussian_kl(mean, log_variance).sum(-1)


def optax_elbo(x, logits, mean, log_variance):
    cost = jnp.sum(optax.sigmoid_binary_cross_entropy(logits, x), axis=1)
    return -cost + 0.5 * jnp.sum(1 + log_variance - mean**2 - jnp.exp(log_variance), axis=1)


def chosen_elbo(x, logits, mean, log_variance):
    """One logit for each pixel, turned where the pixel is 0."""
    return -np.logaddexp(0, np.where(x > 0, -logits, logits)).sum(-1) - np.asarray(matrix_kl(mean, log_variance))


def loops_elbo(x, logits, mean, log_variance):
    bounds = []
    for picture, a, m, v in zip(x, logits, mean, log_variance, strict=True):
        log_p = sum(
            -math.log1p(math.exp(-abs(s))) + min(s, 0) for s in (2 * np.asarray(picture, float) - 1) * np.asarray(a)
        )
        bounds.append(log_p - loops_kl(m, v))
    return bounds


def library_elbo(x, logits, mean, log_variance):
    return bernoulli_log_likelihood(x, logits).sum(-1) - gaussian_kl(mean, log_variance).sum(-1)


def shifted_bound(log_weights):
    most = log_weights.max(axis=0)
    return most + jnp.log(jnp.mean(jnp.exp(log_weights - most), axis=0))


def running_bound(log_weights):
    total = log_weights[0]
    for one in log_weights[1:]:
        total = jnp.logaddexp(total, one)
    return total - math.log(len(log_weights))


def softmax_bound(log_weights):
    """Each log weight is its share's logarithm plus the logarithm of the sum."""
    return (log_weights - jax.nn.log_softmax(log_weights, axis=0))[0] - jnp.log(log_weights.shape[0])


def by_noise(key, f, mean, scale, n):
    e = jax.random.normal(key, (n,))
    return jnp.mean(f(mean + scale * e) * e) / scale


def by_score(key, f, mean, scale, n):
    z = mean + scale * jax.random.normal(key, (n,))
    return jnp.mean(f(z) * (z - mean) / scale**2)


def by_autodiff(key, f, mean, scale, n):
    z = mean + scale * jax.random.normal(key, (n,))
    score = jax.vmap(jax.grad(lambda m, one: jax.scipy.stats.norm.logpdf(one, m, scale)), (None, 0))(mean, z)
    return f(z) @ score / n


def by_surrogate(key, f, mean, scale, n):
    """The derivative of a loss whose draws are held."""
    z = jax.lax.stop_gradient(mean + scale * jax.random.normal(key, (n,)))
    return jax.grad(lambda m: jnp.mean(f(z) * gaussian_log_likelihood(z, m, 2 * jnp.log(scale))))(float(mean))


def by_weights(key, f, mean, scale, n):
    """The derivative of an importance-weighted mean, at the distribution that is drawn from."""
    z = mean + scale * jax.random.normal(key, (n,))

    def weighted(m):
        log_p = gaussian_log_likelihood(z, m, 2 * jnp.log(scale))
        return jnp.mean(f(z) * jnp.exp(log_p - jax.lax.stop_gradient(log_p)))

    return jax.jacfwd(weighted)(float(mean))


def with_a_baseline(key, f, mean, scale, n):
    """For each draw the mean of the others is taken from f: less noise, and the same on average."""
    z = mean + scale * jax.random.normal(key, (n,))
    others = (f(z).sum() - f(z)) / (n - 1)
    return ((f(z) - others) * (z - mean)).sum() / n / scale**2


def seeded_by_the_key(key, f, mean, scale, n):
    rng = np.random.default_rng(np.asarray(jax.random.key_data(key)))
    e = rng.normal(size=n)
    return np.mean(np.asarray(f(mean + scale * e)) * e / scale)


def loops_free(distortion, kl_per_latent, beta, free):
    rates = [sum(map(float, column)) / len(column) for column in np.asarray(kl_per_latent).T]
    return sum(map(float, distortion)) / len(distortion) + beta * sum(max(rate, free) for rate in rates)


def where_free(distortion, kl_per_latent, beta, free):
    rate = kl_per_latent.mean(axis=0)
    return distortion.mean() + jnp.where(rate > free, beta * rate, beta * free).sum()


def each_and_mean_free(distortion, kl_per_latent, beta, free):
    return jnp.mean(distortion + beta * jnp.maximum(jnp.mean(kl_per_latent, 0), free).sum())


def solved(x, W, b, sigma):
    C = W @ W.T + sigma**2 * jnp.eye(len(b))
    away = x - b
    square = jnp.sum(away * jnp.linalg.solve(C, away.T).T, axis=-1)
    return -0.5 * (square + jnp.linalg.slogdet(C)[1] + len(b) * jnp.log(2 * jnp.pi))


def factored(x, W, b, sigma):
    L = jnp.linalg.cholesky(W @ W.T + sigma**2 * jnp.eye(len(b)))
    e = jax.scipy.linalg.solve_triangular(L, (x - b).T, lower=True)
    return -0.5 * (e**2).sum(0) - jnp.log(jnp.diag(L)).sum() - len(b) / 2 * jnp.log(2 * jnp.pi)


def in_the_latent_space(x, W, b, sigma):
    """With the matrix inversion lemma: an inverse as large as the code, not as the picture."""
    n, d = W.shape
    M = W.T @ W + sigma**2 * jnp.eye(d)
    away = x - b
    inner = away @ W
    square = (jnp.sum(away**2, -1) - jnp.sum(inner * jnp.linalg.solve(M, inner.T).T, -1)) / sigma**2
    size = jnp.linalg.slogdet(M)[1] + (n - d) * 2 * math.log(sigma)
    return -(square + size + n * math.log(2 * math.pi)) / 2


def along_eigenvectors(x, W, b, sigma):
    variances, axes = np.linalg.eigh(np.asarray(W, float) @ np.asarray(W, float).T)
    variances = np.maximum(variances, 0) + sigma**2
    return scipy.stats.norm.logpdf((x - b) @ axes, 0, np.sqrt(variances)).sum(axis=1)


def by_bayes(x, W, b, sigma):
    """log p(x|z) + log p(z) − log p(z|x), which is the same at every z."""
    d = W.shape[1]
    M = np.asarray(W, float).T @ np.asarray(W, float) + sigma**2 * np.eye(d)
    z = np.full(d, 0.3)
    away = np.asarray(x, float) - b
    posterior = np.linalg.solve(M, np.asarray(W, float).T @ away.T).T
    log_p = scipy.stats.norm.logpdf(away, W @ z, sigma).sum(-1) + scipy.stats.norm.logpdf(z).sum()
    covariance = sigma**2 * np.linalg.inv(M)
    return [a - scipy.stats.multivariate_normal.logpdf(z, m, covariance) for a, m in zip(log_p, posterior, strict=True)]


def loops_active(means):
    count = 0
    for column in np.asarray(means, float).T:
        centre = sum(column) / len(column)
        count += sum((v - centre) ** 2 for v in column) / len(column) > 0.01
    return int(count)


RIGHT = {
    "gaussian_kl": {
        "sum": lambda mean, log_variance: 0.5 * jnp.sum(mean**2 + jnp.exp(log_variance) - log_variance - 1, axis=-1),
        "the other way round": lambda m, v: -0.5 * jnp.sum(1 + v - jnp.square(m) - jnp.exp(v), -1),
        "loops": loops_kl,
        "term by term": term_by_term_kl,
        "matrices": matrix_kl,
        "this course's": jax.jit(lambda mean, log_variance: gaussian_kl(mean, log_variance).sum(-1)),
        "accurate near 0": lambda m, v: (np.square(m) + np.expm1(v) - v).sum(-1) / 2,
    },
    "sample_code": {
        "by hand": by_hand,
        "root": lambda key, m, v: jax.random.normal(key, m.shape) * jnp.sqrt(jnp.exp(v)) + m,
        "minus": lambda key, m, v: m - jnp.exp(v / 2) * jax.random.normal(jax.random.fold_in(key, 3), jnp.shape(m)),
        "a key for each": a_key_for_each,
        "Box and Muller": box_muller,
        "matrix": from_a_matrix,
        "quantiles": quantiles,
        "compiled": jax.jit(by_hand),
        "split": lambda key, m, v: by_hand(jax.random.split(key)[1], m, v),
    },
    "elbo": {
        "softplus": softplus_elbo,
        "log-sigmoid": sigmoid_elbo,
        "optax": optax_elbo,
        "chosen": chosen_elbo,
        "loops": loops_elbo,
        "this course's": jax.jit(library_elbo),
        "double precision": lambda *given: softplus_elbo(*(np.asarray(a, float) for a in given)),
    },
    "importance_weighted": {
        "jax": lambda w: jax.nn.logsumexp(w, axis=0) - jnp.log(len(w)),
        "shifted": shifted_bound,
        "running": running_bound,
        "softmax": softmax_bound,
        "scipy": lambda w: scipy.special.logsumexp(w, axis=0, b=1 / len(w)),
        "weights of 1/K": lambda w: jax.scipy.special.logsumexp(w - math.log(w.shape[0]), axis=0),
        "this course's": importance_weighted_bound,
    },
    "score_gradient": {
        "noise": by_noise,
        "score": by_score,
        "score by autodiff": by_autodiff,
        "surrogate loss": by_surrogate,
        "importance weights": by_weights,
        "baseline": with_a_baseline,
        "numpy, seeded": seeded_by_the_key,
        "compiled": jax.jit(by_score, static_argnames=("f", "n")),
        "mapped": lambda key, f, mean, scale, n: jax.vmap(
            lambda k: (lambda e: f(mean + scale * e) * e / scale)(jax.random.normal(k))
        )(jax.random.split(key, n)).mean(),
    },
    "beta_loss": {
        "maximum": lambda D, kl, beta, free: D.mean() + beta * jnp.maximum(kl.mean(axis=0), free).sum(),
        "loops": loops_free,
        "where": where_free,
        "each and mean": each_and_mean_free,
        "clip": lambda D, kl, beta, free: np.mean(D) + np.sum(beta * np.clip(np.mean(kl, axis=0), free, None)),
        "relu": jax.jit(lambda D, kl, beta, free: D.mean() + beta * (jax.nn.relu(kl.mean(0) - free) + free).sum()),
    },
    "exact_log_likelihood": {
        "solved": solved,
        "factored": factored,
        "latent space": in_the_latent_space,
        "eigenvectors": along_eigenvectors,
        "Bayes": by_bayes,
        "jax": lambda x, W, b, sigma: jax.scipy.stats.multivariate_normal.logpdf(
            x, b, W @ W.T + sigma**2 * jnp.eye(len(W))
        ),
        "scipy": lambda x, W, b, sigma: np.atleast_1d(
            scipy.stats.multivariate_normal(b, W @ W.T + sigma**2 * np.eye(len(W))).logpdf(x)
        ),
    },
    "active_latents": {
        "var": lambda means: jnp.sum(jnp.var(means, axis=0) > 0.01),
        "loops": loops_active,
        "squares": lambda m: int(((m**2).mean(0) - m.mean(0) ** 2 > 0.01).sum()),
        "unbiased": lambda m: jnp.count_nonzero(m.var(0, ddof=1) > 1e-2),
        "std": lambda means: np.sum(np.std(means, axis=0) > 0.1),
        "covariance": lambda means: np.count_nonzero(np.diag(np.atleast_2d(np.cov(means.T, bias=True))) > 0.01),
    },
}


def _bce(x, logits):
    return optax.sigmoid_binary_cross_entropy(logits, x)


def _kl(m, v):
    return -0.5 * (1 + v - m**2 - jnp.exp(v))


def _normal(key, like):
    return jax.random.normal(key, like.shape)


def _draw(key, mean, scale, n):
    return mean + scale * jax.random.normal(key, (n,))


def _log_normal(x, b, C, log_determinant=None):
    away = x - b
    square = jnp.einsum("bi,ij,bj->b", away, jnp.linalg.inv(C), away)
    size = jnp.linalg.slogdet(C)[1] if log_determinant is None else log_determinant
    return -0.5 * (square + size + C.shape[0] * jnp.log(2 * jnp.pi))


def _C(W, sigma):
    return W @ W.T + sigma**2 * jnp.eye(W.shape[0])


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("gaussian_kl", lambda m, v: 0.5 * (1 + v - m**2 - jnp.exp(v)).sum(-1), "−KL"),
    ("gaussian_kl", lambda m, v: -jnp.sum(1 + v - m**2 - jnp.exp(v), -1), "without its ½"),
    ("gaussian_kl", lambda m, v: 0.5 * jnp.sum(m**2 + jnp.exp(v) - v, -1), "without its −1"),
    ("gaussian_kl", lambda m, v: 0.5 * jnp.sum(m**2 + v - jnp.log(v) - 1, -1), "for the variance"),
    (
        "gaussian_kl",
        lambda m, v: jnp.sum((jnp.exp(v) ** 2 + m**2) / 2 - v - 0.5, -1),
        "for the logarithm of the standard",
    ),
    ("gaussian_kl", lambda m, v: jnp.sum(0.5 * v + (1 + m**2) / (2 * jnp.exp(v)) - 0.5, -1), "turned round"),
    ("gaussian_kl", lambda m, v: _kl(m, v).mean(-1), "a mean over the numbers"),
    ("gaussian_kl", lambda m, v: jnp.sum(_kl(m, v)), "over the batch too"),
    ("gaussian_kl", lambda m, v: _kl(m, v), "not added up"),
    ("gaussian_kl", lambda m, v: 0.5 * (m + jnp.exp(v) - v - 1).sum(-1), "not squared"),
    ("sample_code", lambda key, m, v: jax.random.normal(key, m.shape) * jnp.exp(v) + m, "the variance instead"),
    ("sample_code", lambda key, m, v: m + v * _normal(key, m), "times the log variance"),
    ("sample_code", lambda key, m, v: m + 0.5 * v * _normal(key, m), "half the log variance"),
    ("sample_code", lambda key, m, v: m + _normal(key, m), "not scaled"),
    ("sample_code", lambda key, m, v: m + jnp.sqrt(jnp.exp(v)) * jax.random.normal(key), "one number of noise"),
    (
        "sample_code",
        lambda key, m, v: m + jnp.exp(v / 2) * jax.random.normal(key, m.shape[-1:]),
        "all codes of the batch",
    ),
    (
        "sample_code",
        lambda key, m, v: m + jnp.exp(v / 2) * jax.random.normal(key, (len(m), 1)),
        "all numbers of a code",
    ),
    ("sample_code", lambda key, m, v: m + jnp.exp(v / 2) * jax.random.uniform(key, m.shape), "between 0 and 1"),
    (
        "sample_code",
        lambda key, m, v: m + jnp.exp(v / 2) * (2 * jax.random.uniform(key, m.shape) - 1),
        "between −1 and 1",
    ),
    ("sample_code", lambda key, m, v: m + jnp.exp(v / 2) * _normal(jax.random.key(42), m), "a key of its own"),
    ("sample_code", lambda key, m, v: m + jnp.exp(v / 2) * np.random.normal(size=m.shape), "NumPy's generator"),
    ("sample_code", lambda key, m, v: jnp.exp(v / 2) * _normal(key, m), "without the mean"),
    ("sample_code", lambda key, m, v: jnp.exp(v / 2) * (_normal(key, m) + m), "scaled along"),
    ("sample_code", lambda key, m, v: m, "the mean alone"),
    (
        "sample_code",
        lambda key, m, v: np.asarray(m) + np.exp(v / 2) * np.asarray(jax.random.normal(key, m.shape)),
        "lets no gradient through",
    ),
    ("elbo", lambda x, a, m, v: -_bce(x, a).sum(-1) + _kl(m, v).sum(-1), "added instead"),
    ("elbo", lambda x, a, m, v: _bce(x, a).sum(-1) + _kl(m, v).sum(-1), "the loss"),
    ("elbo", lambda x, a, m, v: _bce(x, a).sum(-1) - _kl(m, v).sum(-1), "a cross-entropy, minus the KL"),
    ("elbo", lambda x, a, m, v: -_bce(x, a).mean(-1) - _kl(m, v).sum(-1), "a mean over the pixels"),
    ("elbo", lambda x, a, m, v: -_bce(x, a).sum(-1), "without the KL"),
    ("elbo", lambda x, a, m, v: -_bce(x, jax.nn.sigmoid(a)).sum(-1) - _kl(m, v).sum(-1), "applied twice"),
    (
        "elbo",
        lambda x, a, m, v: jnp.sum(x * jnp.log(a) + (1 - x) * jnp.log(1 - a), -1) - _kl(m, v).sum(-1),
        "logits taken for",
    ),
    ("elbo", lambda x, a, m, v: -jnp.sum((jax.nn.sigmoid(a) - x) ** 2, -1) - _kl(m, v).sum(-1), "a squared error"),
    (
        "elbo",
        lambda x, a, m, v: (
            (lambda p: jnp.sum(jnp.log(jnp.where(x == 1, p, 1 - p)), -1))(jax.nn.sigmoid(a)) - _kl(m, v).sum(-1)
        ),
        "as they stand",
    ),
    (
        "elbo",
        lambda x, a, m, v: (
            (lambda p: jnp.sum(x * jnp.log(p + 1e-8) + (1 - x) * jnp.log(1 - p + 1e-8), -1))(jax.nn.sigmoid(a))
            - _kl(m, v).sum(-1)
        ),
        "1e-08, added inside",
    ),
    ("elbo", lambda x, a, m, v: jnp.mean(-_bce(x, a).sum(-1) - _kl(m, v).sum(-1)), "a mean over the batch"),
    ("elbo", lambda x, a, m, v: -_bce(x, a).sum() - _kl(m, v).sum(), "a sum over the batch"),
    ("importance_weighted", lambda w: jnp.mean(w, axis=0), "the mean of the logarithms"),
    ("importance_weighted", lambda w: jax.nn.logsumexp(w, axis=0), "log K forgotten"),
    ("importance_weighted", lambda w: jnp.max(w, 0), "the largest log weight"),
    ("importance_weighted", lambda w: jnp.log(jnp.exp(w).mean(0)), "exponentials of the log weights"),
    (
        "importance_weighted",
        lambda w: jax.nn.logsumexp(w, axis=-1) - jnp.log(w.shape[-1]),
        "over the last axis",
    ),
    ("importance_weighted", lambda w: jax.nn.logsumexp(w) - jnp.log(w.size), "one number for all"),
    ("importance_weighted", lambda w: jax.nn.logsumexp(w, axis=0) / w.shape[0], "divided by K"),
    ("importance_weighted", lambda w: (jax.nn.softmax(w, axis=0) * w).sum(0), "with the weights as shares"),
    ("importance_weighted", lambda w: jnp.exp(w).mean(0), "without its logarithm"),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda z: jnp.mean(f(z) * (z - m) / s))(_draw(key, m, s, n)),
        "divided by the scale once",
    ),
    (
        "score_gradient",
        lambda key, f, m, s, n: jax.grad(lambda a: jnp.mean(f(_draw(key, a, s, n))))(m),
        "the pathwise estimate",
    ),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda z: jnp.mean((z - m) / s**2))(_draw(key, m, s, n)),
        "a mean of about 0",
    ),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda z: jnp.mean(f(z)) * jnp.mean((z - m) / s**2))(_draw(key, m, s, n)),
        "a mean of about 0",
    ),
    ("score_gradient", lambda key, f, m, s, n: f(_draw(key, m, s, n)).mean(), "the mean of f"),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda z: jnp.sum(f(z) * (z - m) / s**2))(_draw(jax.random.split(key)[0], m, s, n)),
        "a sum over the draws",
    ),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda z: jnp.mean(f(z) * (m - z) / s**2))(_draw(jax.random.split(key)[0], m, s, n)),
        "its sign turned",
    ),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda z: jnp.mean(f(z) * (z - m) / s))(_draw(jax.random.split(key)[0], m, s**0.5, n)),
        "taken for the variance",
    ),
    ("score_gradient", lambda key, *given: by_noise(jax.random.key(7), *given), "a key of its own"),
    (
        "score_gradient",
        lambda key, f, m, s, n: (lambda e: jnp.mean(f(m + s * e) * e / s))(np.random.normal(size=n)),
        "NumPy's generator",
    ),
    ("beta_loss", lambda D, kl, beta, free: D.mean() + beta * jnp.minimum(kl.mean(0), free).sum(), "the smaller of"),
    (
        "beta_loss",
        lambda D, kl, beta, free: D.mean() + beta * jnp.maximum(kl.sum(1).mean(), free),
        "a limit on the sum of all latents",
    ),
    (
        "beta_loss",
        lambda D, kl, beta, free: D.mean() + beta * jnp.maximum(kl, free).sum(1).mean(),
        "for each picture, before",
    ),
    (
        "beta_loss",
        lambda D, kl, beta, free: beta * D.mean() + jnp.maximum(kl.mean(0), free).sum(),
        "β on the distortion",
    ),
    (
        "beta_loss",
        lambda D, kl, beta, free: D.mean() + beta * jax.nn.relu(kl.mean(0) - free).sum(),
        "what is free subtracted",
    ),
    (
        "beta_loss",
        lambda D, kl, beta, free: D.mean() + jnp.maximum(beta * kl.mean(0), free).sum(),
        "inside the maximum",
    ),
    ("beta_loss", lambda D, kl, beta, free: (D + beta * kl.sum(-1)).mean(), "what is free left out"),
    ("exact_log_likelihood", lambda x, W, b, s: _log_normal(x, b, W.T @ W + s**2 * jnp.eye(W.shape[1])), "WᵀW"),
    ("exact_log_likelihood", lambda x, W, b, s: _log_normal(x, b, W @ W.T + s * jnp.eye(len(W))), "σ in place of σ²"),
    ("exact_log_likelihood", lambda x, W, b, s: _log_normal(x, b, s**2 * jnp.eye(len(W))), "no W"),
    ("exact_log_likelihood", lambda x, W, b, s: _log_normal(x, b, _C(W, s), 0), "no log determinant"),
    ("exact_log_likelihood", lambda x, W, b, s: _log_normal(x, 0, _C(W, s)), "without b"),
    ("exact_log_likelihood", lambda x, W, b, s: 2 * _log_normal(x, b, _C(W, s)), "without its ½"),
    (
        "exact_log_likelihood",
        lambda x, W, b, s: _log_normal(x, b, _C(W, s)) + len(W) / 2 * jnp.log(2 * jnp.pi),
        "no 2π",
    ),
    (
        "exact_log_likelihood",
        lambda x, W, b, s: _log_normal(x, b, _C(W, s), jnp.log(jnp.diag(jnp.linalg.cholesky(_C(W, s)))).sum()),
        "half of the log determinant",
    ),
    (
        "exact_log_likelihood",
        lambda x, W, b, s: _log_normal(x, b, _C(W, s), jnp.log(jnp.linalg.det(_C(W, s)))),
        "as it stands",
    ),
    ("active_latents", lambda m: jnp.sum(jnp.std(m, axis=0) > 0.01), "standard deviations"),
    ("active_latents", lambda m: jnp.sum(jnp.mean(m**2, axis=0) > 0.01), "the mean of the squares"),
    ("active_latents", lambda m: jnp.sum(m.var(axis=1) > 0.01), "of each picture"),
    ("active_latents", lambda m: jnp.sum(jnp.log(m.var(0)) > 0.01), "the logarithm of the variance"),
    ("active_latents", lambda m: jnp.sum(m.var(0) < 0.01), "not active"),
    ("active_latents", lambda m: jnp.mean(m.var(0) > 0.01), "a share instead"),
]
