"""The checks of chapter 2, Latent space.

>>> from likely.checks import latent_space as check
>>> check.cosine(cosine)  # a verdict on the reader's function `cosine`
"""

from __future__ import annotations

import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import f32, normal

__all__ = [
    "analogy",
    "clean",
    "cosine",
    "direction",
    "interpolate",
    "reconstruct",
    "remove",
    "rms",
]

# ---------------------------------------------------------------------- inputs


def _vectors_to_compare(rng):
    """None of length 0, and few of length 1; in the last ones the axes before the last one are broadcast."""
    yield f32(2), f32(-3)
    yield f32(3, 4), f32(3, 4)
    yield f32(2, 0), f32(0, 5)
    yield f32(3, 4), f32(4, 3)
    yield normal(rng, 5), normal(rng, 5, around=1)
    yield normal(rng, 4, 4, around=1), normal(rng, 4, 4)
    yield normal(rng, 3, 6, around=1), normal(rng, 6)
    yield normal(rng, 4, 1, 7), normal(rng, 3, 7, around=1)


def _questions(rng):
    """Questions with a clear answer, the same whether or not the vectors are brought to length 1 before they are added.

    In some the nearest word of all is c, in some b; in one no word that is allowed has a cosine above 0.
    """
    yield f32([0, 2], [3, 0], [1, 3], [2, 1]), 0, 1, 2
    yield f32([-1, 0.3], [1, 0.2], [-0.5, -1], [1, 0], [0, -1]), 4, 3, 1
    for n, size, nearest in ((6, 2, "c"), (7, 3, "b"), (7, 3, "c"), (40, 4, "b"), (200, 10, "c")):
        yield _question(rng, n, size, nearest)
    vectors, a, _, c = _question(rng, 12, 3, "c")
    yield vectors, a, a, c  # from a to itself there is no step


def _question(rng, n, size, nearest):
    while True:
        vectors = normal(rng, n, size) * rng.uniform(0.4, 2.5, (n, 1)).astype(np.float32)
        a, b, c = (int(i) for i in rng.choice(n, 3, replace=False))
        first = np.argmax(_likeness(vectors, a, b, c))
        if first == (b if nearest == "b" else c) and _clear(vectors, a, b, c) and _clear(vectors, a, a, c):
            return vectors, a, b, c


def _clear(vectors, a, b, c) -> bool:
    answers = set()
    for each in (vectors, _unit(vectors)):
        alike = np.delete(_likeness(each, a, b, c), [a, b, c])
        order = np.argsort(alike)
        answers.add(int(order[-1]))
        if alike[order[-1]] - alike[order[-2]] < 0.005:
            return False
    return len(answers) == 1


def _faces_and_numbers(rng):
    """Each with a clear order of its directions, and a mean that is far from 0."""
    for n, pixels, d in ((3, 2, 1), (5, 2, 2), (9, 4, 1), (4, 6, 2), (30, 5, 3), (40, 8, 4), (60, 8, 8)):
        spread = 2.0 ** -np.arange(pixels)
        turned = np.linalg.qr(rng.normal(size=(pixels, pixels)))[0]
        x = rng.normal(size=(n, pixels)) * spread @ turned + rng.uniform(0.5, 2, pixels)
        yield x.astype(np.float32), d


def _faces_and_others(rng):
    yield np.full((1, 1, 1, 3), 0.5, np.float32), np.full((1, 1, 1, 3), 0.25, np.float32)
    for shape in ((1, 1, 2, 3), (2, 2, 2, 3), (3, 3, 3, 3), (5, 16, 16, 3)):
        yield rng.random(shape, np.float32), rng.random(shape, np.float32)
    x = rng.random((4, 4, 4, 3), np.float32)
    yield x, x * (np.arange(4) != 1).astype(np.float32)[:, None, None, None]  # all but one come back as they were


