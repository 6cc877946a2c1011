"""The checks of chapter 3, part a, Predicting the next token.

>>> from likely.checks import next_token as check
>>> check.perplexity(perplexity)  # a verdict on the reader's function `perplexity`
"""

from __future__ import annotations

import itertools
from collections import Counter

import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import LOG_2, distribution, f32, normal, normalised, softmax
from likely.measures import perplexity as _perplexity

__all__ = ["bits_per_character", "merge", "most_frequent_pair", "perplexity", "top_k", "top_p"]

# ---------------------------------------------------------------------- inputs


def _padded_texts(rng):
    """Texts of different lengths in one array; at a padded place stands anything from 0 to 1."""
    yield f32([0.5]), np.array([[True]])
    yield f32([0.25, 0.5]), np.array([[True, True]])
    yield f32([0.25, 0.5], [0.125, 0.75]), np.array([[True, True], [True, False]])
    yield f32([0.25, 1], [0.5, 0]), np.array([[True, True], [True, False]])
    for lengths, places in (((3, 3, 3), 3), ((4, 1, 2), 4), ((2, 7, 5, 1), 9), ((700, 20, 300), 700)):
        p, real = _tokens(rng, lengths, places)
        yield p, real
    p, real = _tokens(rng, (3, 5), 6)
    yield np.where(real, p, 0).astype(np.float32), real  # padded with zeros
    yield np.where(real, p, 1).astype(np.float32), real


def _tokens(rng, lengths, places):
    real = np.arange(places) < np.array(lengths)[:, None]
    return np.exp(rng.uniform(-5, -0.05, real.shape)).astype(np.float32), real


def _padded_texts_of_pieces(rng):
    """Tokens that stand for one character or for several."""
    yield f32([0.5]), np.array([[1]])
    yield f32([0.25]), np.array([[3]])
    yield f32([0.25, 0.5], [0.125, 0.75]), np.array([[2, 1], [4, 0]])
    yield f32([0.25, 1], [0.5, 0]), np.array([[2, 3], [1, 0]])
    for lengths, places in (((3, 3), 3), ((4, 1, 2), 4), ((2, 7, 5, 1), 9), ((700, 20, 300), 700)):
        p, real = _tokens(rng, lengths, places)
        yield p, np.where(real, rng.integers(1, 7, real.shape), 0)


def _texts_with_a_most_frequent_pair(rng):
    """No pair is as frequent, whether "aaa" holds the pair "aa" once or twice; nor are two of the frequent tokens."""
    yield ([3, 1, 2, 3, 1, 3],)
    yield ([2, 1, 0, 1, 0, 0],)
    yield ([5, 4, 4, 4, 4, 5],)
    yield ([5, 1, 2, 0, 1, 2],)  # the last pair decides
    for kinds, length in ((3, 12), (4, 20), (6, 40), (12, 60), (12, 150), (70, 400)):
        while True:
            follows = rng.dirichlet(np.full(kinds, 0.4), kinds)
            ids = [0]
            while len(ids) < length:
                ids.append(int(rng.choice(kinds, p=follows[ids[-1]])))
            apart, together = _pairs_apart(ids), _pairs(ids)
            clear = _clear(apart, 1) and _clear(together, 1) and _clear(_single(ids), 2)
            if clear and _first(apart) == _first(together):
                yield (ids,)
                break


def _clear(count: Counter, places: int) -> bool:
    """Whether so many places of the ranking are not shared."""
    ranked = sorted(count.values(), reverse=True)[: places + 1]
    return all(more > less for more, less in itertools.pairwise(ranked))


def _texts_to_merge(rng):
    """Runs of the same token among them, and tokens of several digits."""
    yield [1, 2], (1, 2), 3
    yield [0, 0, 0], (0, 0), 1
    yield [1, 2, 2, 1, 2], (1, 2), 3
    yield [0, 1, 1, 1, 1, 1, 0], (1, 1), 2
    yield [2, 1, 0], (1, 2), 3  # not there
    yield [11, 2, 1, 2, 1, 22, 1, 2], (1, 2), 30
    for kinds, length in ((2, 12), (3, 20), (15, 60), (4, 200)):
        ids = [int(i) for i in rng.integers(0, kinds, length)]
        place = int(rng.integers(0, length - 1))
        yield ids, (ids[place], ids[place + 1]), kinds
    yield [int(i) for i in rng.integers(0, 2, 30)], (0, 0), 2


