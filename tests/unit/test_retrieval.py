"""Finding passages: the words of a text here and on the page, BM25 beside the package bm25s, searches."""

from __future__ import annotations

import math
import unicodedata

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lowering_both_hosts import agree_to_scale, run_both

from likely.data import load_factbook_questions, load_passages
from likely.measures.ranking import fused
from likely.models import retrieval
from likely.models.retrieval import (
    CHARACTERS,
    Index,
    best,
    bm25,
    contributions,
    find,
    hash_word,
    hash_words,
    nearest,
    search,
    vocabulary,
    words,
)

LENGTH, MOST = 48, 12  # characters and words of a typed question
ODD = "ÅÉßæøŒijŉſ½¼²ª…’“–—ÿ€´¨\xa0\xadİıŁž"


def typed(text: str, length: int = LENGTH) -> np.ndarray:
    """(length,) as a Text control gives it."""
    ids = [CHARACTERS.index(c) for c in unicodedata.normalize("NFC", text)]
    return np.array(ids + [-1] * (length - len(ids)), np.int32)


def hashes(text: str, most: int = MOST) -> list[int]:
    """Of its words, stop words too, as Python finds them."""
    found = [hash_word(word) for word in words(text, stop=())][:most]
    return found + [0] * (most - len(found))


@pytest.fixture(scope="module")
def texts():
    return [passage.whole() for passage in load_passages()]


@pytest.fixture(scope="module")
def index(texts):
    return bm25(texts)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Côte d'Ivoire's capital", ["cote", "d", "ivoire", "capital"]),
        ("What is the area of Perú?", ["area", "peru"]),
        ("47,735,685 people in 1992-98", ["47", "735", "685", "people", "1992", "98"]),
        ("STRASSE, Straße", ["strasse", "strasse"]),
        ("re\u0301sume\u0301", ["resume"]),
        ("½ km²", ["1", "2", "km2"]),
        ("The, of; a!", []),
        ("", []),
    ],
)
def test_the_words_of_a_text(text, found):
    assert words(text) == found


def test_a_hash_is_fnv_1a():
    assert hash_word("") == 0x811C9DC5
    assert hash_word("a") == 0xE40C292C  # as the authors' test vectors have it
    assert hash_word("foobar") == 0xBF9CF968


@settings(max_examples=150, deadline=None)
@given(st.text(st.one_of(st.sampled_from(ODD), st.sampled_from("ab1 '-,"), st.sampled_from(CHARACTERS)), max_size=30))
def test_typed_text_has_the_same_hashes(text):
    text = unicodedata.normalize("NFC", text)
    if all(c in CHARACTERS for c in text):
        assert np.asarray(hash_words(typed(text), MOST)).tolist() == hashes(text)


@pytest.mark.parametrize(
    "text", ["", "What's the Capital of CÔTE d’Ivoire?", "ŒUVRE — ½ Straße…  İZMİR", ODD, "a " * 24]
)
def test_the_page_has_them_too(text):
    for expected, got in run_both(lambda ids: hash_words(ids, MOST), typed(text)):
        np.testing.assert_array_equal(got, expected)
        assert expected.tolist() == hashes(text)


def test_all_that_is_in_the_passages_can_be_typed(texts):
    assert {c for text in texts for c in unicodedata.normalize("NFC", text)} <= set(CHARACTERS)
    assert all(unicodedata.normalize("NFC", c) == c for c in CHARACTERS)


def test_no_two_words_share_a_hash(index, texts, monkeypatch):
    found = np.asarray(index.hashes)
    assert len(np.unique(found)) == len(found) == len(vocabulary(texts))
    assert (found != 0).all()
    monkeypatch.setattr(retrieval, "hash_word", lambda word: len(word))
    with pytest.raises(ValueError, match="'snow' and 'rain' have the same hash, 4"):
        bm25(["rain snow"])


def test_a_weight_by_hand():
    """Three passages, of which two have "lima"; |d| is 2, 4, 3 words, f is 1 and 2."""
    index = bm25(["lima peru", "lima lima peru andes", "andes condor bird"], k1=1.5, b=0.5)
    terms = find(index, np.array([hash_word("lima"), hash_word("nowhere")], np.uint32))
    assert terms.tolist() == [vocabulary(["lima peru andes condor bird"]).index("lima"), -1]
    rarity = math.log(1 + (3 - 2 + 0.5) / (2 + 0.5))
    expected = [rarity / (1 + 1.5 * (0.5 + 0.5 * 2 / 3)), rarity * 2 / (2 + 1.5 * (0.5 + 0.5 * 4 / 3)), 0]
    np.testing.assert_allclose(contributions(index, terms), [expected, [0, 0, 0]], rtol=1e-6)


