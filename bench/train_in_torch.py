"""PyTorch's side of `make bench ARGS="train"`; runs in an environment of its own, and imports nothing of the course.

    python bench/train_in_torch.py FOLDER MODEL eager|compiled

FOLDER has settings.json, arrays.npz (x, y and the rows of each step) and weights.npz, which Flax begins with. Prints
JSON: first about itself (see Side in train.py), then, each time a line comes in, the steps a second of a run anew.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from models_in_torch import clock, flax_weights, loss_of, make

folder, name, mode = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])

model, weights = make(name, settings), flax_weights(folder / "weights.npz")
given = np.load(folder / "arrays.npz")
x, y, rows = (torch.from_numpy(given[key]) for key in ("x", "y", "rows"))
y = y.long()
if name == "conv":
    model = model.to(memory_format=torch.channels_last)
    x = x.permute(0, 3, 1, 2)  # the memory stays as it is: channels last
if name == "transformer":
    x = x.long()

loss = torch.compile(loss_of(model)) if mode == "compiled" else loss_of(model)


def trained(rows):
    """The loss of each step, from the first weights on."""
    model.load_state_dict(weights)
    optimizer = torch.optim.AdamW(model.parameters(), lr=settings["rate"], weight_decay=settings["decay"], fused=True)
    losses = []
    for some in rows:
        optimizer.zero_grad(set_to_none=True)
        value = loss(x[some], y[some])
        value.backward()
        optimizer.step()
        losses.append(value.detach())
    return torch.stack(losses).tolist()


first = clock(trained, rows[:1])
losses = trained(torch.arange(rows.shape[1]).repeat(settings["same_steps"], 1))
parameters = sum(p.numel() for p in model.parameters())
about = dict(version=torch.__version__, first=first, parameters=parameters, losses=losses)
print(json.dumps(about), flush=True)
for _ in sys.stdin:
    print(len(rows) / clock(trained, rows), flush=True)
