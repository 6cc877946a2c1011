"""The two players on points: what packing, spectral normalisation and statistics of the batch let them see."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from likely.models import gan

KEY = jax.random.key(0)
POINTS = jax.random.normal(jax.random.key(1), (12, 2))


def judge(**settings):
    return gan.Discriminator(width=16, **settings, rngs=nnx.Rngs(0))


@pytest.mark.parametrize(("data", "modes"), [(gan.ring, 8), (gan.grid, 25)])
def test_the_mixtures_are_those_of_the_papers(data, modes):
    points = np.asarray(data(KEY, 20_000))
    assert points.shape == (20_000, 2)
    offsets = points[:, None] - data.centres
    nearest = (offsets**2).sum(axis=-1).argmin(axis=1)
    assert (np.bincount(nearest, minlength=modes) > 0.8 * 20_000 / modes).all()
    own = offsets[np.arange(20_000), nearest]
    np.testing.assert_allclose(own.std(axis=0), data.sigma, rtol=0.02)
    assert len(data.centres) == modes
    assert np.sqrt((data.centres**2).mean()) == pytest.approx(data.scale)


def test_the_mixtures_have_the_centres_of_the_papers():
    np.testing.assert_allclose(np.linalg.norm(gan.ring.centres, axis=1), 1, rtol=1e-6)
    assert (gan.ring.sigma, gan.grid.sigma) == (0.01, 0.05)
    assert {tuple(c) for c in gan.grid.centres.tolist()} == {(x, y) for x in range(-4, 5, 2) for y in range(-4, 5, 2)}


def test_the_latent_is_normal_numbers_and_fair_bits():
    z = np.asarray(gan.latent(KEY, 5000, 2, 3))
    assert z.shape == (5000, 5)
    np.testing.assert_allclose(z[:, :2].std(axis=0), 1, atol=0.05)
    assert set(z[:, 2:].ravel().tolist()) == {-1.0, 1.0}
    np.testing.assert_allclose(np.cov(z.T), np.eye(5), atol=0.06)
    assert gan.latent(KEY, 7, 4).shape == (7, 4)


def test_a_generator_maps_each_latent_by_itself():
    model = gan.Generator(5, width=16, layers=3, rngs=nnx.Rngs(0))
    z = gan.latent(KEY, 6, 2, 3)
    points = model(z)
    assert points.shape == (6, 2)
    np.testing.assert_allclose(model(z[2:3]), points[2:3], rtol=1e-5)
    assert sum(a.size for a in jax.tree.leaves(nnx.state(model))) == 5 * 16 + 16 + 2 * (16 * 16 + 16) + 16 * 2 + 2


def test_a_packed_discriminator_sees_points_together():
    plain, packed = judge(), judge(pack=3)
    assert plain(POINTS).shape == (12,)
    assert packed(POINTS).shape == (4,)
    moved = POINTS.at[4].add(1.0)  # in the second pack
    changed = np.flatnonzero(np.asarray(packed(moved) != packed(POINTS)))
    assert changed.tolist() == [1]
    scores, slopes = gan.scores_and_slopes(packed, POINTS)
    np.testing.assert_allclose(scores, packed(POINTS), rtol=1e-6)
    one = jax.grad(lambda x: packed(x)[0])(POINTS[:3])
    np.testing.assert_allclose(slopes[0], (one**2).sum(), rtol=1e-5)


def test_a_spectral_layer_comes_to_have_norm_one():
    layer = gan.SpectralLinear(6, 9, kernel_init=nnx.initializers.normal(2.0), rngs=nnx.Rngs(0))
    for _ in range(100):
        layer.iterate()
    matrix = np.asarray(layer(jnp.eye(6)) - layer(jnp.zeros((1, 6))))
    assert np.linalg.norm(matrix, 2) == pytest.approx(1, rel=1e-4)
    u, _, v = np.linalg.svd(np.asarray(layer.kernel[...]))
    slope = jax.grad(lambda k: jnp.linalg.norm(k @ layer.u[...]))(layer.kernel[...])
    np.testing.assert_allclose(np.abs(slope), np.abs(np.outer(u[:, 0], v[0])), atol=1e-3)  # that of the singular value


def test_a_spectral_discriminator_never_stretches():
    model = judge(spectral=True)
    for _ in range(200):
        model.iterate()
    _, squares = gan.scores_and_slopes(model, POINTS)
    assert squares.max() <= 1 + 1e-4
    assert judge().iterate() is None


def test_statistics_tell_a_collapsed_batch():
    model = judge(statistics=True)
    alike = jnp.tile(POINTS[:1], (12, 1))
    assert abs(float(model(alike)[0] - model(POINTS)[0])) > 1e-3
    plain = judge()
    np.testing.assert_allclose(plain(alike)[0], plain(POINTS)[0], rtol=1e-5)
    slopes = jax.grad(lambda x: model(x).sum())(alike)
    assert jnp.isfinite(slopes).all()


# ---------------------------------------------------------------- losses


@pytest.mark.parametrize("name", gan.LOSSES)
def test_both_players_pull_in_opposite_directions(name):
    real, made = jnp.array([0.3, -0.2]), jnp.array([0.1, 0.4])
    of_d = jax.grad(lambda r, m: gan.LOSSES[name](r, m)[0], argnums=(0, 1))(real, made)
    of_g = jax.grad(lambda r, m: gan.LOSSES[name](r, m)[1], argnums=1)(real, made)
    assert (of_d[0] < 0).all()
    assert (of_d[1] > 0).all()
    assert (of_g < 0).all()


def test_at_equal_scores_the_losses_are_those_of_a_coin():
    for name, expected in (("non-saturating", 2 * np.log(2)), ("relativistic", np.log(2)), ("Wasserstein", 0)):
        np.testing.assert_allclose(gan.LOSSES[name](jnp.zeros(3), jnp.zeros(3))[0], expected, atol=1e-6)


def test_penalties_of_a_plane():
    """A score that rises by |w| per unit of length has a known penalty everywhere."""
    w = jnp.array([3.0, 4.0])
    scores, squares = gan.scores_and_slopes(lambda x: x @ w, POINTS)
    np.testing.assert_allclose(scores, POINTS @ w, rtol=1e-6)
    np.testing.assert_allclose(squares, 25, rtol=1e-5)
    np.testing.assert_allclose(gan.gradient_penalty(lambda x: x @ w, KEY, POINTS, -POINTS), 16, rtol=1e-5)
    flat = jax.grad(lambda w: gan.gradient_penalty(lambda x: x @ w, KEY, POINTS, -POINTS))(jnp.zeros(2))
    assert jnp.isfinite(flat).all()