def _two_ends(rng):
    yield np.array(2, np.float32), np.array(5, np.float32), 4
    for shape, steps in (((3,), 2), ((3,), 3), ((4,), 4), ((2, 2, 3), 5), ((16, 16, 3), 9)):
        yield normal(rng, *shape), normal(rng, *shape, around=1), steps


def _codes_and_classes(rng):
    yield f32([1], [4]), np.array([True, False])
    yield f32([1, 0], [4, 2], [2, 7]), np.array([False, True, False])
    for n, size, many in ((5, 3, 3), (9, 4, 1), (9, 4, 8), (40, 8, 13)):
        yield normal(rng, n, size, around=2), rng.permutation(np.arange(n) < many)


def _codes_and_a_direction(rng):
    yield f32(3), f32(-2)
    yield f32(3, 1), f32(2, 0)
    yield f32(3, 0, 0), f32(0, 2, 1)  # nothing to remove
    yield normal(rng, 5), 2 * normal(rng, 5)
    yield normal(rng, 4, 4, around=1), normal(rng, 4)
    yield normal(rng, 2, 3, 6, around=1), 0.5 * normal(rng, 6)


def _edits(rng):
    yield np.array([[0, 1]]), np.array([[1, 1]]), 0, 1
    yield np.array([[0], [0], [1]]), np.array([[1], [0], [1]]), 0, 1
    yield np.array([[0, 0, 2], [1, 0, 0]]), np.array([[0, 0, 1], [1, 0, 3]]), 2, 2  # reached by none
    yield np.array([[0, 0], [1, 0], [2, 0]]), np.array([[0, 1], [1, 1], [2, 1]]), 1, 1  # by all, and nothing else
    for n, attributes, column in ((6, 3, 1), (12, 4, 3), (60, 7, 2), (60, 4, 0)):
        before = rng.integers(0, 4, (n, attributes))
        after = np.where(rng.random(before.shape) < 0.15, rng.integers(0, 4, before.shape), before)
        wanted = int(rng.integers(0, 4))
        after[:, column] = np.where(rng.random(n) < 0.7, wanted, after[:, column])
        yield before, after, column, wanted


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _length(v, axis=-1):
    return np.sqrt(np.sum(v * v, axis=axis))


def _unit(v):
    return v / np.sqrt(np.sum(v * v, axis=-1, keepdims=True))


def _inner(v, w):
    return np.sum(v * w, axis=-1)


def _cosine(v, w):
    return _inner(v, w) / (_length(v) * _length(w))


def _target(vectors, a, b, c):
    return vectors[b] - vectors[a] + vectors[c]


def _likeness(vectors, a, b, c):
    return _cosine(vectors, _target(vectors, a, b, c))


def _best(scores, *excluded, lowest=-np.inf):
    scores = np.array(scores, float)
    scores[list(excluded)] = lowest
    return np.argmax(scores)


def _analogy(vectors, a, b, c):
    return _best(_likeness(vectors, a, b, c), a, b, c)


def _directions(deviations):
    """(n, n): the directions in which the rows of an array vary, one a row, the most important first."""
    variance, axes = np.linalg.eigh(deviations.T @ deviations)
    return axes.T[np.argsort(-variance)]


def _onto(x, W):
    return x @ W.T @ W


def _reconstruct(x, d):
    mean = x.mean(axis=0)
    return mean + _onto(x - mean, _directions(x - mean)[:d])


def _with_other_mean(x, d, subtracted, added):
    """A reconstruction where the mean is left out in one place or both; the directions are the right ones."""
    mean = x.mean(axis=0)
    return added * mean + _onto(x - subtracted * mean, _directions(x - mean)[:d])


def _rms(x, again):
    return np.sqrt(np.mean((x - again) ** 2, axis=(1, 2, 3)))


def _between(a, b, t):
    return np.stack([a + s * (b - a) for s in t])


def _interpolate(a, b, steps):
    return _between(a, b, np.arange(steps) / (steps - 1))


