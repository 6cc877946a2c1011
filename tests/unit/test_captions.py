"""Captions are written from labels and read by a network."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from likely.data import FACE_ATTRIBUTES, load_faces
from likely.models.captions import CaptionReader, Captions

CAPTIONS = Captions(FACE_ATTRIBUTES, named=("hair", "skin", "background"))


def test_a_caption_says_what_the_labels_say_in_some_order():
    faces = load_faces().take(slice(0, 50))
    rows = CAPTIONS.write(jnp.asarray(faces.labels), jnp.ones((50, 7), bool), jax.random.key(0))
    texts = CAPTIONS.read(rows)
    assert [sorted(text.split(", ")) for text in texts] == [sorted(one.split(", ")) for one in faces.captions]
    assert len({tuple(text.split(", ")[i] in FACE_ATTRIBUTES["mood"] for i in range(7)) for text in texts}) > 3


def test_what_is_not_said_leaves_no_gap():
    said = np.zeros((3, 7), bool)
    said[1, 4] = said[2, 0] = said[2, 6] = True
    rows = CAPTIONS.write(jnp.zeros((3, 7), jnp.int32), jnp.asarray(said), jax.random.key(1))
    texts = CAPTIONS.read(rows)
    assert texts[:2] == ["", "blond hair"]
    assert sorted(texts[2].split(", ")) == ["blue background", "no glasses"]
    assert (np.sort(np.asarray(rows) < 0, axis=1) == (np.asarray(rows) < 0)).all()


@pytest.mark.parametrize(("one", "other", "differ"), [("glasses", "no glasses", True), ("glasses", "glasses", False)])
def test_the_reader_is_told_what_is_said(one, other, differ):
    reader = CaptionReader(len(CAPTIONS.words), CAPTIONS.length, width=16, rngs=nnx.Rngs(0))

    def numbers(text):
        ids = [CAPTIONS.words.index(word) for word in text.split()]
        return reader(jnp.array([ids + [-1] * (CAPTIONS.length - len(ids))]))

    assert (jnp.abs(numbers(one) - numbers(other)).max() > 1e-3) == differ


def test_an_empty_caption_is_read_as_nothing():
    reader = CaptionReader(len(CAPTIONS.words), CAPTIONS.length, width=16, rngs=nnx.Rngs(0))
    assert not reader(jnp.full((2, CAPTIONS.length), -1)).any()


def test_a_bag_of_words_does_not_know_what_no_belongs_to():
    texts = "no hat , glasses", "hat , no glasses"
    one, other = ([CAPTIONS.words.index(word) for word in text.split()] for text in texts)
    for ordered in (False, True):
        reader = CaptionReader(len(CAPTIONS.words), CAPTIONS.length, ordered=ordered, rngs=nnx.Rngs(0))
        a, b = (reader(jnp.array([row + [-1] * (CAPTIONS.length - len(row))])) for row in (one, other))
        assert (float(jnp.abs(a - b).max()) > 1e-3) == ordered
