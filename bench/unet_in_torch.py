"""PyTorch's side of `make bench ARGS="unet"`, a plain U-Net; runs in an environment of its own.

    python bench/unet_in_torch.py FOLDER

FOLDER has settings.json and arrays.npz (pictures from 0 to 255). Prints JSON about itself; then, for a line that comes
in, trains for the seconds of the settings, draws, and prints how much it learned from and what it drew.
"""

import itertools
import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from models_in_torch import UNet

folder = Path(sys.argv[1])
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
BATCH = settings["batch"]
images = torch.from_numpy(np.load(folder / "arrays.npz")["images"])
model = UNet().to(memory_format=torch.channels_last)


def schedule(t):
    angle = torch.pi / 2 * t
    return torch.cos(angle), torch.sin(angle)


def loss():
    x = images[torch.randint(len(images), (BATCH,))].float() / 127.5 - 1
    t = (torch.arange(BATCH) + torch.rand(1)) / BATCH
    alpha, sigma = (part[:, None] for part in schedule(t))
    error = ((model(alpha * x + sigma * torch.randn_like(x), t) - x) ** 2).mean(dim=1)
    return (torch.clamp(1 / sigma[:, 0] ** 2, max=5) * error).mean()


def train(seconds):
    """For that long, with a rate that has fallen to nothing at the end; the means of the weights stay. Steps made."""
    adam = torch.optim.AdamW(model.parameters(), lr=settings["rate"], betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    means = [p.detach().clone() for p in model.parameters()]
    began, steps = time.perf_counter(), 0
    while (done := (time.perf_counter() - began) / seconds) < 1:
        warm = min(1.0, (steps + 1) / settings["warm"])
        adam.param_groups[0]["lr"] = settings["rate"] * warm * (0.01 + 0.99 * 0.5 * (1 + np.cos(np.pi * done)))
        adam.zero_grad(set_to_none=True)
        loss().backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()
        steps += 1
        # over the last thirtieth of what was done so far
        torch._foreach_lerp_(means, list(model.parameters()), min(1.0, settings["remembered"] / steps))
    with torch.no_grad():
        for p, mean in zip(model.parameters(), means, strict=True):
            p.copy_(mean)
    return steps


@torch.inference_mode()
def draw(n):
    """DDIM from noise to pictures, with what the network is taken to say cut off at ±1; from 0 to 255."""
    z = torch.randn(n, 784)
    at = torch.linspace(0.995, 0, settings["way"] + 1)
    for now, then in itertools.pairwise(at):
        x = model(z, now.expand(n)).clamp(-1, 1)
        (alpha, sigma), (alpha_then, sigma_then) = schedule(now), schedule(then)
        z = alpha_then * x + sigma_then * (z - alpha * x) / sigma
    return ((z + 1) * 127.5).round().clamp(0, 255).to(torch.uint8)


parameters = sum(p.numel() for p in model.parameters())
print(json.dumps(dict(version=torch.__version__, parameters=parameters, losses=[])), flush=True)
for _ in sys.stdin:
    made = train(settings["seconds"])
    drawn = torch.cat([draw(settings["at_once"]) for _ in range(settings["drawn"] // settings["at_once"])])
    print(json.dumps(dict(seen=made * BATCH, drawn=drawn.tolist())), flush=True)