def _along_the_arc(a, b, steps):
    angle = np.arccos(np.sum(a * b) / (_length(a, None) * _length(b, None)))
    t = np.arange(steps) / (steps - 1)
    return np.stack([(np.sin((1 - s) * angle) * a + np.sin(s * angle) * b) / np.sin(angle) for s in t])


def _direction(codes, has):
    return codes[has].mean(axis=0) - codes[~has].mean(axis=0)


def _along(codes, v):
    return _inner(codes, v)[..., None] / _inner(v, v) * v


def _remove(codes, v):
    return codes - _along(codes, v)


def _reached(after, column, wanted):
    return after[:, column] == wanted


def _others(before, after, column):
    """(edits, attributes − 1): which of the other attributes are as they were."""
    return np.delete(before == after, column, axis=1)


def _clean(before, after, column, wanted):
    return np.mean(_reached(after, column, wanted) & _others(before, after, column).all(axis=1))


# ---------------------------------------------------------------------- the exercises

cosine = make_check(
    "cosine",
    _cosine,
    _vectors_to_compare,
    [
        WrongIdea(
            "the inner product, not divided by the lengths",
            _inner,
            "A long vector would then be like everything, and a cosine is at most 1.",
            "what should come out for v = w?",
        ),
        WrongIdea(
            "the distance between the two",
            lambda v, w: _length(v - w),
            "It is 0 for equal vectors and grows with what tells them apart, and lengths count in it, not only angles.",
            "like vectors should get the larger number.",
        ),
        WrongIdea(
            "1 minus the cosine, which is called cosine distance",
            lambda v, w: 1 - _cosine(v, w),
            "It is 0 for the same direction; SciPy's `cosine` returns it too.",
            "like vectors should get the larger number.",
        ),
        WrongIdea(
            "a division by the length of v alone",
            lambda v, w: _inner(v, w) / _length(v),
            "Then a w that is twice as long is twice as alike, though it points the same way.",
            "two lengths stand below the line.",
        ),
        WrongIdea(
            "a division by the length of w alone",
            lambda v, w: _inner(v, w) / _length(w),
            "Then a v that is twice as long is twice as alike, though it points the same way.",
            "two lengths stand below the line.",
        ),
        WrongIdea(
            "one length for all the vectors together",
            lambda v, w: _inner(v, w) / (np.linalg.norm(v) * np.linalg.norm(w)),
            "`norm` without an axis is that of the whole array; each pair needs its own two lengths.",
            "along which axis do the numbers of a vector lie?",
        ),
        WrongIdea(
            "a division by the squares of the lengths",
            lambda v, w: _inner(v, w) / (_inner(v, v) * _inner(w, w)),
            "Longer vectors then seem less alike, and a vector is no longer like itself.",
            "a length is the root of a sum of squares.",
        ),
        WrongIdea(
            "a division by the length of the product v · w, entry by entry",
            lambda v, w: _inner(v, w) / _length(v * w),
            "The length of a product is not the product of the lengths, and the result can be above 1.",
            "take each length by itself.",
        ),
        WrongIdea(
            "a mean over the n numbers instead of a sum",
            lambda v, w: _cosine(v, w) / np.shape(v * w)[-1],
            "A vector's cosine with itself is 1, however many numbers it has.",
            "what do you do with the n products?",
        ),
        WrongIdea(
            "a correlation: the mean of each vector is subtracted first",
            lambda v, w: _cosine(v - v.mean(-1, keepdims=True), w - w.mean(-1, keepdims=True)),
            "The angle is the one seen from the origin, and subtracting a mean moves the vectors.",
            "nothing is subtracted in the formula.",
        ),
        WrongIdea(
            "the angle itself",
            lambda v, w: np.arccos(_cosine(v, w)),
            "An angle is 0 for the same direction and grows as vectors part, so the order turns round.",
            "one step too many.",
        ),
        WrongIdea(
            "one number for the whole batch",
            lambda v, w: np.sum(v * w) / (_length(v, None) * _length(w, None)),
            "Each pair has an angle of its own.",
            "over which axis do you sum, in the inner product and in the lengths?",
        ),
        WrongIdea(
            "a sum over the first axis",
            lambda v, w: np.sum(v * w, axis=0) / (_length(v, 0) * _length(w, 0)),
            "It mixes different vectors; the numbers of one of them lie along the last axis.",
            "over which axis does a vector have its numbers?",
        ),
        WrongIdea(
            "every vector of v with every vector of w, as a matrix product gives it",
            lambda v, w: v @ w.T / (_length(v) * _length(w)),
            "Vectors at the same place belong together; for n of them that is n numbers, not n times n.",
            "multiply entry by entry, then sum over one axis.",
        ),
    ],
)

