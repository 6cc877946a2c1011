"""The checks of chapter 6b, Faces to order.

>>> from likely.checks import prompts as check
>>> check.guided(guided)  # a verdict on the reader's function `guided`
"""

from __future__ import annotations

import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import f32, normal

__all__ = [
    "guided",
    "obeyed",
    "put_back",
    "share_of_way",
    "way_from",
]

# ---------------------------------------------------------------------- inputs


def _guesses_and_guidance(rng):
    """In the first the caption counts for nothing, in the second it counts as it was learned; one is below 0."""
    yield f32([2]), f32([0.5]), 0.0
    yield f32([1, -0.5]), f32([0.25, 0.75]), 1.0
    yield f32([1, -0.5]), f32([0.25, 0.75]), 2.0
    yield f32([1, -0.5], [-1, 0.5]), f32([0.25, 0.75], [-0.5, -0.25]), 0.5
    for (n, d), g in zip(((3, 3), (2, 5), (4, 4), (5, 8), (6, 16)), (3.0, 1.5, -1.0, 7.5, 2.5), strict=True):
        yield normal(rng, n, d), normal(rng, n, d, around=0.3), g


def _pictures_with_a_part_that_is_free(rng):
    """Of one nothing is free, and of one everything; one time is 0, where nothing is noised, and one is 1."""
    yield f32([2]), f32([0.5]), np.array([[False]]), 0.25, f32([-1])
    yield f32([2]), f32([0.5]), np.array([[True]]), 0.25, f32([-1])
    yield f32([1, -2]), f32([0.5, 1.5]), np.array([[True, False]]), 0.75, f32([2, -1])
    yield f32([1, -2]), f32([0.5, 1.5]), np.array([[False, True]]), 0.0, f32([2, -1])
    yield f32([1, -2], [0, 1]), f32([0.5, 1.5], [-1, 2]), np.array([[True, False]] * 2), 1.0, f32([2, -1], [0.5, 3])
    for (n, d), t in zip(((3, 3), (2, 5), (4, 4), (5, 8), (6, 16)), (0.4, 0.1, 0.6, 0.9, 0.2), strict=True):
        z, known, noise = (normal(rng, n, d, around=around) for around in (0.2, 0.7, 0.0))
        yield z, known, rng.random((n, d)) < 0.5, t, noise


def _ways():
    """A share of the steps is a whole number in all of them, so that it is the same however it is rounded."""
    return (0.5, 2), (1.0, 2), (1.0, 4), (0.5, 4), (0.6, 5), (0.25, 8), (0.8, 10), (0.36, 25), (0.995, 200)


_VALUES = (2, 2, 2, 2, 6, 5, 5)  # of each attribute


def _labels(rng, n):
    return (rng.random((n, 7)) * _VALUES).astype(np.int32)


def _readings(rng):
    """One row with all that was said right, one with a slip where nothing was said, and one in which nothing was said.

    In the longer ones nine in ten are right, and something is said in each row, or nothing in the first two.
    """
    ordered = _labels(rng, 1)
    slip = ordered.copy()
    slip[0, 4] = (slip[0, 4] + 1) % 6
    yield ordered.copy(), ordered, np.ones((1, 7), bool)
    yield slip, ordered, np.arange(7)[None] != 4
    yield slip, ordered, np.arange(7)[None] == 4
    yield _labels(rng, 1), ordered, np.zeros((1, 7), bool)
    for n, said_of, silent in (
        (2, 0.6, 0),
        (4, 0.5, 0),
        (4, 1.0, 0),
        (7, 0.4, 0),
        (9, 0.5, 2),
        (30, 0.3, 2),
        (60, 0.4, 0),
    ):
        ordered = _labels(rng, n)
        read = np.where(rng.random((n, 7)) < 0.85, ordered, _labels(rng, n))
        said = rng.random((n, 7)) < said_of
        said[np.arange(n), rng.integers(0, 7, n)] = True
        said[:silent] = False
        yield read, ordered, said