def _logits(rng):
    yield f32(0, 2), 1.0, 1
    yield f32(0, 1), 2.0, 2
    yield f32(1, 3, 2), 0.5, 2
    yield f32(-1, -3, -2, -4), 2.0, 2  # all below 0
    yield 3 * normal(rng, 5), 1.0, 5
    yield 2 * normal(rng, 8, around=-2), 0.7, 3
    yield 2 * normal(rng, 27), 1.5, 10
    yield 2 * normal(rng, 65, around=1), 0.6, 64
    yield 3 * normal(rng, 65, around=20), 0.1, 4  # e to such a power is beyond float32


def _distributions_to_cut(rng):
    """Where the sum of the kept meets the threshold, it is exact; elsewhere it keeps away from it."""
    yield f32(1), 0.5
    yield f32(0.25, 0.75), 0.5
    yield f32(0.25, 0.75), 0.875
    yield f32(0.125, 0.5, 0.25, 0.125), 0.75
    yield f32(0.0625, 0.125, 0.5, 0.25, 0.0625), 0.5
    for n, threshold in ((5, 0.9), (8, 0.6), (27, 0.3), (27, 0.95), (65, 0.8)):
        while True:
            p = distribution(rng, n)
            if np.abs(np.cumsum(np.sort(p)[::-1]) - threshold).min() > 1e-3:
                break
        yield p, threshold
    yield f32(0.125, 0, 0.5, 0.125, 0, 0.25), 1.0


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _nats(p, counted):
    """−log p of the tokens that are counted, one after the other."""
    return -np.log(p[counted].astype(float))


def _real_perplexity(p, real):
    return np.asarray(_perplexity(_nats(p, real).mean()))


def _by_text(p, counted):
    """For each text the surprises of its tokens."""
    return [_nats(row, one) for row, one in zip(p, counted, strict=True)]


def _masked(p, real):
    """−log p, and 0 at a padded place: (text, place)."""
    return -np.log(np.where(real, p, 1), dtype=float)


def _rate(p, characters):
    return _nats(p, characters > 0).sum() / LOG_2 / characters.sum()


def _pairs(ids) -> Counter:
    return Counter(itertools.pairwise(ids))


def _pairs_apart(ids) -> Counter:
    """Pairs as merges would find them: none begins with the token that ends the same pair before."""
    count, last = Counter(), -1
    for i, pair in enumerate(itertools.pairwise(ids)):
        if not (i == last and pair[0] == pair[1]):
            count[pair] += 1
            last = i + 1 if pair[0] == pair[1] else -1
    return count


def _first(count: Counter):
    return count.most_common(1)[0][0]


def _single(ids) -> Counter:
    return Counter(ids)


def _likeliest_step(ids):
    a = _first(_single(ids[:-1]))
    return a, _first(Counter(y for x, y in itertools.pairwise(ids) if x == a))


def _per_chance(ids):
    """The pair whose count is largest beside the counts of its two tokens."""
    single = _single(ids)
    return max(_pairs(ids).items(), key=lambda item: item[1] / (single[item[0][0]] * single[item[0][1]]))[0]


def _merge(ids, pair, new):
    merged, i = [], 0
    while i < len(ids):
        found = tuple(ids[i : i + 2]) == tuple(pair)
        merged.append(new if found else ids[i])
        i += 2 if found else 1
    return merged


def _starts(ids, pair):
    """For each place, whether the pair begins there."""
    return [tuple(ids[i : i + 2]) == tuple(pair) for i in range(len(ids))]


def _merge_without_skipping(ids, pair, new):
    return [new if start else token for token, start in zip(ids, _starts(ids, pair), strict=True)]


def _merge_overlapping(ids, pair, new):
    starts = _starts(ids, pair)
    return [new if start else ids[i] for i, start in enumerate(starts) if start or i == 0 or not starts[i - 1]]


