"""Chapter 4, Variational autoencoders: the clothes and faces of its figures, and the runs whose numbers it records."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from likely.data import FACE_ATTRIBUTES, Faces, letter_ids, load_faces, load_fashion_mnist, load_names
from likely.measures.bounds import (
    bernoulli_log_likelihood,
    gaussian_kl,
    gaussian_log_likelihood,
    importance_weighted_bound,
    log_weights,
)
from likely.measures.samples import precision
from likely.models.faces import FaceJudge
from likely.models.vae import VAE, TextVAE, binarise
from likely.training.loop import fit
from likely.training.recipes import record, weights
from likely.training.weights import load_weights

BETAS = (0.1, 0.3, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0)
_SIZES = [len(values) for values in FACE_ATTRIBUTES.values()]


def _clothes(split: str) -> jax.Array:
    """(picture, 784) uint8."""
    return jnp.asarray(load_fashion_mnist(split).images.reshape(-1, 784))


def _loss(vae: VAE, batch: tuple[jax.Array, jax.Array], key: jax.Array):
    """−ELBO in nats a picture, with the rate weighed by β; the pixels are drawn anew each time."""
    images, beta = batch  # (picture, 784) uint8, (picture,)
    pixels, noise = jax.random.split(key)
    x = binarise(images, pixels)
    mean, log_variance = vae.encode(x)
    logits = vae.decode(vae.draw(noise, mean, log_variance))
    distortion = -bernoulli_log_likelihood(x, logits).sum(axis=-1).mean()
    rate = gaussian_kl(mean, log_variance).sum(axis=-1).mean()
    return distortion + beta.mean() * rate, {"distortion": distortion, "rate": rate}


def _trained(seed: int, latent: int, widths: tuple[int, ...], steps: int, beta: float = 1.0) -> VAE:
    images, seen = jnp.split(_clothes("train"), [28_000])  # the last 2,000 say when to stop
    return fit(
        _loss,
        VAE(784, latent, widths=widths, rngs=nnx.Rngs(seed)),
        (images, jnp.full(len(images), beta)),
        held=(seen, jnp.full(len(seen), beta)),
        key=jax.random.key(seed),
        steps=steps,
        batch=128,
        optimizer=optax.adam(optax.cosine_decay_schedule(1e-3, steps)),
    ).model


def _bounds(vae: VAE, draws: int, seed: int = 0) -> dict[str, float]:
    """Means over the 10,000 test pictures, whose pixels are drawn once, from key 0: all in nats a picture."""
    x = binarise(_clothes("test"), jax.random.key(0)).reshape(-1, 100, 784)
    graph, arrays = nnx.split(vae)

    @jax.jit
    def of(arrays, x, key):
        vae = nnx.merge(graph, arrays)
        mean, log_variance = vae.encode(x)

        def one(key):
            z = vae.draw(key, mean, log_variance)
            return log_weights(bernoulli_log_likelihood(x, vae.decode(z)).sum(axis=-1), z, mean, log_variance)

        found = jax.lax.map(one, jax.random.split(key, draws))  # (draws, picture)
        rate = gaussian_kl(mean, log_variance).sum(axis=-1).mean()
        return found.mean(), rate, importance_weighted_bound(found).mean()

    keys = jax.random.split(jax.random.key(seed), len(x))
    elbo, rate, tighter = np.mean([of(arrays, one, key) for one, key in zip(x, keys, strict=True)], axis=0)
    return {"ELBO": float(elbo), "rate": float(rate), f"bound of {draws} draws": float(tighter)}


@weights(seed=0, dtype="float16", within={"ELBO": 0.5, "rate": 0.2, "bound of 10 draws": 0.5})
def plane(seed: int):
    """Clothes on a plane: codes of two numbers."""
    vae = _trained(seed, 2, (512, 256), 10_000)
    return vae, _bounds(vae, 10)


@weights(seed=0, dtype="float16", within={"ELBO": 0.5, "rate": 0.3, "bound of 100 draws": 0.5})
def clothes(seed: int):
    """Clothes in codes of 32 numbers."""
    vae = _trained(seed, 32, (512, 256), 10_000)
    return vae, _bounds(vae, 100)


@weights(seed=0, dtype="int8", within={"ELBO at β = 1": 0.6})
def betas(seed: int):
    """Eight autoencoders with codes of 16 numbers, one for each weight β of the rate."""
    made = {f"{beta:g}": _trained(seed, 16, (128,), 4000, beta) for beta in BETAS}
    return made, {"ELBO at β = 1": _bounds(made["1"], 10)["ELBO"]}


@record(seeds=range(3))
def rate_distortion(seed: int):
    """Rate and distortion on the test pictures for eight weights of the rate, in nats a picture; each list is by β."""
    found = [_bounds(_trained(seed, 16, (128,), 4000, beta), 10) for beta in BETAS]
    return {
        "β": BETAS,
        "rate": [one["rate"] for one in found],
        "distortion": [-one["ELBO"] - one["rate"] for one in found],
        "bound of 10 draws": [one["bound of 10 draws"] for one in found],
    }


def wanted(labels: jax.Array) -> jax.Array:
    """Attributes of faces, (..., 7) int32 -> (..., 24): for each of them a 1 at its value and 0 at the others."""
    return jnp.concatenate([jax.nn.one_hot(labels[..., i], size) for i, size in enumerate(_SIZES)], axis=-1)


def _pixels(faces: Faces) -> jax.Array:
    """(face, 768) float32 from 0 to 1."""
    return jnp.asarray(faces.images, jnp.float32).reshape(-1, 768) / 255


def _face_loss(vae: VAE, batch: tuple[jax.Array, jax.Array, jax.Array], key: jax.Array):
    x, given, sigma = batch  # (face, 768), (face, 24), (face,): one width of the pixels for all
    mean, log_variance = vae.encode(x, given)
    means = vae.decode(vae.draw(key, mean, log_variance), given)
    distortion = -gaussian_log_likelihood(x, means, 2 * jnp.log(sigma[0])).sum(axis=-1).mean()
    rate = gaussian_kl(mean, log_variance).sum(axis=-1).mean()
    return distortion + rate, {"distortion": distortion, "rate": rate}


def _face_vae(seed: int, sigma: float, steps: int) -> tuple[VAE, dict[str, float]]:
    data = load_faces()
    given = wanted(jnp.asarray(data.train.labels, jnp.int32))
    vae = fit(
        _face_loss,
        VAE(768, 32, widths=(512, 256), given=sum(_SIZES), rngs=nnx.Rngs(seed)),
        (_pixels(data.train), given, jnp.full(len(given), sigma)),
        key=jax.random.key(seed),
        steps=steps,
        batch=256,
        optimizer=optax.adamw(optax.cosine_decay_schedule(2e-3, steps), weight_decay=1e-4),
    ).model
    judge = load_weights("02_face_judge", FaceJudge(_SIZES, rngs=nnx.Rngs(0)))
    labels = jnp.asarray(data.test.labels, jnp.int32)
    codes = jax.random.normal(jax.random.key(seed), (len(labels), 32))
    drawn = jnp.clip(vae.decode(codes, wanted(labels)), 0, 1).reshape(-1, 16, 16, 3)
    real = judge.features(_pixels(data.train)[:5000].reshape(-1, 16, 16, 3))
    seen = _pixels(data.test)
    mean, log_variance = vae.encode(seen, wanted(labels))
    return vae, {
        "all seven right": float((judge.read(drawn) == labels).all(axis=1).mean()),
        "are faces": float(precision(judge.features(drawn), real)),
        "rate": float(gaussian_kl(mean, log_variance).sum(axis=-1).mean()),
        "error of a pixel": float(jnp.sqrt(jnp.mean((vae.decode(mean, wanted(labels)) - seen) ** 2))),
    }


@weights(seed=0, dtype="float16", within={"all seven right": 0.02, "are faces": 0.02, "rate": 0.5})
def faces(seed: int):
    """Faces by their attributes, with pixels of width 0.35."""
    return _face_vae(seed, 0.35, 6000)


SIGMAS = (0.1, 0.18, 0.25, 0.35, 0.5)


@record(seeds=range(3))
def face_widths(seed: int):
    """What the width of the decoder's pixels decides; each list is by width. Drawn as test faces are."""
    found = [_face_vae(seed, sigma, 2000)[1] for sigma in SIGMAS]
    return {"width": SIGMAS, **{name: [one[name] for one in found] for name in found[0]}}


