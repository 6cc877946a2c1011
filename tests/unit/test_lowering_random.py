"""jax.random in the page: the same bits, and floats of distributions within 1e-6 of theirs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from lowering_both_hosts import agree_everywhere
from lowering_probes import KEY, key

SHAPES = [(), (1,), (2,), (7,), (3, 5), (2, 3, 4), (0,), (3, 0), (1500,)]


@pytest.mark.parametrize("shape", SHAPES)
def test_bits(shape):
    agree_everywhere(lambda k: jax.random.bits(key(k), shape), KEY)


def test_bits_of_many_keys():
    words = np.arange(12, dtype=np.uint32).reshape(3, 2, 2) * np.uint32(0x9E3779B9)
    agree_everywhere(lambda k: jax.vmap(jax.vmap(lambda k: jax.random.bits(k, (5,))))(key(k)), words)
    agree_everywhere(
        lambda k: jax.random.key_data(jax.vmap(jax.vmap(lambda k: jax.random.split(k, (2, 2))))(key(k))), words
    )


DISTRIBUTIONS = {
    "uniform": lambda k: jax.random.uniform(k, (300,), minval=-2.0, maxval=3.0),
    "normal": lambda k: jax.random.normal(k, (300,)),
    "truncated normal": lambda k: jax.random.truncated_normal(k, -1.0, 2.0, (300,)),
    "exponential": lambda k: jax.random.exponential(k, (300,)),
    "gumbel": lambda k: jax.random.gumbel(k, (300,)),
    "laplace": lambda k: jax.random.laplace(k, (300,)),
    "logistic": lambda k: jax.random.logistic(k, (300,)),
    "multivariate normal": lambda k: jax.random.multivariate_normal(
        k, jnp.zeros(2), jnp.array([[1.0, 0.3], [0.3, 0.5]]), (50,), method="cholesky"
    ),
    "ball": lambda k: jax.random.rademacher(k, (50,), dtype=jnp.float32),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_distribution(name):
    agree_everywhere(lambda k: DISTRIBUTIONS[name](key(k)), KEY, relative=1e-6, absolute=1e-6)


DISCRETE = {
    "randint": lambda k: jax.random.randint(k, (300,), -7, 1000),
    "randint of uint32": lambda k: jax.random.randint(k, (300,), 0, 2**31 - 1, dtype=jnp.uint32),
    "bernoulli": lambda k: jax.random.bernoulli(k, 0.3, (300,)),
    "categorical": lambda k: jax.random.categorical(k, jnp.log(jnp.arange(1.0, 8.0)), shape=(100,)),
    "permutation": lambda k: jax.random.permutation(k, 50),
    "permutation of rows": lambda k: jax.random.permutation(k, jnp.arange(20).reshape(10, 2)),
    "choice": lambda k: jax.random.choice(k, 10, (30,)),
    "choice with weights": lambda k: jax.random.choice(k, 5, (30,), p=jnp.array([0.1, 0.2, 0.3, 0.1, 0.3])),
    "choice without replacement": lambda k: jax.random.choice(k, 20, (10,), replace=False),
}


@pytest.mark.parametrize("name", DISCRETE)
def test_discrete_distribution(name):
    agree_everywhere(lambda k: DISCRETE[name](key(k)), KEY)


@pytest.mark.parametrize("seed", [0, 1, 42, -1, 2**31 - 1, -(2**31)])
def test_seed(seed):
    agree_everywhere(lambda s: jax.random.bits(jax.random.key(s), (3,)), np.int32(seed))
    agree_everywhere(lambda s: jax.random.bits(jax.random.PRNGKey(s), (3,)), np.uint32(seed & 0xFFFFFFFF))


def test_seeds_in_the_program():
    agree_everywhere(lambda x: (x, jax.random.bits(jax.random.key(7), (3,)), jax.random.normal(jax.random.key(8))), KEY)


def data(keys):
    return jax.random.key_data(keys)


def scan_over_keys(k):
    return lax.scan(lambda c, k: (c + jax.random.normal(k), data(k)), 0.0, jax.random.split(k, 30))


def keys_as_results_of_scan(k):
    def step(k, _):
        k, subkey = jax.random.split(k)
        return k, subkey

    last, subkeys = lax.scan(step, k, None, length=30)
    return data(last), data(subkeys)


MOVED = {
    "fold_in of many": lambda k: data(jax.vmap(jax.random.fold_in, (None, 0))(k, jnp.arange(5))),
    "fold_in of pairs": lambda k: data(jax.vmap(jax.random.fold_in)(jax.random.split(k, 5), jnp.arange(5))),
    "one": lambda k: data(jax.random.split(k, 5)[3]),
    "slice": lambda k: data(jax.random.split(k, 6)[1::2]),
    "reversed": lambda k: data(jax.random.split(k, 6)[::-1]),
    "gather": lambda k: data(jax.random.split(k, 6)[jnp.array([4, 0, 4])]),
    "dynamic index": lambda k: data(jax.random.split(k, 6)[data(k)[1].astype(jnp.int32) % 6]),
    "select": lambda k: data(jnp.where(jnp.arange(4) > 1, jax.random.split(k, 4), jax.random.split(k, 8)[4:])),
    "reshape": lambda k: data(jax.random.split(k, 6).reshape(2, 3).T),
    "concatenate": lambda k: data(jnp.concatenate([jax.random.split(k, 2), jax.random.split(k, 3)])),
    "stack": lambda k: data(jnp.stack([k, jax.random.split(k, 3)[2]])),
    "broadcast": lambda k: data(jnp.broadcast_to(k, (2, 3))),
    "update": lambda k: data(jax.random.split(k, 4).at[2].set(k)),
    "scan over": scan_over_keys,
    "scan with": keys_as_results_of_scan,
    "while": lambda k: data(lax.fori_loop(0, data(k)[1].astype(jnp.int32), lambda i, k: jax.random.fold_in(k, i), k)),
    "cond": lambda k: data(lax.cond(data(k)[1] > 3, lambda k: jax.random.split(k, 2)[1], lambda k: k, k)),
    "clone": lambda k: data(jax.random.clone(k)),
}


@pytest.mark.parametrize("name", MOVED)
def test_keys_are_moved(name):
    agree_everywhere(lambda k: MOVED[name](key(k)), KEY)
