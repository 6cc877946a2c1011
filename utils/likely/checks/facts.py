"""The checks of chapter 7a, Hallucination: a model of facts.

>>> from likely.checks import facts as check
>>> check.rates(rates)  # a verdict on the reader's function `rates`
"""

from __future__ import annotations

import numpy as np

from likely.checks.exercises import WrongIdea, make_check
from likely.checks.parts import f32

__all__ = ["calibration_error", "rates", "score", "tempered", "threshold"]

# ---------------------------------------------------------------------- inputs


def _yes(*values) -> np.ndarray:
    return np.array(values, bool)


def _right(rng, confidence) -> np.ndarray:
    """Right as often as the square of the confidence says: an overconfident model."""
    return rng.random(len(confidence)) < confidence**2


def _kinds_of_answers(rng):
    """All right, all wrong, all silent, and mixtures; of one none of those given is right, of one none is wrong."""
    yield _yes(1), _yes(0)
    yield _yes(0), _yes(0)
    yield _yes(0), _yes(1)
    yield _yes(1, 0, 0, 0), _yes(0, 0, 1, 1)
    yield _yes(0, 0, 0, 0), _yes(1, 1, 0, 1)
    yield _yes(0, 1, 0, 1, 1), _yes(1, 0, 1, 0, 0)
    yield _yes(0, 0, 0, 0, 0, 0), _yes(1, 1, 1, 1, 1, 1)
    for n, said, known in ((8, 0.5, 0.5), (20, 0.8, 0.3), (50, 0.3, 0.7), (200, 0.9, 0.9), (750, 0.1, 0.02)):
        silent = rng.random(n) > said
        yield ~silent & (rng.random(n) < known), silent


def _off_the_borders(rng, n: int, bins: int) -> np.ndarray:
    """(n,) confidences, more of them high than low, none of which is at the border of a bin."""
    while True:
        c = rng.beta(2, 1, n).astype(np.float32)
        if (np.abs(c * bins - np.round(c * bins)) > 1e-3).all():
            return c


def _confidences_in_bins(rng):
    """Some bins are empty. Borders, 0 and 1 are met where they are exact in float32."""
    yield f32(0.75), _yes(0), 2
    yield f32(0.75), _yes(1), 1
    yield f32(0.5, 0.25), _yes(1, 0), 2  # a border
    yield f32(0.25, 1, 0.875), _yes(0, 0, 1), 4  # a border, and 1
    yield f32(0.125, 0.125, 0.875), _yes(1, 0, 1), 2  # what is too much and too little does not cancel
    yield f32(0, 0.75, 0.75, 1), _yes(0, 1, 0, 1), 4
    yield f32(0.625, 0.375, 0.5, 0.875, 0.875), _yes(1, 0, 0, 1, 0), 8
    for n, bins in ((8, 3), (12, 5), (30, 10), (80, 10), (300, 15)):
        c = _off_the_borders(rng, n, bins)
        yield c, _right(rng, c), bins


def _confidences_and_temperatures(rng):
    """0 and 1 among them; a temperature of 1 changes nothing."""
    yield f32(0.8), 2.0
    yield f32(0.8), 0.5
    yield f32(0.2), 2.0
    yield f32(0.9, 0.5), 1.0
    yield f32(0, 1), 2.0
    yield f32(1, 0.1, 0), 0.5
    for n, T in ((4, 3.0), (8, 0.7), (16, 1.5), (40, 8.0), (100, 0.25)):
        yield rng.beta(2, 1, n).astype(np.float32), T


def _confidences_and_risks(rng):
    """Ties among them, a risk that is met exactly, and thresholds that hold below others that do not.

    Where a risk is not met exactly, no share comes near it.
    """
    yield f32(0.5), _yes(1), 0.25
    yield f32(0.5), _yes(0), 0.25  # there is none
    yield f32(0.75, 0.25), _yes(1, 0), 0.25
    yield f32(0.25, 0.75), _yes(1, 0), 0.5  # only with both answers
    yield f32(0.75, 0.75), _yes(1, 0), 0.25  # there is none: one cannot be given without the other
    yield f32(0.9, 0.8, 0.7), _yes(0, 1, 1), 0.4
    yield f32(0.6, 0.9, 0.7, 0.8), _yes(0, 1, 1, 1), 0.25  # met exactly
    yield f32(0.9, 0.6, 0.7, 0.6), _yes(1, 1, 1, 0), 0.1
    yield f32(0.9, 0.8, 0.7, 0.6, 0.5), _yes(1, 0, 1, 1, 0), 0.25  # met, missed, missed, met, missed
    yield f32(0.3, 0.2, 0.4, 0.1, 0.5), _yes(0, 0, 0, 0, 0), 0.5  # there is none
    for n, risk in ((8, 0.3), (12, 0.21), (20, 0.155), (40, 0.11), (60, 0.0565)):
        while True:
            c = np.round(rng.beta(2, 1, n), 2).astype(np.float32)  # so that some are equal
            right = rng.random(n) < c**0.5
            shares = _shares(c, right, c >= c[:, None])
            if np.abs(shares - risk).min() > 1e-4 and risk < shares.max() and shares.min() < risk:
                break
        yield c, right, risk


