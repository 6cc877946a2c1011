"""PyTorch's twins of the models that training is measured on; imports nothing of the course.

The ones of bench/train_models.py and bench/gan.py, in the same names, so that the weights of Flax fit.
"""

import itertools
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn


class MLP(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(i, o) for i, o in ((784, 256), (256, 256), (256, 10))])

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.relu(layer(x))
        return self.layers[-1](x)


class Conv(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(1, 16, 3, stride=2, padding=1)
        self.second = nn.Conv2d(16, 32, 3, stride=2, padding=1)
        self.out = nn.Linear(7 * 7 * 32, 10)

    def forward(self, x):
        x = F.relu(self.second(F.relu(self.first(x))))
        return self.out(x.permute(0, 2, 3, 1).flatten(1))  # as Flax flattens; of channels last it is a view


class Points(nn.Module):
    """Generator or discriminator of points."""

    def __init__(self, size, width, layers, out):
        super().__init__()
        sizes = [size, *[width] * layers, out]
        self.layers = nn.ModuleList([nn.Linear(i, o) for i, o in itertools.pairwise(sizes)])

    def forward(self, x):
        for layer in self.layers[:-1]:
            x = F.leaky_relu(layer(x), 0.2)
        return self.layers[-1](x)


def norm(width):
    return nn.LayerNorm(width, eps=1e-6, bias=False)  # Flax's epsilon


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = norm(width), norm(width)
        self.qkv, self.mix = nn.Linear(width, 3 * width, bias=False), nn.Linear(width, width, bias=False)
        self.wide, self.back = nn.Linear(width, 4 * width, bias=False), nn.Linear(4 * width, width, bias=False)

    def asked(self, x):
        """(batch, place, width) -> queries, keys and values, each (batch, head, place, width of a head)."""
        b, t, width = x.shape
        return (a.view(b, t, self.heads, -1).transpose(1, 2) for a in self.qkv(self.norm1(x)).split(width, dim=2))

    def answered(self, x, fetched):
        """(batch, place, width) and what the heads fetched, (batch, head, place, width of a head) -> as the first."""
        x = x + self.mix(fetched.transpose(1, 2).reshape(x.shape))
        return x + self.back(F.gelu(self.wide(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self, letters, width, heads, layers, context):
        super().__init__()
        self.tokens, self.places = nn.Embedding(letters, width), nn.Embedding(context, width)
        self.blocks = nn.ModuleList([Block(width, heads) for _ in range(layers)])
        self.norm = norm(width)

    def forward(self, tokens):
        x = self.tokens(tokens) + self.places.weight
        for block in self.blocks:
            x = block.answered(x, F.scaled_dot_product_attention(*block.asked(x), is_causal=True))
        return self.read_out(x)

    def read_out(self, x):
        return F.linear(self.norm(x), self.tokens.weight)

    def start(self):
        """A cache for one text: keys and values of each layer, (1, head, context, width of a head)."""
        context, width = self.places.weight.shape
        return [[torch.zeros(1, block.heads, context, width // block.heads) for _ in range(2)] for block in self.blocks]

    def step(self, token, place, cache):
        """The letter at a place, (1, 1) -> logits of the next one, (1, letters); the cache takes it up."""
        x = self.tokens(token) + self.places.weight[place]  # (1, 1, width)
        for block, (keys, values) in zip(self.blocks, cache, strict=True):
            q, keys[:, :, place : place + 1], values[:, :, place : place + 1] = block.asked(x)
            seen = slice(None), slice(None), slice(0, place + 1)
            x = block.answered(x, F.scaled_dot_product_attention(q, keys[seen], values[seen]))
        return self.read_out(x)[0]


def make(name, settings):
    if name == "transformer":
        return Transformer(*(settings[key] for key in ("letters", "width", "heads", "layers", "context")))
    return dict(mlp=MLP, conv=Conv)[name]()


def flax_weights(path: Path):
    """Flax's weights by PyTorch's names: kernel (…, in, out) is weight (out, in, …), scale and embedding are weight."""
    found = {}
    for key, value in np.load(path).items():
        stem, _, kind = key.rpartition(".")
        if kind == "kernel":
            value = np.moveaxis(value, (-1, -2), (0, 1))
        found[f"{stem}.{'bias' if kind == 'bias' else 'weight'}"] = torch.from_numpy(np.ascontiguousarray(value))
    return found


def loss_of(model):
    """(examples, labels) -> the mean of -log P(label), in nats."""
    return lambda x, y: F.cross_entropy(model(x).flatten(0, -2), y.flatten())


def clock(call, *arguments):
    began = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - began
