"""The measures against SciPy, with zeros, infinities and batches; their gradients against finite differences."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import scipy.linalg
import scipy.spatial.distance
import scipy.special
import scipy.stats
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from likely import measures
from likely.measures.frechet import frechet_distance

ONE = [measures.entropy]
TWO = [measures.cross_entropy, measures.kl_divergence, measures.jensen_shannon_divergence]
ZERO = np.array([0.0, 0.25, 0.75], np.float32)
FULL = np.array([0.5, 0.25, 0.25], np.float32)


def scipy_version(measure):
    return {
        "entropy": lambda p: scipy.special.entr(p).sum(-1),
        "cross_entropy": lambda p, q: -scipy.special.xlogy(p, q).sum(-1),
        "kl_divergence": lambda p, q: scipy.special.rel_entr(p, q).sum(-1),
        "jensen_shannon_divergence": lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1) ** 2,
    }[measure.__name__]


def distributions(seed: int, shape: tuple[int, ...], zeros: float = 0.0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    p = rng.dirichlet(np.full(shape[-1], 0.5), shape[:-1])
    p = np.where(rng.random(p.shape) < zeros, 0, p)
    p[..., 0] += p.sum(-1) == 0
    return (p / p.sum(-1, keepdims=True)).astype(np.float32)


@pytest.mark.parametrize("zeros", [0.0, 0.3])
@pytest.mark.parametrize("shape", [(1,), (2,), (27,), (4, 9), (2, 3, 5), (2000,)], ids=str)
@pytest.mark.parametrize("measure", ONE + TWO, ids=lambda f: f.__name__)
def test_measures_are_scipys(measure, shape, zeros):
    count = 1 if measure in ONE else 2
    given_ = [distributions(seed, shape, zeros) for seed in range(count)]
    with np.errstate(divide="ignore"):
        expected = scipy_version(measure)(*(x.astype(float) for x in given_))
    got = measure(*given_)
    assert got.shape == shape[:-1]
    np.testing.assert_allclose(got, expected, rtol=2e-5, atol=1e-6)


def test_the_second_batch_axis_is_broadcast():
    p, q = distributions(0, (4, 1, 6)), distributions(1, (3, 6))
    assert measures.kl_divergence(p, q).shape == (4, 3)
    expected = scipy.special.rel_entr(p, q).sum(-1)
    np.testing.assert_allclose(measures.kl_divergence(p, q), expected, rtol=1e-5)


def test_what_is_never_drawn_counts_nothing_and_what_the_model_rules_out_counts_infinitely():
    assert measures.entropy([0.0, 1.0, 0.0]) == 0
    assert not np.signbit(measures.entropy([1.0]))
    assert measures.kl_divergence(ZERO, FULL) == pytest.approx(scipy.special.rel_entr(ZERO, FULL).sum())
    assert measures.kl_divergence(FULL, ZERO) == np.inf
    assert measures.cross_entropy(FULL, ZERO) == np.inf
    assert measures.cross_entropy(ZERO, [0.0, 0.5, 0.5]) == pytest.approx(np.log(2))
    assert measures.kl_divergence(ZERO, ZERO) == 0


def test_jensen_shannon_lies_between_nothing_and_log_2():
    assert measures.jensen_shannon_divergence(ZERO, ZERO) == 0
    assert measures.jensen_shannon_divergence([1.0, 0.0], [0.0, 1.0]) == pytest.approx(np.log(2))
    assert measures.jensen_shannon_divergence(ZERO, FULL) == measures.jensen_shannon_divergence(FULL, ZERO)
    smallest = np.finfo(np.float32).tiny
    assert np.isfinite(measures.jensen_shannon_divergence([1.0, smallest], [1.0, 0.0]))


def test_perplexity_counts_equally_likely_tokens():
    np.testing.assert_allclose(measures.perplexity(np.log([1, 2, 27])), [1, 2, 27], rtol=1e-6)
    assert measures.perplexity(measures.entropy(np.full(26, 1 / 26))) == pytest.approx(26, rel=1e-5)
    assert measures.perplexity(np.inf) == np.inf


@pytest.mark.parametrize("measure", ONE + TWO, ids=lambda f: f.__name__)
def test_gradients_are_finite_where_p_is_zero_and_right_elsewhere(measure):
    given_ = (ZERO,) if measure in ONE else (ZERO, FULL)
    for i, x in enumerate(given_):
        slope = np.asarray(jax.grad(measure, argnums=i)(*given_))
        assert np.isfinite(slope).all()
        step = 1e-6
        for k in np.flatnonzero(x):
            ends = [[y.astype(float) for y in given_] for _ in range(2)]
            ends[0][i][k] -= step
            ends[1][i][k] += step
            # written out, not SciPy's jensenshannon: that divides by the sum, which a derivative would see
            low, high = (written_out(measure, *end) for end in ends)
            assert slope[k] == pytest.approx((high - low) / (2 * step), rel=1e-3, abs=1e-4)


def written_out(measure, p, q=None):
    rel, name = scipy.special.rel_entr, measure.__name__
    if name == "jensen_shannon_divergence":
        return (rel(p, (p + q) / 2) + rel(q, (p + q) / 2)).sum() / 2
    return scipy_version(measure)(*(x for x in (p, q) if x is not None))


@pytest.mark.parametrize("measure", ONE + TWO, ids=lambda f: f.__name__)
def test_they_run_under_jit_and_vmap(measure):
    given_ = [distributions(seed, (5, 7), 0.2) for seed in range(1 if measure in ONE else 2)]
    np.testing.assert_allclose(jax.jit(jax.vmap(measure))(*given_), measure(*given_), rtol=1e-5, atol=1e-7)


def test_bad_probabilities_are_not_hidden():
    for measure in ONE + TWO:
        rest = () if measure in ONE else (jnp.array([0.5, 0.5]),)
        assert np.isnan(measure(jnp.array([-0.5, 1.5]), *rest))
        assert np.isnan(measure(jnp.array([np.nan, 1.0]), *rest))


def test_half_precision_is_widened():
    p = jnp.full(1024, 2.0**-10, jnp.bfloat16)
    assert measures.entropy(p).dtype == jnp.float32
    assert measures.entropy(p) == pytest.approx(np.log(1024), rel=1e-6)
    assert measures.entropy(jnp.array([0, 1])).dtype == jnp.float32


probabilities = arrays.arrays(np.float32, 6, elements=st.floats(0, 1, width=32)).filter(lambda x: x.sum() > 1e-3)


@settings(deadline=None, max_examples=60)
@given(probabilities, probabilities)
def test_inequalities_hold(p, q):
    p, q = p / p.sum(), q / q.sum()
    entropy, kl = measures.entropy(p), measures.kl_divergence(p, q)
    assert -1e-6 <= entropy <= np.log(6) + 1e-5
    assert kl >= -1e-5
    assert -1e-6 <= measures.jensen_shannon_divergence(p, q) <= np.log(2) + 1e-5
    np.testing.assert_allclose(measures.cross_entropy(p, q), entropy + kl, rtol=1e-4, atol=1e-5)


def test_precision_counts_the_samples_that_lie_among_the_real_points():
    """Against scipy's tree of neighbours, for several k."""
    rng = np.random.default_rng(0)
    real, samples = rng.normal(size=(200, 3)), 1.5 * rng.normal(size=(150, 3))
    for k in (1, 3, 10):
        reach = KDTree(real).query(real, k + 1)[0][:, k]  # the nearest is the point itself
        among = (cdist(samples, real) <= reach).any(axis=1)
        assert 0 < among.mean() < 1
        assert measures.precision(samples, real, k) == pytest.approx(among.mean(), abs=1e-6)
    assert measures.precision(real, real) == 1
    assert measures.precision(real + 100, real) == 0