def _confidences_and_penalties(rng):
    """An expected score of exactly 0 among them, confidences of 0 and 1, and all that is silent or given."""
    yield f32(0.75), _yes(1), 1.0
    yield f32(0.75), _yes(0), 1.0
    yield f32(0.25), _yes(1), 1.0
    yield f32(0.5, 0.75), _yes(1, 1), 1.0  # the first is at 0
    yield f32(0, 0.25), _yes(1, 0), 0.0  # and so is this
    yield f32(0.25, 0.75, 0.875), _yes(0, 1, 0), 3.0  # and the second of these
    yield f32(0.9, 0.3, 0.6), _yes(1, 0, 0), 0.5
    yield f32(1, 0, 0.95, 0.5), _yes(1, 0, 0, 1), 4.0
    for n, penalty in ((8, 2.0), (16, 0.0), (40, 0.25), (100, 4.0), (300, 9.0)):
        threshold = penalty / (1 + penalty)
        while True:
            c = rng.beta(2, 1, n).astype(np.float32)
            if np.abs(c - threshold).min() > 1e-4 and (c > threshold).any():
                break
        yield c, _right(rng, c), penalty


# ---------------------------------------------------------------------- references, and parts of wrong ideas


def _three(function):
    """Three shares, given the numbers of right, wrong and silent answers."""

    def of(right, silent):
        counts = right.sum(), (~right & ~silent).sum(), silent.sum()
        return np.array(function(*map(float, counts)), np.float32)

    return of


def _of(part, whole):
    """A share; 0 where there is nothing."""
    return part / whole if whole else 0.0


def _bin(confidence, bins):
    return np.clip(np.floor(confidence * bins).astype(int), 0, bins - 1)


def _bins(confidence, right, which):
    """Of each bin that is not empty: how many, their mean confidence, and the share of right ones."""
    inside = [which == b for b in np.unique(which)]
    return np.array([[i.sum(), confidence[i].mean(), right[i].mean()] for i in inside]).T


def _sorted_by(where):
    """The error with answers sorted into bins in another way."""

    def error(confidence, right, bins):
        count, c, share = _bins(confidence, right, where(confidence, bins))
        return (count * np.abs(c - share)).sum() / len(confidence)

    return error


def _from_bins(function):
    """Something else made of the bins: of how many there are in each, the mean confidence, and the share of right."""
    return lambda confidence, right, bins: function(*_bins(confidence, right, _bin(confidence, bins)))


def _held_against(place):
    """The share of right answers held against a place in the bin: 0.5 is its middle."""

    def error(confidence, right, bins):
        which = _bin(confidence, bins)
        count, _, share = _bins(confidence, right, which)
        return (count * np.abs((np.unique(which) + place) / bins - share)).sum() / len(confidence)

    return error


_error = _sorted_by(_bin)


def _equally_full(confidence, bins):
    """As many in each bin: which are in which."""
    place = np.empty(len(confidence), int)
    place[np.argsort(confidence, kind="stable")] = np.arange(len(confidence))
    return place * bins // len(confidence)


def _between_the_ends(confidence, bins):
    low, high = confidence.min(), confidence.max()
    return _bin((confidence - low) / (high - low if high > low else 1), bins)


def _without_1(confidence, right, bins):
    """What is 1 lies in no bin."""
    inside = confidence < 1
    if not inside.any():
        return 0.0
    return _error(confidence[inside], right[inside], bins) * inside.mean()


def _sigmoid(x):
    with np.errstate(all="ignore"):
        return 1 / (1 + np.exp(-x))


def _odds(c):
    with np.errstate(all="ignore"):
        return c / (1 - c)


def _log(x):
    with np.errstate(all="ignore"):
        return np.log(x)


