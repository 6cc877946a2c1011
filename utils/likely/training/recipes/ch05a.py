"""Chapter 5, Generative adversarial networks, on points: mode collapse on a ring and on a grid, and what cures it.

The faces of that chapter have a module of their own, so that this record, which takes hours, does not hang on them.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from likely.measures.modes import ModeCoverage, mode_coverage
from likely.models.gan import (
    LOSSES,
    Discriminator,
    Generator,
    Mixture,
    gradient_penalty,
    grid,
    latent,
    ring,
    scores_and_slopes,
)
from likely.training.game import Played, play
from likely.training.recipes import record

DATA = {"ring": ring, "grid": grid}
BATCH = 256  # points of data a step, and as many made ones for each player
STEPS = {"ring": 10_000, "grid": 20_000}  # of the discriminator


@dataclass(frozen=True)
class Method:
    """How a GAN on points is trained; both players are Adam's."""

    loss: str = "non-saturating"  # of likely.models.gan.LOSSES
    normals: int = 2  # of the latent
    bits: int = 0  # of the latent
    layers: int = 3  # hidden ones of both players, `width` each
    width: int = 128
    pack: int = 1  # points that the discriminator sees at once
    spectral: bool = False  # normalisation in the discriminator
    statistics: bool = False  # of the batch in the discriminator
    critic: int = 1  # steps of the discriminator for one of the generator
    penalty: float = 0.0  # λ of the gradient penalty
    r1: tuple[float, float] = (0.0, 0.0)  # γ of R1 at the first step, and from 60 % of the steps on
    r2: tuple[float, float] = (0.0, 0.0)  # the same of R2
    rates: tuple[float, float] = (1e-3, 1e-3)  # of the generator and of the discriminator
    last: float = 0.005  # share of the rates that is left at the end of a cosine
    betas: tuple[float, float] = (0.5, 0.999)
    average: float = 0.99  # decay of the moving average of the generator's weights, which draws


_BEST = dict(loss="relativistic", normals=4, bits=12, betas=(0.0, 0.99))
METHODS: dict[str, dict[str, Method]] = {
    "plain": {name: Method() for name in DATA},
    "two rates": {name: Method(rates=(2.5e-4, 1e-3)) for name in DATA},
    "packed": {name: Method(pack=2) for name in DATA},
    "WGAN-GP": {name: Method("Wasserstein", penalty=1.0, critic=5, betas=(0.0, 0.9)) for name in DATA},
    "R1": {name: Method(r1=(0.1, 0.1), betas=(0.0, 0.99)) for name in DATA},
    "spectral norm": {name: Method(spectral=True, betas=(0.0, 0.9)) for name in DATA},
    "batch statistics": {name: Method(statistics=True) for name in DATA},
    "best": {
        "ring": Method(r1=(0.3, 1e-3), r2=(0.3, 1e-3), rates=(7e-4, 2e-3), **_BEST),
        "grid": Method(r1=(0.3, 4e-3), r2=(0.3, 4e-3), rates=(5e-4, 2e-3), **_BEST),
    },
}


@dataclass(frozen=True)
class Game:
    """A method on a mixture, as functions on a state, which is a dict of arrays."""

    begin: Callable[[jax.Array], dict[str, Any]]  # key -> state
    step: Callable[..., tuple[dict[str, Any], dict[str, jax.Array]]]  # for `play`
    draw: Callable[[dict[str, Any], jax.Array, int], jax.Array]  # (state, key, n) -> (n, 2) of the averaged generator
    steps: int  # of the generator


