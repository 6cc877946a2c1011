"""The checks of chapter 7c, A desk that drafts: judges, rubrics, lanes and what a small count leaves open.

>>> from likely.checks import support as check
>>> check.kappa(kappa)  # a verdict on the reader's function `kappa`
"""

from __future__ import annotations

import math

import numpy as np
from scipy.special import betaincinv, gammaincinv

from likely.checks.exercises import WrongIdea, make_check

__all__ = ["above_nothing", "at_most", "caught", "kappa", "lane"]

# ---------------------------------------------------------------------- inputs


def _ids(*values) -> np.ndarray:
    return np.array(values, np.int32)


def _yes(*values) -> np.ndarray:
    return np.array(values, bool)


def _judges(rng):
    """Always the same, never the same, one who always says yes, both who do, a kind that nobody gives."""
    yield _ids(1), _ids(1), 2  # both always the same
    yield _ids(0, 1), _ids(0, 1), 2
    yield _ids(0, 1), _ids(1, 0), 2
    yield _ids(1, 1, 1), _ids(1, 1, 1), 2
    yield _ids(1, 1, 1, 1), _ids(1, 0, 1, 1), 2  # one always says yes
    yield _ids(0, 1, 1, 1), _ids(1, 1, 0, 1), 2
    yield _ids(0, 1, 2, 2), _ids(0, 2, 2, 1), 3
    yield _ids(0, 0, 2, 2, 0), _ids(0, 2, 2, 2, 2), 4  # nobody says 1 or 3
    yield _ids(1, 1, 1, 0, 0, 1), _ids(1, 1, 0, 0, 1, 1), 2
    for n, kinds, together in ((30, 2, 0.3), (30, 3, 0.6), (60, 5, 0.8), (60, 4, 0.0)):
        first = rng.choice(kinds, n, p=rng.dirichlet(np.full(kinds, 3.0)))
        second = np.where(rng.random(n) < together, first, rng.choice(kinds, n, p=rng.dirichlet(np.full(kinds, 3.0))))
        yield first.astype(np.int32), second.astype(np.int32), kinds


def _rubrics(rng):
    """What an empty draft always meets, with and without loss, what it never does, better and worse than it."""
    yield _ids([1]), _ids([0])
    yield _ids([0]), _ids([1])  # always met by nothing, and lost
    yield _ids([1]), _ids([1])
    yield _ids([0, 1], [1, 1]), _ids([0, 1], [1, 1])
    yield _ids([1, 0, 1], [0, 1, 0], [1, 1, 0]), _ids([0, 1, 1], [0, 1, 1], [1, 1, 0])
    yield _ids([0, 1], [1, 0], [1, 1], [0, 0]), _ids([1, 0], [1, 0], [1, 1], [0, 0])
    for n, criteria in ((6, 4), (30, 7), (30, 7)):
        empty = rng.random((n, criteria)) < rng.permutation(np.linspace(0.1, 0.9, criteria))
        met = np.where(rng.random((n, criteria)) < 0.5, empty, rng.random((n, criteria)) < 0.7)
        empty[:, 0], met[:2, 0], empty[:, 1] = True, (False, True), False
        yield met.astype(np.int32), empty.astype(np.int32)


def _reasons(rng):
    """No reason, one, several and all of them; an order that is its own inverse, and ones that are not."""
    usual = _ids(0, 1, 2, 3)
    yield _yes([0, 0, 0, 0]), usual
    yield _yes([0, 1, 0, 0]), usual
    yield _yes([0, 1, 0, 1]), usual
    yield _yes([0, 1, 1, 1], [1, 0, 0, 1], [0, 0, 0, 0]), _ids(3, 2, 1, 0)
    yield _yes([1, 1, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1], [0, 1, 0, 0]), _ids(1, 2, 3, 0)
    every = np.array([[j >> i & 1 for i in range(4)] for j in range(16)], bool)
    for order in (usual, _ids(2, 0, 3, 1), _ids(3, 0, 1, 2)):
        yield every, order
    yield rng.random((30, 4)) < 0.4, rng.permutation(4).astype(np.int32)


