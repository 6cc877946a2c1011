"""Answers to the exercises of chapter 7b: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from likely.measures import ranking


def by_hand_weights(counts, lengths, k1, b):
    N, n = counts.shape[1], (counts > 0).sum(axis=1)
    rarity = jnp.log1p((N - n + 0.5) / (n + 0.5))
    return rarity[:, None] * counts / (counts + k1 * (1 - b + b * lengths / lengths.mean()))


def loops_weights(counts, lengths, k1, b):
    counts, lengths = np.asarray(counts).tolist(), np.asarray(lengths).tolist()
    mean = sum(lengths) / len(lengths)
    rows = []
    for of_word in counts:
        n = sum(f > 0 for f in of_word)
        rarity = math.log(1 + (len(lengths) - n + 0.5) / (n + 0.5))
        pairs = zip(of_word, lengths, strict=True)
        rows.append([rarity * f / (f + k1 * (1 - b + b * length / mean)) for f, length in pairs])
    return rows


def divided_weights(counts, lengths, k1, b):
    """Above and below the line divided by the count, where there is one."""
    N, n = counts.shape[1], jnp.count_nonzero(counts, axis=1)[:, None]
    norm = k1 * ((1 - b) + b * lengths * len(lengths) / lengths.sum())
    part = jnp.where(counts > 0, 1 / (1 + norm / jnp.where(counts > 0, counts, 1)), 0)
    return jnp.log((N + 1) / (n + 0.5)) * part


def loops_ndcg(gains, k):
    gains = np.asarray(gains).tolist()

    def dcg(some):
        return sum(g / math.log2(r + 1) for r, g in enumerate(some[:k], start=1))

    best = dcg(sorted(gains, reverse=True))
    return dcg(gains) / best if best else 0.0


def masked_ndcg(gains, k):
    places = jnp.arange(len(gains))
    discounts = jnp.where(places < k, 1 / jnp.log2(places + 2.0), 0)
    best = -jnp.sort(-gains) @ discounts
    return jnp.where(best > 0, gains @ discounts / jnp.where(best > 0, best, 1), 0)


def top_ndcg(gains, k):
    k = min(k, len(gains))
    discounts = jnp.log(2) / jnp.log(jnp.arange(2, k + 2))
    return jnp.nan_to_num((gains[:k] @ discounts) / (jax.lax.top_k(gains, k)[0] @ discounts))


def course_ndcg(gains, k):
    of_use = {i: g for i, g in enumerate(np.asarray(gains).tolist()) if g > 0}
    return ranking.ndcg(range(len(gains)), of_use, k) if of_use else 0.0


def loops_fuse(ranks, k):
    return [sum(1 / (k + r) for r in column if r) for column in np.asarray(ranks).T.tolist()]


def safe_fuse(ranks, k):
    found = ranks > 0
    return (found / jnp.where(found, k + ranks, 1)).sum(axis=0)


def loops_support(claims, asked, shown):
    asked, shown = set(np.asarray(asked).tolist()), set(np.asarray(shown).tolist())
    new = [c for c in np.asarray(claims).tolist() if c >= 0 and c not in asked]
    return sum(c in shown for c in new) / len(new) if new else 1.0


def table_support(claims, asked, shown):
    new = (claims >= 0) & ~(claims[:, None] == asked).any(axis=1)
    found = new & (claims[:, None] == shown).any(axis=1)
    return jnp.where(new.sum() == 0, 1.0, found.sum() / jnp.maximum(1, new.sum()))


def sets_support(claims, asked, shown):
    new = set(map(int, claims)) - set(map(int, asked)) - {-1}
    return len(new & set(map(int, shown))) / len(new) if new else 1


def mean_support(claims, asked, shown):
    new = (claims != -1) & jnp.isin(claims, asked, invert=True)
    return jnp.nan_to_num(jnp.isin(claims, shown).mean(where=new), nan=1.0)


def loops_price(outcomes, answerable, probability, threshold):
    rows = list(zip(*(np.asarray(x).tolist() for x in (outcomes, answerable, probability)), strict=True))
    yes, no = [r for r in rows if r[1]], [r for r in rows if not r[1]]
    threshold = float(np.float32(threshold))
    lost = sum(o == 0 and p < threshold for o, _, p in yes) / len(yes)
    before = sum(o == 2 for o, _, p in no) / len(no)
    return lost, before, sum(o == 2 and p >= threshold for o, _, p in no) / len(no)


def masked_price(outcomes, answerable, probability, threshold):
    stopped, nothing = probability < threshold, ~answerable
    invented = (outcomes == 2) & nothing
    return jnp.array(
        [
            ((outcomes == 0) & answerable & stopped).sum() / answerable.sum(),
            invented.sum() / nothing.sum(),
            (invented & ~stopped).sum() / nothing.sum(),
        ]
    )


def selected_price(outcomes, answerable, probability, threshold):
    after = jnp.where(probability < threshold, 1, outcomes)
    return [
        (outcomes[answerable] == 0).mean() - (after[answerable] == 0).mean(),
        (outcomes[~answerable] == 2).mean(),
        (after[~answerable] == 2).mean(),
    ]


def loops_interval(first, second, draws):
    first, second = np.asarray(first), np.asarray(second)
    found = [first[d].mean() - second[d].mean() for d in np.asarray(draws)]
    return np.percentile(found, 2.5), np.percentile(found, 97.5)


def mapped_interval(first, second, draws):
    found = jax.vmap(lambda d: jnp.take(first, d).mean() - jnp.take(second, d).mean())(draws)
    return jnp.percentile(found, jnp.array([2.5, 97.5]))


def counted_interval(first, second, draws):
    """By how often each question is in a draw."""
    often = jax.nn.one_hot(draws, len(first)).sum(axis=1) / len(first)  # (draw, n)
    return jnp.quantile(often @ (first - second), jnp.array([0.025, 0.975]))


RIGHT = {
    "bm25_weights": {
        "by hand": by_hand_weights,
        "loops": loops_weights,
        "divided": divided_weights,
        "jax": jax.jit(by_hand_weights),
        "mapped": jax.vmap(
            lambda f, lengths, k1, b: (
                jnp.log1p((len(f) - (f > 0).sum() + 0.5) / ((f > 0).sum() + 0.5))
                * (f / (f + k1 * (1 - b + b * lengths / jnp.mean(lengths))))
            ),
            in_axes=(0, None, None, None),
        ),
    },
    "ndcg": {
        "loops": loops_ndcg,
        "masked": masked_ndcg,
        "top": top_ndcg,
        "this course's": course_ndcg,
        "numpy": lambda gains, k: (
            (np.asarray(gains)[:k] / np.log2(np.arange(len(gains[:k])) + 2)).sum()
            / max((np.sort(gains)[::-1][:k] / np.log2(np.arange(len(gains[:k])) + 2)).sum(), 1e-30)
        ),
        "any base": lambda gains, k: (
            (gains[:k] / jnp.log(jnp.arange(len(gains[:k])) + 2)).sum()
            / jnp.maximum((jnp.sort(gains, descending=True)[:k] / jnp.log(jnp.arange(len(gains[:k])) + 2)).sum(), 1e-9)
        ),
    },
    "fuse": {
        "loops": loops_fuse,
        "safe": safe_fuse,
        "by hand": lambda ranks, k: jnp.where(ranks > 0, 1 / (k + ranks), 0).sum(axis=0),
        "jax": jax.jit(safe_fuse),
        "infinite ranks": lambda ranks, k: (1 / (k + jnp.where(ranks == 0, jnp.inf, ranks))).sum(0),
        "scanned": lambda ranks, k: sum(jnp.where(row, 1 / (k + row), 0) for row in ranks),
    },
    "support": {
        "loops": loops_support,
        "table": table_support,
        "sets": sets_support,
        "mean": mean_support,
        "jax": jax.jit(table_support),
    },
    "price": {
        "loops": loops_price,
        "masked": masked_price,
        "selected": selected_price,
        "jax": jax.jit(masked_price),
    },
    "interval": {
        "loops": loops_interval,
        "mapped": mapped_interval,
        "counted": counted_interval,
        "of differences": lambda first, second, draws: jnp.quantile(
            (first - second)[draws].mean(axis=-1), jnp.array([0.025, 0.975])
        ),
        "two calls": lambda first, second, draws: [
            jnp.quantile(jnp.mean(first[draws], 1) - jnp.mean(second[draws], 1), q) for q in (0.025, 0.975)
        ],
        "jax": jax.jit(counted_interval),
    },
}


def _weights(rarity=None, part=None, n=None, relative=None):
    """The formula with one of its parts replaced."""

    def of(counts, lengths, k1, b):
        have = jnp.sum(counts > 0, axis=1, keepdims=True) if n is None else n(counts)
        ratio = lengths / jnp.mean(lengths) if relative is None else relative(counts, lengths)
        N = counts.shape[1]
        first = jnp.log((N + 1) / (have + 0.5)) if rarity is None else rarity(N, have)
        return first * (counts / (counts + k1 * (1 - b + b * ratio)) if part is None else part(counts, ratio, k1, b))

    return of


def _dcg(gains, k, discount=lambda r: 1 / jnp.log2(r + 1)):
    some = gains[:k]
    return jnp.sum(some * discount(jnp.arange(1, len(some) + 1)))


def _ratio(discount=lambda r: 1 / jnp.log2(r + 1), gain=lambda g: g, best=lambda g, k: -jnp.sort(-g)):
    def of(gains, k):
        whole = _dcg(gain(best(gains, k)), k, discount)
        return jnp.where(whole > 0, _dcg(gain(gains), k, discount) / jnp.where(whole > 0, whole, 1), 0)

    return of


def _each(one):
    """A sum over the retrievers that have found it, of something made of rank and k."""
    return lambda ranks, k: sum(jnp.where(row > 0, one(jnp.maximum(row, 1), k), 0) for row in ranks)


def _claimed(function, otherwise=1.0):
    """A share from sets of claims, of what is asked, and of what is shown."""

    def of(claims, asked, shown):
        sets = [set(np.asarray(x).tolist()) - {-1} for x in (claims, asked, shown)]
        part, whole = function(*sets)
        return part / whole if whole else otherwise

    return of


def _changed(lost=None, before=None, after=None, through=lambda p, t: p >= t):
    def of(outcomes, answerable, probability, threshold):
        arguments = outcomes, answerable, through(probability, threshold)
        right = masked_price(outcomes, answerable, 1.0 * arguments[2], 0.5)
        parts = zip((lost, before, after), right, strict=True)
        return jnp.stack([jnp.asarray(x, float) if f is None else jnp.asarray(f(*arguments), float) for f, x in parts])

    return of


def _ends(values, low=2.5, high=97.5):
    return jnp.percentile(values, jnp.array([low, high]))


def _found(first, second, draws):
    return first[draws].mean(1) - second[draws].mean(1)


def _from_found(function):
    return lambda first, second, draws: jnp.stack([*function(_found(first, second, draws))])


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("bm25_weights", _weights(rarity=lambda N, n: jnp.log(N - n + 0.5) - jnp.log(n + 0.5)), "without the 1"),
    ("bm25_weights", _weights(rarity=lambda N, n: jnp.log(N / n)), "tf-idf"),
    ("bm25_weights", _weights(rarity=lambda N, n: 1), "no rarity"),
    ("bm25_weights", _weights(rarity=lambda N, n: jnp.log((N + 1) / (N - n + 0.5))), "upside down"),
    ("bm25_weights", _weights(rarity=lambda N, n: jnp.log2((N + 1) / (n + 0.5))), "base 2"),
    ("bm25_weights", _weights(rarity=lambda N, n: jnp.log10((N + 1) / (n + 0.5))), "base 10"),
    ("bm25_weights", lambda counts, lengths, k1, b: by_hand_weights(counts, lengths, k1, b) * (1 + k1), "k1 + 1"),
    ("bm25_weights", _weights(n=lambda counts: counts.sum(1)[:, None]), "occurrences in all passages"),
    ("bm25_weights", _weights(n=lambda counts: jnp.count_nonzero(counts, axis=0)), "the wrong axis"),
    ("bm25_weights", _weights(part=lambda f, ratio, k1, b: f), "no saturation"),
    (
        "bm25_weights",
        _weights(part=lambda f, ratio, k1, b: jnp.where(f > 0, 1 / (1 + k1 * (1 - b + b * ratio)), 0)),
        "the presence of a word",
    ),
    ("bm25_weights", _weights(part=lambda f, ratio, k1, b: 1 - k1 / (f + k1)), "no regard to length"),
    ("bm25_weights", lambda counts, lengths, k1, b: by_hand_weights(counts, lengths, k1, 1 - b), "each other's place"),
    ("bm25_weights", _weights(relative=lambda counts, lengths: lengths.mean() / lengths), "lengths upside down"),
    ("bm25_weights", _weights(relative=lambda counts, lengths: lengths), "the length itself"),
    ("bm25_weights", _weights(relative=lambda counts, lengths: lengths / jnp.sum(lengths)), "together"),
    ("bm25_weights", _weights(relative=lambda counts, lengths: lengths / jnp.max(lengths)), "over the longest"),
    ("bm25_weights", lambda counts, lengths, k1, b: by_hand_weights(counts, lengths, 1, b), "k1 left out"),
    ("bm25_weights", _weights(part=lambda f, ratio, k1, b: f / (f + k1 * (1 - b) + b * ratio)), "bracket"),
    (
        "bm25_weights",
        lambda counts, lengths, k1, b: jnp.asarray(loops_weights(counts, lengths, k1, b)).sum(0),
        "the sum over the words",
    ),
    ("ndcg", _dcg, "without the best"),
    ("ndcg", _ratio(best=lambda g, k: -jnp.sort(-g[:k])), "and not of all"),
    (
        "ndcg",
        lambda gains, k: jnp.nan_to_num(_dcg(gains, k) / _dcg(-jnp.sort(-gains), len(gains))),
        "not cut at k",
    ),
    ("ndcg", lambda gains, k: _dcg(gains, k) / _dcg(jnp.ones(k), k), "k places that are all of use"),
    ("ndcg", _ratio(best=lambda g, k: jnp.sort(g)), "from the smallest on"),
    ("ndcg", _ratio(discount=lambda r: 1 / jnp.log2(r + 2)), "and then once more"),
    ("ndcg", _ratio(discount=lambda r: jnp.where(r > 1, 1 / jnp.log2(jnp.maximum(r, 2)), 1)), "the first paper"),
    ("ndcg", _ratio(discount=lambda r: 1 / r), "a discount of 1 / r"),
    ("ndcg", _ratio(discount=lambda r: jnp.log2(r + 1)), "and not divided by it"),
    ("ndcg", _ratio(discount=jnp.ones_like), "no discounts"),
    ("ndcg", _ratio(gain=lambda g: jnp.exp2(g) - 1), "2^g"),
    ("ndcg", _ratio(gain=lambda g: jnp.log2(1 + g)), "the log of gains"),
    ("ndcg", _ratio(gain=jnp.sign), "useful or not"),
    ("ndcg", lambda gains, k: _ratio()(gains, 10**6), "whatever k is"),
    ("ndcg", lambda gains, k: jnp.sum(gains[:k]) / k, "a precision"),
    ("ndcg", lambda gains, k: 1 / (1 + jnp.argmax(gains > 0)) * (gains[:k] > 0).any(), "the reciprocal rank"),
    ("ndcg", lambda gains, k: jnp.where(gains.any(), _ratio()(gains, k), 1), "1 where nothing is of use"),
    ("ndcg", lambda gains, k: 1 - loops_ndcg(gains, k), "the distance to a perfect list"),
    ("fuse", lambda ranks, k: jnp.sum(1 / (k + ranks), axis=0), "taken for the best"),
    ("fuse", _each(lambda r, k: 1 / r), "without k"),
    ("fuse", _each(lambda r, k: 1 / (k + r - 1)), "counted from 0"),
    ("fuse", _each(lambda r, k: 1 / (k + r + 1)), "counted from 2"),
    ("fuse", lambda ranks, k: jnp.where(ranks > 0, 1 / (k + ranks), 0).mean(axis=0), "over all retrievers"),
    (
        "fuse",
        lambda ranks, k: jnp.nan_to_num(jnp.mean(1 / (k + jnp.maximum(ranks, 1)), axis=0, where=ranks > 0)),
        "that have found it",
    ),
    ("fuse", lambda ranks, k: jnp.max(jnp.where(ranks > 0, 1 / (k + ranks), 0), axis=0), "the best of"),
    ("fuse", lambda ranks, k: jnp.prod(jnp.where(ranks > 0, 1 / (k + ranks), 0), axis=0), "a product"),
    ("fuse", lambda ranks, k: safe_fuse(ranks, k) * (ranks.min(axis=0) > 0), "only what all"),
    (
        "fuse",
        lambda ranks, k: (1 / (k + jnp.where(ranks == 0, ranks.shape[1] + 1, ranks))).sum(0),
        "behind the last",
    ),
    ("fuse", lambda ranks, k: jnp.nan_to_num(ranks.any(0) / (k + ranks.sum(0))), "the sum of the ranks"),
    ("fuse", _each(lambda r, k: 1 / (k * r)), "k · rank"),
    ("fuse", _each(lambda r, k: k / (k + r)), "k / (k + rank)"),
    ("fuse", lambda ranks, k: ((ranks.shape[1] + 1 - ranks) * (ranks > 0)).sum(0), "Borda"),
    (
        "fuse",
        lambda ranks, k: safe_fuse(ranks, k) / jnp.maximum(safe_fuse(ranks, k).sum(), 1e-9),
        "add up to 1",
    ),
    ("fuse", lambda ranks, k: jnp.where(ranks > 0, 1 / (k + ranks), 0).sum(axis=1), "not over the retrievers"),
    (
        "support",
        lambda claims, asked, shown: jnp.nan_to_num(
            jnp.mean(jnp.isin(claims, shown), where=~jnp.isin(claims, asked)), nan=1.0
        ),
        "taken for a claim",
    ),
    (
        "support",
        lambda claims, asked, shown: ((claims >= 0) & jnp.isin(claims, shown) & ~jnp.isin(claims, asked)).mean(),
        "−1 and all",
    ),
    ("support", _claimed(lambda c, a, s: (len(c & s), len(c))), "held against the passages"),
    ("support", _claimed(lambda c, a, s: (len(c & (s | a)), len(c))), "or in the question"),
    ("support", _claimed(lambda c, a, s: (len((c - a) & s), len(c))), "among all claims"),
    ("support", _claimed(lambda c, a, s: (len(c & s), len(c - a))), "among the new ones"),
    ("support", _claimed(lambda c, a, s: (len((c - s) & a), len(c - s))), "taken for a source"),
    ("support", _claimed(lambda c, a, s: (len((c - a) & s), len(c - a)), 0.0), "0 where there is nothing new"),
    ("support", _claimed(lambda c, a, s: (len(c - a - s), len(c - a))), "not supported"),
    ("support", _claimed(lambda c, a, s: (len((c - a) & s), bool(c - a))), "the number of claims"),
    ("support", _claimed(lambda c, a, s: (c - a <= s, 1)), "all or nothing"),
    ("support", _claimed(lambda c, a, s: (bool((c - a) & s), bool(c - a))), "if any new claim"),
    ("support", _claimed(lambda c, a, s: (len((c - a) & s), len(s) if c - a else 0)), "a recall"),
    ("support", _claimed(lambda c, a, s: (len((c - a) & s), len((c - a) | s) if c - a else 0)), "Jaccard"),
    ("price", _changed(through=lambda p, t: p > t), "at the threshold stopped"),
    ("price", _changed(through=lambda p, t: ~(p >= t)), "the unlikely ones let through"),
    ("price", _changed(lost=lambda o, a, t: (a & (o == 0) & ~t).mean()), "and not among those that are answerable"),
    (
        "price",
        _changed(before=lambda o, a, t: (~a & (o == 2)).mean(), after=lambda o, a, t: (~a & (o == 2) & t).mean()),
        "and not among those that nothing answers",
    ),
    (
        "price",
        _changed(before=lambda o, a, t: (o == 2).mean(), after=lambda o, a, t: ((o == 2) & t).mean()),
        "of both kinds",
    ),
    (
        "price",
        _changed(before=lambda o, a, t: (o[a] == 2).mean(), after=lambda o, a, t: ((o == 2) & t)[a].mean()),
        "on the answerable questions",
    ),
    (
        "price",
        _changed(after=lambda o, a, t: jnp.nan_to_num(jnp.mean(o == 2, where=~a & t))),
        "inventions among the replies that are let through",
    ),
    (
        "price",
        _changed(lost=lambda o, a, t: (o[a] == 0).mean() - jnp.nan_to_num(jnp.mean(o == 0, where=a & t))),
        "right ones among the replies",
    ),
    (
        "price",
        _changed(lost=lambda o, a, t: jnp.nan_to_num(jnp.mean(~t, where=a & (o == 0)))),
        "the share of right replies",
    ),
    ("price", _changed(lost=lambda o, a, t: (~t)[a].mean()), "right or wrong"),
    ("price", _changed(lost=lambda o, a, t: ((o > 0) & ~t)[a].mean()), "in the place of right ones"),
    ("price", _changed(lost=lambda o, a, t: ((o == 0) & t)[a].mean()), "the accuracy that is left"),
    ("price", lambda *given: masked_price(*given) * jnp.array([-1, 1, 1]), "minus sign"),
    (
        "price",
        _changed(
            before=lambda o, a, t: (o[~a] > 0).mean(), after=lambda o, a, t: jnp.where(t, o, 1)[~a].astype(bool).mean()
        ),
        "a refusal counted as an invention",
    ),
    (
        "price",
        _changed(
            before=lambda o, a, t: (o[~a] == 1).mean(), after=lambda o, a, t: (jnp.where(t, o, 1)[~a] == 1).mean()
        ),
        "refusals in the place",
    ),
    ("price", lambda *given: masked_price(*given)[jnp.array([0, 2, 1])], "after and before"),
    ("price", lambda *given: jnp.array([[1, 0, 0], [0, 1, 0], [0, 1, -1.0]]) @ masked_price(*given), "what is gained"),
    (
        "price",
        lambda outcomes, answerable, probability, threshold: (
            masked_price(outcomes, answerable, probability, threshold)
            * jnp.stack([answerable.sum(), (~answerable).sum(), (~answerable).sum()])
        ),
        "numbers of replies",
    ),
    ("price", lambda *given: masked_price(*given) / 0.01, "per cent"),
    (
        "interval",
        lambda first, second, draws: _ends(first[draws].mean(1)) - _ends(second[draws].mean(1))[::-1],
        "the widest",
    ),
    (
        "interval",
        lambda first, second, draws: _ends(first[draws].mean(1)) - _ends(second[draws].mean(1)),
        "the lower ends of two",
    ),
    (
        "interval",
        lambda first, second, draws: _ends(first[draws].mean(1) - jnp.flip(second[draws].mean(1))),
        "other draws",
    ),
    ("interval", _from_found(lambda d: (d.mean() - 1.96 * d.std(), d.mean() + 1.96 * d.std())), "1.96 standard"),
    ("interval", _from_found(lambda d: (d.mean() - d.std(), d.mean() + d.std())), "one standard deviation"),
    ("interval", _from_found(lambda d: (jnp.min(d), jnp.max(d))), "the smallest and the largest"),
    ("interval", _from_found(lambda d: _ends(d, 5, 95)), "5 and 95"),
    ("interval", _from_found(lambda d: _ends(d, 25, 75)), "quartiles"),
    ("interval", _from_found(lambda d: _ends(-d)), "the second minus the first"),
    ("interval", _from_found(lambda d: _ends(jnp.sqrt(d**2))), "without their sign"),
    ("interval", _from_found(lambda d: _ends(d, 97.5, 2.5)), "the upper end first"),
    (
        "interval",
        lambda first, second, draws: 2 * (first - second).mean() - _ends(_found(first, second, draws), 97.5, 2.5),
        "the basic bootstrap",
    ),
    (
        "interval",
        lambda first, second, draws: _ends(_found(first, second, draws)) - (first - second).mean(),
        "how far a draw is off",
    ),
    ("interval", lambda first, second, draws: _ends((first - second)[draws].mean(0)), "the draws of each place"),
    ("interval", lambda first, second, draws: _ends((first - second)[draws]), "one by one"),
    ("interval", lambda first, second, draws: _ends(first - second), "not drawn"),
    ("interval", lambda first, second, draws: _ends((first - second)[draws].sum(1)), "sums over the questions"),
]
