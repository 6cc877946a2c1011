"""The checks of chapter 4, Variational autoencoders.

>>> from likely.checks import vae as check
>>> check.gaussian_kl(gaussian_kl)  # a verdict on the reader's function `gaussian_kl`
"""

from __future__ import annotations

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import LOG_2, f32, normal, softmax
from likely.measures.bounds import bernoulli_log_likelihood, importance_weighted_bound
from likely.measures.bounds import gaussian_kl as _gaussian_kl

__all__ = [
    "active_latents",
    "beta_loss",
    "elbo",
    "exact_log_likelihood",
    "gaussian_kl",
    "importance_weighted",
    "sample_code",
    "score_gradient",
]

_LOG_TAU = math.log(2 * math.pi)

# ---------------------------------------------------------------------- inputs


def _gaussians(rng):
    yield f32(0), f32(0)
    yield f32(2), f32(0)
    yield f32(0), f32(-2)
    yield f32(1, -3), f32(0.5, -1)
    for shape in ((3,), (4, 4), (2, 5), (2, 3, 3), (8, 16)):
        yield 1.5 * normal(rng, *shape, around=0.3), normal(rng, *shape, around=-1)


def _gaussians_to_draw_from(rng):
    yield jax.random.key(1), f32([1, -2]), f32([0.5, -1])
    yield jax.random.key(2), f32([1, 2], [-2, 0.5]), f32([-2, 1], [0.5, 1.5])
    for seed, (batch, latent) in enumerate(((1, 3), (2, 3), (3, 2)), start=3):
        mean = rng.choice([-1, 1], (batch, latent)) * rng.uniform(1, 3, (batch, latent))
        yield jax.random.key(seed), mean.astype(np.float32), rng.uniform(0.5, 1.5, (batch, latent)).astype(np.float32)


def _pictures(rng):
    """In the last two some logits are sure of their pixel, and some of those are wrong."""
    yield f32([1]), f32([1]), f32([0.5]), f32([-1])
    yield f32([0, 1]), f32([-1, 2]), f32([1, -1]), f32([-1, 0.5])
    for batch, pixels, latent in ((2, 2, 2), (3, 3, 3), (4, 6, 2), (5, 20, 4), (3, 49, 8)):
        x = (rng.random((batch, pixels)) < 0.4).astype(np.float32)
        yield x, 2 * normal(rng, batch, pixels), normal(rng, batch, latent, around=0.5), normal(rng, batch, latent)
    yield f32([0, 1]), f32([-2, -40]), f32([1]), f32([-1])
    yield f32([1, 0, 1], [0, 0, 1]), f32([90, -1, 3], [120, -150, 1]), f32([1, 0], [2, 1]), f32([-1, 0.5], [0, -2])


def _log_weights(rng):
    """In nats; in those about −1000 no weight can be told from 0, and in the last ones the columns are far apart."""
    yield (f32(-2),)
    yield (f32(-1, -3),)
    yield (f32(-1000, -1001, -1003),)
    yield (f32([-1, -3, -2], [-2, 0.5, -4], [-5, 1, -1]),)
    for shape in ((4, 4), (6, 3), (5, 2, 3)):
        yield (3 * normal(rng, *shape, around=-5),)
    yield (2 * normal(rng, 10, 6) - 1000,)
    yield (2 * normal(rng, 12, 3) + f32(-1000, -80, 300),)


class _Function:
    """A function of numbers, array in and array out, shown as its formula."""

    def __init__(self, formula: str, function):
        self.formula, self.function = formula, function

    def __call__(self, z):
        return self.function(z)

    def __repr__(self) -> str:
        return self.formula


_SCORED = 50_000  # draws of an estimate: the standard error of a right one is at most 1.1 % here


def _functions(_):
    """For the step, the sign and the floor, the slope of f itself is 0 wherever it has one."""
    for seed, (formula, function, mean, scale) in enumerate(
        (
            ("z", lambda z: 1 * z, 0.5, 1.0),
            ("5 where z > 1, else 0", lambda z: jnp.where(z > 1, 5.0, 0.0), 0.3, 2.0),
            ("the sign of z", jnp.sign, 0.5, 0.5),
            ("z²", lambda z: z**2, 1.0, 0.5),
            ("−tanh(2 z)", lambda z: -jnp.tanh(2 * z), -0.3, 1.0),
            ("z rounded down", jnp.floor, -1.2, 1.5),
        )
    ):
        yield jax.random.key(seed), _Function(formula, function), mean, scale, _SCORED


def _distortions_and_rates(rng):
    yield f32(10), f32([2]), 1.0, 0.0
    yield f32(10, 20), f32([0.1], [0.5]), 2.0, 0.5
    yield f32(10, 14), f32([3, 0.1], [0.2, 0.1]), 0.5, 0.5
    for batch, latent, beta, free in ((3, 3, 4.0, 0.2), (4, 2, 1.0, 0.1), (5, 8, 0.5, 0.3), (32, 16, 3.0, 1.0)):
        rates = rng.gamma(0.5, 1, (batch, latent)) * rng.permutation(np.linspace(0.1, 1.9, latent))
        yield rng.uniform(50, 90, batch).astype(np.float32), rates.astype(np.float32), beta, free


def _linear_models(rng):
    """Pictures drawn from the model; the smallest W are square, so that a WᵀW there is wrong and not refused."""
    yield f32([3]), f32([2]), f32(1), 0.5
    for batch, pixels, latent, sigma in (
        (1, 2, 2, 0.5),
        (3, 3, 3, 0.7),
        (2, 4, 3, 2.0),
        (4, 6, 2, 0.3),
        (3, 2, 3, 1.5),
    ):
        yield _linear_model(rng, batch, pixels, latent, sigma)
    yield _linear_model(rng, 5, 64, 4, 0.1)  # its determinant is below the smallest float


def _linear_model(rng, batch, pixels, latent, sigma):
    W, b = rng.normal(size=(pixels, latent)), rng.uniform(1, 2, pixels)
    W /= max(1, math.sqrt(pixels) / 2)
    x = rng.normal(size=(batch, latent)) @ W.T + b + sigma * rng.normal(size=(batch, pixels))
    return x.astype(np.float32), W.astype(np.float32), b.astype(np.float32), sigma


def _codes(rng):
    """Each latent's variance over the data is 2.5 times 0.01 or more, or 0.004 or less; its mean need not be 0."""
    for n, variances, around in (
        (2, (1,), 1),
        (3, (0.001, 1), 1),
        (4, (0.001, 0.004, 0.04, 1), 0),
        (6, (0.0002, 0.0005), 0),
        (5, (0.003, 0.05, 0, 0.9, 0.002), 1),
        (40, (0.9, 0.002, 0.004, 0.8, 0.025, 0.003), 0),
        (200, tuple(0.9 if i % 3 else 0.003 for i in range(16)), 1),
    ):
        z = rng.normal(size=(n, len(variances)))
        z = (z - z.mean(axis=0)) / z.std(axis=0)
        yield ((z * np.sqrt(variances) + around * rng.uniform(0.5, 1.5, len(variances))).astype(np.float32),)


# ---------------------------------------------------------------------- what is held where chance has a part


_DRAWS = 20_000  # codes drawn with each mean and log variance: a mean of so many has a standard error of 0.007 σ