def _made_of_log_odds(function):
    return lambda confidence, T: function(_log(_odds(confidence)), T)


def _shares(confidence, right, given):
    """The share of wrong ones among the answers given, for each row of `given`; 0 where none is."""
    return (given & ~right).sum(axis=1) / np.maximum(given.sum(axis=1), 1)


def _lowest(holds, otherwise=lambda confidence: np.inf):
    """The lowest confidence for which it holds, given the answers given at each (rows) and what is right."""

    def of(confidence, right, risk):
        at = confidence[holds(confidence, right, risk)]
        return at.min() if len(at) else otherwise(confidence)

    return of


def _holds(confidence, right, risk):
    return _shares(confidence, right, confidence >= confidence[:, None]) <= risk


def _highest(confidence, right, risk):
    at = confidence[_holds(confidence, right, risk)]
    return at.max() if len(at) else np.inf


def _until_it_fails(confidence, right, risk):
    """From the highest confidence down, until the first that fails."""
    found = np.inf
    for t in np.unique(confidence)[::-1]:
        if (~right)[confidence >= t].mean() > risk:
            return found
        found = t
    return found


def _one_by_one(confidence, right, risk):
    """Equal confidences apart, in the order in which they are given."""
    order = np.argsort(-confidence, kind="stable")
    holds = np.cumsum(~right[order]) / np.arange(1, len(order) + 1) <= risk
    return confidence[order][holds].min() if holds.any() else np.inf


def _scored(decide, otherwise=0.0):
    """The mean score where answers are given as `decide` says."""

    def of(confidence, right, penalty):
        given = decide(confidence, penalty)
        return np.where(given, np.where(right, 1.0, -penalty), otherwise).mean()

    return of


def _worth_it(confidence, penalty):
    return _expected(confidence, penalty) > 0


def _expected(confidence, penalty):
    return confidence - (1 - confidence) * np.float32(penalty)


def _paid(pay):
    """The mean of other scores, of what is right and of the penalty, where an answer is worth it."""
    return lambda confidence, right, penalty: np.where(_worth_it(confidence, penalty), pay(right, penalty), 0).mean()


def _mean_of_given(confidence, right, penalty):
    given = _worth_it(confidence, penalty)
    return np.where(right, 1.0, -penalty)[given].mean() if given.any() else 0.0


# ---------------------------------------------------------------------- the exercises

_ALL = "An invention is an answer, and a wrong one; who keeps silent has invented nothing."

