"""Networks over patches: how a picture is cut, what is shared between patches, and that a game on pictures learns."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from likely.models import gan, patches

KEY = jax.random.key(0)


def test_a_patch_is_a_square_of_the_picture():
    picture = np.arange(768, dtype=np.float32).reshape(1, 16, 16, 3)
    cut = np.asarray(patches._cut(jnp.asarray(picture.reshape(1, 768))))
    assert cut.shape == (1, 16, 48)
    for place in (0, 1, 4, 15):
        row, column = 4 * (place // 4), 4 * (place % 4)
        np.testing.assert_array_equal(cut[0, place], picture[0, row : row + 4, column : column + 4].ravel())
    np.testing.assert_array_equal(patches._paste(jnp.asarray(cut)), picture.reshape(1, 768))


def test_a_generator_draws_pixels_and_maps_each_latent_by_itself():
    model = patches.PatchGenerator(8, width=16, hidden=32, rngs=nnx.Rngs(0))
    z = jax.random.normal(KEY, (5, 8))
    pictures = model(z)
    assert pictures.shape == (5, 768)
    assert 0 < pictures.min() < 0.4
    assert 0.6 < pictures.max() < 1
    assert pictures.std(axis=0).mean() > 0.05
    np.testing.assert_allclose(model(z[2:3]), pictures[2:3], atol=1e-6)


def test_a_discriminator_scores_each_picture_and_sees_every_pixel():
    model = patches.PatchDiscriminator(width=16, hidden=32, rngs=nnx.Rngs(0))
    pictures = jax.random.uniform(KEY, (6, 768))
    scores, squares = gan.scores_and_slopes(model, pictures)
    assert scores.shape == squares.shape == (6,)
    np.testing.assert_allclose(model(pictures[3:4]), scores[3:4], atol=1e-5)
    assert (jnp.abs(jax.grad(lambda x: model(x).sum())(pictures)) > 0).all()


def test_a_discriminator_tells_where_a_thing_is():
    """The layer that sees a patch is one for all patches; that things have a place comes from the rest."""
    model = patches.PatchDiscriminator(width=16, hidden=32, rngs=nnx.Rngs(0))
    pictures = jnp.zeros((2, 16, 16, 3)).at[0, :4, :4].set(1).at[1, -4:, -4:].set(1).reshape(2, 768)

    def loss(weights):
        scores = nnx.merge(graph, weights)(pictures)
        return jax.nn.softplus(jnp.array([-1, 1]) * scores).mean()

    graph, weights = nnx.split(model, nnx.Param)
    adam = optax.adam(3e-3)
    state = adam.init(weights)
    step = jax.jit(lambda w, s: adam.update(jax.grad(loss)(w), s))
    for _ in range(60):
        change, state = step(weights, state)
        weights = optax.apply_updates(weights, change)
    assert loss(weights) < 0.05
