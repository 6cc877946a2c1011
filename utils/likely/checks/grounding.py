"""The checks of chapter 7b, Finding it, and checking it: a real model and grounding.

>>> from likely.checks import grounding as check
>>> check.fuse(fuse)  # a verdict on the reader's function `fuse`
"""

from __future__ import annotations

import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import f32

__all__ = ["bm25_weights", "fuse", "interval", "ndcg", "price", "support"]

# ---------------------------------------------------------------------- inputs


def _ids(*values) -> np.ndarray:
    return np.array(values, np.int32)


def _yes(*values) -> np.ndarray:
    return np.array(values, bool)


def _counts_and_lengths(rng):
    """Words that no passage has, and that all have; no length norm, a full one; hardly any saturation, and much."""
    yield f32([1]), f32(3), 1.2, 0.75
    yield f32([0]), f32(4), 1.2, 0.75
    yield f32([2, 0]), f32(2, 6), 1.0, 0.5
    yield f32([1, 3], [0, 0]), f32(4, 4), 2.0, 0.75  # a word that all have, and one that none has
    yield f32([1, 2, 0]), f32(5, 5, 5), 1.2, 1.0
    yield f32([1, 0, 1], [2, 1, 1], [0, 0, 4]), f32(3, 9, 6), 1.2, 0.0
    yield f32([0, 4, 0, 1], [1, 1, 1, 1]), f32(2, 8, 3, 7), 0.5, 1.0
    for words, passages, k1, b in ((5, 16, 0.1, 0.3), (5, 16, 5.0, 0.9), (5, 16, 1.5, 0.6)):
        often = rng.uniform(0.05, 1.2, (words, 1))
        counts = rng.poisson(np.broadcast_to(often, (words, passages)))
        lengths = counts.sum(axis=0) + rng.integers(1, 40, passages)  # there are other words in them
        yield counts.astype(np.float32), lengths.astype(np.float32), k1, b


def _gains(rng):
    """More places than there are, more of use than there are places, gains beside 0 and 1, and none at all."""
    yield f32(1), 1
    yield f32(0), 3
    yield f32(0, 1), 2
    yield f32(1, 1), 1
    yield f32(0, 1), 1
    yield f32(3, 1), 10
    yield f32(0, 0, 0), 2
    yield f32(1, 3, 0), 2
    yield f32(0, 1, 0, 1), 3
    yield f32(0, 0, 2, 0, 1, 1), 3  # more of use than is among the first three
    yield f32(0, 2, 1, 3, 0), 10
    for n, k, useful in ((8, 3, 0.5), (60, 10, 0.3), (60, 10, 0.1)):
        while True:
            gains = rng.integers(1, 4, n) * (rng.random(n) < useful)
            if gains[:k].any() and gains[k:].any():
                break
        yield gains.astype(np.float32), k


def _ranks_of(rng, retrievers: int, passages: int, found: int) -> np.ndarray:
    """(retriever, passage): `found` of the passages by each, from rank 1 on, and 0 for the others."""
    ranks = np.zeros((retrievers, passages), np.int32)
    for row in ranks:
        row[rng.permutation(passages)[:found]] = np.arange(1, found + 1)
    return ranks


def _ranks(rng):
    """Passages that one, several or no retriever has found, one retriever alone, and a k of 0."""
    yield _ids([1]), 60.0
    yield _ids([0]), 60.0
    yield _ids([1], [0]), 60.0
    yield _ids([1, 2]), 2.0
    yield _ids([1, 2], [2, 1]), 60.0
    yield _ids([1, 0, 2], [0, 1, 2]), 0.0
    yield _ids([2, 0, 1], [1, 0, 0]), 10.0
    yield _ids([1, 2, 3, 0], [0, 3, 2, 1], [2, 1, 0, 0]), 1.0
    for retrievers, passages, found, k in ((2, 8, 5, 60.0), (3, 12, 6, 5.0), (3, 12, 8, 0.5), (4, 50, 20, 20.0)):
        yield _ranks_of(rng, retrievers, passages, found), k


def _claims(rng):
    """Nothing new, nothing at all, all and none of it found; with -1 behind the last, and without."""
    yield _ids(5), _ids(-1), _ids(5)
    yield _ids(5), _ids(-1), _ids(7)
    yield _ids(5), _ids(5), _ids(7)  # nothing new
    yield _ids(-1), _ids(3), _ids(4)  # nothing at all
    yield _ids(4, -1), _ids(3), _ids(7, -1)
    yield _ids(4, 6, -1), _ids(6, 4), _ids(6, -1, -1)
    yield _ids(4, 6, 9), _ids(9, 2), _ids(6, 9)
    yield _ids(1, 2, 3, -1), _ids(3), _ids(1, 5, 8)
    yield _ids(1, 2, 3, 4), _ids(4, -1, -1), _ids(1, 4, 2, 3, -1)
    yield _ids(8, 7, 6, -1, -1), _ids(1, 7), _ids(9, 6, 2, 3)
    for n, of in ((6, 12), (9, 16), (9, 16), (9, 16)):
        there = rng.permutation(of).astype(np.int32)
        claims, asked = there[:n].copy(), np.concatenate([there[2:4], there[n : n + 2]])
        shown = rng.permutation(np.concatenate([there[1 : n - 2], there[n + 1 :]]))
        claims[n - 2 :] = -1
        yield claims, asked, np.concatenate([shown, _ids(-1, -1)])