rates = make_check(
    "rates",
    _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), _of(w, r + w))),
    _kinds_of_answers,
    [
        WrongIdea(
            "silence counted as an invention: all that is not right",
            _three(lambda r, w, s: (r / (r + w + s), (w + s) / (r + w + s), _of(w, r + w))),
            _ALL,
            "what should the second share be if nothing is answered?",
        ),
        WrongIdea(
            "silence counted as wrong in both shares",
            _three(lambda r, w, s: (r / (r + w + s), (w + s) / (r + w + s), (w + s) / (r + w + s))),
            _ALL,
            "where does `silent` enter?",
        ),
        WrongIdea(
            "silence counted among the wrong ones in the risk",
            _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), (w + s) / (r + w + s))),
            "The risk is about the answers that were given, and silence is none of them.",
            "what should the risk be if all that is answered is right?",
        ),
        WrongIdea(
            "silence counted as right",
            _three(lambda r, w, s: ((r + s) / (r + w + s), w / (r + w + s), _of(w, r + w))),
            "Who never answers would have everything right.",
            "what should the first share be if nothing is answered?",
        ),
        WrongIdea(
            "right ones among the answers that were given, and not among all questions",
            _three(lambda r, w, s: (_of(r, r + w), w / (r + w + s), _of(w, r + w))),
            "One answer that is right, and silence else, would be as good as all answers right.",
            "what is divided by for the first share?",
        ),
        WrongIdea(
            "inventions among the answers that were given, and not among all questions",
            _three(lambda r, w, s: (r / (r + w + s), _of(w, r + w), _of(w, r + w))),
            "That is the risk; the second share says how often one who asks is told something wrong.",
            "what is divided by for the second share?",
        ),
        WrongIdea(
            "all three among the answers that were given",
            _three(lambda r, w, s: (_of(r, r + w), _of(w, r + w), _of(w, r + w))),
            "The first two are shares of all questions, so that silence lowers both.",
            "which of the three is divided by something else than n?",
        ),
        WrongIdea(
            "the risk among all questions, the same as the second share",
            _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), w / (r + w + s))),
            "The risk says how far an answer is to be trusted, once there is one.",
            "what should the risk be if the only answer is wrong, and all else is silence?",
        ),
        WrongIdea(
            "right ones among the answers in the place of the risk",
            _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), _of(r, r + w))),
            "Risk is the share that is wrong.",
            "what should the risk be if all answers are right?",
        ),
        WrongIdea(
            "1 minus the share of right ones in the place of the risk, and so 1 where no answer is given",
            _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), 1 - _of(r, r + w))),
            "Where nothing is said, nothing wrong is said.",
            "what should the risk be if nothing is answered?",
        ),
        WrongIdea(
            "the share of answers in the place of the risk: how often it answers",
            _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), (r + w) / (r + w + s))),
            "That is the coverage, which goes down with more silence; the risk should too, if it is silent well.",
            "what should the risk be if all is answered, and all is right?",
        ),
        WrongIdea(
            "wrong ones for each right one: odds, not a share",
            _three(lambda r, w, s: (r / (r + w + s), w / (r + w + s), _of(w, r))),
            "One wrong in two answers is a risk of a half.",
            "what is divided by for the third share, the number of which answers?",
        ),
        WrongIdea(
            "the share of silence in the place of inventions",
            _three(lambda r, w, s: (r / (r + w + s), s / (r + w + s), _of(w, r + w))),
            _ALL,
            "what should the second share be if nothing is answered?",
        ),
        WrongIdea(
            "`silent` the other way round: True taken for an answer",
            lambda right, silent: np.array(
                [right.mean(), (~right & silent).mean(), _of((~right & silent).sum(), silent.sum())]
            ),
            _ALL,
            "`silent` is True where nothing is answered.",
        ),
        WrongIdea(
            "right ones and inventions swapped",
            _three(lambda r, w, s: (w / (r + w + s), r / (r + w + s), _of(w, r + w))),
            "The right ones come first, then the inventions, then the risk.",
            "what should come out if everything is right?",
        ),
        WrongIdea(
            "numbers of answers, and not shares, in the first two",
            _three(lambda r, w, s: (r, w, _of(w, r + w))),
            "With twice as many questions they would be twice as large.",
            "divide by what?",
        ),
        WrongIdea(
            "per cent",
            _three(lambda r, w, s: (100 * r / (r + w + s), 100 * w / (r + w + s), 100 * _of(w, r + w))),
            "A share goes from 0 to 1.",
            "what should come out if everything is right?",
        ),
    ],
)

_WEIGHTS = "A bin with one answer would count for as much as one with a hundred."

