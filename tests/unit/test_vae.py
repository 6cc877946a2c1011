"""Variational autoencoders: shapes, what they are given, and a text that is told up to the letter before."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from likely.models.vae import VAE, TextVAE, binarise


def test_codes_and_pictures_have_their_shapes_for_one_and_for_many():
    vae = VAE(20, 3, widths=(8,), rngs=nnx.Rngs(0))
    for shape in ((), (5,), (2, 5)):
        mean, log_variance = vae.encode(jnp.ones((*shape, 20)))
        assert mean.shape == log_variance.shape == (*shape, 3)
        assert vae.decode(mean).shape == (*shape, 20)


def test_what_is_given_reaches_both_parts():
    vae = VAE(20, 3, widths=(8,), given=4, rngs=nnx.Rngs(0))
    x, a, b = jnp.ones((1, 20)), jnp.eye(4)[:1], jnp.eye(4)[1:2]
    assert not jnp.allclose(vae.encode(x, a)[0], vae.encode(x, b)[0])
    assert not jnp.allclose(vae.decode(jnp.zeros((1, 3)), a), vae.decode(jnp.zeros((1, 3)), b))


def test_a_draw_has_the_mean_and_the_width_and_lets_gradients_through():
    vae = VAE(4, 2, widths=(4,), rngs=nnx.Rngs(0))
    mean, log_variance = jnp.full((20_000, 2), 3.0), jnp.full((20_000, 2), 2 * jnp.log(0.5))
    z = vae.draw(jax.random.key(0), mean, log_variance)
    np.testing.assert_allclose([z.mean(), z.std()], [3.0, 0.5], atol=0.01)
    slope = jax.grad(lambda m: vae.draw(jax.random.key(0), m, log_variance).sum())(mean)
    assert (slope == 1).all()


def test_pixels_are_white_as_often_as_their_grey_says():
    images = jnp.broadcast_to(jnp.array([0, 51, 255], jnp.uint8), (20_000, 3))
    x = binarise(images, jax.random.key(0))
    assert x.dtype == jnp.float32
    assert set(np.unique(x)) == {0.0, 1.0}
    np.testing.assert_allclose(x.mean(axis=0), [0, 0.2, 1], atol=0.01)


def test_a_letter_is_told_from_the_code_and_the_letters_before_it():
    vae = TextVAE(6, 5, 2, width=8, rngs=nnx.Rngs(0))
    text = jnp.array([[1, 2, 3, 4, 0]])
    z = jnp.ones((1, 2))
    first = vae.decode(z, text)
    assert first.shape == (1, 5, 6)
    other = vae.decode(z, text.at[0, 2].set(5))
    assert jnp.array_equal(first[:, :3], other[:, :3])  # up to the letter that changed
    assert not jnp.allclose(first[:, 3], other[:, 3])
    assert not jnp.allclose(first[:, 0], vae.decode(-z, text)[:, 0])
    assert [part.shape for part in vae.encode(text)] == [(1, 2)] * 2
