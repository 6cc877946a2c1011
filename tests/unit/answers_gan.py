"""Answers to the exercises of chapter 5: right ones of every style, and wrong ideas as readers write them."""

from __future__ import annotations

import math

import jax
import jax.numpy as jnp
import numpy as np
import optax
import scipy.spatial.distance
import scipy.special
from scipy.spatial import KDTree

from likely import measures


def where_optimal(p, q):
    both = p + q
    return jnp.where(both > 0, p / jnp.where(both > 0, both, 1), 0.5)


def in_place_optimal(p, q):
    both = p + q
    p[both == 0], both[both == 0] = 1, 2
    return p / both


def loops_optimal(p, q):
    if np.ndim(p):
        return [loops_optimal(a, b) for a, b in zip(p, q, strict=True)]
    return p / (p + q) if p + q else 0.5


def loops_discriminator(real_logits, fake_logits):
    def surprise(logit):  # −log σ(logit)
        return math.log1p(math.exp(-abs(logit))) + max(-logit, 0)

    real, fake = np.asarray(real_logits, float), np.asarray(fake_logits, float)
    return sum(map(surprise, real)) / len(real) + sum(surprise(-a) for a in fake) / len(fake)


def cross_entropy_discriminator(real_logits, fake_logits):
    real = optax.sigmoid_binary_cross_entropy(real_logits, jnp.ones_like(real_logits)).mean()
    return real + optax.sigmoid_binary_cross_entropy(fake_logits, jnp.zeros_like(fake_logits)).mean()


def two_classes_generator(fake_logits):
    """The second of two classes, by a softmax over a logit of 0 and this one."""
    return -jax.nn.log_softmax(jnp.stack([jnp.zeros_like(fake_logits), fake_logits], axis=-1))[..., 1].mean()


def by_the_discriminator(p, q):
    D = where_optimal(p, q)
    real = jnp.where(p > 0, p * jnp.log(jnp.where(p > 0, D, 1)), 0)
    fake = jnp.where(q > 0, q * jnp.log(jnp.where(q > 0, 1 - D, 1)), 0)
    return jnp.log(2) + (real + fake).sum(axis=-1) / 2


def loops_js(p, q):
    if p.ndim > 1:
        return [loops_js(a, b) for a, b in zip(p, q, strict=True)]
    total = 0.0
    for a, b in zip(p.tolist(), q.tolist(), strict=True):
        total += a * math.log(2 * a / (a + b)) / 2 if a else 0
        total += b * math.log(2 * b / (a + b)) / 2 if b else 0
    return total


def gradients(function, x):
    return jax.grad(lambda x: function(x).sum())(x)


def _between(key, real, fake):
    t = jax.random.uniform(key, (len(real), 1))
    return real + t * (fake - real)


def summed_penalty(critic, key, real, fake):
    lengths = jnp.linalg.norm(gradients(critic, _between(key, real, fake)), axis=-1)
    return jnp.mean((lengths - 1) ** 2)


def mapped_penalty(critic, key, real, fake):
    def one(key, a, b):
        t = jax.random.uniform(key)
        g = jax.grad(lambda x: critic(x[None])[0])(t * a + (1 - t) * b)
        return (jnp.sqrt(g @ g) - 1) ** 2

    return jax.vmap(one)(jax.random.split(key, len(real)), real, fake).mean()


def split_penalty(critic, key, real, fake):
    """With a key of its own for the numbers, and the pairs in another order."""
    order, drawn = jax.random.split(key)
    t = jax.random.uniform(drawn, (len(real),))[:, None]
    together = jax.random.permutation(order, jnp.stack([real, fake], axis=1))
    x = together[:, 0] * (1 - t) + together[:, 1] * t
    _, back = jax.vjp(critic, x)
    (g,) = back(jnp.ones(len(x), x.dtype))
    return ((jnp.linalg.norm(g, axis=1) - 1) ** 2).sum() / len(x)


def jacobian_penalty(critic, key, real, fake):
    """With forward-mode derivatives, a point at a time."""
    g = jax.vmap(jax.jacfwd(lambda x: critic(x[None])[0]))(_between(key, real, fake))
    return jnp.square(jnp.sqrt(jnp.square(g).sum(1)) - 1).mean()


