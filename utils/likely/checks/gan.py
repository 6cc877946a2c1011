"""The checks of chapter 5, Generative adversarial networks.

>>> from likely.checks import gan as check
>>> check.generator_loss(generator_loss)  # a verdict on the reader's function `generator_loss`
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import LOG_2, distribution, f32, normal
from likely.measures import jensen_shannon_divergence, kl_divergence

__all__ = [
    "discriminator_loss",
    "generator_loss",
    "gradient_penalty",
    "jensen_shannon",
    "modes_covered",
    "optimal_discriminator",
    "r1_penalty",
    "spectral_norm",
]

# ---------------------------------------------------------------------- inputs


@dataclass(frozen=True)
class _Map:
    """A function from points, along the last axis, to a number each; shown to the reader as a formula."""

    formula: str
    of: Callable

    def __call__(self, x):
        return self.of(jnp.asarray(x))

    def __repr__(self) -> str:
        return self.formula


def _linear(*weights: float) -> _Map:
    terms = " + ".join(f"{weight:g} x[{i}]" for i, weight in enumerate(weights))
    return _Map(f"x ↦ {terms}", lambda x: x @ jnp.array(weights, x.dtype))


def _bent(*slopes: float, at: tuple[float, float]) -> _Map:
    """Three slopes along x[0]: up to the first bend, between the two, and from the second on; flat along other axes."""

    def of(x):
        x, (a, b) = x[..., 0], at
        first, second = jnp.where(x > a, x - a, 0), jnp.where(x >= b, x - b, 0)
        return slopes[0] * x + (slopes[1] - slopes[0]) * first + (slopes[2] - slopes[1]) * second

    return _Map(f"a function of x[0] with the slopes {slopes}, bent at {at}", of)


_HALF_SQUARE = _Map("x ↦ (x[0]² + x[1]² + …)/2", lambda x: (x**2).sum(axis=-1) / 2)
_ABOUT_THE_DIAGONAL = _Map(
    "x ↦ 2 (x[0] + x[1]) + 5 (x[0] − x[1])²", lambda x: 2 * x.sum(axis=-1) + 5 * (x[..., 0] - x[..., 1]) ** 2
)
_WAVES = _Map("x ↦ 3 sin x[0] + x[1]²", lambda x: 3 * jnp.sin(x[..., 0]) + x[..., 1] ** 2)


def _densities(rng):
    """In some both are 0 at the same place, and in some they are above 1, as densities may be."""
    yield f32(1), f32(1)
    yield f32(0.2), f32(0.6)
    yield f32(0.25, 0.5, 0.25), f32(0.75, 0, 0.25)
    yield f32(0, 0, 1), f32(0, 1, 0)
    yield rng.gamma(1, 2, 5).astype(np.float32), rng.gamma(1, 2, 5).astype(np.float32)
    yield distribution(rng, 3, 4, zeros=1), distribution(rng, 3, 4, zeros=2)
    yield rng.gamma(1, 1, 40).astype(np.float32), rng.gamma(1, 1, 40).astype(np.float32)


def _logits(rng, n: int):
    """Neither so large that a float32 of their sigmoid is 0 or 1."""
    return np.clip(2 * normal(rng, n, around=0.5), -5, 5)


def _pairs_of_logits(rng):
    yield f32(1), f32(-2)
    yield f32(-1, 3), f32(2)
    yield f32(2, -1), f32(0.5, -3, 1)
    yield f32(200), f32(-200)
    yield f32(-200), f32(200)
    yield f32(-200, 0, 200), f32(1, 200)
    for n, m in ((4, 6), (30, 20)):
        yield _logits(rng, n), _logits(rng, m)


def _fake_logits(rng):
    yield (f32(1),)
    yield (f32(-2),)
    yield (f32(-200),)
    yield (f32(200, -1),)
    yield (f32(2, -1, 0.5),)
    for n in (5, 40):
        yield (_logits(rng, n),)


def _histograms(rng):
    yield f32(0.5, 0.5), f32(0.5, 0.5)
    yield f32(0.5, 0.5), f32(0.25, 0.75)
    yield f32(1, 0), f32(0, 1)
    yield f32(0, 0.5, 0.5, 0, 0, 0), f32(0, 0, 0, 0.25, 0.75, 0)
    yield distribution(rng, 3, 3, zeros=1), distribution(rng, 3, 3)
    yield distribution(rng, 3, 3), distribution(rng, 3, 3)
    yield distribution(rng, 2, 27, zeros=3), distribution(rng, 2, 27)


def _critics_and_pairs(rng):
    """Where the penalty is the same whichever numbers were drawn; in the last, with many pairs, nearly so.

    A bent critic has another slope between the points than at them and beyond them; in one the slope is the same all
    along the line between real and fake, and another beside it; and where real and fake are one, there is no between.
    """
    keys = iter(jax.random.split(jax.random.key(5), 7))
    yield _linear(3), next(keys), f32([0]), f32([1])
    yield _linear(3, -4), next(keys), normal(rng, 4, 2), normal(rng, 4, 2)
    yield _bent(0.5, 3, 2, at=(0, 1)), next(keys), f32(*[[0, 1]] * 4), f32(*[[1, 1]] * 4)
    same = f32([0.3, -0.4], [2, 1], [0, 3], [-0.5, 0.2])
    yield _HALF_SQUARE, next(keys), same, same
    yield _ABOUT_THE_DIAGONAL, next(keys), f32(*[[0, 0]] * 4), f32(*[[1, 1]] * 4)
    yield _linear(0.3, 0.4), next(keys), normal(rng, 4, 2), normal(rng, 4, 2)
    ends = (np.broadcast_to(f32(x, 0), (2000, 2)) for x in (0, 1))
    yield _bent(2, 2.3, 2, at=(0.4, 0.6)), next(keys), *ends


def _discriminators_and_points(rng):
    yield _linear(3), f32([2]), 1.0
    yield _linear(3), f32([2]), 0.5
    yield _linear(1, -2), f32([0.5, 1], [2, -1], [-1, 0]), 2.0
    yield _HALF_SQUARE, f32([0.3, 0.4], [-1, 2], [1, 0.5]), 10.0
    yield _WAVES, normal(rng, 3, 2), 1.0
    yield _HALF_SQUARE, normal(rng, 12, 4), 0.1
    yield _WAVES, normal(rng, 12, 4), 3.0


def _samples_and_centres(rng):
    """None within a hundredth of 3 σ of a centre."""
    two = f32([0, 0], [1, 0])
    yield f32([0, 1]), f32([0, 1]), 0.5
    # nothing lies near the second centre, and yet it is nearest to some
    yield f32([0, 0], [5, 0], [0.05, 0], [3, 1]), two, 0.1
    # 2.5 σ away; outside of the circle, though inside of the square
    yield f32([0.25, 0], [1.22, 0.22], [0.78, 0.22], [0, -0.05]), two, 0.1
    # near both centres, and nearer to one
    yield f32([0.2, 0], [0.3, 0.1], [-0.1, 0], [0.4, -0.2]), two, 0.5
    yield f32([1.8, 0], [6.5, 8.5], [10, 7], [14, 0]), f32([0, 0], [10, 10]), 2.0
    angles = np.arange(8) * np.pi / 4
    ring = np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)
    x, y = np.meshgrid(np.arange(-4, 5, 2), np.arange(-4, 5, 2))
    grid = np.stack([x.ravel(), y.ravel()], axis=1).astype(np.float32)
    for centres, sigma, caught, n in ((ring, 0.02, 5, 60), (ring, 0.1, 8, 60), (grid, 0.05, 14, 200)):
        x = centres[rng.integers(0, caught, 2 * n)] + 1.6 * sigma * normal(rng, 2 * n, 2)
        x[::4] = rng.uniform(-2, 2, (n // 2, 2))
        apart = np.abs(np.linalg.norm(x[:, None] - centres, axis=2) / sigma - 3).min(axis=1)
        yield x[apart > 0.01][:n].astype(np.float32), centres, sigma


def _with_singular_values(rng, rows, columns, values):
    left, right = (np.linalg.qr(rng.normal(size=(n, len(values))))[0] for n in (rows, columns))
    return (left * values @ right.T).astype(np.float32)


def _matrices(rng):
    """The second singular value is at most half of the first, or the matrix has only one, so that all have converged.

    In the square ones, so has an iteration with the matrix alone, to an eigenvalue that is another number.
    """
    yield f32([-3]), f32(1), 1
    yield f32([2, 5], [0, 1]), f32(1, 0.5), 25
    yield np.outer([1, -2, 2], [3, 4]).astype(np.float32), f32(0.5, -1, 1), 1
    square = np.triu(rng.uniform(0.5, 2, (4, 4)), 1) + np.diag([4, 1, 0.5, 0.2])
    yield square.astype(np.float32), normal(rng, 4, around=1), 40
    for rows, columns, scale, steps in (
        (4, 6, 1, 25),
        (6, 4, 1, 25),
        (4, 6, 1e3, 40),
        (6, 4, 1e-3, 40),
        (24, 16, 1, 30),
    ):
        values = 3 * scale / np.arange(1, min(rows, columns) + 1)
        yield _with_singular_values(rng, rows, columns, values), normal(rng, rows, around=0.5), steps


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _share(p, q, none=0.5):
    """p/(p + q), and a number of its own where both are 0."""
    both = p + q
    return np.where(both > 0, p / np.where(both > 0, both, 1), none)


def _softplus(a):
    return np.logaddexp(0, a)


def _sigmoid(a):
    return 1 / (1 + np.exp(-a))


def _judged(real_logits, fake_logits):
    return np.mean(_softplus(-real_logits)) + np.mean(_softplus(fake_logits))


def _fooled(fake_logits):
    return np.mean(_softplus(-fake_logits))


_compiled_js, _compiled_kl = jax.jit(jensen_shannon_divergence), jax.jit(kl_divergence)


def _js(p, q):
    return np.asarray(_compiled_js(p, q))


def _kl(p, q):
    return np.asarray(_compiled_kl(p, q))


def _terms(p, q, of_p, of_q):
    """Σ p log of_p + Σ q log of_q, without the terms that are 0 · log 0."""
    with np.errstate(all="ignore"):
        return (np.where(p > 0, p * np.log(of_p), 0) + np.where(q > 0, q * np.log(of_q), 0)).sum(axis=-1)


def _slopes(function, x):
    """(n, d): the gradient of the function at each point."""
    return jax.grad(lambda x: function(x).sum())(jnp.asarray(x))


def _length(g, axis=-1):
    return jnp.sqrt((g**2).sum(axis=axis))


def _between(real, fake, t):
    return t * real + (1 - t) * fake


def _one_each(key, real):
    return jax.random.uniform(key, (len(real), 1))


def _slopes_between(critic, key, real, fake):
    return _slopes(critic, _between(real, fake, _one_each(key, real)))


def _from_one(g):
    return ((_length(g) - 1) ** 2).mean()


def _gradient_penalty(critic, key, real, fake):
    return _from_one(_slopes_between(critic, key, real, fake))


def _of_lengths(function):
    """A penalty that makes something else of the lengths of the gradients between real and fake."""
    return lambda critic, key, real, fake: function(_length(_slopes_between(critic, key, real, fake)))


def _r1(discriminator, real, gamma):
    return gamma / 2 * (_slopes(discriminator, real) ** 2).sum(axis=-1).mean()


def _of_slopes(function):
    """A penalty that makes something else of the gradients at the real points than their mean squared length."""
    return lambda discriminator, real, gamma: gamma / 2 * function(_slopes(discriminator, real))


def _distances(samples, centres):
    return np.linalg.norm(np.asarray(samples)[:, None] - np.asarray(centres), axis=2)


def _is_nearest(samples, centres):
    """(n, modes): which centre is the nearest one."""
    return np.arange(len(centres)) == _distances(samples, centres).argmin(axis=1)[:, None]


def _counted(samples, centres, close):
    """Modes and quality, where (n, modes) says which samples are close enough to which centres."""
    own = _is_nearest(samples, centres) & close
    return np.array([own.any(axis=0).sum(), own.any(axis=1).mean()])


def _modes_covered(samples, centres, sigma):
    return _counted(samples, centres, _distances(samples, centres) <= 3 * sigma)


def _within(reach):
    """Modes and quality with another radius, given sigma."""
    return lambda samples, centres, sigma: _counted(samples, centres, _distances(samples, centres) <= reach(sigma))


def _instead(modes=None, quality=None):
    """One of the two numbers made otherwise, given which samples are within 3 σ of which centres, (n, modes)."""

    def of(samples, centres, sigma):
        close = _distances(samples, centres) <= 3 * sigma
        numbers = _counted(samples, centres, close)
        if modes:
            numbers[0] = modes(close, samples, centres)
        if quality:
            numbers[1] = quality(close, samples, centres)
        return numbers

    return of


def _spectral_norm(W, u, steps):
    for _ in range(steps):
        v = _unit(W.T @ u)
        u = _unit(W @ v)
    return u @ W @ v


def _unit(x):
    return x / np.sqrt((x**2).sum())


def _singular_values(W):
    return np.linalg.svd(np.asarray(W), compute_uv=False)


def _not_normalised(W, u, steps):
    for _ in range(steps):
        v = W.T @ u
        u = W @ v
    return u @ W @ v


def _with_W_alone(W, u, steps):
    for _ in range(steps):
        u = _unit(W @ u)
    return np.sqrt(((W @ u) ** 2).sum())


# ---------------------------------------------------------------------- the exercises

optimal_discriminator = make_check(
    "optimal_discriminator",
    lambda p, q: _share(p, q),
    _densities,
    [
        WrongIdea(
            "the ratio p/q",
            lambda p, q: p / q,
            "It has no upper bound, and a probability is at most 1.",
            "of all that is found at a place, which share comes from the data?",
        ),
        WrongIdea(
            "q/(p + q): the probability that a sample is the model's",
            lambda p, q: _share(q, p),
            "The discriminator says how likely a sample is to be real: it should be 1 where only data are.",
            "what should it say where q is 0?",
        ),
        WrongIdea(
            "log p − log q: the logit, not the probability",
            lambda p, q: np.log(p) - np.log(q),
            "A network gives this number, from −∞ to ∞; the sigmoid makes a probability of it.",
            "what should it say where p and q are the same?",
        ),
        WrongIdea(
            "0/0 where both are 0, which gives NaN",
            lambda p, q: p / (p + q),
            "Nothing is ever drawn there, but one NaN spoils every sum and every picture that it enters.",
            "keep the division away from 0; `jnp.where` can choose before it is done.",
        ),
        WrongIdea(
            "0 where both are 0",
            lambda p, q: _share(p, q, 0),
            "Where neither draws anything, nothing speaks for either; 0 would say that it is surely the model's.",
            "what does one say who knows nothing?",
        ),
        WrongIdea(
            "1 where both are 0",
            lambda p, q: _share(p, q, 1),
            "Where neither draws anything, nothing speaks for either; 1 would say that it is surely real.",
            "what does one say who knows nothing?",
        ),
        WrongIdea(
            "the difference over the sum, from −1 to 1",
            lambda p, q: 2 * _share(p, q) - 1,
            "A probability lies between 0 and 1, and is ½ where both are the same.",
            "what stands above the line?",
        ),
        WrongIdea(
            "p over half of the sum",
            lambda p, q: 2 * _share(p, q),
            "That is the ratio to the even mixture, which reaches 2; the best guess is half of it.",
            "what should it say where p and q are the same?",
        ),
        WrongIdea(
            "the larger of the two taken for certain",
            lambda p, q: np.where(p > q, 1.0, 0.0),
            "It makes the fewest mistakes, but the loss punishes being sure and wrong; a place may belong to both.",
            "how sure may it be where p is a little larger than q?",
        ),
        WrongIdea(
            "the sigmoid of p − q",
            lambda p, q: _sigmoid(p - q),
            "The sigmoid turns a logit into a probability, and the logit is the difference of the logarithms.",
            "what should it say where q is 0 and p is small?",
        ),
        WrongIdea(
            "the logarithm of the answer",
            lambda p, q: np.log(_share(p, q)),
            "The logarithm belongs to the loss.",
            "one step too many.",
        ),
        WrongIdea(
            "a division by the sum over all places",
            lambda p, q: p / np.sum(p + q, axis=-1, keepdims=True),
            "What is likely elsewhere says nothing about a sample that was found here.",
            "p and q at one place are enough to answer for that place.",
        ),
        WrongIdea(
            "p alone",
            lambda p, q: 1.0 * p,
            "How likely the data make a place says nothing as long as it is not compared with the model.",
            "where does q enter?",
        ),
    ],
)

discriminator_loss = make_check(
    "discriminator_loss",
    _judged,
    _pairs_of_logits,
    [
        WrongIdea(
            "the sigmoid first and the logarithm after it, which is infinite for large logits",
            lambda real_logits, fake_logits: (
                -np.mean(np.log(_sigmoid(real_logits))) - np.mean(np.log(1 - _sigmoid(fake_logits)))
            ),
            "A sigmoid of −200 is 0 in float32, and so is 1 minus that of 200; the logarithm of 0 ends the training.",
            "`jax.nn.softplus` and `jax.nn.log_sigmoid` do both in one step.",
        ),
        WrongIdea(
            "a small number, 1e-8, added before the logarithm",
            lambda real_logits, fake_logits: (
                -np.mean(np.log(_sigmoid(real_logits) + np.float32(1e-8)))
                - np.mean(np.log(1 - _sigmoid(fake_logits) + np.float32(1e-8)))
            ),
            "It keeps the loss finite, but flat: who is surely wrong gets no gradient, just where it is needed most.",
            "`jax.nn.softplus` and `jax.nn.log_sigmoid` need no help.",
        ),
        WrongIdea(
            "the labels swapped: real samples are called fake, and fake ones real",
            lambda real_logits, fake_logits: _judged(fake_logits, real_logits),
            "A large logit says real, so real samples cost little where their logits are large.",
            "what should the loss be for real logits of 200 and fake logits of −200?",
        ),
        WrongIdea(
            "fake samples called real like the others",
            lambda real_logits, fake_logits: _fooled(real_logits) + _fooled(fake_logits),
            "Then saying real always would be best, and nothing would be told apart.",
            "which sign has a logit that says fake?",
        ),
        WrongIdea(
            "the value that the discriminator maximises, not a loss",
            lambda real_logits, fake_logits: -_judged(real_logits, fake_logits),
            "The paper writes a game that one side maximises; what is minimised has the other sign.",
            "a surprise is at least 0.",
        ),
        WrongIdea(
            "the real half alone",
            lambda real_logits, fake_logits: _fooled(real_logits),
            "Then saying real always would be best.",
            "what do the fake samples cost?",
        ),
        WrongIdea(
            "the fake half alone",
            lambda real_logits, fake_logits: np.mean(_softplus(fake_logits)),
            "Then saying fake always would be best.",
            "what do the real samples cost?",
        ),
        WrongIdea(
            "half of it: the mean of the two means",
            lambda real_logits, fake_logits: _judged(real_logits, fake_logits) / 2,
            "Some programs do so; here the loss is the sum, log 4 for one who guesses.",
            "what should come out where all logits are 0?",
        ),
        WrongIdea(
            "one mean over all the logits together",
            lambda real_logits, fake_logits: np.mean(np.append(_softplus(-real_logits), _softplus(fake_logits))),
            "With more of one kind than of the other, that kind would count for more.",
            "each kind has a mean of its own.",
        ),
        WrongIdea(
            "sums instead of means",
            lambda real_logits, fake_logits: np.sum(_softplus(-real_logits)) + np.sum(_softplus(fake_logits)),
            "It grows with the batch, and with it the size of every step.",
            "what do you do with the surprises of a batch?",
        ),
        WrongIdea(
            "an answer in bits: its logarithm has base 2",
            lambda real_logits, fake_logits: _judged(real_logits, fake_logits) / LOG_2,
            "The course counts in nats, and the same surprise is 1.44 times as large a number in bits.",
            "which logarithm has base e?",
        ),
        WrongIdea(
            "the loss of a Wasserstein critic: the difference of the mean logits",
            lambda real_logits, fake_logits: np.mean(fake_logits) - np.mean(real_logits),
            "That one has no logarithm and no bound; here logits stand for probabilities.",
            "what does a probability D(x) cost that should have been 1?",
        ),
        WrongIdea(
            "the hinge loss",
            lambda real_logits, fake_logits: (
                np.mean(np.maximum(0, 1 - real_logits)) + np.mean(np.maximum(0, 1 + fake_logits))
            ),
            "Many large GANs use it; its best discriminator is no probability.",
            "a surprise is −log of a probability.",
        ),
        WrongIdea(
            "the least-squares loss",
            lambda real_logits, fake_logits: np.mean((real_logits - 1) ** 2) + np.mean(fake_logits**2),
            "It asks the number itself to be 1 or 0; here the number is a logit.",
            "a surprise is −log of a probability.",
        ),
        WrongIdea(
            "logits taken for probabilities",
            lambda real_logits, fake_logits: -np.mean(np.log(real_logits)) - np.mean(np.log(1 - fake_logits)),
            "A logit may be any number; its sigmoid is the probability.",
            "what turns a logit into a probability?",
        ),
    ],
)

generator_loss = make_check(
    "generator_loss",
    _fooled,
    _fake_logits,
    [
        WrongIdea(
            "the saturating loss, the mean of log(1 − D)",
            lambda fake_logits: -np.mean(_softplus(fake_logits)),
            "It has the same aim, but it is flat where D is near 0, as for every fake at first, and nothing is learnt.",
            "which probability of the discriminator should become large?",
        ),
        WrongIdea(
            "the sigmoid first and the logarithm after it, which is infinite for large logits",
            lambda fake_logits: -np.mean(np.log(_sigmoid(fake_logits))),
            "A sigmoid of −200 is 0 in float32, and a fake that is found out has just such a logit.",
            "`jax.nn.softplus` and `jax.nn.log_sigmoid` do both in one step.",
        ),
        WrongIdea(
            "a small number, 1e-8, added before the logarithm",
            lambda fake_logits: -np.mean(np.log(_sigmoid(fake_logits) + np.float32(1e-8))),
            "It keeps the loss finite, but flat: the worst fakes get no gradient, just where it is needed most.",
            "`jax.nn.softplus` and `jax.nn.log_sigmoid` need no help.",
        ),
        WrongIdea(
            "what the discriminator pays for the fakes",
            lambda fake_logits: np.mean(_softplus(fake_logits)),
            "The generator wants the opposite of the discriminator; this would teach it to be found out.",
            "should the loss be large or small for a logit of 200?",
        ),
        WrongIdea(
            "the mean of log D, without its minus sign",
            lambda fake_logits: -_fooled(fake_logits),
            "It is to be minimised, and minimising it makes D small.",
            "a surprise is at least 0.",
        ),
        WrongIdea(
            "minus the mean logit, as against a Wasserstein critic",
            lambda fake_logits: -np.mean(fake_logits),
            "It goes on rewarding a fake that has long been taken for real, and has no bound.",
            "a surprise is −log of a probability.",
        ),
        WrongIdea(
            "the mean logit",
            lambda fake_logits: np.mean(fake_logits),
            "A logit is no loss, and a large one is good for the generator.",
            "a surprise is −log of a probability.",
        ),
        WrongIdea(
            "the probability of being found out, without a logarithm",
            lambda fake_logits: np.mean(_sigmoid(-fake_logits)),
            "Near D = 0 it is as flat as the loss that saturates.",
            "a surprise is −log of a probability.",
        ),
        WrongIdea(
            "a sum instead of a mean",
            lambda fake_logits: np.sum(_softplus(-fake_logits)),
            "It grows with the batch, and with it the size of every step.",
            "what do you do with the surprises of a batch?",
        ),
        WrongIdea(
            "half of it",
            lambda fake_logits: _fooled(fake_logits) / 2,
            "There is one kind of samples here, and nothing to share out between two.",
            "what should come out for a logit of 0?",
        ),
        WrongIdea(
            "an answer in bits: its logarithm has base 2",
            lambda fake_logits: _fooled(fake_logits) / LOG_2,
            "The course counts in nats, and the same surprise is 1.44 times as large a number in bits.",
            "which logarithm has base e?",
        ),
        WrongIdea(
            "the least-squares loss",
            lambda fake_logits: np.mean((fake_logits - 1) ** 2),
            "It asks the number itself to be 1; here the number is a logit, and the larger the better.",
            "a surprise is −log of a probability.",
        ),
        WrongIdea(
            "logits taken for probabilities",
            lambda fake_logits: -np.mean(np.log(fake_logits)),
            "A logit may be any number; its sigmoid is the probability.",
            "what turns a logit into a probability?",
        ),
    ],
)

jensen_shannon = make_check(
    "jensen_shannon",
    _js,
    _histograms,
    [
        WrongIdea(
            "an answer in bits: its logarithm has base 2",
            lambda p, q: _js(p, q) / LOG_2,
            "It is 1 for two that have nothing in common; in nats, the course's unit, that is log 2 = 0.693.",
            "which logarithm has base e?",
        ),
        WrongIdea(
            "0 · log 0 taken as it stands, which gives NaN",
            lambda p, q: np.sum(p * np.log(2 * p / (p + q)) + q * np.log(2 * q / (p + q)), axis=-1) / 2,
            "What never happens counts nothing, and histograms are full of zeros.",
            "keep the logarithm away from what is 0; `jnp.where` can choose before it is taken.",
        ),
        WrongIdea(
            "twice of it: the halves are missing",
            lambda p, q: 2 * _js(p, q),
            "A sample is real half of the time, and only then is log 2 the most that it can be.",
            "what should come out for two that have nothing in common?",
        ),
        WrongIdea(
            "log 2 missing, as if p + q were the mixture and not half of it",
            lambda p, q: _js(p, q) - LOG_2,
            "It is 0 for two that have nothing in common, and negative for two that are the same.",
            "what should come out where p and q are the same?",
        ),
        WrongIdea(
            "the discriminator's loss itself",
            lambda p, q: 2 * LOG_2 - 2 * _js(p, q),
            "The loss is small where the two are easy to tell apart, and the divergence is large there.",
            "what should come out where p and q are the same?",
        ),
        WrongIdea(
            "D and 1 − D swapped",
            lambda p, q: LOG_2 + _terms(p, q, _share(q, p), _share(p, q)) / 2,
            "D is the probability that a sample is real, so its logarithm goes with p.",
            "which of the two is near 1 where only p is?",
        ),
        WrongIdea(
            "KL(p‖q) + KL(q‖p), with no mixture",
            lambda p, q: _kl(p, q) + _kl(q, p),
            "That is Jeffreys' divergence, infinite as soon as one rules out what the other allows.",
            "both are compared with the mixture, not with each other.",
        ),
        WrongIdea(
            "the mean of KL(p‖q) and KL(q‖p), with no mixture",
            lambda p, q: (_kl(p, q) + _kl(q, p)) / 2,
            "That is half of Jeffreys' divergence, infinite as soon as one rules out what the other allows.",
            "both are compared with the mixture, not with each other.",
        ),
        WrongIdea(
            "KL(p‖q)",
            lambda p, q: _kl(p, q),
            "It is infinite as soon as the model rules out what the data hold, and p and q may not change places.",
            "what is each compared with?",
        ),
        WrongIdea(
            "one of the two halves alone, taken whole: KL(p‖m)",
            lambda p, q: _kl(p, (p + q) / 2),
            "Then p and q may not change places, and what the model makes up for itself counts nothing.",
            "q has something to say too.",
        ),
        WrongIdea(
            "its square root, the Jensen–Shannon distance",
            lambda p, q: np.sqrt(_js(p, q)),
            "The distance obeys the triangle inequality but is not in nats; SciPy's `jensenshannon` returns it too.",
            "the divergence is wanted.",
        ),
        WrongIdea(
            "the total variation",
            lambda p, q: np.abs(p - q).sum(axis=-1) / 2,
            "It says how often the best guess is right, not how surprised it is.",
            "there is a logarithm in it.",
        ),
        WrongIdea(
            "one number for all the pairs",
            lambda p, q: np.sum(_js(p, q)),
            "Each row holds a histogram of its own.",
            "over which axis do you sum?",
        ),
    ],
)

gradient_penalty = make_check(
    "gradient_penalty",
    _gradient_penalty,
    _critics_and_pairs,
    [
        WrongIdea(
            "the gradients at the real points",
            lambda critic, key, real, fake: _from_one(_slopes(critic, real)),
            "The slope is to be 1 on the way from fakes to data, which is where the generator has to go.",
            "where does a point lie that is partly real and partly fake?",
        ),
        WrongIdea(
            "the gradients at the fake points",
            lambda critic, key, real, fake: _from_one(_slopes(critic, fake)),
            "The slope is to be 1 all the way to the data, not only where it begins.",
            "where does a point lie that is partly real and partly fake?",
        ),
        WrongIdea(
            "the gradients at the points halfway",
            lambda critic, key, real, fake: _from_one(_slopes(critic, _between(real, fake, 0.5))),
            "A critic may be as steep as it likes everywhere else on the way.",
            "what is the key for?",
        ),
        WrongIdea(
            "one random number for all the pairs",
            lambda critic, key, real, fake: _from_one(_slopes(critic, _between(real, fake, jax.random.uniform(key)))),
            "A batch would look at one place of the way only, and the penalty would jump from step to step.",
            "how many numbers do you draw for n pairs?",
        ),
        WrongIdea(
            "a random number for each coordinate",
            lambda critic, key, real, fake: _from_one(
                _slopes(critic, _between(real, fake, jax.random.uniform(key, real.shape)))
            ),
            "Such points lie anywhere in the box between a real and a fake point, not on the line.",
            "how many numbers do you draw for one pair?",
        ),
        WrongIdea(
            "one length for the gradients of the whole batch",
            lambda critic, key, real, fake: (_length(_slopes_between(critic, key, real, fake), None) - 1) ** 2,
            "`norm` without an axis is that of the whole array; each point has a slope of its own.",
            "along which axis do the numbers of a gradient lie?",
        ),
        WrongIdea(
            "gradients of the mean over the batch, each n times too short",
            lambda critic, key, real, fake: _from_one(_slopes_between(critic, key, real, fake) / len(real)),
            "A slope is how much the critic's answer for a point changes as that point moves.",
            "take the gradient of a sum, or use `jax.vmap`.",
        ),
        WrongIdea(
            "the squared length minus 1",
            lambda critic, key, real, fake: (
                ((_slopes_between(critic, key, real, fake) ** 2).sum(axis=-1) - 1) ** 2
            ).mean(),
            "It is 0 for the same critics, but a steep one would pay with the fourth power of its slope.",
            "a length is the root of a sum of squares.",
        ),
        WrongIdea(
            "the difference from 1, not squared",
            _of_lengths(lambda lengths: (lengths - 1).mean()),
            "The flatter a critic, the less it would pay; at the best it would be flat.",
            "what should a slope of 0 cost?",
        ),
        WrongIdea(
            "the absolute difference from 1",
            _of_lengths(lambda lengths: jnp.abs(lengths - 1).mean()),
            "It pulls as hard on a slope that is nearly right as on one that is far off.",
            "what is done with the difference?",
        ),
        WrongIdea(
            "the squared lengths: a penalty towards 0, not 1",
            _of_lengths(lambda lengths: (lengths**2).mean()),
            "That is R1's kind of penalty; here a slope of 1 should cost nothing.",
            "which number is subtracted from the length?",
        ),
        WrongIdea(
            "slopes below 1 left free: the one-sided penalty",
            _of_lengths(lambda lengths: (jnp.maximum(lengths - 1, 0) ** 2).mean()),
            "The paper considers it, and takes both sides, as in its eq. 3.",
            "what should a slope of 0 cost?",
        ),
        WrongIdea(
            "the mean length minus 1, squared",
            _of_lengths(lambda lengths: (lengths.mean() - 1) ** 2),
            "Half of the slopes at 0 and half at 2 would cost nothing.",
            "which comes first, the square or the mean?",
        ),
        WrongIdea(
            "a sum over the batch instead of a mean",
            _of_lengths(lambda lengths: ((lengths - 1) ** 2).sum()),
            "It grows with the batch, and the critic's loss, a mean, does not.",
            "what do you do with the n squares?",
        ),
        WrongIdea(
            "a mean over the coordinates under the root, not a sum",
            lambda critic, key, real, fake: _from_one(
                _slopes_between(critic, key, real, fake) / np.sqrt(real.shape[-1])
            ),
            "The length of a gradient is the root of the sum of its squares, however many there are.",
            "what do you do with the d squares?",
        ),
        WrongIdea(
            "the penalty times 10",
            lambda critic, key, real, fake: 10 * _gradient_penalty(critic, key, real, fake),
            "The paper's λ is 10; it stands in front of the penalty, and whoever adds up the loss puts it there.",
            "what should a slope of 0 everywhere cost?",
        ),
        WrongIdea(
            "the critic's values instead of its gradients",
            lambda critic, key, real, fake: (
                (jnp.abs(critic(_between(real, fake, _one_each(key, real)))) - 1) ** 2
            ).mean(),
            "How high the critic rates a point does not matter; how fast that changes from point to point does.",
            "`jax.grad` has not been used.",
        ),
    ],
    rtol=0.03,  # of a mean over 2,000 random numbers: more than five times its spread
    atol=1e-3,
)

r1_penalty = make_check(
    "r1_penalty",
    _r1,
    _discriminators_and_points,
    [
        WrongIdea(
            "γ times the mean, without the half",
            lambda discriminator, real, gamma: 2 * _r1(discriminator, real, gamma),
            "Then the γ of a paper would mean another penalty here.",
            "what stands in front of the mean?",
        ),
        WrongIdea(
            "lengths that are not squared",
            _of_slopes(lambda g: _length(g).mean()),
            "The pull of a square fades as the slope does; that of a length stays, and has no direction at 0.",
            "a length is the root of a sum of squares, and no root is asked for.",
        ),
        WrongIdea(
            "a mean over the coordinates too",
            _of_slopes(lambda g: (g**2).mean()),
            "The squared length of a gradient is a sum; for a picture of 768 numbers this is 768 times too little.",
            "over which axis do you sum, and over which is the mean?",
        ),
        WrongIdea(
            "a sum over the batch instead of a mean",
            _of_slopes(lambda g: (g**2).sum()),
            "It grows with the batch, and the loss beside it, a mean, does not.",
            "what do you do with the n squared lengths?",
        ),
        WrongIdea(
            "a penalty towards a slope of 1, as in WGAN-GP",
            _of_slopes(_from_one),
            "At the data the best discriminator is flat once the model is right, so the slope is pulled to 0.",
            "what should a slope of 0 cost?",
        ),
        WrongIdea(
            "gradients of the mean over the batch, each n times too short",
            _of_slopes(lambda g: ((g / len(g)) ** 2).sum(axis=-1).mean()),
            "A slope is how much the answer for a point changes as that point moves.",
            "take the gradient of a sum, or use `jax.vmap`.",
        ),
        WrongIdea(
            "the squared length of the mean gradient",
            _of_slopes(lambda g: (g.mean(axis=0) ** 2).sum()),
            "Slopes to the left and to the right would cancel, and a steep discriminator would pay nothing.",
            "which comes first, the square or the mean?",
        ),
        WrongIdea(
            "the square of the mean length",
            _of_slopes(lambda g: _length(g).mean() ** 2),
            "One steep place among many flat ones would cost too little.",
            "which comes first, the square or the mean?",
        ),
        WrongIdea(
            "gradients of the probability, not of the logit",
            lambda discriminator, real, gamma: _r1(lambda x: jax.nn.sigmoid(discriminator(x)), real, gamma),
            "A discriminator that is sure has a flat sigmoid, and would be let off, however steep its logit is.",
            "which function's gradient is it?",
        ),
        WrongIdea(
            "gradients of the loss, not of the logit",
            lambda discriminator, real, gamma: _r1(lambda x: jax.nn.softplus(-discriminator(x)), real, gamma),
            "A discriminator that is sure has a flat loss, and would be let off, however steep its logit is.",
            "which function's gradient is it?",
        ),
        WrongIdea(
            "½ of the mean, without γ",
            lambda discriminator, real, gamma: _r1(discriminator, real, 1.0),
            "γ says how much the penalty weighs against the loss.",
            "where does γ enter?",
        ),
        WrongIdea(
            "the squares of the logits themselves",
            lambda discriminator, real, gamma: gamma / 2 * (discriminator(real) ** 2).mean(),
            "How sure the discriminator is may stay; how fast that changes from place to place is what costs.",
            "`jax.grad` has not been used.",
        ),
        WrongIdea(
            "the penalty with a minus sign",
            lambda discriminator, real, gamma: -_r1(discriminator, real, gamma),
            "It is added to a loss that is minimised, so a steep discriminator would be rewarded.",
            "a penalty is at least 0.",
        ),
    ],
)

modes_covered = make_check(
    "modes_covered",
    _modes_covered,
    _samples_and_centres,
    [
        WrongIdea(
            "a radius of 3 σ² instead of 3 σ",
            _within(lambda sigma: 3 * sigma**2),
            "A variance is no length; with σ = 0.01 the circles would be a hundred times too small.",
            "in which unit is σ, and in which σ²?",
        ),
        WrongIdea(
            "a radius of σ",
            _within(lambda sigma: sigma),
            "In the plane only 39 % of real samples lie within σ, and 98.9 % within 3 σ.",
            "how many σ may a sample be away?",
        ),
        WrongIdea(
            "a radius of 2 σ",
            _within(lambda sigma: 2 * sigma),
            "In the plane 86 % of real samples lie within 2 σ, and 98.9 % within 3 σ.",
            "how many σ may a sample be away?",
        ),
        WrongIdea(
            "squared distances compared with 3 σ",
            _within(lambda sigma: np.sqrt(3 * sigma)),
            "With σ = 0.01 the circles would have a radius of 0.17 instead of 0.03.",
            "if one side is squared, so is the other.",
        ),
        WrongIdea(
            "squared distances compared with 3 σ²",
            _within(lambda sigma: np.sqrt(3) * sigma),
            "The 3 is part of the radius, and has to be squared with it.",
            "what is the square of 3 σ?",
        ),
        WrongIdea(
            "a square of ± 3 σ along each axis instead of a circle",
            lambda samples, centres, sigma: _counted(
                samples,
                centres,
                (np.abs(np.asarray(samples)[:, None] - np.asarray(centres)) <= 3 * sigma).all(axis=2),
            ),
            "A corner of the square is 4.2 σ away from its centre.",
            "how far is a point from a centre, if it is x off along one axis and y along the other?",
        ),
        WrongIdea(
            "the sum of the distances along the axes",
            lambda samples, centres, sigma: _counted(
                samples,
                centres,
                np.abs(np.asarray(samples)[:, None] - np.asarray(centres)).sum(axis=2) <= 3 * sigma,
            ),
            "How far a point is away must not depend on how the axes lie.",
            "how far is a point from a centre, if it is x off along one axis and y along the other?",
        ),
        WrongIdea(
            "modes counted by the nearest centre alone, however far away it is",
            _instead(modes=lambda close, samples, centres: _is_nearest(samples, centres).any(axis=0).sum()),
            "Every sample has a nearest centre, so noise alone would catch every mode.",
            "may a sample that is no good catch a mode?",
        ),
        WrongIdea(
            "a mode counted for a sample that is nearer to another",
            _instead(modes=lambda close, samples, centres: close.any(axis=0).sum()),
            "Where modes lie close together, one sample would catch several.",
            "for how many modes may one sample count?",
        ),
        WrongIdea(
            "the share of modes, not their number",
            _instead(modes=lambda close, samples, centres: (close & _is_nearest(samples, centres)).any(axis=0).mean()),
            "The tables of the papers count them, with 8 or 25 as the most.",
            "do you add up or average over the modes?",
        ),
        WrongIdea(
            "the share of samples that are no good",
            _instead(quality=lambda close, samples, centres: 1 - close.any(axis=1).mean()),
            "The larger the number, the better the samples should be.",
            "which side of the comparison is counted?",
        ),
        WrongIdea(
            "the number of good samples, not their share",
            _instead(quality=lambda close, samples, centres: close.any(axis=1).sum()),
            "It grows with how many were drawn.",
            "do you add up or average over the samples?",
        ),
        WrongIdea(
            "the share of all pairs of a sample and a centre",
            _instead(quality=lambda close, samples, centres: close.mean()),
            "A sample can be near one of the modes only, so that even real ones would get 1 in 8, or 1 in 25.",
            "is it enough for a sample to be near one of the centres?",
        ),
        WrongIdea(
            "the two numbers in the other order",
            lambda samples, centres, sigma: _modes_covered(samples, centres, sigma)[::-1],
            "Who takes them apart would read the one for the other.",
            "which of the two comes first?",
        ),
    ],
)

spectral_norm = make_check(
    "spectral_norm",
    _spectral_norm,
    _matrices,
    [
        WrongIdea(
            "the Frobenius norm: the root of the sum of all squares",
            lambda W, u, steps: np.sqrt((W**2).sum()),
            "It adds up all the singular values; how far a vector is stretched at the most depends on one.",
            "how much longer can W make a vector?",
        ),
        WrongIdea(
            "vectors that are not brought to length 1",
            _not_normalised,
            "They grow or shrink with every step, soon beyond what a float32 can hold.",
            "how long are u and v after a step?",
        ),
        WrongIdea(
            "the square of the norm: an eigenvalue of WᵀW",
            lambda W, u, steps: _singular_values(W)[0] ** 2,
            "Power iteration finds it for WᵀW, and the largest singular value is its root.",
            "is either u or v not of length 1 at the end, or does W stand there twice?",
        ),
        WrongIdea(
            "the root of the norm",
            lambda W, u, steps: np.sqrt(_singular_values(W)[0]),
            "A root is taken of an eigenvalue of WᵀW, and not of what is a singular value already.",
            "what should come out for a matrix of one number?",
        ),
        WrongIdea(
            "the largest eigenvalue, as multiplying by W alone finds it",
            _with_W_alone,
            "A matrix that shears makes vectors longer than its eigenvalues say, and one that is not square has none.",
            "what comes back to where it was: W u, or Wᵀ u?",
        ),
        WrongIdea(
            "the largest entry",
            lambda W, u, steps: np.abs(W).max(),
            "Many small entries together can make a vector much longer.",
            "how much longer can W make a vector?",
        ),
        WrongIdea(
            "the largest sum of a row",
            lambda W, u, steps: np.abs(W).sum(axis=1).max(),
            "That is how much a vector can grow if its length is its largest entry.",
            "a length is the root of a sum of squares.",
        ),
        WrongIdea(
            "the largest sum of a column",
            lambda W, u, steps: np.abs(W).sum(axis=0).max(),
            "That is how much a vector can grow if its length is the sum of its entries.",
            "a length is the root of a sum of squares.",
        ),
        WrongIdea(
            "the sum of all the singular values",
            lambda W, u, steps: _singular_values(W).sum(),
            "How far a vector is stretched at the most depends on the largest alone.",
            "how much longer can W make a vector?",
        ),
        WrongIdea(
            "the smallest singular value",
            lambda W, u, steps: _singular_values(W)[-1],
            "It is how much W stretches the vector that it stretches least.",
            "how much longer can W make a vector?",
        ),
        WrongIdea(
            "no step at all: how far Wᵀ stretches the vector u that was given",
            lambda W, u, steps: np.sqrt(((W.T @ u) ** 2).sum() / (u**2).sum()),
            "Any vector gives a number that is too small; the steps turn it to where it is stretched most.",
            "what happens to u in a step?",
        ),
        WrongIdea(
            "one step, whatever their number",
            lambda W, u, steps: _spectral_norm(W, u, 1),
            "In training one step at a time is enough, since u is kept from one to the next; here it is not kept.",
            "where does `steps` enter?",
        ),
        WrongIdea(
            "the matrix divided by its norm",
            lambda W, u, steps: W / _singular_values(W)[0],
            "That is what the norm is for; the norm itself is one number.",
            "one step too many.",
        ),
    ],
)
