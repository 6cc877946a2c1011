"""Two small networks that play against each other over points in the plane, and the two mixtures they are tried on.

Scores are logits: high for what the discriminator takes for data. The losses of both players are functions of them.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

__all__ = [
    "LOSSES",
    "Discriminator",
    "Generator",
    "Mixture",
    "SpectralLinear",
    "gradient_penalty",
    "grid",
    "latent",
    "ring",
    "scores_and_slopes",
]

Pair = tuple[jax.Array, jax.Array]


# ---------------------------------------------------------------- data


@dataclass(frozen=True, eq=False)
class Mixture:
    """Equally likely round normal distributions in the plane: `mixture(key, n)` draws n points, float32 (n, 2)."""

    name: str
    centres: np.ndarray  # (modes, 2)
    sigma: float  # the standard deviation of each along either axis

    @property
    def scale(self) -> float:
        """The root of the mean square of the centres' coordinates: networks see points divided by it."""
        return float(np.sqrt((self.centres**2).mean()))

    def __call__(self, key: jax.Array, n: int) -> jax.Array:
        which, where = jax.random.split(key)
        centres = jnp.asarray(self.centres)[jax.random.randint(which, (n,), 0, len(self.centres))]
        return centres + self.sigma * jax.random.normal(where, (n, 2))


_TURNS = np.arange(8) * 2 * np.pi / 8
_LINE = np.arange(-4.0, 5.0, 2.0)

# as in the code of PacGAN (Lin et al., 2018, arXiv:1712.04086, section 4.1), after VEEGAN (arXiv:1705.07761)
ring = Mixture("ring", np.stack([np.cos(_TURNS), np.sin(_TURNS)], axis=1).astype(np.float32), 0.01)
grid = Mixture("grid", np.stack(np.meshgrid(_LINE, _LINE), axis=-1).reshape(25, 2).astype(np.float32), 0.05)


# ---------------------------------------------------------------- networks


def latent(key: jax.Array, n: int, normals: int, bits: int = 0) -> jax.Array:
    """What a generator starts from: standard normal numbers, then bits, each -1 or 1 at even odds.

    Returns float32 (n, normals + bits). A generator is continuous, so that normal numbers alone leave bridges between
    the modes that it makes; bits are far apart, and it may send them to different modes without one.
    """
    noise, coins = jax.random.split(key)
    parts = jax.random.normal(noise, (n, normals)), jax.random.rademacher(coins, (n, bits), jnp.float32)
    return jnp.concatenate(parts, axis=1)


def _leaky(x: jax.Array) -> jax.Array:
    return nnx.leaky_relu(x, 0.2)


def _dense(sizes: Sequence[int], make: Callable[..., nnx.Linear], rngs: nnx.Rngs) -> nnx.List:
    he, last = nnx.initializers.he_normal(), nnx.initializers.lecun_normal()
    pairs = list(itertools.pairwise(sizes))
    return nnx.List([make(*pair, kernel_init=last if pair is pairs[-1] else he, rngs=rngs) for pair in pairs])


class Generator(nnx.Module):
    """Latent numbers to points: `layers` hidden layers of `width`, leaky ReLU of slope 0.2."""

    def __init__(self, size: int, *, width: int = 128, layers: int = 2, points: int = 2, rngs: nnx.Rngs):
        self.layers = _dense((size, *(width,) * layers, points), nnx.Linear, rngs)

    def __call__(self, z: jax.Array) -> jax.Array:
        """(batch, size) -> (batch, points)."""
        for layer in self.layers[:-1]:
            z = _leaky(layer(z))
        return self.layers[-1](z)


class SpectralLinear(nnx.Linear):
    """A dense layer whose kernel is divided by an estimate of its largest singular value, so that it stretches nothing.

    The estimate is |W u|, for a direction u that each `iterate` brings nearer to the one that W stretches most.
    Source: Miyato et al. (2018), arXiv:1802.05957, algorithm 1, with one iteration for each step of training.
    """

    def __init__(self, n_in: int, n_out: int, *, kernel_init: Callable, rngs: nnx.Rngs):
        super().__init__(n_in, n_out, kernel_init=kernel_init, rngs=rngs)
        u = jax.random.normal(rngs.params(), (n_out,))
        self.u = nnx.BatchStat(u / jnp.linalg.norm(u))

    def iterate(self) -> None:
        u = self.kernel[...].T @ (self.kernel[...] @ self.u[...])
        self.u[...] = u / jnp.linalg.norm(u)

    def __call__(self, x: jax.Array) -> jax.Array:
        return x @ (self.kernel[...] / jnp.linalg.norm(self.kernel[...] @ self.u[...])) + self.bias[...]


