"""PyTorch's side of `make bench ARGS="gan"`; runs in an environment of its own, and imports nothing of the course.

    python bench/gan_in_torch.py FOLDER

FOLDER has settings.json, arrays.npz (the centres of the data, and the draws of the steps that are compared) and
weights.npz, which Flax begins with. Prints JSON: first about itself (see Side in train.py), then, for each line that
comes in, a number of threads, the steps a second of a run anew.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from models_in_torch import Points, clock, flax_weights

folder = Path(sys.argv[1])
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])
torch.manual_seed(0)
BATCH, LATENT = settings["batch"], settings["latent"]

arrays = {name: torch.from_numpy(a) for name, a in np.load(folder / "arrays.npz").items()}
centres, weights = arrays["centres"], flax_weights(folder / "weights.npz")
players = torch.nn.ModuleDict(
    dict(
        generator=Points(LATENT, settings["width"], settings["layers"], 2),
        discriminator=Points(2, settings["width"], settings["layers"], 1),
    )
)
generator, discriminator = players["generator"], players["discriminator"]


def given(i):
    return arrays["real"][i], arrays["for_d"][i], arrays["for_g"][i]


def drawn(i):
    real = centres[torch.randint(len(centres), (BATCH,))] + settings["sigma"] * torch.randn(BATCH, 2)
    return real / settings["scale"], torch.randn(BATCH, LATENT), torch.randn(BATCH, LATENT)


def trained(steps, draw):
    """The losses of each step, the discriminator's and the generator's, from the first weights on."""
    players.load_state_dict(weights)
    adam_g, adam_d = (
        torch.optim.Adam(net.parameters(), lr=settings["rate"], betas=settings["betas"], fused=True)
        for net in (generator, discriminator)
    )
    losses = []
    for i in range(steps):
        real, for_d, for_g = draw(i)
        with torch.no_grad():
            made = generator(for_d)
        adam_d.zero_grad(set_to_none=True)
        scores = discriminator(torch.cat([real, made]))
        of_d = F.softplus(-scores[:BATCH]).mean() + F.softplus(scores[BATCH:]).mean()
        of_d.backward()
        adam_d.step()
        adam_g.zero_grad(set_to_none=True)
        discriminator.requires_grad_(False)  # its gradient is not needed here
        of_g = F.softplus(-discriminator(generator(for_g))).mean()
        of_g.backward()
        discriminator.requires_grad_(True)
        adam_g.step()
        losses += [of_d.detach(), of_g.detach()]
    return torch.stack(losses).tolist()


first = clock(trained, 1, drawn)
losses = trained(len(arrays["real"]), given)
parameters = sum(p.numel() for p in players.parameters())
print(json.dumps(dict(version=torch.__version__, first=first, parameters=parameters, losses=losses)), flush=True)
for line in sys.stdin:
    torch.set_num_threads(int(line))
    print(settings["steps"] / clock(trained, settings["steps"], drawn), flush=True)
