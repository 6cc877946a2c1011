"""Loops and branches at their edges: no trip, no carry, a batch of conditions, what crosses their borders."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from lowering_both_hosts import agree_everywhere

X = np.array([0.5, -1.5, 2.5], np.float32)
ROWS = np.arange(120, dtype=np.float32).reshape(40, 3) / 60  # long enough not to be written out


@pytest.mark.parametrize("n", [-3, 0, 1, 2, 33])
def test_any_number_of_trips(n):
    agree_everywhere(lambda x, n: lax.fori_loop(0, n, lambda i, x: x * 0.5 + i, x), X, np.int32(n))
    agree_everywhere(
        lambda x, n: lax.while_loop(lambda c: c[0] < n, lambda c: (c[0] + 2, -c[1]), (0, x)), X, np.int32(n)
    )


@pytest.mark.parametrize("length", [0, 1, 2, 40])
@pytest.mark.parametrize("reverse", [False, True])
def test_any_length_of_scan(length, reverse):
    rows = ROWS[:length]

    def both(rows):
        return lax.scan(lambda c, x: (c * 0.5 + x, (c, x > 0.5, jnp.int32(3))), jnp.ones(3), rows, reverse=reverse)

    agree_everywhere(both, rows)
    agree_everywhere(lambda rows: lax.scan(lambda c, x: (c, x * 2), None, rows, reverse=reverse)[1], rows)
    agree_everywhere(lambda x: lax.scan(lambda c, _: (c * 0.5, None), x, None, length=length, reverse=reverse)[0], X)
    agree_everywhere(jax.grad(lambda rows: both(rows)[0].sum() + (both(rows)[1][0] ** 2).sum()), rows)


def test_types_of_carries():
    def body(c, x):
        flag, word, whole, number = c
        return (~flag, word * jnp.uint32(1664525) + jnp.uint32(7), whole - 3, number + x), (flag, word)

    start = (np.array(True), np.uint32(1), np.int32(5), np.float32(0))
    agree_everywhere(lambda a, b, c, d, xs: lax.scan(body, (a, b, c, d), xs), *start, ROWS[:, 0])


def test_scalar_and_broadcast_carries():
    agree_everywhere(
        lambda rows: lax.scan(lambda c, x: (jnp.zeros(3) + 1, c + x), jnp.broadcast_to(2.0, (3,)), rows), ROWS
    )
    agree_everywhere(lambda x: lax.scan(lambda c, x: (c + x, c), 0.0, jnp.broadcast_to(x[0], (50,))), X)


def test_outer_values_as_results_of_a_body():
    agree_everywhere(lambda x, rows: lax.scan(lambda c, r: (x, (x, r, c, c)), x, rows), X, ROWS)
    agree_everywhere(
        lambda x, n: lax.while_loop(lambda c: c[0] < n, lambda c: (c[0] + 1, x, c[1]), (0, -x, x)), X, np.int32(3)
    )


@pytest.mark.parametrize("limit", [0.0, 3.0, 50.0])
def test_batch_of_conditions(limit):
    count = jax.vmap(
        lambda x, n: lax.while_loop(lambda c: c[0] < n, lambda c: (c[0] * 1.5 + 1, c[1] + 1), (x, 0)), (0, None)
    )
    agree_everywhere(count, X, np.float32(limit))
    agree_everywhere(count, X[:0], np.float32(limit))


@pytest.mark.parametrize("i", [-1, 0, 1, 2, 7])
def test_branches(i):
    branches = [lambda x: (x + 1, x > 1), lambda x: (x * 2, x < 1), lambda x: (x - X[0], x != 1)]
    agree_everywhere(lambda i, x: lax.switch(i, branches, x), np.int32(i), X)
    agree_everywhere(lambda i: lax.cond(i > 0, lambda: (jnp.ones(2), i), lambda: (jnp.zeros(2), -i)), np.int32(i))
    agree_everywhere(lambda i, x: lax.cond(i > 0, lambda x: x, lambda x: x, x), np.int32(i), X)
    agree_everywhere(jax.vmap(lambda i, x: lax.switch(i, branches, x), (None, 0)), np.int32(i), X)
    agree_everywhere(jax.vmap(lambda i, x: lax.switch(i, branches[:2], x)), np.array([0, i, 1], np.int32), X)
    agree_everywhere(jax.grad(lambda x, i: lax.switch(i, branches, x)[0].sum()), X, np.int32(i))


@pytest.mark.parametrize("i", [0, 1, 2])
def test_derivatives_of_branches_that_keep_different_things(i):
    branches = [lambda x: x**3 / 3 - x, lambda x: jnp.sin(2 * x), lambda x: jnp.where(x > 0, jnp.exp(-(x**2)), 1.0)]

    def slope(x, i):
        return jax.grad(lambda x: lax.switch(i, branches, x))(x)

    agree_everywhere(slope, X[0], np.int32(i))
    agree_everywhere(jax.grad(slope), X[0], np.int32(i))
    agree_everywhere(jax.vmap(slope, (0, None)), X, np.int32(i))


def test_branch_in_loop_in_branch():
    def body(k, x):
        return lax.cond(k % 3 == 0, lambda x: lax.fori_loop(0, k, lambda j, x: x * 0.9 + j, x), lambda x: x - 1, x)

    agree_everywhere(
        lambda x, n: lax.cond(n > 2, lambda x: lax.fori_loop(0, n, body, x), lambda x: x, x), X, np.int32(9)
    )


def test_second_derivative_through_a_loop():
    def energy(x):
        return lax.scan(lambda c, _: (jnp.sin(c) + x * 0.1, None), x, None, length=40)[0].sum()

    agree_everywhere(jax.hessian(energy), X, absolute=1e-6)
    agree_everywhere(lambda x: jax.jvp(jax.grad(energy), (x,), (x,)), X, absolute=1e-6)


def test_custom_derivatives_in_a_loop():
    agree_everywhere(
        jax.grad(lambda x: lax.scan(lambda c, _: (jax.nn.relu(c) + jax.nn.silu(c), None), x, None, length=40)[0].sum()),
        X * 1e-9,
    )
    agree_everywhere(jax.grad(jax.checkpoint(lambda x: lax.fori_loop(0, 4, lambda i, x: jnp.sin(x), x).sum())), X)


def test_platform():
    agree_everywhere(lambda x: lax.platform_dependent(x, cpu=lambda x: x + 1, default=lambda x: x - 1), X)