class Discriminator(nnx.Module):
    """Points to scores: `layers` hidden layers of `width`, leaky ReLU of slope 0.2, and one number.

    pack: it sees so many points of a batch at once, all real or all made, and gives one score for them; it can tell
        that they are too much alike (Lin et al., 2018, arXiv:1712.04086).
    spectral: each layer is a `SpectralLinear`; call `iterate` once a step.
    statistics: the last layer also sees how much the features differ over the batch, the mean of their standard
        deviations (Karras et al., 2018, arXiv:1710.10196, section 3); give it real and made points apart.
    """

    def __init__(
        self,
        *,
        width: int = 128,
        layers: int = 2,
        points: int = 2,
        pack: int = 1,
        spectral: bool = False,
        statistics: bool = False,
        rngs: nnx.Rngs,
    ):
        self.pack, self.statistics = pack, statistics
        make = SpectralLinear if spectral else nnx.Linear
        hidden = _dense((pack * points, *(width,) * layers), make, rngs)
        self.layers = nnx.List([*hidden, *_dense((width + statistics, 1), make, rngs)])

    def __call__(self, x: jax.Array) -> jax.Array:
        """(batch, points) -> (batch / pack,)."""
        x = x.reshape(len(x) // self.pack, -1)
        for layer in self.layers[:-1]:
            x = _leaky(layer(x))
        if self.statistics:
            x = jnp.concatenate([x, jnp.full((len(x), 1), _deviation(x))], axis=1)
        return self.layers[-1](x)[:, 0]

    def iterate(self) -> None:
        """One power iteration of the spectral layers, if it has such."""
        for layer in self.layers:
            if isinstance(layer, SpectralLinear):
                layer.iterate()


def _deviation(features: jax.Array) -> jax.Array:
    """The standard deviation of each feature over the batch, the mean over features; (batch, features) -> ()."""
    return jnp.sqrt(features.var(axis=0) + 1e-8).mean()  # a root has no gradient at 0


# ---------------------------------------------------------------- losses


def _nonsaturating(real: jax.Array, made: jax.Array) -> Pair:
    return jax.nn.softplus(-real).mean() + jax.nn.softplus(made).mean(), jax.nn.softplus(-made).mean()


def _wasserstein(real: jax.Array, made: jax.Array) -> Pair:
    return made.mean() - real.mean(), -made.mean()


def _hinge(real: jax.Array, made: jax.Array) -> Pair:
    return jax.nn.relu(1 - real).mean() + jax.nn.relu(1 + made).mean(), -made.mean()


def _pairing(real: jax.Array, made: jax.Array) -> Pair:
    return jax.nn.softplus(made - real).mean(), jax.nn.softplus(real - made).mean()


# (scores of real points, of made points) -> what the discriminator minimises, what the generator minimises
LOSSES: dict[str, Callable[[jax.Array, jax.Array], Pair]] = {
    "non-saturating": _nonsaturating,  # Goodfellow et al. (2014), arXiv:1406.2661, section 3
    "Wasserstein": _wasserstein,  # Arjovsky et al. (2017), arXiv:1701.07875
    "hinge": _hinge,  # Lim & Ye (2017), arXiv:1705.02894
    "relativistic": _pairing,  # each real point against a made one: Jolicoeur-Martineau (2018), arXiv:1807.00734
}


def scores_and_slopes(discriminator: Callable, x: jax.Array) -> Pair:
    """The scores of points and the squared length of the gradient of each: two arrays (batch / pack,).

    Half the mean of the second, over real points, is R1, and over made ones R2 (Mescheder et al., 2018,
    arXiv:1801.04406, eq. 9).
    """

    def total(x):
        scores = discriminator(x)
        return scores.sum(), scores

    slopes, scores = jax.grad(total, has_aux=True)(x)
    return scores, (slopes.reshape(len(scores), -1) ** 2).sum(axis=1)


def gradient_penalty(discriminator: Callable, key: jax.Array, real: jax.Array, made: jax.Array) -> jax.Array:
    """The mean of (|gradient| - 1)² between real and made points, each pair at a random place.

    Source: Gulrajani et al. (2017), arXiv:1704.00028, eq. 3, without the factor λ.
    """
    share = jax.random.uniform(key, (len(real), 1))
    _, squares = scores_and_slopes(discriminator, share * real + (1 - share) * made)
    return ((jnp.sqrt(squares + 1e-12) - 1) ** 2).mean()