def _flags(rng):
    """Nothing wrong, nothing flagged, neither, both alike and both opposite."""
    yield _yes(0), _yes(0)
    yield _yes(1), _yes(0)
    yield _yes(0), _yes(1)
    yield _yes(1, 0), _yes(1, 0)
    yield _yes(1, 0), _yes(0, 1)
    yield _yes(1, 1, 1), _yes(0, 1, 0)
    yield _yes(1, 0, 0, 1, 0), _yes(1, 1, 1, 0, 0)
    for n, flagged, wrong in ((30, 0.4, 0.9), (30, 0.2, 0.3), (60, 0.7, 0.4)):
        is_wrong = rng.random(n) < wrong
        yield np.where(rng.random(n) < 0.3, is_wrong, rng.random(n) < flagged), is_wrong


def _counts(rng):
    """Nothing went wrong, all did, and something between; from one to 400."""
    yield 0, 1
    yield 1, 1
    yield 0, 3
    yield 1, 2
    yield 1, 10
    yield 0, 30
    yield 3, 30
    yield 28, 30
    yield 12, 40
    yield 2, 400
    yield 0, 299


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _agreement(function):
    """Something made of the share of equal labels, of each judge's frequencies (kind,), and of how many kinds."""

    def of(first, second, kinds):
        a, b = (np.bincount(labels, minlength=kinds) / len(labels) for labels in (first, second))
        return float(function((first == second).mean(), a, b))

    return of


def _beyond(chance, otherwise=0.0):
    """κ with what is expected by chance computed from the frequencies of both in another way."""

    def of(same, a, b):
        by_chance = chance(a, b)
        return (same - by_chance) / (1 - by_chance) if by_chance < 1 - 1e-9 else otherwise

    return _agreement(of)


def _combined(function):
    """The two shares of agreement, the one that is and that by chance, put together in another way."""

    def of(same, a, b):
        by_chance = float((a * b).sum())
        with np.errstate(all="ignore"):
            return function(same, by_chance) if by_chance < 1 - 1e-9 else 0.0

    return _agreement(of)


def _product(a, b):
    return float((a * b).sum())


def _pooled(a, b):
    return float((((a + b) / 2) ** 2).sum())


def _mean_over_kinds(first, second, kinds):
    both = _beyond(_product)
    return float(np.mean([both((first == k).astype(int), (second == k).astype(int), 2) for k in range(kinds)]))


def _weighted(first, second, kinds):
    """κ with the distance of two labels in the place of whether they differ."""
    far = np.abs(first[:, None] - second[None]).mean()
    return 1 - float(np.abs(first - second).mean() / far) if far else 0.0


def _correlation(first, second, kinds):
    a, b = first - first.mean(), second - second.mean()
    scale = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / scale) if scale > 1e-9 else 0.0


def _above(function, lost=lambda met, base: met - base):
    """A number for each criterion from the shares met, by the desk and by an empty draft; `lost` where that is 1."""

    def of(met, empty):
        met, base = met.mean(axis=0), empty.mean(axis=0)
        with np.errstate(all="ignore"):
            return np.where(base < 1, function(met, base), lost(met, base))

    return of


def _left(met, base):
    return (met - base) / (1 - base)


def _kept_out(met, empty):
    """Among the messages where an empty draft does not do, the share met."""
    fails = 1 - empty
    n = fails.sum(axis=0)
    return np.where(n > 0, (met * fails).sum(axis=0) / np.maximum(n, 1), met.mean(axis=0) - empty.mean(axis=0))


def _base_of_all(met, empty):
    base = empty.mean()
    return _left(met.mean(axis=0), base) if base < 1 else met.mean(axis=0) - base


