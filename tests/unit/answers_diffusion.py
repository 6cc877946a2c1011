"""Answers to the exercises of chapter 6a: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import jax.scipy.linalg
import numpy as np
import scipy.linalg
import scipy.special
import scipy.stats

from likely.measures.frechet import frechet_distance
from likely.models import diffusion


def by_hand_noised(x, t, noise):
    angle = jnp.pi * t[:, None] / 2
    return jnp.cos(angle) * x + jnp.sin(angle) * noise


def mapped_noised(x, t, noise):
    def one(x, t, noise):
        return jnp.cos(jnp.pi / 2 * t) * x + jnp.sin(jnp.pi / 2 * t) * noise

    return jax.vmap(one)(x, t, noise)


def turned_noised(x, t, noise):
    """Columns first, so that times line up with the last axis."""
    alpha, sigma = np.cos(np.pi / 2 * t), np.sin(np.pi / 2 * t)
    return (alpha * x.T + sigma * noise.T).T


def looped_noised(x, t, noise):
    rows = []
    for one, at, other in zip(x.tolist(), t.tolist(), noise.tolist(), strict=True):
        angle = math.pi * at / 2
        rows.append([math.cos(angle) * a + math.sin(angle) * b for a, b in zip(one, other, strict=True)])
    return rows


def in_place_noised(x, t, noise):
    x *= np.cos(np.pi / 2 * t)[:, None]
    noise *= np.sin(np.pi / 2 * t)[:, None]
    x += noise
    return x


def complex_noised(x, t, noise):
    """A turn in the plane of picture and noise."""
    return ((x - 1j * noise) * jnp.exp(1j * jnp.pi / 2 * t)[:, None]).real


def softmax_guess(z, data, alpha, sigma):
    far = ((z - alpha * data) ** 2).sum(axis=1)
    return jax.nn.softmax(-far / (2 * sigma**2)) @ data


def loops_guess(z, data, alpha, sigma):
    z, data = np.asarray(z, float), np.asarray(data, float)
    scores = [-sum((a - alpha * b) ** 2 for a, b in zip(z, x, strict=True)) / (2 * sigma**2) for x in data]
    weights = [math.exp(score - max(scores)) for score in scores]
    return [sum(w * x[i] for w, x in zip(weights, data, strict=True)) / sum(weights) for i in range(len(z))]


def expanded_guess(z, data, alpha, sigma):
    """Without |z|², which is the same for all."""
    scores = (alpha * data @ z - alpha**2 * (data**2).sum(axis=1) / 2) / sigma**2
    return jnp.einsum("n,nd->d", jnp.exp(scores - jax.nn.logsumexp(scores)), data)


def by_densities_guess(z, data, alpha, sigma):
    log_p = scipy.stats.norm.logpdf(np.asarray(z), alpha * np.asarray(data), sigma).sum(axis=1)
    return scipy.special.softmax(log_p) @ np.asarray(data)


def shifted_guess(z, data, alpha, sigma):
    d = jnp.linalg.norm(z - alpha * data, axis=-1)
    w = jnp.exp(-(d**2 - d.min() ** 2) / 2 / sigma**2)
    return jnp.average(data, axis=0, weights=w)


def sloped_guess(z, data, alpha, sigma):
    """By the score of the noised density, as autodiff gives it, and Tweedie's formula; z itself where α is 0."""

    def log_q(shift):  # the slope in a shift of the data, so that nothing has to be divided by α
        return jax.nn.logsumexp(-((z - alpha * data) ** 2).sum(axis=1) / (2 * sigma**2) + data @ shift)

    return jax.grad(log_q)(jnp.zeros_like(z))


def gradient_score(z, x, alpha, sigma):
    def log_q(z):
        return -((z - alpha * x) ** 2).sum() / (2 * sigma**2)

    return jax.grad(log_q)(z)


def loops_score(z, x, alpha, sigma):
    pairs = zip(np.asarray(z).tolist(), np.asarray(x).tolist(), strict=True)
    return [[(alpha * b - a) / sigma**2 for a, b in zip(*rows, strict=True)] for rows in pairs]