def _share(condition) -> float:
    return float(np.mean(condition))


def _draws(answer, key, mean, log_variance):
    """Of the noise (z − mean)/σ in many codes: who shares it, its mean, width and shape, and what a gradient sees."""
    means, log_variances = (np.tile(a, (_DRAWS, 1)) for a in (mean, log_variance))

    def noise(key):
        return (np.asarray(answer(key, means, log_variances), float) - means) / np.exp(log_variances / 2)

    def alike(one, other):
        return _share(np.abs(one - other) < 1e-3)

    first = noise(key)
    numbers = _share(np.isfinite(first))
    if numbers < 1:
        return {"share of draws that are numbers, not NaN or infinite": (numbers, 1.0)}
    found = {
        "share of draws that are the same with the same key": (alike(first, noise(key)), 1.0),
        "share of draws that are the same with another key": (alike(first, noise(jax.random.fold_in(key, 1))), 0.0),
        "share of codes with the noise of another code": (alike(first[len(mean) :], first[: -len(mean)]), 0.0),
        "share of numbers with the noise of the next one in the code": (alike(first[:, 1:], first[:, :-1]), 0.0),
    }
    if any(abs(got - wanted) > 0.05 for got, wanted in found.values()):
        return found  # of draws that are not independent, mean and width mean nothing
    each = first.reshape(_DRAWS, *mean.shape)
    zero, one = np.zeros(mean.shape), np.ones(mean.shape)
    of_mean, of_log_variance = _slopes(answer, key, mean, log_variance)
    return found | {
        "mean of (z − mean) / σ": (each.mean(axis=0), zero),
        "standard deviation of (z − mean) / σ": (each.std(axis=0), one),
        "share of z within σ of the mean": (np.mean(np.abs(each) < 1, axis=0), math.erf(0.5**0.5) * one),
        "slope of z with the mean": (of_mean, 1.0),
        "slope of z with the log variance, over z − mean": (of_log_variance, 0.5),
    }


def _slopes(answer, key, mean, log_variance) -> tuple[float, float]:
    """By how much z moves with its mean, and with its log variance (over z − mean); 0 where JAX cannot tell."""
    try:
        slopes = jax.grad(lambda *gaussian: jnp.sum(answer(key, *gaussian)), argnums=(0, 1))
        of_mean, of_log_variance = slopes(jnp.asarray(mean), jnp.asarray(log_variance))
    except jax.errors.JAXTypeError:  # a function of NumPy was given what JAX follows a gradient with
        return 0.0, 0.0
    away = np.asarray(answer(key, mean, log_variance), float) - mean
    return float(np.mean(of_mean)), float(np.sum(np.asarray(of_log_variance) * away) / np.sum(away**2))


def _estimates(answer, key, f, mean, scale, n):
    def estimate(key):
        return float(answer(key, f, mean, scale, n))

    first = estimate(key)
    return {
        "same key, same estimate (1: yes)": (float(first == estimate(key)), 1.0),
        "another key, same estimate (1: yes)": (float(first == estimate(jax.random.fold_in(key, 1))), 0.0),
        "the estimate": (first, _true_slope(f, mean, scale)),
    }


@functools.cache
def _true_slope(f, mean, scale) -> float:
    """The integral of f(z) p(z) (z − mean)/scale², by a sum over a fine grid."""
    noise, step = np.linspace(-10, 10, 40_001, retstep=True)
    terms = np.asarray(f(mean + scale * noise), float) * noise * np.exp(-(noise**2) / 2)
    return float(terms.sum() * step / (scale * math.sqrt(2 * math.pi)))


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _kl(mean, log_variance):
    """(..., latent): number by number."""
    return np.asarray(_gaussian_kl(mean, log_variance))


def _half(terms):
    return np.sum(terms, axis=-1) / 2


def _noise(key, *shape):
    return np.asarray(jax.random.normal(key, shape))


def _with(width, noise=None, around=1.0):
    """Draws of a given width, a function of the log variance; `around` times the mean."""

    def draw(key, mean, log_variance):
        e = jax.random.normal(key, mean.shape) if noise is None else noise(key, *mean.shape)
        return around * mean + width(log_variance) * e

    return draw


def _sigma(log_variance):
    return jnp.exp(0.5 * log_variance)


def _sample(key, mean, log_variance):
    return _with(_sigma)(key, mean, log_variance)


def _sigmoid(a):
    with np.errstate(over="ignore"):
        return 1 / (1 + np.exp(-a))


def _log_sigmoid(a):
    return -np.logaddexp(np.float32(0), -a)


def _exp(a):
    """Beyond float32 it is infinite."""
    with np.errstate(over="ignore"):
        return np.exp(np.asarray(a, np.float32))


def _log_likelihood(x, logits):
    return np.asarray(bernoulli_log_likelihood(x, logits))


def _rate(mean, log_variance):
    return _kl(mean, log_variance).sum(axis=-1)


def _elbo(x, logits, mean, log_variance):
    return _log_likelihood(x, logits).sum(axis=-1) - _rate(mean, log_variance)


def _with_likelihood(of_picture):
    """A bound in which something else stands for the log likelihood of a picture."""
    return lambda x, logits, mean, log_variance: of_picture(x, logits) - _rate(mean, log_variance)


def _plain_log_likelihood(x, logits, tiny=0.0):
    p = _sigmoid(logits)
    return np.sum(x * np.log(p + np.float32(tiny)) + (1 - x) * np.log(1 - p + np.float32(tiny)), axis=-1)


def _chosen_log_likelihood(x, logits):
    p = _sigmoid(logits)
    return np.sum(np.log(np.where(x > 0, p, 1 - p)), axis=-1)


def _clipped_log_likelihood(x, logits, tiny):
    p = np.clip(_sigmoid(logits), np.float32(tiny), np.float32(1) - np.float32(tiny))
    return np.sum(x * np.log(p) + (1 - x) * np.log(1 - p), axis=-1)


def _iw(log_weights):
    return np.asarray(importance_weighted_bound(log_weights))


def _scored(weight, draw=lambda mean, scale, e: mean + scale * e, take=np.mean):
    """An estimate that takes f(z) times a weight, a function of z, mean and scale."""

    def estimate(key, f, mean, scale, n):
        z = draw(mean, scale, _noise(key, n))
        return take(np.asarray(f(z)) * weight(z, mean, scale))

    return estimate


def _score(z, mean, scale):
    return (z - mean) / scale**2


def _score_gradient(key, f, mean, scale, n):
    return _scored(_score)(key, f, mean, scale, n)


def _log_density(z, mean, scale):
    return -(((z - mean) / scale) ** 2) / 2 - math.log(scale) - _LOG_TAU / 2


def _pathwise(key, f, mean, scale, n):
    z = mean + scale * jax.random.normal(key, (n,))
    return jnp.mean(jax.vmap(jax.grad(f))(z))


def _free_bits(distortion, kl_per_latent, beta, free):
    return np.mean(distortion) + beta * np.sum(np.maximum(kl_per_latent.mean(axis=0), free))


def _covariance(W, sigma):
    return W @ W.T + sigma**2 * np.eye(len(W))


