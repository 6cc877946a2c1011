"""The checks of chapter 6a, Diffusion.

>>> from likely.checks import diffusion as check
>>> check.noised(noised)  # a verdict on the reader's function `noised`
"""

from __future__ import annotations

import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import LOG_2, f32, normal, softmax
from likely.measures.frechet import frechet_distance

__all__ = [
    "best_guess",
    "ddim_step",
    "frechet",
    "log_snr",
    "new_noise",
    "noised",
    "to_data",
    "to_score",
]

# ---------------------------------------------------------------------- inputs


def _points_times_and_noise(rng):
    """In those with as many rows as columns, times may be spread along the wrong axis without an error."""
    yield f32([2]), f32(0.25), f32([-1])
    yield f32([1, -2]), f32(0.75), f32([0.5, 1.5])
    yield f32([1, -2], [-1, 3]), f32(0.2, 0.6), f32([0.5, 1.5], [2, -1])
    yield f32([1, -2], [-1, 3]), f32(0, 1), f32([0.5, 1.5], [2, -1])
    for n, d in ((3, 3), (2, 5), (5, 4), (6, 16)):
        yield normal(rng, n, d, around=0.5), rng.uniform(0.1, 0.9, n).astype(np.float32), normal(rng, n, d)


def _times(rng):
    """Between 0 and 1, and neither, where it is infinite."""
    yield (f32(0.25),)
    yield (f32(0.8),)
    yield (f32(0.3, 0.5),)
    yield (f32(0.03, 0.4, 0.97),)
    yield (f32([0.2, 0.6], [0.9, 0.1]),)
    for n in (6, 30):
        yield (rng.uniform(0.05, 0.95, n).astype(np.float32),)


def _places_and_data(rng):
    """In the last two every weight, taken by itself, is 0 in a float32: with little noise, and far from the data."""
    yield f32(0.5), f32([2]), 0.8, 0.6
    yield f32(0.3, -0.5), f32([1, 0], [-0.5, 1.5]), 0.8, 0.6
    yield f32(0.7, -0.4), f32([1, 0], [-0.5, 1.5]), 0.0, 1.0
    yield f32(0.4), f32([-2], [-1.2], [-0.3], [0.1], [0.9], [1], [2.5]), 0.6, 0.8
    for n, d, alpha, sigma in ((3, 3, 0.8, 0.6), (5, 3, 0.28, 0.96), (20, 4, 0.6, 0.8)):
        yield normal(rng, d), normal(rng, n, d, around=0.3), alpha, sigma
    yield normal(rng, 9), normal(rng, 12, 9), 0.99995, 0.01
    yield normal(rng, 64), 5 + 0.1 * normal(rng, 30, 64), 0.8, 0.6


_MIXED = ((0.8, 0.6), (0.6, 0.8), (0.28, 0.96), (0.96, 0.28), (0.995, 0.1), (0.1, 0.995))


def _guesses(rng):
    """What is seen, a guess of what it comes from or of its noise, and how much there is of both."""
    yield f32([1.5]), f32([0.5]), 0.8, 0.6
    yield f32([-2, 0.3]), f32([1, -1]), 0.6, 0.8
    yield f32([0.5, 1], [-1, 2]), f32([1, 0.5], [0, -1.5]), 0.28, 0.96
    for (n, d), (alpha, sigma) in zip(((2, 3), (3, 2), (4, 4), (5, 8), (20, 6), (12, 16)), _MIXED, strict=True):
        yield normal(rng, n, d), normal(rng, n, d, around=0.4), alpha, sigma


def _steps_back(rng):
    """The first begins at nothing but noise; in one the step leads to time 0, and one step is no step."""
    yield f32([1]), f32([0.5]), 1.0, 0.5
    yield f32([-2, 0.3]), f32([1, -1]), 0.6, 0.3
    yield f32([0.5, 1], [-1, 2]), f32([1, 0.5], [0, -1.5]), 0.9, 0.8
    yield f32([0.5, 1], [-1, 2]), f32([1, 0.5], [0, -1.5]), 0.4, 0.0
    yield normal(rng, 3, 2), normal(rng, 3, 2), 0.7, 0.7
    for n, d, now, then in ((4, 4, 0.95, 0.8), (5, 8, 0.5, 0.1), (12, 16, 0.3, 0.2)):
        yield normal(rng, n, d), normal(rng, n, d, around=0.4), now, then


def _pairs_of_times(rng):
    """The first begins at nothing but noise, and one leads to time 0."""
    yield 1.0, 0.5
    yield 0.5, 0.25
    yield 0.9, 0.8
    yield 0.5, 0.0
    yield f32(0.6, 0.4), f32(0.3, 0.1)
    yield np.linspace(0.995, 0.1, 10).astype(np.float32)[:-1], np.linspace(0.995, 0.1, 10).astype(np.float32)[1:]
    now = rng.uniform(0.3, 0.95, 20).astype(np.float32)
    yield now, (now * rng.uniform(0.2, 0.9, 20)).astype(np.float32)