def _merge_without_the_rest(ids, pair, new):
    """As by a loop over the places that have a next one, which never comes to a last token that stands alone."""
    merged, i = [], 0
    while i < len(ids) - 1:
        found = tuple(ids[i : i + 2]) == tuple(pair)
        merged.append(new if found else ids[i])
        i += 2 if found else 1
    return merged


def _merge_first(ids, pair, new):
    starts = _starts(ids, pair)
    if True not in starts:
        return ids
    i = starts.index(True)
    return [*ids[:i], new, *ids[i + 2 :]]


def _merge_beside(ids, pair, new):
    """The new token after each pair that it stands for."""
    merged, i = [], 0
    while i < len(ids):
        found = tuple(ids[i : i + 2]) == tuple(pair)
        merged += [*ids[i : i + 2], new] if found else [ids[i]]
        i += 2 if found else 1
    return merged


def _merge_even(ids, pair, new):
    cut = [ids[i : i + 2] for i in range(0, len(ids), 2)]
    return [token for two in cut for token in ([new] if tuple(two) == tuple(pair) else two)]


def _merge_unordered(ids, pair, new):
    merged, i = [], 0
    while i < len(ids):
        found = sorted(ids[i : i + 2]) == sorted(pair)
        merged.append(new if found else ids[i])
        i += 2 if found else 1
    return merged


def _merge_digits(ids, pair, new):
    text = " ".join(map(str, ids)).replace(f"{pair[0]} {pair[1]}", str(new))
    return [int(token) for token in text.split()]


def _merge_and_leave_a_hole(ids, pair, new):
    merged, i = [], 0
    while i < len(ids):
        found = tuple(ids[i : i + 2]) == tuple(pair)
        merged += [new, -1] if found else [ids[i]]
        i += 2 if found else 1
    return merged


def _kept(logits, k):
    """Which of the logits are the k largest."""
    kept = np.zeros(len(logits), bool)
    kept[np.argsort(-logits)[:k]] = True
    return kept


def _top_k(logits, T, k):
    return softmax(np.where(_kept(logits, k), logits.astype(float) / T, -np.inf))


def _nucleus(p, threshold):
    """Which outcomes are kept."""
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order], dtype=float) - p[order]
    kept = np.zeros(len(p), bool)
    kept[order[before < threshold - 1e-9]] = True
    return kept


def _top_p(p, threshold):
    return normalised(np.where(_nucleus(p, threshold), p, 0).astype(float))


def _cut(p, kept):
    """What is kept of p, made to add up to 1; NaN where that is nothing."""
    return normalised(np.where(kept, p, 0).astype(float))


def _below(p, threshold):
    """Which outcomes come before the sum of p, the largest first, has reached the threshold."""
    order = np.argsort(-p, kind="stable")
    kept = np.zeros(len(p), bool)
    kept[order[np.cumsum(p[order], dtype=float) < threshold - 1e-9]] = True
    return kept


def _least(p, threshold):
    order = np.argsort(p, kind="stable")
    before = np.cumsum(p[order], dtype=float) - p[order]
    kept = np.zeros(len(p), bool)
    kept[order[before < threshold - 1e-9]] = True
    return kept


def _past(p, threshold):
    order = np.argsort(-p, kind="stable")
    before = np.cumsum(p[order], dtype=float) - p[order]
    kept = np.zeros(len(p), bool)
    kept[order[before <= threshold + 1e-9]] = True
    return kept


# ---------------------------------------------------------------------- the exercises

_BATCH = "Padding makes texts as long as the longest, and what stands there is no part of any text."

