"""The checks of chapter 3, part b, Attention and the transformer.

>>> from likely.checks import attention as check
>>> check.masked_weights(masked_weights)  # a verdict on the reader's function `masked_weights`
"""

from __future__ import annotations

import jax
import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import f32, normal, softmax

__all__ = [
    "attention",
    "cached_attention",
    "induction_score",
    "masked_weights",
    "merge_heads",
    "positions",
    "split_heads",
]

# ---------------------------------------------------------------------- inputs


def _scores(rng):
    yield (f32([2]),)
    yield (f32([1, 5], [0, 1]),)
    yield (f32([1, 2, 0], [3, -1, 2], [0, 1, 3]),)
    for shape in ((4, 4), (2, 3, 3), (2, 2, 6, 6)):
        yield (2 * normal(rng, *shape, around=-1),)
    yield (100 * normal(rng, 7, 7),)  # e to such a power is beyond float32
    ahead = np.triu(np.full((5, 5), 150, np.float32), 1)
    yield (normal(rng, 5, 5) + ahead,)  # what may not be seen would have all the weight


def _queries_keys_values(rng):
    for n, d in ((1, 2), (2, 2), (3, 2), (3, 3), (4, 6), (5, 5), (16, 8), (20, 32)):
        yield tuple(1.5 * normal(rng, n, d, around=around) for around in (0.3, 0, 0.5))


def _vectors_and_heads(rng):
    """The places are a multiple of the heads, so that a cut along the wrong axis does not fail."""
    yield np.arange(4, dtype=np.float32).reshape(1, 1, 4), 1
    yield np.arange(8, dtype=np.float32).reshape(1, 2, 4), 2
    for batch, places, heads, d in ((1, 4, 2, 3), (2, 2, 2, 2), (2, 6, 3, 4), (3, 8, 4, 2), (2, 8, 4, 8)):
        yield normal(rng, batch, places, heads * d), heads


def _heads(rng):
    yield (np.arange(2, dtype=np.float32).reshape(1, 1, 1, 2),)
    yield (np.arange(8, dtype=np.float32).reshape(1, 2, 2, 2),)
    for shape in ((1, 2, 3, 4), (2, 3, 3, 2), (2, 2, 5, 3), (3, 4, 2, 6), (2, 4, 8, 8)):
        yield (normal(rng, *shape),)


def _places_and_widths(_):
    yield 1, 2
    yield 2, 2
    yield 2, 4
    yield 3, 4
    yield 4, 8
    yield 5, 6
    yield 9, 6
    yield 40, 4


def _queries_and_caches(rng):
    """In some the free slots hold zeros, in some what an earlier text has left there."""
    for context, d, place, left_over in (
        (1, 2, 0, False),
        (3, 2, 1, False),
        (4, 3, 3, False),
        (5, 4, 2, True),
        (4, 4, 0, True),
        (9, 8, 4, True),
        (16, 6, 15, True),
        (32, 16, 20, False),
    ):
        q, k, v = (1.5 * normal(rng, d, around=around) for around in (0.3, 0, 0.5))
        keys, values = normal(rng, context, d), normal(rng, context, d, around=0.5)
        if not left_over:
            keys[place:], values[place:] = 0, 0
        yield q, k, v, keys, values, place


def _maps(rng):
    """Attention weights on texts that come twice: causal, and each row adds up to 1."""
    yield (f32([1, 0], [0.25, 0.75]),)
    for shape in ((4, 4), (6, 6), (1, 8, 8), (3, 6, 6), (2, 2, 10, 10), (4, 40, 40)):
        yield (_masked(3 * normal(rng, *shape)).astype(np.float32),)


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _seen(n, ahead=0):
    """(query, key): whether a key lies at the query's place or before it, or so many places ahead."""
    return np.tril(np.ones((n, n), bool), ahead)


def _masked(scores, ahead=0, hidden=-np.inf):
    return softmax(np.where(_seen(scores.shape[-1], ahead), scores, np.float32(hidden)))


def _after(weights):
    """Weights of which those ahead are taken away, and the rest made up for it; as in JAX, 1e-39 is 0."""
    return _shares(np.where(_seen(weights.shape[-1]) & (weights >= np.finfo(np.float32).tiny), weights, np.float32(0)))


def _shares(parts):
    return parts / parts.sum(axis=-1, keepdims=True)