def spelled_names() -> tuple[jax.Array, jax.Array]:
    """Names to learn from and held out, (name, 16) int32: 0 ends a name, then a hyphen, then a to z."""
    names = sorted({name.lower() for name in load_names()})
    rows = np.zeros((len(names), 16), np.int32)
    for row, name in zip(rows, names, strict=True):
        row[: len(name)] = letter_ids(name, ".-abcdefghijklmnopqrstuvwxyz")
    held, known = jnp.split(jax.random.permutation(jax.random.key(0), jnp.asarray(rows)), [842])
    return known, held


def _text_loss(vae: TextVAE, batch: tuple[jax.Array, jax.Array, jax.Array], key: jax.Array):
    names, beta, free = batch  # (name, 16), (name,), (name,): the last two say one number for all
    mean, log_variance = vae.encode(names)
    z = mean + jnp.exp(log_variance / 2) * jax.random.normal(key, mean.shape)
    nats = optax.softmax_cross_entropy_with_integer_labels(vae.decode(z, names), names)
    counted = jnp.cumsum(names == 0, axis=1) <= 1  # up to the first end
    distortion = (nats * counted).sum(axis=1).mean()
    rates = gaussian_kl(mean, log_variance).mean(axis=0)  # (latent,)
    loss = distortion + beta[0] * jnp.maximum(rates, free[0]).sum()
    return loss, {"distortion": distortion, "rate": rates.sum(), "ELBO": -distortion - rates.sum()}


