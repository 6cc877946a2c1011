"""Whole programs of the kinds that the course shows, small: each a pure function of arrays and arrays to call it on."""

import itertools

import flax.nnx as nnx
import jax
import jax.numpy as jnp
import numpy as np
import optax
from jax import lax

generator = np.random.default_rng(0)


def normal(*shape):
    return generator.standard_normal(shape).astype(np.float32)


def divergence_on_a_grid(mean_p, width_p, mean_q, width_q):
    """Two Gaussians on a grid, and KL(P‖Q) in nats, in closed form and as an integral."""
    x = jnp.linspace(-6.0, 6.0, 401)

    def log_density(mean, width):
        return -0.5 * ((x - mean) / width) ** 2 - jnp.log(width) - 0.5 * jnp.log(2 * jnp.pi)

    log_p, log_q = log_density(mean_p, width_p), log_density(mean_q, width_q)
    integrand = jnp.exp(log_p) * (log_p - log_q)
    closed = jnp.log(width_q / width_p) + (width_p**2 + (mean_p - mean_q) ** 2) / (2 * width_q**2) - 0.5
    return jnp.exp(log_p), jnp.exp(log_q), closed, jnp.trapezoid(integrand, x)


def split(module):
    """(graph definition, state as a list of arrays, its structure)"""
    definition, state = nnx.split(module)
    leaves, structure = jax.tree.flatten(state)
    return lambda leaves: nnx.merge(definition, jax.tree.unflatten(structure, leaves)), [np.asarray(x) for x in leaves]


class Decoder(nnx.Module):
    """(batch, 2) -> (batch, 28, 28)"""

    def __init__(self, rngs):
        self.linear = nnx.Linear(2, 7 * 7 * 8, rngs=rngs)
        self.up1 = nnx.ConvTranspose(8, 8, (4, 4), strides=(2, 2), rngs=rngs)
        self.up2 = nnx.ConvTranspose(8, 4, (4, 4), strides=(2, 2), rngs=rngs)
        self.out = nnx.Conv(4, 1, (3, 3), rngs=rngs)

    def __call__(self, z):
        h = nnx.relu(self.linear(z)).reshape(-1, 7, 7, 8)
        h = nnx.relu(self.up2(nnx.relu(self.up1(h))))
        return nnx.sigmoid(self.out(h))[..., 0]


