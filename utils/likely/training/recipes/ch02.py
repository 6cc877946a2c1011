"""Chapter 2, Latent space: the judge of faces, the autoencoder of its figures, and plain ones of five sizes."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from likely.data import FACE_ATTRIBUTES, Faces, load_faces
from likely.measures.samples import precision
from likely.models.faces import FaceAutoencoder, FaceJudge
from likely.training.loop import fit
from likely.training.recipes import record, weights
from likely.training.weights import load_weights


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


@record(seeds=range(5))
def latent_sizes(seed: int):
    """Plain autoencoders of five sizes, as the chapter trains one: their error, and which of their pictures are faces.

    Each list is by size. What counts as a face is `precision`, k = 3, in the features of the judge, against 5,000
    faces for training.
    """
    faces = load_faces()
    images, seen = _pixels(faces.train), _pixels(faces.test)
    judge = load_weights("02_face_judge", FaceJudge([len(v) for v in FACE_ATTRIBUTES.values()], rngs=nnx.Rngs(0)))
    real = judge.features(images[:5000])
    shuffle, draw = jax.random.split(jax.random.key(seed))

    def loss(model, batch, key):
        return jnp.mean((model(batch) - batch) ** 2)

    def are_faces(pictures):
        return float(precision(judge.features(pictures), real))

    sizes = (2, 4, 8, 16, 32)
    numbers = {"size": sizes, "error of a pixel": [], "reconstructed": [], "halfway": [], "drawn as the codes": []}
    numbers |= {"drawn from N(0, 1)": []}
    steps = 1500
    for size in sizes:
        optimizer = optax.adam(optax.cosine_decay_schedule(2e-3, steps))
        model = FaceAutoencoder(size, rngs=nnx.Rngs(seed))
        model = fit(loss, model, images, key=jax.random.key(seed), steps=steps, batch=256, optimizer=optimizer).model
        codes, seen_codes = model.encode(images), model.encode(seen)  # (face, size)
        again, others = model.decode(seen_codes), jax.random.permutation(shuffle, seen_codes)
        like_codes = jax.random.multivariate_normal(draw, codes.mean(axis=0), jnp.cov(codes.T), (2000,))
        numbers["error of a pixel"].append(float(jnp.sqrt(jnp.mean((again - seen) ** 2))))
        numbers["reconstructed"].append(are_faces(again))
        numbers["halfway"].append(are_faces(model.decode((seen_codes + others) / 2)))
        numbers["drawn as the codes"].append(are_faces(model.decode(like_codes)))
        numbers["drawn from N(0, 1)"].append(are_faces(model.decode(jax.random.normal(draw, (2000, size)))))
    return numbers