def _attention(q, k, v):
    """JAX's own, for one text and one head."""
    return np.asarray(jax.nn.dot_product_attention(*(x[:, None] for x in (q, k, v)), is_causal=True)[:, 0])


def _root(q):
    return np.sqrt(q.shape[-1]).astype(np.float32)


def _own_scores(q, k, scale=None):
    return q @ k.T / (_root(q) if scale is None else scale)


def _split(x, heads):
    batch, places, width = x.shape
    return x.reshape(batch, places, heads, width // heads).swapaxes(1, 2)


def _merge(x):
    batch, heads, places, d = x.shape
    return x.swapaxes(1, 2).reshape(batch, places, heads * d)


def _angles(n, width, exponent, start=0):
    """(n, column): place / 10000^exponent, with an exponent for each column."""
    return (np.arange(n, dtype=float) + start)[:, None] / 10000.0 ** exponent(np.arange(width, dtype=float), width)


def _pairwise(j, width):
    """2i / width for columns 2i and 2i + 1."""
    return (j - j % 2) / width


def _waves(angles, first=np.sin, second=np.cos):
    """One function of the angles in the even columns, another in the odd ones."""
    return np.where(np.arange(angles.shape[1]) % 2 == 0, first(angles), second(angles))


def _positions(n, width):
    return _waves(_angles(n, width, _pairwise))


def _in_halves(n, width):
    columns = [*range(0, width, 2), *range(1, width, 2)]
    return _positions(n, width)[:, columns]


def _written(keys, k, place):
    """A cache with a new row at a place; none where that lies outside."""
    keys = np.array(keys)
    if 0 <= place < len(keys):
        keys[place] = k
    return keys


def _over(q, keys, values, seen, scale=None):
    """What a query fetches from the slots that are seen; NaN where none is."""
    scores = keys @ q / (_root(q) if scale is None else scale)
    return softmax(np.where(seen, scores, np.float32(-np.inf))) @ values


def _cached(q, k, v, keys, values, place, scale=None):
    seen = np.arange(len(keys)) <= place
    return _over(q, _written(keys, k, place), _written(values, v, place), seen, scale)


def _at_offset(weights, offset):
    """(..., n): weights of the places i of the second half on i − n + offset, n the length of a half."""
    n = weights.shape[-1] // 2
    i = np.arange(n, 2 * n)
    return weights[..., i, np.minimum(i - n + offset, 2 * n - 1)]


def _induction(weights):
    return _at_offset(weights, 1).mean(axis=-1)


# ---------------------------------------------------------------------- the exercises

_SEES = "A place that sees what comes later would be told the answer, and learn nothing."
_SCALE = "Scores grow with the width, and a softmax of large scores looks at one key only and learns slowly."

masked_weights = make_check(
    "masked_weights",
    _masked,
    _scores,
    [
        WrongIdea(
            "no mask",
            softmax,
            _SEES,
            "which keys lie after the query?",
        ),
        WrongIdea(
            "the upper triangle kept: each place sees itself and what comes later",
            lambda scores: softmax(np.where(_seen(scores.shape[-1]).T, scores, -np.float32(np.inf))),
            _SEES,
            "rows are queries and columns are keys; which of `tril` and `triu` is it?",
        ),
        *(
            WrongIdea(
                f"a diagonal that is masked too, {how}",
                lambda scores, hidden=hidden: _masked(scores, -1, hidden),
                "A place may see itself, and the first place has nothing else to see.",
                "may a query look at the key of its own place?",
            )
            for how, hidden in (("with −∞", -np.inf), ("with a large negative number", -1e9))
        ),
        WrongIdea(
            "a mask that lets one place ahead through",
            lambda scores: _masked(scores, 1),
            "The next place holds the very token that is to be predicted.",
            "at which diagonal does the mask begin?",
        ),
        WrongIdea(
            "a mask after the softmax, with weights that no longer add up to 1",
            lambda scores: np.where(_seen(scores.shape[-1]), softmax(scores), 0),
            "The softmax had shared out weight to keys that are not seen, and the early places lose the most.",
            "what comes first, the mask or the softmax?",
        ),
        WrongIdea(
            "a mask after the softmax, made up for by a division",
            lambda scores: _after(softmax(scores)),
            "It is right on paper; but where a later key has all the weight, the rest is 0, and 0 by 0 is NaN.",
            "what comes first, the mask or the softmax?",
        ),
        WrongIdea(
            "scores set to 0 instead of −∞",
            lambda scores: softmax(np.where(_seen(scores.shape[-1]), scores, 0)),
            "A score of 0 is one like any other: e to the power of 0 is 1, so the later keys get weight.",
            "of which number is the exponential 0?",
        ),
        WrongIdea(
            "a softmax over the queries",
            lambda scores: softmax(np.where(_seen(scores.shape[-1]), scores, -np.float32(np.inf)), axis=-2),
            "Then the weights that a key gets add up to 1, and not those that a query gives.",
            "over which axis do the keys lie?",
        ),
        WrongIdea(
            "the weights transposed",
            lambda scores: _masked(scores).swapaxes(-1, -2),
            "Row i is what query i looks at.",
            "which axis is the query's?",
        ),
        WrongIdea(
            "scores of queries and keys that changed places",
            lambda scores: _masked(scores.swapaxes(-1, -2)),
            "What i finds in j is not what j finds in i.",
            "which axis is the query's?",
        ),
        WrongIdea(
            "one softmax over the whole map",
            lambda scores: (
                np.exp(np.where(_seen(scores.shape[-1]), scores - scores.max(), -np.float32(np.inf)))
                / np.sum(
                    np.exp(np.where(_seen(scores.shape[-1]), scores - scores.max(), -np.float32(np.inf))),
                    axis=(-2, -1),
                    keepdims=True,
                )
            ),
            "Each query has weights of its own, which add up to 1.",
            "over which axis is the sum taken?",
        ),
        WrongIdea(
            "equal weights for all that is seen",
            lambda scores: _masked(0 * scores),
            "That is a plain mean of the past, whatever the scores say.",
            "where do the scores enter?",
        ),
        WrongIdea(
            "exponentials of the scores as they stand",
            lambda scores: _after(np.exp(scores)),
            "It is right on paper, but e to the power of 100 is beyond float32, and infinity by infinity is NaN.",
            "subtract the largest score first, or let `jax.nn.softmax` do it.",
        ),
        WrongIdea(
            "a mask that multiplies the exponentials, as they stand",
            lambda scores: _shares(np.exp(scores) * _seen(scores.shape[-1])),
            "It is right on paper, but e to the power of 100 is beyond float32, and infinity times 0 is NaN.",
            "subtract the largest score that is seen first, or let `jax.nn.softmax` do it.",
        ),
        WrongIdea(
            "the masked scores, without their softmax",
            lambda scores: np.where(_seen(scores.shape[-1]), scores, -np.float32(np.inf)),
            "Weights are between 0 and 1, and those of a query add up to 1.",
            "one step is left.",
        ),
    ],
)

attention = make_check(
    "attention",
    _attention,
    _queries_keys_values,
    [
        WrongIdea(
            "scores that are not divided by √d",
            lambda q, k, v: _masked(_own_scores(q, k, 1)) @ v,
            _SCALE,
            "what stands below the line?",
        ),
        WrongIdea(
            "scores divided by d instead of its root",
            lambda q, k, v: _masked(_own_scores(q, k, q.shape[-1])) @ v,
            "A sum of d random products is about √d in size, so this flattens the weights.",
            "what stands below the line?",
        ),
        WrongIdea(
            "scores times √d",
            lambda q, k, v: _masked(_own_scores(q, k, 1 / _root(q))) @ v,
            _SCALE,
            "is it multiplied or divided?",
        ),
        WrongIdea(
            "scores divided by the root of the number of keys",
            lambda q, k, v: _masked(_own_scores(q, k, np.sqrt(len(k)))) @ v,
            "How large an inner product is depends on the d numbers that it sums, not on how many keys there are.",
            "which axis has d numbers?",
        ),
        WrongIdea(
            "weights divided by √d, after the softmax",
            lambda q, k, v: _masked(_own_scores(q, k, 1)) @ v / _root(q),
            "The weights no longer add up to 1, and they are as sharp as before.",
            "where does √d stand, inside the softmax or outside?",
        ),
        WrongIdea(
            "no mask",
            lambda q, k, v: softmax(_own_scores(q, k)) @ v,
            _SEES,
            "exercise 1 masks the scores.",
        ),
        WrongIdea(
            "neither a mask nor a division by √d",
            lambda q, k, v: softmax(_own_scores(q, k, 1)) @ v,
            "Later places are seen, and the weights are too sharp.",
            "exercise 1 masks the scores, and something stands below the line.",
        ),
        WrongIdea(
            "a mask that makes scores 0 instead of −∞",
            lambda q, k, v: softmax(np.where(_seen(len(q)), _own_scores(q, k), 0)) @ v,
            "A score of 0 is one like any other, so the later keys get weight.",
            "exercise 1 masks the scores.",
        ),
        WrongIdea(
            "a mask after the softmax, with weights that no longer add up to 1",
            lambda q, k, v: np.where(_seen(len(q)), softmax(_own_scores(q, k)), 0) @ v,
            "The softmax had shared out weight to keys that are not seen, and the early places lose the most.",
            "what comes first, the mask or the softmax?",
        ),
        WrongIdea(
            "queries and keys swapped",
            lambda q, k, v: _masked(_own_scores(k, q)) @ v,
            "A place would then ask with what it offers, and offer what it asks.",
            "the rows of the scores are queries.",
        ),
        WrongIdea(
            "a softmax over the queries",
            lambda q, k, v: softmax(np.where(_seen(len(q)), _own_scores(q, k), -np.float32(np.inf)), axis=0) @ v,
            "Then the weights of a key add up to 1, and a query may fetch many times as much as another.",
            "over which axis do the keys lie?",
        ),
        WrongIdea(
            "weights transposed before they meet the values",
            lambda q, k, v: _masked(_own_scores(q, k)).T @ v,
            "Each place would then collect from those that look at it, which are the later ones.",
            "which axis of the weights is summed over?",
        ),
        WrongIdea(
            "weights put on the keys instead of the values",
            lambda q, k, v: _masked(_own_scores(q, k)) @ k,
            "Keys say where to look, and values what is there.",
            "where does v enter?",
        ),
        WrongIdea(
            "no softmax: masked scores put on the values",
            lambda q, k, v: np.where(_seen(len(q)), _own_scores(q, k), 0) @ v,
            "Scores may be negative and add up to anything; weights are shares.",
            "what makes weights out of scores?",
        ),
        WrongIdea(
            "scores of vectors brought to length 1",
            lambda q, k, v: _masked(q @ k.T / np.linalg.norm(q, axis=1)[:, None] / np.linalg.norm(k, axis=1)[None]) @ v,
            "A cosine is at most 1, so no key could have much more weight than another.",
            "what is the inner product divided by?",
        ),
        WrongIdea(
            "a plain mean of all values up to here",
            lambda q, k, v: _masked(np.zeros((len(q), len(q)), np.float32)) @ v,
            "Nothing is looked for then.",
            "where do q and k enter?",
        ),
        WrongIdea(
            "the weights themselves",
            lambda q, k, v: _masked(_own_scores(q, k)),
            "They say where each place looks, not what it finds there.",
            "one step is left.",
        ),
    ],
)

split_heads = make_check(
    "split_heads",
    _split,
    _vectors_and_heads,
    [
        WrongIdea(
            "a reshape alone, in which the heads cut the text into pieces",
            lambda x, heads: x.reshape(len(x), heads, x.shape[1], -1),
            "The shape is right, but head 0 gets the whole vectors of the first places instead of a part of every one.",
            "a reshape only cuts the last axis in two if the axes before it stay as they are.",
        ),
        WrongIdea(
            "heads that take turns: head 0 has the numbers 0, h, 2h, …",
            lambda x, heads: x.reshape(*x.shape[:2], -1, heads).transpose(0, 3, 1, 2),
            "The first d numbers of a vector should be head 0's, so that a head is a block of columns of the weights.",
            "when the last axis is cut in two, which of the two comes first?",
        ),
        WrongIdea(
            "the heads left behind the places",
            lambda x, heads: x.reshape(*x.shape[:2], heads, -1),
            "Attention is a product over places and d, so these two should be the last axes.",
            "which two axes change places at the end?",
        ),
        WrongIdea(
            "the heads in front of the batch",
            lambda x, heads: np.moveaxis(_split(x, heads), 1, 0),
            "The batch comes first.",
            "in which order should the four axes come?",
        ),
        WrongIdea(
            "places and d swapped",
            lambda x, heads: _split(x, heads).swapaxes(2, 3),
            "The numbers of a vector lie along the last axis.",
            "in which order should the four axes come?",
        ),
        WrongIdea(
            "the axes all turned round",
            lambda x, heads: x.reshape(*x.shape[:2], heads, -1).T,
            "`.T` reverses all axes; only two of them should change places.",
            "`swapaxes` takes two axes, `transpose` all four.",
        ),
        WrongIdea(
            "the first head's part for all heads",
            lambda x, heads: np.stack([x[..., : x.shape[-1] // heads]] * heads, axis=1),
            "The other parts would be lost, and all heads would do the same.",
            "where does the part of head 1 begin?",
        ),
        WrongIdea(
            "a copy of the whole vector for each head",
            lambda x, heads: np.stack([x] * heads, axis=1),
            "Heads share out the width; with copies, each would cost as much as one head alone.",
            "how many numbers does a head get of each vector?",
        ),
    ],
)

merge_heads = make_check(
    "merge_heads",
    _merge,
    _heads,
    [
        WrongIdea(
            "a reshape alone, in which places and heads are mixed up",
            lambda x: x.reshape(len(x), x.shape[2], -1),
            "The shape is right, but a row then holds one head's numbers from several places.",
            "what has to stand next to d before the two can become one axis?",
        ),
        WrongIdea(
            "heads that take turns in the result",
            lambda x: x.transpose(0, 2, 3, 1).reshape(len(x), x.shape[2], -1),
            "The first d numbers should be head 0's, the next head 1's.",
            "of heads and d, which comes first before they become one axis?",
        ),
        WrongIdea(
            "the sum of the heads",
            lambda x: x.sum(axis=1),
            "What one head found could no longer be told from what another found.",
            "how wide is the result?",
        ),
        WrongIdea(
            "the mean of the heads",
            lambda x: x.mean(axis=1),
            "What one head found could no longer be told from what another found.",
            "how wide is the result?",
        ),
        WrongIdea(
            "the heads one after the other along the text",
            lambda x: x.reshape(len(x), -1, x.shape[-1]),
            "The text would be as many times as long as there are heads.",
            "along which axis are the heads put together?",
        ),
        WrongIdea(
            "the heads in reverse order",
            lambda x: _merge(x[:, ::-1]),
            "The matrix that mixes them next expects head 0 first.",
            "whose are the first d numbers?",
        ),
        WrongIdea(
            "places and numbers swapped",
            lambda x: _merge(x).swapaxes(1, 2),
            "The numbers of a vector lie along the last axis.",
            "in which order should the three axes come?",
        ),
    ],
)

positions = make_check(
    "positions",
    _positions,
    _places_and_widths,
    [
        WrongIdea(
            "sines in the first half and cosines in the second",
            _in_halves,
            "Many programs do so, and a model can use either; but the formula has them in turns, and weights trained "
            "with the one do not fit the other.",
            "which columns are 2i, and which 2i + 1?",
        ),
        WrongIdea(
            "cosines in the even columns and sines in the odd ones",
            lambda n, width: _waves(_angles(n, width, _pairwise), np.cos, np.sin),
            "Place 0 would have a 1 where a 0 is due.",
            "which of the two is it at column 0?",
        ),
        WrongIdea(
            "places counted from 1",
            lambda n, width: _waves(_angles(n, width, _pairwise, start=1)),
            "The first place is 0, and its sines are all 0.",
            "what should stand at place 0?",
        ),
        WrongIdea(
            "an exponent of i/width instead of 2i/width",
            lambda n, width: _waves(_angles(n, width, lambda j, width: (j // 2) / width)),
            "The slowest wave would be a hundred times too fast, and distant places would look alike.",
            "column 2i has 2i in the exponent.",
        ),
        WrongIdea(
            "an exponent of its own for every column",
            lambda n, width: _waves(_angles(n, width, lambda j, width: j / width)),
            "The sine and cosine of a pair must have the same wavelength, so that a step turns the pair by an angle.",
            "columns 2i and 2i + 1 share i.",
        ),
        WrongIdea(
            "exponents that reach 1: 2i divided by width − 2",
            lambda n, width: _waves(_angles(n, width, lambda j, width: (j - j % 2) / max(width - 2, 1))),
            "Some programs do so; in the formula, the width itself stands below the line.",
            "what is 2i divided by?",
        ),
        WrongIdea(
            "places times the power instead of divided by it",
            lambda n, width: _waves(_angles(n, width, lambda j, width: -_pairwise(j, width))),
            "The waves then get faster than the places can follow, and look like noise.",
            "which columns should change slowly?",
        ),
        WrongIdea(
            "sines in all columns",
            lambda n, width: _waves(_angles(n, width, _pairwise), np.sin, np.sin),
            "A sine alone does not tell on which side of its crest it is.",
            "what stands in the odd columns?",
        ),
        WrongIdea(
            "angles in degrees",
            lambda n, width: _waves(np.deg2rad(_angles(n, width, _pairwise))),
            "The fastest wave would take 360 places instead of 6, and neighbours would hardly differ.",
            "sines take radians, and nothing is converted.",
        ),
        WrongIdea(
            "angles times 2π",
            lambda n, width: _waves(2 * np.pi * _angles(n, width, _pairwise)),
            "The fastest wave would have turned once at every place, and not tell them apart.",
            "the angle is the place divided by a power, and no more.",
        ),
        WrongIdea(
            "the same wavelength in all columns",
            lambda n, width: _waves(_angles(n, width, lambda j, width: 0 * j)),
            "Places 6.28 apart would then look the same.",
            "where does i enter?",
        ),
        WrongIdea(
            "the angles themselves",
            lambda n, width: _angles(n, width, _pairwise),
            "They grow without bound; sine and cosine keep them between −1 and 1.",
            "one step is left.",
        ),
        WrongIdea(
            "the places along the last axis",
            lambda n, width: _positions(n, width).T,
            "Each row is the vector of a place.",
            "what shape should come out?",
        ),
    ],
    atol=1e-3,  # of a power in float32, and the sine of a large angle
)

cached_attention = make_check(
    "cached_attention",
    _cached,
    _queries_and_caches,
    [
        WrongIdea(
            "the free slots seen too",
            lambda q, k, v, keys, values, place: _over(q, _written(keys, k, place), _written(values, v, place), True),
            "A key of zeros has the score 0 and so a weight, and what an earlier text has left there has one too.",
            "which slots hold a key of this text?",
        ),
        WrongIdea(
            "the slots before the new one alone, without the new key and value",
            lambda q, k, v, keys, values, place: _over(q, keys, values, np.arange(len(keys)) < place),
            "A place may see itself, and the first one has nothing else to see.",
            "is it < or ≤, and do k and v enter?",
        ),
        WrongIdea(
            "the new key and value left out, though their slot is seen",
            lambda q, k, v, keys, values, place: _over(q, keys, values, np.arange(len(keys)) <= place),
            "In their slot stands what was there before: zeros, or something of an earlier text.",
            "where do k and v enter?",
        ),
        WrongIdea(
            "the new key and value written over the last ones",
            lambda q, k, v, keys, values, place: _over(
                q,
                _written(keys, k, max(place - 1, 0)),
                _written(values, v, max(place - 1, 0)),
                np.arange(len(keys)) <= place,
            ),
            "`place` counts from 0 and is the first slot that is free; one before it is the last token's.",
            "which slots are taken, if `place` tokens are there?",
        ),
        WrongIdea(
            "one slot too many seen",
            lambda q, k, v, keys, values, place: _over(
                q, _written(keys, k, place), _written(values, v, place), np.arange(len(keys)) <= place + 1
            ),
            "The slot after the new one holds nothing of this text yet.",
            "is it < or ≤?",
        ),
        WrongIdea(
            "the new key written, and the new value not",
            lambda q, k, v, keys, values, place: _over(
                q, _written(keys, k, place), values, np.arange(len(keys)) <= place
            ),
            "The query would find its own place and fetch from it what stood there before.",
            "where does v enter?",
        ),
        WrongIdea(
            "keys and values swapped",
            lambda q, k, v, keys, values, place: _cached(q, v, k, values, keys, place),
            "Keys say where to look, and values what is there.",
            "what is compared with the query?",
        ),
        WrongIdea(
            "scores that are not divided by √d",
            lambda q, k, v, keys, values, place: _cached(q, k, v, keys, values, place, 1),
            "The step has to give what the whole pass gives, and there they are divided.",
            "what stands below the line?",
        ),
        WrongIdea(
            "scores divided by d instead of its root",
            lambda q, k, v, keys, values, place: _cached(q, k, v, keys, values, place, len(q)),
            "The step has to give what the whole pass gives.",
            "what stands below the line?",
        ),
        WrongIdea(
            "scores divided by the root of the number of slots",
            lambda q, k, v, keys, values, place: _cached(q, k, v, keys, values, place, np.sqrt(len(keys))),
            "How large an inner product is depends on the d numbers that it sums, not on how much room there is.",
            "which axis has d numbers?",
        ),
        WrongIdea(
            "scores of free slots set to 0 instead of −∞",
            lambda q, k, v, keys, values, place: (
                softmax(np.where(np.arange(len(keys)) <= place, _written(keys, k, place) @ q / _root(q), 0))
                @ _written(values, v, place)
            ),
            "A score of 0 is one like any other, so the free slots get weight.",
            "of which number is the exponential 0?",
        ),
        WrongIdea(
            "free slots taken away after the softmax, with weights that no longer add up to 1",
            lambda q, k, v, keys, values, place: (
                np.where(np.arange(len(keys)) <= place, softmax(_written(keys, k, place) @ q / _root(q)), 0)
                @ _written(values, v, place)
            ),
            "The softmax had shared out weight to the free slots.",
            "what comes first, the mask or the softmax?",
        ),
        WrongIdea(
            "the new key and value put behind the whole cache, with the free slots in between seen",
            lambda q, k, v, keys, values, place: _over(q, np.vstack([keys, k]), np.vstack([values, v]), True),
            "The cache has its full length from the start, so that its shape stays the same from step to step.",
            "which slot is the first that is free?",
        ),
        WrongIdea(
            "the new value alone",
            lambda q, k, v, keys, values, place: 1 * v,
            "Attention is there to fetch from the other places.",
            "where do the cached values enter?",
        ),
    ],
    numpy=False,  # a cache is handed on from step to step, so nothing may be written into it
)

induction_score = make_check(
    "induction_score",
    _induction,
    _maps,
    [
        WrongIdea(
            "the weight on the same token, not on the one after it",
            lambda weights: _at_offset(weights, 0).mean(axis=-1),
            "That token is known already; what came after it is the news.",
            "what followed the token when it came first?",
        ),
        WrongIdea(
            "the weight on the token two further on",
            lambda weights: _at_offset(weights, 2).mean(axis=-1),
            "To predict the next token, the head has to look at the one that followed.",
            "how far is it from i back to the token that came after?",
        ),
        WrongIdea(
            "the weight on the token before it",
            lambda weights: _at_offset(weights, -1).mean(axis=-1),
            "What came before is known already; what came after is the news.",
            "is 1 added or subtracted?",
        ),
        WrongIdea(
            "a mean over all places, with 0 in the first half",
            lambda weights: _at_offset(weights, 1).sum(axis=-1) / weights.shape[-1],
            "In the first half nothing has come before, so even a perfect head would have half a point at most.",
            "how many places does the second half have?",
        ),
        WrongIdea(
            "a sum instead of a mean",
            lambda weights: _at_offset(weights, 1).sum(axis=-1),
            "It grows with the length of the text; a score of 1 should mean all the weight.",
            "how many places does the second half have?",
        ),
        WrongIdea(
            "queries and keys swapped",
            lambda weights: _induction(weights.swapaxes(-1, -2)),
            "These are the weights of earlier places on later ones, nearly all 0.",
            "which axis is the query's?",
        ),
        WrongIdea(
            "the largest weight instead of the mean",
            lambda weights: _at_offset(weights, 1).max(axis=-1),
            "One place where it works by chance would be enough.",
            "what do you do with the n weights?",
        ),
        WrongIdea(
            "the share of places that look there most of all",
            lambda weights: np.mean(
                weights[..., weights.shape[-1] // 2 :, :].argmax(axis=-1) == np.arange(weights.shape[-1] // 2) + 1,
                axis=-1,
            ),
            "It says how often a place is looked at more than any other, not with how much weight.",
            "take the weights themselves.",
        ),
        WrongIdea(
            "one number for all heads",
            lambda weights: _induction(weights).mean(),
            "Most heads do something else, and the one that is sought would drown in their mean.",
            "over which axis is the mean taken?",
        ),
        WrongIdea(
            "a number for each place",
            lambda weights: _at_offset(weights, 1),
            "The score of a head is one number.",
            "one step is left.",
        ),
        WrongIdea(
            "the weight on the place before: that of a previous-token head",
            lambda weights: np.diagonal(weights, -1, -2, -1)[..., weights.shape[-1] // 2 - 1 :].mean(axis=-1),
            "That head looks one place back whatever stands there; here it is one repetition back, less one.",
            "how far is it from i back to the token that came after?",
        ),
    ],
)
