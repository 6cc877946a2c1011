"""Answers to the exercises of chapter 6b: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np

from likely.models import diffusion


def loops_guided(told, untold, g):
    pairs = zip(np.asarray(told).tolist(), np.asarray(untold).tolist(), strict=True)
    return [[b + g * (a - b) for a, b in zip(*rows, strict=True)] for rows in pairs]


def in_place_guided(told, untold, g):
    told -= untold
    told *= np.float32(g)
    untold += told
    return untold


def extrapolated_guided(told, untold, g):
    """A straight line through both, at g."""
    line = jax.vmap(jax.vmap(lambda a, b: jnp.polyval(jnp.array([a - b, b]), g)))
    return line(told, untold)


def by_hand_put(z, known, free, t, noise):
    alpha, sigma = jnp.cos(jnp.pi / 2 * t), jnp.sin(jnp.pi / 2 * t)
    return jnp.where(free, z, alpha * known + sigma * noise)


def multiplied_put(z, known, free, t, noise):
    angle = jnp.pi * t / 2
    return free * z + (1 - free) * (jnp.cos(angle) * known + jnp.sin(angle) * noise)


def written_put(z, known, free, t, noise):
    z[~free] = (math.cos(math.pi / 2 * t) * known + math.sin(math.pi / 2 * t) * noise)[~free]
    return z


def loops_put(z, known, free, t, noise):
    alpha, sigma = math.cos(math.pi / 2 * t), math.sin(math.pi / 2 * t)
    made = np.array(z)
    for i in range(made.shape[0]):
        for j in range(made.shape[1]):
            if not free[i, j]:
                made[i, j] = alpha * known[i, j] + sigma * noise[i, j]
    return made


def mapped_put(z, known, free, t, noise):
    def one(z, known, free, noise):
        return jax.lax.select(free, z, diffusion.noised(known, jnp.float32(t), noise))

    return jax.vmap(one)(z, known, free, noise)


def loops_obeyed(read, ordered, said):
    rows = zip(*(np.asarray(x).tolist() for x in (read, ordered, said)), strict=True)
    right = [all(a == b or not c for a, b, c in zip(*row, strict=True)) for row in rows]
    return sum(right) / len(right)


def counted_obeyed(read, ordered, said):
    """As many right as were said."""
    right = ((read == ordered) & said).sum(axis=1)
    return jnp.mean(right == said.sum(axis=1))


def mapped_obeyed(read, ordered, said):
    def one(read, ordered, said):
        return jnp.where(said, read == ordered, True).all()

    return jax.vmap(one)(read, ordered, said).mean()


def slips_obeyed(read, ordered, said):
    wrong = jnp.logical_and(said, read != ordered)
    return 1 - wrong.any(axis=1).mean()


def loops_share(drawn, start, end):
    drawn, start, end = (np.asarray(x).tolist() for x in (drawn, start, end))
    way = [b - a for a, b in zip(start, end, strict=True)]
    length = sum(w * w for w in way)
    return [sum((x - a) * w for x, a, w in zip(row, start, way, strict=True)) / length for row in drawn]


def in_place_share(drawn, start, end):
    drawn -= start
    end -= start
    drawn *= end
    return drawn.sum(axis=1) / np.square(end).sum()


def mapped_share(drawn, start, end):
    return jax.vmap(lambda x: jnp.vdot(x - start, end - start) / jnp.vdot(end - start, end - start))(drawn)


def fitted_share(drawn, start, end):
    """The number of ways that comes nearest to each row, by least squares."""
    return jnp.linalg.lstsq((end - start)[:, None], (drawn - start).T)[0][0]


def unit_share(drawn, start, end):
    """The length of the shadow on the way, in ways."""
    way = jnp.linalg.norm(end - start)
    return jnp.dot(drawn - start, (end - start) / way) / way


def distances_share(drawn, start, end):
    """By the law of cosines."""
    a, b = (((drawn - x) ** 2).sum(axis=1) for x in (start, end))
    way = ((end - start) ** 2).sum()
    return (a - b + way) / (2 * way)


RIGHT = {
    "guided": {
        "by hand": lambda told, untold, g: untold + g * (told - untold),
        "two factors": lambda told, untold, g: g * told + (1 - g) * untold,
        "from the caption on": lambda told, untold, g: told + (g - 1) * (told - untold),
        "loops": loops_guided,
        "in place": in_place_guided,
        "extrapolated": extrapolated_guided,
        "mapped": jax.vmap(lambda a, b, g: b + g * (a - b), (0, 0, None)),
        "numpy": lambda told, untold, g: np.add(untold, np.multiply(g, np.subtract(told, untold))),
        "this course's": diffusion.guided,
    },
    "put_back": {
        "by hand": by_hand_put,
        "multiplied": multiplied_put,
        "written": written_put,
        "loops": loops_put,
        "mapped": mapped_put,
        "jax": jax.jit(by_hand_put),
        "the other way": lambda z, known, free, t, noise: jnp.where(
            ~free, diffusion.noised(known, jnp.full(len(z), t), noise), z
        ),
        "numpy": lambda z, known, free, t, noise: np.where(
            free, z, np.cos(np.pi / 2 * t) * known + np.sin(np.pi / 2 * t) * noise
        ),
    },
    "way_from": {
        "by hand": lambda strength, steps: jnp.linspace(strength, 0, steps + 1),
        "a full way, shrunk": lambda strength, steps: strength * jnp.linspace(1, 0, steps + 1),
        "turned": lambda strength, steps: jnp.linspace(0, strength, steps + 1)[::-1],
        "counted": lambda strength, steps: strength * (1 - jnp.arange(steps + 1) / steps),
        "down": lambda strength, steps: np.arange(steps, -1, -1) * strength / steps,
        "loops": lambda strength, steps: [strength * (steps - i) / steps for i in range(steps + 1)],
        "added up": lambda strength, steps: jnp.cumsum(jnp.array([strength] + [-strength / steps] * steps)),
        "stopped behind 0": lambda strength, steps: np.arange(strength, -strength / steps / 2, -strength / steps),
        "this course's": lambda strength, steps: diffusion.times(steps, strength),
    },
    "obeyed": {
        "by hand": lambda read, ordered, said: ((read == ordered) | ~said).all(axis=1).mean(),
        "loops": loops_obeyed,
        "counted": counted_obeyed,
        "mapped": mapped_obeyed,
        "slips": slips_obeyed,
        "multiplied": lambda read, ordered, said: jnp.prod(jnp.where(said, read == ordered, 1), axis=1).mean(),
        "where it was said": lambda read, ordered, said: jnp.all(read * said == ordered * said, axis=1).mean(),
        "all, with a where": lambda read, ordered, said: jnp.all(read == ordered, axis=1, where=said).mean(),
        "numpy": lambda read, ordered, said: np.mean(np.all(np.where(said, read, ordered) == ordered, axis=1)),
    },
    "share_of_way": {
        "by hand": lambda drawn, start, end: (drawn - start) @ (end - start) / ((end - start) @ (end - start)),
        "loops": loops_share,
        "in place": in_place_share,
        "mapped": mapped_share,
        "fitted": fitted_share,
        "in units": unit_share,
        "from distances": distances_share,
        "from the end": lambda drawn, start, end: 1 - (end - drawn) @ (end - start) / ((end - start) ** 2).sum(),
        "start taken away last": lambda drawn, start, end: (
            jnp.subtract(drawn @ (end - start), start @ (end - start)) / jnp.sum((end - start) ** 2)
        ),
        "a sum of products": lambda drawn, start, end: (
            jnp.einsum("nd,d->n", drawn - start, end - start) / jnp.einsum("d,d", end - start, end - start)
        ),
        "numpy": lambda drawn, start, end: np.inner(drawn - start, end - start) / np.linalg.norm(end - start) ** 2,
    },
}


def _parts(t):
    return jnp.cos(jnp.pi / 2 * t), jnp.sin(jnp.pi / 2 * t)


def _swapped(function):
    return lambda told, untold, g: function(untold, told, g)


def _mixed(of_known, of_noise):
    """Put back by a product with the mask, with other shares: functions of α and σ."""

    def put(z, known, free, t, noise):
        kept = of_known(*_parts(t)) * known + of_noise(*_parts(t)) * noise
        return free * z + ~free * kept

    return put


def _right(read, ordered, said):
    return jnp.where(said, read == ordered, True)


def _shared(function):
    """Of what each row is away from the start, and of the way."""
    return lambda drawn, start, end: function(drawn - start, end - start)


_norm = jnp.linalg.norm


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("guided", lambda told, untold, g: (1 + g) * told - g * untold, "counted from the caption on"),
    ("guided", lambda told, untold, g: untold + (1 + g) * (told - untold), "counted from the caption on"),
    ("guided", lambda told, untold, g: untold - g * (told - untold), "is reversed"),
    ("guided", lambda told, untold, g: (1 + g) * untold - g * told, "is reversed"),
    ("guided", lambda told, untold, g: (1 - g) * told + g * untold, "are swapped"),
    ("guided", _swapped(diffusion.guided), "are swapped"),
    ("guided", lambda told, untold, g: untold + g * told - untold, "has dropped out"),
    ("guided", lambda told, untold, g: told * g - untold, "only one of the two"),
    ("guided", lambda told, untold, g: g * told + untold, "nothing is taken away"),
    ("guided", lambda told, untold, g: -g * untold + told, "told − g untold"),
    ("guided", lambda told, untold, g: g * told - g * untold, "nothing that it is added to"),
    ("guided", lambda told, untold, g: untold + (told - untold), "whatever g is"),
    ("guided", lambda told, untold, g: jnp.stack([told, untold]).mean(axis=0), "the mean of both"),
    (
        "guided",
        lambda told, untold, g: jnp.average(jnp.stack([untold, told]), axis=0, weights=jnp.array([1.0, g])),
        "a weighted mean",
    ),
    (
        "guided",
        lambda told, untold, g: (c := min(max(g, 0.0), 1.0)) * told + (1 - c) * untold,
        "g cut off at 0 and 1",
    ),
    ("guided", lambda told, untold, g: (told - untold) / g + untold, "a division by g"),
    ("guided", lambda told, untold, g: (g - 1) * told + (2 - g) * untold, "g − 1 in the place"),
    (
        "guided",
        lambda told, untold, g: untold + g * (jnp.maximum(told, untold) - jnp.minimum(told, untold)),
        "without its sign",
    ),
    ("guided", lambda told, untold, g: untold + g * jnp.square(untold - told), "that is squared"),
    (
        "put_back",
        lambda z, known, free, t, noise: jnp.where(free, diffusion.noised(known, jnp.float32(t), noise), z),
        "the other way round",
    ),
    ("put_back", lambda z, known, free, t, noise: jnp.where(free, z, known), "the known picture without noise"),
    ("put_back", lambda z, known, free, t, noise: by_hand_put(z, known, free, t, 0 * noise), "shrunk, and without"),
    ("put_back", _mixed(lambda a, s: 1, lambda a, s: s), "that is not shrunk"),
    ("put_back", lambda z, known, free, t, noise: by_hand_put(z, known, free, 1 - t, noise), "swapped, or 1 − t"),
    ("put_back", lambda z, known, free, t, noise: by_hand_put(z, noise, free, t, known), "swapped, or 1 − t"),
    (
        "put_back",
        lambda z, known, free, t, noise: diffusion.noised(free * z + ~free * known, jnp.float32(t), noise),
        "on everything, the free part too",
    ),
    (
        "put_back",
        lambda z, known, free, t, noise: jnp.where(free, z, _parts(t)[0] * known) + _parts(t)[1] * noise,
        "added to z where it is free",
    ),
    ("put_back", _mixed(lambda a, s: 1 - s**2, lambda a, s: 1 - a**2), "the squares of cosine and sine"),
    (
        "put_back",
        lambda z, known, free, t, noise: jnp.where(free, z, known + t * (noise - known)),
        "along a straight line",
    ),
    (
        "put_back",
        lambda z, known, free, t, noise: jnp.where(free, z, (1 - t) ** 0.5 * known + t**0.5 * noise),
        "√(1 − t) and √t",
    ),
    ("put_back", _mixed(lambda a, s: a, lambda a, s: 1 - a), "the two shares add up to 1"),
    ("put_back", _mixed(lambda a, s: a, lambda a, s: 1 - a**2), "σ² times the noise"),
    ("put_back", lambda z, known, free, t, noise: by_hand_put(z, known, free, -t, noise), "that is taken away"),
    (
        "put_back",
        lambda z, known, free, t, noise: by_hand_put(z, known, free, 2 / jnp.pi * t, noise),
        "without π/2",
    ),
    ("put_back", lambda z, known, free, t, noise: by_hand_put(z, known, free, 2 * t, noise), "π t for the angle"),
    (
        "put_back",
        lambda z, known, free, t, noise: by_hand_put(z, known, free, 180 / jnp.pi * t, noise),
        "in degrees",
    ),
    ("put_back", lambda z, known, free, t, noise: jnp.asarray(z), "with nothing put back"),
    (
        "put_back",
        lambda z, known, free, t, noise: diffusion.noised(known, jnp.full(len(z), t), noise),
        "nothing is free",
    ),
    (
        "put_back",
        lambda z, known, free, t, noise: z + ~free * diffusion.noised(known, jnp.float32(t), noise),
        "added to z, not put in its place",
    ),
    ("put_back", lambda z, known, free, t, noise: free * z, "0 where the picture is kept"),
    (
        "put_back",
        lambda z, known, free, t, noise: by_hand_put(noise, known, free, t, noise),
        "noise alone where",
    ),
    ("way_from", lambda strength, steps: diffusion.times(steps, 1.0), "begins at 1, whatever"),
    ("way_from", lambda strength, steps: diffusion.times(steps), "begins at 0.995"),
    ("way_from", lambda strength, steps: diffusion.times(steps, 1 - strength), "begins at 1 − strength"),
    ("way_from", lambda strength, steps: strength * jnp.arange(steps + 1) / steps, "times that rise"),
    ("way_from", lambda strength, steps: jnp.linspace(1 - strength, 1, steps + 1), "1 minus the time"),
    (
        "way_from",
        lambda strength, steps: 1 - (1 - strength) * jnp.arange(steps + 1) / steps,
        "from 1 to the strength",
    ),
    ("way_from", lambda strength, steps: jnp.linspace(0, strength, steps)[::-1], "one step too few"),
    ("way_from", lambda strength, steps: diffusion.times(steps + 1, strength), "one time too many"),
    (
        "way_from",
        lambda strength, steps: jnp.linspace(strength, 0, steps, endpoint=False),
        "without the 0 at its end",
    ),
    ("way_from", lambda strength, steps: strength - strength / steps * np.arange(steps), "without the 0 at its end"),
    (
        "way_from",
        lambda strength, steps: strength * jnp.arange(steps - 1, -1, -1) / steps,
        "without its beginning",
    ),
    (
        "way_from",
        lambda strength, steps: (lambda at: (at[1:] + at[:-1]) / 2)(jnp.linspace(strength, 0, steps + 1)),
        "the middle of each step",
    ),
    (
        "way_from",
        lambda strength, steps: jnp.linspace(1, 0, steps + 1)[-int(strength * steps) - 1 :],
        "strength · steps of its steps",
    ),
    (
        "way_from",
        lambda strength, steps: [strength - i / steps for i in range(steps + 1)],
        "that lead below 0",
    ),
    (
        "way_from",
        lambda strength, steps: jnp.clip(strength - jnp.arange(steps + 1) / steps, 0, 1),
        "then a wait at 0",
    ),
    ("way_from", lambda strength, steps: strength / 2.0 ** jnp.arange(steps + 1), "half of the one before"),
    ("way_from", lambda strength, steps: jnp.linspace(strength**0.5, 0, steps + 1) ** 2, "that are squared"),
    ("way_from", lambda strength, steps: jnp.linspace(jnp.pi / 2 * strength, 0, steps + 1), "an angle"),
    (
        "obeyed",
        lambda read, ordered, said: jnp.sum(jnp.where(said, read == ordered, 0)) / jnp.sum(said),
        "of the phrases that are right",
    ),
    ("obeyed", lambda read, ordered, said: jnp.average((read == ordered) * 1.0), "spoken of or not"),
    ("obeyed", lambda read, ordered, said: _right(read, ordered, said).mean(axis=1).mean(), "taken for right"),
    (
        "obeyed",
        lambda read, ordered, said: jnp.mean(((read == ordered) & said).sum(axis=1) / said.sum(axis=1)),
        "the share for each row",
    ),
    ("obeyed", lambda read, ordered, said: 1 - (read != ordered).any(axis=1).mean(), "all seven demanded"),
    (
        "obeyed",
        lambda read, ordered, said: jnp.where(said, read == ordered, False).all(axis=1).mean(),
        "counted as wrong",
    ),
    ("obeyed", lambda read, ordered, said: loops_obeyed(read, ordered, ~said), "the mask the other way"),
    (
        "obeyed",
        lambda read, ordered, said: _right(read, ordered, said).all(axis=1)[said.any(axis=1)].mean(),
        "only the rows in which",
    ),
    (
        "obeyed",
        lambda read, ordered, said: jnp.where(said.sum(axis=1) > 0, _right(read, ordered, said).all(axis=1), 0).mean(),
        "a row in which nothing was said",
    ),
    (
        "obeyed",
        lambda read, ordered, said: (((read == ordered) * said).sum(axis=1) > 0).mean(),
        "one phrase that is right",
    ),
    ("obeyed", lambda read, ordered, said: _right(read, ordered, said).any(axis=1).mean(), "not spoken of, at one"),
    (
        "obeyed",
        lambda read, ordered, said: jnp.exp(jnp.log(_right(read, ordered, said).mean(axis=0)).sum()),
        "the product of the seven",
    ),
    (
        "obeyed",
        lambda read, ordered, said: jnp.power(_right(read, ordered, said).mean(), 7),
        "to the power of 7",
    ),
    (
        "obeyed",
        lambda read, ordered, said: ((read != ordered) & said).any(axis=1).mean(),
        "the share that is wrong",
    ),
    ("obeyed", lambda read, ordered, said: _right(read, ordered, said).all(axis=1).sum(), "a number of rows"),
    ("obeyed", lambda read, ordered, said: _right(read, ordered, said).all(axis=0).mean(), "the wrong axis"),
    ("obeyed", lambda read, ordered, said: 1 * jnp.all(_right(read, ordered, said)), "one yes or no"),
    ("obeyed", lambda read, ordered, said: 100 * counted_obeyed(read, ordered, said), "per cent"),
    ("share_of_way", lambda drawn, start, end: jnp.dot(drawn - start, end - start), "divided by nothing"),
    ("share_of_way", _shared(lambda far, way: jnp.dot(far, way / _norm(way))), "and not by its square"),
    (
        "share_of_way",
        lambda drawn, start, end: _norm(drawn - start, axis=1) / _norm(end - start),
        "a ratio of lengths",
    ),
    ("share_of_way", lambda drawn, start, end: jnp.dot(drawn, end) / jnp.sum(end**2), "taken away nowhere"),
    (
        "share_of_way",
        lambda drawn, start, end: mapped_share(drawn + start, start, end),
        "and not from drawn",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: (drawn @ end - start @ end) / _norm(end) ** 2,
        "and not from end",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: jnp.inner(drawn - start, end - start) / jnp.vdot(end, end),
        "in the place of |end − start|²",
    ),
    ("share_of_way", lambda drawn, start, end: mapped_share(drawn, end, start), "start and end swapped"),
    (
        "share_of_way",
        lambda drawn, start, end: (end - drawn) @ (end - start) / ((end - start) ** 2).sum(),
        "start and end swapped",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: (start - drawn) @ (end - start) / ((end - start) ** 2).sum(),
        "a minus too many",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: jnp.minimum(jnp.maximum(mapped_share(drawn, start, end), 0), 1),
        "cut off at 0 and 1",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: jnp.abs(unit_share(drawn, start, end)),
        "without its sign",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: jnp.mean((drawn - start) / (end - start), axis=-1),
        "a share for each number",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: (drawn.mean(axis=1) - start.mean()) / (end.mean() - start.mean()),
        "only the brightness",
    ),
    (
        "share_of_way",
        _shared(lambda far, way: (far / _norm(far, axis=1, keepdims=True)) @ (way / _norm(way))),
        "the cosine",
    ),
    (
        "share_of_way",
        _shared(lambda far, way: jax.vmap(lambda x: jnp.dot(x, way) / jnp.dot(x, x))(far)),
        "|drawn − start|² in the place",
    ),
    ("share_of_way", _shared(lambda far, way: jnp.mean(far * way, axis=1) / _norm(way) ** 2), "a mean above"),
    ("share_of_way", _shared(lambda far, way: far @ way / jnp.mean(way**2)), "a mean below"),
    (
        "share_of_way",
        lambda drawn, start, end: jnp.where(_norm(drawn - end, axis=1) < _norm(drawn - start, axis=1), 1.0, 0.0),
        "whichever is nearer",
    ),
    ("share_of_way", lambda drawn, start, end: jnp.round(jnp.clip(unit_share(drawn, start, end), 0, 1)), "0 or 1"),
    (
        "share_of_way",
        lambda drawn, start, end: (a := _norm(drawn - start, axis=1)) / (a + _norm(drawn - end, axis=1)),
        "a part of both distances",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: 1 - _norm(end - drawn, axis=1) / _norm(end - start),
        "1 minus the distance",
    ),
    (
        "share_of_way",
        lambda drawn, start, end: start + jnp.outer(mapped_share(drawn, start, end), end - start),
        "and not the share of it",
    ),
    ("share_of_way", lambda drawn, start, end: mapped_share(drawn, start, end).mean(), "the mean over the rows"),
    ("share_of_way", lambda drawn, start, end: jnp.mean(unit_share(drawn, start, end)), "the mean over the rows"),
    (
        "share_of_way",
        _shared(lambda far, way: jnp.sum(far * way, axis=0) / jnp.sum(way * way)),
        "a sum over the rows",
    ),
    ("share_of_way", lambda drawn, start, end: 100 * unit_share(drawn, start, end), "per cent"),
]
