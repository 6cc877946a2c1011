"""Chapter 6, Diffusion, how far drawn clothes are from real ones, by steps, by samples, and by who looks.

Apart from the clothes themselves, so that their weights do not hang on what is measured of them.
"""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from likely.data import load_fashion_mnist
from likely.measures.frechet import frechet_distance
from likely.measures.modes import recall
from likely.measures.samples import precision
from likely.models.clothes import ClothesJudge
from likely.models.denoisers import PictureDenoiser
from likely.training.loop import fit
from likely.training.recipes import record
from likely.training.recipes.ch06a import MEASURED, drawn
from likely.training.weights import load_weights

STEPS = 10, 25, 50, 100, 250
SIZES = 256, 512, 1024, 2048
FLOORS = 10  # pairs of real samples


class SecondJudge(nnx.Module):
    """Tells the ten kinds apart as `ClothesJudge` does, by convolutions of 5 × 5 and 3 × 3, and 128 features."""

    def __init__(self, *, rngs: nnx.Rngs):
        self.first = nnx.Conv(1, 32, (5, 5), 2, rngs=rngs)
        self.second = nnx.Conv(32, 64, (3, 3), 2, rngs=rngs)
        self.third = nnx.Linear(7 * 7 * 64, 128, rngs=rngs)
        self.out = nnx.Linear(128, 10, rngs=rngs)

    def features(self, images: jax.Array) -> jax.Array:
        """(n, 784), pixels from 0 to 1 -> (n, 128)."""
        h = jax.nn.relu(self.first(images.reshape(-1, 28, 28, 1)))
        return jax.nn.relu(self.third(jax.nn.relu(self.second(h)).reshape(len(images), -1)))

    def __call__(self, images: jax.Array) -> jax.Array:
        """(n, 784) -> (n, 10) logits."""
        return self.out(self.features(images))


def _pixels(split: str) -> tuple[jax.Array, jax.Array]:
    """(n, 784) uint8, and their kinds."""
    clothes = load_fashion_mnist(split)
    return jnp.asarray(clothes.images.reshape(-1, 784)), jnp.asarray(clothes.labels, jnp.int32)


def second_judge(seed: int, steps: int = 1500) -> SecondJudge:
    """Trained as the first judge is, noise on the pictures and all."""

    def loss(judge, batch, key):
        images, kinds = batch
        how_much, what = jax.random.split(key)
        strength = 0.1 * jax.random.uniform(how_much, (len(images), 1))
        x = images.astype(jnp.float32) / 255 + strength * jax.random.normal(what, images.shape)
        return optax.softmax_cross_entropy_with_integer_labels(judge(x), kinds).mean()

    optimizer = optax.adamw(optax.cosine_decay_schedule(2e-3, steps), weight_decay=0.05)
    judge, key = SecondJudge(rngs=nnx.Rngs(seed)), jax.random.key(seed)
    return fit(loss, judge, _pixels("train"), key=key, steps=steps, batch=128, optimizer=optimizer).model


@record(seeds=range(3))
def distances(seed: int):
    """The seed is that of the drawing, of the second judge, and of which real pictures are taken for the floor."""
    model = load_weights("06a_clothes", PictureDenoiser(rngs=nnx.Rngs(0)))
    judges = {
        "first": load_weights("06a_clothes_judge", ClothesJudge(rngs=nnx.Rngs(0))),
        "second": second_judge(seed),
    }
    (train, _), (test, kinds) = _pixels("train"), _pixels("test")
    looks = nnx.jit(lambda judge, x: judge.features(x.astype(jnp.float32)))

    def features(name, images):
        return np.asarray(looks(judges[name], images))

    held = {name: features(name, test[:MEASURED] / 255) for name in judges}
    said = jnp.concatenate([judges["second"](some / 255).argmax(axis=1) for some in jnp.split(test, 10)])
    numbers = {"second judge right": float((said == kinds).mean())}
    order = jax.random.permutation(jax.random.key(seed), len(train))[: FLOORS * MEASURED]
    real = {name: features(name, train[order] / 255).reshape(FLOORS, MEASURED, -1) for name in judges}
    for name in judges:
        numbers[f"floor, {name}"] = [frechet_distance(some, held[name]) for some in real[name]]
        numbers[f"floor by samples, {name}"] = [
            frechet_distance(real[name][0][:size], held[name][:size]) for size in SIZES
        ]
    numbers["precision, real"] = float(precision(real["first"][0], held["first"]))
    numbers["recall, real"] = float(recall(real["first"][0], held["first"]))
    for way, eta in (("DDPM", 1.0), ("DDIM", 0.0)):
        shown = [drawn(model, seed, steps=steps, eta=eta) for steps in STEPS]
        for name in judges:
            seen = [features(name, images) for images in shown]
            numbers[f"{way}, {name}"] = [frechet_distance(one, held[name]) for one in seen]
            if name == "first":
                numbers[f"precision, {way}"] = [float(precision(one, held[name])) for one in seen]
                numbers[f"recall, {way}"] = [float(recall(one, held[name])) for one in seen]
            if way == "DDPM":
                at = seen[STEPS.index(100)]
                numbers[f"by samples, {name}"] = [frechet_distance(at[:n], held[name][:n]) for n in SIZES]
    return numbers