def _features(rng):
    """Correlated, of several widths; in one there are fewer of them than features, so that a covariance has no inverse.

    In the smallest there are as many of both, so that a covariance along the wrong axis goes through without an error.
    """
    for n, m, d in ((4, 4, 3), (5, 8, 2), (6, 4, 5), (10, 20, 3), (30, 40, 4), (60, 60, 8), (25, 30, 6)):
        a, b = (normal(rng, k, d) @ normal(rng, d, d) / np.sqrt(d) for k in (n, m))
        yield a.astype(np.float32), (0.7 + 1.5 * b).astype(np.float32)


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _cosine(t):
    angle = np.pi / 2 * np.asarray(t, float)
    return np.cos(angle), np.sin(angle)


def _plain_angle(t):
    return np.cos(np.asarray(t, float)), np.sin(np.asarray(t, float))


def _mixed(of_x, of_noise):
    """A mixture with other shares, given those of the schedule, (n, 1) both."""

    def mix(x, t, noise):
        alpha, sigma = _cosine(t[:, None])
        return of_x(alpha, sigma) * x + of_noise(alpha, sigma) * noise

    return mix


def _by_angle(factor):
    """The mixture, with t times another factor for an angle."""
    return lambda x, t, noise: np.cos(factor * t[:, None]) * x + np.sin(factor * t[:, None]) * noise


def _of_both(function):
    """A function of what is left of the data and how much noise there is, given the time."""
    return lambda t: function(*_cosine(t))


def _far(z, centres):
    """(n,): the squared distances."""
    return ((np.asarray(z) - np.asarray(centres)) ** 2).sum(axis=-1)


def _weighed(scores):
    """The mean of the data, with a softmax of these scores for weights."""
    return lambda z, data, alpha, sigma: softmax(scores(z, np.asarray(data), alpha, sigma)) @ np.asarray(data)


_best_guess = _weighed(lambda z, data, alpha, sigma: -_far(z, alpha * data) / (2 * sigma**2))


def _plain_weights(z, data, alpha, sigma):
    """Not normalised, and 0 where a float32 has nothing smaller left."""
    return np.exp((-_far(z, alpha * np.asarray(data)) / (2 * sigma**2)).astype(np.float32))


def _each_number(z, data, alpha, sigma):
    data = np.asarray(data)
    return (softmax(-((np.asarray(z) - alpha * data) ** 2) / (2 * sigma**2), axis=0) * data).sum(axis=0)


def _over_the_points(z, data, alpha, sigma):
    data = np.asarray(data)
    return softmax(-((np.asarray(z) - alpha * data) ** 2).sum(axis=0) / (2 * sigma**2)) @ data


def _ddim(z, x, now, then):
    alpha, sigma = _cosine(now)
    alpha2, sigma2 = _cosine(then)
    return alpha2 * x + sigma2 * (z - alpha * x) / sigma


def _stepped(function):
    """A step made otherwise, given z, x, α and σ now, and α and σ then."""
    return lambda z, x, now, then: function(np.asarray(z), np.asarray(x), *_cosine(now), *_cosine(then))


def _renewed(function):
    """Another standard deviation, given α and σ now, and α and σ then."""
    return lambda now, then: function(*_cosine(now), *_cosine(then))


def _new_noise(alpha, sigma, alpha2, sigma2):
    return sigma2 / sigma * np.sqrt(1 - alpha**2 / alpha2**2)


def _covariances(a, b, per=1):
    """Of both, over n − per."""
    return (np.atleast_2d(np.cov(np.asarray(x, np.float64).T, ddof=per)) for x in (a, b))


def _between(a, b):
    """The squared distance of the means."""
    return ((np.asarray(a, np.float64).mean(axis=0) - np.asarray(b, np.float64).mean(axis=0)) ** 2).sum()


def _shared(A, B):
    """The trace of the root of A B."""
    values, vectors = np.linalg.eigh(A)
    root = vectors * np.sqrt(np.maximum(values, 0)) @ vectors.T
    return np.sqrt(np.maximum(np.linalg.eigvalsh(root @ B @ root), 0)).sum()


def _spreads(function, per=1):
    """The distance of the means, and something else made of the covariances."""
    return lambda a, b: _between(a, b) + function(*_covariances(a, b, per))


def _apart(A, B):
    return np.trace(A) + np.trace(B) - 2 * _shared(A, B)


def _by_widths(A, B):
    return ((np.sqrt(np.diag(A)) - np.sqrt(np.diag(B))) ** 2).sum()


def _of_rows(a, b):
    A, B = (np.cov(np.asarray(x, np.float64)) for x in (a, b))
    return _between(a, b) + _apart(A, B)


# ---------------------------------------------------------------------- the exercises