analogy = make_check(
    "analogy",
    _analogy,
    _questions,
    [
        WrongIdea(
            "the nearest word of all, those of the question among them",
            lambda vectors, a, b, c: _best(_likeness(vectors, a, b, c)),
            "The sum seldom leaves the word where it started far behind, so the answer to *king* is mostly *king*.",
            "which words may not be answers?",
        ),
        WrongIdea(
            "only c ruled out",
            lambda vectors, a, b, c: _best(_likeness(vectors, a, b, c), c),
            "The sum holds v_b too, and often lies nearest to it: *woman* would be the answer to *king*.",
            "how many words does the question have?",
        ),
        WrongIdea(
            "a and b swapped: the step from b to a",
            lambda vectors, a, b, c: _best(_likeness(vectors, b, a, c), a, b, c),
            "The step then goes backwards: from *king* away from *queen*.",
            "what is added to c, and what is subtracted?",
        ),
        WrongIdea(
            "a and c swapped: c is subtracted and a added",
            lambda vectors, a, b, c: _best(_likeness(vectors, c, b, a), a, b, c),
            "That asks for what is to a as b is to c, another question.",
            "what is added, and what is subtracted?",
        ),
        WrongIdea(
            "all three added up",
            lambda vectors, a, b, c: _best(_cosine(vectors, vectors[a] + vectors[b] + vectors[c]), a, b, c),
            "The step from a to b is a difference; a sum only finds what is like all three.",
            "which of the three is subtracted?",
        ),
        WrongIdea(
            "the largest inner product, the words' lengths not divided out",
            lambda vectors, a, b, c: _best(vectors @ _target(vectors, a, b, c), a, b, c),
            "Long vectors have large inner products with everything, so a few words would answer most questions.",
            "exercise 1 tells how alike two vectors are, whatever their lengths.",
        ),
        WrongIdea(
            "the largest inner product of all words, those of the question among them",
            lambda vectors, a, b, c: _best(vectors @ _target(vectors, a, b, c)),
            "That has two faults: long vectors win, and so do the words that the sum is made of.",
            "exercise 1 tells how alike two vectors are, whatever their lengths; then rule out three words.",
        ),
        WrongIdea(
            "the smallest distance",
            lambda vectors, a, b, c: _best(-_length(vectors - _target(vectors, a, b, c)), a, b, c),
            "A distance depends on the lengths too, and a sum of three vectors is longer than most words.",
            "exercise 1 tells how alike two vectors are, whatever their lengths.",
        ),
        WrongIdea(
            "the least alike instead of the most alike",
            lambda vectors, a, b, c: _best(-_likeness(vectors, a, b, c), a, b, c),
            "A cosine is large where vectors are alike, and a distance is small there.",
            "largest or smallest?",
        ),
        WrongIdea(
            "a place in a list from which the three words were taken out",
            lambda vectors, a, b, c: np.argmax(np.delete(_likeness(vectors, a, b, c), [a, b, c])),
            "Every word after one that was taken out has moved up, so the place belongs to another word.",
            "leave the list as long as it is, and make three of its entries impossible to choose.",
        ),
        WrongIdea(
            "the three words ruled out by a cosine of 0",
            lambda vectors, a, b, c: _best(_likeness(vectors, a, b, c), a, b, c, lowest=0),
            "A cosine may be below 0, and when all that are allowed are, a forbidden word is the largest.",
            "which number is below every cosine?",
        ),
        WrongIdea(
            "the cosine of the answer instead of its place",
            lambda vectors, a, b, c: np.delete(_likeness(vectors, a, b, c), [a, b, c]).max(),
            "It says how alike the best word is, but not which word it is.",
            "is it `max` or `argmax`?",
        ),
    ],
)