class Block(nnx.Module):
    """Pre-norm attention and MLP; also returns the attention map, (batch, head, query, key)."""

    def __init__(self, width, heads, rngs):
        self.heads = heads
        self.norm1, self.norm2 = nnx.LayerNorm(width, rngs=rngs), nnx.LayerNorm(width, rngs=rngs)
        self.qkv, self.merge = nnx.Linear(width, 3 * width, rngs=rngs), nnx.Linear(width, width, rngs=rngs)
        self.wide, self.narrow = nnx.Linear(width, 4 * width, rngs=rngs), nnx.Linear(4 * width, width, rngs=rngs)

    def __call__(self, x, mask):
        batch, length, width = x.shape
        heads = [
            part.reshape(batch, length, self.heads, -1).transpose(0, 2, 1, 3)
            for part in jnp.split(self.qkv(self.norm1(x)), 3, -1)
        ]
        q, k, v = heads
        scores = jnp.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(width // self.heads).astype(np.float32)
        weights = jax.nn.softmax(jnp.where(mask, scores, -1e9), -1)
        mixed = jnp.einsum("bhqk,bhkd->bhqd", weights, v).transpose(0, 2, 1, 3).reshape(batch, length, width)
        x = x + self.merge(mixed)
        return x + self.narrow(nnx.gelu(self.wide(self.norm2(x)))), weights


class Transformer(nnx.Module):
    """Token ids (batch, length) -> logits and all attention maps."""

    def __init__(self, rngs, vocabulary=24, width=32, heads=4, layers=2, length=16):
        self.tokens, self.positions = nnx.Embed(vocabulary, width, rngs=rngs), nnx.Embed(length, width, rngs=rngs)
        self.blocks = nnx.List([Block(width, heads, rngs) for _ in range(layers)])
        self.norm, self.head = nnx.LayerNorm(width, rngs=rngs), nnx.Linear(width, vocabulary, rngs=rngs)

    def __call__(self, ids):
        positions = jnp.arange(ids.shape[1])
        x = self.tokens(ids) + self.positions(positions)[None]
        maps = []
        for block in self.blocks:
            x, weights = block(x, positions[:, None] >= positions[None, :])
            maps.append(weights)
        return self.head(self.norm(x)), jnp.stack(maps, 1)


def dense_layers(*sizes):
    """[(weights, bias)] with He's initialisation."""
    return [
        (normal(a, b) * np.sqrt(2 / a).astype(np.float32), np.zeros(b, np.float32))
        for a, b in itertools.pairwise(sizes)
    ]


def network(layers, x, activation=jax.nn.silu):
    for weights, bias in layers[:-1]:
        x = activation(x @ weights + bias)
    weights, bias = layers[-1]
    return x @ weights + bias


denoiser = dense_layers(2 + 8 + 3, 32, 32, 2)


def ddim(x, steps, guidance, label):
    """A deterministic sampler with classifier-free guidance; `steps` is a control. x: (points, 2)"""

    def noise_level(t):
        return jnp.cos((t + 0.008) / 1.008 * jnp.pi / 2) ** 2

    def predict_noise(x, t, condition):
        frequencies = jnp.exp(jnp.linspace(0.0, 4.0, 4))
        features = jnp.concatenate([jnp.sin(frequencies * t), jnp.cos(frequencies * t), condition])
        return network(denoiser, jnp.concatenate([x, jnp.broadcast_to(features, (x.shape[0], 11))], -1))

    def step(i, x):
        now, then = 0.98 * (1.0 - i / steps), 0.98 * (1.0 - (i + 1) / steps)
        conditional = predict_noise(x, now, jax.nn.one_hot(label, 3))
        noise = (1 + guidance) * conditional - guidance * predict_noise(x, now, jnp.zeros(3))
        clean = jnp.clip((x - jnp.sqrt(1 - noise_level(now)) * noise) / jnp.sqrt(noise_level(now)), -3.0, 3.0)
        return jnp.sqrt(noise_level(then)) * clean + jnp.sqrt(1 - noise_level(then)) * noise

    return lax.fori_loop(0, steps, step, x)


def flat_step(step, state):
    """A step on pytrees as a function of the state's leaves and more arrays."""
    leaves, structure = jax.tree.flatten(state)

    def flat(*arrays):
        return jax.tree.leaves(step(jax.tree.unflatten(structure, arrays[: len(leaves)]), *arrays[len(leaves) :]))

    return flat, [np.asarray(x) for x in leaves]


def gan_step():
    adam = optax.adam(1e-3, b1=0.5)
    players = dense_layers(2, 32, 32, 2), dense_layers(2, 32, 32, 1)

    def judge(discriminator, x):
        return network(discriminator, x, lambda h: jax.nn.leaky_relu(h, 0.2))

    def step(state, x, z1, z2):
        generator, discriminator, generator_adam, discriminator_adam = state

        def discriminator_loss(discriminator):
            fake = network(generator, z1, jax.nn.relu)
            return jnp.mean(jax.nn.softplus(-judge(discriminator, x)) + jax.nn.softplus(judge(discriminator, fake)))

        loss1, gradient = jax.value_and_grad(discriminator_loss)(discriminator)
        update, discriminator_adam = adam.update(gradient, discriminator_adam)
        discriminator = optax.apply_updates(discriminator, update)

        def generator_loss(generator):
            return jnp.mean(jax.nn.softplus(-judge(discriminator, network(generator, z2, jax.nn.relu))))

        loss2, gradient = jax.value_and_grad(generator_loss)(generator)
        update, generator_adam = adam.update(gradient, generator_adam)
        return (optax.apply_updates(generator, update), discriminator, generator_adam, discriminator_adam), loss1, loss2

    flat, leaves = flat_step(step, (*players, *map(adam.init, players)))
    return flat, leaves, [normal(64, 2), normal(64, 2), normal(64, 2)]


def gan_ten_steps():
    step, leaves, _ = gan_step()

    def steps(*arrays):
        def body(state, batch):
            *state, loss1, loss2 = step(*state, *batch)
            return tuple(state), jnp.stack([loss1, loss2])

        return lax.scan(body, arrays[: len(leaves)], arrays[len(leaves) :])

    return steps, *leaves, normal(10, 64, 2), normal(10, 64, 2), normal(10, 64, 2)


class DenseAutoencoder(nnx.Module):
    """A VAE on 8x8 images: (batch, 64) -> logits, mean, log variance"""

    def __init__(self, rngs):
        self.encode1, self.encode2 = nnx.Linear(64, 32, rngs=rngs), nnx.Linear(32, 4, rngs=rngs)
        self.decode1, self.decode2 = nnx.Linear(2, 32, rngs=rngs), nnx.Linear(32, 64, rngs=rngs)

    def __call__(self, x, noise):
        mean, log_variance = jnp.split(self.encode2(nnx.relu(self.encode1(x))), 2, -1)
        z = mean + jnp.exp(0.5 * log_variance) * noise
        return self.decode2(nnx.relu(self.decode1(z))), mean, log_variance


class ConvAutoencoder(nnx.Module):
    """The same with convolutions."""

    def __init__(self, rngs):
        self.encode1 = nnx.Conv(1, 8, (3, 3), strides=(2, 2), rngs=rngs)
        self.encode2 = nnx.Linear(4 * 4 * 8, 4, rngs=rngs)
        self.decode1 = nnx.Linear(2, 4 * 4 * 8, rngs=rngs)
        self.decode2 = nnx.ConvTranspose(8, 1, (4, 4), strides=(2, 2), rngs=rngs)

    def __call__(self, x, noise):
        h = nnx.relu(self.encode1(x.reshape(-1, 8, 8, 1))).reshape(x.shape[0], -1)
        mean, log_variance = jnp.split(self.encode2(h), 2, -1)
        z = mean + jnp.exp(0.5 * log_variance) * noise
        return self.decode2(nnx.relu(self.decode1(z)).reshape(-1, 4, 4, 8)).reshape(-1, 64), mean, log_variance


def vae_step(module, optimizer, batch=32):
    definition, parameters = nnx.split(module)

    def step(state, x, noise, beta):
        parameters, optimizer_state = state

        def loss(parameters):
            logits, mean, log_variance = nnx.merge(definition, parameters)(x, noise)
            reconstruction = jnp.mean(jnp.sum(optax.sigmoid_binary_cross_entropy(logits, x), -1))
            kl = jnp.mean(-0.5 * jnp.sum(1 + log_variance - mean**2 - jnp.exp(log_variance), -1))
            return reconstruction + beta * kl, (reconstruction, kl)

        (total, parts), gradient = jax.value_and_grad(loss, has_aux=True)(parameters)
        update, optimizer_state = optimizer.update(gradient, optimizer_state, parameters)
        return (optax.apply_updates(parameters, update), optimizer_state), total, parts

    flat, leaves = flat_step(step, (parameters, optimizer.init(parameters)))
    inputs = [generator.random((batch, 64)).astype(np.float32), normal(batch, 2), np.float32(1.0)]
    return flat, *leaves, *inputs


class UNet(nnx.Module):
    """(batch, 16, 16, 1) and a time -> (batch, 16, 16, 1): one level down, one up, group norm, a skip."""

    def __init__(self, rngs, width=16):
        self.time = nnx.Linear(8, width, rngs=rngs)
        self.inward = nnx.Conv(1, width, (3, 3), rngs=rngs)
        self.down = nnx.Conv(width, width, (3, 3), strides=(2, 2), rngs=rngs)
        self.middle = nnx.Conv(width, width, (3, 3), rngs=rngs)
        self.norm = nnx.GroupNorm(width, 4, rngs=rngs)
        self.up = nnx.ConvTranspose(width, width, (4, 4), strides=(2, 2), rngs=rngs)
        self.outward = nnx.Conv(2 * width, 1, (3, 3), rngs=rngs)

    def __call__(self, x, t):
        frequencies = jnp.exp(jnp.linspace(0.0, 4.0, 4))
        time = self.time(jnp.concatenate([jnp.sin(frequencies * t), jnp.cos(frequencies * t)]))
        h = nnx.silu(self.inward(x) + time)
        low = self.middle(nnx.silu(self.norm(self.down(h))))
        low = jax.image.resize(nnx.max_pool(low, (2, 2), (2, 2)), low.shape, "nearest") + low
        return self.outward(jnp.concatenate([h, self.up(low)], -1))


def recurrent_network():
    """A GRU over a sequence: (batch, time, 6) -> all states, the gradient of their squares for every weight."""
    merge, leaves = split(nnx.GRUCell(6, 8, rngs=nnx.Rngs(0)))

    def run(leaves, x):
        _, states = lax.scan(lambda h, row: merge(leaves)(h, row), jnp.zeros((x.shape[0], 8)), x.transpose(1, 0, 2))
        return states

    def states_and_gradient(*arrays):
        *leaves, x = arrays
        return run(leaves, x), jax.grad(lambda leaves: (run(leaves, x) ** 2).sum())(leaves)

    return states_and_gradient, *leaves, normal(2, 40, 6)


def langevin(key_data, x, steps):
    """A noisy walk whose noise comes from a key folded with the step."""
    key = jax.random.wrap_key_data(key_data)

    def step(i, x):
        return x - 0.05 * x + jnp.sqrt(0.1) * jax.random.normal(jax.random.fold_in(key, i), x.shape)

    return lax.fori_loop(0, steps, step, x)


def transformer_step():
    """The gradient of the next-token loss, clipped, one AdamW step: ids (batch, length)"""
    module = Transformer(nnx.Rngs(2), layers=1)
    definition, parameters = nnx.split(module)
    # the gradient of the keys' bias is 0 but for rounding, which Adam's usual eps = 1e-8 would blow up to a full step
    adamw = optax.adamw(optax.cosine_decay_schedule(1e-2, 100), eps=1e-3)
    optimizer = optax.chain(optax.clip_by_global_norm(1.0), adamw)

    def step(state, ids):
        parameters, optimizer_state = state

        def loss(parameters):
            logits, _ = nnx.merge(definition, parameters)(ids[:, :-1])
            return optax.softmax_cross_entropy_with_integer_labels(logits, ids[:, 1:]).mean()

        value, gradient = jax.value_and_grad(loss)(parameters)
        update, optimizer_state = optimizer.update(gradient, optimizer_state, parameters)
        return (optax.apply_updates(parameters, update), optimizer_state), value

    flat, leaves = flat_step(step, (parameters, optimizer.init(parameters)))
    return flat, *leaves, generator.integers(0, 24, (4, 13)).astype(np.int32)


def with_weights(module, *inputs):
    """A module as a function of its input and its weights."""
    merge, leaves = split(module)
    return (lambda *arrays: merge(arrays[: len(leaves)])(*arrays[len(leaves) :])), *leaves, *inputs


KEY = np.array([0, 42], np.uint32)
_step, _leaves, _batches = gan_step()

# name -> (function, *inputs)
PROGRAMS = {
    "KL on a grid": (divergence_on_a_grid, np.float32(0.5), np.float32(1.2), np.float32(-0.3), np.float32(0.8)),
    "conv decoder": with_weights(Decoder(nnx.Rngs(0)), normal(3, 2)),
    "transformer with attention maps": with_weights(
        Transformer(nnx.Rngs(1)), generator.integers(0, 24, (2, 16)).astype(np.int32)
    ),
    "DDIM, 20 steps": (ddim, normal(64, 2), np.int32(20), np.float32(1.5), np.int32(1)),
    "DDIM, no step": (ddim, normal(64, 2), np.int32(0), np.float32(1.5), np.int32(1)),
    "GAN step": (_step, *_leaves, *_batches),
    "GAN, ten steps": gan_ten_steps(),
    "VAE step": vae_step(DenseAutoencoder(nnx.Rngs(3)), optax.adam(1e-3)),
    "conv VAE step, clipped AdamW": vae_step(
        ConvAutoencoder(nnx.Rngs(3)), optax.chain(optax.clip_by_global_norm(1.0), optax.adamw(1e-3)), batch=8
    ),
    "transformer step": transformer_step(),
    "U-Net": with_weights(UNet(nnx.Rngs(4)), normal(2, 16, 16, 1), np.float32(0.3)),
    "GRU and its gradient": recurrent_network(),
    "Langevin, 20 steps": (langevin, KEY, normal(64, 2), np.int32(20)),
}
# 1e-5 of scale but for these: an error grows through a loop; means and gradients that nearly cancel keep few digits
TOLERANCE = {"DDIM, 20 steps": 5e-5, "GAN step": 1e-4, "GAN, ten steps": 1e-4, "transformer step": 1e-4}
