"""Chapter 6, Diffusion, faces to order: a painter that reads captions, in pixels and in the space of an autoencoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from likely.data import FACE_ATTRIBUTES, HELD_OUT, Faces, load_faces
from likely.measures.frechet import frechet_distance
from likely.measures.modes import recall
from likely.measures.samples import precision
from likely.models.captions import Captions
from likely.models.diffusion import cosine
from likely.models.faces import FaceAutoencoder, FaceJudge
from likely.models.prompts import Painter, paint
from likely.training.loop import fit
from likely.training.recipes import record, weights
from likely.training.weights import load_weights

CAPTIONS = Captions(FACE_ATTRIBUTES, named=("hair", "skin", "background"))
STEPS = 5200
MEASURED = 1792  # faces for a distance: seven batches of 256 of those for testing
GUIDANCE = 1.0, 1.5, 2.0, 3.0, 5.0
CHOSEN = 2.0
EMPTY, PARTIAL = 0.1, 0.04  # share of the captions in training that say nothing, and that leave phrases out


def captioned(labels: jax.Array, key: jax.Array, dropped: float = 0.0) -> jax.Array:
    """Captions of labels, (n, 7), as the painter is trained on them: some empty, some with phrases left out.

    dropped: the probability with which a phrase is left out of the others.
    """
    kind_key, share_key, said_key, order_key = jax.random.split(key, 4)
    kind = jax.random.uniform(kind_key, (len(labels), 1))
    share = jax.random.uniform(share_key, (len(labels), 1))  # of the phrases, that are said
    drawn = jax.random.uniform(said_key, labels.shape)
    said = jnp.where(kind < EMPTY, False, jnp.where(kind < EMPTY + PARTIAL, drawn < share, drawn >= dropped))
    return CAPTIONS.write(labels, said, order_key)


def denoising(model: Painter, batch: tuple[jax.Array, jax.Array], key: jax.Array, dropped: float = 0.0) -> jax.Array:
    """The loss: the squared error of a number, weighed by 1/σ² up to 5; a batch is (n, size) and labels (n, 7)."""
    x, labels = batch
    when, what, told = jax.random.split(key, 3)
    t = (jnp.arange(len(x)) + jax.random.uniform(when)) / len(x)  # evenly over all times
    alpha, sigma = (part[:, None] for part in cosine(t))
    z = alpha * x + sigma * jax.random.normal(what, x.shape)
    error = ((model(z, t, captioned(labels, told, dropped)) - x) ** 2).mean(axis=1)
    return (jnp.minimum(1 / sigma[:, 0] ** 2, 5) * error).mean()


def train(
    x: jax.Array,
    labels: jax.Array,
    seed: int,
    *,
    width: int = 256,
    ordered: bool = True,
    dropped: float = 0.0,
    steps: int = STEPS,
) -> Painter:
    """A painter of lists of numbers, (n, size), with their labels, (n, 7)."""
    rate = optax.warmup_cosine_decay_schedule(0, 2e-3, 100, steps, 4e-5)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=0.0))
    painter = Painter(CAPTIONS, x.shape[1], width=width, ordered=ordered, rngs=nnx.Rngs(seed))

    def loss(model, batch, key):
        return denoising(model, batch, key, dropped)

    key = jax.random.key(seed)
    return fit(loss, painter, (x, labels), key=key, steps=steps, batch=256, optimizer=optimizer, ema=0.995).model


def pixels(faces: Faces) -> tuple[jax.Array, jax.Array]:
    """(n, 768) from -1 to 1, and labels (n, 7)."""
    return jnp.asarray(faces.images.reshape(-1, 768)) / 127.5 - 1, jnp.asarray(faces.labels, jnp.int32)


class Asked(NamedTuple):
    """What a painter made of orders: faces (n, 768) from 0 to 1, and whether each attribute is as ordered, (n, 7)."""

    images: jax.Array
    right: np.ndarray


class Examiner:
    """Orders faces, and has the judge of chapter 2 read what came."""

    def __init__(self):
        self.faces = load_faces()
        sizes = [len(values) for values in FACE_ATTRIBUTES.values()]
        self.judge = load_weights("02_face_judge", FaceJudge(sizes, rngs=nnx.Rngs(0)))
        test = self.faces.test.take(np.random.default_rng(0).permutation(len(self.faces.test))[:MEASURED])
        self.held = self.features((pixels(test)[0] + 1) / 2)
        learned = self.faces.train.take(np.random.default_rng(1).permutation(len(self.faces.train))[:MEASURED])
        images, self.labels = pixels(learned)
        self.floor = frechet_distance(self.features((images + 1) / 2), self.held)

    def features(self, images: jax.Array) -> np.ndarray:
        """(n, 768) from 0 to 1 -> (n, 256)."""
        return np.asarray(self.judge.features(images.reshape(-1, 16, 16, 3)))

    def ask(
        self,
        painter: Painter,
        labels: jax.Array,
        key: jax.Array,
        *,
        said: jax.Array | None = None,
        decode: Callable[[jax.Array], jax.Array] = lambda x: x,
        clip: float | None = 1.0,
        **how: float,
    ) -> Asked:
        """One face for each row of labels, (n, 7); `said`, (n, 7) bool, is what the caption speaks of, else all."""
        order, start = jax.random.split(key)
        captions = CAPTIONS.write(labels, jnp.ones(labels.shape, bool) if said is None else said, order)

        @nnx.jit
        def some(painter, captions, z):
            return paint(painter, captions, z, clip=clip, **how)

        z = jax.random.normal(start, (len(labels), painter.denoiser.out.out_features))
        images = jnp.clip((decode(some(painter, captions, z)) + 1) / 2, 0, 1)
        read = np.asarray(self.judge.read(images.reshape(-1, 16, 16, 3)))
        return Asked(images, read == np.asarray(labels))

    def seen(self, painter: Painter, key: jax.Array, **how) -> dict[str, float]:
        """Orders as faces for training have them, held against faces for testing."""
        asked = self.ask(painter, self.labels, key, **how)
        drawn = self.features(asked.images)
        return {
            "attributes right": float(asked.right.mean()),
            "all seven right": float(asked.right.all(axis=1).mean()),
            "Fréchet distance": frechet_distance(drawn, self.held),
            "precision": float(precision(drawn, self.held)),
            "recall": float(recall(drawn, self.held)),
        }

    def new(self, painter: Painter, key: jax.Array, n: int = 300, **how) -> list[float]:
        """For each held-out combination the share of n faces that have all of it."""
        found, names = [], list(FACE_ATTRIBUTES)
        for i, combination in enumerate(HELD_OUT):
            some = self.faces.held_out
            some = some.take(some.where(**combination))
            labels = jnp.asarray(some.labels[np.random.default_rng(i).permutation(len(some))[:n]], jnp.int32)
            right = self.ask(painter, labels, jax.random.fold_in(key, i), **how).right
            found.append(float(right[:, [names.index(name) for name in combination]].all(axis=1).mean()))
        return found

    def two(self, painter: Painter, key: jax.Array, **how) -> float:
        """Orders of two attributes and no more: the share of faces that have both."""
        which_key, key = jax.random.split(key)
        ranks = jnp.argsort(jnp.argsort(jax.random.uniform(which_key, self.labels.shape), axis=1), axis=1)
        said = ranks < 2
        right = self.ask(painter, self.labels, key, said=said, **how).right
        return float((right | ~np.asarray(said)).all(axis=1).mean())


@weights(seed=0, dtype="float16", within={"attributes right": 0.005, "all seven right": 0.03, "Fréchet distance": 10.0})
def faces(seed: int):
    """The painter of the page: 0.99 million weights, in pixels."""
    painter = train(*pixels(load_faces().train), seed)
    found = Examiner().seen(painter, jax.random.key(seed), guidance=CHOSEN)
    return painter, {name: found[name] for name in ("attributes right", "all seven right", "Fréchet distance")}


class Codes:
    """Faces as the 32 numbers of chapter 2's autoencoder, each brought to mean 0 and width 1."""

    def __init__(self):
        self.autoencoder = load_weights("02_face_autoencoder", FaceAutoencoder(32, rngs=nnx.Rngs(0)))
        faces = load_faces().train
        codes = self.autoencoder.encode(jnp.asarray(faces.images, jnp.float32) / 255)
        self.mean, self.width = codes.mean(axis=0), codes.std(axis=0)
        self.codes, self.labels = (codes - self.mean) / self.width, jnp.asarray(faces.labels, jnp.int32)

    def decode(self, codes: jax.Array) -> jax.Array:
        """(n, 32) -> (n, 768) from -1 to 1."""
        return 2 * self.autoencoder.decode(codes * self.width + self.mean).reshape(-1, 768) - 1