reconstruct = make_check(
    "reconstruct",
    _reconstruct,
    _faces_and_numbers,
    [
        WrongIdea(
            "components of faces from which no mean was taken",
            lambda x, d: _onto(x, _directions(x)[:d]),
            "The first direction is then spent on pointing from black to the mean face, which all have in common.",
            "what is subtracted before the directions are sought?",
        ),
        WrongIdea(
            "a mean that is not added back",
            lambda x, d: _with_other_mean(x, d, 1, 0),
            "What comes out is how a face differs from the mean face, not the face.",
            "where does x̄ stand in the second formula?",
        ),
        WrongIdea(
            "a mean that is added back but was not subtracted from what is projected",
            lambda x, d: _with_other_mean(x, d, 0, 1),
            "A part of the mean face is then in the picture twice.",
            "where does x̄ stand in the first formula?",
        ),
        WrongIdea(
            "faces projected with their mean still in them",
            lambda x, d: _with_other_mean(x, d, 0, 0),
            "What of the mean face does not lie along the d directions is lost from every picture.",
            "x̄ stands in both formulas.",
        ),
        WrongIdea(
            "the d directions of least variance",
            lambda x, d: x.mean(axis=0) + _onto(x - x.mean(axis=0), _directions(x - x.mean(axis=0))[::-1][:d]),
            "They tell next to nothing about a face; `eigh` gives the smallest first, `svd` the largest.",
            "in which order do the directions come?",
        ),
        WrongIdea(
            "the mean of each face instead of the mean face",
            lambda x, d: (
                x.mean(axis=1, keepdims=True)
                + _onto(x - x.mean(axis=1, keepdims=True), _directions(x - x.mean(axis=1, keepdims=True))[:d])
            ),
            "That is how bright each face is; the mean face has a number for every pixel.",
            "over which axis is the mean taken, faces or pixels?",
        ),
        WrongIdea(
            "pixels divided by their spread before the directions are sought",
            lambda x, d: x.mean(0) + _reconstruct((x - x.mean(0)) / x.std(0), d) * x.std(0),
            "A pixel that hardly varies then counts as much as any other, and the error is not the least that can be.",
            "only the mean is taken away.",
        ),
        WrongIdea(
            "one direction more than d",
            lambda x, d: _reconstruct(x, d + 1),
            "A code of d numbers has room for d directions.",
            "how many directions do you keep?",
        ),
        WrongIdea(
            "the faces as they were",
            lambda x, d: 1 * x,
            "With all directions nothing is lost and nothing is saved; d says how many are kept.",
            "where does d enter?",
        ),
    ],
    rtol=1e-3,
    atol=1e-4,
)

