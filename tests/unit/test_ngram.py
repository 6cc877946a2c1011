"""Counting models of text: their probabilities, and texts drawn from them."""

import collections
import itertools
import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from likely.models import ngram

LETTERS = ".abc"
TEXTS = ["ab", "abc", "cab", "a", "abba"]
RUNS = ngram.windows(TEXTS, LETTERS, 3)
COUNTS = ngram.count(RUNS, len(LETTERS))


def by_hand(context: str, letter: str, strength: float) -> float:
    """p(letter | context) from dictionaries and the formula of the module."""
    padded = [".." + text + "." for text in TEXTS]
    p = 1 / len(LETTERS)
    for k in range(len(context) + 1):
        before = context[len(context) - k :]
        seen = collections.Counter(
            text[i] for text in padded for i in range(2, len(text)) if text[i - k : i] == before or k == 0
        )
        p = (seen[letter] + strength * p) / (sum(seen.values()) + strength)
    return p


@pytest.mark.parametrize("strength", [0.5, 4.0])
def test_probabilities_are_those_of_the_formula(strength):
    for context in ("..", ".a", "ab", "ba", "cc"):
        index = jnp.array([LETTERS.index(letter) for letter in context])
        found = ngram.next_probabilities(COUNTS, index, strength)
        np.testing.assert_allclose(found, [by_hand(context, letter, strength) for letter in LETTERS], rtol=1e-5)
        assert found.sum() == pytest.approx(1, abs=1e-6)


def test_log_prob_is_the_logarithm_of_the_same():
    found = ngram.log_prob(COUNTS, RUNS, 2.0)
    one_by_one = [jnp.log(ngram.next_probabilities(COUNTS, run[:-1], 2.0)[run[-1]]) for run in RUNS]
    np.testing.assert_allclose(found, jnp.stack(one_by_one), rtol=1e-5)


def test_shorter_runs_are_counted_as_sums_of_longer_ones():
    for shorter, longer in itertools.pairwise(COUNTS):
        assert jnp.array_equal(shorter, longer.sum(axis=0))
    assert COUNTS[0].sum() == sum(len(text) + 1 for text in TEXTS)


@pytest.mark.parametrize("order", [1, 2, 3])
def test_an_order_leaves_longer_runs_out(order):
    context = jnp.array([1, 2])
    cut = ngram.next_probabilities(COUNTS[:order], context, 1.0)
    np.testing.assert_allclose(ngram.next_probabilities(COUNTS, context, 1.0, order=order), cut, rtol=1e-6)


def test_drawn_first_letters_have_the_models_shares():
    keys = jax.random.split(jax.random.key(0), 20_000)
    texts, surprise = jax.vmap(lambda key: ngram.sample(key, COUNTS, 6, strength=1.0))(keys)
    expected = ngram.next_probabilities(COUNTS, jnp.zeros(2, jnp.int32), 1.0)
    shares = jnp.bincount(texts[:, 0], length=4) / len(keys)
    np.testing.assert_allclose(shares, expected, atol=4 * math.sqrt(0.25 / len(keys)))  # four standard errors
    np.testing.assert_allclose(surprise[:, 0], -jnp.log(expected[texts[:, 0]]), rtol=1e-5)


def test_a_closed_text_stays_closed():
    keys = jax.random.split(jax.random.key(1), 500)
    texts, surprise = jax.vmap(lambda key: ngram.sample(key, COUNTS, 8, strength=1.0))(keys)
    closed = jnp.cumsum(texts == 0, axis=1) > (texts == 0)  # after the first 0
    assert not (closed & ((texts != 0) | (surprise != 0))).any()


def test_a_low_temperature_draws_the_likeliest():
    text, _ = ngram.sample(jax.random.key(0), COUNTS, 1, strength=1.0, temperature=1e-3)
    assert text[0] == ngram.next_probabilities(COUNTS, jnp.zeros(2, jnp.int32), 1.0).argmax()


def test_an_unknown_letter_is_refused():
    with pytest.raises(ValueError, match="hold 'dé', which is not in the vocabulary 'abc'"):
        ngram.windows(["adé"], LETTERS, 2)