def _log_normal(x, mean, covariance, *, log_determinant=1.0, constant=1.0, half=0.5, square=None):
    """log N(x; mean, covariance) for each row of x, in double precision; the settings spoil parts of it."""
    away, covariance = np.asarray(x, float) - mean, np.asarray(covariance, float)
    square = np.sum(away * np.linalg.solve(covariance, away.T).T, axis=-1) if square is None else square(away)
    size = np.linalg.slogdet(covariance)[1]
    return -half * (square + log_determinant * size + constant * covariance.shape[-1] * _LOG_TAU)


def _linear(x, W, b, sigma, **spoilt):
    return _log_normal(x, np.asarray(b, float), _covariance(np.asarray(W, float), sigma), **spoilt)


def _linear_with(covariance, **spoilt):
    return lambda x, W, b, sigma: _log_normal(x, b, covariance(W, sigma), **spoilt)


def _inner_covariance(W, sigma):
    return W.T @ W + sigma**2 * np.eye(W.shape[1])


def _logarithm_of_determinant(x, W, b, sigma):
    """In single precision, as in JAX, where a small determinant is 0."""
    with np.errstate(divide="ignore"):
        log_determinant = np.log(np.linalg.det(_covariance(W, sigma)).astype(np.float32))
    return _linear(x, W, b, sigma, log_determinant=0) - log_determinant / 2


def _active(means, threshold=0.01):
    return np.sum(np.var(means, axis=0, dtype=float) > threshold)


_BITS = "The course counts in nats, and the same cost is 1.44 times as large a number in bits."
_AXIS = "over which axis do the numbers of a code lie?"
_EACH = "Each picture has a bound of its own, and which is the hardest is worth knowing."

# ---------------------------------------------------------------------- the exercises

gaussian_kl = make_check(
    "gaussian_kl",
    _rate,
    _gaussians,
    [
        WrongIdea(
            "a −1 for the whole code instead of one for each number",
            lambda mean, log_variance: (_half(mean**2 + np.exp(log_variance) - log_variance)) - np.float32(0.5),
            "A code of many numbers that is the prior would then cost half a nat for each number but one.",
            "does the −1 stand inside the sum or behind it?",
        ),
        WrongIdea(
            "a ½ that is taken of the squared mean alone",
            lambda mean, log_variance: np.sum(mean**2 / 2 + np.exp(log_variance) - log_variance - 1, axis=-1),
            "The width would count twice against the mean.",
            "what does the ½ stand in front of?",
        ),
        WrongIdea(
            "−KL: the sum with its sign turned",
            lambda mean, log_variance: -_rate(mean, log_variance),
            "A divergence is never below 0; many programs have −½ in front, and then the signs inside are turned too.",
            "what should come out for the code of another mean, above 0 or below?",
        ),
        WrongIdea(
            "a sum without its ½",
            lambda mean, log_variance: 2 * _rate(mean, log_variance),
            "The rate would count twice, which is another trade-off: that of β = 2.",
            "what stands in front of the sum?",
        ),
        WrongIdea(
            "a sum without its −1",
            lambda mean, log_variance: _half(mean**2 + np.exp(log_variance) - log_variance),
            "A code that is the prior costs nothing, and here it costs half a nat for each of its numbers.",
            "what should come out for mean 0 and variance 1?",
        ),
        WrongIdea(
            "the log variance taken for the variance",
            lambda mean, log_variance: _half(mean**2 + log_variance - np.log(log_variance) - 1),
            "A log variance may be any number, and below 0 it has no logarithm. That is why networks answer with it.",
            "how do you get the variance from its logarithm?",
        ),
        WrongIdea(
            "the log variance taken for the logarithm of the standard deviation",
            lambda mean, log_variance: _half(mean**2 + np.exp(2 * log_variance) - 2 * log_variance - 1),
            "Many programs have their networks answer with log σ; here it is log σ², twice as much.",
            "what is the exponential of a log variance?",
        ),
        WrongIdea(
            "the standard deviation in place of the variance",
            lambda mean, log_variance: _half(mean**2 + np.exp(log_variance / 2) - log_variance - 1),
            "It is least at another width than 1, so codes would be drawn to a width that the prior has not.",
            "is it σ or σ²?",
        ),
        WrongIdea(
            "the KL turned round, of the prior from q",
            lambda mean, log_variance: _half((1 + mean**2) / np.exp(log_variance) + log_variance - 1),
            "The bound is an average over what q draws, and so q comes first.",
            "which of the two is divided by the other's variance?",
        ),
        WrongIdea(
            "the log variance added instead of subtracted",
            lambda mean, log_variance: _half(mean**2 + np.exp(log_variance) + log_variance - 1),
            "The narrower the code, the less it would cost, and it would shrink to a point.",
            "should a very narrow code be cheap or dear?",
        ),
        WrongIdea(
            "no log variance: ½ (mean² + variance − 1)",
            lambda mean, log_variance: _half(mean**2 + np.exp(log_variance) - 1),
            "A code of no width would be cheapest of all, though it says exactly where it is.",
            "one term is missing.",
        ),
        WrongIdea(
            "a mean that is not squared",
            lambda mean, log_variance: _half(mean + np.exp(log_variance) - log_variance - 1),
            "Codes far to the left would cost less than nothing.",
            "is a mean of −2 any nearer to the prior than one of 2?",
        ),
        WrongIdea(
            "the size of the mean instead of its square",
            lambda mean, log_variance: _half(np.abs(mean) + np.exp(log_variance) - log_variance - 1),
            "The logarithm of a normal density is a square.",
            "what is done to the mean in the formula?",
        ),
        WrongIdea(
            "no mean: what the width costs by itself",
            lambda mean, log_variance: _half(np.exp(log_variance) - log_variance - 1),
            "Codes could then lie anywhere, and what is drawn from the prior would not hit them.",
            "one term is missing.",
        ),
        WrongIdea(
            "a mean over the numbers of a code instead of a sum",
            lambda mean, log_variance: _kl(mean, log_variance).mean(axis=-1),
            "Each number of a code costs something, and a longer code costs more.",
            "what do you do with the terms?",
        ),
        WrongIdea(
            "the terms, not added up",
            _kl,
            "They say what each number of a code costs; a code costs their sum.",
            "one step is left.",
        ),
        WrongIdea(
            "a sum over the first axis",
            lambda mean, log_variance: _kl(mean, log_variance).sum(axis=0),
            "That mixes different pictures.",
            _AXIS,
        ),
        WrongIdea(
            "a sum over the batch too",
            lambda mean, log_variance: _kl(mean, log_variance).sum(),
            "Each picture has a code, and each code has a cost of its own.",
            _AXIS,
        ),
        WrongIdea(
            "a mean over the batch",
            lambda mean, log_variance: _rate(mean, log_variance).mean(),
            "Each picture has a code, and each code has a cost of its own.",
            _AXIS,
        ),
        WrongIdea(
            "an answer in bits",
            lambda mean, log_variance: _rate(mean, log_variance) / LOG_2,
            _BITS,
            "which logarithm has base e?",
        ),
    ],
)