def _outcomes(rng):
    """A probability at the threshold, all let through, all stopped; refusals and inventions on either kind."""
    yield _ids(0, 2), _yes(1, 0), f32(0.75, 0.25), 0.5
    yield _ids(0, 2), _yes(1, 0), f32(0.25, 0.75), 0.5
    yield _ids(0, 2), _yes(1, 0), f32(0.5, 0.5), 0.5  # at the threshold
    yield _ids(2, 1), _yes(1, 0), f32(0.25, 0.5), 0.75
    yield _ids(0, 2, 0, 2), _yes(1, 0, 1, 0), f32(0.5, 0.75, 0.25, 0.125), 0.0
    yield _ids(0, 1, 2, 2), _yes(1, 1, 1, 0), f32(0.125, 0.25, 0.5, 1), 2.0
    yield _ids(0, 0, 2, 1, 2, 2), _yes(1, 1, 1, 0, 0, 0), f32(0.5, 0.25, 0.125, 0.75, 0.75, 0.25), 0.5
    for n, threshold in ((40, 0.55), (40, 0.42), (150, 0.2), (150, 0.65)):
        answerable = np.arange(n) < 2 * n // 3
        outcomes = np.where(answerable, rng.choice(3, n, p=[0.5, 0.1, 0.4]), rng.choice([1, 2], n, p=[0.2, 0.8]))
        outcomes[:3], outcomes[-2:] = (0, 0, 1), (1, 2)
        probability = rng.beta(1 + 2 * (outcomes == 0), 2).astype(np.float32)
        yield outcomes.astype(np.int32), answerable, probability, threshold


def _draws(rng):
    """The same twice, one or the other ahead, and pairs that are right and wrong together."""
    yield f32(1), f32(0), np.zeros((1, 1), np.int32)
    yield f32(1, 0), f32(0, 0), _ids([0, 1], [0, 0], [1, 1])
    yield f32(1, 0, 1), f32(1, 0, 1), _ids([0, 1, 1], [2, 2, 0], [1, 0, 2], [1, 1, 1])
    for n, draws, together in ((5, 12, 0.5), (12, 40, 0.7), (20, 61, 0.9)):
        first = rng.random(n) < 0.6
        second = np.where(rng.random(n) < together, first, rng.random(n) < (0.9 if n == 12 else 0.3))
        yield first.astype(np.float32), second.astype(np.float32), rng.integers(0, n, (draws, n)).astype(np.int32)


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _rarity(N, n):
    return np.log1p((N - n + 0.5) / (n + 0.5))


def _saturated(f, relative, k1, b):
    return f / (f + k1 * (1 - b + b * relative))


def _weighted(rarity=_rarity, part=_saturated, having=lambda counts: (counts > 0).sum(axis=1, keepdims=True)):
    """The weights from other parts: how rare a word is, of (N, n), and how much its count f brings."""

    def of(counts, lengths, k1, b):
        with np.errstate(all="ignore"):
            N, n = counts.shape[1], having(counts).astype(np.float32)
            return rarity(N, n) * part(counts, lengths / lengths.mean(), k1, b)

    return of


def _of_lengths(relative):
    """The weights with a passage's length held against something else than the mean."""

    def of(counts, lengths, k1, b):
        n = (counts > 0).sum(axis=1, keepdims=True)
        return _rarity(counts.shape[1], n) * _saturated(counts, relative(counts, lengths), k1, b)

    return of


def _discounts(n):
    return 1 / np.log2(np.arange(n) + 2)


def _sorted(gains):
    return np.sort(gains)[::-1]


def _share_of(part, whole, otherwise=0.0):
    return part / whole if whole else otherwise


def _gained(discounts=_discounts, gain=lambda g: g, best=lambda gains, k: _sorted(gains)[:k], otherwise=0.0):
    """nDCG from other parts: the discounts of n places, what a gain counts, and the best list."""

    def of(gains, k):
        g, ideal = gain(gains[:k]), gain(best(gains, k))
        return _share_of((g * discounts(len(g))).sum(), (ideal * discounts(len(ideal))).sum(), otherwise)

    return of


def _dcg(gains, k):
    return (gains[:k] * _discounts(len(gains[:k]))).sum()


def _first_useful(gains, k):
    places = np.flatnonzero(gains[:k])
    return 1 / (places[0] + 1) if len(places) else 0.0


def _fused(part, found=lambda ranks: ranks > 0):
    """The sum over retrievers of something that a rank r brings, given k."""

    def of(ranks, k):
        with np.errstate(all="ignore"):
            return np.where(found(ranks), part(ranks.astype(np.float32), np.float32(k)), 0).sum(axis=0)

    return of


def _one(r, k):
    return 1 / (k + r)


def _ones(ranks, k):
    """(retriever, passage): what is summed up."""
    with np.errstate(all="ignore"):
        return np.where(ranks > 0, 1 / (np.float32(k) + ranks), 0)


_fuse = _fused(_one)


def _among_found(ranks, k):
    return _fuse(ranks, k) / np.maximum((ranks > 0).sum(axis=0), 1)


def _of_mean_rank(ranks, k):
    n = (ranks > 0).sum(axis=0)
    with np.errstate(all="ignore"):
        return np.where(n > 0, 1 / (k + ranks.sum(axis=0) / np.maximum(n, 1)), 0)


def _of_summed_ranks(ranks, k):
    with np.errstate(all="ignore"):
        return np.where(ranks.any(axis=0), 1 / (k + ranks.sum(axis=0)), 0)


def _last_if_missing(ranks, k):
    return (1 / (k + np.where(ranks > 0, ranks, ranks.shape[1] + 1))).sum(axis=0)


def _votes(ranks, k):
    return np.where(ranks > 0, ranks.shape[1] + 1 - ranks, 0).sum(axis=0)