calibration_error = make_check(
    "calibration_error",
    _error,
    _confidences_in_bins,
    [
        WrongIdea(
            "the plain mean over the bins that are not empty",
            _from_bins(lambda count, c, share: np.abs(c - share).mean()),
            _WEIGHTS,
            "which weight has a bin?",
        ),
        WrongIdea(
            "the plain mean over all bins, the empty ones with 0",
            lambda confidence, right, bins: (
                np.abs(np.subtract(*_bins(confidence, right, _bin(confidence, bins))[1:])).sum() / bins
            ),
            _WEIGHTS,
            "which weight has a bin?",
        ),
        WrongIdea(
            "the sum of the distances, without weights",
            _from_bins(lambda count, c, share: np.abs(c - share).sum()),
            "It could be larger than 1, and grows with the number of bins.",
            "which weight has a bin?",
        ),
        WrongIdea(
            "the largest distance: the maximum calibration error",
            _from_bins(lambda count, c, share: np.abs(c - share).max()),
            "That is another measure of the same paper, which one unlucky answer in a bin of its own can decide.",
            "what is done with the distances of the bins, once they are there?",
        ),
        WrongIdea(
            "mean confidence minus the share of right answers: no distance, but a difference with its sign",
            _from_bins(lambda count, c, share: (count * (c - share)).sum() / count.sum()),
            "Too much confidence in one bin and too little in another would cancel.",
            "a distance is never below 0.",
        ),
        WrongIdea(
            "the distance of the two means over all answers: one bin, or the absolute value taken at the end",
            _from_bins(lambda count, c, share: np.abs((count * (c - share)).sum()) / count.sum()),
            "Too much confidence in one bin and too little in another would cancel.",
            "which comes first, the sum over bins or the absolute value?",
        ),
        WrongIdea(
            "the distance of each single answer: no bins at all",
            lambda confidence, right, bins: np.abs(confidence - right).mean(),
            "A confidence of 0.7 that is right seven times in ten is calibrated, and would have an error of 0.42.",
            "what should come out for ten answers at 0.7 of which seven are right?",
        ),
        WrongIdea(
            "the mean square of confidence minus right: the Brier score",
            lambda confidence, right, bins: np.square(confidence - right).mean(),
            "That is another measure, which is small only if confidences are near 0 and 1 as well.",
            "what should come out for ten answers at 0.7 of which seven are right?",
        ),
        WrongIdea(
            "squares of the distances",
            _from_bins(lambda count, c, share: (count * (c - share) ** 2).sum() / count.sum()),
            "Asked for is by how much the two differ; squares of shares are smaller.",
            "what should come out for one answer at 0.75 that is wrong?",
        ),
        WrongIdea(
            "the root of the mean square of the distances",
            _from_bins(lambda count, c, share: np.sqrt((count * (c - share) ** 2).sum() / count.sum())),
            "Large distances would count for more.",
            "the mean of what?",
        ),
        WrongIdea(
            "the middle of each bin in the place of the mean confidence in it",
            _held_against(0.5),
            "Confidences in a bin may all be at its edge, and with one bin all would be a half.",
            "what is known of the answers in a bin besides its borders?",
        ),
        WrongIdea(
            "the lower edge of each bin in the place of the mean confidence in it",
            _held_against(0.0),
            "Confidences would look lower than they are, by half a bin or so.",
            "what is known of the answers in a bin besides its borders?",
        ),
        WrongIdea(
            "borders that belong to the lower bin",
            _sorted_by(lambda confidence, bins: np.clip(np.ceil(confidence * bins).astype(int) - 1, 0, bins - 1)),
            "Here a border belongs to the upper bin; the paper has it the other way, and one has to be chosen.",
            "in which of two bins is 0.5?",
        ),
        WrongIdea(
            "a bin of its own for the confidence 1",
            _sorted_by(lambda confidence, bins: np.floor(confidence * bins).astype(int)),
            "The last bin has both its borders.",
            "which bin does 1 fall into?",
        ),
        WrongIdea(
            "answers with a confidence of 1 left out",
            _without_1,
            "These may be a large part, and the most harmful when wrong.",
            "which bin does 1 fall into?",
        ),
        WrongIdea(
            "rounding to the nearest border in the place of bins between borders",
            _sorted_by(lambda confidence, bins: np.round(confidence * bins).astype(int)),
            "That makes one bin more, and the first and the last half as wide.",
            "which of `round` and `floor`?",
        ),
        WrongIdea(
            "bins that are equally full and not equally wide",
            _sorted_by(_equally_full),
            "That is a good measure too, the adaptive one; here the borders are the same for every model.",
            "where are the borders of the bins?",
        ),
        WrongIdea(
            "bins between the lowest and the highest confidence, and not between 0 and 1",
            _sorted_by(_between_the_ends),
            "Two models would be measured with different bins.",
            "where does the first bin begin? `jnp.histogram` has to be told a `range`.",
        ),
        WrongIdea(
            "the share of wrong answers in the place of right ones",
            _from_bins(lambda count, c, share: (count * np.abs(c - (1 - share))).sum() / count.sum()),
            "A confidence is a probability of being right.",
            "what should come out for one answer at 1 that is right?",
        ),
        WrongIdea(
            "a sum over answers that is not divided by their number",
            _from_bins(lambda count, c, share: (count * np.abs(c - share)).sum()),
            "With twice as many answers it would be twice as large.",
            "divide by what?",
        ),
    ],
)