sample_code = make_check(
    "sample_code",
    _sample,
    _gaussians_to_draw_from,
    [
        WrongIdea(
            "noise times the root of the log variance",
            _with(jnp.sqrt),
            "A log variance may be below 0, where it has no root; the root to take is that of the variance.",
            "how do you get the variance from its logarithm?",
        ),
        WrongIdea(
            "noise times the variance instead of the standard deviation: an exponential without the half",
            _with(jnp.exp),
            "Wide codes become wider and narrow ones narrower than the encoder said, and the KL no longer fits them.",
            "of what is the standard deviation the root?",
        ),
        WrongIdea(
            "noise times the log variance",
            _with(lambda log_variance: log_variance),
            "A log variance of 0 means a width of 1, not of 0.",
            "how do you get a width from the logarithm of its square?",
        ),
        WrongIdea(
            "noise times half the log variance, without the exponential",
            _with(lambda log_variance: log_variance / 2),
            "That is the logarithm of the width.",
            "one step is left.",
        ),
        WrongIdea(
            "noise times one over the standard deviation",
            _with(lambda log_variance: jnp.exp(-log_variance / 2)),
            "The surer the encoder, the wider its codes would be.",
            "is there a minus in the exponent?",
        ),
        WrongIdea(
            "noise times the exponential of twice the log variance",
            _with(lambda log_variance: jnp.exp(2 * log_variance)),
            "The square of the variance is further from the standard deviation than the variance is.",
            "is it twice, or half?",
        ),
        WrongIdea(
            "noise that is not scaled",
            _with(jnp.ones_like),
            "All codes would be as wide as the prior, whatever the encoder says.",
            "where does the log variance enter?",
        ),
        WrongIdea(
            "one number of noise for all",
            _with(_sigma, lambda key, *shape: jax.random.normal(key)),
            "All codes would be moved together, and their numbers too; the prior's are independent.",
            "which shape has the noise?",
        ),
        WrongIdea(
            "the same noise for all numbers of a code",
            _with(_sigma, lambda key, batch, latent: jax.random.normal(key, (batch, 1))),
            "The numbers of a code would all be moved together, as if it had but one.",
            "which shape has the noise?",
        ),
        WrongIdea(
            "the same noise for all codes of the batch",
            _with(_sigma, lambda key, batch, latent: jax.random.normal(key, (latent,))),
            "What chance does to a step would no longer average out over the batch.",
            "which shape has the noise?",
        ),
        WrongIdea(
            "uniform noise between 0 and 1",
            _with(_sigma, lambda key, *shape: jax.random.uniform(key, shape)),
            "It is never below 0, so all codes are moved to one side.",
            "which distribution has mean 0 and variance 1, and is q made of?",
        ),
        WrongIdea(
            "uniform noise between −1 and 1",
            _with(_sigma, lambda key, *shape: jax.random.uniform(key, shape, minval=-1, maxval=1)),
            "Its width is 0.58, not 1, and it has no tails.",
            "which distribution has mean 0 and variance 1, and is q made of?",
        ),
        WrongIdea(
            "uniform noise, scaled to a width of 1",
            _with(_sigma, lambda key, *shape: jax.random.uniform(key, shape, minval=-(3**0.5), maxval=3**0.5)),
            "Mean and width are right, but the density is not the one that the KL is computed with.",
            "which distribution is q?",
        ),
        WrongIdea(
            "a key of its own in place of the one that is given",
            _with(_sigma, lambda key, *shape: jax.random.normal(jax.random.key(0), shape)),
            "The noise would be the same at every step, and a decoder learns to undo noise that it knows.",
            "where does `key` enter?",
        ),
        WrongIdea(
            "NumPy's generator in place of the key",
            _with(_sigma, lambda key, *shape: np.random.default_rng().normal(size=shape)),
            "A run could not be repeated; and compiled by JAX, the noise would be drawn once and stay as it is.",
            "where does `key` enter?",
        ),
        WrongIdea(
            "the mean alone, without noise",
            lambda key, mean, log_variance: 1 * mean,
            "That is an autoencoder again, with nothing between its codes.",
            "where do `key` and the log variance enter?",
        ),
        WrongIdea(
            "noise without the mean",
            _with(_sigma, around=0),
            "All pictures would have their codes in the same place, and the decoder could not tell them apart.",
            "around what are the codes drawn?",
        ),
        WrongIdea(
            "the mean scaled along with the noise",
            lambda key, mean, log_variance: (mean + jax.random.normal(key, mean.shape)) * _sigma(log_variance),
            "The mean is where the codes are drawn around, as it stands.",
            "what comes first, the product or the sum?",
        ),
        WrongIdea(
            "noise that multiplies the mean",
            lambda key, mean, log_variance: mean * (1 + _sigma(log_variance) * jax.random.normal(key, mean.shape)),
            "A code at 0 would have no width at all.",
            "is the noise added or multiplied?",
        ),
        WrongIdea(
            "mean, width and noise multiplied",
            lambda key, mean, log_variance: mean * _sigma(log_variance) * jax.random.normal(key, mean.shape),
            "All codes would be drawn around 0.",
            "which of the three are multiplied, and which is added?",
        ),
        WrongIdea(
            "a draw that lets no gradient through, as from NumPy's functions or behind `stop_gradient`",
            lambda key, mean, log_variance: jax.lax.stop_gradient(_sample(key, mean, log_variance)),
            "The draws are right, but the encoder could not learn from what the decoder made of them.",
            "write it with `jnp` and `jax.random` throughout.",
        ),
    ],
    statistics=_draws,
    rtol=0.02,
    atol=0.06,
)