rms = make_check(
    "rms",
    _rms,
    _faces_and_others,
    [
        WrongIdea(
            "the mean of the absolute differences",
            lambda x, again: np.mean(np.abs(x - again), axis=(1, 2, 3)),
            "Squares are what training makes small; here one pixel far off counts as little as many a little off.",
            "the root comes last, after the mean.",
        ),
        WrongIdea(
            "the mean of the squares without its root",
            lambda x, again: _rms(x, again) ** 2,
            "It is in squared units: an error of 0.1 of a pixel's range reads 0.01.",
            "one step is left.",
        ),
        WrongIdea(
            "a sum over the pixels instead of a mean",
            lambda x, again: np.sqrt(np.sum((x - again) ** 2, axis=(1, 2, 3))),
            "It grows with the size of the picture, and no longer says by how much a pixel is off.",
            "what do you do with the squares?",
        ),
        WrongIdea(
            "the mean of the differences, with their signs",
            lambda x, again: np.mean(x - again, axis=(1, 2, 3)),
            "Too bright here and too dark there would cancel, and a bad picture have no error.",
            "make each difference count, whatever its sign.",
        ),
        WrongIdea(
            "the standard deviation of the differences",
            lambda x, again: np.std(x - again, axis=(1, 2, 3)),
            "A picture that is too bright all over would have no error.",
            "nothing is subtracted from the differences.",
        ),
        WrongIdea(
            "the largest difference",
            lambda x, again: np.max(np.abs(x - again), axis=(1, 2, 3)),
            "One pixel would then stand for the whole face.",
            "all pixels count.",
        ),
        WrongIdea(
            "a root for each pixel, and the mean of the roots",
            lambda x, again: np.mean(np.sqrt(np.mean((x - again) ** 2, axis=-1)), axis=(1, 2)),
            "A mean of roots is less than the root of the mean, and depends on how the picture is cut up.",
            "what comes first, the root or the mean over all pixels?",
        ),
        WrongIdea(
            "one number for the whole batch",
            lambda x, again: np.sqrt(np.mean((x - again) ** 2)),
            "Each face has an error of its own, and which is the worst is worth knowing.",
            "over which axes do you take the mean?",
        ),
        WrongIdea(
            "a mean over the faces, with a number for each pixel",
            lambda x, again: np.sqrt(np.mean((x - again) ** 2, axis=0)),
            "That shows where in the picture the errors are, not in which face.",
            "which axis has to be left over?",
        ),
        WrongIdea(
            "a mean over the colours alone",
            lambda x, again: np.sqrt(np.mean((x - again) ** 2, axis=-1)),
            "It leaves a number for each pixel; a face has height and width too.",
            "which axes make up one face?",
        ),
        WrongIdea(
            "a mean over height and width alone",
            lambda x, again: np.sqrt(np.mean((x - again) ** 2, axis=(1, 2))),
            "It leaves three numbers for each face, one for each colour.",
            "which axes make up one face?",
        ),
    ],
)

interpolate = make_check(
    "interpolate",
    _interpolate,
    _two_ends,
    [
        WrongIdea(
            "a walk that stops before b",
            lambda a, b, steps: _between(a, b, np.arange(steps) / steps),
            "The last one should be b itself; `arange(steps) / steps` does not reach 1.",
            "with `steps` places on the way, how many gaps are there between them?",
        ),
        WrongIdea(
            "a walk that has left a already",
            lambda a, b, steps: _between(a, b, np.arange(1, steps + 1) / steps),
            "The first one should be a itself.",
            "with `steps` places on the way, how many gaps are there between them?",
        ),
        WrongIdea(
            "a walk without its ends",
            lambda a, b, steps: _between(a, b, np.arange(1, steps + 1) / (steps + 1)),
            "The first should be a and the last b, so that what is in between can be compared with them.",
            "what is t at the first, and at the last?",
        ),
        WrongIdea(
            "a walk with one place too many",
            lambda a, b, steps: _interpolate(a, b, steps + 1),
            "`steps` counts the places, both ends among them, not the gaps.",
            "how many should come out?",
        ),
        WrongIdea(
            "a and b swapped: a walk from b to a",
            lambda a, b, steps: _interpolate(b, a, steps),
            "The way is the same, but the first should be a.",
            "what is t at the first, and what does it weight?",
        ),
        WrongIdea(
            "a + t b: b added without a being taken away",
            lambda a, b, steps: np.stack([a + s * b for s in np.arange(steps) / (steps - 1)]),
            "It ends at a + b; the two weights have to add up to 1.",
            "how much of a is left at the end?",
        ),
        WrongIdea(
            "the places along the last axis",
            lambda a, b, steps: np.moveaxis(_interpolate(a, b, steps), 0, -1),
            "A batch has its members along the first axis, and a decoder wants a batch.",
            "what shape should come out?",
        ),
        WrongIdea(
            "a walk along an arc, which is called slerp",
            _along_the_arc,
            "It keeps the lengths of random codes as they are, which has its uses in later chapters; the formula here "
            "is a straight line.",
            "the weights are 1 − t and t.",
        ),
    ],
)

