"""Schedules, the steps back and the denoising network, against formulas and cases with known answers."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from likely.models.denoisers import Denoiser, PictureDenoiser, _around, time_features
from likely.models.diffusion import cosine, ddim_step, guided, linear, noised, sample, score, times

KEY = jax.random.key(0)


@pytest.mark.parametrize("schedule", [cosine, linear])
def test_a_schedule_keeps_the_variance_and_falls_from_signal_to_noise(schedule):
    t = jnp.linspace(0, 1, 101)
    alpha, sigma = schedule(t)
    np.testing.assert_allclose(alpha**2 + sigma**2, 1, atol=1e-6)
    assert (jnp.diff(alpha) < 0).all()
    assert (float(alpha[0]), float(sigma[0])) == (1, 0)
    assert alpha[-1] < 0.01


def test_the_linear_schedule_is_that_of_a_thousand_small_steps():
    beta = np.linspace(1e-4, 0.02, 1000)  # Ho et al. (2020), section 4
    kept = np.sqrt(np.cumprod(1 - beta))
    alpha, _ = linear(jnp.arange(1, 1001) / 1000)
    np.testing.assert_allclose(alpha, kept, atol=2e-3)


def test_noise_is_mixed_in_by_the_time_of_each():
    x, noise = jax.random.normal(KEY, (2, 3, 4, 5))
    z = noised(x, jnp.array([0.0, 0.5, 1.0]), noise)
    np.testing.assert_allclose(z[0], x[0], atol=1e-6)
    np.testing.assert_allclose(z[1], (x[1] + noise[1]) / np.sqrt(2), atol=1e-6)
    np.testing.assert_allclose(z[2], noise[2], atol=1e-6)


CENTRES, WIDTH = jnp.array([[-1.0, 0.5], [2.0, 0.0], [0.0, -1.5]]), 0.3


def log_density(z, t):
    """Of three noised bells in the plane, without what does not depend on z."""
    alpha, sigma = cosine(t)
    spread = (alpha * WIDTH) ** 2 + sigma**2
    return jax.nn.logsumexp(-((z - alpha * CENTRES) ** 2).sum(axis=1) / spread / 2)


def mean_of_x(z, t):
    """E[x | z] of the same: (n, 2), (n,) -> (n, 2)."""
    alpha, sigma = (part[:, None] for part in cosine(t))
    spread = (alpha * WIDTH) ** 2 + sigma**2
    of = jax.nn.softmax(-((z[:, None] - alpha[:, None] * CENTRES) ** 2).sum(axis=2) / spread / 2, axis=1)
    return of @ CENTRES + alpha * WIDTH**2 / spread * (z - alpha * (of @ CENTRES))


def test_the_score_follows_from_the_mean_of_what_was_noised():
    z, t = 2 * jax.random.normal(KEY, (50, 2)), jnp.linspace(0.1, 0.99, 50)
    np.testing.assert_allclose(score(z, mean_of_x(z, t), t), jax.vmap(jax.grad(log_density))(z, t), atol=2e-4)


@pytest.mark.parametrize("schedule", [cosine, linear])
def test_a_step_with_the_true_noise_leads_to_the_earlier_mixture(schedule):
    x, noise = jax.random.normal(KEY, (2, 10, 3))
    now, then = jnp.full(10, 0.8), jnp.full(10, 0.3)
    z = noised(x, now, noise, schedule)
    back = ddim_step(z, x, 0.8, 0.3, schedule=schedule)
    np.testing.assert_allclose(back, noised(x, then, noise, schedule), atol=1e-5)


def test_with_eta_one_a_step_is_that_of_ddpm():
    (a, s), (a2, s2) = cosine(0.7), cosine(0.6)
    beta = 1 - (a / a2) ** 2  # of the one step between the two, in the terms of Ho et al. (2020), eq. 6 and 7
    z, x = jax.random.normal(KEY, (2, 1000, 1))
    mean = a2 * beta / s**2 * x + (a / a2) * s2**2 / s**2 * z
    np.testing.assert_allclose(ddim_step(z, x, 0.7, 0.6, eta=1.0), mean, atol=1e-5)
    new = ddim_step(z, x, 0.7, 0.6, eta=1.0, noise=1.0) - mean
    np.testing.assert_allclose(new, jnp.full_like(new, jnp.sqrt(s2**2 / s**2 * beta)), atol=1e-5)


@pytest.mark.parametrize("eta", [0.0, 1.0])
def test_the_way_back_ends_in_the_data(eta):
    def denoise(z, t):  # of data from N(2, 0.5²)
        alpha, sigma = (part[:, None] for part in cosine(t))
        return 2 + alpha * 0.25 / (alpha**2 * 0.25 + sigma**2) * (z - 2 * alpha)

    z = jax.random.normal(KEY, (20_000, 1))
    x = sample(denoise, z, times(100), eta=eta, key=jax.random.key(1))
    assert float(x.mean()) == pytest.approx(2, abs=0.02)
    assert float(x.std()) == pytest.approx(0.5, abs=0.02)


def test_what_is_said_can_be_cut_off_on_the_way():
    x = sample(lambda z, t: 5 * jnp.sign(z), jax.random.normal(KEY, (10, 2)), times(5), clip=1.0)
    np.testing.assert_allclose(jnp.abs(x), 1, atol=1e-5)


def test_new_noise_asks_for_a_key():
    with pytest.raises(ValueError, match="give key="):
        sample(lambda z, t: z, jnp.zeros((1, 1)), times(2), eta=0.5)


def test_guidance_of_one_leaves_it_as_it_is():
    a, b = jax.random.normal(KEY, (2, 3, 4))
    np.testing.assert_allclose(guided(a, b, 1.0), a, atol=1e-6)
    np.testing.assert_allclose(guided(a, b, 0.0), b, atol=1e-6)
    np.testing.assert_allclose(guided(a, b, 3.0) - a, 2 * (a - b), atol=1e-5)


def test_times_can_be_told_apart():
    features = time_features(jnp.linspace(0, 1, 50))
    assert features.shape == (50, 64)
    apart = ((features[:, None] - features) ** 2).sum(axis=2) + 100 * jnp.eye(50)
    assert apart.min() > 1


def test_the_network_is_told_the_time_and_what_is_given():
    plain, told = (Denoiser(5, width=16, given=given, rngs=nnx.Rngs(0)) for given in (0, 3))
    z, t = jax.random.normal(KEY, (4, 5)), jnp.full(4, 0.5)
    assert plain(z, t).shape == (4, 5)
    one, other = (told(z, t, jnp.full((4, 3), value)) for value in (0.0, 1.0))
    assert jnp.abs(one - other).max() > 1e-6
    assert jnp.abs(plain(z, t) - plain(z, t / 2)).max() > 1e-6


def test_a_patch_is_seen_with_two_pixels_around_it():
    picture = jax.random.normal(KEY, (2, 28, 28))
    around = _around(picture.reshape(2, 784)).reshape(2, 7, 7, 8, 8)
    padded = jnp.pad(picture, ((0, 0), (2, 2), (2, 2)), constant_values=-1.0)
    for i, j in ((0, 0), (3, 5), (6, 6)):
        np.testing.assert_array_equal(around[:, i, j], padded[:, 4 * i : 4 * i + 8, 4 * j : 4 * j + 8])


def test_the_detail_of_a_patch_depends_on_what_is_around_it():
    model = PictureDenoiser(width=16, blocks=1, local=8, rngs=nnx.Rngs(0))
    model.whole.out.kernel[...] = jnp.zeros((16, 784))  # the whole is said to be 0 whatever comes in
    z = jnp.zeros((1, 784))
    changed = model(z.at[0, 0].set(9.0), jnp.full(1, 0.3)) - model(z, jnp.full(1, 0.3))
    where = np.argwhere(np.abs(changed.reshape(28, 28)) > 1e-7)
    assert where.tolist() == [[i, j] for i in range(4) for j in range(4)]
