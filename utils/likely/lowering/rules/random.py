"""jax.random: the threefry2x32 hash (Salmon et al., 2011), bit for bit.

A key is two 32-bit words. Draws hash a counter: 0, 1, 2, … in the order of the elements, which is JAX's default
("partitionable") layout. Outside the hash the words are carried as int32.
"""

from __future__ import annotations

import math

import jax

from likely.lowering import operations as ops
from likely.lowering.graph import INT, UNSIGNED
from likely.lowering.program import Keys, rule

ROTATIONS = ((13, 15, 26, 6), (17, 29, 16, 24))
PARITY = 0x1BD11BDA


def threefry(key: Keys, x, y):
    """Hash the words (x, y) under a key in 20 rounds; inputs broadcast."""
    first, second = (ops.cast(word, UNSIGNED) for word in (key.first, key.second))
    words = (first, second, first ^ second ^ PARITY)
    x, y = (ops.cast(ops.tensors(key.first, counter)[1], UNSIGNED) for counter in (x, y))
    x, y = words[0] + x, words[1] + y
    for group in range(5):
        for places in ROTATIONS[group % 2]:
            x = x + y
            y = ops.rotate_left(y, places) ^ x
        x = x + words[(group + 1) % 3]
        y = y + (words[(group + 2) % 3] + (group + 1))
    return ops.cast(x, INT), ops.cast(y, INT)


def _hash_counters(eqn, keys: Keys, shape):
    """The hashes of 0, 1, 2, … for each key: two words of shape (*keys, *shape)."""
    if not getattr(jax.config, "jax_threefry_partitionable", True):
        raise eqn.refuse("it draws in the old layout", "set jax_threefry_partitionable to True, the default")
    batch = eqn.inputs[0].shape
    if math.prod(shape) >= 2**31:
        raise eqn.refuse("it draws 2³¹ words or more")
    counters = ops.reshape(ops.count(eqn.builder, math.prod(shape)), shape)
    words = [ops.reshape(ops.expand(w, batch), (*batch, *(1 for _ in shape))) for w in (keys.first, keys.second)]
    return threefry(Keys(*words), 0, counters)


@rule("random_bits", on_values=True)
def random_bits(eqn, keys):
    if eqn.params["bit_width"] != 32:
        raise eqn.refuse(f"it draws words of {eqn.params['bit_width']} bits")
    first, second = _hash_counters(eqn, keys, eqn.params["shape"])
    return first ^ second


@rule("random_split", on_values=True)
def random_split(eqn, keys):
    return Keys(*_hash_counters(eqn, keys, eqn.params["shape"]))


@rule("random_fold_in", on_values=True)
def random_fold_in(eqn, keys, data):
    return Keys(*threefry(keys, 0, data))


@rule("random_seed", on_values=True)
def random_seed(eqn, seeds):
    return Keys(ops.tensors(seeds, 0)[1], seeds)


@rule("random_wrap", on_values=True)
def random_wrap(eqn, words):
    words = ops.expand(words, eqn.inputs[0].shape)  # (…, 2)
    return Keys(*(ops.reshape(w, eqn.output.shape) for w in ops.split(words, [1, 1], len(eqn.output.shape))))


@rule("random_unwrap", on_values=True)
def random_unwrap(eqn, keys):
    shape = eqn.inputs[0].shape
    return ops.stack([ops.expand(keys.first, shape), ops.expand(keys.second, shape)], len(shape))


@rule("random_clone", on_values=True)
def random_clone(eqn, keys):
    return keys


@rule("threefry2x32", lazy=True)
def threefry2x32(eqn, first, second, x, y):
    return threefry(Keys(first, second), x, y)