direction = make_check(
    "direction",
    _direction,
    _codes_and_classes,
    [
        WrongIdea(
            "the direction turned round: without minus with",
            lambda codes, has: -_direction(codes, has),
            "Added to a code, it would take away what it is meant to give.",
            "which mean is subtracted from which?",
        ),
        WrongIdea(
            "a difference of sums",
            lambda codes, has: codes[has].sum(axis=0) - codes[~has].sum(axis=0),
            "Where one class is larger, it decides the direction by its number alone.",
            "divide each sum by how many there are.",
        ),
        WrongIdea(
            "the mean of those with it, minus the mean of all",
            lambda codes, has: codes[has].mean(axis=0) - codes.mean(axis=0),
            "The mean of all has some of it already, so the step is too short.",
            "who is in the second mean?",
        ),
        WrongIdea(
            "the mean of those with it alone",
            lambda codes, has: codes[has].mean(axis=0),
            "It holds all that faces have in common, and added to a face it would give a second one.",
            "what is to be compared with what?",
        ),
        WrongIdea(
            "a difference of medians",
            lambda codes, has: np.median(codes[has], axis=0) - np.median(codes[~has], axis=0),
            "The middle value of each number by itself need not belong to a face, nor lie where the faces are.",
            "|G| stands below the sum.",
        ),
        WrongIdea(
            "a direction brought to length 1",
            lambda codes, has: _unit(_direction(codes, has)),
            "The length is how far one class lies from the other, and a step of it is one whole edit.",
            "leave the difference as it is.",
        ),
        WrongIdea(
            "zeros in place of the other class, counted in both means",
            lambda codes, has: (codes * has[:, None]).mean(axis=0) - (codes * ~has[:, None]).mean(axis=0),
            "Both sums are then divided by the number of all, and so are too small, the smaller class's most.",
            "by how many is each sum divided?",
        ),
        WrongIdea(
            "one number for all of the code",
            lambda codes, has: codes[has].mean() - codes[~has].mean(),
            "A direction has as many numbers as a code.",
            "over which axis are the means taken?",
        ),
    ],
)

remove = make_check(
    "remove",
    _remove,
    _codes_and_a_direction,
    [
        WrongIdea(
            "v taken as if it were of length 1",
            lambda codes, v: codes - _inner(codes, v)[..., None] * v,
            "A longer v would then remove more, and what is left has a part along v again.",
            "what stands below the line in the formula?",
        ),
        WrongIdea(
            "a division by the length of v instead of its square",
            lambda codes, v: codes - _inner(codes, v)[..., None] / _length(v) * v,
            "v stands above the line twice, in the inner product and after it, and so its length must go twice.",
            "how does the result change when v is twice as long?",
        ),
        WrongIdea(
            "all of v subtracted from every code",
            lambda codes, v: codes - v,
            "How much of v there is differs from code to code, and some have none of it.",
            "where does the inner product of code and v enter?",
        ),
        WrongIdea(
            "the part along v, instead of the rest",
            _along,
            "That is what was to be removed.",
            "one subtraction is left.",
        ),
        WrongIdea(
            "the part along v added once more",
            lambda codes, v: codes + _along(codes, v),
            "There is now twice as much of it as there was.",
            "plus or minus?",
        ),
        WrongIdea(
            "codes mirrored: the part along v subtracted twice",
            lambda codes, v: codes - 2 * _along(codes, v),
            "What had much of v now has as much of its opposite.",
            "how much of the part along v should be left?",
        ),
        WrongIdea(
            "codes brought to length 1 afterwards",
            lambda codes, v: _unit(_remove(codes, v)),
            "Only what lies along v was to change; what is left keeps its length.",
            "one step too many.",
        ),
        WrongIdea(
            "the same amount removed from every code, that of the mean code",
            lambda codes, v: codes - _along(codes.reshape(-1, codes.shape[-1]).mean(axis=0), v),
            "How much of v there is differs from code to code.",
            "does each code have an inner product of its own?",
        ),
        WrongIdea(
            "one inner product for the whole batch",
            lambda codes, v: codes - np.sum(codes * v) / _inner(v, v) * v,
            "How much of v there is differs from code to code.",
            "over which axis do you sum?",
        ),
    ],
)