def _measured(painter: Painter, seed: int, guidance: tuple[float, ...], **how) -> dict[str, list]:
    """Each number for each guidance."""
    examiner, key = Examiner(), jax.random.key(seed)
    rows = []
    for g in guidance:
        row = examiner.seen(painter, key, guidance=g, **how)
        row["new combinations right"] = examiner.new(painter, jax.random.fold_in(key, 1), guidance=g, **how)
        row["two of two right"] = examiner.two(painter, jax.random.fold_in(key, 2), guidance=g, **how)
        rows.append(row)
    return {name: [row[name] for row in rows] for name in rows[0]} | {"floor": examiner.floor}


@record(seeds=range(3))
def orders(seed: int):
    """The painter of the page, from three seeds, by guidance."""
    return _measured(train(*pixels(load_faces().train), seed), seed, GUIDANCE)


@record(seeds=range(3))
def codes(seed: int):
    """The same in the space of the autoencoder."""
    space = Codes()
    painter = train(space.codes, space.labels, seed)
    return _measured(painter, seed, GUIDANCE, decode=space.decode, clip=None)


@record(seeds=range(3))
def words(seed: int):
    """What a detail decides: phrases left out of all captions, and a reader to which they are bags of words."""
    found = {}
    for name, how in {
        "10 % left out": dict(dropped=0.1),
        "bag of words": dict(ordered=False),
    }.items():
        painter = train(*pixels(load_faces().train), seed, **how)
        found |= {f"{name}: {what}": value for what, value in _measured(painter, seed, (CHOSEN,)).items()}
    return found