perplexity = make_check(
    "perplexity",
    _real_perplexity,
    _padded_texts,
    [
        WrongIdea(
            "a mean over all places, the padded ones among them",
            lambda p, real: np.exp(-np.mean(np.log(p), dtype=float)),
            _BATCH,
            "`real` says which places count.",
        ),
        WrongIdea(
            "a division by all places, though only real tokens are summed",
            lambda p, real: np.exp(_masked(p, real).mean()),
            "Padded places then count as tokens that were certain, and the more padding, the better the model looks.",
            "how many tokens are there?",
        ),
        WrongIdea(
            "the mask times the surprises, with p = 0 where nothing stands",
            lambda p, real: np.exp(np.sum(-np.log(p) * real.astype(np.float32)) / real.sum()),
            "The logarithm of 0 is infinite, and 0 times infinity is NaN, no 0.",
            "choose with `jnp.where`, before the logarithm is taken.",
        ),
        WrongIdea(
            "the exponential of a sum instead of a mean",
            lambda p, real: np.exp(_masked(p, real).sum()),
            "It grows with every token, so a long text would be harder than a short one for the same model.",
            "perplexity is counted per token.",
        ),
        WrongIdea(
            "the exponential without the minus sign",
            lambda p, real: np.exp(-_nats(p, real).mean()),
            "That is the typical probability of a token, at most 1; perplexity is one over it, a number of choices.",
            "surprise is the logarithm with its sign turned.",
        ),
        WrongIdea(
            "2 to a power in nats",
            lambda p, real: 2 ** _nats(p, real).mean(),
            "Logarithm and power must have the same base, or the number of choices comes out too small.",
            "the natural logarithm has base e.",
        ),
        WrongIdea(
            "e to a power in bits",
            lambda p, real: np.exp(_nats(p, real).mean() / LOG_2),
            "Logarithm and power must have the same base, or the number of choices comes out too large.",
            "which base has your logarithm, and which your power?",
        ),
        WrongIdea(
            "the mean surprise itself, in nats per token",
            lambda p, real: _nats(p, real).mean(),
            "It holds the same news on another scale; perplexity says it as a number of equally likely choices.",
            "one step is left.",
        ),
        WrongIdea(
            "one over the mean probability",
            lambda p, real: 1 / p[real].mean(dtype=float),
            "Then a token that the model held for next to impossible hardly matters.",
            "take the mean of the logarithms.",
        ),
        WrongIdea(
            "the mean of one over the probabilities",
            lambda p, real: np.mean(1 / p[real].astype(float)),
            "One very unlikely token would outweigh all the others together.",
            "what comes first, the mean or the exponential?",
        ),
        WrongIdea(
            "a perplexity for each text",
            lambda p, real: np.array([np.exp(nats.mean()) for nats in _by_text(p, real)]),
            "One number is wanted, over the tokens of all texts.",
            "over which axes is the mean taken?",
        ),
        WrongIdea(
            "the mean of the perplexities of the texts",
            lambda p, real: np.mean([np.exp(nats.mean()) for nats in _by_text(p, real)]),
            "A short text would count as much as a long one, and the one that fits worst most of all.",
            "the sum runs over all tokens of all texts at once.",
        ),
        WrongIdea(
            "the mean of the texts' own means",
            lambda p, real: np.exp(np.mean([nats.mean() for nats in _by_text(p, real)])),
            "A token of a short text would weigh more than one of a long text.",
            "divide once, by the number of all tokens.",
        ),
        WrongIdea(
            "the surprise of a whole text, in the mean over texts",
            lambda p, real: np.exp(np.mean([nats.sum() for nats in _by_text(p, real)])),
            "It grows with the length of the texts, so that no two sets of texts can be compared.",
            "perplexity is counted per token.",
        ),
        WrongIdea(
            "a root of the product of all probabilities",
            lambda p, real: np.prod(np.where(real, p, 1)) ** (-1 / real.sum()),
            "It is right on paper, but a product of a thousand probabilities is below the smallest float, and so 0.",
            "stay with logarithms until the very last step.",
        ),
    ],
)