elbo = make_check(
    "elbo",
    _elbo,
    _pictures,
    [
        WrongIdea(
            "1 − log s(a) in place of log(1 − s(a))",
            _with_likelihood(lambda x, a: np.sum(x * _log_sigmoid(a) + (1 - x) * (1 - _log_sigmoid(a)), axis=-1)),
            "The logarithm of what is left of 1 is not what is left of 1 by the logarithm.",
            "which is done first, the subtraction or the logarithm?",
        ),
        WrongIdea(
            "log s(1 − a) in place of log(1 − s(a))",
            _with_likelihood(lambda x, a: np.sum(x * _log_sigmoid(a) + (1 - x) * _log_sigmoid(1 - a), axis=-1)),
            "A sigmoid is turned round by the sign of its logit: 1 − s(a) = s(−a).",
            "what is s(a) + s(−a)?",
        ),
        WrongIdea(
            "the logarithm of 1 + e^a as it stands",
            _with_likelihood(lambda x, a: np.sum(x * a - np.log(1 + _exp(a)), axis=-1)),
            "It is right on paper, but e to the power of 90 is beyond float32.",
            "which function of `jax.nn` is log(1 + e^a), for any a?",
        ),
        WrongIdea(
            "the KL added instead of subtracted",
            lambda x, logits, mean, log_variance: _log_likelihood(x, logits).sum(axis=-1) + _rate(mean, log_variance),
            "The bound would rise with what the code costs, without end.",
            "is a dear code a gain or a loss?",
        ),
        WrongIdea(
            "the loss, which is the bound with its sign turned",
            lambda *given: -_elbo(*given),
            "It is what training makes small; the bound is to be as high as it can, and is below log p(x).",
            "can the logarithm of a probability be above 0?",
        ),
        WrongIdea(
            "the log likelihood with its sign turned: a cross-entropy, minus the KL",
            _with_likelihood(lambda x, logits: -_log_likelihood(x, logits).sum(axis=-1)),
            "Cross-entropy is the log likelihood with a minus; the bound would rise as the pictures get worse.",
            "should a good picture raise the bound, or lower it?",
        ),
        WrongIdea(
            "the log likelihood alone, without the KL",
            lambda x, logits, mean, log_variance: _log_likelihood(x, logits).sum(axis=-1),
            "With nothing that codes cost, they run apart, and the space between them is empty.",
            "what do mean and log variance cost?",
        ),
        WrongIdea(
            "a mean over the pixels instead of a sum",
            _with_likelihood(lambda x, logits: _log_likelihood(x, logits).mean(axis=-1)),
            "One nat of code then weighs as much as one nat in every pixel, and codes carry nothing.",
            "the probability of a picture is a product over its pixels; what is its logarithm?",
        ),
        WrongIdea(
            "means over pixels and over the numbers of a code instead of sums",
            lambda x, logits, mean, log_variance: (
                _log_likelihood(x, logits).mean(axis=-1) - _kl(mean, log_variance).mean(axis=-1)
            ),
            "The two have different numbers of terms, so a mean of each changes what one costs against the other.",
            "the probability of a picture is a product over its pixels; what is its logarithm?",
        ),
        WrongIdea(
            "a mean over the numbers of a code instead of a sum",
            lambda x, logits, mean, log_variance: (
                _log_likelihood(x, logits).sum(axis=-1) - _kl(mean, log_variance).mean(axis=-1)
            ),
            "Each number of a code has its cost.",
            "exercise 1 adds up over the last axis.",
        ),
        WrongIdea(
            "a sigmoid applied twice: probabilities taken for logits",
            _with_likelihood(lambda x, logits: _log_likelihood(x, _sigmoid(logits)).sum(axis=-1)),
            "A sigmoid of a probability lies between 0.5 and 0.73, so no pixel could ever be black for sure.",
            "does your log likelihood take logits or probabilities?",
        ),
        WrongIdea(
            "logits taken for probabilities",
            _with_likelihood(lambda x, logits: np.sum(x * np.log(logits) + (1 - x) * np.log(1 - logits), axis=-1)),
            "A logit may be any number; the sigmoid makes a probability of it.",
            "what is P(1) for a logit of 0?",
        ),
        WrongIdea(
            "a squared error in place of the log likelihood",
            _with_likelihood(lambda x, logits: -np.sum((x - _sigmoid(logits)) ** 2, axis=-1)),
            "It belongs to pixels that are normal, all of one width; these are 0 or 1, and what they cost is in nats.",
            "what is the logarithm of the probability of a pixel?",
        ),
        WrongIdea(
            "half a squared error in place of the log likelihood",
            _with_likelihood(lambda x, logits: -_half((x - _sigmoid(logits)) ** 2)),
            "It belongs to pixels that are normal, of width 1; these are 0 or 1, and what they cost is in nats.",
            "what is the logarithm of the probability of a pixel?",
        ),
        WrongIdea(
            "the pixels that are 1 alone",
            _with_likelihood(lambda x, logits: np.sum(x * -np.logaddexp(0, -logits), axis=-1)),
            "To be black where it should is half the work, and a decoder that paints all white would be perfect.",
            "what does a pixel of 0 cost?",
        ),
        WrongIdea(
            "0 and 1 swapped",
            _with_likelihood(lambda x, logits: _log_likelihood(1 - x, logits).sum(axis=-1)),
            "The decoder would learn to paint negatives.",
            "of which pixels is the sigmoid the probability?",
        ),
        *(
            WrongIdea(
                f"logarithms of sigmoids as they stand, {how}",
                _with_likelihood(plain),
                "It is right on paper, but a sigmoid of 90 is 1 in float32, and log(1 − 1) is minus infinity.",
                "`jax.nn.log_sigmoid` and `jax.nn.softplus` start from the logit; which sigmoid is 1 − s(a)?",
            )
            for how, plain in (
                ("one of them times 0", _plain_log_likelihood),
                ("one chosen for each pixel", _chosen_log_likelihood),
            )
        ),
        *(
            WrongIdea(
                f"a small constant, {tiny:g}, {how}",
                _with_likelihood(lambda x, logits, tiny=tiny, spoilt=spoilt: spoilt(x, logits, tiny)),
                "A decoder that is sure and wrong pays for it, in full; here the constant hides that.",
                "`jax.nn.log_sigmoid` and `jax.nn.softplus` start from the logit, and need no constant.",
            )
            for tiny in (1e-5, 1e-6, 1e-7, 1e-8, 1e-10, 1e-12)
            for how, spoilt in (
                ("added inside the logarithms", _plain_log_likelihood),
                ("that probabilities are kept away from 0 and 1 by", _clipped_log_likelihood),
            )
        ),
        WrongIdea(
            "a mean over the batch",
            lambda *given: _elbo(*given).mean(),
            _EACH,
            "over which axes do you sum?",
        ),
        WrongIdea(
            "a sum over the batch",
            lambda *given: _elbo(*given).sum(),
            _EACH,
            "over which axes do you sum?",
        ),
        WrongIdea(
            "sums over the batch, with a number for each pixel or each number of a code",
            lambda x, logits, mean, log_variance: (
                _log_likelihood(x, logits).sum(axis=0) - _kl(mean, log_variance).sum(axis=0)
            ),
            "That mixes different pictures.",
            "over which axis do the pixels of a picture lie?",
        ),
        WrongIdea(
            "an answer in bits",
            lambda *given: _elbo(*given) / LOG_2,
            _BITS,
            "which logarithm has base e?",
        ),
    ],
)