tempered = make_check(
    "tempered",
    _made_of_log_odds(lambda x, T: _sigmoid(x / T)),
    _confidences_and_temperatures,
    [
        WrongIdea(
            "log odds times the temperature, and not divided by it",
            _made_of_log_odds(lambda x, T: _sigmoid(x * T)),
            "Warmth would make the model surer, and not less sure.",
            "what should a very high temperature make of 0.8?",
        ),
        WrongIdea(
            "the confidence divided by T, or σ(log odds) divided by T afterwards",
            lambda confidence, T: confidence / T,
            "At a temperature below 1 it could be more than 1, and one half would not stay where it is.",
            "what should become of 0.5?",
        ),
        WrongIdea(
            "the power c^(1/T), with nothing that it is normalised by",
            lambda confidence, T: confidence ** (1 / T),
            "Right and wrong are two outcomes, and both are tempered; what comes out has to add up to 1.",
            "what should become of 0.5?",
        ),
        WrongIdea(
            "the power c^T, with nothing that it is normalised by",
            lambda confidence, T: confidence**T,
            "Right and wrong are two outcomes, and both are tempered; what comes out has to add up to 1.",
            "what should become of 0.5?",
        ),
        WrongIdea(
            "c^(1/T) / (c^(1/T) + 1 − c): only one of the two outcomes is tempered",
            lambda confidence, T: confidence ** (1 / T) / (confidence ** (1 / T) + 1 - confidence),
            "Being wrong is an outcome too.",
            "what should become of 0.5?",
        ),
        WrongIdea(
            "c^(1/T) divided by its sum over all answers: a softmax",
            lambda confidence, T: confidence ** (1 / T) / (confidence ** (1 / T)).sum(),
            "The answers are to different questions, and each is right or wrong for itself.",
            "what should become of one confidence should not depend on the others.",
        ),
        WrongIdea(
            "log c in the place of the log odds",
            lambda confidence, T: _sigmoid(_log(confidence) / T),
            "That is never above one half.",
            "the odds are c to what?",
        ),
        WrongIdea(
            "the confidence itself in the place of its log odds",
            lambda confidence, T: _sigmoid(confidence / T),
            "That is never below one half.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "the odds, without their log",
            lambda confidence, T: _sigmoid(_odds(confidence) / T),
            "That is never below one half.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "the odds upside down: of being wrong",
            _made_of_log_odds(lambda x, T: _sigmoid(-x / T)),
            "What is sure would become unlikely.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "log odds divided by T, and no σ around them",
            _made_of_log_odds(lambda x, T: x / T),
            "They go from −∞ to ∞; a confidence goes from 0 to 1.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "odds: an exponential in the place of σ",
            _made_of_log_odds(lambda x, T: np.exp(x / T)),
            "Odds go from 0 to ∞; a confidence goes from 0 to 1.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "odds divided by T: a shift of the log odds by log T",
            _made_of_log_odds(lambda x, T: _sigmoid(x - np.log(np.float32(T)))),
            "One half would not stay where it is; a temperature scales, and does not shift.",
            "is T inside the log, or outside?",
        ),
        WrongIdea(
            "T taken away from the log odds",
            _made_of_log_odds(lambda x, T: _sigmoid(x - np.float32(T))),
            "One half would not stay where it is; a temperature scales, and does not shift.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "log odds in bits, and a σ of base e",
            _made_of_log_odds(lambda x, T: _sigmoid(x / np.float32(np.log(2) * T))),
            "σ takes back a log of base e.",
            "what should come out at T = 1?",
        ),
        WrongIdea(
            "a straight line, 1/2 + (c − 1/2)/T",
            lambda confidence, T: 0.5 + (confidence - 0.5) / T,
            "At a temperature below 1 it would leave the range from 0 to 1, and 0 and 1 would not stay.",
            "what should become of 1?",
        ),
        WrongIdea(
            "the confidence as it was, whatever T is",
            lambda confidence, T: confidence,
            "That is T = 1.",
            "where does T enter?",
        ),
    ],
)

