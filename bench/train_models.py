"""The models that training is measured on, in Flax; bench/train_in_torch.py has the same ones in PyTorch."""

from __future__ import annotations

import functools

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

LABELS = dict(
    mlp="MLP 784-256-256-10, batch 128",
    conv="conv net 28×28, 16 and 32 channels, batch 128",
    transformer="transformer 4×128, context 64, batch 12",
)
STEPS = dict(mlp=1500, conv=300, transformer=120)  # of a timed run
BATCH = dict(mlp=128, conv=128, transformer=12)
EXAMPLES = 4096
RATE, DECAY = 1e-3, 0.01  # of AdamW
WIDTH, HEADS, LAYERS, CONTEXT, LETTERS = 128, 4, 4, 64, 65  # nanoGPT's recipe for a CPU


def optimizer() -> optax.GradientTransformation:
    return optax.adamw(RATE, weight_decay=DECAY)


def data(name: str) -> tuple[np.ndarray, np.ndarray]:
    """Examples and labels. They are noise: only the time counts."""
    random = np.random.default_rng(0)
    if name == "transformer":
        letters = random.integers(0, LETTERS, (EXAMPLES, CONTEXT + 1)).astype(np.int32)
        return letters[:, :-1].copy(), letters[:, 1:].copy()
    shape = (EXAMPLES, 784) if name == "mlp" else (EXAMPLES, 28, 28, 1)
    return random.normal(size=shape).astype(np.float32), random.integers(0, 10, EXAMPLES).astype(np.int32)


class MLP(nnx.Module):
    def __init__(self, rngs: nnx.Rngs):
        self.layers = nnx.List([nnx.Linear(i, o, rngs=rngs) for i, o in ((784, 256), (256, 256), (256, 10))])

    def __call__(self, x):
        for layer in self.layers[:-1]:
            x = jax.nn.relu(layer(x))
        return self.layers[-1](x)


class Conv(nnx.Module):
    def __init__(self, rngs: nnx.Rngs):
        make = lambda i, o: nnx.Conv(i, o, (3, 3), strides=2, padding=1, rngs=rngs)  # noqa: E731
        self.first, self.second, self.out = make(1, 16), make(16, 32), nnx.Linear(7 * 7 * 32, 10, rngs=rngs)

    def __call__(self, x):
        x = jax.nn.relu(self.second(jax.nn.relu(self.first(x))))  # (batch, 7, 7, 32)
        return self.out(x.reshape(len(x), -1))


class Block(nnx.Module):
    def __init__(self, rngs: nnx.Rngs):
        dense = functools.partial(nnx.Linear, use_bias=False, rngs=rngs)
        self.norm1, self.norm2 = (nnx.LayerNorm(WIDTH, epsilon=1e-5, use_bias=False, rngs=rngs) for _ in range(2))
        self.qkv, self.proj = dense(WIDTH, 3 * WIDTH), dense(WIDTH, WIDTH)
        self.wide, self.back = dense(WIDTH, 4 * WIDTH), dense(4 * WIDTH, WIDTH)

    def __call__(self, x):
        # (batch · place, width): with two axes XLA has the gradient of a dense layer in one product on a CPU; with
        # (batch, place, width) it transposes the wider factor first, and a step takes 1.6 times as long
        q, k, v = (a.reshape(-1, CONTEXT, HEADS, WIDTH // HEADS) for a in jnp.split(self.qkv(self.norm1(x)), 3, axis=1))
        scores = jnp.einsum("bqhd,bkhd->bhqk", q, k) * (WIDTH // HEADS) ** -0.5
        causal = jnp.tril(jnp.ones((CONTEXT, CONTEXT), bool))
        weights = jax.nn.softmax(jnp.where(causal, scores, -jnp.inf), axis=-1)  # (batch, head, query, key)
        x = x + self.proj(jnp.einsum("bhqk,bkhd->bqhd", weights, v).reshape(-1, WIDTH))
        return x + self.back(jax.nn.gelu(self.wide(self.norm2(x)), approximate=False))


class Transformer(nnx.Module):
    def __init__(self, rngs: nnx.Rngs):
        self.letters, self.places = (nnx.Embed(n, WIDTH, rngs=rngs) for n in (LETTERS, CONTEXT))
        self.blocks = nnx.List([Block(rngs) for _ in range(LAYERS)])
        self.norm = nnx.LayerNorm(WIDTH, epsilon=1e-5, use_bias=False, rngs=rngs)

    def __call__(self, letters):
        x = (self.letters(letters) + self.places.embedding[...]).reshape(-1, WIDTH)  # (batch · place, width)
        for block in self.blocks:
            x = block(x)
        return self.letters.attend(self.norm(x)).reshape(*letters.shape, LETTERS)


MODELS = dict(mlp=MLP, conv=Conv, transformer=Transformer)


def loss(model, batch, key):
    x, y = batch
    return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()