@pytest.mark.parametrize(
    ("samples", "real", "k"), [((5, 3), (9, 4), 3), ((5,), (9, 3), 3), ((5, 3), (9, 3), 0), ((5, 3), (9, 3), 9)]
)
def test_precision_refuses_shapes_that_it_cannot_compare(samples, real, k):
    with pytest.raises(ValueError, match="real"):
        measures.precision(np.ones(samples), np.ones(real), k)


def test_nats_per_token_cuts_a_text_into_pieces_and_takes_every_token_once():
    tokens, context = np.random.default_rng(0).integers(0, 7, 50), 8
    table = jax.nn.log_softmax(jax.random.normal(jax.random.key(0), (7, 7)))
    found = measures.nats_per_token(lambda asked: table[asked], tokens, context, batch=4)  # 6 pieces in 2 batches
    assert found == pytest.approx(float(-table[tokens[:48], tokens[1:49]].mean()), rel=1e-5)

    def so_far(asked):  # knows how far into its piece it is, and gives each token after the first half e times more
        return jnp.broadcast_to(jnp.arange(7) * (jnp.arange(asked.shape[1]) >= 4)[:, None], (*asked.shape, 7))

    later = jax.nn.log_softmax(jnp.arange(7.0))[tokens[1:49].reshape(6, 8)[:, 4:]]
    wanted = float((np.log(7) - later.mean()) / 2)
    assert measures.nats_per_token(so_far, tokens, context) == pytest.approx(wanted, rel=1e-5)
    with pytest.raises(ValueError, match="do not hold a piece of 8"):
        measures.nats_per_token(so_far, tokens[:8], context)


# ---------------------------------------------------------------------- Fréchet distance


def test_the_frechet_distance_of_a_set_from_itself_is_nought():
    a = np.random.default_rng(0).normal(size=(50, 8))
    assert frechet_distance(a, a) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(a[:5], a[:5]) == pytest.approx(0, abs=1e-6)  # fewer points than features


def test_the_frechet_distance_of_shifted_and_scaled_points():
    a = np.random.default_rng(1).normal(size=(400, 6))
    assert frechet_distance(a, a + 2) == pytest.approx(6 * 4)
    spread = np.trace(np.cov(a.T))
    centred = a - a.mean(axis=0)
    assert frechet_distance(centred, 3 * centred) == pytest.approx(4 * spread)
    assert frechet_distance(a[:, :1], 2 + 0 * a[:, :1]) == pytest.approx(
        (a[:, 0].mean() - 2) ** 2 + a[:, 0].var(ddof=1)
    )


def test_the_frechet_distance_agrees_with_the_root_of_a_matrix():
    rng = np.random.default_rng(2)
    a, b = (
        rng.normal(size=(300, 5)) @ rng.normal(size=(5, 5)),
        0.3 + rng.normal(size=(200, 5)) @ rng.normal(size=(5, 5)),
    )
    one, other = np.cov(a.T), np.cov(b.T)
    root = scipy.linalg.sqrtm(one @ other).real
    wanted = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum() + np.trace(one + other - 2 * root)
    assert frechet_distance(a, b) == pytest.approx(wanted)
    assert frechet_distance(b, a) == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("a", "b", "says"),
    [
        (np.zeros((5, 3)), np.zeros((5, 2)), "features alike"),
        (np.zeros(5), np.zeros(5), "features alike"),
        (np.zeros((1, 3)), np.zeros((5, 3)), "two or more"),
        (np.full((5, 3), np.nan), np.zeros((5, 3)), "not finite"),
    ],
)
def test_the_frechet_distance_refuses_what_it_cannot_take(a, b, says):
    with pytest.raises(ValueError, match=says):
        frechet_distance(a, b)
