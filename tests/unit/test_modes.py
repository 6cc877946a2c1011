"""Mode coverage against NumPy, by hand and on real samples, in the kernel and as a page runs it; recall."""

from __future__ import annotations

import jax
import numpy as np
import pytest
import scipy.stats
from lowering_both_hosts import agree_to_scale
from scipy.spatial import KDTree

from likely.measures import mode_coverage, precision, recall

ANGLES = np.arange(8) * np.pi / 4
RING = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1).astype(np.float32)
GRID = np.stack([a.ravel() for a in np.meshgrid(np.arange(-4, 5, 2), np.arange(-4, 5, 2))], axis=1).astype(np.float32)
coverage = jax.jit(mode_coverage)


def mixture(centres, sigma, n, seed=0):
    rng = np.random.default_rng(seed)
    return (centres[rng.integers(0, len(centres), n)] + sigma * rng.normal(size=(n, 2))).astype(np.float32)


@pytest.mark.parametrize("k", [2.0, 3.0])
@pytest.mark.parametrize(("centres", "sigma", "width"), [(RING, 0.01, 1), (RING, 0.05, 2), (GRID, 0.05, 0.5)])
def test_it_is_what_numpy_finds(centres, sigma, width, k):
    """Samples of another width than the truth, some modes lost, and noise."""
    rng = np.random.default_rng(1)
    x = np.concatenate([mixture(centres[: len(centres) // 2], width * sigma, 900), rng.normal(size=(100, 2))])
    found = coverage(x.astype(np.float32), centres, sigma, k)
    distance, which = KDTree(centres).query(x)
    good = distance <= k * sigma
    counts = np.bincount(which[good], minlength=len(centres))
    left = 1 - k**2 / 2 / np.expm1(k**2 / 2)
    covariances = {m: np.cov(x[good & (which == m)].T) / sigma**2 / left for m in np.flatnonzero(counts > 1)}
    pooled = sum((counts[m] - 1) * np.trace(c) / 2 for m, c in covariances.items()) / sum(
        counts[m] - 1 for m in covariances
    )
    thin = [np.sqrt(np.linalg.eigvalsh(c)[0]) for m, c in covariances.items() if counts[m] >= 10]
    np.testing.assert_array_equal(found.counts, counts)
    assert found.modes == (counts > 0).sum()
    assert found.quality == pytest.approx(good.mean(), abs=1e-6)
    assert found.spread == pytest.approx(np.sqrt(pooled), rel=1e-3)
    assert found.thinnest == pytest.approx(np.mean(thin), rel=1e-3)
    even = np.full(len(centres), 1 / len(centres))
    assert found.reverse_kl == pytest.approx(scipy.stats.entropy(counts / counts.sum(), even), abs=1e-5)


@pytest.mark.parametrize(("centres", "sigma"), [(RING, 0.01), (GRID, 0.05)], ids=["ring", "grid"])
def test_real_samples_score_as_promised(centres, sigma):
    """2,500 at a time, as in the papers: all modes, 98.9 %, a spread of 1, and even shares."""
    found = [coverage(mixture(centres, sigma, 2500, seed), centres, sigma) for seed in range(20)]
    mean = {name: np.mean([getattr(f, name) for f in found]) for name in found[0]._fields}
    assert mean["modes"] == len(centres)
    assert mean["quality"] == pytest.approx(1 - np.exp(-4.5), abs=0.002)
    assert mean["spread"] == pytest.approx(1, abs=0.005)
    assert mean["thinnest"] == pytest.approx(1 - 0.63 / np.sqrt(2500 / len(centres)), abs=0.006)
    assert mean["reverse_kl"] == pytest.approx((len(centres) - 1) / 5000, rel=0.3)  # by chance alone


@pytest.mark.parametrize("k", [1.0, 2.0, 3.0, 5.0])
def test_the_spread_of_real_samples_is_1_wherever_they_are_cut_off(k):
    x = mixture(np.zeros((1, 2)), 0.3, 200_000)
    found = coverage(x, np.zeros((1, 2), np.float32), 0.3, k)
    assert found.spread == pytest.approx(1, abs=0.005)
    assert found.thinnest == pytest.approx(1, abs=0.007)
    assert found.quality == pytest.approx(1 - np.exp(-(k**2) / 2), abs=0.004)


def test_the_spread_does_not_depend_on_how_few_samples_a_mode_has():
    squares = [coverage(mixture(GRID, 0.05, 75, seed), GRID, 0.05).spread ** 2 for seed in range(300)]
    assert np.mean(squares) == pytest.approx(1, abs=0.02)


def test_a_mode_is_caught_by_the_sample_nearest_to_it_and_no_other():
    two = np.array([[0, 0], [1, 0]], np.float32)
    near_both = np.array([[0.2, 0], [0.3, 0.1], [5, 0]], np.float32)
    found = mode_coverage(near_both, two, 0.5)
    assert (int(found.modes), found.counts.tolist()) == (1, [2, 0])
    assert found.quality == pytest.approx(2 / 3)
    assert found.reverse_kl == pytest.approx(np.log(2))
    assert mode_coverage(np.array([[0.31, 0], [1.29, 0]]), two, 0.1).counts.tolist() == [0, 1]


def test_collapse_within_the_modes_is_seen_where_modes_and_quality_see_nothing():
    points = np.repeat(RING, 100, axis=0)
    found = coverage(points, RING, 0.05)
    assert (int(found.modes), float(found.quality)) == (8, 1)
    assert found.spread == found.thinnest == 0
    line = points + 0.05 * np.random.default_rng(0).normal(size=(800, 1)) * np.array([[0.6, 0.8]])
    found = coverage(line.astype(np.float32), RING, 0.05)
    assert found.thinnest < 0.01
    assert found.spread == pytest.approx(np.sqrt(0.5), abs=0.05)


def test_without_good_samples_there_is_no_width():
    for bad in (np.full((20, 2), 5.0), np.full((20, 2), np.nan), np.full((20, 2), np.inf)):
        found = coverage(bad.astype(np.float32), RING, 0.05)
        assert (int(found.modes), float(found.quality)) == (0, 0)
        assert np.isnan([found.spread, found.thinnest, found.reverse_kl]).all()
    spoilt = np.concatenate([mixture(RING, 0.05, 500), np.full((500, 2), np.nan)]).astype(np.float32)
    found, clean = coverage(spoilt, RING, 0.05), coverage(spoilt[:500], RING, 0.05)
    assert found.quality == pytest.approx(float(clean.quality) / 2)
    assert found.spread == pytest.approx(float(clean.spread), rel=1e-5)


@pytest.mark.parametrize("which", ["real", "noise", "none"])
def test_a_page_finds_the_same(which):
    rng = np.random.default_rng(2)
    x = {"real": mixture(GRID, 0.05, 600), "noise": rng.normal(size=(600, 2)) * 3, "none": np.full((600, 2), 9.0)}[
        which
    ]
    agree_to_scale(
        lambda x, sigma: mode_coverage(x, GRID, sigma), x.astype(np.float32), np.float32(0.05), tolerance=1e-4
    )


@pytest.mark.parametrize(("samples", "centres"), [((5, 3), (8, 3)), ((5, 2), (8, 3)), ((5,), (8, 2)), ((5, 2), (8,))])
def test_it_refuses_what_is_not_in_the_plane(samples, centres):
    with pytest.raises(ValueError, match="in the plane"):
        mode_coverage(np.zeros(samples), np.zeros(centres), 0.1)


def test_recall_is_precision_with_both_changing_places():
    real, three = mixture(RING, 0.05, 400, 1), mixture(RING[:3], 0.05, 300, 2)
    assert recall(three, real, 5) == precision(real, three, 5)
    assert recall(real, real) == 1
    assert precision(three, real) > 0.9  # what there is is good
    assert recall(three, real) == pytest.approx(3 / 8, abs=0.1)  # and five modes are missing


@pytest.mark.parametrize(
    ("samples", "real", "k"), [((5, 3), (9, 4), 3), ((5,), (9, 3), 3), ((5, 3), (9, 3), 0), ((5, 3), (9, 3), 5)]
)
def test_recall_refuses_shapes_that_it_cannot_compare(samples, real, k):
    with pytest.raises(ValueError, match="samples"):
        recall(np.ones(samples), np.ones(real), k)