def _normalised_fuse(ranks, k):
    scores = _fuse(ranks, k)
    return scores / (scores.sum() or 1)


def _supports(function, otherwise=1.0):
    """A share from the masks of claims that are there, that are asked, and that are shown: a part and its whole."""

    def of(claims, asked, shown):
        there = claims >= 0
        part, whole = function(there, there & np.isin(claims, asked), there & np.isin(claims, shown))
        return _share_of(float(part), float(whole), otherwise)

    return of


_support = _supports(lambda there, asked, shown: ((shown & ~asked).sum(), (there & ~asked).sum()))


def _padding_as_claims(claims, asked, shown):
    new = ~np.isin(claims, asked)
    return _share_of(float((new & np.isin(claims, shown)).sum()), float(new.sum()), 1.0)


def _padding_in_the_whole(claims, asked, shown):
    asked, there = asked[asked >= 0], claims >= 0
    new = ~np.isin(claims, asked)
    return _share_of(float((new & there & np.isin(claims, shown)).sum()), float(new.sum()), 1.0)


def _of_the_shown(claims, asked, shown):
    shown = shown[shown >= 0]
    new = claims[(claims >= 0) & ~np.isin(claims, asked)]
    return _share_of(float(np.isin(new, shown).sum()), float(len(shown)), 1.0) if len(new) else 1.0


def _jaccard(claims, asked, shown):
    new, there = claims[(claims >= 0) & ~np.isin(claims, asked)], shown[shown >= 0]
    return len(np.intersect1d(new, there)) / len(np.union1d(new, there)) if len(new) else 1.0


def _priced(function, passes=lambda p, threshold: p >= threshold):
    """Three numbers from right and invented replies, answerable questions, and what is let through (n,) each."""

    def of(outcomes, answerable, probability, threshold):
        numbers = function(outcomes == 0, outcomes == 2, answerable, passes(probability, threshold))
        return np.array([float(number) for number in numbers], np.float32)

    return of


def _lost(right, yes, through):
    return (right & yes & ~through).sum() / yes.sum()


def _before(invented, yes):
    return (invented & ~yes).sum() / (~yes).sum()


def _after(invented, yes, through):
    return (invented & ~yes & through).sum() / (~yes).sum()


def _three(lost=_lost, before=_before, after=_after, passes=lambda p, threshold: p >= threshold):
    """The three with some of them computed in another way."""
    return _priced(
        lambda right, invented, yes, through: (
            lost(right, yes, through),
            before(invented, yes),
            after(invented, yes, through),
        ),
        passes,
    )


def _among_given(right, yes, through):
    """Right ones among the replies let through."""
    return _share_of((right & yes).sum(), yes.sum()) - _share_of((right & yes & through).sum(), (yes & through).sum())


def _refusals_as_inventions(outcomes, answerable, probability, threshold):
    stopped = np.where(probability >= threshold, outcomes, 1)
    rates = [(some[~answerable] != 0).mean() for some in (outcomes, stopped)]
    return np.array([_lost(outcomes == 0, answerable, probability >= threshold), *rates], np.float32)


def _right_refusals(outcomes, answerable, probability, threshold):
    """A refusal, where nothing answers, counted in the place of an invention."""
    stopped = np.where(probability >= threshold, outcomes, 1)
    rates = [(some[~answerable] == 1).mean() for some in (outcomes, stopped)]
    return np.array([_lost(outcomes == 0, answerable, probability >= threshold), *rates], np.float32)


def _quantiles(values, low=0.025, high=0.975):
    return np.quantile(np.asarray(values, np.float64), [low, high]).astype(np.float32)


def _differences(first, second, draws):
    """(draw,)"""
    return first[draws].mean(axis=1) - second[draws].mean(axis=1)


def _of_differences(function):
    return lambda first, second, draws: np.asarray(function(_differences(first, second, draws)), np.float32)


def _of_shares(function):
    """Something made of the two shares of every draw, taken apart."""
    return lambda first, second, draws: np.asarray(
        function(first[draws].mean(axis=1), second[draws].mean(axis=1)), np.float32
    )


def _around(mean, width):
    return mean - width, mean + width


def _apart(a, b):
    return _quantiles(a)[0] - _quantiles(b)[1], _quantiles(a)[1] - _quantiles(b)[0]


def _basic(first, second, draws):
    low, high = _quantiles(_differences(first, second, draws))
    measured = first.mean() - second.mean()
    return np.array([2 * measured - high, 2 * measured - low], np.float32)


def _by_formula(first, second, draws):
    variance = sum(x.mean() * (1 - x.mean()) / len(x) for x in (first, second))
    return np.array(_around(first.mean() - second.mean(), 1.96 * np.sqrt(variance)), np.float32)


# ---------------------------------------------------------------------- the exercises

_SCALE = "Ranks would be the same, but the numbers are held here, and scores of two searches could not be compared."
_LONG = "A long passage has more of every word, and would be found for that alone."

