"""Products of matrices, convolutions, and the Cholesky factor of a small matrix."""

from __future__ import annotations

import math

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, FLOAT
from likely.lowering.program import rule
from likely.lowering.rules.shapes import insert_gaps, pad_or_cut

LARGEST_CHOLESKY = 8  # rows: the factor is written out element by element


@rule("dot_general")
def dot_general(eqn, x, y):
    """Batch, free and contracted dimensions, each merged into one: (b, n, k) x (b, k, m) -> (b, n, m)."""
    (contract_x, contract_y), (batch_x, batch_y) = eqn.params["dimension_numbers"]
    if eqn.inputs[0].dtype != eqn.output.dtype or eqn.inputs[1].dtype != eqn.output.dtype:
        raise eqn.refuse(f"{eqn.inputs[0].dtype} and {eqn.inputs[1].dtype} do not multiply to {eqn.output.dtype}")
    if eqn.output.dtype == BOOL:
        raise eqn.refuse("only numbers have a kernel", "convert to float32 or int32 first")
    free_x = [d for d in range(len(x.shape)) if d not in (*contract_x, *batch_x)]
    free_y = [d for d in range(len(y.shape)) if d not in (*contract_y, *batch_y)]
    n, m, k = (_extent(x, free_x), _extent(y, free_y), _extent(x, contract_x))
    if k == 0 or eqn.output.size == 0:
        return ops.tensors(x, 0)[1]
    if not batch_x and _is_sorted(free_x, contract_x) and tuple(contract_y) == (0,) and len(y.shape) == 2:
        return ops.reshape(ops.matmul(ops.reshape(x, _at_least_2d(x.shape)), y), eqn.output.shape)
    if not batch_x and eqn.output.dtype == FLOAT:
        turn_x, turn_y = not _is_sorted(free_x, contract_x), not _is_sorted(contract_y, free_y)
        rows = _merge(x, (contract_x, free_x) if turn_x else (free_x, contract_x), (k, n) if turn_x else (n, k))
        columns = _merge(y, (free_y, contract_y) if turn_y else (contract_y, free_y), (m, k) if turn_y else (k, m))
        return ops.reshape(ops.matmul(rows, columns, turn_x, turn_y), eqn.output.shape)
    batch = tuple(x.shape[d] for d in batch_x)
    rows = _merge(x, (batch_x, free_x, contract_x), (*batch, n, k))
    columns = _merge(y, (batch_y, contract_y, free_y), (*batch, k, m))
    return ops.reshape(ops.matmul(rows, columns), eqn.output.shape)


def _extent(x, dimensions) -> int:
    return math.prod(x.shape[d] for d in dimensions)


def _is_sorted(*groups) -> bool:
    order = [d for group in groups for d in group]
    return order == sorted(order)


def _at_least_2d(shape):
    return (1,) * (2 - len(shape)) + tuple(shape)


def _merge(x, groups, shape):
    return ops.reshape(ops.transpose(x, [d for group in groups for d in group]), shape)


@rule("conv_general_dilated")
def convolution(eqn, x, kernel):
    """Any layout, stride, padding, dilation and grouping, as ONNX's Conv or ConvTranspose in (batch, channel, …)."""
    p = eqn.params
    if eqn.output.dtype != FLOAT or eqn.inputs[0].dtype != FLOAT:
        raise eqn.refuse("only convolutions of float32 have a kernel", "convert to float32 first")
    if x.size == 0 or kernel.size == 0:
        return ops.tensors(x, 0)[1]
    layout, strides, padding = p["dimension_numbers"], list(p["window_strides"]), [tuple(e) for e in p["padding"]]
    x = ops.transpose(x, layout.lhs_spec)  # (batch, channel, …)
    kernel = ops.transpose(kernel, layout.rhs_spec)  # (channel out, channel in / groups, …)
    gaps, spread, groups = list(p["lhs_dilation"]), list(p["rhs_dilation"]), p["feature_group_count"]
    if p["batch_group_count"] > 1:
        x, groups = _groups_of_batch_as_channels(x, p["batch_group_count"]), p["batch_group_count"]
    if not strides:  # no spatial dimension: one of size 1
        x, kernel = ops.reshape(x, (*x.shape, 1)), ops.reshape(kernel, (*kernel.shape, 1))
        strides, padding, gaps, spread = [1], [(0, 0)], [1], [1]
    extents = [(size - 1) * s + 1 for size, s in zip(kernel.shape[2:], spread, strict=True)]
    fits = all(0 <= low < extent and 0 <= high < extent for (low, high), extent in zip(padding, extents, strict=True))
    if any(gap > 1 for gap in gaps) and all(s == 1 for s in strides) and fits:
        result = _transposed_convolution(x, kernel, gaps, spread, padding, extents, groups)
    else:
        zero = ops.tensors(x, 0)[1]
        x = insert_gaps(x, zero, [0, 0, *(gap - 1 for gap in gaps)])
        if any(low < 0 or high < 0 for low, high in padding):  # one edge may cut into what the other one adds
            x, padding = pad_or_cut(x, zero, [(0, 0), (0, 0), *padding]), [(0, 0)] * len(padding)
        pads = [low for low, _ in padding] + [high for _, high in padding]
        result = _node("Conv", x, kernel, eqn.output.shape, layout.out_spec, groups, strides, spread, pads)
    if not p["window_strides"]:
        result = ops.reshape(result, result.shape[:2])
    return ops.transpose(result, np.argsort(layout.out_spec))


