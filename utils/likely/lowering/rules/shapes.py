"""Moving elements without looking at them: reshaping, broadcasting, cutting, joining, padding."""

from __future__ import annotations

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.program import rule


def shape_at(x, rank: int) -> tuple[int, ...]:
    """The shape of a tensor that still broadcasts, with leading ones up to the rank."""
    return (1,) * (rank - len(x.shape)) + x.shape


@rule("broadcast_in_dim", lazy=True, moves_data=True)
def broadcast_in_dim(eqn, x):
    """Only places the dimensions; what uses the result broadcasts it."""
    if x.size == 1:
        return ops.reshape(x, ())
    placed = [1] * len(eqn.output.shape)
    for size, target in zip(shape_at(x, len(eqn.inputs[0].shape)), eqn.params["broadcast_dimensions"], strict=True):
        placed[target] = size
    while placed[0] == 1:
        del placed[0]
    return ops.reshape(x, placed)


@rule("transpose", lazy=True, moves_data=True)
def transpose(eqn, x):
    if x.size == 1:
        return x
    full = ops.reshape(x, shape_at(x, len(eqn.output.shape)))
    return ops.transpose(full, eqn.params["permutation"])


@rule("reshape", "squeeze", "expand_dims", lazy=True, moves_data=True)
def reshape(eqn, x):
    full, target = eqn.inputs[0].shape, eqn.output.shape
    if eqn.params.get("dimensions") is not None and eqn.primitive == "reshape":
        x = ops.transpose(ops.expand(x, full), eqn.params["dimensions"])
        full = x.shape
    if x.size == 1:
        return ops.reshape(x, ())
    if [d for d in full if d != 1] == [d for d in target if d != 1]:  # only ones come or go
        kept = iter(d for d, size in zip(shape_at(x, len(full)), full, strict=True) if size != 1)
        return ops.reshape(x, [1 if d == 1 else next(kept) for d in target])
    return ops.reshape(ops.expand(x, full), target)


@rule("concatenate", moves_data=True)
def concatenate(eqn, *parts):
    return ops.concatenate(parts, eqn.params["dimension"])


@rule("stack", "stack_p", moves_data=True)
def stack(eqn, *parts):
    return ops.stack(parts, eqn.params.get("axis", eqn.params.get("dimension", 0)))


@rule("unstack", "unstack_p", moves_data=True)
def unstack(eqn, x):
    axis = eqn.params.get("axis", eqn.params.get("dimension", 0))
    parts = ops.split(x, [1] * x.shape[axis], axis)
    return [ops.reshape(part, type_.shape) for part, type_ in zip(parts, eqn.outputs, strict=True)]


@rule("split", moves_data=True)
def split(eqn, x):
    return ops.split(x, eqn.params["sizes"], eqn.params["axis"])


@rule("tile", moves_data=True)
def tile(eqn, x):
    repeats = eqn.params.get("reps", eqn.params.get("repeats"))
    x = ops.reshape(x, (1,) * (len(repeats) - len(x.shape)) + x.shape)
    for axis, n in enumerate(repeats):
        x = ops.concatenate([x] * n, axis)
    return x


@rule("slice", moves_data=True)
def slice_(eqn, x):
    p = eqn.params
    return ops.slice_(x, p["start_indices"], p["limit_indices"], p["strides"])


@rule("rev", moves_data=True)
def reverse(eqn, x):
    return ops.reverse(x, eqn.params["dimensions"])


@rule("pad", moves_data=True)
def pad(eqn, x, value):
    """Edges, gaps between elements, and negative edges, which cut."""
    x = insert_gaps(x, value, [gap for _, _, gap in eqn.params["padding_config"]])
    edges = [(low, high) for low, high, _ in eqn.params["padding_config"]]
    return pad_or_cut(x, value, edges)


def insert_gaps(x, value, gaps):
    """`gaps[axis]` copies of a scalar between neighbours along each axis."""
    for axis, gap in enumerate(gaps):
        size = x.shape[axis]
        if gap == 0 or size <= 1:
            continue
        columns = ops.reshape(x, (*x.shape[: axis + 1], 1, *x.shape[axis + 1 :]))
        after = [0] * len(columns.shape)
        after[axis + 1] = gap
        padded = ops.pad(columns, value, [0] * len(after), after)
        flat = ops.reshape(padded, (*x.shape[:axis], size * (gap + 1), *x.shape[axis + 1 :]))
        x = ops.slice_axis(flat, axis, 0, size * (gap + 1) - gap)
    return x


def pad_or_cut(x, value, edges):
    """(before, after) of each axis: positive widens with a scalar, negative cuts."""
    x = ops.pad(x, value, [max(low, 0) for low, _ in edges], [max(high, 0) for _, high in edges])
    starts = [max(-low, 0) for low, _ in edges]
    ends = [d - max(-high, 0) for d, (_, high) in zip(x.shape, edges, strict=True)]
    return ops.slice_(x, starts, ends)


@rule("iota", on_values=True)
def iota(eqn, *dynamic_shape):
    if dynamic_shape:
        raise eqn.refuse("its shape is not known while tracing")
    axis, shape = eqn.params["dimension"], eqn.output.shape
    numbers = ops.count(eqn.builder, shape[axis])
    if eqn.output.dtype.kind == "f":
        numbers = ops.cast(numbers, np.float32)
    elif eqn.output.dtype.kind == "b":
        numbers = ops.cast(numbers, bool)
    return ops.reshape(numbers, (shape[axis], *(1 for _ in shape[axis + 1 :])))
