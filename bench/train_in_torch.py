"""PyTorch's side of `make bench ARGS="train"`; runs in an environment of its own, and imports nothing of the course.

    python bench/train_in_torch.py FOLDER MODEL eager|compiled

FOLDER has settings.json, arrays.npz (x, y and the rows of each step) and weights.npz, which Flax begins with. Prints
JSON: first about itself (see Side in train.py), then, each time a line comes in, the steps a second of a run anew.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

folder, name, mode = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])
WIDTH, HEADS, LAYERS, CONTEXT, LETTERS = (settings[key] for key in ("width", "heads", "layers", "context", "letters"))


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


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, bias=False), nn.LayerNorm(WIDTH, bias=False)
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH, bias=False), nn.Linear(WIDTH, WIDTH, bias=False)
        self.wide, self.back = nn.Linear(WIDTH, 4 * WIDTH, bias=False), nn.Linear(4 * WIDTH, WIDTH, bias=False)

    def forward(self, x):
        b, t, _ = x.shape
        q, k, v = (a.view(b, t, HEADS, -1).transpose(1, 2) for a in self.qkv(self.norm1(x)).split(WIDTH, dim=2))
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.proj(y.transpose(1, 2).reshape(b, t, WIDTH))
        return x + self.back(F.gelu(self.wide(self.norm2(x))))


class Transformer(nn.Module):
    def __init__(self):
        super().__init__()
        self.letters, self.places = nn.Embedding(LETTERS, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks = nn.ModuleList([Block() for _ in range(LAYERS)])
        self.norm = nn.LayerNorm(WIDTH, bias=False)

    def forward(self, letters):
        x = self.letters(letters) + self.places.weight
        for block in self.blocks:
            x = block(x)
        return F.linear(self.norm(x), self.letters.weight)


def flax_weights():
    """Flax's weights by PyTorch's names: kernel (…, in, out) is weight (out, in, …), scale and embedding are weight."""
    found = {}
    for key, value in np.load(folder / "weights.npz").items():
        stem, _, kind = key.rpartition(".")
        if kind == "kernel":
            value = np.moveaxis(value, (-1, -2), (0, 1))
        found[f"{stem}.{'bias' if kind == 'bias' else 'weight'}"] = torch.from_numpy(np.ascontiguousarray(value))
    return found


model, weights = dict(mlp=MLP, conv=Conv, transformer=Transformer)[name](), flax_weights()
given = np.load(folder / "arrays.npz")
x, y, rows = (torch.from_numpy(given[key]) for key in ("x", "y", "rows"))
y = y.long()
if name == "conv":
    model = model.to(memory_format=torch.channels_last)
    x = x.permute(0, 3, 1, 2)  # the memory stays as it is: channels last
if name == "transformer":
    x = x.long()


def loss_of(x, y):
    return F.cross_entropy(model(x).flatten(0, -2), y.flatten())


loss_of = torch.compile(loss_of) if mode == "compiled" else loss_of


def trained(rows):
    """The loss of each step, from the first weights on."""
    model.load_state_dict(weights)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings["rate"], weight_decay=settings["decay"], fused=True)
    losses = []
    for some in rows:
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(x[some], y[some])
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
    return torch.stack(losses).tolist()


def clock(call, *arguments):
    began = time.perf_counter()
    call(*arguments)
    return time.perf_counter() - began


first = clock(trained, rows[:1])
losses = trained(torch.arange(rows.shape[1]).repeat(settings["same_steps"], 1))
parameters = sum(p.numel() for p in model.parameters())
about = dict(version=torch.__version__, first=first, parameters=parameters, losses=losses)
print(json.dumps(about), flush=True)
for _ in sys.stdin:
    print(len(rows) / clock(trained, rows), flush=True)