most_frequent_pair = make_check(
    "most_frequent_pair",
    lambda ids: _first(_pairs(ids)),
    _texts_with_a_most_frequent_pair,
    [
        WrongIdea(
            "the largest pair, not the most frequent one",
            lambda ids: max(_pairs(ids)),
            "`max` of a dictionary compares its keys, so it finds the pair with the highest numbers.",
            "`max` has an argument `key`.",
        ),
        WrongIdea(
            "the two most frequent tokens",
            lambda ids: [token for token, _ in _single(ids).most_common(2)],
            "They may be frequent and yet seldom stand side by side.",
            "what is counted, tokens or pairs?",
        ),
        WrongIdea(
            "the most frequent token, and what follows it most often",
            _likeliest_step,
            "Another token may be rarer and yet have a more faithful follower.",
            "count the pairs themselves.",
        ),
        WrongIdea(
            "the last pair left out",
            lambda ids: _first(_pairs(ids[:-1])),
            "N tokens have N − 1 pairs, and the last one counts like all others.",
            "at which place does the last pair begin?",
        ),
        WrongIdea(
            "pairs without an order: ab counted together with ba",
            lambda ids: _first(Counter(tuple(sorted(pair)) for pair in itertools.pairwise(ids))),
            "A merge replaces a followed by b, and *th* is not *ht*.",
            "does the order of a pair matter?",
        ),
        WrongIdea(
            "the pair turned round",
            lambda ids: _first(_pairs(ids))[::-1],
            "The token that comes first in the text comes first in the pair.",
            "which of the two stands first?",
        ),
        WrongIdea(
            "pairs from a text that was cut into twos",
            lambda ids: _first(Counter(zip(ids[::2], ids[1::2], strict=False))),
            "Every other pair goes unseen: of *then* it has *th* and *en*, but not *he*.",
            "at how many places can a pair begin?",
        ),
        WrongIdea(
            "tokens two places apart",
            lambda ids: _first(Counter(zip(ids, ids[2:], strict=False))),
            "What is merged stands side by side.",
            "how far is the second from the first?",
        ),
        WrongIdea(
            "the least frequent pair",
            lambda ids: min(_pairs(ids).items(), key=lambda item: item[1])[0],
            "A merge should shorten the text, and this one hardly does.",
            "largest or smallest?",
        ),
        WrongIdea(
            "how often the pair comes, not which it is",
            lambda ids: max(_pairs(ids).values()),
            "To merge a pair you need its two tokens.",
            "is it the key or the value of the count?",
        ),
        WrongIdea(
            "the pair that comes most often beside what its tokens would do by chance",
            _per_chance,
            "That is another rule, which two tokens win that come once each and side by side; this one only counts.",
            "nothing is divided.",
        ),
        WrongIdea(
            "pairs of the same token left out",
            lambda ids: _first(Counter(pair for pair in itertools.pairwise(ids) if pair[0] != pair[1])),
            "*ll* and *ee* are pairs like any other.",
            "may a and b be the same?",
        ),
    ],
)

merge = make_check(
    "merge",
    _merge,
    _texts_to_merge,
    [
        WrongIdea(
            "a new token for each pair, with the second of the pair kept behind it",
            _merge_without_skipping,
            "The text does not get shorter, and says the second token twice.",
            "how far do you move on after a merge?",
        ),
        WrongIdea(
            "merges that overlap: aaa becomes two new tokens",
            _merge_overlapping,
            "The token in the middle goes into both, and unmerging would give four where three were.",
            "after a merge, what is the next token that is still free?",
        ),
        WrongIdea(
            "merges from right to left",
            lambda ids, pair, new: _merge(ids[::-1], pair[::-1], new)[::-1],
            "Where tokens repeat, aaa becomes a and the new one; the same text must give the same tokens everywhere.",
            "where does the search begin?",
        ),
        WrongIdea(
            "only the first pair merged",
            _merge_first,
            "A merge is a rule, and it holds wherever the pair stands.",
            "what comes after the first one that is found?",
        ),
        WrongIdea(
            "the new token put behind the pair, which is kept",
            _merge_beside,
            "The text gets longer, and a merge is there to make it shorter.",
            "what does the new token stand in place of?",
        ),
        WrongIdea(
            "a last token that is lost",
            _merge_without_the_rest,
            "A search over pairs ends one place early, and a last token that is in no pair must be kept.",
            "what happens at the last place?",
        ),
        WrongIdea(
            "pairs from a text that was cut into twos",
            _merge_even,
            "A pair may begin at any place: of *then* this sees *th* and *en*, but not *he*.",
            "by how much do you move on where there is no pair?",
        ),
        WrongIdea(
            "ba merged along with ab",
            _merge_unordered,
            "Unmerged, the new token can only be one of the two.",
            "does the order of a pair matter?",
        ),
        WrongIdea(
            "each of the two tokens replaced, wherever it stands",
            lambda ids, pair, new: [new if token in tuple(pair) else token for token in ids],
            "Only the two side by side make the new token.",
            "what has to come next?",
        ),
        WrongIdea(
            "the pair taken away, with nothing in its place",
            lambda ids, pair, new: [token for token in _merge(ids, pair, new) if token != new],
            "The new token stands for the two, and without it they are lost.",
            "where does `new` enter?",
        ),
        WrongIdea(
            "a search among the digits: 1 2 is found in 11 2 too",
            _merge_digits,
            "Written out as text, the end of one number looks like another number.",
            "compare numbers, not their digits.",
        ),
        WrongIdea(
            "a −1 left where the second of the pair was",
            _merge_and_leave_a_hole,
            "A place for nothing is still a place, and a model would have to predict it.",
            "how long should the result be?",
        ),
    ],
)