bm25_weights = make_check(
    "bm25_weights",
    _weighted(),
    _counts_and_lengths,
    [
        WrongIdea(
            "the rarity without the 1 inside the log",
            _weighted(lambda N, n: np.log((N - n + 0.5) / (n + 0.5))),
            "A word that more than half of the passages have would count against those that have it.",
            "what should a word add that all passages have?",
        ),
        WrongIdea(
            "ln(N / n), the rarity of tf-idf",
            _weighted(lambda N, n: np.log(N / n)),
            "A word that no passage has would be divided by 0, and one that all have would count for nothing.",
            "compare the log with the formula above.",
        ),
        WrongIdea(
            "no rarity: each word counts as much",
            _weighted(lambda N, n: 1.0),
            'In a question about the capital of Peru, "capital" would weigh as much as "Peru".',
            "where do N and n enter?",
        ),
        WrongIdea(
            "the rarity upside down, which is the commonness",
            _weighted(lambda N, n: np.log1p((n + 0.5) / (N - n + 0.5))),
            "Words that most passages have would decide.",
            "should the weight rise or fall with n?",
        ),
        WrongIdea(
            "a log of base 2",
            _weighted(lambda N, n: _rarity(N, n) / np.log(2)),
            _SCALE,
            "ln is the natural logarithm.",
        ),
        WrongIdea(
            "a log of base 10",
            _weighted(lambda N, n: _rarity(N, n) / np.log(10)),
            _SCALE,
            "ln is the natural logarithm.",
        ),
        WrongIdea(
            "the factor k1 + 1 of older forms of BM25",
            _weighted(part=lambda f, relative, k1, b: (k1 + 1) * _saturated(f, relative, k1, b)),
            _SCALE,
            "what is above the line of the fraction?",
        ),
        WrongIdea(
            "n as occurrences in all passages together, and not as passages that have the word",
            _weighted(having=lambda counts: counts.sum(axis=1, keepdims=True)),
            "One passage that repeats a word would make it common for all.",
            "n is never larger than N.",
        ),
        WrongIdea(
            "n counted along the wrong axis: how many of the words a passage has",
            _weighted(having=lambda counts: (counts > 0).sum(axis=0)),
            "Rarity belongs to a word, and is the same in all passages.",
            "which of the two axes is that of passages?",
        ),
        WrongIdea(
            "N as the number of words, and not of passages",
            lambda counts, lengths, k1, b: (
                np.log1p((len(counts) - (n := (counts > 0).sum(axis=1, keepdims=True)) + 0.5) / (n + 0.5))
                * _saturated(counts, lengths / lengths.mean(), k1, b)
            ),
            "A longer question would make its words rarer.",
            "which of the two axes is that of passages?",
        ),
        WrongIdea(
            "the rarity times f: no saturation",
            _weighted(part=lambda f, relative, k1, b: f),
            "A passage that has a word ten times would count for ten that have it once.",
            "what does a word add at most, however often it is there?",
        ),
        WrongIdea(
            "the presence of a word in the place of its count",
            _weighted(part=lambda f, relative, k1, b: _saturated(1.0 * (f > 0), relative, k1, b)),
            "The second occurrence should add something, if less than the first.",
            "where does f enter, beside n?",
        ),
        WrongIdea(
            "no regard to length: f / (f + k1)",
            _weighted(part=lambda f, relative, k1, b: f / (f + k1)),
            _LONG,
            "where do b and the lengths enter?",
        ),
        WrongIdea(
            "1 − b and b in each other's place",
            _weighted(part=lambda f, relative, k1, b: _saturated(f, relative, k1, 1 - b)),
            "A b of 0 is to leave the lengths out.",
            "what should come out for b = 0?",
        ),
        WrongIdea(
            "the ratio of lengths upside down",
            _weighted(part=lambda f, relative, k1, b: _saturated(f, 1 / relative, k1, b)),
            _LONG,
            "should a longer passage have the larger denominator or the smaller?",
        ),
        WrongIdea(
            "the length itself in the place of its ratio to the mean",
            _of_lengths(lambda counts, lengths: lengths),
            "A passage as long as the average should be treated as if b were 0.",
            "by what is a length divided?",
        ),
        WrongIdea(
            "the length over that of all passages together",
            _of_lengths(lambda counts, lengths: lengths / lengths.sum()),
            "Length would hardly count where there are many passages.",
            "by what is a length divided?",
        ),
        WrongIdea(
            "the length over the longest, and not over the mean",
            _of_lengths(lambda counts, lengths: lengths / lengths.max()),
            "One long passage would change the scores of all others.",
            "by what is a length divided?",
        ),
        WrongIdea(
            "lengths counted from these words alone",
            _of_lengths(lambda counts, lengths: (n := counts.sum(axis=0)) / max(n.mean(), 1e-9)),
            "A passage has words that are not in the question, and its length is given.",
            "is `lengths` used?",
        ),
        WrongIdea(
            "k1 left out",
            _weighted(part=lambda f, relative, k1, b: _saturated(f, relative, 1.0, b)),
            "That is k1 = 1.",
            "how fast further occurrences count less is not fixed.",
        ),
        WrongIdea(
            "k1 times 1 − b only: a bracket is missing",
            _weighted(part=lambda f, relative, k1, b: f / (f + k1 * (1 - b) + b * relative)),
            "k1 stands before the whole bracket.",
            "what is multiplied by k1?",
        ),
        WrongIdea(
            "the sum over the words: the scores of the passages",
            lambda counts, lengths, k1, b: _weighted()(counts, lengths, k1, b).sum(axis=0),
            "That comes later; here each word keeps its row, so that one sees what it adds.",
            "the shape is that of `counts`.",
        ),
    ],
)

_FOUND = "A list could be perfect, and still have less than 1."