def _first_in(pick=lambda asked, order: order[asked.argmax(axis=1)], none=4, order=lambda order: order):
    """The lane from other parts: which of the reasons in their order, the lane of none, and how an order is read."""

    def of(reasons, given):
        read = order(given)
        asked = reasons[:, read]  # (n, 4)
        return np.where(asked.any(axis=1), pick(asked, read), none).astype(np.int32)

    return of


def _unguarded(reasons, order):
    return order[reasons[:, order].argmax(axis=1)].astype(np.int32)


def _last_place(asked):
    return asked.shape[1] - 1 - asked[:, ::-1].argmax(axis=1)


def _two(recall=None, precision=None, nothing=(1.0, 1.0)):
    """Recall and precision, each from (flagged, wrong) in another way: a part and its whole."""

    def of(flagged, wrong):
        pairs = [
            (recall or _recall)(flagged, wrong),
            (precision or _precision)(flagged, wrong),
        ]
        shares = [part / whole if whole else other for (part, whole), other in zip(pairs, nothing, strict=True)]
        return np.array(shares, np.float32)

    return of


def _recall(flagged, wrong):
    return (flagged & wrong).sum(), wrong.sum()


def _precision(flagged, wrong):
    return (flagged & wrong).sum(), flagged.sum()


def _harmonic(flagged, wrong):
    recall, precision = _two()(flagged, wrong)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _bound(k, n, level=0.05):
    """Clopper and Pearson's: the p at which k or fewer of n have the probability `level`."""
    return float(betaincinv(k + 1, n - k, 1 - level)) if k < n else 1.0


def _lower(k, n):
    return float(betaincinv(k, n - k + 1, 0.05)) if k else 0.0


def _fewer(k, n):
    return float(betaincinv(k, n - k + 1, 0.95)) if k else 0.0


def _halved(probability, low=0.0):
    """The p from `low` on at which a probability that falls with p is 0.05, by halving."""
    high = 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if probability(middle) > 0.05 else (low, middle)
    return low


def _exactly(k, n):
    return _halved(lambda p: math.comb(n, k) * p**k * (1 - p) ** (n - k), low=k / n)


def _one_order(k, n):
    return _halved(lambda p: sum(p**j * (1 - p) ** (n - j) for j in range(k + 1)))


def _normal(z):
    return lambda k, n: k / n + z * math.sqrt(k / n * (1 - k / n) / n)


def _wilson(k, n, z=1.6449):
    p = k / n
    return (p + z * z / (2 * n) + z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)


# ---------------------------------------------------------------------- the exercises

_CHANCE = "Two judges who say yes nine times out of ten agree often by chance, whatever they look at."
_DIVIDED = "Two judges who always agree should get 1, however often they say yes."