importance_weighted = make_check(
    "importance_weighted",
    _iw,
    _log_weights,
    [
        WrongIdea(
            "the logarithm of the number of all weights, of every picture, in place of log K",
            lambda log_weights: _iw(log_weights) + math.log(len(log_weights)) - math.log(np.size(log_weights)),
            "K is how many draws each picture has; with more pictures in a batch the bound would fall.",
            "along which axis do the draws lie?",
        ),
        WrongIdea(
            "the mean of the logarithms",
            lambda log_weights: log_weights.mean(axis=0),
            "That is the evidence lower bound, with less chance in it but no higher, however many draws there are.",
            "what comes first, the mean or the logarithm?",
        ),
        WrongIdea(
            "a sum of the weights instead of a mean: log K forgotten",
            lambda log_weights: np.logaddexp.reduce(log_weights, axis=0),
            "It rises with every draw, past log p(x), and bounds nothing.",
            "what should come out if all K weights are the same?",
        ),
        WrongIdea(
            "log K added instead of subtracted",
            lambda log_weights: np.logaddexp.reduce(log_weights, axis=0) + np.log(len(log_weights)),
            "It rises with every draw, past log p(x), and bounds nothing.",
            "what should come out if all K weights are the same?",
        ),
        WrongIdea(
            "the logarithm of the sum divided by K",
            lambda log_weights: np.logaddexp.reduce(log_weights, axis=0) / len(log_weights),
            "The weights are divided by K, not their logarithm: log of a quotient is a difference.",
            "what becomes of 1/K under the logarithm?",
        ),
        WrongIdea(
            "the largest log weight",
            lambda log_weights: log_weights.max(axis=0),
            "One lucky draw would stand for all K, and the more there are, the luckier.",
            "all weights count.",
        ),
        WrongIdea(
            "the largest log weight minus log K",
            lambda log_weights: log_weights.max(axis=0) - np.log(len(log_weights)),
            "It leaves out all weights but one, which is near only where that one is by far the largest.",
            "all weights count.",
        ),
        WrongIdea(
            "exponentials of the log weights as they stand",
            lambda log_weights: np.log(np.mean(np.exp(log_weights), axis=0)),
            "It is right on paper, but e to the power of −1000 is 0 in float32, and log 0 is minus infinity.",
            "subtract the largest first and add it again, or let `jax.nn.logsumexp` do it.",
        ),
        WrongIdea(
            "one shift for all, by the largest log weight of the whole array",
            lambda log_weights: np.log(np.mean(np.exp(log_weights - log_weights.max()), axis=0)) + log_weights.max(),
            "Where another picture is far more probable, all weights of this one are 0, and log 0 is minus infinity.",
            "over which axis is the largest taken?",
        ),
        WrongIdea(
            "a shift that is not taken back",
            lambda log_weights: np.log(np.mean(np.exp(log_weights - log_weights.max(axis=0)), axis=0)),
            "What is left says how even the weights are, not how large.",
            "what was subtracted has to be added again.",
        ),
        WrongIdea(
            "the mean of the weights, without its logarithm",
            lambda log_weights: np.mean(np.exp(log_weights), axis=0),
            "That is an estimate of p(x) itself, and for a picture of some size it is 0 in float32.",
            "the bound is in nats.",
        ),
        WrongIdea(
            "log weights averaged with the weights as shares",
            lambda log_weights: np.sum(softmax(log_weights, axis=0) * log_weights, axis=0),
            "Such shares weigh the gradients of the bound; the bound itself is the logarithm of a mean.",
            "take the mean of the weights.",
        ),
        WrongIdea(
            "the loss, which is the bound with its sign turned",
            lambda log_weights: -_iw(log_weights),
            "The bound is below log p(x), and so below 0 for a picture of pixels that are 0 or 1.",
            "is there a minus in the formula?",
        ),
        WrongIdea(
            "a mean over the last axis",
            lambda log_weights: _iw(np.moveaxis(log_weights, -1, 0)),
            "That mixes the weights of different pictures.",
            "along which axis do the draws lie?",
        ),
        WrongIdea(
            "one number for all pictures",
            lambda log_weights: _iw(log_weights.reshape(-1)),
            "Each picture has a bound of its own.",
            "along which axis do the draws lie?",
        ),
    ],
)

score_gradient = make_check(
    "score_gradient",
    _score_gradient,
    _functions,
    [
        WrongIdea(
            "the width taken for a variance: draws with its root for a width",
            _scored(_score, draw=lambda mean, scale, e: mean + math.sqrt(scale) * e),
            "`scale` is σ, which the noise is multiplied with as it stands.",
            "is the noise multiplied with σ or with its root?",
        ),
        WrongIdea(
            "the score divided by the scale once, instead of twice",
            _scored(lambda z, mean, scale: (z - mean) / scale),
            "z − mean is as large as the scale, so one over the scale remains: a narrow normal has a steep score.",
            "what is the derivative of −(z − mean)² / (2 scale²) with the mean?",
        ),
        WrongIdea(
            "a score of z − mean, not divided by the scale at all",
            _scored(lambda z, mean, scale: z - mean),
            "That is the score of a normal of width 1.",
            "what is the derivative of −(z − mean)² / (2 scale²) with the mean?",
        ),
        WrongIdea(
            "the slope of f at the draws, which is the pathwise estimate",
            _pathwise,
            "It is the better one where f has a slope, and it is what exercise 2 is for; for a step it is 0, since no "
            "draw lies on the edge.",
            "nothing here takes the derivative of f.",
        ),
        WrongIdea(
            "a mean of about 0: the score without f, or with a mean of f taken before",
            lambda key, f, mean, scale, n: np.mean(_score(mean + scale * _noise(key, n), mean, scale)),
            "The score alone is 0 on average, for every distribution; what counts is where f is large.",
            "each draw has its own f and its own score; what comes first, the product or the mean?",
        ),
        WrongIdea(
            "the mean of f, without the score",
            _scored(lambda z, mean, scale: 1),
            "That is the height, and the slope was asked for.",
            "what is f multiplied by?",
        ),
        WrongIdea(
            "a sum over the draws instead of a mean",
            _scored(_score, take=np.sum),
            "It grows with n, and a slope does not.",
            "what do you do with the n terms?",
        ),
        WrongIdea(
            "the n terms, without their mean",
            _scored(_score, take=np.asarray),
            "Each is an estimate by itself, and a bad one.",
            "one step is left.",
        ),
        WrongIdea(
            "the slope with its sign turned",
            _scored(lambda z, mean, scale: -_score(z, mean, scale)),
            "Where f is large to the right, a larger mean makes more of it.",
            "is it z − mean, or mean − z?",
        ),
        WrongIdea(
            "f at the noise instead of at the draws",
            lambda key, f, mean, scale, n: np.mean(np.asarray(f(_noise(key, n))) * _noise(key, n) / scale),
            "f is to be averaged where the normal lies.",
            "how do you get a z from noise of mean 0 and width 1?",
        ),
        WrongIdea(
            "draws around 0 instead of the mean",
            _scored(_score, lambda mean, scale, e: scale * e),
            "f is to be averaged where the normal lies.",
            "how do you get a z from noise of mean 0 and width 1?",
        ),
        WrongIdea(
            "draws of width 1",
            _scored(_score, lambda mean, scale, e: mean + e),
            "They come from another normal than the one whose score is taken.",
            "how do you get a z from noise of mean 0 and width 1?",
        ),
        WrongIdea(
            "draws whose width is the square of the scale",
            _scored(_score, lambda mean, scale, e: mean + scale**2 * e),
            "They come from another normal than the one whose score is taken.",
            "is the scale a standard deviation or a variance?",
        ),
        WrongIdea(
            "the scale taken for the variance",
            _scored(lambda z, mean, scale: (z - mean) / scale, lambda mean, scale, e: mean + scale**0.5 * e),
            "The draws come from a normal of another width than asked for.",
            "is the scale a standard deviation or a variance?",
        ),
        WrongIdea(
            "the slope with the scale instead of with the mean",
            _scored(lambda z, mean, scale: (((z - mean) / scale) ** 2 - 1) / scale),
            "That says what a wider normal would do, and not one that is moved.",
            "with what do you differentiate the log density?",
        ),
        WrongIdea(
            "the slope of the density instead of that of its logarithm",
            _scored(lambda z, mean, scale: np.exp(_log_density(z, mean, scale)) * _score(z, mean, scale)),
            "The draws come as often as the density says, so it would count twice.",
            "of what is the score the derivative?",
        ),
        WrongIdea(
            "the log density instead of its derivative",
            _scored(_log_density),
            "It says how usual a draw is; the score says how that changes as the mean moves.",
            "of what is the score the derivative?",
        ),
        WrongIdea(
            "the score squared",
            _scored(lambda z, mean, scale: _score(z, mean, scale) ** 2),
            "A draw on the left counts against the slope, and a square has no sign.",
            "f is multiplied by the score once.",
        ),
        WrongIdea(
            "a key of its own in place of the one that is given",
            lambda key, *given: _score_gradient(jax.random.key(0), *given),
            "The noise would be the same at every step, and its error would never average out.",
            "where does `key` enter?",
        ),
        WrongIdea(
            "NumPy's generator in place of the key",
            lambda key, *given: _score_gradient(jax.random.key(np.random.default_rng().integers(2**31)), *given),
            "A run could not be repeated; and compiled by JAX, the noise would be drawn once and stay as it is.",
            "where does `key` enter?",
        ),
    ],
    statistics=_estimates,
    rtol=0.1,
    atol=0.1,
)