ndcg = make_check(
    "ndcg",
    _gained(),
    _gains,
    [
        WrongIdea(
            "the DCG, without the best that there could be below it",
            _dcg,
            "A question with three useful passages would always have more than one with a single one.",
            "what should come out for a perfect list?",
        ),
        WrongIdea(
            "the best order of what was found among the first k, and not of all",
            _gained(best=lambda gains, k: _sorted(gains[:k])),
            "A list that misses all but one useful passage, and has that one first, would be perfect.",
            "which comes first, sorting or cutting at k?",
        ),
        WrongIdea(
            "the best of all passages, not cut at k",
            _gained(best=lambda gains, k: _sorted(gains)),
            _FOUND,
            "how much can k places have at most?",
        ),
        WrongIdea(
            "k places that are all of use, with a gain of 1, below the line",
            lambda gains, k: _dcg(gains, k) / _discounts(k).sum(),
            _FOUND,
            "how many useful passages are there, if fewer than k?",
        ),
        WrongIdea(
            "gains sorted from the smallest on: the worst order below the line",
            _gained(best=lambda gains, k: np.sort(gains)[:k]),
            "`jnp.sort` sorts upwards.",
            "in which order is the most gained?",
        ),
        WrongIdea(
            "a discount of 1 / log2(r + 2): ranks counted from 1, and then once more",
            _gained(discounts=lambda n: 1 / np.log2(np.arange(n) + 3)),
            "The first place should count in full.",
            "what is the discount of the first place?",
        ),
        WrongIdea(
            "a discount of 1 / log2(r) from the second place on, the first two in full: the form of the first paper",
            _gained(discounts=lambda n: 1 / np.maximum(np.log2(np.arange(n) + 1), 1)),
            "With that form it is all the same which of the first two places has the useful passage.",
            "what is the discount of the second place?",
        ),
        WrongIdea(
            "a discount of 1 / r",
            _gained(discounts=lambda n: 1 / (np.arange(n) + 1)),
            "That falls faster than the logarithm: the tenth place would count a tenth, and not 0.29.",
            "where is the logarithm?",
        ),
        WrongIdea(
            "gains times log2(r + 1), and not divided by it",
            _gained(discounts=lambda n: np.log2(np.arange(n) + 2)),
            "What stands further down would count for more.",
            "what should come out if the two best are swapped?",
        ),
        WrongIdea(
            "no discounts: the share of the gains that is among the first k",
            _gained(discounts=np.ones),
            "That is a recall, which does not see the order among the first k.",
            "where do the ranks enter?",
        ),
        WrongIdea(
            "gains of 2^g − 1",
            _gained(gain=lambda g: 2**g - 1),
            "That is a common form too, which agrees for gains of 0 and 1; here a gain counts as it is.",
            "what should a gain of 3 count in the first place?",
        ),
        WrongIdea(
            "the log of gains, log2(1 + g)",
            _gained(gain=lambda g: np.log2(1 + g)),
            "The logarithm is of the rank.",
            "what should a gain of 3 count in the first place?",
        ),
        WrongIdea(
            "useful or not, in the place of how useful",
            _gained(gain=lambda g: 1.0 * (g > 0)),
            "A passage with a gain of 3 would be as welcome as one with 1.",
            "where do the sizes of gains enter?",
        ),
        WrongIdea(
            "the whole list, whatever k is",
            lambda gains, k: _gained()(gains, len(gains)),
            "Nobody reads the thousandth passage.",
            "where does k enter?",
        ),
        WrongIdea(
            "the mean gain of the first k: a precision",
            lambda gains, k: gains[:k].sum() / k,
            "The order would not count, and one useful passage could not fill ten places.",
            "where do the ranks enter?",
        ),
        WrongIdea(
            "1 / rank of the first useful one: the reciprocal rank",
            _first_useful,
            "That sees one passage, and nothing of the others.",
            "what should come out if the second useful passage moves up?",
        ),
        WrongIdea(
            "1 where nothing is of use",
            _gained(otherwise=1.0),
            "Questions that nothing answers would count as perfectly searched.",
            "what does the text say of a list without gains?",
        ),
        WrongIdea(
            "the distance to a perfect list: 1 − nDCG",
            lambda gains, k: 1 - _gained()(gains, k),
            "More is to be better.",
            "what should come out for a perfect list?",
        ),
    ],
)

_ORDER = "Among passages that both have found the order would be the same; among others it would not."

