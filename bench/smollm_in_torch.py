"""PyTorch's side of `make bench ARGS="smollm"`; runs in an environment of its own.

    python bench/smollm_in_torch.py FOLDER

FOLDER has settings.json, and in arrays.npz the weights as likely.models.smollm names them, and a prompt of tokens.
Prints JSON about itself; then, for each line that comes in, the logits behind the prompt ("logits float32"), the tokens
after it and how many a second ("write float32", "write bfloat16"), or the bytes a second at which an array as large as
the weights is read ("read").
"""

import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F

folder = Path(sys.argv[1])
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])
LAYERS, HEADS, SHARED, BASE, ROOM, MOST = (
    settings[key] for key in ("layers", "heads", "shared", "base", "room", "most")
)
given = np.load(folder / "arrays.npz")
prompt = given["prompt"].tolist()


class SmolLM:
    """One token at a time, with a cache; the places of a head's numbers are turned in float32."""

    def __init__(self, dtype):
        def take(name):
            return torch.from_numpy(given[name]).to(dtype)

        self.dtype, self.tokens, self.norm = dtype, take("tokens"), take("norm")
        names = ("norm1", "qkv", "mix", "norm2", "wide", "back")
        self.layers = [[take(f"{i}.{name}") for name in names] for i in range(LAYERS)]
        self.width, self.d = len(self.norm), len(self.norm) // HEADS
        self.speed = BASE ** (-torch.arange(0, self.d, 2) / self.d)

    def start(self):
        """Keys and values of each layer."""
        return [torch.zeros(2, 1, SHARED, ROOM, self.d, dtype=self.dtype) for _ in self.layers]

    def step(self, token, place, cache):
        """The logits of what comes after a token, in float32: (token,). `cache` has it then."""
        cos, sin = (part.to(self.dtype) for part in ((place * self.speed).cos(), (place * self.speed).sin()))

        def turned(x):
            even, odd = x[..., 0::2], x[..., 1::2]
            return torch.stack([even * cos - odd * sin, even * sin + odd * cos], dim=-1).flatten(-2)

        x = self.tokens[token]
        for (norm1, qkv, mix, norm2, wide, back), kept in zip(self.layers, cache, strict=True):
            heads = F.linear(F.rms_norm(x, (self.width,), norm1, 1e-5), qkv).view(-1, self.d)
            turned_heads = turned(heads[: HEADS + SHARED])
            kept[0, 0, :, place], kept[1, 0, :, place] = turned_heads[HEADS:], heads[HEADS + SHARED :]
            k, v = kept[:, :, :, : place + 1]
            q = turned_heads[:HEADS].view(1, HEADS, 1, self.d)
            heard = F.scaled_dot_product_attention(q, k, v, enable_gqa=True)
            x = x + F.linear(heard.flatten(), mix)
            gate, through = F.linear(F.rms_norm(x, (self.width,), norm2, 1e-5), wide).chunk(2)
            x = x + F.linear(F.silu(gate) * through, back)
        return F.linear(F.rms_norm(x, (self.width,), self.norm, 1e-5), self.tokens).float()


@torch.inference_mode()
def read(model):
    """The logits behind the prompt, and the cache with it."""
    cache = model.start()
    for place, token in enumerate(prompt):
        logits = model.step(token, place, cache)
    return logits, cache


@torch.inference_mode()
def write(model):
    """The likeliest token each time, and how many a second, from the first one after the prompt on."""
    logits, cache = read(model)
    said = [logits.argmax().item()]
    began = time.perf_counter()
    for place in range(len(prompt), len(prompt) + MOST):
        said.append(model.step(said[-1], place, cache).argmax().item())
    return dict(said=said, rate=MOST / (time.perf_counter() - began))


@torch.inference_mode()
def fastest_read(times=5):
    """Bytes a second, the best of three ways to need every number of an array that large."""
    numbers, vector = torch.ones(settings["bytes"] // 4 // 576, 576), torch.ones(576)
    seconds = []
    for way in (numbers.sum, numbers.amax, lambda: numbers @ vector):
        for _ in range(times):
            began = time.perf_counter()
            way()
            seconds.append(time.perf_counter() - began)
    return numbers.nbytes / min(seconds)


models = {name: SmolLM(getattr(torch, name)) for name in ("float32", "bfloat16")}
one = models["float32"]
parameters = sum(a.numel() for a in (one.tokens, one.norm, *itertools.chain(*one.layers)))
print(json.dumps(dict(version=torch.__version__, parameters=parameters, losses=[])), flush=True)
for line in sys.stdin:
    what, _, name = line.strip().partition(" ")
    if what == "read":
        print(fastest_read(), flush=True)
    elif what == "logits":
        print(json.dumps(read(models[name])[0].tolist()), flush=True)
    else:
        print(json.dumps(write(models[name])), flush=True)