noised = make_check(
    "noised",
    _mixed(lambda alpha, sigma: alpha, lambda alpha, sigma: sigma),
    _points_times_and_noise,
    [
        WrongIdea(
            "(1 − t) x + t ε: a mixture along a straight line",
            lambda x, t, noise: (1 - t[:, None]) * x + t[:, None] * noise,
            "Flow matching mixes so; here α² + σ² = 1, so that x and z may have the same variance.",
            "the shares of a picture and of noise are a cosine and a sine.",
        ),
        WrongIdea(
            "1 − α of noise, so that the two shares add up to 1",
            _mixed(lambda alpha, sigma: alpha, lambda alpha, sigma: 1 - alpha),
            "Variances add, and not widths: half-way the mixture would have less variance than either.",
            "which squares add up to 1?",
        ),
        WrongIdea(
            "α and σ swapped",
            _mixed(lambda alpha, sigma: sigma, lambda alpha, sigma: alpha),
            "At time 0 there is only the picture, and at time 1 only noise.",
            "which of cosine and sine is 1 at time 0?",
        ),
        WrongIdea(
            "σ² times the noise",
            _mixed(lambda alpha, sigma: alpha, lambda alpha, sigma: sigma**2),
            "Noise of width 1 times σ has the variance σ²; times σ², its width is σ².",
            "which factor gives noise the variance σ²?",
        ),
        WrongIdea(
            "α² and σ² for shares",
            _mixed(lambda alpha, sigma: alpha**2, lambda alpha, sigma: sigma**2),
            "These are the shares of the variance; the numbers themselves are multiplied by the roots.",
            "what has a number to be multiplied by for its variance to be multiplied by α²?",
        ),
        WrongIdea(
            "noise added to a picture that is not shrunk: x + σ ε",
            _mixed(lambda alpha, sigma: 1, lambda alpha, sigma: sigma),
            "Then the picture is still there at time 1, and the variance grows beyond 1.",
            "what should be left of x at time 1?",
        ),
        WrongIdea(
            "noise that is taken away: α x − σ ε",
            _mixed(lambda alpha, sigma: alpha, lambda alpha, sigma: -sigma),
            "Pictures noised so look the same, but whoever learns to tell ε from z learns its opposite.",
            "a sign.",
        ),
        WrongIdea(
            "√(1 − t) and √t for shares",
            lambda x, t, noise: np.sqrt(1 - t[:, None]) * x + np.sqrt(t[:, None]) * noise,
            "Their squares add up to 1 as well, but that is another schedule: the noise's variance grows in a line.",
            "the shares of the cosine schedule are a cosine and a sine.",
        ),
        WrongIdea(
            "cos t and sin t, without π/2",
            _by_angle(1.0),
            "At time 1 half of the picture would still be there.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
        WrongIdea(
            "π t for the angle",
            _by_angle(np.pi),
            "Half-way there is no picture left, and at time 1 there is its negative.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
        WrongIdea(
            "an angle in degrees",
            _by_angle(90.0),
            "`jnp.cos` takes radians: a quarter turn is π/2, not 90.",
            "how long is a quarter of a circle of radius 1?",
        ),
        WrongIdea(
            "times along the columns: each pixel has a time, and not each row",
            lambda x, t, noise: np.cos(np.pi / 2 * t) * x + np.sin(np.pi / 2 * t) * noise,
            "A row is a picture, and all of it is at one time; (n,) beside (n, d) is lined up with the last axis.",
            "`t[:, None]` has the shape (n, 1).",
        ),
        WrongIdea(
            "the first time for all the rows",
            lambda x, t, noise: _mixed(lambda alpha, sigma: alpha, lambda alpha, sigma: sigma)(x, t[:1], noise),
            "Each row has its own time, so that one batch trains all noise levels.",
            "which shape has α?",
        ),
    ],
)

log_snr = make_check(
    "log_snr",
    _of_both(lambda alpha, sigma: 2 * (np.log(alpha) - np.log(sigma))),
    _times,
    [
        WrongIdea(
            "half of it: log(α/σ), not squared",
            _of_both(lambda alpha, sigma: np.log(alpha / sigma)),
            "Signal and noise are compared by their variances, which are squares.",
            "what is the variance of σ ε?",
        ),
        WrongIdea(
            "noise to signal: the ratio is upside down",
            _of_both(lambda alpha, sigma: np.log(sigma**2 / alpha**2)),
            "It should be large where there is little noise, and fall as t grows.",
            "what should it be near time 0?",
        ),
        WrongIdea(
            "log(σ/α): upside down, and not squared",
            _of_both(lambda alpha, sigma: np.log(sigma / alpha)),
            "That is the logarithm of the noise level of a picture that is not shrunk, as some papers count it.",
            "signal first, and both squared.",
        ),
        WrongIdea(
            "a logarithm to base 10",
            _of_both(lambda alpha, sigma: np.log10(alpha**2 / sigma**2)),
            "The course counts in nats.",
            "which logarithm has base e?",
        ),
        WrongIdea(
            "decibels: 10 times the logarithm to base 10",
            _of_both(lambda alpha, sigma: 10 * np.log10(alpha**2 / sigma**2)),
            "Engineers count the ratio so; the course counts in nats.",
            "which logarithm has base e?",
        ),
        WrongIdea(
            "a logarithm to base 2",
            _of_both(lambda alpha, sigma: np.log(alpha**2 / sigma**2) / LOG_2),
            "The course counts in nats.",
            "which logarithm has base e?",
        ),
        WrongIdea(
            "log(α/σ²): only the noise is squared",
            _of_both(lambda alpha, sigma: np.log(alpha / sigma**2)),
            "α is a factor like σ; both are squared to compare variances.",
            "what is the variance of α x, if that of x is 1?",
        ),
        WrongIdea(
            "log(α²/σ): only the signal is squared",
            _of_both(lambda alpha, sigma: np.log(alpha**2 / sigma)),
            "σ is a width and σ² the variance; both factors are squared to compare variances.",
            "what is the variance of σ ε?",
        ),
        WrongIdea(
            "the ratio itself, without a logarithm",
            _of_both(lambda alpha, sigma: alpha**2 / sigma**2),
            "It goes from infinity to 0 and has no scale on which a schedule can be drawn; its logarithm has one.",
            "one step is missing.",
        ),
        WrongIdea(
            "the logarithm squared, and not the ratio",
            _of_both(lambda alpha, sigma: np.log(alpha / sigma) ** 2),
            "It is never negative, as if there were always more signal than noise.",
            "what is squared first?",
        ),
        WrongIdea(
            "a ratio of logarithms",
            _of_both(lambda alpha, sigma: np.log(alpha**2) / np.log(sigma**2)),
            "The logarithm of a ratio is a difference of logarithms.",
            "divide first.",
        ),
        WrongIdea(
            "log α²: the noise is left out",
            _of_both(lambda alpha, sigma: np.log(alpha**2)),
            "What is left of the signal says little without the noise that it stands in.",
            "a ratio of what to what?",
        ),
        WrongIdea(
            "cos t and sin t for α and σ, without π/2",
            lambda t: 2 * np.log(np.divide(*_plain_angle(t))),
            "With these there is more than noise at time 1.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
        WrongIdea(
            "1 − t and t for α and σ",
            lambda t: 2 * np.log((1 - t) / t),
            "That is the schedule of flow matching.",
            "α and σ of the cosine schedule are a cosine and a sine.",
        ),
    ],
)

best_guess = make_check(
    "best_guess",
    _best_guess,
    _places_and_data,
    [
        WrongIdea(
            "weights that are all 0 in a float32, and so 0/0",
            lambda z, data, alpha, sigma: (
                (weights := _plain_weights(z, data, alpha, sigma)) @ np.asarray(data) / weights.sum()
            ),
            "With little noise each point is so unlikely that its density is 0; only how they compare matters.",
            "`jax.nn.softmax` takes the largest away before it takes exponentials.",
        ),
        WrongIdea(
            "the distances to x, not to α x",
            _weighed(lambda z, data, alpha, sigma: -_far(z, data) / (2 * sigma**2)),
            "z is a shrunken picture with noise, and is to be compared with shrunken pictures.",
            "where is the middle of all z that come from x?",
        ),
        WrongIdea(
            "exponents that are twice as large: the ½ of the bell is missing",
            _weighed(lambda z, data, alpha, sigma: -_far(z, alpha * data) / sigma**2),
            "Then the guess is too sure, as if the variance of the noise were half of what it is.",
            "write down the density of a bell.",
        ),
        WrongIdea(
            "distances over 2σ, where σ is to be squared",
            _weighed(lambda z, data, alpha, sigma: -_far(z, alpha * data) / (2 * sigma)),
            "σ is a width; in the exponent of a bell stands the variance.",
            "write down the density of a bell.",
        ),
        WrongIdea(
            "exponents without a minus sign",
            _weighed(lambda z, data, alpha, sigma: _far(z, alpha * data) / (2 * sigma**2)),
            "Then the point that is furthest away is held for the likeliest.",
            "which point should weigh most?",
        ),
        WrongIdea(
            "distances that are not squared",
            _weighed(lambda z, data, alpha, sigma: -np.sqrt(_far(z, alpha * data)) / (2 * sigma**2)),
            "The density of a bell falls with the square of the distance.",
            "write down the density of a bell.",
        ),
        WrongIdea(
            "the nearest point alone",
            lambda z, data, alpha, sigma: np.asarray(data)[_far(z, alpha * np.asarray(data)).argmin()],
            "That is the likeliest answer, not the one with the least squared error; others are possible.",
            "what should it be when z says nothing at all?",
        ),
        WrongIdea(
            "the mean of all the data, whatever z is",
            lambda z, data, alpha, sigma: np.asarray(data).mean(axis=0),
            "That is the best guess of one who has not seen z.",
            "which points could z have come from?",
        ),
        WrongIdea(
            "weights that do not add up to 1",
            lambda z, data, alpha, sigma: _plain_weights(z, data, alpha, sigma) @ np.asarray(data),
            "Far from all data the guess would be 0; a mean has weights that add up to 1.",
            "divide by what?",
        ),
        WrongIdea(
            "the sum of all the data: each weight is divided by itself",
            lambda z, data, alpha, sigma: np.asarray(data).sum(axis=0),
            "A softmax along an axis of length 1 gives 1 everywhere.",
            "what do the weights add up to, and along which axis?",
        ),
        WrongIdea(
            "α times the guess",
            lambda z, data, alpha, sigma: alpha * _best_guess(z, data, alpha, sigma),
            "That is what z is without its noise; asked for is the picture before it was shrunk.",
            "α belongs into the distances, and not into the mean.",
        ),
        WrongIdea(
            "a guess for each number by itself: the squares are not summed over a picture",
            _each_number,
            "The numbers of a picture belong together: all of them say which picture it was.",
            "how many weights are there for n points?",
        ),
        WrongIdea(
            "squares summed over the points, not over the numbers of each",
            _over_the_points,
            "A distance belongs to one point of the data, and there is one for each.",
            "how many weights are there for n points?",
        ),
        WrongIdea(
            "z/α, as if there were no noise",
            lambda z, data, alpha, sigma: np.asarray(z) / np.float32(alpha),
            "It does not ask what the data look like, and with much noise it is nothing but noise, enlarged.",
            "of which points is the guess a mean?",
        ),
    ],
)

to_score = make_check(
    "to_score",
    lambda z, x, alpha, sigma: (alpha * x - z) / sigma**2,
    _guesses,
    [
        WrongIdea(
            "(z − α x)/σ²: the opposite",
            lambda z, x, alpha, sigma: (z - alpha * x) / sigma**2,
            "The score points to where the density grows, which is towards α x.",
            "which way is it from z to α x?",
        ),
        WrongIdea(
            "the noise, (z − α x)/σ",
            lambda z, x, alpha, sigma: (z - alpha * x) / sigma,
            "The noise points away from the data, and has width 1 at each level; the score is −1/σ times it.",
            "take the gradient of the log of a bell.",
        ),
        WrongIdea(
            "σ instead of σ²: minus the noise",
            lambda z, x, alpha, sigma: (alpha * x - z) / sigma,
            "In the log density of a bell stands the variance, and its slope has it too.",
            "take the gradient of the log of a bell.",
        ),
        WrongIdea(
            "(x − z)/σ², without α",
            lambda z, x, alpha, sigma: (x - z) / sigma**2,
            "The bell that z was drawn from stands around α x, and not around x.",
            "where is the slope 0?",
        ),
        WrongIdea(
            "α x − z, not divided",
            lambda z, x, alpha, sigma: alpha * x - z,
            "The way is right and the length is not: the narrower a bell, the steeper its log density.",
            "take the gradient of the log of a bell.",
        ),
        WrongIdea(
            "a division by α besides",
            lambda z, x, alpha, sigma: (alpha * x - z) / (alpha * sigma**2),
            "That undoes the shrinking, but the score is the slope at z, which is shrunken.",
            "the slope is taken in z.",
        ),
        WrongIdea(
            "half of it: the 2 of the square is missing",
            lambda z, x, alpha, sigma: (alpha * x - z) / (2 * sigma**2),
            "The ½ in the exponent and the 2 of the square's slope cancel.",
            "what is the derivative of u²/2?",
        ),
        WrongIdea(
            "−z/σ²: x is left out",
            lambda z, x, alpha, sigma: -z / sigma**2,
            "That is the score of a bell around 0, as if all data were 0.",
            "around what does the bell stand that z was drawn from?",
        ),
        WrongIdea(
            "−z, the score of pure noise",
            lambda z, x, alpha, sigma: -z,
            "That is right at time 1 only, where nothing is left of the data.",
            "where does x enter?",
        ),
        WrongIdea(
            "the log density itself, and not its slope",
            lambda z, x, alpha, sigma: -((z - alpha * x) ** 2) / (2 * sigma**2),
            "It says how likely z is, and not which way it becomes likelier.",
            "take the derivative in z.",
        ),
        WrongIdea(
            "the slope in x, not in z",
            lambda z, x, alpha, sigma: alpha * (z - alpha * x) / sigma**2,
            "It would move the guess; what is to be moved is z.",
            "the score is the gradient in z.",
        ),
        WrongIdea(
            "α and σ swapped",
            lambda z, x, alpha, sigma: (sigma * x - z) / alpha**2,
            "α is what is left of the data, and σ the width of the noise.",
            "which of them goes with x?",
        ),
    ],
    atol=1e-4,  # of a difference that is divided by σ², in any order
)

to_data = make_check(
    "to_data",
    lambda z, noise, alpha, sigma: (z - sigma * noise) / alpha,
    _guesses,
    [
        WrongIdea(
            "z − σ ε, not divided by α",
            lambda z, noise, alpha, sigma: z - sigma * noise,
            "That is a picture that is still shrunken.",
            "solve z = α x + σ ε for x.",
        ),
        WrongIdea(
            "(z − σ² ε)/α",
            lambda z, noise, alpha, sigma: (z - sigma**2 * noise) / alpha,
            "The noise was multiplied by σ when it came in.",
            "solve z = α x + σ ε for x.",
        ),
        WrongIdea(
            "(z + σ² ε)/α, as if the noise were a score",
            lambda z, noise, alpha, sigma: (z + sigma**2 * noise) / alpha,
            "From a score the guess comes so; the noise is −σ times the score.",
            "solve z = α x + σ ε for x.",
        ),
        WrongIdea(
            "(z + σ ε)/α: the noise is added once more",
            lambda z, noise, alpha, sigma: (z + sigma * noise) / alpha,
            "Noise that has come in is to be taken off.",
            "solve z = α x + σ ε for x.",
        ),
        WrongIdea(
            "(σ ε − z)/α: the opposite",
            lambda z, noise, alpha, sigma: (sigma * noise - z) / alpha,
            "Black and white would be swapped.",
            "what should come out where there is no noise?",
        ),
        WrongIdea(
            "(z − ε)/α: the noise is not multiplied by σ",
            lambda z, noise, alpha, sigma: (z - noise) / alpha,
            "A guess of the noise has width 1, but in z there is only σ of it.",
            "how much noise is in z?",
        ),
        WrongIdea(
            "a division by σ instead of α",
            lambda z, noise, alpha, sigma: (z - sigma * noise) / sigma,
            "What is left is α x.",
            "by what was x multiplied?",
        ),
        WrongIdea(
            "α and σ swapped",
            lambda z, noise, alpha, sigma: (z - alpha * noise) / sigma,
            "α is what is left of the data, and σ the width of the noise.",
            "which of them goes with the noise?",
        ),
        WrongIdea(
            "z − σ ε/α: brackets are missing, and only the noise is divided",
            lambda z, noise, alpha, sigma: z - sigma * noise / alpha,
            "α was a factor of x alone, so all that is left when the noise is gone is divided.",
            "what is divided, a difference or a product?",
        ),
        WrongIdea(
            "z/α − σ ε: only z is divided",
            lambda z, noise, alpha, sigma: z / alpha - sigma * noise,
            "α was a factor of x alone, so all that is left when the noise is gone is divided.",
            "take the noise off first, and divide then.",
        ),
        WrongIdea(
            "α (z − σ ε): a product instead of a division",
            lambda z, noise, alpha, sigma: alpha * (z - sigma * noise),
            "The picture was shrunk once, and would now be shrunk twice.",
            "how does one undo a multiplication?",
        ),
        WrongIdea(
            "(z − σ ε)/α²",
            lambda z, noise, alpha, sigma: (z - sigma * noise) / alpha**2,
            "x was multiplied by α, not by α².",
            "solve z = α x + σ ε for x.",
        ),
        WrongIdea(
            "α z − σ ε, as if the noise were a velocity",
            lambda z, noise, alpha, sigma: alpha * z - sigma * noise,
            "From the velocity v = α ε − σ x the guess comes so, and there only because α² + σ² = 1.",
            "solve z = α x + σ ε for x.",
        ),
    ],
)

ddim_step = make_check(
    "ddim_step",
    _ddim,
    _steps_back,
    [
        WrongIdea(
            "a jump to x",
            _stepped(lambda z, x, a, s, a2, s2: x),
            "With much noise the guess is a mean of many pictures; only a step towards it is safe.",
            "how much noise should be left at the new time?",
        ),
        WrongIdea(
            "α x at the new time, without noise",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x),
            "The denoiser expects noise at the new time, of width σ.",
            "how much noise should be left at the new time?",
        ),
        WrongIdea(
            "the old σ kept: the noise does not become less",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x + z - a * x),
            "Then there is more noise than the denoiser is told, and it stays until the end.",
            "what multiplies the noise at the new time?",
        ),
        WrongIdea(
            "z in the place of the noise",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x + s2 * z),
            "There is a part of x in z, which would come in twice.",
            "what is left of z when α x is taken away?",
        ),
        WrongIdea(
            "noise that is not divided by its σ",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x + s2 * (z - a * x)),
            "z − α x has width σ already; multiplied by the new σ there would be too little noise.",
            "how wide is ε?",
        ),
        WrongIdea(
            "noise divided by σ²: minus the score",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x + s2 * (z - a * x) / s**2),
            "The score has the length of noise over σ.",
            "how wide is ε?",
        ),
        WrongIdea(
            "the old α for x: only the noise moves to the new time",
            _stepped(lambda z, x, a, s, a2, s2: a * x + s2 * (z - a * x) / s),
            "Noise becomes less and the picture does not become more, so both together are too small.",
            "how much of x is there at the new time?",
        ),
        WrongIdea(
            "x not shrunk: 1 in place of the new α",
            _stepped(lambda z, x, a, s, a2, s2: x + s2 * (z - a * x) / s),
            "There is all of x only at time 0.",
            "how much of x is there at the new time?",
        ),
        WrongIdea(
            "(z − x)/σ for the noise: x is not shrunk before it is taken away",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x + s2 * (z - x) / s),
            "In z there is only α of x.",
            "solve z = α x + σ ε for ε.",
        ),
        WrongIdea(
            "the two times swapped",
            lambda z, x, now, then: _ddim(np.asarray(z), np.asarray(x), then, now),
            "Then it is a step to more noise.",
            "at which time is z unmixed, and for which is it mixed?",
        ),
        WrongIdea(
            "a straight line from z to x, a share of the way",
            lambda z, x, now, then: np.asarray(x) + then / now * (np.asarray(z) - np.asarray(x)),
            "That is a step of flow matching, whose α and σ are 1 − t and t; here they are on a circle.",
            "mix x and the noise anew.",
        ),
        WrongIdea(
            "the new noise level squared: σ² ε",
            _stepped(lambda z, x, a, s, a2, s2: a2 * x + s2**2 * (z - a * x) / s),
            "Noise of width 1 times σ has the variance σ².",
            "how wide should the noise be at the new time?",
        ),
        WrongIdea(
            "DDPM's mean, without its new noise",
            _stepped(
                lambda z, x, a, s, a2, s2: a2 * x + np.sqrt(s2**2 - _new_noise(a, s, a2, s2) ** 2) * (z - a * x) / s
            ),
            "DDPM keeps less of the noise because it adds some; without that there is too little.",
            "with nothing new, how much of the noise is kept?",
        ),
        WrongIdea(
            "a schedule of cos t and sin t, without π/2",
            lambda z, x, now, then: (
                (both := _plain_angle(then))[0] * np.asarray(x)
                + both[1] * (np.asarray(z) - _plain_angle(now)[0] * np.asarray(x)) / _plain_angle(now)[1]
            ),
            "With these there is more than noise at time 1.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
    ],
)