bits_per_character = make_check(
    "bits_per_character",
    _rate,
    _padded_texts_of_pieces,
    [
        WrongIdea(
            "an answer in nats: its logarithm has base e",
            lambda p, characters: _rate(p, characters) * LOG_2,
            "The same surprise is 0.69 times as large a number in nats.",
            "how many nats are a bit?",
        ),
        WrongIdea(
            "nats times log 2 instead of divided by it",
            lambda p, characters: _rate(p, characters) * LOG_2**2,
            "A bit is less than a nat, so the number in bits is larger.",
            "how many nats are a bit?",
        ),
        WrongIdea(
            "bits per token",
            lambda p, characters: _nats(p, characters > 0).mean() / LOG_2,
            "Longer tokens are harder to predict, and models with other tokens could not be compared.",
            "by what is the sum divided?",
        ),
        WrongIdea(
            "the mean of each token's bits per character",
            lambda p, characters: np.mean(_nats(p, characters > 0) / characters[characters > 0]) / LOG_2,
            "The characters of a short token would weigh more than those of a long one.",
            "what comes first, the sum or the division?",
        ),
        WrongIdea(
            "the mean over texts of their bits per character",
            lambda p, characters: np.mean(
                [
                    nats.sum() / one.sum() / LOG_2
                    for nats, one in zip(_by_text(p, characters > 0), characters, strict=True)
                ]
            ),
            "A character of a short text would weigh more than one of a long text.",
            "divide once, by the number of all characters.",
        ),
        WrongIdea(
            "a number for each text",
            lambda p, characters: np.array(
                [
                    nats.sum() / one.sum() / LOG_2
                    for nats, one in zip(_by_text(p, characters > 0), characters, strict=True)
                ]
            ),
            "One number is wanted, over the characters of all texts.",
            "over which axes is the sum taken?",
        ),
        WrongIdea(
            "a sum over all places, the padded ones among them",
            lambda p, characters: -np.sum(np.log2(p), dtype=float) / characters.sum(),
            _BATCH,
            "a token that stands for no character is none.",
        ),
        WrongIdea(
            "the sum without its minus sign",
            lambda p, characters: -_rate(p, characters),
            "A probability is at most 1, so its logarithm is at most 0, and a surprise cannot be below 0.",
            "look at what stands in front of the sum.",
        ),
        WrongIdea(
            "all bits of the text, not divided",
            lambda p, characters: _nats(p, characters > 0).sum() / LOG_2,
            "It grows with the text, so a long one would be harder than a short one for the same model.",
            "per what is it counted?",
        ),
        WrongIdea(
            "each token's surprise times its length",
            lambda p, characters: (
                np.sum(_nats(p, characters > 0) * characters[characters > 0]) / LOG_2 / characters.sum()
            ),
            "A token is predicted once, however many characters it stands for.",
            "the lengths stand below the line only.",
        ),
        WrongIdea(
            "the logarithm of the mean probability",
            lambda p, characters: (
                -np.log2(p[characters > 0].mean(dtype=float)) * np.sum(characters > 0) / characters.sum()
            ),
            "Then a token that the model held for next to impossible hardly matters.",
            "take the logarithm of each, then the sum.",
        ),
        WrongIdea(
            "2 to the power of the bits, which is a perplexity",
            lambda p, characters: 2 ** _rate(p, characters),
            "It is a number of choices for each character, and not in bits.",
            "one step too many.",
        ),
        WrongIdea(
            "the logarithm of a product of all probabilities",
            lambda p, characters: -np.log2(np.prod(np.where(characters > 0, p, 1))) / characters.sum(),
            "It is right on paper, but a product of a thousand probabilities is below the smallest float, and so 0.",
            "the logarithm of a product is a sum of logarithms.",
        ),
    ],
)