def numpy_numbers_penalty(critic, key, real, fake):
    t = np.random.default_rng(0).random((len(real), 1))
    g = gradients(critic, jnp.asarray(t * np.asarray(real) + (1 - t) * np.asarray(fake), jnp.float32))
    return np.mean((np.linalg.norm(g, axis=1) - 1) ** 2)


def mapped_r1(discriminator, real, gamma):
    def one(x):
        g = jax.grad(lambda x: discriminator(x[None])[0])(x)
        return g @ g

    return gamma * jax.vmap(one)(real).mean() / 2


def loops_r1(discriminator, real, gamma):
    total = 0.0
    for point in real:
        g = jax.grad(lambda x: discriminator(x[None]).sum())(point)
        total += sum(float(a) ** 2 for a in g)
    return gamma / 2 * total / len(real)


def pulled_back_r1(discriminator, real, gamma):
    _, back = jax.vjp(discriminator, real)
    (g,) = back(jnp.ones(len(real), real.dtype))
    return 0.5 * gamma * jnp.vdot(g, g) / len(real)


def one_hot_modes(samples, centres, sigma):
    d2 = ((samples[:, None] - centres) ** 2).sum(-1)
    good = d2.min(axis=1) <= (3 * sigma) ** 2
    counts = (jax.nn.one_hot(d2.argmin(axis=1), len(centres)) * good[:, None]).sum(axis=0)
    return (counts > 0).sum(), good.mean()


def set_of_modes(samples, centres, sigma):
    caught, good = set(), 0
    for x in np.asarray(samples, float):
        distances = [math.dist(x, c) for c in np.asarray(centres, float)]
        best = distances.index(min(distances))
        if distances[best] <= 3 * sigma:
            caught.add(best)
            good += 1
    return len(caught), good / len(samples)


def tree_modes(samples, centres, sigma):
    distance, which = KDTree(centres).query(samples, distance_upper_bound=3 * sigma)
    good = np.isfinite(distance)
    return [np.unique(which[good]).size, good.mean()]


def cdist_modes(samples, centres, sigma):
    d = scipy.spatial.distance.cdist(samples, centres)
    own = (d <= 3 * sigma) & (d == d.min(axis=1, keepdims=True))
    return np.array([own.any(0).sum(), own.any(1).mean()])


def library_modes(samples, centres, sigma):
    found = measures.mode_coverage(samples, centres, sigma)
    return found.modes, found.quality


def iterated_norm(W, u, steps):
    for _ in range(steps):
        v = W.T @ u
        v = v / jnp.linalg.norm(v)
        u = W @ v
        u = u / jnp.linalg.norm(u)
    return u @ W @ v


def looped_norm(W, u, steps):
    def step(_, u):
        v = W.T @ u
        v /= jnp.linalg.norm(v)
        u = W @ v
        return u / jnp.linalg.norm(u)

    return jnp.linalg.norm(W.T @ jax.lax.fori_loop(0, steps, step, u / jnp.linalg.norm(u)))


def squared_matrix_norm(W, u, steps):
    """Power iteration on W Wᵀ, whose largest eigenvalue is the square."""
    A = W @ W.T
    for _ in range(steps):
        u = A @ u
        u = u / jnp.abs(u).max()
    return jnp.sqrt(u @ A @ u / (u @ u))


def scaled_norm(W, u, steps):
    """The matrix first brought to a largest entry of 1."""
    scale = np.abs(W).max()
    return scale * iterated_norm(np.asarray(W) / scale, np.asarray(u), steps)