@functools.cache
def game(method: Method, data: Mixture, steps: int) -> Game:
    """The game of a method; `steps` are the discriminator's, and set how fast rates and penalties fall."""
    rounds = steps // method.critic
    size = method.normals + method.bits
    shape = dict(width=method.width, layers=method.layers)
    graph_g, *_ = nnx.split(Generator(size, **shape, rngs=nnx.Rngs(0)), nnx.Param)
    extras = dict(pack=method.pack, spectral=method.spectral, statistics=method.statistics)
    graph_d, *_ = nnx.split(Discriminator(**shape, **extras, rngs=nnx.Rngs(0)), nnx.Param, ...)
    optimizer_g, optimizer_d = (
        optax.adam(optax.cosine_decay_schedule(rate, count, method.last), *method.betas)
        for rate, count in zip(method.rates, (rounds, rounds * method.critic), strict=True)
    )
    players = LOSSES[method.loss]

    def begin(key):
        made, judged = jax.random.split(key)
        g = nnx.state(Generator(size, **shape, rngs=nnx.Rngs(made)), nnx.Param)
        _, d, directions = nnx.split(Discriminator(**shape, **extras, rngs=nnx.Rngs(judged)), nnx.Param, ...)
        return dict(g=g, d=d, directions=directions, average=g, adam_g=optimizer_g.init(g), adam_d=optimizer_d.init(d))

    def make(g, key, n):
        return nnx.merge(graph_g, g)(latent(key, n, method.normals, method.bits))  # (n, 2), divided by the scale

    def gamma(ends, i):
        first, last = jnp.log(jnp.array(ends))
        return jnp.exp(first + (last - first) * jnp.minimum(i / (0.6 * rounds), 1))

    def judged(judge, real, made):
        """The scores of both."""
        if method.statistics:
            return judge(real), judge(made)
        scores = judge(jnp.concatenate([real, made]))
        return scores[: len(scores) // 2], scores[len(scores) // 2 :]

    def loss_d(d, directions, real, made, key, i):
        judge = nnx.merge(graph_d, d, directions)
        penalty = 0.0
        if any(method.r2):
            scores, slopes = scores_and_slopes(judge, jnp.concatenate([real, made]))
            half = len(scores) // 2
            of_real, of_made = scores[:half], scores[half:]
            penalty = (gamma(method.r1, i) * slopes[:half].mean() + gamma(method.r2, i) * slopes[half:].mean()) / 2
        elif any(method.r1):
            of_real, slopes = scores_and_slopes(judge, real)
            of_made, penalty = judge(made), gamma(method.r1, i) * slopes.mean() / 2
        else:
            of_real, of_made = judged(judge, real, made)
        if method.penalty:
            penalty = method.penalty * gradient_penalty(judge, key, real, made)
        loss = players(of_real, of_made)[0]
        return loss + penalty, loss

    def loss_g(g, d, directions, real, key):
        judge = nnx.merge(graph_d, d, directions)
        made = make(g, key, BATCH)
        of_real, of_made = judged(judge, real, made) if method.loss == "relativistic" else (0.0, judge(made))
        return players(jnp.asarray(of_real), of_made)[1]

    def step(state, key, i):
        g, d, directions, adam_d = (state[name] for name in ("g", "d", "directions", "adam_d"))
        key, *draw_keys = jax.random.split(key, 1 + method.critic)
        for draw_key in draw_keys:
            real_key, made_key, mix_key = jax.random.split(draw_key, 3)
            real = data(real_key, BATCH) / data.scale
            judge = nnx.merge(graph_d, d, directions)
            judge.iterate()
            directions = nnx.state(judge, nnx.Not(nnx.Param))
            made = make(g, made_key, BATCH)
            slope, value_d = jax.grad(loss_d, has_aux=True)(d, directions, real, made, mix_key, i)
            change, adam_d = optimizer_d.update(slope, adam_d)
            d = optax.apply_updates(d, change)
        value_g, slope = jax.value_and_grad(loss_g)(g, d, directions, real, key)
        change, adam_g = optimizer_g.update(slope, state["adam_g"])
        g = optax.apply_updates(g, change)
        decay = jnp.minimum(method.average, (i + 1) / (i + 10))
        average = jax.tree.map(lambda old, new: decay * old + (1 - decay) * new, state["average"], g)
        state = dict(g=g, d=d, directions=directions, average=average, adam_g=adam_g, adam_d=adam_d)
        return state, dict(discriminator=value_d, generator=value_g)

    def draw(state, key, n):
        return make(state["average"], key, n) * data.scale

    return Game(begin, step, draw, rounds)


def train(method: Method, data: Mixture, seed: int, steps: int | None = None, show: bool = False) -> Played:
    """A whole run of a method on a mixture."""
    played = game(method, data, steps or STEPS[data.name])
    first, rest = jax.random.split(jax.random.key(seed))
    return play(played.step, played.begin(first), key=rest, steps=played.steps, show=show)


def measured(points: jax.Array, data: Mixture) -> ModeCoverage:
    """Modes, quality and evenness of the first 2,500 points, as in the papers, and the widths of all of them."""
    few = mode_coverage(points[:2500], data.centres, data.sigma)
    widths = mode_coverage(points, data.centres, data.sigma)
    return few._replace(spread=widths.spread, thinnest=widths.thinnest)


@record(seeds=range(10))
def modes(seed: int):
    """What each of METHODS, in their order, makes of the ring and of the grid: modes, quality, widths, counts."""
    numbers = {}
    for name, data in DATA.items():
        for by_data in METHODS.values():
            done = train(by_data[name], data, seed)
            points = game(by_data[name], data, STEPS[name]).draw(done.state, jax.random.key(seed + 10_000), 10_000)
            found = measured(points, data)
            row = dict(modes=found.modes, quality=found.quality, spread=found.spread, thinnest=found.thinnest)
            row |= {"reverse KL": found.reverse_kl, "seconds": done.seconds}
            for what, value in row.items():
                numbers.setdefault(f"{name}: {what}", []).append(float(value))
            numbers.setdefault(f"{name}: counts", []).append(found.counts.tolist())
    return numbers
