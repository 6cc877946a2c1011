"""PyTorch's side of `make bench ARGS="diffusion"`; runs in an environment of its own, imports nothing of the course.

    python bench/diffusion_in_torch.py FOLDER

FOLDER has settings.json, arrays.npz (pictures, noise to draw from, and the times and the noise of the steps that are
compared) and weights.npz, which Flax begins with. Prints JSON: first about itself (see Side in train.py; its last loss
is a number of each picture that it draws), then, for each line that comes in, "train" or "draw", the pictures a second.
"""

import itertools
import json
import sys
from pathlib import Path

import numpy as np
import torch
from models_in_torch import PictureDenoiser, clock, flax_weights

folder = Path(sys.argv[1])
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
BATCH = settings["batch"]

arrays = {name: torch.from_numpy(a) for name, a in np.load(folder / "arrays.npz").items()}
images, start, weights = arrays["images"], arrays["z"], flax_weights(folder / "weights.npz")
model = PictureDenoiser()


def schedule(t):
    angle = torch.pi / 2 * t
    return torch.cos(angle), torch.sin(angle)


def given(i):
    return images[:BATCH], arrays["t"][i], arrays["noise"][i]


def drawn(i):
    rows = torch.randint(len(images), (BATCH,))
    return images[rows], (torch.arange(BATCH) + torch.rand(1)) / BATCH, torch.randn(BATCH, 784)


def trained(steps, batch):
    """The losses of each step, from the first weights on."""
    model.load_state_dict(weights)
    adam = torch.optim.AdamW(model.parameters(), lr=settings["rate"], weight_decay=settings["decay"], fused=True)
    losses = []
    for i in range(steps):
        x, t, noise = batch(i)
        alpha, sigma = (part[:, None] for part in schedule(t))
        error = ((model(alpha * x + sigma * noise, t) - x) ** 2).mean(dim=1)
        loss = (torch.clamp(1 / sigma[:, 0] ** 2, max=5) * error).mean()
        adam.zero_grad(set_to_none=True)
        loss.backward()
        adam.step()
        losses.append(loss.detach())
    return torch.stack(losses).tolist()


@torch.inference_mode()
def draw(z):
    """DDIM from noise to pictures, with what the network is taken to say cut off at ±1."""
    at = torch.linspace(0.995, 0, settings["way"] + 1)
    for now, then in itertools.pairwise(at):
        x = model(z, now.expand(len(z))).clamp(-1, 1)
        (alpha, sigma), (alpha_then, sigma_then) = schedule(now), schedule(then)
        z = alpha_then * x + sigma_then * (z - alpha * x) / sigma
    return z


model.load_state_dict(weights)
pictures = draw(start)[:, 300].tolist()
losses = trained(len(arrays["t"]), given)
parameters = sum(p.numel() for p in model.parameters())
print(json.dumps(dict(version=torch.__version__, parameters=parameters, losses=[*losses, pictures])), flush=True)
for line in sys.stdin:
    if line.strip() == "train":
        print(settings["steps"] * BATCH / clock(trained, settings["steps"], drawn), flush=True)
    else:
        model.load_state_dict(weights)
        print(len(start) / clock(draw, start), flush=True)
