"""Answers to the exercises of chapter 7c: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import scipy.optimize
import scipy.stats

from likely.measures import agreement


def by_hand_kappa(first, second, kinds):
    same = (first == second).mean()
    chance = sum((first == k).mean() * (second == k).mean() for k in range(kinds))
    return jnp.where(chance < 1, (same - chance) / jnp.where(chance < 1, 1 - chance, 1), 0)


def table_kappa(first, second, kinds):
    """From the table of how often each pair of labels is given."""
    table = jnp.zeros((kinds, kinds)).at[first, second].add(1) / len(first)
    chance = table.sum(axis=0) @ table.sum(axis=1)
    return jnp.nan_to_num((jnp.trace(table) - chance) / (1 - chance), nan=0.0)


def loops_kappa(first, second, kinds):
    a, b = np.asarray(first).tolist(), np.asarray(second).tolist()
    n = len(a)
    same = sum(x == y for x, y in zip(a, b, strict=True)) / n
    chance = sum(a.count(k) * b.count(k) for k in range(kinds)) / n**2
    return 0.0 if chance == 1 else (same - chance) / (1 - chance)


def pairs_kappa(first, second, kinds):
    """How often they differ, against how often those of any two drafts do."""
    differ, by_chance = (first != second).mean(), (first[:, None] != second[None, :]).mean()
    return jnp.where(by_chance > 0, 1 - differ / jnp.maximum(by_chance, 1e-9), 0.0)


def course_kappa(first, second, kinds):
    found = agreement.kappa(first, second)
    return 0.0 if math.isnan(found) else found


def loops_above(met, empty):
    found = []
    for mine, none in zip(np.asarray(met).T.tolist(), np.asarray(empty).T.tolist(), strict=True):
        gained = (sum(mine) - sum(none)) / len(mine)
        room = 1 - sum(none) / len(none)
        found.append(gained / room if any(x == 0 for x in none) else gained)
    return found


def counted_above(met, empty):
    room = (1 - empty).sum(axis=0)
    return (met - empty).sum(axis=0) / jnp.where(room > 0, room, len(met))


def safe_above(met, empty):
    m, b = met.mean(0), empty.mean(0)
    return jnp.where(b == 1, m - b, (m - b) / jnp.where(b == 1, 1, 1 - b))


def missing_above(met, empty):
    """1 less what is still missing, as a share of what an empty draft misses."""
    m, b = (1 - met).mean(axis=0), (1 - empty).mean(axis=0)
    return jnp.where(b > 0, 1 - m / jnp.where(b > 0, b, 1), -m)


def loops_lane(reasons, order):
    rows, order = np.asarray(reasons).tolist(), np.asarray(order).tolist()
    return [next((j for j in order if row[j]), 4) for row in rows]


def select_lane(reasons, order):
    return jnp.select([reasons[:, j] for j in order], [*order], 4)


def backwards_lane(reasons, order):
    """What is asked first is written last."""
    found = jnp.full(len(reasons), 4)
    for j in order[::-1]:
        found = jnp.where(reasons[:, j], j, found)
    return found


def appended_lane(reasons, order):
    """A reason that is always true, behind the others."""
    asked = jnp.concatenate([reasons[:, order], jnp.ones((len(reasons), 1), bool)], axis=1)
    return jnp.append(order, 4)[asked.argmax(axis=1)]


def ranked_lane(reasons, order):
    """The least of the places in the order at which a reason is true."""
    places = jnp.where(reasons, jnp.argsort(order), 9)
    return jnp.where(places.min(axis=1) < 9, places.argmin(axis=1), 4)


def loops_caught(flagged, wrong):
    pairs = list(zip(np.asarray(flagged).tolist(), np.asarray(wrong).tolist(), strict=True))
    both = sum(f and w for f, w in pairs)
    n_wrong, n_flagged = sum(w for _, w in pairs), sum(f for f, _ in pairs)
    return [both / n_wrong if n_wrong else 1, both / n_flagged if n_flagged else 1]


def masked_caught(flagged, wrong):
    shares = [jnp.mean(flagged, where=wrong), jnp.mean(wrong, where=flagged)]
    return jnp.nan_to_num(jnp.stack(shares), nan=1.0)


def failing_caught(flagged, wrong):
    """From what was missed, and what was flagged in vain."""
    missed, vain = (wrong & ~flagged).sum(), (flagged & ~wrong).sum()
    return 1 - jnp.array([missed / jnp.maximum(wrong.sum(), 1), vain / jnp.maximum(flagged.sum(), 1)])


def products_caught(flagged, wrong):
    both = jnp.sum(flagged * wrong)
    n = jnp.array([wrong.sum(), flagged.sum()])
    return jnp.where(n, both / jnp.where(n, n, 1), 1)


def halving_at_most(k, n):
    low, high = 0.0, 1.0
    for _ in range(50):
        p = (low + high) / 2
        few = sum(math.comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1))
        low, high = (p, high) if few > 0.05 else (low, p)
    return high


def grid_at_most(k, n):
    p = jnp.linspace(0, 1, 200_001)[:, None]
    j = jnp.arange(k + 1)
    few = jax.scipy.stats.binom.pmf(j, n, p).sum(axis=1)
    return jnp.where(few >= 0.05, p[:, 0], 0).max()


def rooted_at_most(k, n):
    return 1.0 if k == n else scipy.optimize.brentq(lambda p: scipy.stats.binom.cdf(k, n, p) - 0.05, 0, 1)


def beta_at_most(k, n):
    low, high = jnp.zeros(()), jnp.ones(())
    for _ in range(40):
        p = (low + high) / 2
        few = jax.scipy.special.betainc(n - k + 1e-6, k + 1.0, 1 - p)
        low, high = jnp.where(few > 0.05, p, low), jnp.where(few > 0.05, high, p)
    return low


RIGHT = {
    "kappa": {
        "by hand": by_hand_kappa,
        "table": table_kappa,
        "loops": loops_kappa,
        "pairs": pairs_kappa,
        "this course's": course_kappa,
        "jax": jax.jit(by_hand_kappa, static_argnums=2),
        "one-hot": lambda first, second, kinds: jnp.nan_to_num(
            1
            - (first != second).mean()
            / (1 - jax.nn.one_hot(first, kinds).mean(axis=0) @ jax.nn.one_hot(second, kinds).mean(axis=0)),
            nan=0.0,
        ),
    },
    "above_nothing": {
        "loops": loops_above,
        "counted": counted_above,
        "safe": safe_above,
        "missing": missing_above,
        "jax": jax.jit(safe_above),
    },
    "lane": {
        "loops": loops_lane,
        "select": select_lane,
        "backwards": backwards_lane,
        "appended": appended_lane,
        "ranked": ranked_lane,
        "jax": jax.jit(appended_lane),
        "mapped": jax.vmap(
            lambda row, order: jnp.where(row.any(), order[jnp.argmax(row[order])], 4), in_axes=(0, None)
        ),
    },
    "caught": {
        "loops": loops_caught,
        "masked": masked_caught,
        "failing": failing_caught,
        "products": products_caught,
        "jax": jax.jit(products_caught),
    },
    "at_most": {
        "halving": halving_at_most,
        "grid": grid_at_most,
        "rooted": rooted_at_most,
        "beta": beta_at_most,
        "scipy's test": lambda k, n: scipy.stats.binomtest(k, n, alternative="less").proportion_ci(0.95).high,
    },
}


def _frequencies(labels, kinds):
    return jnp.bincount(labels, length=kinds) / len(labels)


def _kappa(chance):
    """κ with another share of agreement by chance."""

    def of(first, second, kinds):
        same, by_chance = (first == second).mean(), chance(first, second, kinds)
        return jnp.where(by_chance < 0.9999, (same - by_chance) / jnp.maximum(1 - by_chance, 1e-4), 0.0)

    return of


def _of_shares(function):
    """Something made of p_o and p_e, 0 where p_e is 1 or there is nothing to divide by."""

    def of(first, second, kinds):
        same = (first == second).mean()
        chance = jnp.dot(_frequencies(first, kinds), _frequencies(second, kinds))
        return jnp.where(chance < 0.9999, jnp.nan_to_num(function(same, chance), nan=0, posinf=0, neginf=0), 0.0)

    return of


def _both(function, at_one=lambda m: m - 1):
    """A share for each criterion from those of the desk and of an empty draft."""

    def of(met, empty):
        pairs = zip(np.asarray(met).mean(0).tolist(), np.asarray(empty).mean(0).tolist(), strict=True)
        return [function(m, b) if b < 1 else at_one(m) for m, b in pairs]

    return of


def _over(part, whole):
    return part / whole if whole else part


def _counted(recall=None, precision=None, nothing=(1, 1)):
    """Two shares from the numbers: caught, missed, in vain, and the rest."""

    def of(flagged, wrong):
        f, w = np.asarray(flagged), np.asarray(wrong)
        numbers = [int(x.sum()) for x in (f & w, ~f & w, f & ~w, ~f & ~w)]
        usual = (lambda c, m, v, r: (c, c + m)), (lambda c, m, v, r: (c, c + v))
        chosen = [given or other for given, other in zip((recall, precision), usual, strict=True)]
        shares = [one(*numbers) for one in chosen]
        return [a / b if b else other for (a, b), other in zip(shares, nothing, strict=True)]

    return of


def _searched(few, level=0.05):
    """The largest of many p at which something is as likely as the level."""

    def of(k, n):
        p = np.linspace(0, 1, 400_001)
        return float(p[few(k, n, p) >= level - 1e-12].max(initial=0))

    return of


def _cdf(k, n, p):
    return scipy.stats.binom.cdf(k, n, p)


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("kappa", lambda first, second, kinds: jnp.mean(jnp.equal(first, second)), "the share of equal labels"),
    ("kappa", _kappa(lambda first, second, kinds: 1 / kinds), "1 over the number of kinds"),
    (
        "kappa",
        _kappa(lambda a, b, kinds: jnp.sum(_frequencies(jnp.concatenate([a, b]), kinds) ** 2)),
        "Scott",
    ),
    ("kappa", _kappa(lambda a, b, kinds: sum((a == k).mean() ** 2 for k in range(kinds))), "the first judge's"),
    ("kappa", _kappa(lambda a, b, kinds: sum((b == k).mean() ** 2 for k in range(kinds))), "the second judge's"),
    ("kappa", _kappa(lambda a, b, kinds: (a == 1).mean() * (b == 1).mean()), "one label alone"),
    ("kappa", _of_shares(lambda o, e: o - e), "not as a share"),
    ("kappa", _of_shares(lambda o, e: o / e - 1), "divided by p_e"),
    ("kappa", _of_shares(lambda o, e: 1 - e / o), "divided by p_o"),
    ("kappa", _of_shares(lambda o, e: (o - e) / (1 - o)), "divided by 1 − p_o"),
    ("kappa", _of_shares(lambda o, e: (e - o) / (1 - o)), "each other's place"),
    (
        "kappa",
        lambda first, second, kinds: (
            jnp.where((first != second).any(), 1, 0) * (1 - by_hand_kappa(first, second, kinds))
        ),
        "how far they differ",
    ),
    (
        "kappa",
        lambda first, second, kinds: jnp.nan_to_num(
            (lambda e: ((first == second).mean() - e) / (1 - e))(
                _frequencies(first, kinds) @ _frequencies(second, kinds)
            ),
            nan=1.0,
        ),
        "1 where both always",
    ),
    ("kappa", lambda first, second, kinds: jnp.nan_to_num(jnp.corrcoef(first, second)[0, 1], nan=0.0), "correlation"),
    ("above_nothing", lambda met, empty: jnp.mean(met, axis=0), "with nothing taken off"),
    ("above_nothing", lambda met, empty: (met - empty).mean(axis=0), "met − base"),
    ("above_nothing", _both(lambda m, b: _over(m - b, b)), "divided by the base"),
    ("above_nothing", _both(lambda m, b: _over(m - b, m)), "divided by the share met"),
    ("above_nothing", _both(lambda m, b: _over(m - b, 1 - m)), "divided by what is still missing"),
    ("above_nothing", lambda met, empty: safe_above(empty, met), "each other's place"),
    ("above_nothing", _both(lambda m, b: (m - b) / (1 - b), lambda m: 0), "0 where the empty draft"),
    ("above_nothing", _both(lambda m, b: (m - b) / (1 - b), lambda m: 1), "1 where the empty draft"),
    ("above_nothing", _both(lambda m, b: (m - b) / (1 - b), lambda m: m), "the share met where the empty draft"),
    (
        "above_nothing",
        lambda met, empty: jnp.where(
            empty.all(axis=0), (met - empty).mean(axis=0), jnp.nan_to_num(jnp.mean(met, axis=0, where=empty == 0))
        ),
        "where an empty draft does not do",
    ),
    ("above_nothing", lambda met, empty: jax.nn.relu(safe_above(met, empty)), "nothing below 0"),
    ("above_nothing", lambda met, empty: jnp.sqrt(safe_above(met, empty) ** 2), "without the sign"),
    (
        "above_nothing",
        lambda met, empty: (met.mean(axis=0) - empty.mean()) / jnp.where(empty.all(), 1, 1 - empty.mean()),
        "one base for all",
    ),
    ("above_nothing", lambda met, empty: safe_above(met.T, empty.T), "one number for each message"),
    ("above_nothing", lambda met, empty: jnp.mean(safe_above(met, empty)), "all criteria in one"),
    ("above_nothing", lambda met, empty: jnp.abs(met - empty).mean(axis=0), "differ"),
    ("above_nothing", lambda met, empty: ((met == 1) & (empty == 0)).mean(axis=0), "were gained"),
    ("above_nothing", _both(lambda m, b: (1 - m) / (1 - b)), "still missing"),
    ("lane", lambda reasons, order: order[jnp.argmax(reasons[:, order], axis=1)], "where no reason is true"),
    (
        "lane",
        lambda reasons, order: jnp.where(reasons.any(1), jnp.argmax(reasons[:, order], axis=1), 4),
        "its place in the order",
    ),
    ("lane", lambda reasons, order: loops_lane(reasons, np.argsort(order)), "read as ranks"),
    ("lane", lambda reasons, order: select_lane(reasons, order[::-1]), "the last reason"),
    ("lane", lambda reasons, order: jnp.where(reasons.any(1), reasons.argmax(1), 4), "whatever `order` is"),
    ("lane", lambda reasons, order: jnp.select([reasons[:, j] for j in (3, 2, 1, 0)], [3, 2, 1, 0], 4), "the largest"),
    (
        "lane",
        lambda reasons, order: jnp.where(reasons.any(1), order[order[reasons[:, order].argmax(1)]], 4),
        "once too often",
    ),
    (
        "lane",
        lambda reasons, order: jnp.where(reasons.any(1), order[(~reasons[:, order]).argmax(1)], 4),
        "the first reason that is not true",
    ),
    ("lane", lambda reasons, order: [j + 1 for j in loops_lane(reasons, order)], "from 1"),
    ("lane", lambda reasons, order: jnp.select([reasons[:, j] for j in order], [*order], -1), "−1"),
    ("lane", lambda reasons, order: jnp.select([reasons[:, j] for j in order], [*order], order[-1]), "the last in"),
    ("lane", lambda reasons, order: jnp.select([reasons[:, j] for j in order], [*order], 0), "0 where no reason"),
    ("lane", lambda reasons, order: jnp.count_nonzero(reasons, axis=1), "how many"),
    ("lane", lambda reasons, order: 1 * reasons[:, order], "a table"),
    ("caught", lambda flagged, wrong: masked_caught(flagged, wrong)[::-1], "precision first"),
    ("caught", _counted(nothing=(0, 1)), "a recall of 0"),
    ("caught", _counted(nothing=(1, 0)), "a precision of 0"),
    (
        "caught",
        lambda flagged, wrong: jnp.nan_to_num(masked_caught(flagged, wrong)) * jnp.array([wrong.any(), flagged.any()]),
        "0 for both",
    ),
    ("caught", _counted(recall=lambda c, m, v, r: (c, c + m + v + r)), "in the place of the recall"),
    ("caught", _counted(precision=lambda c, m, v, r: (c, c + m + v + r)), "in the place of the precision"),
    ("caught", lambda flagged, wrong: jnp.stack([(flagged & wrong).mean()] * 2), "in the place of both"),
    ("caught", lambda flagged, wrong: jnp.stack([1 - (flagged ^ wrong).mean()] * 2), "agree"),
    ("caught", _counted(*[lambda c, m, v, r: (c, c + m + v)] * 2), "Jaccard"),
    ("caught", _counted(precision=lambda c, m, v, r: (v, v + r)), "right drafts that are flagged"),
    ("caught", _counted(precision=lambda c, m, v, r: (v, v + c)), "flagged drafts that are right"),
    ("caught", _counted(recall=lambda c, m, v, r: (m, m + c)), "missed"),
    ("caught", _counted(recall=lambda c, m, v, r: (r, r + v)), "right drafts that pass"),
    ("caught", lambda flagged, wrong: masked_caught(jnp.logical_not(flagged), wrong), "read as a pass"),
    ("caught", lambda flagged, wrong: masked_caught(flagged, wrong == 0), "read as a right one"),
    ("caught", lambda flagged, wrong: loops_caught(~flagged, ~wrong), "of the drafts that are right"),
    ("caught", lambda flagged, wrong: jnp.stack([flagged.mean(), wrong.mean()]), "the share that is flagged, and"),
    ("caught", lambda flagged, wrong: jnp.repeat(jnp.sum(flagged * wrong), 2), "numbers of drafts"),
    ("at_most", lambda k, n: jnp.float32(k) / n, "k / n"),
    ("at_most", lambda k, n: scipy.stats.binomtest(k, n).proportion_ci(0.95).high, "two sides"),
    ("at_most", _searched(_cdf, 0.95), "0.95 in the place"),
    ("at_most", lambda k, n: scipy.stats.beta.ppf(0.99, k + 1, n - k) if k < n else 1, "0.01 in the place"),
    (
        "at_most",
        lambda k, n: scipy.stats.binomtest(k, n, alternative="greater").proportion_ci(0.95).low,
        "the lower bound",
    ),
    ("at_most", _searched(lambda k, n, p: _cdf(k - 1, n, p)), "fewer than k"),
    ("at_most", _searched(lambda k, n, p: scipy.stats.binom.pmf(k, n, p)), "exactly k"),
    ("at_most", lambda k, n: -jnp.expm1(jnp.log(0.05) / n), "the bound for none"),
    ("at_most", lambda k, n: jnp.exp(jnp.log(0.05) / n), "the n-th root"),
    ("at_most", lambda k, n: 3 / n + k / n, "the rule of three"),
    ("at_most", lambda k, n: (1 + k) / (2 + n), "Laplace"),
    ("at_most", lambda k, n: k / n + scipy.stats.norm.ppf(0.95) * (k * (n - k) / n**3) ** 0.5, "1.645"),
    ("at_most", lambda k, n: k / n + 1.96 * (k * (n - k) / n**3) ** 0.5, "1.96"),
    ("at_most", lambda k, n: scipy.stats.chi2.ppf(0.95, 2 * k + 2) / (2 * n), "Poisson"),
    ("at_most", lambda k, n: n * halving_at_most(k, n), "how many of n"),
    ("at_most", lambda k, n: 1 - grid_at_most(k, n), "that one goes well"),
    ("at_most", lambda k, n: 100 * rooted_at_most(k, n), "per cent"),
]
