"""Checking a reply against passages: names and numbers, refusals, the verifier."""

from __future__ import annotations

from itertools import combinations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from lowering_both_hosts import agree_to_scale

from likely.measures.replies import cited, content, names_and_numbers, refuses
from likely.measures.support import (
    FEATURES,
    Verifier,
    features,
    fit_verifier,
    receiver_operating_area,
    supported,
)

PERU = "Peru, Facts: Its capital is Lima. Its population is 34,352,719 people. Its currency is counted in nuevo sol."
CHAD = "Chad, Background: During the 1987 Toyota War, Libyan forces lost 2.5 million rounds in N'Djaména."


@pytest.mark.parametrize(
    ("text", "names", "numbers"),
    [
        ("Côte d'Ivoire has 24 people.", ("cote", "ivoire"), (24,)),
        ("The capital is Lima, according to Lima. According to whom?", ("lima",), ()),
        ("34,352,719 people, or 34.4 million", (), (34352719, 34.4e6)),
        ("1. Peru [2] was founded in 1821.", ("peru",), (1821,)),
        ("The G20, and 3rd", ("g",), ()),
        ("2 thousand, 2.0 and 2", (), (2000, 2)),
        ("", (), ()),
    ],
)
def test_names_and_numbers(text, names, numbers):
    assert names_and_numbers(text) == (names, numbers)


def test_the_words_of_a_reply():
    assert content("1. The Peru of PERÚ has 24 condors [2].") == ("peru", "condors")
    assert content("The Peru of Perú", common=True) == ("the", "peru", "of")


@pytest.mark.parametrize(
    ("reply", "question", "missing"),
    [
        ("The capital of Peru is Lima.", "What is the capital of Peru?", ()),
        ("The capital of Ostrevia is Lima.", "What is the capital of Ostrevia?", ()),
        ("The capital of Peru is Cusco.", "What is the capital of Peru?", ("cusco",)),
        ("It has 34352719 people.", "How many?", ()),
        ("It has 34 million people.", "How many?", ("34000000",)),
        ("Libya lost 2,500,000 rounds in Ndjamena.", "", ("libya", "ndjamena")),
        ("Libyan forces lost 2,500,000 rounds.", "", ()),
        ("The bird is the condor.", "Which bird?", ()),  # no name: nothing to look up
        ("", "", ()),
    ],
)
def test_the_rule(reply, question, missing):
    assert supported(reply, [PERU, CHAD], question) == (not missing, missing)


def test_a_citation_narrows_what_counts():
    assert supported("Lima [1].", [PERU, CHAD]).holds
    assert supported("Lima [2].", [PERU, CHAD]).missing == ("lima",)
    assert supported("Lima [7].", [PERU, CHAD]).holds  # there is no such passage
    assert cited("[2], [1] and [2]; [3] and [0]", 2) == (1, 0)


@pytest.mark.parametrize("passage", [PERU, CHAD])
def test_words_of_a_passage_are_supported_by_it(passage):
    words = passage.split()
    for start, stop in combinations(range(len(words) + 1), 2):
        piece = " ".join(words[start:stop])
        cut = piece.endswith("2.5")  # the passage has 2.5 million, which is another number
        assert supported(piece, [passage]).missing == (("2.5",) if cut else ())


@pytest.mark.parametrize(
    "reply",
    ["Not in the passages.", "I DON’T know.", "", "  \n", "There is no information on this.", "It is not stated."],
)
def test_refusals(reply):
    assert refuses(reply)


@pytest.mark.parametrize("reply", ["Lima", "The capital is not Cusco but Lima.", "Nobody knows Lima better."])
def test_what_is_no_refusal(reply):
    assert not refuses(reply)


def unit(*numbers):
    return np.array(numbers) / np.linalg.norm(numbers)


def test_features_by_hand():
    found = features(
        "What is the currency of Peru?",
        "The currency of Peru is the sol of Bolivia.",
        [PERU],
        reply_vector=unit(1, 1),
        question_vector=unit(1, 0),
        sentence_vectors=np.stack([unit(1, 0), unit(0, 1)]),
    )
    expected = [0, 1, 0.5, 1, 0.5**0.5, 1, 1, 1]  # "Bolivia" is not there; of "sol" and "bolivia" one is
    np.testing.assert_allclose(found, expected, rtol=1e-6)
    assert len(found) == len(FEATURES)