beta_loss = make_check(
    "beta_loss",
    _free_bits,
    _distortions_and_rates,
    [
        WrongIdea(
            "one mean over batch and latents, held against what is free",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * np.maximum(np.mean(kl_per_latent), free)
            ),
            "A latent that costs much would pay for one that is idle, and the rate would be divided by their number.",
            "over which axis is the mean, and over which the sum?",
        ),
        WrongIdea(
            "the smaller of rate and free nats instead of the larger",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * np.sum(np.minimum(kl_per_latent.mean(axis=0), free))
            ),
            "Then a latent costs something up to the limit, and all above it is free.",
            "below the limit, the cost must not change with the rate.",
        ),
        WrongIdea(
            "a limit on the sum of all latents",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * max(kl_per_latent.sum(axis=1).mean(), free)
            ),
            "One latent may use up what is free, and the others stay empty.",
            "what comes first, the maximum or the sum over latents?",
        ),
        WrongIdea(
            "a limit on the sum of all latents, as many times as large as there are latents",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * max(kl_per_latent.sum(axis=1).mean(), free * kl_per_latent.shape[1])
            ),
            "A few latents may use up what is free, and the others stay empty.",
            "what comes first, the maximum or the sum over latents?",
        ),
        WrongIdea(
            "the maximum for each picture, before the mean over the batch",
            lambda distortion, kl_per_latent, beta, free: np.mean(
                distortion + beta * np.maximum(kl_per_latent, free).sum(axis=1)
            ),
            "A latent that says much of a few pictures and nothing of the rest would pay for the rest too.",
            "what comes first, the maximum or the mean over the batch?",
        ),
        WrongIdea(
            "a limit on the sum of each picture",
            lambda distortion, kl_per_latent, beta, free: np.mean(
                distortion + beta * np.maximum(kl_per_latent.sum(axis=1), free)
            ),
            "What is free is counted for each latent, as a mean over the batch.",
            "over which axis is the mean taken before the maximum?",
        ),
        WrongIdea(
            "what is free subtracted: only what is above it costs something",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * np.sum(np.maximum(kl_per_latent.mean(axis=0) - free, 0))
            ),
            "Its gradient is the same, and training would not notice. But it is less than what is paid, and with "
            "β = 1 it would no longer be a bound.",
            "a maximum of two numbers, and neither is 0.",
        ),
        WrongIdea(
            "latents below the limit left out",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion)
                + beta * np.sum(np.where(kl_per_latent.mean(axis=0) > free, kl_per_latent.mean(axis=0), 0))
            ),
            "The loss would jump as a latent passes the limit, and training would push it back.",
            "what does a latent below the limit cost?",
        ),
        WrongIdea(
            "β on the distortion",
            lambda distortion, kl_per_latent, beta, free: (
                beta * np.mean(distortion) + np.sum(np.maximum(kl_per_latent.mean(axis=0), free))
            ),
            "A large β would then make pictures sharper and codes dearer, the other way round than everybody's.",
            "what does β multiply?",
        ),
        WrongIdea(
            "β on both",
            lambda distortion, kl_per_latent, beta, free: (
                beta * (np.mean(distortion) + np.sum(np.maximum(kl_per_latent.mean(axis=0), free)))
            ),
            "Then it is a learning rate, and changes nothing between the two.",
            "what does β multiply?",
        ),
        WrongIdea(
            "β inside the maximum",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + np.sum(np.maximum(beta * kl_per_latent.mean(axis=0), free))
            ),
            "How many nats are free would then depend on β.",
            "what is compared with the limit, and what is multiplied after?",
        ),
        WrongIdea(
            "β left out",
            lambda distortion, kl_per_latent, beta, free: _free_bits(distortion, kl_per_latent, 1, free),
            "That is the trade-off of the bound itself, β = 1.",
            "where does `beta` enter?",
        ),
        WrongIdea(
            "what is free left out",
            lambda distortion, kl_per_latent, beta, free: np.mean(distortion) + beta * kl_per_latent.sum(axis=1).mean(),
            "From the first step on a latent pays for what it says, before the decoder has learned to listen.",
            "where does `free` enter?",
        ),
        WrongIdea(
            "the rate subtracted instead of added",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) - beta * np.sum(np.maximum(kl_per_latent.mean(axis=0), free))
            ),
            "This is made small, so codes would get as dear as they can.",
            "a loss adds up what is paid.",
        ),
        WrongIdea(
            "a mean over the latents instead of a sum",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * np.mean(np.maximum(kl_per_latent.mean(axis=0), free))
            ),
            "Each latent is paid for.",
            "what do you do with the latents?",
        ),
        WrongIdea(
            "a sum over the batch instead of a mean",
            lambda distortion, kl_per_latent, beta, free: (
                np.sum(distortion) + beta * np.sum(np.maximum(kl_per_latent.sum(axis=0), free))
            ),
            "It grows with the batch, and a rate that is added up over a batch is soon above any limit.",
            "what is limited is the mean over the batch.",
        ),
        WrongIdea(
            "a loss for each picture",
            lambda distortion, kl_per_latent, beta, free: (
                distortion + beta * np.sum(np.maximum(kl_per_latent.mean(axis=0), free))
            ),
            "Training makes one number small.",
            "over what is the distortion averaged?",
        ),
        WrongIdea(
            "a mean over the latents of each picture, where one over the batch is meant",
            lambda distortion, kl_per_latent, beta, free: (
                np.mean(distortion) + beta * np.sum(np.maximum(kl_per_latent.mean(axis=1), free))
            ),
            "The rate of a latent is a mean over pictures; this is one over latents.",
            "over which axis is the mean taken before the maximum?",
        ),
    ],
)