def _colours_on_a_way(rng):
    """At the start, at the end, beside it, before it and beyond; one way begins at 0, one leaves a number as it is.

    No row is as far from the start as from the end.
    """
    yield f32([2]), f32(1), f32(5)
    yield f32([1, 2]), f32(1, 2), f32(4, 6)
    yield f32([4, 6]), f32(1, 2), f32(4, 6)
    yield f32([5, -1]), f32(1, 2), f32(4, 6)
    yield f32([-2, -2]), f32(1, 2), f32(4, 6)
    yield f32([1.75, 3], [7, 10]), f32(1, 2), f32(4, 6)
    yield f32([0.5, 1, 0], [-1, 2, 2]), f32(0, 0, 0), f32(1, 2, 2)
    yield f32([0.7, 0.6, 0.5], [0.9, 0.6, 0.4]), f32(0.8, 0.6, 0.5), f32(0.6, 0.6, 0.3)
    for n, d in ((3, 3), (2, 5), (4, 4), (5, 8), (6, 16)):
        start, end = normal(rng, d), normal(rng, d, around=1)
        yield start + normal(rng, n, 1, around=0.5) * (end - start) + normal(rng, n, d), start, end


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _cosine(t):
    return np.cos(np.pi / 2 * t), np.sin(np.pi / 2 * t)


def _put(function):
    """A picture put together: z where it is free, and else made of the known one, the noise, α and σ."""
    return lambda z, known, free, t, noise: np.where(free, z, function(known, noise, *_cosine(t)))


def _put_at(function):
    """The same with other shares, given the time."""

    def put(z, known, free, t, noise):
        of_known, of_noise = function(t)
        return np.where(free, z, of_known * known + of_noise * noise)

    return put


def _noised(known, t, noise):
    alpha, sigma = _cosine(t)
    return alpha * known + sigma * noise


def _either(read, ordered, said):
    """(n, 7) bool: right, or not spoken of."""
    return (read == ordered) | ~said


def _rows(read, ordered, said):
    """(n,) bool: everything that was ordered is right."""
    return _either(read, ordered, said).all(axis=1)


def _both(read, ordered, said):
    """(n, 7) bool: spoken of, and right."""
    return (read == ordered) & said


def _of_those(right, counted):
    """The share of what is right, among what is counted; 0 where nothing is."""
    return (right & counted).sum() / max(counted.sum(), 1)


def _shares_of_rows(read, ordered, said):
    return (_both(read, ordered, said).sum(axis=1) / np.maximum(said.sum(axis=1), 1)).mean()


def _length(x):
    """Of each row, or of one list."""
    return np.sqrt((x * x).sum(axis=-1))


def _along(function):
    """A share made of what a row is away from the start, (n, d), and of the way, (d,)."""
    return lambda drawn, start, end: function(drawn - start, end - start)


_share = _along(lambda far, way: far @ way / (way @ way))

# ---------------------------------------------------------------------- the exercises