def _node(operator, x, kernel, output_shape, output_layout, groups, strides, spread, pads):
    shape = [output_shape[d] for d in output_layout] if output_shape else None
    if len(shape) == 2:
        shape.append(1)
    attributes = {"group": int(groups), "strides": tuple(map(int, strides)), "dilations": tuple(map(int, spread))}
    outputs = [(FLOAT, tuple(shape))]
    return x.builder.emit(operator, [x, kernel], outputs, **attributes, pads=tuple(map(int, pads)))[0]


def _transposed_convolution(x, kernel, gaps, spread, padding, extents, groups):
    """A convolution over an input with gaps is the transposed one with the kernel turned."""
    out_channels, in_channels, *window = kernel.shape  # in_channels: of one group
    axes = range(2, len(kernel.shape))
    turned = ops.reverse(kernel, axes)
    turned = ops.reshape(turned, (groups, out_channels // groups, in_channels, *window))
    turned = ops.transpose(turned, (0, 2, 1, *(a + 1 for a in axes)))
    turned = ops.reshape(turned, (groups * in_channels, out_channels // groups, *window))
    pads = [extent - 1 - low for extent, (low, _) in zip(extents, padding, strict=True)]
    pads += [extent - 1 - high for extent, (_, high) in zip(extents, padding, strict=True)]
    sizes = [
        (size - 1) * gap + 1 + low + high - extent + 1
        for size, gap, (low, high), extent in zip(x.shape[2:], gaps, padding, extents, strict=True)
    ]
    shape = (x.shape[0], out_channels, *sizes)
    return _node("ConvTranspose", x, turned, shape, range(len(shape)), groups, gaps, spread, pads)


def _groups_of_batch_as_channels(x, groups):
    """(groups · batch, channel, …) -> (batch, groups · channel, …)."""
    batch, channels, *window = x.shape
    x = ops.reshape(x, (groups, batch // groups, channels, *window))
    x = ops.transpose(x, (1, 0, *range(2, len(x.shape))))
    return ops.reshape(x, (batch // groups, groups * channels, *window))


@rule("cholesky")
def cholesky(eqn, a):
    """The lower factor, written out; all NaN when a pivot is not positive. After a NaN pivot only what follows is."""
    *batch, n, _ = a.shape
    if n > LARGEST_CHOLESKY:
        raise eqn.refuse(f"a {n}x{n} matrix is larger than {LARGEST_CHOLESKY}x{LARGEST_CHOLESKY}")
    columns = [ops.reshape(c, (*batch, n)) for c in ops.split(a, [1] * n, len(batch) + 1)]
    element = [ops.split(c, [1] * n, len(batch)) for c in columns]  # element[j][i] is a[i, j]: (…, 1)
    zero = ops.tensors(a, np.zeros((*batch, 1)))[1]
    factor = [[zero] * n for _ in range(n)]
    fails = None
    for j in range(n):
        for i in range(j, n):
            rest = element[j][i]
            for k in range(j):
                rest = rest - factor[i][k] * factor[j][k]
            if i == j:
                fails = rest <= 0.0 if fails is None else fails | (rest <= 0.0)
            factor[i][j] = ops.unary("Sqrt", rest) if i == j else rest / factor[j][j]
    rows = [ops.concatenate(row, len(batch)) for row in factor]
    lower = ops.stack(rows, len(batch))
    return ops.where(ops.reshape(fails, (*batch, 1, 1)), np.nan, lower)