exact_log_likelihood = make_check(
    "exact_log_likelihood",
    _linear,
    _linear_models,
    [
        WrongIdea(
            "σ² added to every entry of W Wᵀ, not to its diagonal alone",
            _linear_with(lambda W, sigma: W @ W.T + sigma**2),
            "The noise of one pixel is independent of the others', so it adds to variances and not to covariances.",
            "what does I stand for?",
        ),
        WrongIdea(
            "the number of pictures in place of the number of pixels",
            lambda x, W, b, sigma: _linear(x, W, b, sigma, constant=len(x) / len(b)),
            "Each pixel brings a log 2π; how many pictures there are has nothing to do with one of them.",
            "what is P?",
        ),
        WrongIdea(
            "a covariance of WᵀW + σ² I",
            _linear_with(_inner_covariance),
            "That has a row for each number of the code; x has a covariance between its pixels.",
            "how many rows has the covariance of x?",
        ),
        WrongIdea(
            "σ in place of σ² in the covariance",
            _linear_with(lambda W, sigma: W @ W.T + sigma * np.eye(len(W))),
            "A covariance has squares in it, and σ is a width.",
            "what is the variance of σ times noise?",
        ),
        WrongIdea(
            "no W in the covariance",
            _linear_with(lambda W, sigma: sigma**2 * np.eye(len(W))),
            "That is the likelihood at the code 0, and not an average over all codes.",
            "what does W z add to the covariance of x?",
        ),
        WrongIdea(
            "the variances of the pixels alone, without their covariances",
            _linear_with(lambda W, sigma: np.diag(np.diag(_covariance(W, sigma)))),
            "Pixels that share a code vary together, and that they do is all that the model has learned.",
            "which entries of the covariance are 0?",
        ),
        WrongIdea(
            "no log determinant",
            lambda *given: _linear(*given, log_determinant=0),
            "A density that is spread out is low everywhere; without it the widest model would be the best.",
            "one term is missing.",
        ),
        WrongIdea(
            "the log determinant with the other sign",
            lambda *given: _linear(*given, log_determinant=-1),
            "A density that is spread out must be lower, not higher.",
            "does the determinant stand above the line of the density, or below?",
        ),
        WrongIdea(
            "half of the log determinant that it should be",
            lambda *given: _linear(*given, log_determinant=0.5),
            "The diagonal of a Cholesky factor has the root of the determinant, and the ½ is in it already.",
            "how is the determinant of C made of that of its factor?",
        ),
        WrongIdea(
            "the whole log determinant, without its ½",
            lambda *given: _linear(*given, log_determinant=2),
            "The root of the determinant stands below the line of the density.",
            "what does the ½ multiply?",
        ),
        WrongIdea(
            "no 2π",
            lambda *given: _linear(*given, constant=0),
            "It is the same for all models, but then the number is not a log density, and cannot be compared.",
            "one term is missing.",
        ),
        WrongIdea(
            "log 2π once, and not for every pixel",
            lambda x, W, b, sigma: _linear(x, W, b, sigma, constant=1 / len(W)),
            "A density over n pixels has (2π)ⁿ under the root.",
            "how often does 2π count?",
        ),
        WrongIdea(
            "a sum without its ½",
            lambda *given: _linear(*given, half=1),
            "The exponent of a normal has a ½, and the root below it gives another.",
            "what stands in front?",
        ),
        WrongIdea(
            "the sum without its minus sign",
            lambda *given: _linear(*given, half=-0.5),
            "What is far from the mean must be less probable.",
            "what stands in front?",
        ),
        WrongIdea(
            "x as it stands, without b subtracted",
            lambda x, W, b, sigma: _linear(x, W, 0 * b, sigma),
            "The density is highest at b.",
            "from where is the distance measured?",
        ),
        WrongIdea(
            "the covariance in place of its inverse",
            lambda x, W, b, sigma: _linear(
                x, W, b, sigma, square=lambda away: np.sum(away @ _covariance(W, sigma) * away, axis=-1)
            ),
            "A distance along a direction in which the model varies much should count less.",
            "what is the distance multiplied with, C or its inverse?",
        ),
        WrongIdea(
            "the plain distance, not measured by the covariance",
            lambda *given: _linear(*given, square=lambda away: np.sum(away**2, axis=-1)),
            "A distance along a direction in which the model varies much should count less.",
            "where does the inverse of C enter?",
        ),
        WrongIdea(
            "the logarithm of the determinant as it stands",
            _logarithm_of_determinant,
            "It is right on paper, but the determinant for 64 pixels is below the smallest float, and log 0 is minus "
            "infinity.",
            "`jnp.linalg.slogdet` gives the logarithm at once, and a Cholesky factor has it on its diagonal.",
        ),
        WrongIdea(
            "a mean over the pixels",
            lambda x, W, b, sigma: _linear(x, W, b, sigma) / len(W),
            "That is nats a pixel; the log likelihood is that of the whole picture.",
            "one step too many.",
        ),
        WrongIdea(
            "a mean over the pictures",
            lambda *given: _linear(*given).mean(),
            "Each picture has a log likelihood of its own.",
            "over which axis do you sum?",
        ),
        WrongIdea(
            "a sum over the pictures",
            lambda *given: _linear(*given).sum(),
            "Each picture has a log likelihood of its own.",
            "over which axis do you sum?",
        ),
        WrongIdea(
            "the density, without its logarithm",
            lambda *given: np.exp(_linear(*given)),
            "It is soon too small or too large for a float.",
            "the answer is wanted in nats.",
        ),
    ],
    rtol=1e-3,
    atol=1e-3,  # of an inverse in float32
)

active_latents = make_check(
    "active_latents",
    _active,
    _codes,
    [
        WrongIdea(
            "sums of squares that are not divided by the number of pictures",
            lambda means: np.sum(len(means) * np.var(means, axis=0, dtype=float) > 0.01),
            "With enough pictures every latent would pass.",
            "what stands in front of the sum?",
        ),
        WrongIdea(
            "standard deviations compared with 0.01",
            lambda means: _active(means, 0.01**2),
            "A width of 0.02, a fiftieth of the prior's, would count as active.",
            "is it σ or σ²?",
        ),
        WrongIdea(
            "a variance above 0.1, whose square is 0.01",
            lambda means: _active(means, 0.1),
            "The limit of 0.01 is on the variance, as it stands.",
            "what is compared with what?",
        ),
        WrongIdea(
            "the mean of the squares, without the mean subtracted",
            lambda means: np.sum(np.mean(means**2, axis=0) > 0.01),
            "A latent that is 0.5 for every picture is as idle as one that is 0.",
            "what is left over when a code is the same for all?",
        ),
        WrongIdea(
            "the size of the mean code",
            lambda means: np.sum(np.abs(means.mean(axis=0)) > 0.01),
            "Where the codes lie says nothing of whether they vary.",
            "a variance, not a mean.",
        ),
        WrongIdea(
            "the variance over the latents of each picture",
            lambda means: np.sum(np.var(means, axis=1) > 0.01),
            "That counts pictures.",
            "over which axis do the pictures lie?",
        ),
        WrongIdea(
            "one variance for all latents",
            lambda means: np.sum(np.var(means) > 0.01),
            "Each latent is active or it is not.",
            "over which axis do you take the variance?",
        ),
        WrongIdea(
            "the logarithm of the variance compared with 0.01",
            lambda means: np.sum(np.log(np.var(means, axis=0)) > 0.01),
            "That asks for a variance above 1, which the prior's own codes do not have.",
            "what is compared with what?",
        ),
        WrongIdea(
            "the latents that are not active",
            lambda means: means.shape[1] - _active(means),
            "Those are the ones that have collapsed to the prior.",
            "above or below?",
        ),
        WrongIdea(
            "a share instead of a number",
            lambda means: _active(means) / means.shape[1],
            "Of two models with different codes the shares cannot be compared.",
            "how many are there?",
        ),
        WrongIdea(
            "the variances themselves",
            lambda means: np.var(means, axis=0),
            "They are what is compared with the limit.",
            "one step is left.",
        ),
        WrongIdea(
            "latents with any code further than 0.1 from 0",
            lambda means: np.sum(np.abs(means).max(axis=0) > 0.1),
            "A latent that is 0.5 for every picture is as idle as one that is 0.",
            "a variance, not a distance from 0.",
        ),
        WrongIdea(
            "all latents",
            lambda means: np.sum(np.var(means, axis=0) >= 0),
            "A latent that hardly varies says nothing of the picture.",
            "where does 0.01 enter?",
        ),
    ],
)