guided = make_check(
    "guided",
    lambda told, untold, g: untold + g * (told - untold),
    _guesses_and_guidance,
    [
        WrongIdea(
            "told + g (told − untold): guidance counted from the caption on, the w of the paper",
            lambda told, untold, g: told + g * (told - untold),
            "With that count 0 is what was learned, and w = g − 1; here g = 0 leaves the caption out.",
            "what should come out for g = 1?",
        ),
        WrongIdea(
            "untold + g (untold − told): the difference is reversed",
            lambda told, untold, g: untold + g * (untold - told),
            "It goes away from what was ordered.",
            "what should come out for g = 1?",
        ),
        WrongIdea(
            "told + g (untold − told): the two guesses are swapped",
            lambda told, untold, g: told + g * (untold - told),
            "Then g = 0 is what the caption says, and the larger g, the further away from it.",
            "which of the two should come out for g = 0?",
        ),
        WrongIdea(
            "g times told: what is said without the caption has dropped out",
            lambda told, untold, g: g * told,
            "Brackets may be missing. Such a guess is g times too bright, and the other pass is for nothing.",
            "what should come out for g = 0?",
        ),
        WrongIdea(
            "g told − untold: only one of the two is multiplied",
            lambda told, untold, g: g * told - untold,
            "For a picture in which the caption changes nothing, something else would come out.",
            "what should come out if both guesses are the same?",
        ),
        WrongIdea(
            "untold + g told: nothing is taken away",
            lambda told, untold, g: untold + g * told,
            "What both say comes in twice and more.",
            "what should come out if both guesses are the same?",
        ),
        WrongIdea(
            "told − g untold",
            lambda told, untold, g: told - g * untold,
            "What both say would be taken away, and not only added to.",
            "what should come out if both guesses are the same?",
        ),
        WrongIdea(
            "g times the difference, and nothing that it is added to",
            lambda told, untold, g: g * (told - untold),
            "A difference is a direction; it needs a place from where to go.",
            "what should come out for g = 0?",
        ),
        WrongIdea(
            "the guess with the caption, whatever g is",
            lambda told, untold, g: told + 0 * untold,
            "That is g = 1, a model as it was trained.",
            "where does g enter?",
        ),
        WrongIdea(
            "the mean of both",
            lambda told, untold, g: (told + untold) / 2,
            "That is g = 1/2: the caption would count for half.",
            "where does g enter?",
        ),
        WrongIdea(
            "a weighted mean, (untold + g told)/(1 + g)",
            lambda told, untold, g: (untold + g * told) / np.float32(1 + g),
            "A mean stays between the two guesses; guidance goes beyond the one with the caption.",
            "what should come out for g = 1?",
        ),
        WrongIdea(
            "a mixture: g cut off at 0 and 1",
            lambda told, untold, g: untold + np.clip(g, 0, 1) * (told - untold),
            "Guidance is wanted above 1, where it exaggerates.",
            "what should come out for g = 2?",
        ),
        WrongIdea(
            "a division by g",
            lambda told, untold, g: untold + (told - untold) / np.float32(g),
            "Then more guidance makes the caption count for less.",
            "what should come out for g = 0?",
        ),
        WrongIdea(
            "g − 1 in the place of g",
            lambda told, untold, g: untold + (g - 1) * (told - untold),
            "g − 1 counts from the guess with the caption, and this begins at the other.",
            "what should come out for g = 1?",
        ),
        WrongIdea(
            "the size of the difference, without its sign",
            lambda told, untold, g: untold + g * np.abs(told - untold),
            "Every pixel would become brighter, also where the caption makes it darker.",
            "what should come out for g = 1?",
        ),
        WrongIdea(
            "a difference that is squared",
            lambda told, untold, g: untold + g * (told - untold) ** 2,
            "It has no sign, and large differences would grow and small ones vanish.",
            "what should come out for g = 1?",
        ),
    ],
)