kappa = make_check(
    "kappa",
    _beyond(_product),
    _judges,
    [
        WrongIdea(
            "the share of equal labels, with nothing taken off for chance",
            _agreement(lambda same, a, b: same),
            _CHANCE,
            "where does p_e enter?",
        ),
        WrongIdea(
            "a chance of 1 over the number of kinds, as if every label were as frequent",
            _beyond(lambda a, b: 1 / len(a)),
            _CHANCE,
            "whose frequencies are multiplied?",
        ),
        WrongIdea(
            "the frequencies of both judges pooled: Scott's π",
            _beyond(_pooled),
            "Each judge has frequencies of its own; who says yes always and who never does would share a half.",
            "for each label, what is multiplied by what?",
        ),
        WrongIdea(
            "the squares of the first judge's frequencies by chance",
            _beyond(lambda a, b: float((a * a).sum())),
            "The second judge would not enter, and swapping the two would change the result.",
            "for each label, what is multiplied by what?",
        ),
        WrongIdea(
            "the squares of the second judge's frequencies by chance",
            _beyond(lambda a, b: float((b * b).sum())),
            "The first judge would not enter, and swapping the two would change the result.",
            "for each label, what is multiplied by what?",
        ),
        WrongIdea(
            "chance for one label alone, that both say 1",
            _beyond(lambda a, b: float(a[1] * b[1])),
            "They can agree on 0 by chance as well.",
            "over what does the sum in p_e run?",
        ),
        WrongIdea(
            "Gwet's AC1, with a chance that falls where one label is frequent",
            _beyond(lambda a, b: float((((a + b) / 2) * (1 - (a + b) / 2)).sum() / (len(a) - 1))),
            "It is a measure too, made to be high where nearly all labels are alike.",
            "for each label, what is multiplied by what?",
        ),
        WrongIdea(
            "p_o − p_e, and not as a share of what could be left",
            _combined(lambda same, chance: same - chance),
            _DIVIDED,
            "by what is it divided?",
        ),
        WrongIdea(
            "divided by p_e: how many times as often as by chance",
            _combined(lambda same, chance: (same - chance) / chance if chance else 0.0),
            _DIVIDED,
            "how much more than by chance can they agree?",
        ),
        WrongIdea(
            "divided by p_o",
            _combined(lambda same, chance: (same - chance) / same if same else 0.0),
            _DIVIDED,
            "how much more than by chance can they agree?",
        ),
        WrongIdea(
            "divided by 1 − p_o",
            _combined(lambda same, chance: (same - chance) / (1 - same) if same < 1 else 0.0),
            "It would grow without bound as they come to agree.",
            "how much more than by chance can they agree?",
        ),
        WrongIdea(
            "p_o and p_e in each other's place",
            _combined(lambda same, chance: (chance - same) / (1 - same) if same < 1 else 0.0),
            "More than by chance should be above 0.",
            "what should come out if they always agree?",
        ),
        WrongIdea(
            "how far they differ, (1 − p_o) / (1 − p_e)",
            _combined(lambda same, chance: (1 - same) / (1 - chance)),
            "1 is to say that they always agree.",
            "what should come out if they always agree?",
        ),
        WrongIdea(
            "1 where both always give the same label",
            _beyond(_product, otherwise=1.0),
            "Nothing was there on which they could have differed, and that would look like the best of results.",
            "what does the text say of p_e = 1?",
        ),
        WrongIdea(
            "the correlation of the labels as numbers",
            _correlation,
            "Labels are names: a 2 is not twice a 1.",
            "where does it enter whether two labels are the same?",
        ),
        WrongIdea(
            "labels near each other counted as half the same: a weighted κ",
            _weighted,
            "Labels are names here: 0 is as different from 1 as from 3.",
            "where does it enter whether two labels are the same?",
        ),
        WrongIdea(
            "the mean of a κ for each kind against all others",
            _mean_over_kinds,
            "A kind that hardly occurs would weigh as much as one that is everywhere.",
            "over what does the sum in p_e run?",
        ),
    ],
)

_NOTHING = "An empty draft would be praised for what it does not do."
_SCALE = "What meets everything should get 1, however much an empty draft gets."

