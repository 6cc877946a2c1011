"""The denoiser of clothes that the course ships: training and drawing beside PyTorch, the same network.

Training is `fit` on batches of 64 of 4,096 pictures, AdamW; drawing is 25 steps of DDIM for 256 pictures at once. In
timed runs each side draws its noise by its own generator of random numbers; before that both show that they compute the
same losses and the same pictures from the same noise. PyTorch is eager, on two threads, in one run with ours.
"""

from __future__ import annotations

import statistics
import sys
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from train import ROUNDS, Side, WithTorch, beside, check_same, clock, on_two_threads

from likely.data import load_fashion_mnist
from likely.models.denoisers import PictureDenoiser
from likely.models.diffusion import cosine, sample, times
from likely.training import fit

BATCH, EXAMPLES, STEPS, RATE, DECAY = 64, 4096, 100, 1e-3, 0.01
DRAWN, WAY = 256, 25  # pictures at once, and steps for each
SAME, TOLERANCE = 20, 1e-3  # steps with the same losses, relative: 2e-5 was measured


def noise_of(key: jax.Array, n: int) -> tuple[jax.Array, jax.Array]:
    """Times (n,), evenly over all, and noise (n, 784)."""
    when, what = jax.random.split(key)
    return (jnp.arange(n) + jax.random.uniform(when)) / n, jax.random.normal(what, (n, 784))


def weighed(model: PictureDenoiser, x: jax.Array, t: jax.Array, noise: jax.Array) -> jax.Array:
    """The loss of the chapter for pictures from -1 to 1, (n, 784)."""
    alpha, sigma = (part[:, None] for part in cosine(t))
    error = ((model(alpha * x + sigma * noise, t) - x) ** 2).mean(axis=1)
    return (jnp.minimum(1 / sigma[:, 0] ** 2, 5) * error).mean()


def loss(model: PictureDenoiser, images: jax.Array, key: jax.Array) -> jax.Array:
    return weighed(model, images, *noise_of(key, len(images)))


@nnx.jit
def draw(model: PictureDenoiser, z: jax.Array) -> jax.Array:
    return sample(model, z, times(WAY), clip=1.0)


def first_losses(images: jax.Array, held: dict[str, jax.Array]) -> list[float]:
    """Of SAME steps of AdamW on the first batch, from the first weights, with the times and the noise that are held."""
    graph, state = nnx.split(PictureDenoiser(rngs=nnx.Rngs(0)))
    optimizer = optax.adamw(RATE, weight_decay=DECAY)

    def step(carry, given):
        state, moments = carry
        value, slope = jax.value_and_grad(lambda s: weighed(nnx.merge(graph, s), images[:BATCH], *given))(state)
        change, moments = optimizer.update(slope, moments, state)
        return (optax.apply_updates(state, change), moments), value

    return jax.jit(lambda c: jax.lax.scan(step, c, (held["t"], held["noise"]))[1])(
        (state, optimizer.init(state))
    ).tolist()


def measure() -> list[dict[str, Any]]:
    """The rows. Raises AssertionError where the sides do not compute the same."""
    on_two_threads()
    images = jnp.asarray(load_fashion_mnist("train").images[:EXAMPLES].reshape(-1, 784)) / 127.5 - 1
    keys = jax.random.split(jax.random.key(1), SAME)
    held = dict(zip(("t", "noise"), jax.vmap(lambda key: noise_of(key, BATCH))(keys), strict=True))
    model, z = PictureDenoiser(rngs=nnx.Rngs(0)), jax.random.normal(jax.random.key(2), (DRAWN, 784))
    parameters = sum(a.size for a in jax.tree.leaves(nnx.state(model)))

    def train(steps: int) -> Any:
        optimizer = optax.adamw(RATE, weight_decay=DECAY)
        how = dict(steps=steps, batch=BATCH, optimizer=optimizer, show=False)
        return nnx.state(fit(loss, model, images, key=jax.random.key(0), **how).model)

    arrays = dict(images=np.asarray(images), z=np.asarray(z), **{name: np.asarray(a) for name, a in held.items()})
    settings = dict(batch=BATCH, steps=STEPS, rate=RATE, decay=DECAY, way=WAY)
    with WithTorch("diffusion_in_torch.py", arrays=arrays, model=model, settings=settings) as torch:
        ours = Side(lambda: STEPS * BATCH / clock(lambda: train(STEPS)), parameters, first_losses(images, held))
        pictures = torch.side.losses.pop()  # the first number of each of its pictures
        check_same("clothes", dict(fit=ours, eager=torch.side), TOLERANCE)
        np.testing.assert_allclose(pictures, draw(model, z)[:, 300], atol=1e-3, err_msg="other pictures are drawn")
        clock(lambda: train(1))
        ways = {
            ("train", "ours"): ours.run,
            ("train", "torch"): lambda: torch.ask("train"),
            ("draw", "ours"): lambda: DRAWN / clock(lambda: draw(model, z)),
            ("draw", "torch"): lambda: torch.ask("draw"),
        }
        rates = {way: [] for way in ways}
        for _ in range(ROUNDS):
            for way, run in ways.items():
                rates[way].append(run())
    for way, found in rates.items():
        print(f"clothes, {', '.join(way)}: {', '.join(f'{r:.4g}' for r in found)} pictures/s", file=sys.stderr)
    rows, peer = [], f"PyTorch {torch.version} eager, two threads"
    for what, label in dict(train=f"train, batch {BATCH}", draw=f"draw {DRAWN} in {WAY} steps").items():
        mine, theirs = (statistics.median(rates[what, side]) for side in ("ours", "torch"))
        name = f"{label}, denoiser of clothes, {parameters / 1e6:.1f} million weights: beside PyTorch eager"
        rows.append(beside(name, mine, "pictures/s", "≥ peer", mine >= theirs, peer, theirs))
    return rows
