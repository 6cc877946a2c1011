"""Each primitive on the values where it could go wrong: NaN, infinities, both zeros, extremes, ties, ends of ranges."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax
from lowering_both_hosts import agree_everywhere, lower

from likely.lowering.parity import Session

NAN, INF = np.nan, np.inf
LARGEST = np.finfo(np.float32).max
FLOATS = np.array(
    [
        NAN, INF, -INF, 0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, -1.5, 2.5, -2.5, 0.49999997, -0.49999997, 1e-7, -1e-7,
        1e-4, -1e-4, 3e-3, -3e-3, 0.1, -0.1, 0.9, -0.9, 0.99999994, -0.99999994, 3.0, -3.0, 4.0, 5.5, -5.5, 7.25, -7.25,
        10.0, -10.0, 20.0, -20.0, 31.0, -31.0, 87.0, -87.0, 88.5, 89.0, -89.0, 104.0, -104.0, 1e3, -1e3, 8388609.0,
        -8388609.0, 1e10, -1e10, 2e-38, -2e-38, 1e-20, -1e-20, 1e38, -1e38, LARGEST, -LARGEST,
    ],
    np.float32,
)  # fmt: skip
INTEGERS = np.array(
    [0, 1, -1, 2, -2, 3, -3, 7, -7, 31, 32, 33, 100, -100, 65536, 2**30, -(2**30), 2**31 - 1, -(2**31), 12345678],
    np.int32,
)  # fmt: skip
WORDS = INTEGERS.view(np.uint32)
FLAGS = np.array([True, False])


def pairs(values):
    """Each value with each: two vectors."""
    first, second = np.meshgrid(values, values)
    return first.ravel(), second.ravel()


# name: (function, relative tolerance, absolute tolerance)
UNARY = {
    "neg": (lax.neg, 0, 0),
    "abs": (lax.abs, 0, 0),
    "sign": (lax.sign, 0, 0),
    "floor": (lax.floor, 0, 0),
    "ceil": (lax.ceil, 0, 0),
    "round away": (lambda x: lax.round(x, lax.RoundingMethod.AWAY_FROM_ZERO), 0, 0),
    "round even": (lambda x: lax.round(x, lax.RoundingMethod.TO_NEAREST_EVEN), 0, 0),
    "is_finite": (lax.is_finite, 0, 0),
    "isnan": (jnp.isnan, 0, 0),
    "isinf": (jnp.isinf, 0, 0),
    "signbit": (jnp.signbit, 0, 0),
    "square": (lax.square, 1e-6, 0),
    "sqrt": (lax.sqrt, 1e-6, 0),
    "rsqrt": (lax.rsqrt, 1e-6, 0),
    "cbrt": (lax.cbrt, 2e-6, 0),
    "exp": (lax.exp, 1e-6, 0),
    "exp2": (lax.exp2, 1e-5, 0),
    "expm1": (lax.expm1, 1e-6, 0),
    "log": (lax.log, 1e-6, 0),
    "log1p": (lax.log1p, 1e-6, 0),
    "logistic": (lax.logistic, 2e-6, 0),
    "tanh": (lax.tanh, 1e-6, 0),
    "sin": (lambda x: lax.sin(jnp.where(jnp.abs(x) < 1e6, x, jnp.nan)), 1e-5, 1e-6),
    "cos": (lambda x: lax.cos(jnp.where(jnp.abs(x) < 1e6, x, jnp.nan)), 1e-5, 1e-6),
    "tan": (lambda x: lax.tan(jnp.where(jnp.abs(x) < 1e6, x, jnp.nan)), 1e-5, 1e-6),
    "asin": (lax.asin, 2e-6, 0),
    "acos": (lax.acos, 2e-6, 1e-6),
    "atan": (lax.atan, 1e-6, 0),
    "sinh": (lax.sinh, 1e-5, 0),
    "cosh": (lax.cosh, 1e-5, 0),
    "asinh": (lax.asinh, 2e-6, 0),
    "acosh": (lax.acosh, 2e-6, 0),
    "atanh": (lax.atanh, 2e-6, 0),
    "erf": (lax.erf, 2e-6, 0),
    "erfc": (lax.erfc, 1e-5, 0),
    "erf_inv": (lax.erf_inv, 1e-5, 0),
    "lgamma": (lax.lgamma, 1e-5, 1e-5),
    "digamma": (lambda x: lax.digamma(jnp.where(jnp.abs(x) < 1e6, x, jnp.nan)), 1e-4, 1e-5),
    "integer_pow 3": (lambda x: lax.integer_pow(x, 3), 1e-6, 0),
    "integer_pow -2": (lambda x: lax.integer_pow(x, -2), 1e-6, 0),
    "integer_pow 25": (lambda x: lax.integer_pow(x, 25), 1e-5, 0),
    "integer_pow 0": (lambda x: lax.integer_pow(x, 0), 0, 0),
    "to int32": (lambda x: x.astype(jnp.int32), 0, 0),
    "to uint32": (lambda x: x.astype(jnp.uint32), 0, 0),
    "to bool": (lambda x: x.astype(bool), 0, 0),
    "nan_to_num": (jnp.nan_to_num, 0, 0),
    "softplus": (jax.nn.softplus, 2e-6, 0),
    "log_sigmoid": (jax.nn.log_sigmoid, 2e-6, 0),
    "normal log cdf": (jax.scipy.stats.norm.logcdf, 1e-5, 0),
    "frexp": (lambda x: jnp.frexp(jnp.where(jnp.isfinite(x), x, 1.0)), 0, 0),
}


@pytest.mark.parametrize("name", UNARY)
def test_function_of_a_float(name):
    function, relative, absolute = UNARY[name]
    agree_everywhere(function, FLOATS, relative=relative, absolute=absolute)


BINARY = {
    "add": (lax.add, 0),
    "sub": (lax.sub, 0),
    "mul": (lax.mul, 0),
    "div": (lax.div, 1e-6),
    "rem": (lax.rem, 0),
    "mod": (jnp.mod, 1e-6),
    "floor divide": (jnp.floor_divide, 1e-6),
    "max": (lax.max, 0),
    "min": (lax.min, 0),
    "pow": (lax.pow, 1e-5),
    "atan2": (lax.atan2, 2e-6),
    "nextafter": (lax.nextafter, 0),
    "logaddexp": (jnp.logaddexp, 1e-6),
    "hypot": (jnp.hypot, 1e-6),
    "copysign": (jnp.copysign, 0),
    "select": (lambda x, y: jnp.where(x > y, x, y), 0),
    **{name: (getattr(lax, name), 0) for name in ("eq", "ne", "lt", "le", "gt", "ge")},
}


@pytest.mark.parametrize("name", BINARY)
def test_function_of_two_floats(name):
    function, relative = BINARY[name]
    agree_everywhere(function, *pairs(FLOATS), relative=relative)


def test_signs_of_zeros_in_angles():
    zeros = np.array([0.0, -0.0, 1.0, -1.0], np.float32)
    agree_everywhere(lambda y, x: jnp.sign(1 / lax.atan2(y, x)), *pairs(zeros))


@pytest.mark.parametrize("low_high", [(-1.0, 1.0), (1.0, -1.0), (NAN, 1.0), (-1.0, NAN), (-INF, INF)])
def test_clamp(low_high):
    agree_everywhere(lambda x: lax.clamp(np.float32(low_high[0]), x, np.float32(low_high[1])), FLOATS)


UNARY_INTEGER = {
    "neg": lax.neg,
    "abs": jnp.abs,
    "sign": lax.sign,
    "not": lax.bitwise_not,
    "population_count": lax.population_count,
    "clz": lax.clz,
    "to float": lambda x: x.astype(jnp.float32),
    "to bool": lambda x: x.astype(bool),
    "to int": lambda x: x.astype(jnp.int32),
    "to word": lambda x: x.astype(jnp.uint32),
    "square": lax.square,
    "integer_pow 5": lambda x: lax.integer_pow(x, 5),
    "as float bits": lambda x: lax.bitcast_convert_type(x, jnp.float32),
    "shift by 33": lambda x: (x << 33, lax.shift_right_logical(x, jnp.full_like(x, 33)), x >> 33),
    "shift by 31": lambda x: (x << 31, lax.shift_right_logical(x, jnp.full_like(x, 31)), x >> 31),
}


@pytest.mark.parametrize("name", UNARY_INTEGER)
@pytest.mark.parametrize("values", [INTEGERS, WORDS], ids=["int32", "uint32"])
def test_function_of_an_integer(name, values):
    agree_everywhere(UNARY_INTEGER[name], values, relative=0)


BINARY_INTEGER = {
    name: getattr(lax, name)
    for name in (
        "add", "sub", "mul", "div", "rem", "max", "min", "eq", "ne", "lt", "le", "gt", "ge", "bitwise_and",
        "bitwise_or", "bitwise_xor", "shift_left", "shift_right_logical", "shift_right_arithmetic",
    )
}  # fmt: skip
BINARY_INTEGER |= {
    "floor divide": jnp.floor_divide,
    "mod": jnp.mod,
    "clamp": lambda x, y: lax.clamp(x, y, jnp.full_like(x, 9)),
}


@pytest.mark.parametrize("name", BINARY_INTEGER)
@pytest.mark.parametrize("values", [INTEGERS, WORDS], ids=["int32", "uint32"])
def test_function_of_two_integers(name, values):
    agree_everywhere(BINARY_INTEGER[name], *pairs(values))


@pytest.mark.parametrize("name", ["max", "min", "eq", "ne", "lt", "le", "gt", "ge", "bitwise_and", "bitwise_xor"])
def test_function_of_two_flags(name):
    agree_everywhere(getattr(lax, name), *pairs(FLAGS))


def test_flags_as_numbers():
    agree_everywhere(lambda p: (p.astype(jnp.float32), p.astype(jnp.int32), p.astype(jnp.uint32), ~p), FLAGS)
    agree_everywhere(lambda p, q: (jnp.where(p, q, ~q), p & q, p | q, p + q, p * q), *pairs(FLAGS))


def test_bits_of_floats_and_back():
    """Every exponent, both signs, subnormals, infinities: exact; a NaN stays a NaN."""
    exponents = np.arange(256, dtype=np.uint32) << 23
    words = np.concatenate([exponents | m for m in (0, 1, 0x7FFFFF, 0x400000)])
    words = np.concatenate([words, words | np.uint32(0x80000000)])
    floats = words.view(np.float32)
    finite = floats[~np.isnan(floats)]
    agree_everywhere(lambda x: lax.bitcast_convert_type(x, jnp.uint32), finite)
    agree_everywhere(lambda w: lax.bitcast_convert_type(w, jnp.float32), words, relative=0)
    agree_everywhere(lambda w: jnp.isnan(lax.bitcast_convert_type(w, jnp.float32)), words)


ROWS = np.array(
    [
        [1, NAN, 2, 2], [NAN, 1, 2, NAN], [INF, NAN, 1, 0], [-INF, NAN, 1, 0], [3, 1, 3, 1], [-INF, -INF, -INF, -INF],
        [INF, INF, 1, INF], [0.0, -0.0, 0.0, -0.0], [-INF, INF, 0, 1], [1, 2, 3, NAN], [LARGEST, INF, LARGEST, 1],
    ],
    np.float32,
)  # fmt: skip
ROW_FUNCTIONS = {
    "sum": lambda x: x.sum(-1),
    "prod": lambda x: x.prod(-1),
    "max": lambda x: x.max(-1),
    "min": lambda x: x.min(-1),
    "max of column": lambda x: x.max(0),
    "argmax": lambda x: x.argmax(-1),
    "argmin": lambda x: x.argmin(-1),
    "argmax of column": lambda x: x.argmax(0),
    "any, all": lambda x: ((x > 1).any(-1), (x > 1).all(-1), (x > 1).any(0)),
    "cumsum": lambda x: (lax.cumsum(x, 1), lax.cumsum(x, 0, reverse=True)),
    "cumprod": lambda x: (lax.cumprod(x, 1), lax.cumprod(x, 1, reverse=True)),
    "cummax": lambda x: (lax.cummax(x, 1), lax.cummax(x, 1, reverse=True)),
    "cummin": lambda x: (lax.cummin(x, 1), lax.cummin(x, 0)),
    "cumlogsumexp": lambda x: (lax.cumlogsumexp(x, 1), lax.cumlogsumexp(x, 1, reverse=True)),
    "logsumexp": lambda x: jax.nn.logsumexp(x, -1),
    "softmax": lambda x: jax.nn.softmax(x, -1),
    "sort": lambda x: jnp.sort(x, -1),
    "argsort": lambda x: jnp.argsort(x, -1),
    "argsort descending": lambda x: jnp.argsort(x, -1, descending=True),
    "sort by two keys": lambda x: lax.sort((jnp.round(x), -x, x), dimension=0, num_keys=2),
    "top_k": lambda x: lax.top_k(x, 3),
    "max pool": lambda x: lax.reduce_window(x, -jnp.inf, lax.max, (1, 2), (1, 1), "SAME"),
    "median": lambda x: jnp.median(x, -1),
    "nanmean": lambda x: jnp.nanmean(x, -1),
    "grad of max": jax.grad(lambda x: jnp.where(jnp.isfinite(x), x, 0).max(-1).sum()),
    "searchsorted": lambda x: jnp.searchsorted(jnp.arange(4.0), x),
}


@pytest.mark.parametrize("name", ROW_FUNCTIONS)
def test_function_of_rows(name):
    agree_everywhere(ROW_FUNCTIONS[name], ROWS, relative=1e-5, absolute=1e-6)


INTEGER_ROW_FUNCTIONS = {
    "sum": lambda x: x.sum(-1),
    "prod": lambda x: x.prod(-1),
    "max, min": lambda x: (x.max(-1), x.min(-1), x.max(0), x.min(0)),
    "argmax, argmin": lambda x: (x.argmax(-1), x.argmin(-1), x.argmax(0)),
    "sort": lambda x: (jnp.sort(x, -1), jnp.argsort(x, -1), lax.top_k(x, 2)),
    "cumulative": lambda x: (lax.cumsum(x, 1), lax.cumprod(x, 1), lax.cummax(x, 1), lax.cummin(x, 1)),
    "median index": lambda x: jnp.sort(x.ravel())[x.size // 2],
}


@pytest.mark.parametrize("name", INTEGER_ROW_FUNCTIONS)
@pytest.mark.parametrize("values", [INTEGERS, WORDS], ids=["int32", "uint32"])
def test_function_of_rows_of_integers(name, values):
    agree_everywhere(INTEGER_ROW_FUNCTIONS[name], values.reshape(5, 4))


def test_flags_of_rows():
    flags = np.array([[True, False, True], [False, False, False], [True, True, True]])
    agree_everywhere(
        lambda p: (p.any(1), p.all(1), p.sum(1), p.argmax(1), p.argmin(1), jnp.sort(p, 1), p.max(1), p.min(1)), flags
    )


def test_positions_of_signed_zeros_in_top_k():
    agree_everywhere(lambda x: lax.top_k(x, 4)[1], np.array([-0.0, 0.0, -0.0, 0.0, -1.0], np.float32))


def test_select_among_many():
    which = np.array([0, 1, 2, 1, 0, 2], np.int32)
    cases = np.arange(18, dtype=np.float32).reshape(3, 6)
    agree_everywhere(lambda i, x: lax.select_n(i, x[0], x[1], x[2]), which, cases)
    agree_everywhere(lambda i, x: lax.select_n(i, x[0] > 1, x[1] > 7, x[2] > 20), which, cases)


def test_no_elements():
    empty = np.zeros((0, 3), np.float32)
    agree_everywhere(
        lambda x: (x.sum(), x.sum(0), x.prod(0), x.max(1), x + 1, jnp.concatenate([x, jnp.ones((2, 3))]), x.T @ x),
        empty,
    )
    agree_everywhere(lambda x: (jnp.max(x, initial=-jnp.inf), x.any(), x.all()), empty)
    agree_everywhere(lambda x: jnp.pad(x, ((1, 1), (0, 0))), empty)


def test_cholesky_of_what_has_none():
    """Not positive: all NaN, and so is every element after a NaN."""
    matrices = np.array([[[1, 2], [2, 1]], [[0, 0], [0, 1]], [[4, 0], [0, -1]], [[INF, 0], [0, 1]], [[NAN, 0], [0, 1]]])
    agree_everywhere(jnp.linalg.cholesky, matrices.astype(np.float32))
    partly = [np.array([[4, NAN], [NAN, 1]], np.float32)]  # LAPACK decides here, and not the same on every system
    (factor,) = Session(lower(jnp.linalg.cholesky, partly))(partly).values()
    np.testing.assert_array_equal(factor, [[2, 0], [NAN, NAN]])
