"""Chapter 2, Latent space: the judge of faces, and the autoencoder whose codes the chapter calculates with."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from likely.data import FACE_ATTRIBUTES, Faces, load_faces
from likely.models.faces import FaceAutoencoder, FaceJudge
from likely.training.loop import fit
from likely.training.recipes import weights


def _pixels(faces: Faces) -> jax.Array:
    """(face, 16, 16, 3) float32 from 0 to 1."""
    return jnp.asarray(faces.images, jnp.float32) / 255


@weights(seed=0, dtype="float16", within={"all seven right": 0.01, "rarest reading right": 0.01})
def face_judge(seed: int):
    """Learns to read all seven attributes, from all faces but the test faces; the pictures are blurred by noise."""
    faces = load_faces()
    learn = faces.take(faces.split != "test")  # the judge must know the combinations that generators must not

    def loss(judge, batch, key):
        images, labels = batch
        how_much, what = jax.random.split(key)
        strength = jax.random.uniform(how_much, (len(images), 1, 1, 1), maxval=0.05)
        logits = judge(images + strength * jax.random.normal(what, images.shape))
        per_attribute = map(optax.softmax_cross_entropy_with_integer_labels, logits, labels.T)
        return sum(one.mean() for one in per_attribute)

    steps = 3000
    judge = FaceJudge([len(values) for values in FACE_ATTRIBUTES.values()], rngs=nnx.Rngs(seed))
    optimizer = optax.adamw(optax.cosine_decay_schedule(2e-3, steps), weight_decay=0.05)
    data = _pixels(learn), jnp.asarray(learn.labels, jnp.int32)
    done = fit(loss, judge, data, key=jax.random.key(seed), steps=steps, batch=256, optimizer=optimizer)
    right = done.model.read(_pixels(faces.test)) == faces.test.labels  # (face, attribute)
    return done.model, {
        "all seven right": float(right.all(axis=1).mean()),
        "rarest reading right": float(right.mean(axis=0).min()),
    }


@weights(seed=0, dtype="float16", within={"error of a pixel": 0.003})
def face_autoencoder(seed: int):
    """32 numbers a face. Noise on the codes makes their neighbours decode alike; their scale is held near 1."""
    faces = load_faces()

    def loss(model, images, key):
        codes = model.encode(images)
        error = model.decode(codes + 0.2 * jax.random.normal(key, codes.shape)) - images
        scale = jnp.mean(codes.mean(axis=0) ** 2 + (codes.std(axis=0) - 1) ** 2)
        return jnp.sqrt(error**2 + 2.5e-4).mean() + 0.01 * scale  # nearly |error|, but smooth at 0

    steps = 12_000
    model = FaceAutoencoder(32, rngs=nnx.Rngs(seed))
    optimizer = optax.adamw(optax.cosine_decay_schedule(2e-3, steps), weight_decay=1e-4)
    done = fit(loss, model, _pixels(faces.train), key=jax.random.key(seed), steps=steps, batch=256, optimizer=optimizer)
    seen = _pixels(faces.test)
    return done.model, {"error of a pixel": float(jnp.sqrt(jnp.mean((done.model(seen) - seen) ** 2)))}