@pytest.mark.parametrize(("k1", "b"), [(1.2, 0.75), (0.9, 0.4), (2.0, 1.0)])
def test_scores_are_those_of_bm25s(texts, k1, b):
    from bm25s import BM25

    index, theirs = bm25(texts, k1=k1, b=b), BM25(method="lucene", k1=k1, b=b)
    theirs.index([words(text) for text in texts], show_progress=False)
    for question in load_factbook_questions()[::8]:
        known = [word for word in words(question.question) if word in theirs.vocab_dict]
        terms = find(index, np.array([hash_word(word) for word in words(question.question)], np.uint32))
        ours = contributions(index, terms).sum(axis=0)
        np.testing.assert_allclose(ours, theirs.get_scores(known) if known else 0 * ours, atol=1e-5)


def test_a_word_twice_counts_twice():
    index = bm25(["lima peru", "andes peru"])
    lima = find(index, np.array([hash_word("lima")], np.uint32))
    np.testing.assert_allclose(contributions(index, jnp.repeat(lima, 2)).sum(0), 2 * contributions(index, lima)[0])


def test_the_last_word_of_the_index_and_its_last_passage():
    index = bm25(["zoo", "ant ant zoo", "ant", "ant"])
    parts = contributions(index, find(index, np.array([hash_word("zoo"), hash_word("ant")], np.uint32)))
    assert ((np.asarray(parts) > 0) == [[True, True, False, False], [False, True, True, True]]).all()


@pytest.mark.parametrize("question", ["What's the capital of CÔTE d’Ivoire?", "Where is Qwertzuia?", "?", "the of and"])
def test_a_page_finds_what_the_kernel_finds(index, question):
    def ask(ids, *arrays):
        found = Index(*arrays)
        return best(found, find(found, hash_words(ids, MOST)), k=3)

    agree_to_scale(ask, typed(question), *index)


def test_the_best_passages_are_those_of_search(index):
    for question in ("When did Finland become a member of NATO?", "Which country created the first shark sanctuary?"):
        hits = jax.jit(lambda ids, index: best(index, find(index, hash_words(ids, 16)), k=5))(
            typed(question, 64), index
        )
        assert hits.passage.tolist() == search(index, question, k=5)
        np.testing.assert_allclose(hits.parts.sum(axis=0), hits.score, rtol=1e-6)
        assert (np.diff(hits.score) <= 0).all()


def test_searches_and_their_fusion(index):
    assert search(index, "shark sanctuary Qwertzuia", k=1) == search(index, "shark sanctuary", k=1)
    assert search(index, "of the Qwertzuia", k=5) == search(index, "", k=5) == []
    assert nearest([[1, 0], [0, 1], [0.6, 0.8]], [0.8, 0.6], k=2) == [2, 0]
    assert nearest([[1, 0], [1, 0]], [1, 0], k=5) == [0, 1]
    assert fused([[2, 0], [1, 2]])[0] == 2


def test_bad_input_is_told():
    with pytest.raises(ValueError, match="one passage or more"):
        bm25([])
    with pytest.raises(ValueError, match="one passage or more"):
        bm25("a text")
    with pytest.raises(ValueError, match="no passage has a word"):
        bm25(["of the", "?"])
    with pytest.raises(ValueError, match=r"k1 is 0 or more, and b from 0 to 1, not -1 and 0\.75"):
        bm25(["lima"], k1=-1)
    with pytest.raises(ValueError, match=r"not 1\.2 and 1\.5"):
        bm25(["lima"], b=1.5)
    with pytest.raises(ValueError, match=r"\(passage, d\) and question \(d,\), not \(2, 3\) and \(2,\)"):
        nearest(np.ones((2, 3)), np.ones(2))
    with pytest.raises(ValueError, match="k is at least 1, not 0"):
        nearest(np.ones((2, 2)), np.ones(2), k=0)
