"""The networks for faces: what goes in and comes out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from likely.data import FACE_ATTRIBUTES
from likely.models.faces import FaceAutoencoder, FaceJudge

IMAGES = jax.random.uniform(jax.random.key(0), (5, 16, 16, 3))
VALUES = [len(values) for values in FACE_ATTRIBUTES.values()]


def test_an_autoencoder_decodes_what_it_encodes():
    model = FaceAutoencoder(32, rngs=nnx.Rngs(0))
    codes = model.encode(IMAGES)
    assert codes.shape == (5, 32)
    assert model(IMAGES).shape == IMAGES.shape
    np.testing.assert_array_equal(model(IMAGES), model.decode(codes))
    np.testing.assert_allclose(model.encode(IMAGES[0]), codes[0], atol=1e-5)  # one face, or many


def test_a_judge_reads_the_likeliest_value_and_says_how_sure_it_is():
    judge = FaceJudge(VALUES, rngs=nnx.Rngs(0))
    logits = judge(IMAGES)
    assert [one.shape for one in logits] == [(5, n) for n in VALUES]
    read = judge.read(IMAGES)
    assert read.shape == (5, 7)
    assert (read[:, 4] == logits[4].argmax(axis=1)).all()
    probability = jnp.prod(jnp.stack([jax.nn.softmax(one).max(axis=1) for one in logits]), axis=0)
    np.testing.assert_allclose(judge.confidence(IMAGES), probability, rtol=1e-5)
    assert (judge.read(IMAGES * 3 - 1) == judge.read(jnp.clip(IMAGES * 3 - 1, 0, 1))).all()


def test_the_features_of_a_judge_are_what_its_last_layer_reads():
    judge = FaceJudge(VALUES, rngs=nnx.Rngs(0))
    features = judge.features(IMAGES)
    assert features.shape == (5, 256)
    np.testing.assert_allclose(judge.layers.layers[-1](features), jnp.concatenate(judge(IMAGES), axis=-1), rtol=1e-6)