above_nothing = make_check(
    "above_nothing",
    _above(_left),
    _rubrics,
    [
        WrongIdea(
            "the share met, with nothing taken off",
            _above(lambda met, base: met, lambda met, base: met),
            _NOTHING,
            "where does the empty draft enter?",
        ),
        WrongIdea(
            "met − base, and not as a share of what could be gained",
            _above(lambda met, base: met - base),
            _SCALE,
            "by what is it divided?",
        ),
        WrongIdea(
            "divided by the base: by how much it is better than nothing",
            _above(lambda met, base: np.where(base > 0, (met - base) / np.where(base > 0, base, 1), met)),
            _SCALE,
            "how much can be gained at most?",
        ),
        WrongIdea(
            "divided by the share met",
            _above(lambda met, base: np.where(met > 0, (met - base) / np.where(met > 0, met, 1), met - base)),
            _SCALE,
            "how much can be gained at most?",
        ),
        WrongIdea(
            "divided by what is still missing, 1 − met",
            _above(lambda met, base: np.where(met < 1, (met - base) / np.where(met < 1, 1 - met, 1), met - base)),
            "It would grow without bound as the desk gets better.",
            "how much can be gained at most, from where the empty draft is?",
        ),
        WrongIdea(
            "the desk and the empty draft in each other's place",
            lambda met, empty: _above(_left)(empty, met),
            "What is better than nothing should be above 0.",
            "which of the two is taken off?",
        ),
        WrongIdea(
            "0 where the empty draft always meets it, whatever the desk has lost",
            _above(_left, lambda met, base: 0 * met),
            "A desk that promises what it must not would look like one that does not.",
            "what does the text say of a base of 1?",
        ),
        WrongIdea(
            "1 where the empty draft always meets it",
            _above(_left, lambda met, base: 0 * met + 1),
            "A desk that promises what it must not would look perfect.",
            "what does the text say of a base of 1?",
        ),
        WrongIdea(
            "the share met where the empty draft always meets it",
            _above(_left, lambda met, base: met),
            "There, too, what is above 0 should be better than nothing.",
            "what does the text say of a base of 1?",
        ),
        WrongIdea(
            "the share met among the messages where an empty draft does not do",
            _kept_out,
            "What is broken on the other messages, where doing nothing would have been right, would not count.",
            "on which messages can a desk lose something?",
        ),
        WrongIdea(
            "nothing below 0: what is worse than an empty draft cut off",
            lambda met, empty: np.maximum(_above(_left)(met, empty), 0),
            "That a desk does harm is what one has to see.",
            "what should come out for a desk that is worse than nothing?",
        ),
        WrongIdea(
            "without the sign: how far from an empty draft",
            lambda met, empty: np.abs(_above(_left)(met, empty)),
            "Better and worse than nothing would look alike.",
            "what should come out for a desk that is worse than nothing?",
        ),
        WrongIdea(
            "one base for all criteria: the mean of them",
            _base_of_all,
            "An empty draft has all of one criterion and nothing of another.",
            "over which axis is the mean of the empty draft?",
        ),
        WrongIdea(
            "the mean over the criteria, one number for each message",
            lambda met, empty: _above(_left)(met.T, empty.T),
            "What a message is worth is not asked; each criterion has its base.",
            "which of the two axes is that of messages?",
        ),
        WrongIdea(
            "the mean of all criteria in one number",
            lambda met, empty: np.asarray(_above(_left)(met, empty).mean()),
            "That can come later; an average hides which criterion is lost.",
            "the result has one number for each criterion.",
        ),
        WrongIdea(
            "the share of messages on which the desk and the empty draft differ",
            lambda met, empty: (met != empty).mean(axis=0),
            "Better and worse than nothing would look alike.",
            "what should come out for a desk that is worse than nothing?",
        ),
        WrongIdea(
            "the share of messages that were gained, with what was lost left out",
            lambda met, empty: (met * (1 - empty)).mean(axis=0),
            "A desk would be praised for what it mends, and not blamed for what it breaks.",
            "on which messages can a desk lose something?",
        ),
        WrongIdea(
            "the share still missing: (1 − met) / (1 − base)",
            _above(lambda met, base: (1 - met) / (1 - base)),
            "More is to be better.",
            "what should come out for a desk that meets everything?",
        ),
    ],
)

_NONE = "There would be no lane for what needs nobody."

