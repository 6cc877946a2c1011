"""The transformer: what it may look at, that a cache changes nothing, and that its attention is JAX's own."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from flax import nnx

from likely.models.transformer import Transformer, attend
from likely.training import fit

TOKENS = jax.random.randint(jax.random.key(1), (3, 12), 0, 11)


def transformer(**changed) -> Transformer:
    sizes = dict(width=16, heads=2, layers=3, context=12) | changed
    return Transformer(11, **sizes, rngs=nnx.Rngs(0))


def test_a_place_knows_nothing_of_what_follows():
    model = transformer()
    logits = model(TOKENS)
    assert logits.shape == (3, 12, 11)
    for place in (0, 5, 10):
        other = TOKENS.at[:, place + 1 :].set((TOKENS[:, place + 1 :] + 1) % 11)
        np.testing.assert_allclose(model(other)[:, : place + 1], logits[:, : place + 1], atol=1e-6)
        assert jnp.abs(model(other)[:, place + 1 :] - logits[:, place + 1 :]).max() > 1e-3
    np.testing.assert_allclose(model(TOKENS[:, :7]), logits[:, :7], atol=1e-6)  # nor of how long the text is
    np.testing.assert_allclose(model(TOKENS[0]), logits[0], atol=1e-6)  # one text, or many


def test_what_it_looked_at_adds_up_to_one_and_never_lies_ahead():
    model = transformer()
    inside = model.look(TOKENS)
    assert inside.attention.shape == (3, 3, 2, 12, 12)  # (layer, text, head, query, key)
    np.testing.assert_allclose(inside.attention.sum(-1), 1, atol=1e-5)
    assert (jnp.triu(inside.attention, 1) == 0).all()
    np.testing.assert_array_equal(inside.logits, model(TOKENS))
    assert inside.residuals.shape == (4, 3, 12, 16)
    np.testing.assert_allclose(model.read_out(inside.residuals[-1]), inside.logits, atol=1e-6)
    assert model.look(TOKENS[0]).attention.shape == (3, 2, 12, 12)


def test_its_attention_is_that_of_jax():
    q, k, v = jax.random.normal(jax.random.key(0), (3, 2, 9, 4, 8))  # (text, place, head, d) each
    ours, _ = attend(q, k, v, jnp.tril(jnp.ones((9, 9), bool)))
    np.testing.assert_allclose(ours, jax.nn.dot_product_attention(q, k, v, is_causal=True), atol=1e-5)


@pytest.mark.parametrize("tokens", [TOKENS, TOKENS[0]], ids=["a batch", "one text"])
def test_one_token_at_a_time_gives_what_a_whole_pass_gives(tokens):
    model = transformer()
    step = nnx.jit(lambda model, token, cache: model.step(token, cache))
    cache, found = model.start(*tokens.shape[:-1]), []
    for place in range(12):
        logits, cache = step(model, tokens[..., place], cache)
        found.append(logits)
    assert cache.place == 12
    np.testing.assert_allclose(jnp.stack(found, axis=-2), model(tokens), atol=1e-5)


def test_it_learns_to_copy_what_a_table_of_pairs_cannot():
    """After a text of random tokens comes the same text again: only looking back tells what follows."""

    def texts(key):
        half = jax.random.randint(key, (32, 6), 0, 11)
        return jnp.concatenate([half, half], axis=1)

    def loss(model, batch, key):
        lost = optax.softmax_cross_entropy_with_integer_labels(model(batch[:, :-1]), batch[:, 1:])
        return lost[:, 6:].mean()  # the second half

    model = transformer(width=64, heads=4, layers=2)
    done = fit(loss, model, texts, key=jax.random.key(0), steps=600, optimizer=optax.adam(3e-3), show=False)
    assert loss(model, texts(jax.random.key(9)), None) > 2.2  # log 11 = 2.4
    assert loss(done.model, texts(jax.random.key(9)), None) < 0.3


def test_sizes_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="3 heads cannot share a width of 16"):
        transformer(heads=3)
    with pytest.raises(ValueError, match="13 tokens are more than the 12"):
        transformer()(jnp.zeros((1, 13), jnp.int32))
