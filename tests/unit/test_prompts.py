"""A painter does what its caption says as far as it was trained to, and guidance is measured from an empty caption."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import pytest
from flax import nnx

from likely.models.captions import Captions
from likely.models.diffusion import sample, times
from likely.models.prompts import Painter, paint

CAPTIONS = Captions({"hat": ("no hat", "hat"), "hair": ("green", "red")}, named=("hair",))
ALL = jnp.ones((4, 2), bool)


@pytest.fixture
def painter() -> Painter:
    painter = Painter(CAPTIONS, 6, width=16, blocks=2, rngs=nnx.Rngs(0))
    painter.denoiser.out.kernel[...] = jax.random.normal(jax.random.key(5), (16, 6))  # else all answers are near 0
    for block in painter.denoiser.blocks:
        block.told.kernel[...] = jax.random.normal(jax.random.key(6), block.told.kernel.shape)
    return painter


def ordered(labels) -> jax.Array:
    labels = jnp.asarray(labels)
    return CAPTIONS.write(labels, jnp.ones(labels.shape, bool), jax.random.key(1))


def test_the_caption_counts(painter):
    z, t = jax.random.normal(jax.random.key(2), (2, 6)), jnp.array([0.4, 0.4])
    one, other = painter(z, t, ordered([[0, 0], [1, 1]])), painter(z, t, ordered([[0, 1], [1, 1]]))
    assert not jnp.allclose(one[0], other[0], atol=1e-3)
    assert jnp.allclose(one[1], other[1])


def test_guidance_one_is_the_caption_itself_and_zero_an_empty_one(painter):
    z, t = jax.random.normal(jax.random.key(2), (4, 6)), jnp.full(4, 0.6)
    captions = ordered([[0, 0], [0, 1], [1, 0], [1, 1]])
    empty = CAPTIONS.write(jnp.zeros((4, 2), jnp.int32), ~ALL, jax.random.key(1))
    with_it, without = painter(z, t, captions), painter(z, t, empty)
    read = painter.reader(captions)
    assert jnp.allclose(painter.guided(z, t, read, 1.0), with_it, atol=1e-5)
    assert jnp.allclose(painter.guided(z, t, read, 0.0), without, atol=1e-5)
    assert jnp.allclose(painter.guided(z, t, read, 3.0), 3 * with_it - 2 * without, atol=1e-4)


def test_painting_is_the_whole_way_back(painter):
    z, captions = jax.random.normal(jax.random.key(3), (4, 6)), ordered([[0, 0], [0, 1], [1, 0], [1, 1]])
    by_hand = sample(lambda z, t: painter(z, t, captions), z, times(7), clip=1.0)
    assert jnp.allclose(paint(painter, captions, z, guidance=1.0, steps=7), by_hand, atol=1e-4)
    assert jnp.abs(by_hand).max() <= 1.001
