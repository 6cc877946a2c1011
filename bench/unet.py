"""Quality for the time spent: the denoiser of clothes that the course ships, and a plain U-Net in PyTorch.

Each is trained alone on two threads for the same time on the 30,000 pictures of the chapter, batches of 64, AdamW, the
same loss, with a rate that falls to nothing, and the means of its weights are kept. Each draws 2,048 pictures in 25
steps of DDIM, and the chapter's judge says how far they are from as many test pictures. One seed.
"""

from __future__ import annotations

import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from train import WithTorch, beside, clock, on_two_threads

from likely.data import load_fashion_mnist
from likely.measures.frechet import frechet_distance
from likely.models.clothes import ClothesJudge
from likely.models.denoisers import PictureDenoiser
from likely.training import fit, load_weights
from likely.training.recipes.ch06a import MEASURED, denoising, drawn

SECONDS, BATCH, WAY, REMEMBERED, WARM = 180, 64, 25, 30, 100
RATES = dict(ours=2e-3, unet=1e-3)


def ours(images: jax.Array) -> tuple[int, jax.Array]:
    """How many pictures were learned from, with repetitions, and what was drawn then, (n, 784) from 0 to 1."""

    def train(steps: int) -> PictureDenoiser:
        rate = optax.warmup_cosine_decay_schedule(0, RATES["ours"], WARM, steps, RATES["ours"] / 100)
        optimizer = optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(rate, b2=0.99, weight_decay=0.01))
        how = dict(steps=steps, batch=BATCH, optimizer=optimizer, ema=1 - REMEMBERED / steps, show=False)
        return fit(denoising, PictureDenoiser(rngs=nnx.Rngs(0)), images, key=jax.random.key(0), **how).model

    _, some, more = (clock(lambda steps=steps: nnx.state(train(steps))) for steps in (200, 200, 1200))
    steps = int(1000 / (more - some) * SECONDS)  # compiling is not counted
    found = []
    seconds = clock(lambda: found.append(train(steps)) or nnx.state(found[0]))
    print(f"ours: {steps} steps in {seconds:.0f} s", file=sys.stderr)
    return steps * BATCH, drawn(found[0], 0, steps=WAY, eta=0.0)


def measure() -> list[dict[str, Any]]:
    """The row."""
    on_two_threads()
    judge = load_weights("06a_clothes_judge", ClothesJudge(rngs=nnx.Rngs(0)))
    real = jnp.asarray(load_fashion_mnist("test").images.reshape(-1, 784)[:MEASURED]) / 255

    def distance(pictures: jax.Array) -> float:
        return frechet_distance(np.asarray(judge.features(pictures)), judge.features(real))

    images = load_fashion_mnist("train").images.reshape(-1, 784)
    settings = dict(batch=BATCH, rate=RATES["unet"], warm=WARM, remembered=REMEMBERED, seconds=SECONDS, way=WAY)
    settings |= dict(drawn=MEASURED, at_once=256)
    with WithTorch("unet_in_torch.py", arrays=dict(images=images), model=nnx.List([]), settings=settings) as torch:
        seen, pictures = ours(jnp.asarray(images))
        theirs = torch.ask("train")
    mine, peer = distance(pictures), distance(jnp.asarray(theirs["drawn"], jnp.float32) / 255)
    print(f"ours saw {seen:,} pictures, the U-Net {theirs['seen']:,}", file=sys.stderr)
    name = f"Fréchet distance of {MEASURED:,} pictures in {WAY} steps, {SECONDS} s of training: beside a plain U-Net"
    unet = f"U-Net of {torch.side.parameters / 1e6:.1f} million weights, PyTorch {torch.version} eager, two threads"
    return [beside(name, mine, "", "≤ peer", mine <= peer, unet, peer, learned_from=seen, peer_from=theirs["seen"])]