RIGHT = {
    "optimal_discriminator": {
        "where": where_optimal,
        "numpy in place": in_place_optimal,
        "loops": loops_optimal,
        "a little of both": lambda p, q: (p + 1e-12) / (p + q + 2e-12),
        "numpy": lambda p, q: np.divide(p, p + q, out=np.full_like(p, 0.5), where=p + q > 0),
        "sigmoid": lambda p, q: jax.nn.sigmoid(jnp.where(p + q > 0, jnp.log(p) - jnp.log(q), 0)),
        "NaN replaced": lambda p, q: jnp.nan_to_num(p / (p + q), nan=0.5),
    },
    "discriminator_loss": {
        "softplus": lambda real, fake: jax.nn.softplus(-real).mean() + jax.nn.softplus(fake).mean(),
        "log-sigmoid": lambda real, fake: -jax.nn.log_sigmoid(real).mean() - jax.nn.log_sigmoid(-fake).mean(),
        "loops": loops_discriminator,
        "optax": cross_entropy_discriminator,
        "numpy": lambda real, fake: np.logaddexp(0, -real).mean() + np.logaddexp(fake, 0).mean(),
        "scipy": lambda real, fake: -np.mean(scipy.special.log_expit(real)) - np.mean(scipy.special.log_expit(-fake)),
        "jax": jax.jit(lambda real, fake: jnp.logaddexp(0, -real).mean() + jnp.logaddexp(0, fake).mean()),
    },
    "generator_loss": {
        "softplus": lambda fake: jax.nn.softplus(-fake).mean(),
        "log-sigmoid": lambda fake: -jax.nn.log_sigmoid(fake).mean(),
        "loops": lambda fake: sum(math.log1p(math.exp(-abs(a))) + max(-a, 0) for a in fake.tolist()) / len(fake),
        "two classes": two_classes_generator,
        "optax": lambda fake: optax.sigmoid_binary_cross_entropy(fake, jnp.ones_like(fake)).mean(),
        "numpy": lambda fake: np.logaddexp(0, -fake).mean(),
    },
    "jensen_shannon": {
        "by the discriminator": by_the_discriminator,
        "this course's": measures.jensen_shannon_divergence,
        "loops": loops_js,
        "scipy": lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1) ** 2,
        "entropies": lambda p, q: (
            scipy.special.entr((p + q) / 2).sum(-1)
            - (scipy.special.entr(p).sum(-1) + scipy.special.entr(q).sum(-1)) / 2
        ),
        "two divergences": lambda p, q: (
            (jax.scipy.special.rel_entr(p, (p + q) / 2) + jax.scipy.special.rel_entr(q, (p + q) / 2)).sum(-1) / 2
        ),
    },
    "gradient_penalty": {
        "summed": summed_penalty,
        "mapped": mapped_penalty,
        "split": split_penalty,
        "Jacobian": jacobian_penalty,
        "numbers of numpy": numpy_numbers_penalty,
        "jax": jax.jit(summed_penalty, static_argnums=0),
    },
    "r1_penalty": {
        "summed": lambda D, real, gamma: gamma / 2 * jnp.mean(jnp.sum(gradients(D, real) ** 2, axis=-1)),
        "mapped": mapped_r1,
        "loops": loops_r1,
        "pulled back": pulled_back_r1,
        "norms": lambda D, real, gamma: np.mean(np.linalg.norm(gradients(D, real), axis=1) ** 2) * gamma / 2,
    },
    "modes_covered": {
        "one-hot": one_hot_modes,
        "set": set_of_modes,
        "tree": tree_modes,
        "cdist": cdist_modes,
        "this course's": library_modes,
        "array": lambda x, c, sigma: jnp.array(one_hot_modes(x, c, sigma)),
    },
    "spectral_norm": {
        "iterated": iterated_norm,
        "looped": looped_norm,
        "squared matrix": squared_matrix_norm,
        "scaled": scaled_norm,
        "singular values": lambda W, u, steps: jnp.linalg.svd(W, compute_uv=False)[0],
        "numpy": lambda W, u, steps: np.linalg.norm(W, 2),
    },
}


def _d2(samples, centres):
    return ((samples[:, None] - centres) ** 2).sum(-1)


def _rule(d, reach):
    """Modes and quality from distances of any kind."""
    good = d.min(axis=1) <= reach
    return len(set(d.argmin(axis=1)[good].tolist())), good.mean()


def _two_divergences(p, q, log):
    """Half of both divergences to the mixture, with a logarithm of one's choice."""
    p, q = np.asarray(p, float), np.asarray(q, float)
    with np.errstate(all="ignore"):
        return sum(np.nansum(a * log(2 * a / (p + q)), axis=-1) for a in (p, q)) / 2


def _naive(a):
    return jnp.log(1 / (1 + jnp.exp(-a)))


def _lengths(critic, key, real, fake):
    return jnp.linalg.norm(gradients(critic, _between(key, real, fake)), axis=-1)


