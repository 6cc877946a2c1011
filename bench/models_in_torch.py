"""PyTorch's twins of the models that training is measured on; imports nothing of the course.

The ones of bench/train_models.py, bench/gan.py and the denoiser of clothes, in the same names, so that the weights of
Flax fit. And a plain U-Net, of which the course has none.
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


def time_features(t, size=64):
    at = t[:, None] * torch.from_numpy(np.geomspace(1, 1000, size // 2).astype(np.float32))
    return torch.cat([torch.sin(at), torch.cos(at)], dim=-1)


def plain_norm(x):
    return F.layer_norm(x, x.shape[-1:], eps=1e-5)


class Denoising(nn.Module):
    """A block of the denoiser, which is told the time."""

    def __init__(self, width, told):
        super().__init__()
        self.told = nn.Linear(told, 2 * width)
        self.first, self.second = nn.Linear(width, width), nn.Linear(width, width)

    def forward(self, h, told):
        scale, shift = self.told(told).chunk(2, dim=-1)
        return h + self.second(F.silu(self.first(plain_norm(h) * (1 + scale) + shift)))


class Denoiser(nn.Module):
    def __init__(self, size, width, blocks, told):
        super().__init__()
        self.told, self.into = nn.Linear(64, told), nn.Linear(size, width)
        self.blocks = nn.ModuleList([Denoising(width, told) for _ in range(blocks)])
        self.out = nn.Linear(width, size)

    def forward(self, z, t):
        told, h = F.silu(self.told(time_features(t))), self.into(z)
        for block in self.blocks:
            h = block(h, told)
        return self.out(plain_norm(h))


class PictureDenoiser(nn.Module):
    def __init__(self, width=512, blocks=3, local=96, told=96):
        super().__init__()
        self.whole = Denoiser(784, width, blocks, told)
        self.first, self.second = nn.Linear(128, local), nn.Linear(local, local)
        self.told = nn.ModuleList([nn.Linear(told, local) for _ in range(2)])
        self.place = nn.Parameter(torch.zeros(7, 7, local))
        self.out = nn.Linear(local, 16)

    def forward(self, z, t):
        x = self.whole(z, t)
        told = F.silu(self.whole.told(time_features(t)))
        one, two = (layer(told)[:, None, None] for layer in self.told)
        h = F.silu(self.first(torch.cat([around(z), around(x)], dim=-1)) + one + self.place)
        h = h + F.silu(self.second(plain_norm(h)) + two)
        return x + self.out(h).view(-1, 7, 7, 4, 4).transpose(2, 3).reshape(-1, 784)


class Res(nn.Module):
    """Two convolutions, each behind a group norm, that are told the time in between; what came in is added."""

    def __init__(self, into, out, told):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(8, into), nn.GroupNorm(8, out)
        self.first, self.second = nn.Conv2d(into, out, 3, padding=1), nn.Conv2d(out, out, 3, padding=1)
        self.told = nn.Linear(told, out)
        self.past = nn.Conv2d(into, out, 1) if into != out else nn.Identity()

    def forward(self, h, told):
        x = self.first(F.silu(self.norm1(h))) + self.told(told)[:, :, None, None]
        return self.past(h) + self.second(F.silu(self.norm2(x)))


class UNet(nn.Module):
    """Grey pictures, 28 × 28, at three sizes, as Ho et al. (2020), arXiv:2006.11239, have it; attention at 7 × 7."""

    def __init__(self, widths=(32, 64, 128), told=128):
        super().__init__()
        one, two, three = widths
        self.told = nn.Sequential(nn.Linear(64, told), nn.SiLU(), nn.Linear(told, told), nn.SiLU())
        self.into, self.out = nn.Conv2d(1, one, 3, padding=1), nn.Conv2d(one, 1, 3, padding=1)
        self.down = nn.ModuleList([Res(one, one, told), Res(two, two, told), Res(three, three, told)])
        self.smaller = nn.ModuleList([nn.Conv2d(one, two, 3, 2, 1), nn.Conv2d(two, three, 3, 2, 1)])
        self.norm, self.last_norm = nn.GroupNorm(8, three), nn.GroupNorm(8, one)
        self.look = nn.MultiheadAttention(three, 4, batch_first=True)
        self.middle = Res(three, three, told)
        self.larger = nn.ModuleList([nn.Conv2d(three, two, 3, padding=1), nn.Conv2d(two, one, 3, padding=1)])
        self.up = nn.ModuleList([Res(2 * two, two, told), Res(2 * one, one, told)])

    def forward(self, z, t):
        told = self.told(time_features(t))
        first = self.down[0](self.into(z.view(-1, 1, 28, 28)), told)
        second = self.down[1](self.smaller[0](first), told)
        h = self.down[2](self.smaller[1](second), told)
        places = self.norm(h).flatten(2).transpose(1, 2)  # (n, 49, width)
        h = h + self.look(places, places, places, need_weights=False)[0].transpose(1, 2).view(h.shape)
        h = self.middle(h, told)
        for past, larger, up in zip((second, first), self.larger, self.up, strict=True):
            h = up(torch.cat([past, larger(F.interpolate(h, scale_factor=2))], dim=1), told)
        return self.out(F.silu(self.last_norm(h))).flatten(1)


def around(x):
    """(n, 784) -> (n, 7, 7, 64): the 8 × 8 pixels around each patch of 4 × 4; beyond the edge they are -1."""
    x = F.pad(x.view(-1, 28, 28), (2, 2, 2, 2), value=-1.0)
    return x.unfold(1, 8, 4).unfold(2, 8, 4).flatten(3)


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
        name = f"{stem}.{'bias' if kind == 'bias' else 'weight'}" if stem else kind
        found[name] = torch.from_numpy(np.ascontiguousarray(value))
    return found


def loss_of(model):
    """(examples, labels) -> the mean of -log P(label), in nats."""
    return lambda x, y: F.cross_entropy(model(x).flatten(0, -2), y.flatten())


def clock(call, *arguments):
    began = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - began