lane = make_check(
    "lane",
    _first_in(),
    _reasons,
    [
        WrongIdea(
            "the first in the order where no reason is true",
            _unguarded,
            "An `argmax` over what is all false is 0: messages that need nobody would go where the worst ones go.",
            "what should come out if all are false?",
        ),
        WrongIdea(
            "its place in the order, and not the lane that stands there",
            _first_in(pick=lambda asked, order: asked.argmax(axis=1)),
            "With another order the same number would name another lane.",
            "what stands at that place of `order`?",
        ),
        WrongIdea(
            "the order read as ranks: the place of each lane, and not the lane at each place",
            _first_in(order=np.argsort),
            "For many orders that is another order.",
            "what does the first number of `order` say?",
        ),
        WrongIdea(
            "the last reason in the order",
            _first_in(pick=lambda asked, order: order[_last_place(asked)]),
            "What is asked first should decide.",
            "which of two reasons comes first?",
        ),
        WrongIdea(
            "the lanes in the order of their numbers, whatever `order` is",
            _first_in(order=lambda order: np.arange(len(order))),
            "Every order would give the same.",
            "where does `order` enter?",
        ),
        WrongIdea(
            "the reason with the largest number, whatever `order` is",
            _first_in(pick=lambda asked, order: _last_place(asked), order=lambda order: np.arange(len(order))),
            "Every order would give the same.",
            "where does `order` enter?",
        ),
        WrongIdea(
            "the lane looked up in the order once too often",
            _first_in(pick=lambda asked, order: order[order[asked.argmax(axis=1)]]),
            "What stands in `order` is a lane already.",
            "how often is something looked up in `order`?",
        ),
        WrongIdea(
            "the first reason that is not true",
            _first_in(pick=lambda asked, order: order[asked.argmin(axis=1)]),
            "A message would go to whom it does not concern.",
            "is it `argmax` or `argmin` of what is true?",
        ),
        WrongIdea(
            "lanes counted from 1",
            lambda reasons, order: _first_in()(reasons, order) + 1,
            "The columns are counted from 0.",
            "what is the number of the first lane?",
        ),
        WrongIdea(
            "−1 where no reason is true",
            _first_in(none=-1),
            "As an index, −1 is right by accident, and in a count of lanes it is lost.",
            "what does the text say of no reason?",
        ),
        WrongIdea(
            "the last in the order where no reason is true",
            lambda reasons, order: np.where(reasons.any(1), _first_in()(reasons, order), order[-1]).astype(np.int32),
            _NONE,
            "how many lanes are there?",
        ),
        WrongIdea(
            "0 where no reason is true",
            _first_in(none=0),
            _NONE,
            "what does the text say of no reason?",
        ),
        WrongIdea(
            "how many reasons are true",
            lambda reasons, order: reasons.sum(axis=1).astype(np.int32),
            "A lane is one of them, and not a sum.",
            "which of the reasons decides?",
        ),
        WrongIdea(
            "a lane only for messages with one reason",
            lambda reasons, order: np.where(reasons.sum(axis=1) == 1, reasons.argmax(axis=1), 4).astype(np.int32),
            "Those with two reasons would be taken for ready, which need most care.",
            "what should come out if two are true?",
        ),
        WrongIdea(
            "a table of true and false in the place of the number of a lane",
            lambda reasons, order: reasons[:, order].astype(np.int32),
            "Each message goes into one lane.",
            "the result has one number for each message.",
        ),
    ],
)

_SHARE = "Recall is a share of what is wrong, precision a share of what is flagged."

