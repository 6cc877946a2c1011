"""The recurrent net against Flax's cell, and one attention head: what each can know."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from likely.models.rungs import OneHead, Recurrent

TOKENS = jax.random.randint(jax.random.key(1), (3, 12), 0, 11)


@pytest.mark.parametrize("make", [Recurrent, OneHead])
def test_a_place_knows_what_came_before_it_and_nothing_of_what_follows(make):
    model = make(11, width=16, rngs=nnx.Rngs(0))
    logits = model(TOKENS)
    assert logits.shape == (3, 12, 11)
    later = model(TOKENS.at[:, 6:].set((TOKENS[:, 6:] + 1) % 11))
    np.testing.assert_allclose(later[:, :6], logits[:, :6], atol=1e-6)
    earlier = model(TOKENS.at[:, 0].set((TOKENS[:, 0] + 1) % 11))
    assert jnp.abs(earlier[:, 5] - logits[:, 5]).max() > 1e-5


def test_the_recurrent_net_is_a_gated_recurrent_unit():
    model = Recurrent(11, width=16, rngs=nnx.Rngs(0))
    cell = nnx.GRUCell(16, 16, rngs=nnx.Rngs(1))
    cell.dense_i.kernel[...], cell.dense_i.bias[...] = model.given.kernel[...], model.given.bias[...]
    cell.dense_h.kernel[...] = model.kept.kernel[...]  # the biases of Flax's cell behind h are 0, as ours at the start
    h, states = jnp.zeros((3, 16)), []
    for place in range(12):
        h, _ = cell(h, model.tokens(TOKENS[:, place]))
        states.append(h)
    np.testing.assert_allclose(model.out(jnp.stack(states, axis=1)), model(TOKENS), atol=1e-5)