def solved_data(z, noise, alpha, sigma):
    """Both rows of (z, v) = R (x, ε) are not needed: one equation with x unknown, for each number."""
    return jnp.linalg.solve(jnp.array([[float(alpha)]]), jnp.reshape(z - sigma * noise, (1, -1))).reshape(z.shape)


def by_score_data(z, noise, alpha, sigma):
    score = -noise / sigma
    return (z + sigma**2 * score) / alpha


def loops_data(z, noise, alpha, sigma):
    pairs = zip(np.asarray(z).tolist(), np.asarray(noise).tolist(), strict=True)
    return [[(a - sigma * e) / alpha for a, e in zip(*rows, strict=True)] for rows in pairs]


def by_hand_step(z, x, now, then):
    alpha, sigma = jnp.cos(jnp.pi / 2 * now), jnp.sin(jnp.pi / 2 * now)
    noise = (z - alpha * x) / sigma
    return jnp.cos(jnp.pi / 2 * then) * x + jnp.sin(jnp.pi / 2 * then) * noise


def scaled_step(z, x, now, then):
    """As much of z as there is noise left, and x for the rest."""
    c = math.sin(math.pi / 2 * then) / math.sin(math.pi / 2 * now)
    return c * z + (math.cos(math.pi / 2 * then) - c * math.cos(math.pi / 2 * now)) * x


def turned_step(z, x, now, then):
    """A turn in the plane of picture and noise, by the angle between the times."""
    angle = np.pi / 2 * (now - then)
    noise = (z - np.cos(np.pi / 2 * now) * x) / np.sin(np.pi / 2 * now)
    v = np.cos(np.pi / 2 * now) * noise - np.sin(np.pi / 2 * now) * x
    return np.cos(angle) * z - np.sin(angle) * v


def scored_step(z, x, now, then):
    s = diffusion.score(z, x, now)
    (_, sigma), (alpha2, sigma2) = diffusion.cosine(now), diffusion.cosine(then)
    return alpha2 * x - sigma2 * sigma * s


def mapped_step(z, x, now, then):
    return jax.vmap(lambda a, b: by_hand_step(a, b, now, then))(z, x)


def by_hand_new(now, then):
    (a, s), (a2, s2) = diffusion.cosine(now), diffusion.cosine(then)
    return s2 / s * jnp.sqrt(1 - (a / a2) ** 2)


def posterior_new(now, then):
    """The variance of a bell that two bells leave: precisions add."""
    (a, s), (a2, s2) = diffusion.cosine(now), diffusion.cosine(then)
    ratio = a / a2
    forwards = s**2 - ratio**2 * s2**2
    return jnp.sqrt(1 / (ratio**2 / forwards + 1 / s2**2))


def beta_new(now, then):
    a, a2 = (np.cos(np.pi / 2 * np.asarray(t, float)) ** 2 for t in (now, then))  # ᾱ
    beta = 1 - a / a2
    return np.sqrt((1 - a2) / (1 - a) * beta)


def loops_new(now, then):
    if np.ndim(now):
        return [loops_new(a, b) for a, b in zip(np.asarray(now), np.asarray(then), strict=True)]
    a, s, a2, s2 = (f(math.pi / 2 * float(t)) for t in (now, then) for f in (math.cos, math.sin))
    return s2 / s * math.sqrt(1 - (a / a2) ** 2)


def as_a_sine_new(now, then):
    """1 − cos²/cos² by the sine of sum and difference, which keeps its digits for short steps."""
    a, b = jnp.pi / 2 * now, jnp.pi / 2 * then
    return jnp.sin(b) / jnp.sin(a) * jnp.sqrt(jnp.sin(a - b) * jnp.sin(a + b)) / jnp.cos(b)


def sqrtm_frechet(a, b):
    A, B = np.cov(a, rowvar=False), np.cov(b, rowvar=False)
    root = scipy.linalg.sqrtm(A @ B).real
    return ((a.mean(0) - b.mean(0)) ** 2).sum() + np.trace(A + B - 2 * root)


