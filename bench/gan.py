"""A GAN on points: `play` beside PyTorch, the same two networks and the same steps.

Generator and discriminator have 2 hidden layers of 128, a batch is 256 points of the ring; non-saturating losses, Adam,
one step of the discriminator and one of the generator. In timed runs each side draws its points and its latent numbers
by its own generator of random numbers; before that both show that they compute the same from the same ones. PyTorch is
timed with one thread and with two, and the faster counts: its operations are so small that two threads may be slower.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from train import ROUNDS, Side, WithTorch, beside, check_same, clock, on_two_threads

from likely.models.gan import LOSSES, Discriminator, Generator, latent, ring
from likely.training import Played, play

BATCH, LATENT, WIDTH, LAYERS = 256, 2, 128, 2
RATE, BETAS = 1e-3, (0.5, 0.999)
STEPS = 2000  # of a timed run
# Few steps in which both sides have to have the same losses, closely: the game is chaotic, and rounding grows in it.
SAME, TOLERANCE = 8, 1e-4  # relative: 5e-6 was measured, and 1e-2 after 30 steps


class Players(nnx.Module):
    def __init__(self, rngs: nnx.Rngs):
        self.generator = Generator(LATENT, width=WIDTH, layers=LAYERS, rngs=rngs)
        self.discriminator = Discriminator(width=WIDTH, layers=LAYERS, rngs=rngs)


def drawn(key: jax.Array, i: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Points of data, and latent numbers for each player's step."""
    real, first, second = jax.random.split(key, 3)
    return ring(real, BATCH) / ring.scale, latent(first, BATCH, LATENT), latent(second, BATCH, LATENT)


def stepping(draw: Callable) -> Callable[[int], Played]:
    """Takes so many steps from the first weights, on what `draw(key, i)` gives."""
    adam, losses, players = optax.adam(RATE, *BETAS), LOSSES["non-saturating"], Players(nnx.Rngs(0))
    graph_g, g = nnx.split(players.generator)
    graph_d, d = nnx.split(players.discriminator)

    def step(state, key, i):
        (g, adam_g), (d, adam_d) = state
        real, for_d, for_g = draw(key, i)
        made = nnx.merge(graph_g, g)(for_d)

        def loss_d(d):
            scores = nnx.merge(graph_d, d)(jnp.concatenate([real, made]))
            return losses(scores[:BATCH], scores[BATCH:])[0]

        def loss_g(g):
            return losses(jnp.zeros(()), nnx.merge(graph_d, d)(nnx.merge(graph_g, g)(for_g)))[1]

        of_d, slope = jax.value_and_grad(loss_d)(d)
        change, adam_d = adam.update(slope, adam_d)
        d = optax.apply_updates(d, change)
        of_g, slope = jax.value_and_grad(loss_g)(g)
        change, adam_g = adam.update(slope, adam_g)
        return ((optax.apply_updates(g, change), adam_g), (d, adam_d)), dict(discriminator=of_d, generator=of_g)

    begin = (g, adam.init(g)), (d, adam.init(d))
    return lambda steps: play(step, begin, key=jax.random.key(0), steps=steps, show=False)


def given() -> dict[str, np.ndarray]:
    """The draws of the steps in which both sides have to have the same losses, each (SAME, BATCH, 2)."""
    keys = jax.random.split(jax.random.key(1), SAME)
    return dict(zip(("real", "for_d", "for_g"), map(np.asarray, jax.vmap(drawn)(keys, jnp.arange(SAME))), strict=True))


def with_play(fixed: dict[str, np.ndarray]) -> Side:
    """Whole calls of `play`."""
    held = tuple(jnp.asarray(a) for a in fixed.values())
    history = stepping(lambda key, i: tuple(a[i] for a in held))(SAME).history
    losses = np.stack([history["discriminator"], history["generator"]], axis=1).ravel().tolist()
    train = stepping(drawn)
    first = clock(lambda: train(1).state)
    parameters = sum(a.size for a in jax.tree.leaves(nnx.state(Players(nnx.Rngs(0)))))
    return Side(lambda: STEPS / clock(lambda: train(STEPS).state), parameters, losses, first)


def measure() -> list[dict[str, Any]]:
    """The row. Raises AssertionError where the sides do not compute the same."""
    on_two_threads()
    fixed = given()
    settings = dict(latent=LATENT, width=WIDTH, layers=LAYERS, batch=BATCH, rate=RATE, betas=BETAS)
    settings |= dict(steps=STEPS, sigma=ring.sigma, scale=ring.scale)
    arrays, players = dict(fixed, centres=ring.centres), Players(nnx.Rngs(0))
    with WithTorch("gan_in_torch.py", arrays=arrays, model=players, settings=settings) as torch:
        ours = with_play(fixed)
        check_same("GAN on points", dict(fit=ours, eager=torch.side), TOLERANCE)
        ways = dict(play=ours.run, one=lambda: torch.ask("1"), two=lambda: torch.ask("2"))
        rates = {name: [] for name in ways}
        for _ in range(ROUNDS):
            for name, way in ways.items():
                rates[name].append(way())
    for name, label in dict(play="play", one="PyTorch, one thread", two="PyTorch, two threads").items():
        print(f"gan, {label}: {', '.join(f'{r:.4g}' for r in rates[name])} steps/s", file=sys.stderr, flush=True)
    rate = {name: statistics.median(found) for name, found in rates.items()}
    peer = max(rate["one"], rate["two"])
    label = f"PyTorch {torch.version} eager, {'one thread' if peer == rate['one'] else 'two threads'}"
    name = f"train, GAN on points, two MLPs {LAYERS}×{WIDTH}, batch {BATCH}: play beside PyTorch eager"
    return [beside(name, rate["play"], "steps/s", "≥ peer", rate["play"] >= peer, label, peer)]
