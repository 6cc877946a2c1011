"""Networks for the pixel faces of `likely.data.load_faces`: an autoencoder, and a judge that reads attributes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence

import jax
import jax.numpy as jnp
from flax import nnx

__all__ = ["FaceAutoencoder", "FaceJudge"]

_SHAPE = (16, 16, 3)
_PIXELS = 16 * 16 * 3


def _dense(sizes: Sequence[int], activation: Callable, rngs: nnx.Rngs) -> nnx.Sequential:
    layers = []
    for n_in, n_out in itertools.pairwise(sizes):
        layers += [nnx.Linear(n_in, n_out, rngs=rngs), activation]
    return nnx.Sequential(*layers[:-1])


class FaceAutoencoder(nnx.Module):
    """Faces to codes of `latent` numbers and back, by two dense layers of the given widths each way.

    Pictures are (..., 16, 16, 3) with values from 0 to 1; a decoded one may go a little beyond.
    """

    def __init__(self, latent: int, *, widths: tuple[int, int] = (512, 256), rngs: nnx.Rngs):
        self.latent = latent
        self.encoder = _dense((_PIXELS, *widths, latent), jax.nn.silu, rngs)
        self.decoder = _dense((latent, *reversed(widths), _PIXELS), jax.nn.silu, rngs)

    def encode(self, images: jax.Array) -> jax.Array:
        """(..., 16, 16, 3) -> (..., latent)."""
        return self.encoder(2 * images.reshape(*images.shape[:-3], _PIXELS) - 1)

    def decode(self, codes: jax.Array) -> jax.Array:
        """(..., latent) -> (..., 16, 16, 3)."""
        return self.decoder(codes).reshape(*codes.shape[:-1], *_SHAPE)

    def __call__(self, images: jax.Array) -> jax.Array:
        return self.decode(self.encode(images))


class FaceJudge(nnx.Module):
    """Reads the attributes of a face; `values` says how many values each has. Two dense layers, of 512 and 256.

    It takes pictures (..., 16, 16, 3) with values from 0 to 1; what is beyond is cut off.
    """

    def __init__(self, values: Sequence[int], *, rngs: nnx.Rngs):
        self.values = tuple(values)
        self.layers = _dense((_PIXELS, 512, 256, sum(values)), jax.nn.relu, rngs)

    def features(self, images: jax.Array) -> jax.Array:
        """(..., 16, 16, 3) -> (..., 256): what the last layer reads the attributes from."""
        found = 2 * jnp.clip(images, 0, 1).reshape(*images.shape[:-3], _PIXELS) - 1
        for layer in self.layers.layers[:-1]:
            found = layer(found)
        return found

    def __call__(self, images: jax.Array) -> list[jax.Array]:
        """(..., 16, 16, 3) -> for each attribute the logits of its values, (..., values)."""
        scores = self.layers.layers[-1](self.features(images))
        ends = itertools.accumulate(self.values, initial=0)
        return [scores[..., a:b] for a, b in itertools.pairwise(ends)]

    def read(self, images: jax.Array) -> jax.Array:
        """(..., 16, 16, 3) -> (..., attributes) int32: the likeliest value of each attribute, as in `Faces.labels`."""
        return jnp.stack([logits.argmax(axis=-1) for logits in self(images)], axis=-1)

    def confidence(self, images: jax.Array) -> jax.Array:
        """(..., 16, 16, 3) -> (...): the probability that it gives to that reading, all attributes together."""
        return jnp.exp(sum(jax.nn.log_softmax(one).max(axis=-1) for one in self(images)))