fuse = make_check(
    "fuse",
    _fuse,
    _ranks,
    [
        WrongIdea(
            "a rank of 0 taken for the best: what was not found gets 1 / k",
            _fused(_one, found=lambda ranks: ranks >= 0),
            "What no search has found would come first.",
            "what does 0 stand for?",
        ),
        WrongIdea(
            "1 / rank, without k",
            _fused(lambda r, k: 1 / r),
            "The first place of one list would weigh as much as the second places of two.",
            "where does k enter?",
        ),
        WrongIdea(
            "ranks counted from 0: 1 / (k + rank − 1)",
            _fused(lambda r, k: 1 / (k + r - 1)),
            "With k = 0 the first would be divided by 0.",
            "what is the rank of the first?",
        ),
        WrongIdea(
            "ranks counted from 2: 1 / (k + rank + 1)",
            _fused(lambda r, k: 1 / (k + r + 1)),
            "The ranks that are given begin with 1.",
            "what is the rank of the first?",
        ),
        WrongIdea(
            "the mean over all retrievers",
            lambda ranks, k: _fuse(ranks, k) / len(ranks),
            "The order is the same, but the numbers depend on how many lists there are.",
            "what does Σ stand for?",
        ),
        WrongIdea(
            "the mean over the retrievers that have found it",
            _among_found,
            "To be found by two would be worth no more than to be found by one.",
            "what does Σ stand for?",
        ),
        WrongIdea(
            "the best of the retrievers, and not their sum",
            lambda ranks, k: _ones(ranks, k).max(axis=0),
            "To be found by two would be worth no more than to be found by one.",
            "what does Σ stand for?",
        ),
        WrongIdea(
            "a product over the retrievers",
            lambda ranks, k: _ones(ranks, k).prod(axis=0),
            "What one of them has missed would be lost.",
            "what does Σ stand for?",
        ),
        WrongIdea(
            "only what all retrievers have found",
            lambda ranks, k: np.where((ranks > 0).all(axis=0), _fuse(ranks, k), 0),
            "What one of them has missed would be lost.",
            "what does a retriever bring that has not found a passage?",
        ),
        WrongIdea(
            "a place behind the last for what was not found",
            _last_if_missing,
            "It would count for something not to be found, and the more the fewer passages there are.",
            "what does a retriever bring that has not found a passage?",
        ),
        WrongIdea(
            "1 / (k + the sum of the ranks)",
            _of_summed_ranks,
            "To be found by two would be worse than to be found by one.",
            "which comes first, the sum or the division?",
        ),
        WrongIdea(
            "1 / (k + the mean of the ranks)",
            _of_mean_rank,
            _ORDER,
            "which comes first, the sum or the division?",
        ),
        WrongIdea(
            "1 / k + 1 / rank",
            _fused(lambda r, k: 1 / k + 1 / r),
            "k stands below the line, beside the rank, and makes the first places more alike.",
            "what is divided by what?",
        ),
        WrongIdea(
            "1 / (k · rank)",
            _fused(lambda r, k: 1 / (k * r)),
            "A k that multiplies changes all scores alike, and so no order at all.",
            "is k added, or multiplied?",
        ),
        WrongIdea(
            "k / (k + rank)",
            _fused(lambda r, k: k / (k + r)),
            "The order is the same, but with k = 0 nothing would be left.",
            "what is above the line?",
        ),
        WrongIdea(
            "an exponential, e^(−rank / k)",
            _fused(lambda r, k: np.exp(-r / k) if k else 0 * r),
            "That falls much faster than 1 / (k + rank) once the ranks are above k.",
            "what is divided by what?",
        ),
        WrongIdea(
            "points for places, more for the better: Borda's count",
            _votes,
            "The first places would stand no further apart than the last.",
            "where does k enter?",
        ),
        WrongIdea(
            "scores that add up to 1",
            _normalised_fuse,
            "The order is the same, but nothing says that they should.",
            "is anything divided by a sum?",
        ),
        WrongIdea(
            "the sum over the passages, and not over the retrievers",
            lambda ranks, k: _ones(ranks, k).sum(axis=1),
            "Each passage has a score of its own.",
            "which of the two axes is that of retrievers?",
        ),
    ],
)

_ASKED = "Who only repeats the question has told nothing that would need a source."
_PADDING = "−1 says that there is nothing here."

support = make_check(
    "support",
    _support,
    _claims,
    [
        WrongIdea(
            "a −1 taken for a claim, which a −1 among the passages supports",
            _padding_as_claims,
            _PADDING,
            "how many claims has a reply [4, −1]?",
        ),
        WrongIdea(
            "every −1 counted among the new claims",
            _padding_in_the_whole,
            _PADDING,
            "how many claims has a reply [4, −1]?",
        ),
        WrongIdea(
            "divided by the length of the array, −1 and all",
            lambda claims, asked, shown: (
                float(((claims >= 0) & ~np.isin(claims, asked) & np.isin(claims, shown)).sum()) / len(claims)
            ),
            _PADDING,
            "what is divided by?",
        ),
        WrongIdea(
            "all claims, those of the question too, held against the passages",
            _supports(lambda there, asked, shown: (shown.sum(), there.sum())),
            _ASKED,
            "where does `asked` enter?",
        ),
        WrongIdea(
            "the share of all claims that stand in the passages or in the question",
            _supports(lambda there, asked, shown: ((shown | asked).sum(), there.sum())),
            "One that repeats a long question, and invents one number, would be nearly all supported.",
            "what is divided by?",
        ),
        WrongIdea(
            "new claims that are supported, among all claims",
            _supports(lambda there, asked, shown: ((shown & ~asked).sum(), there.sum())),
            "The part has the new ones only, and so should the whole.",
            "what is divided by?",
        ),
        WrongIdea(
            "supported claims, those of the question too, among the new ones",
            _supports(lambda there, asked, shown: (shown.sum(), (there & ~asked).sum())),
            "It can be larger than 1.",
            "which claims are counted above the line?",
        ),
        WrongIdea(
            "the question taken for a source: passages and question held against each other's place",
            _supports(lambda there, asked, shown: ((asked & ~shown).sum(), (there & ~shown).sum())),
            "The passages are the source.",
            "which claims are new?",
        ),
        WrongIdea(
            "0 where there is nothing new",
            _supports(lambda there, asked, shown: ((shown & ~asked).sum(), (there & ~asked).sum()), 0.0),
            "A share of nothing has to be chosen; here what claims nothing is not stopped.",
            "what does the text say of a reply without new claims?",
        ),
        WrongIdea(
            "the share that is not supported",
            _supports(lambda there, asked, shown: ((there & ~asked & ~shown).sum(), (there & ~asked).sum())),
            "1 is to say that all is there.",
            "what should come out if all is there?",
        ),
        WrongIdea(
            "the number of claims that are supported, and not a share",
            _supports(lambda there, asked, shown: ((shown & ~asked).sum(), 1 if (there & ~asked).any() else 0)),
            "A long reply would have more than a short one.",
            "divide by what?",
        ),
        WrongIdea(
            "all or nothing: 1 if every new claim is there, else 0",
            _supports(lambda there, asked, shown: (not (there & ~asked & ~shown).any(), 1)),
            "Asked for is a share; a threshold can come later.",
            "what should come out if one of two is there?",
        ),
        WrongIdea(
            "1 if any new claim is there",
            _supports(lambda there, asked, shown: ((shown & ~asked).any(), (there & ~asked).any())),
            "One name from the passages would vouch for all that is invented around it.",
            "what should come out if one of two is there?",
        ),
        WrongIdea(
            "the share of the passages' words that the reply has: a recall",
            _of_the_shown,
            "A short reply would be badly supported by a long passage.",
            "a share of what: of the claims, or of what is shown?",
        ),
        WrongIdea(
            "what both have over what either has: Jaccard's index",
            _jaccard,
            "A short reply would be badly supported by a long passage.",
            "a share of what: of the claims, or of what is shown?",
        ),
    ],
)

