"""Chapter 6, Diffusion: clothes out of noise, and the judge whose features say how good they are."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from likely.data import load_fashion_mnist
from likely.measures.frechet import frechet_distance
from likely.models.clothes import ClothesJudge
from likely.models.denoisers import PictureDenoiser
from likely.models.diffusion import cosine, sample, times
from likely.training.loop import fit
from likely.training.recipes import weights
from likely.training.weights import load_weights

MEASURED = 2048  # samples, and as many real pictures, for a distance
_AT_ONCE = 256


@weights(seed=0, dtype="float16", within={"right": 0.01})
def clothes_judge(seed: int, steps: int = 2000):
    """Learns the ten kinds from the training pictures, with noise on them."""
    clothes = load_fashion_mnist("train")

    def loss(judge, batch, key):
        images, kinds = batch
        how_much, what = jax.random.split(key)
        strength = 0.1 * jax.random.uniform(how_much, (len(images), 1))
        x = images.astype(jnp.float32) / 255 + strength * jax.random.normal(what, images.shape)
        return optax.softmax_cross_entropy_with_integer_labels(judge(x), kinds).mean()

    data = jnp.asarray(clothes.images.reshape(-1, 784)), jnp.asarray(clothes.labels, jnp.int32)
    optimizer = optax.adamw(optax.cosine_decay_schedule(2e-3, steps), weight_decay=0.05)
    judge = ClothesJudge(rngs=nnx.Rngs(seed))
    judge = fit(loss, judge, data, key=jax.random.key(seed), steps=steps, batch=256, optimizer=optimizer).model
    tests = load_fashion_mnist("test")
    said = judge(jnp.asarray(tests.images.reshape(-1, 784), jnp.float32) / 255).argmax(axis=1)
    return judge, {"right": float((said == tests.labels).mean())}


def denoising(model: PictureDenoiser, images: jax.Array, key: jax.Array) -> jax.Array:
    """The loss: the squared error of a pixel, weighed by 1/σ² up to 5; images are (n, 784) uint8."""
    x = images.astype(jnp.float32) / 127.5 - 1
    when, what = jax.random.split(key)
    t = (jnp.arange(len(x)) + jax.random.uniform(when)) / len(x)  # evenly over all times
    alpha, sigma = (part[:, None] for part in cosine(t))
    error = ((model(alpha * x + sigma * jax.random.normal(what, x.shape), t) - x) ** 2).mean(axis=1)
    return (jnp.minimum(1 / sigma[:, 0] ** 2, 5) * error).mean()


def drawn(model: PictureDenoiser, seed: int, n: int = MEASURED, *, steps: int = 100, eta: float = 1.0) -> jax.Array:
    """(n, 784) pictures from 0 to 1; n is a multiple of 256."""

    @nnx.jit
    def some(model, key):
        start, way = jax.random.split(key)
        z = jax.random.normal(start, (_AT_ONCE, 784))
        return (sample(model, z, times(steps), eta=eta, key=way, clip=1.0) + 1) / 2

    return jnp.concatenate([some(model, key) for key in jax.random.split(jax.random.key(seed), n // _AT_ONCE)])


@weights(seed=0, dtype="float16", within={"Fréchet distance": 0.5})
def clothes(seed: int, steps: int = 24_000):
    """A denoiser of clothes, from all training pictures."""
    images = jnp.asarray(load_fashion_mnist("train").images.reshape(-1, 784))
    rate = optax.warmup_cosine_decay_schedule(0, 2e-3, 200, steps, 2e-5)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=0.01))
    model = PictureDenoiser(rngs=nnx.Rngs(seed))
    key = jax.random.key(seed)
    model = fit(denoising, model, images, key=key, steps=steps, batch=64, optimizer=optimizer, ema=0.9995).model
    judge = load_weights("06a_clothes_judge", ClothesJudge(rngs=nnx.Rngs(0)))
    real = load_fashion_mnist("test").images.reshape(-1, 784)[:MEASURED]
    real = judge.features(jnp.asarray(real, jnp.float32) / 255)
    return model, {"Fréchet distance": frechet_distance(np.asarray(judge.features(drawn(model, seed))), real)}