def eigenvalues_frechet(a, b):
    A, B = jnp.cov(a.T), jnp.cov(b.T)
    values = jnp.linalg.eigvals(A @ B).real
    root = jnp.sqrt(jnp.maximum(values, 0)).sum()
    return jnp.sum((a.mean(axis=0) - b.mean(axis=0)) ** 2) + jnp.trace(A) + jnp.trace(B) - 2 * root


def symmetric_frechet(a, b):
    def moments(x):
        mean = x.mean(axis=0)
        return mean, (x - mean).T @ (x - mean) / (len(x) - 1)

    (m, A), (n, B) = moments(a), moments(b)
    values, vectors = jnp.linalg.eigh(A)
    root = vectors @ jnp.diag(jnp.sqrt(jnp.clip(values, 0))) @ vectors.T
    shared = jnp.sqrt(jnp.clip(jnp.linalg.eigvalsh(root @ B @ root), 0)).sum()
    return (m - n) @ (m - n) + jnp.trace(A + B) - 2 * shared


def singular_values_frechet(a, b):
    """tr (A B)^½ is the sum of the singular values of the two centred sets, multiplied."""
    a, b = np.asarray(a, float), np.asarray(b, float)
    p, q = ((x - x.mean(0)) / math.sqrt(len(x) - 1) for x in (a, b))
    shared = np.linalg.svd(p @ q.T, compute_uv=False).sum()
    return np.linalg.norm(a.mean(0) - b.mean(0)) ** 2 + (p**2).sum() + (q**2).sum() - 2 * shared


RIGHT = {
    "noised": {
        "by hand": by_hand_noised,
        "mapped": mapped_noised,
        "turned": turned_noised,
        "loops": looped_noised,
        "in place": in_place_noised,
        "complex": complex_noised,
        "this course's": diffusion.noised,
        "einsum": lambda x, t, noise: (
            jnp.einsum("n,nd->nd", jnp.cos(jnp.pi / 2 * t), x) + jnp.einsum("n,nd->nd", jnp.sin(jnp.pi / 2 * t), noise)
        ),
    },
    "log_snr": {
        "by hand": lambda t: jnp.log(jnp.cos(jnp.pi / 2 * t) ** 2 / jnp.sin(jnp.pi / 2 * t) ** 2),
        "difference": lambda t: 2 * jnp.log(jnp.cos(jnp.pi / 2 * t)) - 2 * jnp.log(jnp.sin(jnp.pi / 2 * t)),
        "tangent": lambda t: -2 * np.log(np.tan(np.pi * t / 2)),
        "logit": lambda t: scipy.special.logit(np.cos(np.pi / 2 * t) ** 2),
        "mapped": jnp.vectorize(lambda t: -2 * jnp.log(jnp.tan(jnp.pi / 2 * t))),
        "loops": np.vectorize(lambda t: 2 * math.log(math.cos(math.pi / 2 * t) / math.sin(math.pi / 2 * t))),
        "this course's schedule": lambda t: 2 * jnp.log(jnp.divide(*diffusion.cosine(t))),
    },
    "best_guess": {
        "softmax": softmax_guess,
        "loops": loops_guess,
        "expanded": expanded_guess,
        "densities": by_densities_guess,
        "shifted": shifted_guess,
        "slope": sloped_guess,
        "jax": jax.jit(softmax_guess),
        "mapped": lambda z, data, alpha, sigma: jnp.sum(
            jax.nn.softmax(jax.vmap(lambda x: -jnp.vdot(z - alpha * x, z - alpha * x) / 2 / sigma**2)(data))[:, None]
            * data,
            axis=0,
        ),
    },
    "to_score": {
        "by hand": lambda z, x, alpha, sigma: (alpha * x - z) / sigma**2,
        "by the noise": lambda z, x, alpha, sigma: -((z - alpha * x) / sigma) / sigma,
        "gradient": gradient_score,
        "loops": loops_score,
        "numpy": lambda z, x, alpha, sigma: np.divide(alpha * np.asarray(x) - np.asarray(z), np.square(sigma)),
        "by α": lambda z, x, alpha, sigma: (alpha * x - z) / (sigma * sigma),
        "jax": jax.jit(lambda z, x, alpha, sigma: (alpha * x - z) * sigma**-2),
        "mapped": lambda z, x, alpha, sigma: jax.vmap(lambda a, b: (alpha * b - a) / sigma**2)(z, x),
    },
    "to_data": {
        "by hand": lambda z, noise, alpha, sigma: (z - sigma * noise) / alpha,
        "term by term": lambda z, noise, alpha, sigma: z / alpha - sigma / alpha * noise,
        "solved": solved_data,
        "by the score": by_score_data,
        "loops": loops_data,
        "numpy": lambda z, noise, alpha, sigma: np.subtract(z, np.multiply(sigma, noise)) / alpha,
        "mapped": lambda z, noise, alpha, sigma: jax.vmap(lambda a, b: (a - sigma * b) / alpha)(z, noise),
    },
    "ddim_step": {
        "by hand": by_hand_step,
        "scaled": scaled_step,
        "turned": turned_step,
        "by the score": scored_step,
        "mapped": mapped_step,
        "jax": jax.jit(by_hand_step),
        "this course's": diffusion.ddim_step,
    },
    "new_noise": {
        "by hand": by_hand_new,
        "posterior": posterior_new,
        "β": beta_new,
        "loops": loops_new,
        "sines": as_a_sine_new,
        "mapped": lambda now, then: jnp.vectorize(by_hand_new)(jnp.asarray(now), jnp.asarray(then)),
        "under one root": lambda now, then: jnp.sqrt(
            jnp.sin(jnp.pi / 2 * then) ** 2
            / jnp.sin(jnp.pi / 2 * now) ** 2
            * (1 - jnp.cos(jnp.pi / 2 * now) ** 2 / jnp.cos(jnp.pi / 2 * then) ** 2)
        ),
    },
    "frechet": {
        "scipy": sqrtm_frechet,
        "eigenvalues": eigenvalues_frechet,
        "symmetric": symmetric_frechet,
        "singular values": singular_values_frechet,
        "this course's": frechet_distance,
        "numpy, eigenvalues": lambda a, b: (
            np.linalg.norm(a.mean(0) - b.mean(0)) ** 2
            + np.trace(np.cov(a.T) + np.cov(b.T))
            - 2 * np.sqrt(np.linalg.eigvals(np.cov(a.T) @ np.cov(b.T)).astype(complex)).real.sum()
        ),
    },
}