top_k = make_check(
    "top_k",
    _top_k,
    _logits,
    [
        WrongIdea(
            "logits times T instead of divided by it",
            lambda logits, T, k: _top_k(logits, 1 / T, k),
            "A high temperature would make the draws more predictable, and a low one more varied.",
            "what should T = 0.5 do to the gap between two logits?",
        ),
        WrongIdea(
            "T left out",
            lambda logits, T, k: _top_k(logits, 1.0, k),
            "The draws would be as bold at every temperature.",
            "where does T enter?",
        ),
        WrongIdea(
            "k left out",
            lambda logits, T, k: _top_k(logits, T, len(logits)),
            "The many tokens that hardly ever fit are together drawn often enough to spoil a text.",
            "where does k enter?",
        ),
        WrongIdea(
            "probabilities divided by T, after the softmax",
            lambda logits, T, k: _top_k(logits, 1.0, k) / T,
            "They no longer add up to 1, and their ratios are what they were.",
            "T belongs before the exponential.",
        ),
        WrongIdea(
            "a softmax of probabilities",
            lambda logits, T, k: _top_k(softmax(logits), T, k),
            "Probabilities lie between 0 and 1, so a second softmax makes them nearly even.",
            "how often do you take the softmax?",
        ),
        WrongIdea(
            "the other logits set to 0 instead of −∞",
            lambda logits, T, k: softmax(np.where(_kept(logits, k), logits, 0).astype(float) / T),
            "A logit of 0 is one like any other: e to the power of 0 is 1, and where all are below 0 it even wins.",
            "of which number is the exponential 0?",
        ),
        WrongIdea(
            "the k largest cut out of the probabilities, which are not made to add up to 1",
            lambda logits, T, k: np.where(_kept(logits, k), softmax(logits.astype(float) / T), 0),
            "What is left over belongs to no token, and a draw from it is undefined.",
            "to what do your numbers add up?",
        ),
        WrongIdea(
            "the k smallest kept",
            lambda logits, T, k: softmax(np.where(_kept(-logits, k), logits.astype(float) / T, -np.inf)),
            "They are the tokens that fit least.",
            "in which direction does `sort` sort?",
        ),
        WrongIdea(
            "one token too few: the k-th largest is dropped",
            lambda logits, T, k: _top_k(logits, T, k - 1) if k > 1 else np.full(len(logits), np.nan),
            "With k = 1 nothing at all would be left to draw.",
            "is it > or ≥ the k-th largest?",
        ),
        WrongIdea(
            "one token too many",
            lambda logits, T, k: _top_k(logits, T, k + 1),
            "With k = 1 there should be no choice left.",
            "counted from 0, at which place of the sorted list is the k-th largest?",
        ),
        WrongIdea(
            "the probabilities of the k alone, the largest first",
            lambda logits, T, k: np.sort(_top_k(logits, T, k))[::-1][:k],
            "The place of a number says which token it is, and here that is lost.",
            "how many numbers should come out, and in which order?",
        ),
        WrongIdea(
            "k tokens with equal chances",
            lambda logits, T, k: _kept(logits, k) / k,
            "Among the k, the model still says which fits better.",
            "what do the kept logits say?",
        ),
        WrongIdea(
            "log-probabilities",
            lambda logits, T, k: np.log(_top_k(logits, T, k)),
            "They are logits again, and what is wanted adds up to 1.",
            "one exponential is left.",
        ),
        WrongIdea(
            "exponentials that were not divided by their sum",
            lambda logits, T, k: np.where(_kept(logits, k), np.exp(logits / np.float32(T)), 0),
            "Probabilities add up to 1.",
            "a softmax has two steps.",
        ),
        WrongIdea(
            "exponentials of the logits as they stand",
            lambda logits, T, k: normalised(np.where(_kept(logits, k), np.exp(logits / np.float32(T)), 0)),
            "It is right on paper, but e to the power of 200 is beyond float32, and infinity by infinity is NaN.",
            "subtract the largest logit first, or let `jax.nn.softmax` do it.",
        ),
    ],
)