_KINDS = "Who adds more questions of the other kind would change it."

price = make_check(
    "price",
    _three(),
    _outcomes,
    [
        WrongIdea(
            "a reply at the threshold stopped",
            _three(passes=lambda p, threshold: p > threshold),
            "Below the threshold a reply becomes a refusal; at it, it passes.",
            "is it `<` or `<=`?",
        ),
        WrongIdea(
            "the likely ones stopped, and the unlikely ones let through",
            _three(passes=lambda p, threshold: p < threshold),
            "The probability is that of being supported.",
            "what should be lost at a threshold of 0?",
        ),
        WrongIdea(
            "what is lost among all questions, and not among those that are answerable",
            _three(lost=lambda right, yes, through: (right & yes & ~through).sum() / len(yes)),
            _KINDS,
            "what is divided by for the first number?",
        ),
        WrongIdea(
            "inventions among all questions, and not among those that nothing answers",
            _three(
                before=lambda invented, yes: (invented & ~yes).sum() / len(yes),
                after=lambda invented, yes, through: (invented & ~yes & through).sum() / len(yes),
            ),
            _KINDS,
            "what is divided by for the second number?",
        ),
        WrongIdea(
            "all three as shares of all questions",
            _three(
                lambda right, yes, through: (right & yes & ~through).sum() / len(yes),
                lambda invented, yes: (invented & ~yes).sum() / len(yes),
                lambda invented, yes, through: (invented & ~yes & through).sum() / len(yes),
            ),
            _KINDS,
            "which questions is each of the three about?",
        ),
        WrongIdea(
            "inventions on questions of both kinds",
            _three(
                before=lambda invented, yes: invented.mean(),
                after=lambda invented, yes, through: (invented & through).mean(),
            ),
            "Wrong replies to answerable questions are inventions too, but these two numbers are about the others.",
            "where does `answerable` enter?",
        ),
        WrongIdea(
            "inventions on the answerable questions",
            _three(
                before=lambda invented, yes: (invented & yes).sum() / yes.sum(),
                after=lambda invented, yes, through: (invented & yes & through).sum() / yes.sum(),
            ),
            "Asked for is what happens where nothing answers.",
            "where should `~answerable` stand?",
        ),
        WrongIdea(
            "inventions among the replies that are let through",
            _three(
                after=lambda invented, yes, through: _share_of(
                    float((invented & ~yes & through).sum()), float((~yes & through).sum())
                )
            ),
            "That is a risk; who stops all replies but one invention would seem to have gained nothing.",
            "what is the third number divided by?",
        ),
        WrongIdea(
            "right ones among the replies that are let through",
            _three(lost=_among_given),
            "A reply that is stopped is a right one less, and the question is still there.",
            "what is divided by after the check?",
        ),
        WrongIdea(
            "the share of right replies that is stopped",
            _three(
                lost=lambda right, yes, through: _share_of(
                    float((right & yes & ~through).sum()), float((right & yes).sum())
                )
            ),
            "Points are taken off the accuracy, which is a share of the questions.",
            "what is the first number divided by?",
        ),
        WrongIdea(
            "the share of replies that is stopped, right or wrong",
            _three(lost=lambda right, yes, through: (yes & ~through).sum() / yes.sum()),
            "A wrong reply that is stopped costs no accuracy.",
            "which replies count for accuracy?",
        ),
        WrongIdea(
            "wrong replies and refusals that are stopped, in the place of right ones",
            _three(lost=lambda right, yes, through: (~right & yes & ~through).sum() / yes.sum()),
            "A wrong reply that is stopped costs no accuracy.",
            "which of the outcomes is 0?",
        ),
        WrongIdea(
            "the accuracy that is left, and not what is lost of it",
            _three(lost=lambda right, yes, through: (right & yes & through).sum() / yes.sum()),
            "The loss is what one pays.",
            "what should be lost at a threshold of 0?",
        ),
        WrongIdea(
            "the loss with a minus sign: after minus before",
            _three(lost=lambda right, yes, through: -_lost(right, yes, through)),
            "What is lost is counted from 0 up.",
            "which of the two accuracies is the larger?",
        ),
        WrongIdea(
            "a refusal counted as an invention",
            _refusals_as_inventions,
            "The check would have no use: what it stops becomes a refusal.",
            "which of the outcomes is 2?",
        ),
        WrongIdea(
            "refusals in the place of inventions",
            _right_refusals,
            "The rate of inventions falls where that of refusals rises.",
            "which of the outcomes is 2?",
        ),
        WrongIdea(
            "inventions after and before in each other's place",
            lambda *given: _three()(*given)[[0, 2, 1]],
            "Before the check comes first.",
            "which of the two is the larger?",
        ),
        WrongIdea(
            "what is gained in the place of what is left",
            lambda *given: (x := _three()(*given)) * f32(1, 1, 0) + f32(0, 0, x[1] - x[2]),
            "The third number is the rate after the check.",
            "what should the third number be at a threshold of 0?",
        ),
        WrongIdea(
            "numbers of replies, and not shares",
            _priced(
                lambda right, invented, yes, through: (
                    (right & yes & ~through).sum(),
                    (invented & ~yes).sum(),
                    (invented & ~yes & through).sum(),
                )
            ),
            "With twice as many questions they would be twice as large.",
            "divide by what?",
        ),
        WrongIdea(
            "per cent",
            lambda *given: 100 * _three()(*given),
            "A share goes from 0 to 1, and five points are 0.05.",
            "what should come out if everything is lost?",
        ),
    ],
)