WAYS = {"plain": (1.0, 0.0), "warm-up": (None, 0.0), "free bits": (1.0, 0.25)}


def text_vae(seed: int, way: str, steps: int = 2000) -> tuple[TextVAE, dict[str, np.ndarray]]:
    """A TextVAE of names, trained in one of the WAYS: (β, or None to raise it from 0 in ten stairs; free nats)."""
    known, held = spelled_names()
    beta, free = WAYS[way]
    vae, parts = TextVAE(28, 16, 16, rngs=nnx.Rngs(seed)), []
    stairs = np.linspace(0, 1, 11)[:10].tolist() + [1.0] * 10 if beta is None else [beta] * 20
    for i, beta in enumerate(stairs):
        data, seen = ((rows, jnp.full(len(rows), beta), jnp.full(len(rows), free)) for rows in (known, held))
        key, optimizer = jax.random.fold_in(jax.random.key(seed), i), optax.adam(1e-3)
        settings = dict(key=key, steps=steps // 20, batch=128, optimizer=optimizer, show=False)
        done = fit(_text_loss, vae, data, held=seen, every=steps // 20, **settings)
        vae, parts = done.model, [*parts, done.history]
    return vae, {name: np.concatenate([part[name] for part in parts]) for name in ("held rate", "held distortion")}


@record(seeds=range(3))
def collapse(seed: int):
    """Codes of names left unused: rate and ELBO on held-out names, 20 times over a run; each list is by way."""
    found = {"rate": [], "ELBO": [], "rate of each number": []}
    for way in WAYS:
        vae, history = text_vae(seed, way)
        found["rate"].append(history["held rate"].tolist())
        found["ELBO"].append((-history["held rate"] - history["held distortion"]).tolist())
        each = gaussian_kl(*vae.encode(spelled_names()[1])).mean(axis=0)
        found["rate of each number"].append(jnp.sort(each)[::-1].tolist())
    return found
