"""PyTorch's side of `make bench ARGS="nanogpt"`; runs in an environment of its own, and imports nothing of the course.

    python bench/nanogpt_in_torch.py FOLDER eager|compiled

FOLDER has settings.json, arrays.npz (the text in two parts, where the windows of each step and of the evaluations
begin) and weights.npz, which Flax begins with. Prints JSON: first about itself (see Side in train.py), then, for each
line that comes in, what came of training ("train") or the letters a second of so many texts ("write 40").
"""

import json
import math
import sys
import time
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from models_in_torch import clock, flax_weights, loss_of, make

folder, mode = Path(sys.argv[1]), sys.argv[2]
settings = json.loads((folder / "settings.json").read_text())
torch.set_num_threads(settings["threads"])
torch.manual_seed(settings["seed"])
CONTEXT, STEPS, WARM_UP, EVERY = (settings[key] for key in ("context", "steps", "warm_up", "every"))

model, weights = make("transformer", settings), flax_weights(folder / "weights.npz")
given = np.load(folder / "arrays.npz")
train, held, begins, places = (torch.from_numpy(given[key]).long() for key in ("train", "held", "begins", "evaluated"))
loss = torch.compile(loss_of(model)) if mode == "compiled" else loss_of(model)


def windows(text, begins):
    found = text[begins[:, None] + torch.arange(CONTEXT + 1)]  # (batch, context + 1)
    return found[:, :-1], found[:, 1:]


def rate(step):
    """nanoGPT's get_lr."""
    peak, last = settings["peak"], settings["last"]
    if step < WARM_UP:
        return peak * (step + 1) / (WARM_UP + 1)
    return last + (1 + math.cos(math.pi * (step - WARM_UP) / (STEPS - WARM_UP))) / 2 * (peak - last)


@torch.no_grad()
def evaluated():
    return torch.stack([loss(*windows(held, some)) for some in places]).mean().item()


def trained(steps):
    """The loss of each step from the first weights on; the model then has the best weights of the evaluations."""
    model.load_state_dict(weights)
    matrices, others = ([p for p in model.parameters() if (p.dim() >= 2) == yes] for yes in (True, False))
    groups = [dict(params=matrices, weight_decay=settings["decay"]), dict(params=others, weight_decay=0.0)]
    optimizer = torch.optim.AdamW(groups, betas=settings["betas"], fused=True)
    losses, found, best, lowest = [], dict(held=[], at=[]), None, math.inf
    began, evaluating = time.perf_counter(), 0.0
    for step in range(steps):
        for group in optimizer.param_groups:
            group["lr"] = rate(step)
        value = loss(*windows(train, begins[step]))
        value.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), settings["clip"])
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        losses.append(value.detach())
        if (step + 1) % EVERY == 0 or step + 1 == steps:
            paused, now = time.perf_counter(), evaluated()
            if now < lowest:
                lowest, best = now, {name: a.clone() for name, a in model.state_dict().items()}
            evaluating += time.perf_counter() - paused
            found["held"].append(now)
            found["at"].append(time.perf_counter() - began)
    seconds = time.perf_counter() - began
    model.load_state_dict(best)
    losses = torch.stack(losses).tolist()
    return dict(found, seconds=seconds, rate=steps / (seconds - evaluating), losses=losses)


@torch.no_grad()
def whole_split(batch=64):
    """Nats a letter of the whole held-out text, in pieces of the context, as likely.measures.text.nats_per_token."""
    count = (len(held) - 1) // CONTEXT * CONTEXT
    x, y = (held[i : i + count].view(-1, CONTEXT).split(batch) for i in (0, 1))
    lost = [F.cross_entropy(model(a).flatten(0, 1), b.flatten(), reduction="sum") for a, b in zip(x, y, strict=True)]
    return (torch.stack(lost).double().sum() / count).item()


@torch.inference_mode()
def one_by_one(letters):
    """-log P of each letter behind the first, through the cache."""
    cache, lost = model.start(), []
    for place in range(CONTEXT):
        logits = model.step(letters[place].view(1, 1), place, cache)
        lost.append(F.cross_entropy(logits, letters[place + 1].view(1)))
    return torch.stack(lost).tolist()


@torch.inference_mode()
def write(texts):
    """That many texts of `context` letters, one letter at a time, each drawn from what the model says."""
    for _ in range(texts):
        cache, token = model.start(), torch.tensor([[settings["newline"]]])
        for place in range(CONTEXT):
            token = torch.multinomial(F.softmax(model.step(token, place, cache), dim=-1), 1)


model.load_state_dict(weights)
write(1)  # the first one does not count
losses = one_by_one(held[: CONTEXT + 1]) + trained(settings["same_steps"])["losses"]
parameters = sum(p.numel() for p in model.parameters())
print(json.dumps(dict(version=torch.__version__, parameters=parameters, losses=losses)), flush=True)
for line in sys.stdin:
    if line.startswith("write"):
        texts = int(line.split()[1])
        print(texts * CONTEXT / clock(write, texts), flush=True)
    else:
        print(json.dumps(dict(trained(STEPS), split=whole_split())), flush=True)
