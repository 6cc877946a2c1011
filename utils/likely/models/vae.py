"""Variational autoencoders of dense layers."""

from __future__ import annotations

import itertools

import jax
import jax.numpy as jnp
from flax import nnx

from likely.models.rungs import Recurrent

__all__ = ["VAE", "TextVAE", "binarise"]


class VAE(nnx.Module):
    """An encoder that answers with a Gaussian over codes, and a decoder that answers with numbers for each pixel.

    `pixels` numbers a picture, `latent` numbers a code, dense layers of `widths` on the way to the code and back.
    `given` numbers, such as what a face is to have, may stand beside the picture and beside the code: then both parts
    take them. What the decoder's numbers mean (logits, or means) is for the loss to say.
    Source: Kingma & Welling (2014), arXiv:1312.6114; with `given`, Sohn, Lee & Yan (2015).
    """

    def __init__(
        self, pixels: int, latent: int, *, widths: tuple[int, ...] = (512, 256), given: int = 0, rngs: nnx.Rngs
    ):
        def layers(*sizes: int) -> nnx.Sequential:
            pairs = itertools.pairwise(sizes)
            return nnx.Sequential(*[f for pair in pairs for f in (nnx.Linear(*pair, rngs=rngs), jax.nn.silu)][:-1])

        self.latent = latent
        self.encoder = layers(pixels + given, *widths, 2 * latent)
        self.decoder = layers(latent + given, *reversed(widths), pixels)

    def encode(self, x: jax.Array, *given: jax.Array) -> tuple[jax.Array, jax.Array]:
        """(..., pixels) -> mean and log variance of q(z|x), each (..., latent)."""
        mean, log_variance = jnp.split(self.encoder(jnp.concatenate([x, *given], axis=-1)), 2, axis=-1)
        return mean, log_variance

    def draw(self, key: jax.Array, mean: jax.Array, log_variance: jax.Array) -> jax.Array:
        """A code from q(z|x): mean + deviation · ε with ε from N(0, I), so that gradients pass through."""
        return mean + jnp.exp(log_variance / 2) * jax.random.normal(key, mean.shape)

    def decode(self, z: jax.Array, *given: jax.Array) -> jax.Array:
        """(..., latent) -> (..., pixels)."""
        return self.decoder(jnp.concatenate([z, *given], axis=-1))


class TextVAE(nnx.Module):
    """A code for a short text: dense layers read it at once, a recurrent net tells it letter by letter.

    Texts are int32 (text, place), `places` long; token 0 ends one, and what follows it is not counted. The net that
    tells is given the letters before, so that it can do without the code. `vocabulary` kinds of letter, codes of
    `latent` numbers, `width` numbers carried along.
    Source: Bowman et al. (2016), arXiv:1511.06349, with dense layers for the encoder.
    """

    def __init__(self, vocabulary: int, places: int, latent: int, *, width: int = 128, rngs: nnx.Rngs):
        self.vocabulary = vocabulary
        self.read = VAE(places * vocabulary, latent, widths=(2 * width,), rngs=rngs).encoder
        self.tell = Recurrent(vocabulary, width=width, rngs=rngs)
        self.about = nnx.Linear(latent, 3 * width, rngs=rngs)

    def encode(self, texts: jax.Array) -> tuple[jax.Array, jax.Array]:
        """(text, place) -> mean and log variance of q(z|x), each (text, latent)."""
        seen = jax.nn.one_hot(texts, self.vocabulary).reshape(len(texts), -1)
        mean, log_variance = jnp.split(self.read(seen), 2, axis=-1)
        return mean, log_variance

    def decode(self, z: jax.Array, texts: jax.Array) -> jax.Array:
        """Codes (text, latent) and texts (text, place) -> logits of each letter after those before it."""
        before = jnp.pad(texts[:, :-1], ((0, 0), (1, 0)))  # token 0 also opens a text
        given = self.tell.given(self.tell.tokens(before)) + self.about(z)[:, None]  # (text, place, 3 · width)

        def one(h, given):
            h = self.tell.step(given, h)
            return h, h

        start = jnp.zeros((len(texts), self.tell.tokens.features))
        _, states = jax.lax.scan(one, start, given.swapaxes(0, 1))  # (place, text, width)
        return self.tell.out(states).swapaxes(0, 1)


def binarise(images: jax.Array, key: jax.Array) -> jax.Array:
    """Grey values, 0 to 255, as pixels that are 0 or 1: each is 1 with the probability that its grey value says.

    images: (...) uint8. Returns (...) float32. Source: Salakhutdinov & Murray (2008), doi:10.1145/1390156.1390266.
    """
    return jax.random.bernoulli(key, images.astype(jnp.float32) / 255).astype(jnp.float32)
