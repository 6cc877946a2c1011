"""The models that training is measured on, in Flax; bench/models_in_torch.py has the same ones in PyTorch."""

from __future__ import annotations

import jax
import numpy as np
import optax
from flax import nnx

from likely.models.transformer import Transformer

LABELS = dict(
    mlp="MLP 784-256-256-10, batch 128",
    conv="conv net 28×28, 16 and 32 channels, batch 128",
    transformer="transformer 4×128, context 64, batch 12",
)
STEPS = dict(mlp=1500, conv=300, transformer=120)  # of a timed run
BATCH = dict(mlp=128, conv=128, transformer=12)
EXAMPLES = 4096
RATE, DECAY = 1e-3, 0.01  # of AdamW
CONTEXT, LETTERS = 64, 65
SIZES = dict(width=128, heads=4, layers=4, context=CONTEXT)  # nanoGPT's recipe for a CPU


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


MODELS = dict(mlp=MLP, conv=Conv, transformer=lambda rngs: Transformer(LETTERS, **SIZES, rngs=rngs))


def loss(model, batch, key):
    x, y = batch
    return optax.softmax_cross_entropy_with_integer_labels(model(x), y).mean()