threshold = make_check(
    "threshold",
    _lowest(_holds),
    _confidences_and_risks,
    [
        WrongIdea(
            "the highest confidence that holds, and not the lowest",
            _highest,
            "It keeps silent on nearly everything, and needlessly.",
            "of two thresholds that hold, which one gives more answers?",
        ),
        WrongIdea(
            "a search from the top that stops at the first threshold that fails",
            _until_it_fails,
            "The risk need not fall evenly: one mistake high up, and what follows may make up for it.",
            "could a lower threshold hold although this one does not?",
        ),
        WrongIdea(
            "equal confidences taken one by one",
            _one_by_one,
            "A threshold cannot tell equal confidences apart: all of them are given, or none.",
            "how many answers have at least the confidence 0.75, if two have exactly that?",
        ),
        WrongIdea(
            "answers above the threshold only, without those that have exactly that confidence",
            _lowest(
                lambda confidence, right, risk: _shares(confidence, right, confidence > confidence[:, None]) <= risk
            ),
            "Answers with at least that confidence are given.",
            "which of > and ≥?",
        ),
        WrongIdea(
            "a risk that has to stay below, and may not be met",
            _lowest(
                lambda confidence, right, risk: _shares(confidence, right, confidence >= confidence[:, None]) < risk
            ),
            "At most the share `risk` may be wrong, and with a risk of 0 nothing would ever hold.",
            "which of < and ≤?",
        ),
        WrongIdea(
            "wrong ones among all questions, and not among the answers given",
            _lowest(
                lambda confidence, right, risk: (
                    (~right & (confidence >= confidence[:, None])).sum(axis=1) / len(right) <= risk
                )
            ),
            "Silence would make the share of wrong ones smaller, however bad the answers are.",
            "what is divided by, the number of which answers?",
        ),
        WrongIdea(
            "no mistake at all: the number of wrong answers held to `risk`, or a threshold above all of them",
            _lowest(lambda confidence, right, risk: (~right & (confidence >= confidence[:, None])).sum(axis=1) <= risk),
            "A share of the answers may be wrong, however many these are.",
            "what is divided by?",
        ),
        WrongIdea(
            "the share of right answers held to at most `risk`",
            _lowest(
                lambda confidence, right, risk: _shares(confidence, ~right, confidence >= confidence[:, None]) <= risk
            ),
            "Wrong answers are what is to be rare.",
            "which share should be small?",
        ),
        WrongIdea(
            "answers with at most that confidence, and not at least",
            _lowest(
                lambda confidence, right, risk: _shares(confidence, right, confidence <= confidence[:, None]) <= risk
            ),
            "The unsure answers would be given, and the sure ones kept back.",
            "which of ≤ and ≥?",
        ),
        WrongIdea(
            "only the answers with exactly that confidence",
            _lowest(
                lambda confidence, right, risk: _shares(confidence, right, confidence == confidence[:, None]) <= risk
            ),
            "Given are all that are at least as sure, and the risk is that of all of them together.",
            "which answers are given at a threshold?",
        ),
        WrongIdea(
            "the lowest confidence of at least 1 − risk: the model taken at its word",
            _lowest(lambda confidence, right, risk: confidence >= np.float32(1 - risk)),
            "That holds if the confidences are calibrated, and whether they are is the question.",
            "where does `right` enter?",
        ),
        WrongIdea(
            "the lowest threshold above which the mean confidence is at least 1 − risk: the model taken at its word",
            _lowest(
                lambda confidence, right, risk: np.array(
                    [confidence[confidence >= t].mean() >= 1 - risk for t in confidence]
                )
            ),
            "That holds if the confidences are calibrated, and whether they are is the question.",
            "where does `right` enter?",
        ),
        WrongIdea(
            "1 − risk",
            lambda confidence, right, risk: 1 - risk,
            "That holds if the confidences are calibrated; and a threshold is to be one of the given confidences.",
            "where do `confidence` and `right` enter?",
        ),
        WrongIdea(
            "a quantile of the confidences: the share `risk` of the answers is kept back",
            lambda confidence, right, risk: np.quantile(confidence, risk),
            "How many answers are kept back says nothing of how many of the others are wrong.",
            "where does `right` enter?",
        ),
        WrongIdea(
            "confidences of right answers only",
            _lowest(lambda confidence, right, risk: _holds(confidence, right, risk) & right),
            "A threshold may stand at a wrong answer, if the risk allows for it.",
            "which confidences may be a threshold?",
        ),
        WrongIdea(
            "the highest confidence where no threshold holds",
            _lowest(_holds, lambda confidence: confidence.max()),
            "Then answers would be given that break the promise; infinity is above all of them.",
            "what should be given if even the surest answers are wrong too often?",
        ),
        WrongIdea(
            "1 where no threshold holds",
            _lowest(_holds, lambda confidence: 1.0),
            "An answer may have the confidence 1, and would be given; infinity is above all of them.",
            "which number is no confidence at least as large as?",
        ),
        WrongIdea(
            "0 where no threshold holds",
            _lowest(_holds, lambda confidence: 0.0),
            "A threshold of 0 gives every answer.",
            "which number is no confidence at least as large as?",
        ),
        WrongIdea(
            "how much is answered at the threshold, and not the threshold",
            lambda confidence, right, risk: (confidence >= _lowest(_holds)(confidence, right, risk)).mean(),
            "That is the coverage.",
            "asked for is one of the given confidences.",
        ),
    ],
)

