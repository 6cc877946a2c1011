"""Reading and writing by position: every mode, out of bounds, negative, twice the same; generated shapes and values."""

import itertools

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jax import lax
from lowering_both_hosts import agree_everywhere, agree_to_scale

ANYWHERE = np.array([0, 5, 2, -1, 6, 2, -7, 100, -(2**31), 2**31 - 1], np.int32)  # into 6 rows
X = np.arange(18, dtype=np.float32).reshape(6, 3) + 1
generated = settings(
    max_examples=25, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("mode", ["clip", "fill", "promise_in_bounds"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32", "bool"])
def test_take(mode, dtype):
    x = X.astype(dtype)
    agree_everywhere(lambda x, i: x.at[i].get(mode=mode), x, ANYWHERE)
    agree_everywhere(lambda x, i: x.at[:, i].get(mode=mode), x, ANYWHERE)
    agree_everywhere(lambda x, i: x.at[i, i[::-1]].get(mode=mode), x, ANYWHERE)


def test_fill_value():
    agree_everywhere(lambda x, i: x.at[i].get(mode="fill", fill_value=-3.0), X, ANYWHERE)
    agree_everywhere(lambda x, i: x.at[i].get(mode="fill", fill_value=7), X.astype(np.uint32), ANYWHERE)
    agree_everywhere(lambda x, i: x.at[i].get(mode="fill", fill_value=-1), X.astype(np.uint32), ANYWHERE)


def test_unsigned_index():
    agree_everywhere(lambda x, i: (x[i], x.at[i].add(1.0)), X, ANYWHERE.view(np.uint32))


@pytest.mark.parametrize("mode", ["clip", "drop"])
@pytest.mark.parametrize("method", ["set", "add", "multiply", "min", "max", "subtract"])
@pytest.mark.parametrize("dtype", ["float32", "int32", "uint32"])
def test_write(mode, method, dtype):
    values = np.array([9, 1, 4, 7, 3, 2, 8, 6, 5, 11], dtype)

    def write(x, i, v):
        return (
            getattr(x.at[i], method)(v[:, None], mode=mode),
            getattr(x.at[:, i], method)(v, mode=mode),
            getattr(x.at[i, i % 3], method)(v, mode=mode),
        )

    agree_everywhere(write, X.astype(dtype), ANYWHERE, values)


def test_write_of_flags():
    agree_everywhere(lambda x, i: (x.at[i].set(False), x.at[i].min(False), x.at[i].max(True)), X > 9, ANYWHERE)


def test_write_of_nan():
    values = np.array([np.nan, 1, np.inf, np.nan, 2], np.float32)
    x = np.array([1, np.nan, 3, np.nan, 5, -np.inf], np.float32)
    indices = np.array([0, 1, 0, 3, 5], np.int32)
    agree_everywhere(
        lambda x, i, v: (x.at[i].min(v), x.at[i].max(v), x.at[i].add(v), x.at[i].set(v)), x, indices, values
    )


@pytest.mark.parametrize("start", [-9, -1, 0, 1, 3, 5, 99])
def test_dynamic_slices(start):
    i = np.int32(start)
    agree_everywhere(lambda x, i: lax.dynamic_slice(x, (i, i), (2, 2)), X, i)
    agree_everywhere(lambda x, i: lax.dynamic_slice(x, (i, 0), (1, 3)), X, i)
    agree_everywhere(lambda x, i: lax.dynamic_slice(x, (i, i), (6, 3)), X, i)
    agree_everywhere(lambda x, i: lax.dynamic_update_slice(x, -x[:2, :2], (i, i)), X, i)
    agree_everywhere(lambda x, i: lax.dynamic_update_slice(x, -x[:, :1], (0, i)), X, i)
    agree_everywhere(lambda x, i: lax.dynamic_update_slice(x > 4, x[:2] > 99, (i, 0)), X, i)
    agree_everywhere(lambda x: lax.dynamic_slice(x, (start, 1), (2, 2)), X)


def test_batched():
    """vmap turns slices and indexing into gathers and scatters with batches."""
    x, i = np.stack([X, -X, X * 2]), np.array([0, 4, 9], np.int32)
    agree_everywhere(jax.vmap(lambda x, i: x[i]), x, i)
    agree_everywhere(jax.vmap(lambda x, i: lax.dynamic_slice(x, (i, 1), (2, 2))), x, i)
    agree_everywhere(jax.vmap(lambda x, i: lax.dynamic_update_slice(x, x[:2, :2], (i, 1))), x, i)
    agree_everywhere(jax.vmap(lambda x, i: x.at[i].add(5.0)), x, i)
    agree_everywhere(jax.vmap(lambda x, i: x.at[:, i].set(5.0)), x, i)
    agree_everywhere(jax.vmap(lambda x, i: lax.dynamic_slice(x, (i, 1), (2, 2)), (None, 0)), X, i)
    agree_everywhere(jax.vmap(lambda x, i: jnp.take_along_axis(x, i[None, None] % 6, 0)), x, i)
    agree_everywhere(jax.grad(lambda x: jnp.sum(jax.vmap(lambda x, i: x[i] ** 2)(x, i))), x)
    agree_everywhere(jax.grad(lambda x: lax.dynamic_slice(x, (i[1], i[0]), (2, 2)).sum()), X)


@st.composite
def gathers(draw):
    rank = draw(st.integers(1, 3))
    shape = tuple(draw(st.lists(st.integers(1, 4), min_size=rank, max_size=rank)))
    indexed = sorted(draw(st.sets(st.integers(0, rank - 1), min_size=1)))
    sizes = [draw(st.integers(1, n)) for n in shape]
    collapsed = [d for d in indexed if sizes[d] == 1 and draw(st.booleans())]
    batch = tuple(draw(st.lists(st.integers(1, 3), max_size=2)))
    seed = draw(st.integers(0, 99))
    return shape, indexed, sizes, collapsed, batch, seed


@generated
@given(gathers(), st.sampled_from(["clip", "fill"]))
def test_any_gather_and_its_transpose(case, mode):
    shape, indexed, sizes, collapsed, batch, seed = case
    generator = np.random.default_rng(seed)
    x = generator.standard_normal(shape).astype(np.float32)
    indices = generator.integers(-2, 6, (*batch, len(indexed))).astype(np.int32)
    window = len(shape) - len(collapsed)
    numbers = lax.GatherDimensionNumbers(
        tuple(range(len(batch), len(batch) + window)), tuple(collapsed), tuple(indexed)
    )

    def gather(x):
        return lax.gather(x, indices, numbers, tuple(sizes), mode=mode)

    agree_everywhere(gather, x)
    agree_to_scale(
        jax.grad(lambda x: jnp.sum(gather(x) * jnp.arange(1.0, gather(x).size + 1).reshape(gather(x).shape))), x
    )


@generated
@given(st.data())
def test_any_product(data):
    """dot_general with any batch, free and contracted dimensions."""
    letters = data.draw(st.permutations("abcd"))
    left = "".join(letters[: data.draw(st.integers(1, 3))])
    right = "".join(data.draw(st.permutations("abcd"))[: data.draw(st.integers(1, 3))])
    out = "".join(c for c in data.draw(st.permutations("abcd")) if c in set(left + right) and data.draw(st.booleans()))
    sizes = dict(zip("abcd", data.draw(st.lists(st.integers(1, 3), min_size=4, max_size=4)), strict=True))
    generator = np.random.default_rng(0)
    arrays = [generator.standard_normal([sizes[c] for c in term]).astype(np.float32) for term in (left, right)]
    agree_to_scale(lambda x, y: jnp.einsum(f"{left},{right}->{out}", x, y), *arrays)
    wholes = [np.round(a * 9).astype(np.int32) for a in arrays]
    agree_everywhere(lambda x, y: jnp.einsum(f"{left},{right}->{out}", x, y), *wholes)


@generated
@given(st.data())
def test_any_convolution(data):
    """Strides, padding, dilations, groups; and both gradients."""
    groups, spatial = data.draw(st.integers(1, 2)), data.draw(st.integers(1, 2))
    numbers = st.lists(st.integers(1, 2), min_size=spatial, max_size=spatial)
    strides, gaps, spread = data.draw(numbers), data.draw(numbers), data.draw(numbers)
    padding = [data.draw(st.tuples(st.integers(-1, 3), st.integers(-1, 3))) for _ in range(spatial)]
    generator = np.random.default_rng(0)
    x = generator.standard_normal((2, 2 * groups, *([7, 6][:spatial]))).astype(np.float32)
    w = generator.standard_normal((2 * groups, 2, *([3, 2][:spatial]))).astype(np.float32)

    def convolve(x, w):
        return lax.conv_general_dilated(x, w, strides, padding, gaps, spread, feature_group_count=groups)

    agree_to_scale(convolve, x, w)
    agree_to_scale(jax.grad(lambda x, w: (convolve(x, w) ** 2).sum(), (0, 1)), x, w)


@pytest.mark.parametrize("padding", ["SAME", "VALID", [(2, 0), (6, 6)]])
@pytest.mark.parametrize("outputs", [1, 2])
def test_depthwise(padding, outputs):
    """One channel in each group: its gradient reshapes a transposed kernel."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((2, 3, 5, 6)).astype(np.float32)
    w = generator.standard_normal((3 * outputs, 1, 3, 2)).astype(np.float32)

    def convolve(x, w):
        return lax.conv_general_dilated(x, w, (1, 2), padding, feature_group_count=3)

    agree_to_scale(jax.grad(lambda x, w: (convolve(x, w) ** 2).sum(), (0, 1)), x, w)


@pytest.mark.parametrize("shape", [(2, 1, 1, 4), (2, 3), (1, 2, 1, 3)])
def test_reshape_of_permuted_dimensions(shape):
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    for dimensions in itertools.permutations(range(len(shape))):
        for sizes in (shape, [d for d in shape if d != 1], [x.size]):
            agree_everywhere(lambda x, s=sizes, d=dimensions: lax.reshape(x, s, d), x)


@pytest.mark.parametrize(("size", "padding"), [(2, (-3, 4)), (1, (2, -2)), (4, (-6, 9)), (0, (2, 2)), (4, (1, -1))])
def test_convolution_of_almost_nothing(size, padding):
    """Edges that cut more than there is and add elsewhere, no elements, and no place for the kernel."""
    x, w = np.arange(2 * size, dtype=np.float32).reshape(1, 2, size), np.ones((3, 2, 3), np.float32)
    for spread in (1, 3):
        convolve = lambda x, w, s=spread: lax.conv_general_dilated(x, w, (2,), [padding], rhs_dilation=(s,))  # noqa: E731
        agree_to_scale(convolve, x, w)
        agree_to_scale(jax.grad(lambda x, w, c=convolve: (c(x, w) ** 2).sum(), (0, 1)), x, w)


def test_groups_in_the_batch():
    x = np.random.default_rng(0).standard_normal((4, 3, 6, 6)).astype(np.float32)
    w = np.random.default_rng(1).standard_normal((4, 3, 3, 3)).astype(np.float32)
    agree_to_scale(lambda x, w: lax.conv_general_dilated(x, w, (1, 1), "SAME", batch_group_count=2), x, w)


@generated
@given(st.data())
def test_any_window(data):
    rank = data.draw(st.integers(1, 3))
    draw = lambda low, high: data.draw(st.lists(st.integers(low, high), min_size=rank, max_size=rank))  # noqa: E731
    shape, window, strides, dilation = draw(3, 6), draw(1, 3), draw(1, 2), draw(1, 2)
    padding = [(data.draw(st.integers(0, 2)), data.draw(st.integers(0, 2))) for _ in range(rank)]
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32)
    for start, combine in ((0.0, lax.add), (-np.inf, lax.max), (np.inf, lax.min)):
        agree_to_scale(
            lambda x, s=start, c=combine: lax.reduce_window(
                x, s, c, window, strides, padding, window_dilation=dilation
            ),
            x,
        )
    pool = lambda x: lax.reduce_window(x, -jnp.inf, lax.max, window, strides, padding)  # noqa: E731
    ties = np.round(x * 2) + 0.0  # no -0.0: which zero XLA selects depends on what it fuses
    agree_to_scale(jax.grad(lambda x: (pool(x) * jnp.arange(1.0, pool(x).size + 1).reshape(pool(x).shape)).sum()), ties)
    agree_to_scale(lambda x, t: jax.jvp(pool, (x,), (t,)), ties, x)


@generated
@given(st.data())
def test_any_shape(data):
    """Broadcasting, transposing and padding, combined: nothing is broadcast too early or too late."""
    rank = data.draw(st.integers(1, 4))
    full = data.draw(st.lists(st.integers(1, 3), min_size=rank, max_size=rank))
    kept = sorted(data.draw(st.sets(st.integers(0, rank - 1))))
    permutation = data.draw(st.permutations(range(rank)))
    edges = [data.draw(st.tuples(st.integers(-1, 2), st.integers(0, 2), st.integers(0, 2))) for _ in range(rank)]
    x = np.random.default_rng(0).standard_normal([full[d] for d in kept]).astype(np.float32)

    def transform(x):
        wide = lax.broadcast_in_dim(x, full, kept)
        turned = lax.transpose(jnp.sin(wide) + 1, permutation)
        flat = lax.reshape(turned, (turned.size,))
        return (
            lax.pad(turned, 0.5, [edges[d] for d in permutation]),
            flat,
            turned.sum(0),
            turned + lax.cumsum(turned, 0),
        )

    agree_to_scale(transform, x)


@generated
@given(st.data())
def test_any_sort(data):
    """Values with many ties, NaN and infinities, along any axis."""
    special = [0.0, -0.0, 1.0, 1.0, 2.0, -1.0, np.inf, -np.inf, np.nan]
    values = data.draw(st.lists(st.sampled_from(special), min_size=12, max_size=12))
    x, axis = np.array(values, np.float32).reshape(3, 4), data.draw(st.integers(0, 1))
    agree_everywhere(lambda x: (jnp.sort(x, axis), jnp.argsort(x, axis), x.argmax(axis), x.argmin(axis)), x)
    agree_everywhere(lambda x: (x.max(axis), x.min(axis), lax.cummax(x, axis), lax.cummin(x, axis, reverse=True)), x)
    agree_everywhere(lambda x: lax.top_k(x, 2), x)