caught = make_check(
    "caught",
    _two(),
    _flags,
    [
        WrongIdea(
            "precision first and recall second",
            _two(_precision, _recall),
            "They answer different questions, and are easily mixed up.",
            "which of them is a share of the wrong drafts?",
        ),
        WrongIdea(
            "a recall of 0 where nothing is wrong",
            _two(nothing=(0.0, 1.0)),
            "Nothing was missed there.",
            "what does the text say of drafts that are all right?",
        ),
        WrongIdea(
            "a precision of 0 where nothing is flagged",
            _two(nothing=(1.0, 0.0)),
            "There was no false alarm there.",
            "what does the text say of a program that flags nothing?",
        ),
        WrongIdea(
            "0 for both where there is nothing to divide by",
            _two(nothing=(0.0, 0.0)),
            "Nothing was missed, or there was no false alarm.",
            "what does the text say where nothing is wrong, and where nothing is flagged?",
        ),
        WrongIdea(
            "a share of all drafts in the place of the recall",
            _two(recall=lambda flagged, wrong: ((flagged & wrong).sum(), len(wrong))),
            _SHARE,
            "what is divided by for the first number?",
        ),
        WrongIdea(
            "a share of all drafts in the place of the precision",
            _two(precision=lambda flagged, wrong: ((flagged & wrong).sum(), len(wrong))),
            _SHARE,
            "what is divided by for the second number?",
        ),
        WrongIdea(
            "shares of all drafts in the place of both",
            _two(*[lambda flagged, wrong: ((flagged & wrong).sum(), len(wrong))] * 2),
            _SHARE,
            "what is divided by?",
        ),
        WrongIdea(
            "the share on which the two agree in the place of both",
            _two(*[lambda flagged, wrong: ((flagged == wrong).sum(), len(wrong))] * 2),
            "Where nearly all drafts are right, who never looks agrees nearly always.",
            "what is divided by?",
        ),
        WrongIdea(
            "a share of either over both: Jaccard's index",
            _two(*[lambda flagged, wrong: ((flagged & wrong).sum(), (flagged | wrong).sum())] * 2),
            "What was missed and what was flagged in vain would be mixed.",
            "what is divided by?",
        ),
        WrongIdea(
            "the share of right drafts that are flagged, in the place of the precision",
            _two(precision=lambda flagged, wrong: ((flagged & ~wrong).sum(), (~wrong).sum())),
            "That is the rate of false alarms, which is divided by the right drafts.",
            "among which drafts is the precision a share?",
        ),
        WrongIdea(
            "the share of flagged drafts that are right, in the place of those that are wrong",
            _two(precision=lambda flagged, wrong: ((flagged & ~wrong).sum(), flagged.sum()), nothing=(1.0, 1.0)),
            "A precision of 1 should say that every flag was in place.",
            "what should come out if every flag is in place?",
        ),
        WrongIdea(
            "the share that was missed, in the place of the recall",
            _two(recall=lambda flagged, wrong: ((~flagged & wrong).sum(), wrong.sum())),
            "A recall of 1 should say that all was found.",
            "what should come out if all is found?",
        ),
        WrongIdea(
            "the share of right drafts that pass, in the place of the recall",
            _two(recall=lambda flagged, wrong: ((~flagged & ~wrong).sum(), (~wrong).sum())),
            "That is the specificity; it does not see what was missed.",
            "among which drafts is the recall a share?",
        ),
        WrongIdea(
            "a flag read as a pass",
            lambda flagged, wrong: _two()(~flagged, wrong),
            "A flag says that the program finds the draft wrong.",
            "what does true say in `flagged`?",
        ),
        WrongIdea(
            "a wrong draft read as a right one",
            lambda flagged, wrong: _two()(flagged, ~wrong),
            "True says that the reader finds the draft wrong.",
            "what does true say in `wrong`?",
        ),
        WrongIdea(
            "recall and precision of the drafts that are right",
            lambda flagged, wrong: _two()(~flagged, ~wrong),
            "What is looked for are the wrong drafts.",
            "what does true say in either array?",
        ),
        WrongIdea(
            "the share that is flagged, and the share that is wrong",
            _two(lambda flagged, wrong: (flagged.sum(), len(wrong)), lambda flagged, wrong: (wrong.sum(), len(wrong))),
            "As many can be flagged as are wrong, and none of them be wrong.",
            "which drafts are both?",
        ),
        WrongIdea(
            "numbers of drafts, and not shares",
            lambda flagged, wrong: np.array([(flagged & wrong).sum()] * 2, np.float32),
            _SHARE,
            "what is divided by?",
        ),
        WrongIdea(
            "one number, the harmonic mean of the two: F1",
            lambda flagged, wrong: np.float32(_harmonic(flagged, wrong)),
            "What a missed draft costs and what a false alarm costs are different things.",
            "the result has two numbers.",
        ),
    ],
)

_NEVER = "Nothing in thirty would be taken for never."