score = make_check(
    "score",
    _scored(_worth_it),
    _confidences_and_penalties,
    [
        WrongIdea(
            "an answer to everything, however unsure",
            _scored(lambda confidence, penalty: np.ones(len(confidence), bool)),
            "With a penalty, a guess may cost more than it is likely to bring.",
            "where does `confidence` enter?",
        ),
        WrongIdea(
            "an answer also where the expected score is exactly 0",
            _scored(lambda confidence, penalty: _expected(confidence, penalty) >= 0),
            "There the two are worth the same, and silence is chosen: answered is what is above 0.",
            "which of > and ≥?",
        ),
        WrongIdea(
            "confidence held against the penalty itself",
            _scored(lambda confidence, penalty: confidence > np.float32(penalty)),
            "With a penalty of 1 or more nothing would be answered, however sure.",
            "what is an answer of confidence c expected to bring? Solve for c.",
        ),
        WrongIdea(
            "an answer where the confidence is above 1/(1 + penalty)",
            _scored(lambda confidence, penalty: confidence > np.float32(1 / (1 + penalty))),
            "The higher the penalty, the surer one should have to be.",
            "with a penalty of 0, how sure should one be to answer?",
        ),
        WrongIdea(
            "an answer where the confidence is above one half, whatever the penalty",
            _scored(lambda confidence, penalty: confidence > 0.5),
            "One half is the threshold for a penalty of 1.",
            "what is an answer of confidence c expected to bring?",
        ),
        WrongIdea(
            "an answer where it is not worth it, and silence where it is",
            _scored(lambda confidence, penalty: ~_worth_it(confidence, penalty)),
            "The unsure answers would be given, and the sure ones kept back.",
            "which of the two is given at a confidence of 1?",
        ),
        WrongIdea(
            "an answer where it turns out to be right: hindsight",
            lambda confidence, right, penalty: right.mean(),
            "Whoever answers does not know yet what is right, and has the confidence only.",
            "what may the decision depend on?",
        ),
        WrongIdea(
            "one decision for all questions, by the mean confidence",
            _scored(lambda confidence, penalty: np.full(len(confidence), _worth_it(confidence.mean(), penalty))),
            "Each question can be answered or not.",
            "how many decisions are there for n questions?",
        ),
        WrongIdea(
            "the mean over the answers given, and not over all questions",
            _mean_of_given,
            "Silence brings 0, and counts as a question.",
            "what is divided by?",
        ),
        WrongIdea(
            "the sum of the scores",
            lambda confidence, right, penalty: _scored(_worth_it)(confidence, right, penalty) * len(right),
            "With twice as many questions it would be twice as large.",
            "divide by what?",
        ),
        WrongIdea(
            "a wrong answer that brings the penalty, and does not cost it",
            _paid(lambda right, penalty: np.where(right, 1.0, penalty)),
            "Guessing would pay.",
            "a sign.",
        ),
        WrongIdea(
            "a wrong answer that costs nothing",
            _paid(lambda right, penalty: right * 1.0),
            "The penalty was thought of in the decision, and has to be paid as well.",
            "what is a wrong answer worth?",
        ),
        WrongIdea(
            "a wrong answer that costs 1, whatever the penalty",
            _paid(lambda right, penalty: np.where(right, 1.0, -1.0)),
            "The penalty was thought of in the decision, and has to be paid as well.",
            "what is a wrong answer worth?",
        ),
        WrongIdea(
            "the penalty taken off every answer, the right ones too",
            _paid(lambda right, penalty: right - penalty),
            "A right answer is worth 1.",
            "who pays the penalty?",
        ),
        WrongIdea(
            "silence that costs the penalty as well",
            lambda confidence, right, penalty: _scored(_worth_it, -penalty)(confidence, right, penalty),
            "Then nobody would ever be silent; silence is worth 0.",
            "what is silence worth?",
        ),
        WrongIdea(
            "silence that is worth 1",
            _scored(_worth_it, 1.0),
            "Who never answers would have the full score.",
            "what is silence worth?",
        ),
        WrongIdea(
            "the score that is expected, and not the one that comes",
            lambda confidence, right, penalty: np.maximum(_expected(confidence, penalty), 0).mean(),
            "It is what a model thinks of itself; whether that is so only `right` can tell.",
            "where does `right` enter?",
        ),
        WrongIdea(
            "what is expected of every answer, and not the score that comes",
            lambda confidence, right, penalty: _expected(confidence, penalty).mean(),
            "It is what a model thinks of itself; whether that is so only `right` can tell.",
            "where does `right` enter?",
        ),
    ],
)