top_p = make_check(
    "top_p",
    _top_p,
    _distributions_to_cut,
    [
        WrongIdea(
            "the token that reaches the threshold dropped",
            lambda p, threshold: _cut(p, _below(p, threshold)),
            "What is kept stays below the threshold, and where one token has most of the probability it is nothing.",
            "what should be kept of (0.9, 0.1) at a threshold of 0.5?",
        ),
        WrongIdea(
            "one token too many where the threshold is met exactly",
            lambda p, threshold: _cut(p, _past(p, threshold)),
            "The set that has reached the threshold is large enough, and the smallest is wanted.",
            "is it < or ≤?",
        ),
        WrongIdea(
            "the tokens that are more probable than the threshold, each by itself",
            lambda p, threshold: _cut(p, p > threshold),
            "Mostly none is: the threshold is for what is kept, all together.",
            "what has to reach the threshold?",
        ),
        WrongIdea(
            "the tokens that are more probable than the threshold times the largest, which is called min-p",
            lambda p, threshold: _cut(p, p >= threshold * p.max()),
            "It has its uses, and compares each token with the best one, not the sum of those kept with a threshold.",
            "what has to reach the threshold?",
        ),
        WrongIdea(
            "the least probable kept: sorted from the smallest up",
            lambda p, threshold: _cut(p, _least(p, threshold)),
            "The tail is what should be cut off.",
            "in which direction does `sort` sort?",
        ),
        WrongIdea(
            "a sum in the order of the vocabulary",
            lambda p, threshold: _cut(p, np.cumsum(p, dtype=float) - p < threshold - 1e-9),
            "It keeps the first tokens of the alphabet, not the most probable.",
            "what comes before the cumulative sum?",
        ),
        WrongIdea(
            "what is kept in the order of its probability, not in that of the vocabulary",
            lambda p, threshold: np.sort(_top_p(p, threshold))[::-1],
            "The place of a number says which token it is, and here that is lost.",
            "after sorting, how does each number find back to its place?",
        ),
        WrongIdea(
            "the order applied once more instead of undone",
            lambda p, threshold: np.sort(_top_p(p, threshold))[::-1][np.argsort(-p, kind="stable")],
            "`argsort` says which token is at place i of the sorted list, not where a token has gone.",
            "`argsort` of an `argsort` undoes the order, and so does writing to these places with `.at[order].set`.",
        ),
        WrongIdea(
            "what is kept, not made to add up to 1",
            lambda p, threshold: np.where(_nucleus(p, threshold), p, 0),
            "What is left over belongs to no token, and a draw from it is undefined.",
            "to what do your numbers add up?",
        ),
        WrongIdea(
            "what is kept, divided by the threshold",
            lambda p, threshold: np.where(_nucleus(p, threshold), p, 0) / threshold,
            "What is kept reaches the threshold and mostly goes beyond it.",
            "divide by what is really kept.",
        ),
        WrongIdea(
            "tokens with equal chances",
            lambda p, threshold: normalised(_nucleus(p, threshold).astype(float)),
            "Among those kept, the model still says which fits better.",
            "what do the kept probabilities say?",
        ),
        WrongIdea(
            "the most probable token alone",
            lambda p, threshold: (np.arange(len(p)) == p.argmax()).astype(float),
            "That is the greedy choice, which the threshold should only lead to where one token reaches it.",
            "how many tokens are needed to reach the threshold?",
        ),
        WrongIdea(
            "what should be cut off",
            lambda p, threshold: _cut(p, ~_nucleus(p, threshold)),
            "Everything likely is gone, and the tail is left.",
            "which side of the threshold is kept?",
        ),
        WrongIdea(
            "a softmax of what is kept",
            lambda p, threshold: softmax(np.where(_nucleus(p, threshold), p, -np.inf)),
            "A softmax is for logits; of probabilities it makes something nearly even.",
            "a division is enough.",
        ),
    ],
)