def test_a_reply_without_anything_new():
    same = dict(reply_vector=unit(1, 0), question_vector=unit(1, 0), sentence_vectors=unit(0, 1)[None])
    found = dict(zip(FEATURES, features("Is it in Ostrevia?", "It is in Ostrevia.", [PERU], **same), strict=True))
    assert found["names and numbers contained"] == found["words contained"] == 1
    assert found["new names or numbers"] == found["new words"] == 0
    assert found["subject contained"] == found["question contained"] == 0
    assert found["reply like a sentence"] == 0


def drawn(n=400, seed=0):
    """Features, and whether they hold by a logistic regression with known weights."""
    chance = np.random.default_rng(seed)
    x = chance.normal([0, 5, -1], [1, 10, 0.1], (n, 3)).astype(np.float32)
    score = (x - [0, 5, -1]) / [1, 10, 0.1] @ [2, -1, 0] + 0.5
    return x, chance.random(n) < 1 / (1 + np.exp(-score))


def test_the_verifier_is_where_the_likelihood_is_greatest():
    x, holds = drawn()
    model = fit_verifier(x, holds, strength=0.7)

    def loss(model):
        p = model(jnp.asarray(x))
        fit = -jnp.where(holds, jnp.log(p), jnp.log1p(-p)).sum()
        return fit + 0.35 * (model.weights**2).sum()

    gradient = jax.grad(loss)(model)
    np.testing.assert_allclose(gradient.weights, 0, atol=2e-3)
    np.testing.assert_allclose(gradient.bias, 0, atol=2e-3)


def test_the_verifier_finds_the_weights_of_much_data():
    x, holds = drawn(20000, seed=1)
    model = fit_verifier(x, holds)
    np.testing.assert_allclose(model.weights, [2, -1, 0], atol=0.1)  # three standard errors and more
    np.testing.assert_allclose(model.bias, 0.5, atol=0.1)


def test_the_verifier_stays_finite_where_a_line_parts_the_kinds_and_a_feature_never_varies():
    x = np.stack([np.linspace(-1, 1, 40), np.ones(40)], axis=1)
    model = fit_verifier(x, x[:, 0] > 0)
    p = np.asarray(model(x))
    assert np.isfinite(p).all()
    assert ((p > 0.5) == (x[:, 0] > 0)).all()


def test_a_page_computes_the_verifier():
    x, holds = drawn()
    model = fit_verifier(x, holds)
    agree_to_scale(lambda x, *parts: Verifier(*parts)(x), x[:5], *model)


def test_the_area_is_the_share_of_pairs_in_order():
    assert receiver_operating_area([0.1, 0.4, 0.35, 0.8], [False, False, True, True]) == 0.75
    assert receiver_operating_area([1, 1, 1], [True, False, False]) == 0.5
    chance = np.random.default_rng(0)
    scores, holds = chance.normal(size=60).round(1), chance.random(60) < 0.4
    gaps = [(a > b) + (a == b) / 2 for a in scores[holds] for b in scores[~holds]]
    assert receiver_operating_area(scores, holds) == pytest.approx(np.mean(gaps))


def test_bad_input_is_told():
    vectors = dict(reply_vector=unit(1, 0), question_vector=unit(1, 0))
    with pytest.raises(ValueError, match="one passage or more"):
        supported("Lima", [])
    with pytest.raises(ValueError, match="one passage or more"):
        supported("Lima", PERU)
    with pytest.raises(ValueError, match=r"sentence_vectors \(n, d\), not \(2,\), \(2,\) and \(1, 3\)"):
        features("", "", [PERU], **vectors, sentence_vectors=np.ones((1, 3)))
    with pytest.raises(ValueError, match="one kind only"):
        fit_verifier(np.ones((3, 2)), [True, True, True])
    with pytest.raises(ValueError, match=r"\(n, feature\) and holds \(n,\), not \(3, 2\) and \(2,\)"):
        fit_verifier(np.ones((3, 2)), [True, False])
    with pytest.raises(ValueError, match="strength is above 0, not 0"):
        fit_verifier(np.ones((3, 2)), [True, False, True], strength=0)
    with pytest.raises(ValueError, match="one kind only"):
        receiver_operating_area([0.5, 0.2], [False, False])
    with pytest.raises(ValueError, match=r"\(n,\) each, not \(2,\) and \(3,\)"):
        receiver_operating_area([0.5, 0.2], [False, False, True])
