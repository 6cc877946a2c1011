"""Answers to the exercises of chapter 7a: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from likely.measures import calibration


def by_hand_rates(right, silent):
    wrong = ~right & ~silent
    return jnp.array([right.mean(), wrong.mean(), wrong.sum() / jnp.maximum((~silent).sum(), 1)])


def loops_rates(right, silent):
    pairs = list(zip(np.asarray(right).tolist(), np.asarray(silent).tolist(), strict=True))
    hits = sum(a for a, b in pairs)
    made_up = sum(not a and not b for a, b in pairs)
    return [hits / len(pairs), made_up / len(pairs), made_up / (hits + made_up) if hits + made_up else 0]


def chosen_rates(right, silent):
    """The risk from the two others: where nothing is given, another divisor."""
    answered = 1 - silent.mean()
    made_up = answered - right.mean()
    return jnp.stack(
        [right.mean(), made_up, jnp.where(answered > 0, made_up / jnp.where(answered > 0, answered, 1), 0)]
    )


def masked_rates(right, silent):
    wrong = jnp.logical_not(jnp.logical_or(right, silent))
    return jnp.mean(right), jnp.mean(wrong), jnp.nan_to_num(jnp.mean(wrong, where=~silent))


def loops_error(confidence, right, bins):
    pairs = list(zip(np.asarray(confidence).tolist(), np.asarray(right).tolist(), strict=True))
    total = 0.0
    for b in range(bins):
        inside = [(c, r) for c, r in pairs if b <= c * bins < b + 1 or (b == bins - 1 and c == 1)]
        if inside:
            total += abs(sum(c for c, _ in inside) - sum(r for _, r in inside)) / len(pairs)
    return total


def edges_error(confidence, right, bins):
    edges = jnp.linspace(0, 1, bins + 1)
    which = jnp.searchsorted(edges[1:-1], confidence, side="right")
    inside = jax.nn.one_hot(which, bins)
    return jnp.abs((confidence - right) @ inside).sum() / len(right)


def histogram_error(confidence, right, bins):
    count, edges = np.histogram(confidence, bins, (0, 1))
    of_confidence = np.histogram(confidence, edges, weights=np.asarray(confidence))[0]
    of_right = np.histogram(confidence, edges, weights=np.asarray(right, float))[0]
    full = count > 0
    gaps = np.abs(of_confidence[full] / count[full] - of_right[full] / count[full])
    return (count[full] / count.sum() * gaps).sum()


def segments_error(confidence, right, bins):
    which = jnp.minimum((confidence * bins).astype(int), bins - 1)
    return jnp.abs(jax.ops.segment_sum(confidence - right, which, bins)).sum() / len(confidence)


def masks_error(confidence, right, bins):
    which = jnp.clip(jnp.floor(confidence * bins), 0, bins - 1)
    error = 0
    for b in range(bins):
        inside = which == b
        if inside.any():
            error += inside.mean() * abs(confidence[inside].mean() - right[inside].mean())
    return error


def loops_tempered(confidence, T):
    def one(c):
        return c if c in (0, 1) else 1 / (1 + math.exp(-math.log(c / (1 - c)) / T))

    return [one(c) for c in np.asarray(confidence).tolist()]


def two_outcomes_tempered(confidence, T):
    """A softmax of both outcomes."""
    logits = jnp.log(jnp.stack([confidence, 1 - confidence], axis=-1))
    return jax.nn.softmax(logits / T, axis=-1)[:, 0]


def powers_tempered(confidence, T):
    a, b = confidence ** (1 / T), (1 - confidence) ** (1 / T)
    return a / (a + b)


def kept_tempered(confidence, T):
    inside = (confidence > 0) & (confidence < 1)
    c = jnp.where(inside, confidence, 0.5)
    return jnp.where(inside, jax.nn.sigmoid((jnp.log(c) - jnp.log1p(-c)) / T), confidence)


def loops_threshold(confidence, right, risk):
    pairs = list(zip(np.asarray(confidence).tolist(), np.asarray(right).tolist(), strict=True))
    found = math.inf
    for t, _ in pairs:
        given = [r for c, r in pairs if c >= t]
        if 1 - sum(given) / len(given) <= risk + 1e-6:
            found = min(found, t)
    return found


def table_threshold(confidence, right, risk):
    given = confidence >= confidence[:, None]
    wrong = (given & ~right).sum(axis=1) / given.sum(axis=1)
    return jnp.where(wrong <= risk, confidence, jnp.inf).min()


def curve_threshold(confidence, right, risk):
    curve = calibration.risk_coverage(confidence, right)
    return jnp.min(curve.threshold, where=curve.risk <= risk, initial=jnp.inf)


def sorted_threshold(confidence, right, risk):
    order = jnp.argsort(confidence)
    c, wrong = confidence[order], ~right[order]
    first = jnp.searchsorted(c, c)  # where those begin that are as sure
    above = jnp.cumsum(wrong[::-1])[::-1][first]
    return jnp.where(above <= risk * (len(c) - first), c, jnp.inf).min()


def distinct_threshold(confidence, right, risk):
    for t in np.unique(np.asarray(confidence)):
        if np.mean(~np.asarray(right)[np.asarray(confidence) >= t]) <= risk:
            return t
    return np.inf


def mapped_threshold(confidence, right, risk):
    wrong = jax.vmap(lambda t: jnp.mean(~right, where=confidence >= t))(confidence)
    return jnp.nanmin(jnp.where(wrong <= risk, confidence, jnp.inf))


def by_hand_score(confidence, right, penalty):
    answers = confidence - (1 - confidence) * penalty > 0
    return jnp.where(answers, jnp.where(right, 1, -penalty), 0).mean()


def loops_score(confidence, right, penalty):
    total = 0.0
    for c, r in zip(np.asarray(confidence).tolist(), np.asarray(right).tolist(), strict=True):
        if c * 1 - (1 - c) * penalty > 0:
            total += 1 if r else -penalty
    return total / len(right)


def counted_score(confidence, right, penalty):
    given = confidence > penalty / (1 + penalty)
    return ((given & right).sum() - penalty * (given & ~right).sum()) / len(right)


def multiplied_score(confidence, right, penalty):
    answers = confidence * (1 + penalty) > penalty
    return jnp.mean(answers * (right - penalty * (1 - right)))


def selected_score(confidence, right, penalty):
    odds = confidence / (1 - confidence)
    return jnp.select([odds <= penalty, right], [0.0, 1.0], -penalty).mean()


RIGHT = {
    "rates": {
        "by hand": by_hand_rates,
        "loops": loops_rates,
        "chosen": chosen_rates,
        "masked": masked_rates,
        "jax": jax.jit(by_hand_rates),
        "numpy": lambda right, silent: np.array(
            [np.mean(right), np.mean(~(right | silent)), np.sum(~(right | silent)) / max(np.sum(~silent), 1)]
        ),
        "indexed": lambda right, silent: (
            right.mean(),
            (~right & ~silent).mean(),
            (~right)[~silent].mean() if (~silent).any() else 0.0,
        ),
        "counted": lambda right, silent: (
            jnp.array([right.sum(), w := (~right).sum() - silent.sum(), w])
            / jnp.array([len(right), len(right), max(len(right) - int(silent.sum()), 1)])
        ),
    },
    "calibration_error": {
        "loops": loops_error,
        "edges": edges_error,
        "histogram": histogram_error,
        "segments": segments_error,
        "masks": masks_error,
        "by weights": lambda confidence, right, bins: (
            jnp.abs(
                jnp.bincount(
                    jnp.clip(confidence * bins, 0, bins - 1).astype(jnp.int32), confidence - right, length=bins
                )
            ).sum()
            / right.size
        ),
        "this course's": calibration.calibration_error,
    },
    "tempered": {
        "by hand": lambda confidence, T: jax.nn.sigmoid(jnp.log(confidence / (1 - confidence)) / T),
        "loops": loops_tempered,
        "two outcomes": two_outcomes_tempered,
        "powers": powers_tempered,
        "kept": kept_tempered,
        "logit": lambda confidence, T: jax.scipy.special.expit(jax.scipy.special.logit(confidence) / T),
        "odds": lambda confidence, T: 1 / (1 + ((1 - confidence) / confidence) ** (1 / T)),
        "numpy": lambda confidence, T: 1 / (1 + np.exp(-(np.log(confidence) - np.log(1 - confidence)) / T)),
        "a hyperbolic tangent": lambda confidence, T: (
            (1 + jnp.tanh(jnp.log(confidence / (1 - confidence)) / T / 2)) / 2
        ),
    },
    "threshold": {
        "loops": loops_threshold,
        "table": table_threshold,
        "curve": curve_threshold,
        "sorted": sorted_threshold,
        "distinct": distinct_threshold,
        "mapped": mapped_threshold,
        "jax": jax.jit(table_threshold),
        "the shortest": lambda confidence, right, risk: min(
            [float(t) for t in confidence if jnp.mean(~right, where=confidence >= t) <= risk], default=np.inf
        ),
    },
    "score": {
        "by hand": by_hand_score,
        "loops": loops_score,
        "counted": counted_score,
        "multiplied": multiplied_score,
        "selected": selected_score,
        "jax": jax.jit(by_hand_score),
        "numpy": lambda confidence, right, penalty: np.mean(
            np.where(confidence + penalty * confidence > penalty, np.where(right, 1.0, -penalty), 0.0)
        ),
        "mapped": lambda confidence, right, penalty: jax.vmap(
            lambda c, r: jax.lax.select(c > (1 - c) * penalty, jnp.where(r, 1.0, -penalty), 0.0)
        )(confidence, right).mean(),
    },
}


def _shares(first, second, third):
    """Functions of the numbers of right, wrong and silent answers."""

    def of(right, silent):
        r, s = jnp.sum(right), jnp.sum(silent)
        w = len(right) - r - s
        return jnp.array([f(r, w, s) for f in (first, second, third)])

    return of


def _share_of_right(r, w, s):
    return r / (r + w + s)


def _share_of_wrong(r, w, s):
    return w / (r + w + s)


def _risk(r, w, s):
    return w / jnp.maximum(r + w, 1)


def _binned(function, which=lambda c, bins: jnp.clip(jnp.floor(c * bins), 0, bins - 1)):
    """Of the masks of bins that are not empty: the share of answers, mean confidence and share of right ones."""

    def error(confidence, right, bins):
        where = which(confidence, bins)
        inside = [where == b for b in sorted(set(np.asarray(where).tolist()))]
        rows = jnp.array([[i.mean(), confidence[i].mean(), right[i].mean()] for i in inside])
        return function(*rows.T)

    return error


def _weighted(share, c, right):
    return jnp.sum(share * jnp.abs(c - right))


def _at(holds):
    """The first of the rising confidences that holds; inf if none does."""

    def of(confidence, right, risk):
        for t in jnp.sort(confidence):
            if holds(confidence, right, risk, t):
                return t
        return jnp.inf

    return of


def _wrong(confidence, right, t):
    return jnp.mean(~right, where=confidence >= t)


def _falling(confidence, right, risk):
    """From the top down to the first that fails."""
    best = jnp.inf
    for t in sorted(set(np.asarray(confidence).tolist()), reverse=True):
        if _wrong(confidence, right, t) > risk:
            break
        best = t
    return best


def _prefixes(confidence, right, risk):
    order = jnp.argsort(-confidence)
    wrong = jnp.cumsum(1 - right[order]) / (1 + jnp.arange(len(right)))
    fits = jnp.flatnonzero(wrong <= risk)
    return confidence[order][fits[-1]] if len(fits) else jnp.inf


def _if_none(value):
    def of(confidence, right, risk):
        t = table_threshold(confidence, right, risk)
        return jnp.where(jnp.isinf(t), value(confidence), t)

    return of


def _decided(decide, pay=lambda right, penalty: right - penalty * ~right, silence=lambda penalty: 0):
    def of(confidence, right, penalty):
        return jnp.mean(jnp.where(decide(confidence, penalty), pay(right, penalty), silence(penalty)))

    return of


def _pays(c, p):
    return c > p / (1 + p)


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    (
        "rates",
        lambda right, silent: [right.mean(), 1 - right.mean(), masked_rates(right, silent)[2]],
        "silence counted as an invention",
    ),
    ("rates", lambda right, silent: [right.mean(), (~right).mean(), (~right).mean()], "wrong in both shares"),
    (
        "rates",
        lambda right, silent: [right.mean(), (~right & ~silent).mean(), 1 - right.mean()],
        "among the wrong ones in the risk",
    ),
    (
        "rates",
        lambda right, silent: [(right | silent).mean(), *masked_rates(right, silent)[1:]],
        "silence counted as right",
    ),
    (
        "rates",
        _shares(lambda r, w, s: r / jnp.maximum(r + w, 1), _share_of_wrong, _risk),
        "right ones among the answers that were given",
    ),
    ("rates", _shares(_share_of_right, _risk, _risk), "inventions among the answers that were given"),
    ("rates", _shares(lambda r, w, s: r / jnp.maximum(r + w, 1), _risk, _risk), "all three among"),
    ("rates", _shares(_share_of_right, _share_of_wrong, _share_of_wrong), "the same as the second"),
    (
        "rates",
        _shares(_share_of_right, _share_of_wrong, lambda r, w, s: r / jnp.maximum(r + w, 1)),
        "in the place of the risk",
    ),
    (
        "rates",
        _shares(_share_of_right, _share_of_wrong, lambda r, w, s: 1 - r / jnp.maximum(r + w, 1)),
        "1 where no answer is given",
    ),
    (
        "rates",
        lambda right, silent: [*masked_rates(right, silent)[:2], 1 - silent.mean()],
        "how often it answers",
    ),
    (
        "rates",
        _shares(_share_of_right, _share_of_wrong, lambda r, w, s: jnp.where(r > 0, w / jnp.maximum(r, 1), 0)),
        "for each right one",
    ),
    (
        "rates",
        lambda right, silent: [right.mean(), silent.mean(), masked_rates(right, silent)[2]],
        "the share of silence",
    ),
    ("rates", lambda right, silent: masked_rates(right, ~silent), "the other way round"),
    ("rates", lambda right, silent: by_hand_rates(right, silent)[jnp.array([1, 0, 2])], "swapped"),
    (
        "rates",
        lambda right, silent: [right.sum(), (~right & ~silent).sum(), masked_rates(right, silent)[2]],
        "numbers of answers",
    ),
    ("rates", lambda right, silent: 100 * by_hand_rates(right, silent), "per cent"),
    ("calibration_error", _binned(lambda share, c, r: jnp.mean(jnp.abs(c - r))), "bins that are not empty"),
    (
        "calibration_error",
        lambda confidence, right, bins: (
            (f := calibration.reliability(confidence, right, bins))
            and jnp.nansum(jnp.abs(f.confidence - f.right)) / bins
        ),
        "over all bins",
    ),
    (
        "calibration_error",
        lambda confidence, right, bins: (
            (f := calibration.reliability(confidence, right, bins)) and jnp.nansum(jnp.abs(f.confidence - f.right))
        ),
        "without weights",
    ),
    (
        "calibration_error",
        lambda confidence, right, bins: (
            (f := calibration.reliability(confidence, right, bins)) and jnp.nanmax(jnp.abs(f.confidence - f.right))
        ),
        "the largest distance",
    ),
    ("calibration_error", lambda confidence, right, bins: jnp.mean(confidence - right), "with its sign"),
    (
        "calibration_error",
        lambda confidence, right, bins: abs(confidence.mean() - right.mean()),
        "the two means over all answers",
    ),
    ("calibration_error", lambda confidence, right, bins: jnp.abs(right - confidence).mean(), "no bins at all"),
    ("calibration_error", lambda confidence, right, bins: jnp.mean((right - confidence) ** 2), "the Brier score"),
    ("calibration_error", _binned(lambda share, c, r: share @ (c - r) ** 2), "squares of the distances"),
    ("calibration_error", _binned(lambda share, c, r: (share @ (c - r) ** 2) ** 0.5), "the root of"),
    (
        "calibration_error",
        lambda confidence, right, bins: edges_error(
            (jnp.clip(jnp.floor(confidence * bins), 0, bins - 1) + 0.5) / bins, right, bins
        ),
        "the middle of each bin",
    ),
    (
        "calibration_error",
        lambda confidence, right, bins: segments_error(
            jnp.clip(jnp.floor(confidence * bins), 0, bins - 1) / bins + 1e-6, right, bins
        ),
        "the lower edge",
    ),
    (
        "calibration_error",
        lambda confidence, right, bins: (
            jnp.abs(
                (confidence - right)
                @ jax.nn.one_hot(jnp.searchsorted(jnp.linspace(0, 1, bins + 1)[1:-1], confidence), bins)
            ).sum()
            / len(right)
        ),
        "belong to the lower bin",
    ),
    ("calibration_error", _binned(_weighted, lambda c, bins: jnp.floor(c * bins)), "a bin of its own"),
    (
        "calibration_error",
        lambda confidence, right, bins: (
            jnp.abs((confidence - right) @ jax.nn.one_hot((confidence * bins).astype(int), bins)).mean()
            * bins
            / len(right)
        ),
        "left out",
    ),
    ("calibration_error", _binned(_weighted, lambda c, bins: jnp.rint(c * bins)), "rounding to the nearest"),
    (
        "calibration_error",
        _binned(_weighted, lambda c, bins: jnp.argsort(jnp.argsort(c)) * bins // len(c)),
        "equally full",
    ),
    (
        "calibration_error",
        _binned(
            _weighted,
            lambda c, bins: jnp.clip(
                jnp.floor((c - c.min()) / jnp.where(c.max() > c.min(), c.max() - c.min(), 1) * bins), 0, bins - 1
            ),
        ),
        "the lowest and the highest confidence",
    ),
    (
        "calibration_error",
        lambda confidence, right, bins: loops_error(confidence, ~right, bins),
        "of wrong answers",
    ),
    (
        "calibration_error",
        lambda confidence, right, bins: len(right) * edges_error(confidence, right, bins),
        "not divided by their number",
    ),
    ("tempered", lambda confidence, T: powers_tempered(confidence, 1 / T), "and not divided by it"),
    ("tempered", lambda confidence, T: confidence * (1 / T), "the confidence divided by T"),
    ("tempered", lambda confidence, T: kept_tempered(confidence, 1.0) / T, "divided by T afterwards"),
    ("tempered", lambda confidence, T: jnp.exp(jnp.log(confidence) / T), "the power c^(1/T)"),
    ("tempered", lambda confidence, T: jnp.power(confidence, T), "the power c^T"),
    (
        "tempered",
        lambda confidence, T: 1 / (1 + (1 - confidence) / jnp.power(confidence, 1 / T)),
        "only one of the two",
    ),
    ("tempered", lambda confidence, T: jax.nn.softmax(jnp.log(confidence) / T), "a softmax"),
    ("tempered", lambda confidence, T: jax.nn.sigmoid(jnp.log(confidence) / T), "log c in the place"),
    ("tempered", lambda confidence, T: jax.nn.sigmoid(confidence / T), "the confidence itself"),
    (
        "tempered",
        lambda confidence, T: jax.nn.sigmoid(confidence / (1 - confidence) / T),
        "without their log",
    ),
    (
        "tempered",
        lambda confidence, T: jax.nn.sigmoid(jnp.log((1 - confidence) / confidence) / T),
        "upside down",
    ),
    ("tempered", lambda confidence, T: jax.scipy.special.logit(confidence) / T, "no σ around"),
    ("tempered", lambda confidence, T: (confidence / (1 - confidence)) ** (1 / T), "an exponential"),
    ("tempered", lambda confidence, T: confidence / (confidence + T * (1 - confidence)), "a shift of the log odds"),
    ("tempered", lambda confidence, T: jax.nn.sigmoid(jax.scipy.special.logit(confidence) - T), "T taken away"),
    ("tempered", lambda confidence, T: jax.nn.sigmoid(jnp.log2(confidence / (1 - confidence)) / T), "in bits"),
    ("tempered", lambda confidence, T: confidence / T + (1 - 1 / T) / 2, "a straight line"),
    ("tempered", lambda confidence, T: powers_tempered(confidence, 1.0), "whatever T is"),
    (
        "threshold",
        lambda confidence, right, risk: max(
            [float(t) for t in confidence if _wrong(confidence, right, t) <= risk], default=math.inf
        ),
        "the highest confidence that holds",
    ),
    ("threshold", _falling, "stops at the first threshold that fails"),
    ("threshold", _prefixes, "one by one"),
    (
        "threshold",
        _at(lambda c, right, risk, t: (~right & (c > t)).sum() <= risk * (c > t).sum()),
        "above the threshold only",
    ),
    ("threshold", _at(lambda c, right, risk, t: _wrong(c, right, t) < risk), "may not be met"),
    (
        "threshold",
        _at(lambda c, right, risk, t: (~right & (c >= t)).mean() <= risk),
        "among all questions",
    ),
    ("threshold", _at(lambda c, right, risk, t: (~right & (c >= t)).sum() <= risk), "no mistake at all"),
    ("threshold", _at(lambda c, right, risk, t: not (~right & (c >= t)).any()), "no mistake at all"),
    ("threshold", _at(lambda c, right, risk, t: jnp.mean(right, where=c >= t) <= risk), "the share of right answers"),
    ("threshold", _at(lambda c, right, risk, t: jnp.mean(~right, where=c <= t) <= risk), "and not at least"),
    ("threshold", _at(lambda c, right, risk, t: jnp.mean(~right, where=c == t) <= risk), "exactly that confidence"),
    ("threshold", _at(lambda c, right, risk, t: 1 - t <= risk), "the lowest confidence of at least"),
    (
        "threshold",
        _at(lambda c, right, risk, t: jnp.mean(c, where=c >= t) >= 1 - risk),
        "the mean confidence is at least",
    ),
    ("threshold", lambda confidence, right, risk: 1 - jnp.float32(risk), "1 − risk"),
    ("threshold", lambda confidence, right, risk: jnp.percentile(confidence, 100 * risk), "a quantile"),
    (
        "threshold",
        lambda confidence, right, risk: min(
            [float(t) for t in confidence[right] if _wrong(confidence, right, t) <= risk], default=math.inf
        ),
        "of right answers only",
    ),
    ("threshold", _if_none(lambda c: c.max()), "the highest confidence where"),
    ("threshold", _if_none(lambda c: 1.0), "1 where no"),
    ("threshold", _if_none(lambda c: 0.0), "0 where no"),
    (
        "threshold",
        lambda confidence, right, risk: jnp.mean(confidence >= table_threshold(confidence, right, risk)),
        "how much is answered",
    ),
    ("score", lambda confidence, right, penalty: right.mean() - penalty * (~right).mean(), "to everything"),
    ("score", _decided(lambda c, p: c >= p / (1 + p)), "exactly 0"),
    ("score", _decided(lambda c, p: c - p > 0), "against the penalty itself"),
    ("score", _decided(lambda c, p: c * (1 + p) > 1), "above 1/(1 + penalty)"),
    ("score", _decided(lambda c, p: c > 0.5), "above one half"),
    ("score", _decided(lambda c, p: c <= p / (1 + p)), "silence where it is"),
    ("score", _decided(lambda c, p: c <= 1, pay=lambda right, p: 1.0 * right), "hindsight"),
    ("score", _decided(lambda c, p: _pays(c.mean(), p)), "one decision for all"),
    (
        "score",
        lambda confidence, right, penalty: jnp.nan_to_num(
            jnp.where(right, 1, -penalty).mean(where=_pays(confidence, penalty))
        ),
        "over the answers given",
    ),
    ("score", lambda confidence, right, penalty: len(right) * counted_score(confidence, right, penalty), "the sum of"),
    ("score", _decided(_pays, pay=lambda right, p: right + p * ~right), "brings the penalty"),
    ("score", lambda confidence, right, penalty: (right & _pays(confidence, penalty)).mean(), "costs nothing"),
    ("score", _decided(_pays, pay=lambda right, p: 2 * right - 1), "costs 1"),
    ("score", _decided(_pays, pay=lambda right, p: right - p), "off every answer"),
    ("score", _decided(_pays, silence=lambda p: -p), "silence that costs"),
    ("score", _decided(_pays, silence=lambda p: 1), "silence that is worth 1"),
    (
        "score",
        lambda confidence, right, penalty: jax.nn.relu(confidence * (1 + penalty) - penalty).mean(),
        "the score that is expected",
    ),
    (
        "score",
        lambda confidence, right, penalty: confidence.mean() * (1 + penalty) - penalty,
        "expected of every answer",
    ),
]