at_most = make_check(
    "at_most",
    _bound,
    _counts,
    [
        WrongIdea(
            "the share that went wrong, k / n",
            lambda k, n: k / n,
            _NEVER,
            "what is the probability of none in n, if p is 1 in 100?",
        ),
        WrongIdea(
            "two sides: half of 0.05 on either",
            lambda k, n: _bound(k, n, 0.025),
            "Only one side is asked for: how bad it can be.",
            "how likely are k or fewer to be, at this p?",
        ),
        WrongIdea(
            "0.95 in the place of 0.05",
            lambda k, n: _bound(k, n, 0.95),
            "At that p, so few are what one expects, and larger ones are possible as well.",
            "how likely are k or fewer to be, at this p?",
        ),
        WrongIdea(
            "0.01 in the place of 0.05",
            lambda k, n: _bound(k, n, 0.01),
            "That is a bound at 99 %.",
            "how likely are k or fewer to be, at this p?",
        ),
        WrongIdea(
            "the lower bound: the p at which k or more have the probability 0.05",
            _lower,
            "That says how small p may be, and the question is how large.",
            "are k or fewer meant, or k or more?",
        ),
        WrongIdea(
            "fewer than k, and not k or fewer",
            _fewer,
            "With k = 0 nothing would be left to be likely.",
            "does the sum include j = k?",
        ),
        WrongIdea(
            "exactly k, and not k or fewer",
            _exactly,
            "That fewer go wrong would be as surprising, and has to be counted too.",
            "from where to where does the sum run?",
        ),
        WrongIdea(
            "the bound for none, whatever k is: 1 − 0.05^(1/n)",
            lambda k, n: 1 - 0.05 ** (1 / n),
            "Some that went wrong leave room for more than none does.",
            "where does k enter?",
        ),
        WrongIdea(
            "the n-th root itself, 0.05^(1/n)",
            lambda k, n: 0.05 ** (1 / n),
            "That is the probability that one goes well.",
            "is p the probability of a failure, or of none?",
        ),
        WrongIdea(
            "the rule of three, (k + 3) / n",
            lambda k, n: (k + 3) / n,
            "It is a rule for the head, for none in many; for k = 1 it is 4.7 and not 4, and it can be above 1.",
            "the exact p is asked for.",
        ),
        WrongIdea(
            "Laplace's rule, (k + 1) / (n + 2)",
            lambda k, n: (k + 1) / (n + 2),
            "That is what to expect of the next, and not how bad it can be.",
            "how likely are k or fewer to be, at this p?",
        ),
        WrongIdea(
            "1.645 standard errors above the share",
            _normal(1.6449),
            _NEVER,
            "what comes out for k = 0?",
        ),
        WrongIdea(
            "1.96 standard errors above the share",
            _normal(1.96),
            _NEVER,
            "what comes out for k = 0?",
        ),
        WrongIdea(
            "Wilson's bound",
            _wilson,
            "It is a good one, and not the exact one: at this p so few are not just as likely as 0.05.",
            "how likely are k or fewer to be, at this p?",
        ),
        WrongIdea(
            "rare events, of a Poisson distribution",
            lambda k, n: float(gammaincinv(k + 1, 0.95)) / n,
            "It is nearly right where p is small, and can be above 1 where it is not.",
            "how many of n can go wrong at most?",
        ),
        WrongIdea(
            "no count of the ways in which j of n can go wrong",
            _one_order,
            "One of thirty can go wrong in thirty ways.",
            "what stands before the powers in the sum?",
        ),
        WrongIdea(
            "how many of n, and not the probability for one",
            lambda k, n: n * _bound(k, n),
            "p is between 0 and 1.",
            "what should come out for k = n?",
        ),
        WrongIdea(
            "the probability that one goes well, 1 − p",
            lambda k, n: 1 - _bound(k, n),
            "The more one tries without a failure, the smaller the answer should be.",
            "what should come out for k = n?",
        ),
        WrongIdea(
            "a number in per cent",
            lambda k, n: 100 * _bound(k, n),
            "p is between 0 and 1.",
            "what should come out for k = n?",
        ),
    ],
)