# the same ideas as a reader would write them, in another style than the one in the library
WRITTEN_OTHERWISE = [
    ("optimal_discriminator", lambda p, q: jnp.divide(p, q), "the ratio p/q"),
    ("optimal_discriminator", lambda p, q: q / (q + p), "the probability that a sample is the model's"),
    ("optimal_discriminator", lambda p, q: jnp.log(p / q), "the logit, not the probability"),
    ("optimal_discriminator", lambda p, q: 1 / (1 + q / p), "which gives NaN"),
    ("optimal_discriminator", lambda p, q: p / (p + q + 1e-12), "0 where both are 0"),
    ("optimal_discriminator", lambda p, q: jnp.nan_to_num(p / (p + q)), "0 where both are 0"),
    ("optimal_discriminator", lambda p, q: jnp.nan_to_num(p / (p + q), nan=1.0), "1 where both are 0"),
    ("optimal_discriminator", lambda p, q: (p - q) / (p + q), "from −1 to 1"),
    ("optimal_discriminator", lambda p, q: p / ((p + q) / 2), "half of the sum"),
    ("optimal_discriminator", lambda p, q: (p > q).astype(int), "taken for certain"),
    ("optimal_discriminator", lambda p, q: jax.nn.sigmoid(p - q), "the sigmoid of p − q"),
    ("optimal_discriminator", lambda p, q: p / (p + q).sum(-1, keepdims=True), "over all places"),
    (
        "discriminator_loss",
        lambda real, fake: -_naive(real).mean() - jnp.log(1 - jax.nn.sigmoid(fake)).mean(),
        "the sigmoid first",
    ),
    (
        "discriminator_loss",
        lambda real, fake: (
            -jnp.log(jax.nn.sigmoid(real) + 1e-8).mean() - jnp.log(1 - jax.nn.sigmoid(fake) + 1e-8).mean()
        ),
        "a small number, 1e-8",
    ),
    ("discriminator_loss", lambda real, fake: loops_discriminator(fake, real), "the labels swapped"),
    ("discriminator_loss", lambda real, fake: -jax.nn.log_sigmoid(real).mean(), "the real half alone"),
    ("discriminator_loss", lambda real, fake: -jax.nn.log_sigmoid(-fake).mean(), "the fake half alone"),
    ("discriminator_loss", lambda real, fake: cross_entropy_discriminator(real, fake) / 2, "half of it"),
    (
        "discriminator_loss",
        lambda real, fake: optax.sigmoid_binary_cross_entropy(
            jnp.concatenate([real, fake]), jnp.concatenate([jnp.ones_like(real), jnp.zeros_like(fake)])
        ).mean(),
        "over all the logits together",
    ),
    (
        "discriminator_loss",
        lambda real, fake: jax.nn.log_sigmoid(real).mean() + jax.nn.log_sigmoid(-fake).mean(),
        "not a loss",
    ),
    (
        "discriminator_loss",
        lambda real, fake: jax.nn.softplus(-real).sum() + jax.nn.softplus(fake).sum(),
        "sums instead",
    ),
    ("discriminator_loss", lambda real, fake: -(real.mean() - fake.mean()), "a Wasserstein critic"),
    (
        "discriminator_loss",
        lambda real, fake: jax.nn.relu(1 - real).mean() + jax.nn.relu(1 + fake).mean(),
        "the hinge loss",
    ),
    (
        "discriminator_loss",
        lambda real, fake: -jax.nn.log_sigmoid(real).mean() - jax.nn.log_sigmoid(fake).mean(),
        "called real like the others",
    ),
    ("generator_loss", lambda fake: jax.nn.log_sigmoid(-fake).mean(), "the saturating loss"),
    ("generator_loss", lambda fake: -_naive(fake).mean(), "the sigmoid first"),
    ("generator_loss", lambda fake: jax.nn.softplus(fake).mean(), "what the discriminator pays"),
    ("generator_loss", lambda fake: jax.nn.log_sigmoid(fake).mean(), "without its minus sign"),
    ("generator_loss", lambda fake: (-fake).mean(), "as against a Wasserstein critic"),
    ("generator_loss", lambda fake: 1 - jax.nn.sigmoid(fake).mean(), "without a logarithm"),
    ("generator_loss", lambda fake: jax.nn.softplus(-fake).sum(), "a sum instead"),
    ("generator_loss", lambda fake: jnp.logaddexp2(0, -fake / jnp.log(2)).mean(), "in bits"),
    ("generator_loss", lambda fake: jnp.square(1 - fake).mean(), "least-squares"),
    ("jensen_shannon", lambda p, q: _two_divergences(p, q, np.log2), "in bits"),
    ("jensen_shannon", lambda p, q: 2 * _two_divergences(p, q, np.log), "the halves are missing"),
    ("jensen_shannon", lambda p, q: by_the_discriminator(p, q) - jnp.log(2), "log 2 missing"),
    ("jensen_shannon", lambda p, q: 2 * jnp.log(2) - 2 * by_the_discriminator(p, q), "the discriminator's loss"),
    (
        "jensen_shannon",
        lambda p, q: (scipy.special.rel_entr(p, q) + scipy.special.rel_entr(q, p)).sum(-1),
        "KL(p‖q) + KL(q‖p)",
    ),
    ("jensen_shannon", lambda p, q: scipy.special.rel_entr(p, q).sum(-1), "KL(p‖q)"),
    ("jensen_shannon", lambda p, q: scipy.spatial.distance.jensenshannon(p, q, axis=-1), "its square root"),
    (
        "jensen_shannon",
        lambda p, q: jnp.log(2) + (p * jnp.log(p / (p + q)) + q * jnp.log(q / (p + q))).sum(-1) / 2,
        "which gives NaN",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: ((jnp.linalg.norm(gradients(critic, real), axis=1) - 1) ** 2).mean(),
        "at the real points",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: ((jnp.linalg.norm(gradients(critic, fake), axis=1) - 1) ** 2).mean(),
        "at the fake points",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: summed_penalty(critic, key, (real + fake) / 2, (real + fake) / 2),
        "halfway",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: (
            (
                jax.vmap(lambda g: jnp.sqrt(g @ g))(
                    gradients(critic, fake + jax.random.uniform(key, (1,)) * (real - fake))
                )
                - 1
            )
            ** 2
        ).mean(),
        "for all the pairs",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: (
            (jnp.linalg.norm(gradients(critic, real + jax.random.uniform(key, fake.shape) * (fake - real)), axis=1) - 1)
            ** 2
        ).mean(),
        "for each coordinate",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: (jnp.linalg.norm(gradients(critic, _between(key, real, fake))) - 1) ** 2,
        "of the whole batch",
    ),
    (
        "gradient_penalty",
        lambda critic, key, real, fake: (
            (jnp.linalg.norm(jax.grad(lambda x: critic(x).mean())(_between(key, real, fake)), axis=1) - 1) ** 2
        ).mean(),
        "n times too short",
    ),
    ("gradient_penalty", lambda *given: ((_lengths(*given) ** 2 - 1) ** 2).mean(), "the squared length minus 1"),
    ("gradient_penalty", lambda *given: _lengths(*given).mean() - 1, "not squared"),
    ("gradient_penalty", lambda *given: jnp.abs(1 - _lengths(*given)).mean(), "the absolute difference"),
    ("gradient_penalty", lambda *given: (_lengths(*given) ** 2).mean(), "towards 0, not 1"),
    ("gradient_penalty", lambda *given: (jax.nn.relu(_lengths(*given) - 1) ** 2).mean(), "one-sided"),
    ("gradient_penalty", lambda *given: (1 - _lengths(*given).mean()) ** 2, "the mean length minus 1"),
    ("gradient_penalty", lambda *given: ((_lengths(*given) - 1) ** 2).sum(), "a sum over the batch"),
    ("gradient_penalty", lambda *given: 10 * summed_penalty(*given), "times 10"),
    ("r1_penalty", lambda D, real, gamma: gamma * (gradients(D, real) ** 2).sum(-1).mean(), "without the half"),
    (
        "r1_penalty",
        lambda D, real, gamma: gamma / 2 * jnp.linalg.norm(gradients(D, real), axis=-1).mean(),
        "not squared",
    ),
    ("r1_penalty", lambda D, real, gamma: gamma / 2 * jnp.mean(gradients(D, real) ** 2), "over the coordinates"),
    ("r1_penalty", lambda D, real, gamma: gamma / 2 * jnp.sum(gradients(D, real) ** 2), "a sum over the batch"),
    (
        "r1_penalty",
        lambda D, real, gamma: gamma / 2 * ((jnp.linalg.norm(gradients(D, real), axis=-1) - 1) ** 2).mean(),
        "as in WGAN-GP",
    ),
    (
        "r1_penalty",
        lambda D, real, gamma: gamma / 2 * (jax.grad(lambda x: D(x).mean())(real) ** 2).sum(-1).mean(),
        "n times too short",
    ),
    (
        "r1_penalty",
        lambda D, real, gamma: loops_r1(lambda x: jax.nn.sigmoid(D(x)), real, gamma),
        "of the probability",
    ),
    (
        "r1_penalty",
        lambda D, real, gamma: mapped_r1(lambda x: -jax.nn.log_sigmoid(D(x)), real, gamma),
        "of the loss",
    ),
    ("r1_penalty", lambda D, real, gamma: mapped_r1(D, real, 1), "without γ"),
    ("modes_covered", lambda x, c, s: _rule(jnp.sqrt(_d2(x, c)), 3 * s**2), "3 σ² instead"),
    ("modes_covered", lambda x, c, s: _rule(jnp.sqrt(_d2(x, c)), s), "a radius of σ"),
    ("modes_covered", lambda x, c, s: _rule(_d2(x, c), 3 * s), "compared with 3 σ"),
    ("modes_covered", lambda x, c, s: _rule(_d2(x, c), 3 * s**2), "compared with 3 σ²"),
    (
        "modes_covered",
        lambda x, c, s: (
            len(set(_d2(x, c).argmin(1)[(abs(x[:, None] - c).max(-1) <= 3 * s).any(1)].tolist())),
            (abs(x[:, None] - c).max(-1) <= 3 * s).any(1).mean(),
        ),
        "instead of a circle",
    ),
    (
        "modes_covered",
        lambda x, c, s: (len(set(_d2(x, c).argmin(1).tolist())), (_d2(x, c).min(1) <= 9 * s**2).mean()),
        "by the nearest centre alone",
    ),
    (
        "modes_covered",
        lambda x, c, s: ((_d2(x, c).min(0) <= 9 * s**2).sum(), (_d2(x, c).min(1) <= 9 * s**2).mean()),
        "nearer to another",
    ),
    (
        "modes_covered",
        lambda x, c, s: (set_of_modes(x, c, s)[0] / len(c), set_of_modes(x, c, s)[1]),
        "the share of modes",
    ),
    ("modes_covered", lambda x, c, s: (set_of_modes(x, c, s)[0], set_of_modes(x, c, s)[1] * len(x)), "not their share"),
    ("modes_covered", lambda x, c, s: tree_modes(x, c, s)[::-1], "in the other order"),
    ("spectral_norm", lambda W, u, steps: jnp.linalg.norm(W), "the Frobenius norm"),
    ("spectral_norm", lambda W, u, steps: jnp.linalg.eigvalsh(W.T @ W)[-1], "the square of the norm"),
    ("spectral_norm", lambda W, u, steps: jnp.sqrt(iterated_norm(W, u, steps)), "the root of the norm"),
    ("spectral_norm", lambda W, u, steps: max(abs(np.linalg.eigvals(W))), "the largest eigenvalue"),
    ("spectral_norm", lambda W, u, steps: abs(W).max(), "the largest entry"),
    ("spectral_norm", lambda W, u, steps: jnp.linalg.norm(W, jnp.inf), "sum of a row"),
    ("spectral_norm", lambda W, u, steps: jnp.linalg.norm(W, 1), "sum of a column"),
    ("spectral_norm", lambda W, u, steps: jnp.linalg.norm(W, "nuc"), "all the singular values"),
    ("spectral_norm", lambda W, u, steps: jnp.linalg.norm(W, -2), "the smallest singular value"),
    ("spectral_norm", lambda W, u, steps: iterated_norm(W, u, 1), "one step"),
    ("spectral_norm", lambda W, u, steps: W / iterated_norm(W, u, steps), "the matrix divided"),
]
