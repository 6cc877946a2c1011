"""Sums, products, extremes and their positions; running ones."""

from __future__ import annotations

import math

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, FLOAT, INT, LONG, UNSIGNED
from likely.lowering.program import rule
from likely.lowering.rules.shapes import pad_or_cut

LONG_SUM = 512  # terms: ONNX Runtime in the page adds one after the other, and a long sum loses digits
NEUTRAL = {"sum": 0, "prod": 1, "or": False, "and": True, "xor": 0}


def least(dtype):
    return {"f": -np.inf, "i": ops.INT_MIN, "u": 0, "b": False}[dtype.kind]


def greatest(dtype):  # of uint32: all bits set
    return {"f": np.inf, "i": ops.INT_MAX, "u": -1, "b": True}[dtype.kind]


def reduce_extreme(x, axes, dtype, largest: bool):
    """The maximum or minimum; NaN where there is one, which ONNX's does not promise."""
    operator = "ReduceMax" if largest else "ReduceMin"
    if dtype == UNSIGNED:
        return ops.in_unsigned_order(ops.reduce(operator, ops.in_unsigned_order(x), axes))
    if dtype == BOOL:
        return ops.cast(ops.reduce(operator, ops.cast(x, INT), axes), BOOL)
    result = ops.reduce(operator, x, axes)
    if dtype != FLOAT or all(x.shape[a] == 1 for a in axes):
        return result
    has_nan = ops.cast(ops.reduce("ReduceMax", ops.cast(ops.is_nan(x), INT), axes), BOOL)
    return ops.where(has_nan, np.nan, result)


@rule("reduce_max", "reduce_min")
def reduce_max(eqn, x):
    dtype, largest = eqn.output.dtype, eqn.primitive == "reduce_max"
    if x.size == 0:
        return ops.tensors(x, least(dtype) if largest else greatest(dtype))[1]
    return reduce_extreme(x, eqn.params["axes"], dtype, largest)


@rule("reduce_sum", lazy=True)
def reduce_sum(eqn, x):
    """A sum over a dimension that only repeats is a multiple."""
    full, axes = eqn.inputs[0].shape, eqn.params["axes"]
    if 0 in full:
        return ops.tensors(x, 0)[1]
    shape = (1,) * (len(full) - len(x.shape)) + x.shape
    times = math.prod(full[a] for a in axes if shape[a] == 1)
    x = ops.reshape(x, shape)
    if eqn.output.dtype == FLOAT:
        return sum_of_floats(x, axes) * times
    if all(shape[a] == 1 for a in axes):
        return ops.reduce("ReduceSum", x, axes) * times
    # in int64, whose low 32 bits are the sum that wraps around: ReduceSum of int32 saturates
    return ops.cast(ops.reduce("ReduceSum", ops.cast(x, LONG), axes), INT) * times


def sum_of_floats(x, axes):
    """A sum; a long one as a sum of sums, so that its rounding grows with the square root of the number of terms."""
    if math.prod(x.shape[a] for a in axes) <= LONG_SUM:
        return ops.reduce("ReduceSum", x, axes)
    for axis in sorted(axes, reverse=True):
        size = x.shape[axis]
        if size > LONG_SUM:
            part = math.isqrt(size - 1) + 1
            parts = -(-size // part)
            x = pad_or_cut(
                x, ops.tensors(x, 0)[1], [(0, (parts * part - size) * (a == axis)) for a in range(len(x.shape))]
            )
            x = ops.reshape(x, (*x.shape[:axis], parts, part, *x.shape[axis + 1 :]))
            x = ops.reduce("ReduceSum", x, [axis + 1])
        x = ops.reduce("ReduceSum", x, [axis])
    return x


@rule("reduce_prod")
def reduce_product(eqn, x):
    axes = eqn.params["axes"]
    if x.size == 0:
        return ops.tensors(x, 1)[1]
    if eqn.output.dtype == FLOAT:
        return ops.reduce("ReduceProd", x, axes)
    kept = [d for d in range(len(x.shape)) if d not in axes]
    x = ops.reshape(ops.transpose(x, [*axes, *kept]), (x.size // eqn.output.size, *eqn.output.shape))
    while x.shape[0] > 1:  # halves multiplied: ReduceProd of int32 saturates
        half = x.shape[0] // 2
        product = ops.slice_axis(x, 0, 0, half) * ops.slice_axis(x, 0, half, 2 * half)
        x = ops.concatenate([product, ops.slice_axis(x, 0, 2 * half, x.shape[0])], 0)
    return ops.reshape(x, eqn.output.shape)


@rule("reduce_or", "reduce_and")
def reduce_logical(eqn, x):
    is_or = eqn.primitive == "reduce_or"
    if eqn.output.dtype != BOOL:
        raise eqn.refuse("only booleans have a kernel")
    if x.size == 0:
        return ops.tensors(x, not is_or)[1]
    return reduce_extreme(x, eqn.params["axes"], BOOL, largest=is_or)


@rule("argmax", "argmin")
def argument(eqn, x):
    """The first of equals; the first NaN before all."""
    largest = eqn.primitive == "argmax"
    (axis,) = eqn.params["axes"]
    if eqn.inputs[0].dtype == UNSIGNED:
        x = ops.in_unsigned_order(x)
    return ops.argument("ArgMax" if largest else "ArgMin", ops.order_key(x, np.inf if largest else -np.inf), axis)


@rule("cumsum")
def running_sum(eqn, x):
    return ops.running_sum(x, eqn.params["axis"], eqn.params["reverse"])


@rule("cumprod", "cummax", "cummin", "cumlogsumexp")
def running(eqn, x):
    """By doubling: after step k each element holds the result over the 2ᵏ elements up to it."""
    axis, backwards, dtype = eqn.params["axis"], eqn.params["reverse"], eqn.output.dtype
    if dtype == UNSIGNED and eqn.primitive in ("cummax", "cummin"):
        x = ops.in_unsigned_order(x)
    combine, neutral = {
        "cumprod": (ops.multiply, 1),
        "cummax": (ops.maximum, least(np.dtype(np.int32) if dtype == UNSIGNED else dtype)),
        "cummin": (ops.minimum, greatest(np.dtype(np.int32) if dtype == UNSIGNED else dtype)),
        "cumlogsumexp": (_log_add_exp, -np.inf),
    }[eqn.primitive]
    size, distance = x.shape[axis], 1
    while distance < size:
        edge = [0] * len(x.shape)
        edge[axis] = distance
        value, none = ops.tensors(x, neutral)[1], [0] * len(x.shape)
        if backwards:
            shifted = ops.pad(ops.slice_axis(x, axis, distance, size), value, none, edge)
        else:
            shifted = ops.pad(ops.slice_axis(x, axis, 0, size - distance), value, edge, none)
        x, distance = combine(x, shifted), 2 * distance
    if dtype == UNSIGNED and eqn.primitive in ("cummax", "cummin"):
        x = ops.in_unsigned_order(x)
    return x


def _log_add_exp(x, y):
    """log(eˣ + eʸ), also where both are the same infinity."""
    high = ops.maximum(x, y)
    gap = ops.where(ops.equal(x, y), 0.0, -ops.absolute(x - y))  # equal infinities: no gap
    return high + ops.logarithm(ops.exponential(gap) + 1.0)