new_noise = make_check(
    "new_noise",
    _renewed(_new_noise),
    _pairs_of_times,
    [
        WrongIdea(
            "the variance, not the standard deviation",
            _renewed(lambda a, s, a2, s2: _new_noise(a, s, a2, s2) ** 2),
            "Noise of width 1 is multiplied by it, so it has to be a width.",
            "a root is missing.",
        ),
        WrongIdea(
            "√(1 − αₜ²/αₛ²) without σₛ/σₜ: the noise of a step forwards",
            _renewed(lambda a, s, a2, s2: np.sqrt(1 - a**2 / a2**2)),
            "DDPM offers it as the other choice; it is larger, and in a step to time 0 it would add noise at the end.",
            "how much new noise should there be in a step to time 0?",
        ),
        WrongIdea(
            "β = 1 − αₜ²/αₛ², the variance of a step forwards",
            _renewed(lambda a, s, a2, s2: 1 - a**2 / a2**2),
            "A step back is surer than a step forwards, since z and x are both known; and a width is wanted.",
            "how much new noise should there be in a step to time 0?",
        ),
        WrongIdea(
            "the root left out: σₛ/σₜ (1 − αₜ²/αₛ²)",
            _renewed(lambda a, s, a2, s2: s2 / s * (1 - a**2 / a2**2)),
            "1 − αₜ²/αₛ² is a variance, and a width is wanted.",
            "what goes with a ratio of widths, a variance or its root?",
        ),
        WrongIdea(
            "σₜ/σₛ: the ratio of the noise is upside down",
            _renewed(lambda a, s, a2, s2: s / s2 * np.sqrt(1 - a**2 / a2**2)),
            "It would be infinite in a step to time 0, where nothing new should come in.",
            "how much new noise should there be in a step to time 0?",
        ),
        WrongIdea(
            "the root of a negative number: αₛ/αₜ, upside down, or the two times swapped",
            _renewed(lambda a, s, a2, s2: np.sqrt(1 - a2**2 / a**2) * s2 / s),
            "Of the earlier picture only a part is left later, so the ratio of the squares has to be below 1.",
            "at which of the two times is α larger?",
        ),
        WrongIdea(
            "α that is not squared under the root",
            _renewed(lambda a, s, a2, s2: s2 / s * np.sqrt(1 - a / a2)),
            "α is a factor of numbers; variances are multiplied by its square.",
            "a variance is taken away from 1.",
        ),
        WrongIdea(
            "σₛ/σₜ under the root, not squared",
            _renewed(lambda a, s, a2, s2: np.sqrt(s2 / s * (1 - a**2 / a2**2))),
            "Under the root stands a variance, which has the square of the ratio.",
            "is the ratio inside or outside?",
        ),
        WrongIdea(
            "no division by σₜ",
            _renewed(lambda a, s, a2, s2: s2 * np.sqrt(1 - a**2 / a2**2)),
            "With little noise left, this is much too small.",
            "what stands below the line?",
        ),
        WrongIdea(
            "σₛ: all the noise is new",
            _renewed(lambda a, s, a2, s2: s2 + 0 * s),
            "Then nothing of z is kept but the guess, and every step begins anew; DDPM keeps a part.",
            "how much new noise is there in a very short step?",
        ),
        WrongIdea(
            "the part of the old noise that is kept",
            _renewed(lambda a, s, a2, s2: np.sqrt(s2**2 - _new_noise(a, s, a2, s2) ** 2)),
            "Old and new together have the variance σₛ²; this is the other of the two.",
            "how much new noise is there in a very short step?",
        ),
        WrongIdea(
            "the root of the difference of the two σ²",
            _renewed(lambda a, s, a2, s2: np.sqrt(s**2 - s2**2)),
            "So much noise comes in forwards if pictures are not shrunk; here they are, and it goes back.",
            "how much new noise should there be in a step to time 0?",
        ),
        WrongIdea(
            "a schedule of cos t and sin t, without π/2",
            lambda now, then: _new_noise(*_plain_angle(now), *_plain_angle(then)),
            "With these there is more than noise at time 1.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
    ],
)

frechet = make_check(
    "frechet",
    frechet_distance,
    _features,
    [
        WrongIdea(
            "the means left out",
            lambda a, b: _apart(*_covariances(a, b)),
            "Two clouds of the same shape would be the same, however far apart they lie.",
            "what should come out for b = a + 1?",
        ),
        WrongIdea(
            "the distance of the means alone, squared",
            _between,
            "One picture, drawn again and again, would be as good as the data if it were their mean.",
            "what should come out for b = 2 a, if the mean of a is 0?",
        ),
        WrongIdea(
            "a distance of the means that is not squared",
            lambda a, b: np.sqrt(_between(a, b)) + _apart(*_covariances(a, b)),
            "The covariances are in squared units, and so must be what is added to them.",
            "`norm` takes a root.",
        ),
        WrongIdea(
            "the mean over the features of the squared difference, not its sum",
            lambda a, b: _between(a, b) / np.shape(a)[1] + _apart(*_covariances(a, b)),
            "The trace is a sum over the features, and the means have to be counted in the same way.",
            "the squared length of a vector is a sum.",
        ),
        WrongIdea(
            "the 2 missing before the root",
            _spreads(lambda A, B: np.trace(A) + np.trace(B) - _shared(A, B)),
            "A set would be away from itself.",
            "what should come out for b = a?",
        ),
        WrongIdea(
            "the root left out: A + B − 2 A B",
            _spreads(lambda A, B: np.trace(A) + np.trace(B) - 2 * np.trace(A @ B)),
            "A B is in squared units of A; it can be larger than A + B, and the distance negative.",
            "what should come out for b = a?",
        ),
        WrongIdea(
            "a root of each entry of A B: `sqrt` is not the root of a matrix",
            _spreads(lambda A, B: np.trace(A) + np.trace(B) - 2 * np.sqrt(np.diag(A @ B)).sum()),
            "The root of a matrix is the one that gives it when multiplied with itself as a matrix.",
            "the eigenvalues have roots.",
        ),
        WrongIdea(
            "each feature by itself, its width against its width",
            _spreads(_by_widths),
            "How the features go together is left out; this is right only where they are not correlated.",
            "the whole covariance matrices enter.",
        ),
        WrongIdea(
            "each feature by itself, with widths from `std`, which divides by n",
            _spreads(_by_widths, per=0),
            "How the features go together is left out; this is right only where they are not correlated.",
            "the whole covariance matrices enter.",
        ),
        WrongIdea(
            "the sum of the squared differences of the covariances",
            _spreads(lambda A, B: ((A - B) ** 2).sum()),
            "Covariances are in squared units; squared once more they do not go with the means.",
            "how far apart are two bells in one dimension, of widths 1 and 2?",
        ),
        WrongIdea(
            "the root of the trace of A B: root and trace in the other order",
            _spreads(lambda A, B: np.trace(A) + np.trace(B) - 2 * np.sqrt(np.trace(A @ B))),
            "The trace is the sum of the eigenvalues, and a sum of roots is not the root of a sum.",
            "what should come out for b = a?",
        ),
        WrongIdea(
            "the root of it all",
            lambda a, b: np.sqrt(frechet_distance(a, b)),
            "That is the distance in the proper sense; what papers report as FID is its square.",
            "one step too many.",
        ),
        WrongIdea(
            "covariances over n, not n − 1",
            _spreads(_apart, per=0),
            "Those are too small on average, by a factor that depends on how many there are.",
            "`np.cov` and `jnp.cov` divide by n − 1.",
        ),
        WrongIdea(
            "the covariances of the rows, not of the features",
            _of_rows,
            "`np.cov` takes each row for a variable; here each column is one.",
            "which shape has a covariance of f features?",
        ),
    ],
    rtol=2e-3,  # roots of eigenvalues that are 0 but for rounding, in float32
    atol=2e-3,
)
