"""Calibration, risk and coverage, rankings, intervals and agreement: against values by hand and plain NumPy."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from likely.measures.agreement import bootstrap_interval, kappa
from likely.measures.calibration import calibration_error, reliability, risk_coverage
from likely.measures.ranking import fused, ndcg, recall_at


def some_answers(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """25 confidences, many of them the same and some on the borders of bins, and whether each was right."""
    rng = np.random.default_rng(seed)
    return rng.choice(np.float32([0, 0.05, 0.25, 0.5, 0.75, 0.99, 1]), 25), rng.uniform(size=25) < 0.6


def test_reliability_by_hand():
    found = reliability([0.1, 0.5, 0.55, 0.9, 1.0], [False, True, False, True, True], bins=2)
    np.testing.assert_allclose(found.confidence, [0.1, (0.5 + 0.55 + 0.9 + 1) / 4], rtol=1e-6)
    np.testing.assert_allclose(found.right, [0, 0.75])
    assert found.count.tolist() == [1, 4]
    # |0.1 − 0| · 1/5 + |0.7375 − 0.75| · 4/5
    np.testing.assert_allclose(calibration_error([0.1, 0.5, 0.55, 0.9, 1.0], [0, 1, 0, 1, 1], bins=2), 0.03, rtol=1e-5)


def test_an_empty_bin_is_no_number_and_costs_nothing():
    found = reliability([0.95, 0.85], [True, True])
    assert np.isnan(found.right[:8]).all()
    np.testing.assert_allclose(calibration_error([0.95, 0.85], [True, True]), 0.1, rtol=1e-5)


def test_who_says_what_is_so_has_no_error():
    rng = np.random.default_rng(0)
    confidence = rng.uniform(size=200_000).astype(np.float32)
    right = rng.uniform(size=len(confidence)) < confidence
    assert calibration_error(confidence, right) < 0.01
    assert calibration_error(np.sqrt(confidence), right) > 0.1


@pytest.mark.parametrize("seed", range(10))
def test_the_error_is_what_loops_find(seed):
    confidence, right = some_answers(seed)
    which = np.minimum((confidence * np.float32(10)).astype(int), 9)
    gaps = [
        abs(confidence[which == i].mean() - right[which == i].mean()) * (which == i).sum()
        for i in range(10)
        if (which == i).any()
    ]
    np.testing.assert_allclose(calibration_error(confidence, right), sum(gaps) / len(right), atol=1e-5)


@pytest.mark.parametrize("seed", range(10))
def test_risk_is_what_is_wrong_above_each_threshold(seed):
    confidence, right = some_answers(seed)
    found = risk_coverage(confidence, right)
    for threshold, coverage, risk in zip(*map(np.asarray, found), strict=True):
        given_ = confidence >= threshold
        np.testing.assert_allclose(coverage, given_.mean(), atol=1e-6)
        np.testing.assert_allclose(risk, 1 - right[given_].mean(), atol=1e-6)
    np.testing.assert_allclose(found.coverage[-1], 1)


def test_they_can_be_traced():
    confidence, right = jnp.linspace(0, 1, 50), jnp.arange(50) % 3 > 0
    for function in (reliability, calibration_error, risk_coverage):
        for one, traced in zip(
            jax.tree.leaves(function(confidence, right)),
            jax.tree.leaves(jax.jit(function)(confidence, right)),
            strict=True,
        ):
            np.testing.assert_allclose(one, traced, rtol=1e-5)


@pytest.mark.parametrize("bad", [([], []), ([0.5], [True, False]), ([[0.5]], [[True]])])
def test_other_shapes_are_refused(bad):
    for function in (reliability, calibration_error, risk_coverage):
        with pytest.raises(ValueError, match="one number between 0 and 1"):
            function(*bad)


def test_ndcg_by_hand():
    gains = {"a": 3.0, "b": 2.0, "c": 1.0}
    assert ndcg("abc", gains) == pytest.approx(1)
    best = 3 + 2 / np.log2(3) + 1 / 2
    assert ndcg("xba", gains) == pytest.approx((2 / np.log2(3) + 3 / 2) / best)
    assert ndcg("xyz", gains) == 0
    assert ndcg("ca", {"a": 1.0}, k=1) == 0
    assert ndcg("", gains) == 0


@given(st.permutations(range(8)), st.dictionaries(st.integers(0, 9), st.floats(0.1, 4), min_size=1), st.integers(1, 9))
def test_ndcg_is_that_of_a_loop(ranked, gains, k):
    total = sum(gains.get(one, 0) / np.log2(i + 2) for i, one in enumerate(ranked[:k]))
    most = sum(gain / np.log2(i + 2) for i, gain in enumerate(sorted(gains.values(), reverse=True)[:k]))
    assert ndcg(ranked, gains, k) == pytest.approx(total / most)


def test_recall_counts_what_is_of_use():
    assert recall_at("abcd", "bz", 2) == 0.5
    assert recall_at("abcd", "bd", 4) == 1
    assert recall_at("abcd", "d", 3) == 0


def test_what_cannot_be_ranked_is_refused():
    with pytest.raises(ValueError, match="twice"):
        ndcg("aa", {"a": 1.0})
    with pytest.raises(ValueError, match="at least 1"):
        recall_at("ab", "a", 0)
    with pytest.raises(ValueError, match="of use"):
        ndcg("ab", {})
    with pytest.raises(ValueError, match="of use"):
        recall_at("ab", "", 3)


def test_fusion_prefers_what_several_name():
    assert fused(["abc", "bca"]) == ["b", "a", "c"]
    assert fused(["ax", "ay", "a"])[0] == "a"
    assert fused([["p"], ["q"]]) == ["p", "q"]
    assert fused([]) == []


def test_the_interval_covers_as_often_as_it_says():
    rng, hits = np.random.default_rng(0), 0
    for i in range(100):
        low, high = bootstrap_interval(rng.uniform(size=200) < 0.3, jax.random.key(i), draws=400)
        hits += low <= 0.3 <= high
    assert 88 <= hits <= 100


def test_the_interval_is_that_of_the_normal_distribution_for_a_mean():
    values = np.random.default_rng(1).normal(size=1000)
    low, high = bootstrap_interval(values, jax.random.key(0), level=0.9, draws=4000)
    half = scipy.stats.norm.ppf(0.95) * values.std() / np.sqrt(1000)
    np.testing.assert_allclose([low, high], [values.mean() - half, values.mean() + half], atol=0.005)


def test_pairs_stay_together():
    """Two models that are right on the same questions differ by nothing, whatever is drawn."""
    both = np.repeat((np.arange(60) % 3 == 0)[:, None], 2, axis=1)
    assert bootstrap_interval(both, jax.random.key(0), statistic=lambda x: (x[:, 0] * 1.0 - x[:, 1]).mean()) == (0, 0)


def test_bad_intervals_are_refused():
    with pytest.raises(ValueError, match="at least one row"):
        bootstrap_interval([], jax.random.key(0))
    with pytest.raises(ValueError, match="level"):
        bootstrap_interval([1.0], jax.random.key(0), level=95)


def test_kappa_by_hand():
    first, second = [1] * 25 + [0] * 25, [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert kappa(first, second) == pytest.approx(0.4)  # they agree on 35 of 50, by chance on 25
    assert kappa(list("aabb"), list("aabb")) == 1
    assert kappa([0, 1], [1, 0]) == -1
    assert np.isnan(kappa([1, 1], [1, 1]))
    with pytest.raises(ValueError, match="as many labels"):
        kappa([1], [1, 2])