put_back = make_check(
    "put_back",
    _put(lambda known, noise, alpha, sigma: alpha * known + sigma * noise),
    _pictures_with_a_part_that_is_free,
    [
        WrongIdea(
            "the mask the other way round",
            lambda z, known, free, t, noise: np.where(free, _noised(known, t, noise), z),
            "What is to be kept would be drawn anew, and what may be changed would be kept.",
            "`free` is True where the picture may be changed.",
        ),
        WrongIdea(
            "the known picture without noise",
            _put(lambda known, noise, alpha, sigma: known + 0 * noise),
            "The denoiser is told the time, and takes all that it sees for as noisy as that.",
            "how much of the picture, and of noise, is there at time t?",
        ),
        WrongIdea(
            "the known picture shrunk, and without noise",
            _put(lambda known, noise, alpha, sigma: alpha * known + 0 * noise),
            "At time t there is noise of width sin(π t/2) on everything.",
            "how much noise is there at time t?",
        ),
        WrongIdea(
            "noise on a picture that is not shrunk",
            _put(lambda known, noise, alpha, sigma: known + sigma * noise),
            "Of a picture at time t only the share cos(π t/2) is left; near time 1 it would hardly be there.",
            "how much of the picture is left at time 1?",
        ),
        WrongIdea(
            "cosine and sine swapped, or 1 − t for the time",
            _put(lambda known, noise, alpha, sigma: sigma * known + alpha * noise),
            "At time 0 there is only the picture, and at time 1 only noise.",
            "which of cosine and sine is 1 at time 0?",
        ),
        WrongIdea(
            "noise put on everything, the free part too",
            lambda z, known, free, t, noise: _noised(np.where(free, z, known), t, noise),
            "z comes from a step to time t, and has its noise already.",
            "what is done to z where it is free?",
        ),
        WrongIdea(
            "noise added to z where it is free",
            lambda z, known, free, t, noise: np.where(free, z + _cosine(t)[1] * noise, _noised(known, t, noise)),
            "z comes from a step to time t, and has its noise already.",
            "what is done to z where it is free?",
        ),
        WrongIdea(
            "the squares of cosine and sine for shares",
            _put(lambda known, noise, alpha, sigma: alpha**2 * known + sigma**2 * noise),
            "These are the shares of the variance; the numbers themselves are multiplied by the roots.",
            "which squares add up to 1?",
        ),
        WrongIdea(
            "1 − t and t for shares: a mixture along a straight line",
            _put_at(lambda t: (1 - t, t)),
            "Flow matching mixes so; this painter has learned from a cosine and a sine.",
            "the shares of the cosine schedule are a cosine and a sine.",
        ),
        WrongIdea(
            "√(1 − t) and √t for shares",
            _put_at(lambda t: (np.sqrt(1 - t), np.sqrt(t))),
            "Their squares add up to 1 as well, but that is another schedule.",
            "the shares of the cosine schedule are a cosine and a sine.",
        ),
        WrongIdea(
            "1 − α of noise, so that the two shares add up to 1",
            _put(lambda known, noise, alpha, sigma: alpha * known + (1 - alpha) * noise),
            "Variances add, and not widths: there would be too little noise.",
            "which squares add up to 1?",
        ),
        WrongIdea(
            "σ² times the noise",
            _put(lambda known, noise, alpha, sigma: alpha * known + sigma**2 * noise),
            "Noise of width 1 times σ² has the width σ², which is too little.",
            "which squares add up to 1?",
        ),
        WrongIdea(
            "noise that is taken away: α x − σ ε",
            _put(lambda known, noise, alpha, sigma: alpha * known - sigma * noise),
            "It looks the same, but the noise that is put back at each step should be the one that was given.",
            "a sign.",
        ),
        WrongIdea(
            "cos t and sin t, without π/2",
            _put_at(lambda t: (np.cos(t), np.sin(t))),
            "At time 1 half of the picture would still be there.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
        WrongIdea(
            "π t for the angle",
            _put_at(lambda t: (np.cos(np.pi * t), np.sin(np.pi * t))),
            "Half-way there is no picture left, and at time 1 there is its negative.",
            "t goes from 0 to 1; where does a cosine become 0?",
        ),
        WrongIdea(
            "an angle in degrees",
            _put_at(lambda t: (np.cos(90 * t), np.sin(90 * t))),
            "`jnp.cos` takes radians: a quarter turn is π/2, not 90.",
            "how long is a quarter of a circle of radius 1?",
        ),
        WrongIdea(
            "z, with nothing put back",
            lambda z, known, free, t, noise: z,
            "Then the whole picture is drawn anew, and nothing is kept.",
            "where does the known picture enter?",
        ),
        WrongIdea(
            "the known picture with noise everywhere: nothing is free",
            lambda z, known, free, t, noise: _noised(known, t, noise),
            "What the step has drawn is thrown away, and at the end there is the known picture.",
            "where does z enter?",
        ),
        WrongIdea(
            "the known part added to z, not put in its place",
            lambda z, known, free, t, noise: z + np.where(free, 0, _noised(known, t, noise)).astype(np.float32),
            "What z had there stays and is mixed in.",
            "what should be left of z where nothing is free?",
        ),
        WrongIdea(
            "0 where the picture is kept",
            lambda z, known, free, t, noise: np.where(free, z, np.float32(0)),
            "That cuts a hole; the known part belongs into it.",
            "where does the known picture enter?",
        ),
        WrongIdea(
            "noise alone where the picture is free",
            lambda z, known, free, t, noise: np.where(free, noise, _noised(known, t, noise)),
            "At each step the free part would begin anew, and never become a picture.",
            "where does z enter?",
        ),
    ],
)

way_from = make_check(
    "way_from",
    lambda strength, steps: np.linspace(strength, 0, steps + 1),
    lambda rng: _ways(),
    [
        WrongIdea(
            "a way that begins at 1, whatever the strength",
            lambda strength, steps: np.linspace(1, 0, steps + 1),
            "The picture was noised up to the strength only, and the denoiser would be told of more noise.",
            "at what time is the picture when the way begins?",
        ),
        WrongIdea(
            "a way that begins at 0.995, as one from noise does",
            lambda strength, steps: np.linspace(0.995, 0, steps + 1),
            "The picture was noised up to the strength only, and the denoiser would be told of more noise.",
            "at what time is the picture when the way begins?",
        ),
        WrongIdea(
            "a way that begins at 1 − strength",
            lambda strength, steps: np.linspace(1 - strength, 0, steps + 1),
            "Strength says how much is changed, and so how much noise comes in; at 0 the picture stays.",
            "which time has more noise, an early or a late one?",
        ),
        WrongIdea(
            "times that rise",
            lambda strength, steps: np.linspace(0, strength, steps + 1),
            "Noise is to be taken off, and the picture is there at time 0.",
            "where does the way end?",
        ),
        WrongIdea(
            "1 minus the time",
            lambda strength, steps: 1 - np.linspace(strength, 0, steps + 1),
            "So it would be counted if 1 were the picture; here 0 is.",
            "where does the way end?",
        ),
        WrongIdea(
            "a way from 1 to the strength",
            lambda strength, steps: np.linspace(1, strength, steps + 1),
            "That is the part that is left out: from noise to where the picture begins.",
            "where does the way end?",
        ),
        WrongIdea(
            "`steps` times, which are one step too few",
            lambda strength, steps: np.linspace(strength, 0, steps),
            "A step has a time before and a time after it.",
            "how many posts has a fence of ten boards?",
        ),
        WrongIdea(
            "one time too many",
            lambda strength, steps: np.linspace(strength, 0, steps + 2),
            "Between steps + 2 times there are steps + 1 steps.",
            "how many posts has a fence of ten boards?",
        ),
        WrongIdea(
            "a way without the 0 at its end",
            lambda strength, steps: np.linspace(strength, 0, steps + 1)[:-1],
            "A little noise would be left on the picture.",
            "the last time has to be exactly 0; which `arange` stops before?",
        ),
        WrongIdea(
            "a way without its beginning",
            lambda strength, steps: np.linspace(strength, 0, steps + 1)[1:],
            "The first step needs to know at what time the picture is.",
            "at what time is the picture when the way begins?",
        ),
        WrongIdea(
            "the middle of each step",
            lambda strength, steps: strength * (1 - (np.arange(steps) + 0.5) / steps),
            "A step goes from one time to another, and these are its ends.",
            "where does the way begin, and where does it end?",
        ),
        WrongIdea(
            "the last part of a full way: strength · steps of its steps",
            lambda strength, steps: np.linspace(strength, 0, round(strength * steps) + 1),
            "Some programs count so; here `steps` says how many steps are made, however short the way.",
            "how many times should there be?",
        ),
        WrongIdea(
            "steps of 1/steps, as long as those of a full way, that lead below 0",
            lambda strength, steps: strength - np.arange(steps + 1) / steps,
            "The way is shorter, so its steps are.",
            "how long is the way, and how many steps share it?",
        ),
        WrongIdea(
            "steps of 1/steps, as long as those of a full way, and then a wait at 0",
            lambda strength, steps: np.maximum(strength - np.arange(steps + 1) / steps, 0),
            "The way is shorter, so its steps are; a step from 0 to 0 would divide by no noise.",
            "how long is the way, and how many steps share it?",
        ),
        WrongIdea(
            "each time half of the one before",
            lambda strength, steps: strength * 0.5 ** np.arange(steps + 1),
            "So it never arrives at 0.",
            "the times are evenly spaced.",
        ),
        WrongIdea(
            "times that are squared, and closer together at the end",
            lambda strength, steps: strength * np.linspace(1, 0, steps + 1) ** 2,
            "That may be a good way too, but it is not evenly spaced.",
            "the difference between neighbours is always the same.",
        ),
        WrongIdea(
            "an angle, π/2 times the time",
            lambda strength, steps: np.pi / 2 * np.linspace(strength, 0, steps + 1),
            "The schedule makes an angle of a time; times go from 0 to 1.",
            "where does the way begin?",
        ),
    ],
)

obeyed = make_check(
    "obeyed",
    lambda read, ordered, said: _rows(read, ordered, said).mean(),
    _readings,
    [
        WrongIdea(
            "the share of the phrases that are right, over all rows",
            lambda read, ordered, said: _of_those(read == ordered, said),
            "An order counts as obeyed only if everything in it is right, and one slip in seven spoils it.",
            "what is one order worth, in which six of seven are right?",
        ),
        WrongIdea(
            "the mean over all attributes, spoken of or not",
            lambda read, ordered, said: (read == ordered).mean(),
            "An order says nothing of some attributes, and counts as obeyed only if all the others are right.",
            "first ask of each row whether it is right, then take the mean.",
        ),
        WrongIdea(
            "the mean over all attributes, with those not spoken of taken for right",
            lambda read, ordered, said: _either(read, ordered, said).mean(),
            "An order counts as obeyed only if everything in it is right, and one slip in seven spoils it.",
            "first ask of each row whether it is right, then take the mean.",
        ),
        WrongIdea(
            "the share for each row, and the mean of these",
            _shares_of_rows,
            "An order counts as obeyed only if everything in it is right, and one slip in seven spoils it.",
            "what is one order worth, in which six of seven are right?",
        ),
        WrongIdea(
            "all seven demanded, those too that were not ordered",
            lambda read, ordered, said: (read == ordered).all(axis=1).mean(),
            "Whoever orders glasses has not said what hair there should be; any hair will do.",
            "where does `said` enter?",
        ),
        WrongIdea(
            "what was not said counted as wrong",
            lambda read, ordered, said: _both(read, ordered, said).all(axis=1).mean(),
            "Only a row in which all seven were ordered could be right.",
            "what should an attribute be that nobody spoke of, to spoil nothing?",
        ),
        WrongIdea(
            "the mask the other way round: held is what was not ordered",
            lambda read, ordered, said: ((read == ordered) | said).all(axis=1).mean(),
            "What was ordered would not matter, and what was left open would.",
            "`said` is True where the order says something.",
        ),
        WrongIdea(
            "only the rows in which something was said",
            lambda read, ordered, said: _of_those(_rows(read, ordered, said), said.any(axis=1)),
            "An order that says nothing is obeyed by any picture, and counts as a row.",
            "what is divided by, the number of which rows?",
        ),
        WrongIdea(
            "a row in which nothing was said counted as wrong",
            lambda read, ordered, said: (_rows(read, ordered, said) & said.any(axis=1)).mean(),
            "An order that says nothing is obeyed by any picture.",
            "what is `all` of nothing?",
        ),
        WrongIdea(
            "any in the place of all: one phrase that is right suffices",
            lambda read, ordered, said: _both(read, ordered, said).any(axis=1).mean(),
            "An order counts as obeyed only if everything in it is right.",
            "which of `any` and `all`?",
        ),
        WrongIdea(
            "any in the place of all: right, or not spoken of, at one place",
            lambda read, ordered, said: _either(read, ordered, said).any(axis=1).mean(),
            "An order counts as obeyed only if everything in it is right.",
            "which of `any` and `all`?",
        ),
        WrongIdea(
            "the product of the seven shares",
            lambda read, ordered, said: _either(read, ordered, said).mean(axis=0).prod(),
            "It is the same only if mistakes come independently; whether they do is worth finding out, not assuming.",
            "first ask of each row whether it is right, then take the mean.",
        ),
        WrongIdea(
            "the mean to the power of 7",
            lambda read, ordered, said: _either(read, ordered, said).mean() ** 7,
            "It is the same only if mistakes come independently and equally often.",
            "first ask of each row whether it is right, then take the mean.",
        ),
        WrongIdea(
            "the share that is wrong",
            lambda read, ordered, said: 1 - _rows(read, ordered, said).mean(),
            "Asked for is the share of orders that are obeyed.",
            "what should come out if everything is right?",
        ),
        WrongIdea(
            "a number of rows, not their share",
            lambda read, ordered, said: float(_rows(read, ordered, said).sum()),
            "With twice as many pictures it would be twice as large.",
            "divide by what?",
        ),
        WrongIdea(
            "the wrong axis: for each attribute, whether it is right in all rows",
            lambda read, ordered, said: _either(read, ordered, said).all(axis=0).mean(),
            "One slip anywhere would spoil an attribute for all rows.",
            "how many yes or no are there for n rows?",
        ),
        WrongIdea(
            "one yes or no for all rows together",
            lambda read, ordered, said: float(_either(read, ordered, said).all()),
            "One slip anywhere would spoil it all.",
            "how many yes or no are there for n rows?",
        ),
        WrongIdea(
            "per cent",
            lambda read, ordered, said: 100 * _rows(read, ordered, said).mean(),
            "A share goes from 0 to 1.",
            "what should come out if everything is right?",
        ),
    ],
)

share_of_way = make_check(
    "share_of_way",
    _share,
    _colours_on_a_way,
    [
        WrongIdea(
            "the dot product, divided by nothing",
            _along(lambda far, way: far @ way),
            "With colours from 0 to 255 instead of 0 to 1 it would be 65,025 times as large; a share has no unit.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "a division by the length of the way, and not by its square",
            _along(lambda far, way: far @ way / _length(way)),
            "That is how far it has come in units of colour, and not a share of the way.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "a ratio of lengths, |drawn − start| / |end − start|",
            _along(lambda far, way: _length(far) / _length(way)),
            "It has no sign, and what goes sideways, to another skin say, would count as beard.",
            "what should come out one step from start in the direction away from end?",
        ),
        WrongIdea(
            "drawn · end / |end|²: start is taken away nowhere",
            lambda drawn, start, end: drawn @ end / (end @ end),
            "A shaven chin is not black; counted from black, it would be well on the way.",
            "what should come out where drawn is start?",
        ),
        WrongIdea(
            "start taken away from end, and not from drawn",
            lambda drawn, start, end: drawn @ (end - start) / ((end - start) @ (end - start)),
            "All shares would be off by the same number, that of start itself.",
            "what should come out where drawn is start?",
        ),
        WrongIdea(
            "start taken away from drawn, and not from end",
            lambda drawn, start, end: (drawn - start) @ end / (end @ end),
            "The way would lead to end from black, and not from the shaven chin.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "|end|² in the place of |end − start|²",
            lambda drawn, start, end: (drawn - start) @ (end - start) / (end @ end),
            "How far end is from black has nothing to do with how long the way is.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "start and end swapped: 1 minus the share",
            _along(lambda far, way: 1 - far @ way / (way @ way)),
            "So a shaven chin would be a whole beard.",
            "what should come out where drawn is start?",
        ),
        WrongIdea(
            "a minus too many: one of the two differences is reversed",
            _along(lambda far, way: -(far @ way) / (way @ way)),
            "Each beard would count as less than none.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "a share cut off at 0 and 1",
            _along(lambda far, way: np.clip(far @ way / (way @ way), 0, 1)),
            "Guidance exaggerates, and what it makes too much of should show as more than 1.",
            "what should come out for a drawn one beyond end?",
        ),
        WrongIdea(
            "a share without its sign",
            _along(lambda far, way: np.abs(far @ way) / (way @ way)),
            "Who has gone the other way is not on the way; a mean over many would count it as beard.",
            "what should come out one step from start in the direction away from end?",
        ),
        WrongIdea(
            "a share for each number, and the mean of these",
            _along(lambda far, way: (far / way).mean(axis=1)),
            "A number in which start and end hardly differ would count as much as the others, and be mostly noise.",
            "what if start and end have the same blue?",
        ),
        WrongIdea(
            "the numbers added up, as if only the brightness counted",
            _along(lambda far, way: far.sum(axis=1) / way.sum()),
            "A beard that is darker in red and lighter in green could have no share at all.",
            "a dot product multiplies number by number before it adds.",
        ),
        WrongIdea(
            "the cosine of the angle between the two",
            _along(lambda far, way: far @ way / (_length(far) * _length(way))),
            "It says in which direction a chin has gone, and not how far.",
            "what should come out for a drawn one half-way to end?",
        ),
        WrongIdea(
            "|drawn − start|² in the place of |end − start|²",
            _along(lambda far, way: far @ way / (far * far).sum(axis=1)),
            "The less there is of a beard, the larger this becomes.",
            "which of the two lengths should be 1, that of the way or that of the drawn difference?",
        ),
        WrongIdea(
            "a mean above and a sum below",
            _along(lambda far, way: (far * way).mean(axis=1) / (way * way).sum()),
            "It is too small by as many times as there are numbers.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "a sum above and a mean below",
            _along(lambda far, way: (far * way).sum(axis=1) / (way * way).mean()),
            "It is too large by as many times as there are numbers.",
            "what should come out where drawn is end?",
        ),
        WrongIdea(
            "0 or 1, whichever is nearer",
            _along(lambda far, way: (_length(far) > _length(far - way)).astype(np.float32)),
            "So a judge decides, who has to say yes or no; asked for is how much.",
            "what should come out a quarter of the way from start to end?",
        ),
        WrongIdea(
            "the distance from start as a part of both distances",
            _along(lambda far, way: _length(far) / (_length(far) + _length(far - way))),
            "It never leaves 0 to 1, and far away from both, it is a half.",
            "what should come out for a drawn one beyond end?",
        ),
        WrongIdea(
            "1 minus the distance from end, as a share of the way",
            _along(lambda far, way: 1 - _length(far - way) / _length(way)),
            "What goes sideways counts against it, and beyond end it would fall again.",
            "what should come out for a drawn one beyond end?",
        ),
        WrongIdea(
            "the place on the way, and not the share of it",
            lambda drawn, start, end: start + _share(drawn, start, end)[:, None] * (end - start),
            "That is a colour; asked for is one number for each row.",
            "how many numbers should come out for n rows?",
        ),
        WrongIdea(
            "the mean over the rows",
            lambda drawn, start, end: _share(drawn, start, end).mean(),
            "A mean of one half can be half a beard on each face, or a whole one on every second.",
            "how many numbers should come out for n rows?",
        ),
        WrongIdea(
            "the wrong axis: a sum over the rows",
            _along(lambda far, way: (far * way).sum(axis=0) / (way @ way)),
            "It mixes the faces and keeps the colours apart.",
            "how many numbers should come out for n rows?",
        ),
        WrongIdea(
            "per cent",
            lambda drawn, start, end: 100 * _share(drawn, start, end),
            "A share is 1 where the way ends.",
            "what should come out where drawn is end?",
        ),
    ],
)