_PAIRED = "Both are right on the easy questions and wrong on the hard ones, and much of the chance cancels."

interval = make_check(
    "interval",
    _of_differences(_quantiles),
    _draws,
    [
        WrongIdea(
            "two intervals, one for each, and the widest that they allow",
            _of_shares(_apart),
            _PAIRED,
            "how many differences has one draw of questions?",
        ),
        WrongIdea(
            "the lower ends of two intervals, and their upper ends, taken from each other",
            _of_shares(lambda a, b: _quantiles(a) - _quantiles(b)),
            "Percentiles of differences are no differences of percentiles.",
            "which comes first, the difference or the percentile?",
        ),
        WrongIdea(
            "other draws for the second than for the first",
            lambda first, second, draws: _quantiles(
                first[draws].mean(axis=1) - second[np.asarray(draws)[::-1]].mean(axis=1)
            ),
            _PAIRED,
            "which questions has the second, when the first has those of a draw?",
        ),
        WrongIdea(
            "the variances of two intervals added up, as if the questions were others",
            _of_shares(lambda a, b: _around((a - b).mean(), 1.96 * np.sqrt(a.var() + b.var()))),
            _PAIRED,
            "how many differences has one draw of questions?",
        ),
        WrongIdea(
            "the formula for two independent shares, without draws",
            _by_formula,
            _PAIRED,
            "where do the draws enter?",
        ),
        WrongIdea(
            "1.96 standard deviations on either side of the mean",
            _of_differences(lambda d: _around(d.mean(), 1.96 * d.std())),
            "That supposes a normal distribution, and can reach beyond −1 and 1; here the percentiles are asked for.",
            "what do 2.5 and 97.5 per cent stand for?",
        ),
        WrongIdea(
            "one standard deviation on either side of the mean",
            _of_differences(lambda d: _around(d.mean(), d.std())),
            "That would hold for about two thirds of the draws.",
            "what do 2.5 and 97.5 per cent stand for?",
        ),
        WrongIdea(
            "the spread of the draws divided by the root of their number",
            _of_differences(lambda d: _around(d.mean(), 1.96 * d.std() / np.sqrt(len(d)))),
            "With more draws it would shrink to nothing, and no question has been added.",
            "each draw has already the mean of n questions.",
        ),
        WrongIdea(
            "the smallest and the largest difference",
            _of_differences(lambda d: (d.min(), d.max())),
            "With more draws it would grow without end.",
            "how many of the draws are to lie outside?",
        ),
        WrongIdea(
            "5 and 95 per cent",
            _of_differences(lambda d: _quantiles(d, 0.05, 0.95)),
            "A tenth of the draws would lie outside, and not a twentieth.",
            "how many of the draws are to lie outside, on each side?",
        ),
        WrongIdea(
            "quartiles, 25 and 75 per cent: a decimal point",
            _of_differences(lambda d: _quantiles(d, 0.25, 0.75)),
            "Half of the draws would lie outside.",
            "what is 2.5 per cent as a share?",
        ),
        WrongIdea(
            "the second minus the first",
            lambda first, second, draws: _quantiles(_differences(second, first, draws)),
            "A loss would look like a gain.",
            "which of the two shares comes first?",
        ),
        WrongIdea(
            "differences without their sign",
            _of_differences(lambda d: _quantiles(np.abs(d))),
            "An interval could never have 0 inside, and everything would look like a difference.",
            "what should come out if both are equally good?",
        ),
        WrongIdea(
            "the upper end first",
            _of_differences(lambda d: _quantiles(d)[::-1]),
            "The lower end comes first.",
            "in which order are the two?",
        ),
        WrongIdea(
            "the interval mirrored at the measured difference: the basic bootstrap",
            _basic,
            "That is a bootstrap interval too, which asks how far a draw is off; here the percentiles are asked for.",
            "is anything taken from 2 times the difference?",
        ),
        WrongIdea(
            "how far a draw is off the measured difference, and not where it lies",
            lambda first, second, draws: _quantiles(
                _differences(first, second, draws) - (first.mean() - second.mean())
            ),
            "The interval would always be around 0.",
            "what should come out if the first is always right, and the second never?",
        ),
        WrongIdea(
            "the mean over the draws of each place, and not over the questions of each draw",
            lambda first, second, draws: _quantiles((first[draws] - second[draws]).mean(axis=0)),
            "The places of a draw have no meaning.",
            "which of the two axes is that of draws?",
        ),
        WrongIdea(
            "all drawn differences, one by one, without their mean",
            lambda first, second, draws: _quantiles(first[draws] - second[draws]),
            "These are −1, 0 or 1; a share is a mean over questions.",
            "how many numbers are the percentiles taken of?",
        ),
        WrongIdea(
            "the questions as they are, not drawn",
            lambda first, second, draws: _quantiles(first - second),
            "The percentiles are over draws, of which each has a difference of two shares.",
            "where do the draws enter?",
        ),
        WrongIdea(
            "sums over the questions, and not means",
            lambda first, second, draws: len(first) * _quantiles(_differences(first, second, draws)),
            "A share goes from 0 to 1.",
            "divide by what?",
        ),
    ],
)