clean = make_check(
    "clean",
    _clean,
    _edits,
    [
        WrongIdea(
            "all columns held, the edited one too",
            lambda before, after, column, wanted: np.mean(
                _reached(after, column, wanted) & (before == after).all(axis=1)
            ),
            "An edit is there to change that column, so only what had the value before could count.",
            "which columns must stay as they were?",
        ),
        WrongIdea(
            "the share that reach the wanted value, whatever else changed",
            lambda before, after, column, wanted: np.mean(_reached(after, column, wanted)),
            "Put the same face with glasses in every picture, and all edits succeed.",
            "what must not change?",
        ),
        WrongIdea(
            "the share where nothing else changed, whether or not the value was reached",
            lambda before, after, column, wanted: np.mean(_others(before, after, column).all(axis=1)),
            "An edit that does nothing at all would be perfect.",
            "where does `wanted` enter?",
        ),
        WrongIdea(
            "the product of two shares",
            lambda before, after, column, wanted: (
                np.mean(_reached(after, column, wanted)) * np.mean(_others(before, after, column).all(axis=1))
            ),
            "That holds only if the two have nothing to do with each other; mostly the same faces fail in both.",
            "both must be true of the same edit.",
        ),
        WrongIdea(
            "the mean over all attributes of what is as it should be",
            lambda before, after, column, wanted: np.mean(
                np.column_stack([_reached(after, column, wanted), _others(before, after, column)])
            ),
            "An edit that spoils one attribute in seven would still count six sevenths.",
            "an edit is clean, or it is not.",
        ),
        WrongIdea(
            "at least one other attribute kept, instead of all",
            lambda before, after, column, wanted: np.mean(
                _reached(after, column, wanted) & _others(before, after, column).any(axis=1)
            ),
            "Then a face of which all but the background is new counts as kept.",
            "is it `any` or `all`?",
        ),
        WrongIdea(
            "the clean ones as a share of those that reach the value",
            lambda before, after, column, wanted: (
                np.sum(_reached(after, column, wanted) & _others(before, after, column).all(axis=1))
                / np.sum(_reached(after, column, wanted))
            ),
            "A direction that succeeds once in a thousand times, cleanly, would get 100 %.",
            "by how many do you divide?",
        ),
        WrongIdea(
            "any new value taken for the wanted one",
            lambda before, after, column, wanted: np.mean(
                (before[:, column] != after[:, column]) & _others(before, after, column).all(axis=1)
            ),
            "A black that became green where blue was wanted has changed, and failed.",
            "where does `wanted` enter?",
        ),
        WrongIdea(
            "a number of edits instead of a share",
            lambda before, after, column, wanted: np.sum(
                _reached(after, column, wanted) & _others(before, after, column).all(axis=1)
            ),
            "It grows with how many edits are tried.",
            "one step is left.",
        ),
    ],
)