def _parts(t):
    return jnp.cos(jnp.pi / 2 * t), jnp.sin(jnp.pi / 2 * t)


def _beside(t):
    return _parts(t[:, None])


def _both(now, then):
    return *_parts(now), *_parts(then)


def _scored(scores, data):
    weights = jnp.exp(scores - scores.max())
    return (weights[:, None] * data).sum(axis=0) / weights.sum()


def _far(z, centres):
    return jnp.sum(jnp.square(centres - z), axis=-1)


def _unmixed(z, x, now):
    alpha, sigma = _parts(now)
    return (z - alpha * x) / sigma


def _means(a, b):
    return jnp.sum((jnp.mean(a, 0) - jnp.mean(b, 0)) ** 2)


def _root(a, b):
    """tr (A B)^½, by the eigenvalues of the product."""
    A, B = np.cov(np.asarray(a, float).T), np.cov(np.asarray(b, float).T)
    return np.sqrt(np.maximum(np.linalg.eigvals(A @ B).real, 0)).sum()


def _traces(a, b):
    return jnp.var(a, axis=0, ddof=1).sum() + jnp.var(b, axis=0, ddof=1).sum()


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("noised", lambda x, t, noise: x + t[:, None] * (noise - x), "along a straight line"),
    ("noised", lambda x, t, noise: _beside(t)[0] * x + (1 - _beside(t)[0]) * noise, "the two shares add up to 1"),
    ("noised", lambda x, t, noise: mapped_noised(noise, t, x), "α and σ swapped"),
    (
        "noised",
        lambda x, t, noise: _beside(t)[0] * x + (1 - _beside(t)[0] ** 2) * noise,
        "σ² times the noise",
    ),
    ("noised", lambda x, t, noise: (b := _beside(t)[1] ** 2) * noise + (1 - b) * x, "α² and σ² for shares"),
    ("noised", lambda x, t, noise: jax.vmap(lambda x, t, e: x + _parts(t)[1] * e)(x, t, noise), "not shrunk"),
    ("noised", lambda x, t, noise: mapped_noised(x, -t, noise), "taken away"),
    (
        "noised",
        lambda x, t, noise: jax.vmap(lambda x, t, e: jnp.sqrt(1 - t) * x + jnp.sqrt(t) * e)(x, t, noise),
        "√(1 − t) and √t",
    ),
    ("noised", lambda x, t, noise: mapped_noised(x, t * 2 / jnp.pi, noise), "without π/2"),
    ("noised", lambda x, t, noise: mapped_noised(x, 2 * t, noise), "π t for the angle"),
    ("noised", lambda x, t, noise: mapped_noised(x, 180 * t / jnp.pi, noise), "in degrees"),
    ("noised", lambda x, t, noise: _parts(t)[0] * x + _parts(t)[1] * noise, "along the columns"),
    ("noised", lambda x, t, noise: _parts(t[0])[0] * x + _parts(t[0])[1] * noise, "the first time"),
    ("log_snr", lambda t: jnp.log(1 / jnp.tan(jnp.pi / 2 * t)), "half of it"),
    ("log_snr", lambda t: 2 * jnp.log(jnp.tan(jnp.pi / 2 * t)), "the ratio is upside down"),
    ("log_snr", lambda t: jnp.log(jnp.tan(jnp.pi / 2 * t)), "upside down, and not squared"),
    ("log_snr", lambda t: 2 * jnp.log10(1 / jnp.tan(jnp.pi / 2 * t)), "base 10"),
    ("log_snr", lambda t: 20 * jnp.log10(1 / jnp.tan(jnp.pi / 2 * t)), "decibels"),
    ("log_snr", lambda t: 2 * jnp.log2(1 / jnp.tan(jnp.pi / 2 * t)), "base 2"),
    ("log_snr", lambda t: jnp.log(_parts(t)[0]) - 2 * jnp.log(_parts(t)[1]), "only the noise is squared"),
    ("log_snr", lambda t: 2 * jnp.log(_parts(t)[0]) - jnp.log(_parts(t)[1]), "only the signal is squared"),
    ("log_snr", lambda t: jnp.tan(jnp.pi / 2 * t) ** -2.0, "without a logarithm"),
    ("log_snr", lambda t: jnp.log(jnp.tan(jnp.pi / 2 * t)) ** 2, "the logarithm squared"),
    ("log_snr", lambda t: jnp.log(_parts(t)[0]) / jnp.log(_parts(t)[1]), "a ratio of logarithms"),
    ("log_snr", lambda t: 2 * jnp.log(_parts(t)[0]), "the noise is left out"),
    ("log_snr", lambda t: -2 * jnp.log(jnp.tan(t)), "without π/2"),
    ("log_snr", lambda t: -2 * jax.scipy.special.logit(t), "1 − t and t"),
    (
        "best_guess",
        lambda z, data, alpha, sigma: (w := jnp.exp(-_far(z, alpha * data) / 2 / sigma**2)) @ data / jnp.sum(w),
        "and so 0/0",
    ),
    ("best_guess", lambda z, data, alpha, sigma: _scored(-_far(z, data) / 2 / sigma**2, data), "not to α x"),
    (
        "best_guess",
        lambda z, data, alpha, sigma: _scored(-_far(z, alpha * data) / sigma**2, data),
        "the ½ of the bell is missing",
    ),
    (
        "best_guess",
        lambda z, data, alpha, sigma: _scored(-_far(z, alpha * data) / sigma / 2, data),
        "where σ is to be squared",
    ),
    (
        "best_guess",
        lambda z, data, alpha, sigma: _scored(_far(z, alpha * data) / 2 / sigma**2, data),
        "without a minus sign",
    ),
    (
        "best_guess",
        lambda z, data, alpha, sigma: _scored(-jnp.linalg.norm(z - alpha * data, axis=1) / 2 / sigma**2, data),
        "not squared",
    ),
    (
        "best_guess",
        lambda z, data, alpha, sigma: jax.nn.one_hot(jnp.argmin(_far(z, alpha * data)), len(data)) @ data,
        "the nearest point alone",
    ),
    ("best_guess", lambda z, data, alpha, sigma: jnp.ones(len(data)) @ data / len(data), "the mean of all"),
    (
        "best_guess",
        lambda z, data, alpha, sigma: (jnp.exp(-_far(z, alpha * data) / 2 / sigma**2)[:, None] * data).sum(axis=0),
        "do not add up to 1",
    ),
    (
        "best_guess",
        lambda z, data, alpha, sigma: (
            jax.nn.softmax(-_far(z, alpha * data)[:, None] / 2 / sigma**2, axis=1) * data
        ).sum(axis=0),
        "the sum of all the data",
    ),
    ("best_guess", lambda z, data, alpha, sigma: softmax_guess(z, data, alpha, sigma) * alpha, "α times the guess"),
    (
        "best_guess",
        lambda z, data, alpha, sigma: (jax.nn.softmax(-((z - alpha * data) ** 2) / 2 / sigma**2, axis=0) * data).sum(
            axis=0
        ),
        "for each number by itself",
    ),
    (
        "best_guess",
        lambda z, data, alpha, sigma: jax.nn.softmax(-((z - alpha * data) ** 2).sum(0) / 2 / sigma**2) @ data,
        "summed over the points",
    ),
    ("best_guess", lambda z, data, alpha, sigma: z / alpha if alpha else z * jnp.inf, "as if there were no noise"),
    ("to_score", lambda z, x, alpha, sigma: -gradient_score(z, x, alpha, sigma), "the opposite"),
    ("to_score", lambda z, x, alpha, sigma: z / sigma - alpha / sigma * x, "the noise, (z − α x)/σ"),
    ("to_score", lambda z, x, alpha, sigma: -(z / sigma - alpha / sigma * x), "minus the noise"),
    ("to_score", lambda z, x, alpha, sigma: gradient_score(z, x, 1.0, sigma), "without α"),
    ("to_score", lambda z, x, alpha, sigma: -(z - alpha * x), "not divided"),
    ("to_score", lambda z, x, alpha, sigma: (x - z / alpha) / sigma**2, "by α besides"),
    ("to_score", lambda z, x, alpha, sigma: gradient_score(z, x, alpha, sigma) / 2, "half of it"),
    ("to_score", lambda z, x, alpha, sigma: gradient_score(z, 0 * x, alpha, sigma), "x is left out"),
    ("to_score", lambda z, x, alpha, sigma: jax.grad(lambda z: -(z**2).sum() / 2)(z), "of pure noise"),
    (
        "to_score",
        lambda z, x, alpha, sigma: -0.5 * jnp.square((z - alpha * x) / sigma),
        "the log density itself",
    ),
    (
        "to_score",
        lambda z, x, alpha, sigma: jax.grad(lambda x: -((z - alpha * x) ** 2).sum() / 2 / sigma**2)(x),
        "the slope in x",
    ),
    ("to_score", lambda z, x, alpha, sigma: gradient_score(z, x, sigma, alpha), "α and σ swapped"),
    ("to_data", lambda z, noise, alpha, sigma: solved_data(z, noise, 1.0, sigma), "not divided by α"),
    ("to_data", lambda z, noise, alpha, sigma: solved_data(z, noise, alpha, sigma**2), "(z − σ² ε)/α"),
    (
        "to_data",
        lambda z, noise, alpha, sigma: solved_data(z, noise, alpha, -(sigma**2)),
        "as if the noise were a score",
    ),
    ("to_data", lambda z, noise, alpha, sigma: solved_data(z, -noise, alpha, sigma), "is added once more"),
    ("to_data", lambda z, noise, alpha, sigma: -solved_data(z, noise, alpha, sigma), "the opposite"),
    ("to_data", lambda z, noise, alpha, sigma: solved_data(z, noise, alpha, 1.0), "not multiplied by σ"),
    ("to_data", lambda z, noise, alpha, sigma: z / sigma - noise, "by σ instead of α"),
    ("to_data", lambda z, noise, alpha, sigma: solved_data(z, noise, sigma, alpha), "α and σ swapped"),
    ("to_data", lambda z, noise, alpha, sigma: z - sigma / alpha * noise, "brackets are missing"),
    ("to_data", lambda z, noise, alpha, sigma: z * (1 / alpha) - sigma * noise, "only z is divided"),
    ("to_data", lambda z, noise, alpha, sigma: alpha * z - alpha * sigma * noise, "a product instead"),
    ("to_data", lambda z, noise, alpha, sigma: solved_data(z, noise, alpha, sigma) / alpha, "/α²"),
    ("to_data", lambda z, noise, alpha, sigma: -(sigma * noise) + z * alpha, "a velocity"),
    ("ddim_step", lambda z, x, now, then: x + 0 * z, "a jump to x"),
    ("ddim_step", lambda z, x, now, then: by_hand_step(_parts(now)[0] * x, x, now, then), "without noise"),
    (
        "ddim_step",
        lambda z, x, now, then: _parts(then)[0] * x + _parts(now)[1] * _unmixed(z, x, now),
        "does not become less",
    ),
    ("ddim_step", lambda z, x, now, then: diffusion.noised(x, jnp.float32(then), z), "z in the place of the noise"),
    (
        "ddim_step",
        lambda z, x, now, then: diffusion.noised(x, jnp.float32(then), z - _parts(now)[0] * x),
        "not divided by its σ",
    ),
    (
        "ddim_step",
        lambda z, x, now, then: diffusion.noised(x, jnp.float32(then), -diffusion.score(z, x, now)),
        "minus the score",
    ),
    (
        "ddim_step",
        lambda z, x, now, then: _parts(now)[0] * x + _parts(then)[1] * _unmixed(z, x, now),
        "the old α for x",
    ),
    ("ddim_step", lambda z, x, now, then: x + _parts(then)[1] * _unmixed(z, x, now), "x not shrunk"),
    (
        "ddim_step",
        lambda z, x, now, then: diffusion.noised(x, jnp.float32(then), (z - x) / _parts(now)[1]),
        "before it is taken away",
    ),
    ("ddim_step", lambda z, x, now, then: diffusion.ddim_step(z, x, then, now) if then else z * jnp.inf, "swapped"),
    ("ddim_step", lambda z, x, now, then: z + (now - then) / now * (x - z), "a straight line"),
    (
        "ddim_step",
        lambda z, x, now, then: _parts(then)[0] * x + _parts(then)[1] ** 2 * _unmixed(z, x, now),
        "squared: σ² ε",
    ),
    ("ddim_step", lambda z, x, now, then: diffusion.ddim_step(z, x, now, then, eta=1.0), "DDPM's mean"),
    (
        "ddim_step",
        lambda z, x, now, then: by_hand_step(z, x, now * 2 / math.pi, then * 2 / math.pi),
        "without π/2",
    ),
    ("new_noise", lambda now, then: jnp.square(by_hand_new(now, then)), "the variance, not"),
    (
        "new_noise",
        lambda now, then: jnp.sqrt(1 - (_parts(now)[0] / _parts(then)[0]) ** 2),
        "the noise of a step forwards",
    ),
    (
        "new_noise",
        lambda now, then: 1 - (_parts(now)[0] / _parts(then)[0]) ** 2,
        "the variance of a step forwards",
    ),
    (
        "new_noise",
        lambda now, then: by_hand_new(now, then) * jnp.sqrt(1 - (_parts(now)[0] / _parts(then)[0]) ** 2),
        "the root left out",
    ),
    (
        "new_noise",
        lambda now, then: _parts(now)[1] / _parts(then)[1] * jnp.sqrt(1 - (_parts(now)[0] / _parts(then)[0]) ** 2),
        "the ratio of the noise is upside down",
    ),
    ("new_noise", lambda now, then: beta_new(then, now), "the root of a negative number"),
    (
        "new_noise",
        lambda now, then: _parts(then)[1] / _parts(now)[1] * jnp.sqrt(1 - (_parts(now)[0] / _parts(then)[0])),
        "not squared under the root",
    ),
    (
        "new_noise",
        lambda now, then: jnp.sqrt((_parts(then)[1] / _parts(now)[1]) * (1 - (_parts(now)[0] / _parts(then)[0]) ** 2)),
        "under the root, not squared",
    ),
    ("new_noise", lambda now, then: by_hand_new(now, then) * _parts(now)[1], "no division by σₜ"),
    ("new_noise", lambda now, then: _parts(then)[1], "all the noise is new"),
    (
        "new_noise",
        lambda now, then: jnp.sqrt(_parts(then)[1] ** 2 - by_hand_new(now, then) ** 2),
        "that is kept",
    ),
    (
        "new_noise",
        lambda now, then: jnp.sqrt(_parts(then)[0] ** 2 - _parts(now)[0] ** 2),
        "the difference of the two σ²",
    ),
    ("new_noise", lambda now, then: by_hand_new(now * 2 / jnp.pi, then * 2 / jnp.pi), "without π/2"),
    ("frechet", lambda a, b: frechet_distance(a - a.mean(0), b - b.mean(0)), "the means left out"),
    ("frechet", _means, "of the means alone"),
    (
        "frechet",
        lambda a, b: jnp.linalg.norm(a.mean(0) - b.mean(0)) + _traces(a, b) - 2 * _root(a, b),
        "not squared",
    ),
    (
        "frechet",
        lambda a, b: jnp.mean((a.mean(0) - b.mean(0)) ** 2) + _traces(a, b) - 2 * _root(a, b),
        "the mean over the features",
    ),
    ("frechet", lambda a, b: _means(a, b) + _traces(a, b) - _root(a, b), "the 2 missing"),
    (
        "frechet",
        lambda a, b: _means(a, b) + _traces(a, b) - 2 * (jnp.cov(a.T) * jnp.cov(b.T)).sum(),
        "the root left out",
    ),
    (
        "frechet",
        lambda a, b: _means(a, b) + jnp.trace(jnp.cov(a.T) + jnp.cov(b.T) - 2 * jnp.sqrt(jnp.cov(a.T) @ jnp.cov(b.T))),
        "a root of each entry",
    ),
    (
        "frechet",
        lambda a, b: _means(a, b) + _traces(a, b) - 2 * jnp.trace(jnp.sqrt(jnp.cov(a.T) * jnp.cov(b.T))),
        "each feature by itself, its width",
    ),
    ("frechet", lambda a, b: _means(a, b) + jnp.sum((a.std(0) - b.std(0)) ** 2), "which divides by n"),
    (
        "frechet",
        lambda a, b: _means(a, b) + jnp.linalg.norm(jnp.cov(a.T) - jnp.cov(b.T)) ** 2,
        "squared differences of the covariances",
    ),
    (
        "frechet",
        lambda a, b: _means(a, b) + _traces(a, b) - 2 * jnp.sqrt((jnp.cov(a.T) * jnp.cov(b.T)).sum()),
        "in the other order",
    ),
    ("frechet", lambda a, b: math.sqrt(sqrtm_frechet(np.asarray(a), np.asarray(b))), "the root of it all"),
    (
        "frechet",
        lambda a, b: (
            _means(a, b)
            + jnp.trace((A := jnp.cov(a.T, bias=True)) + (B := jnp.cov(b.T, bias=True)))
            - 2 * jnp.sqrt(jnp.maximum(jnp.linalg.eigvals(A @ B).real, 0)).sum()
        ),
        "over n, not n − 1",
    ),
    (
        "frechet",
        lambda a, b: (
            _means(a, b) + np.trace((A := np.cov(a)) + (B := np.cov(b))) - 2 * scipy.linalg.sqrtm(A @ B).real.trace()
        ),
        "the covariances of the rows",
    ),
]
