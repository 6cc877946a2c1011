"""Sums and extremes over sliding windows, and the gradients of pooling."""

from __future__ import annotations

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, UNSIGNED
from likely.lowering.program import rule
from likely.lowering.rules.reductions import greatest, least
from likely.lowering.rules.shapes import insert_gaps, pad_or_cut


@rule("reduce_window_sum", "reduce_window_max", "reduce_window_min")
def reduce_window(eqn, x):
    """One axis after the other, since sums and extremes over a box separate."""
    p, dtype = eqn.params, eqn.output.dtype
    if dtype in (BOOL, UNSIGNED):
        raise eqn.refuse(f"windows over {dtype} have no kernel", "convert to float32 or int32 first")
    combine, neutral = {
        "reduce_window_sum": (ops.add, 0),
        "reduce_window_max": (ops.maximum, least(dtype)),
        "reduce_window_min": (ops.minimum, greatest(dtype)),
    }[eqn.primitive]
    value = ops.tensors(x, neutral)[1]
    x = insert_gaps(x, value, [d - 1 for d in p["base_dilation"]])
    x = pad_or_cut(x, value, p["padding"])
    for axis, size in enumerate(p["window_dimensions"]):
        result = None
        for offset in range(size):
            start = offset * p["window_dilation"][axis]
            part = _strided(x, {axis: (start, p["window_strides"][axis], eqn.output.shape[axis])})
            result = part if result is None else combine(result, part)
        x = result
    return x


def _strided(x, axes: dict):
    """axes: axis -> (start, stride, number of elements)."""
    starts, ends, strides = [0] * len(x.shape), list(x.shape), [1] * len(x.shape)
    for axis, (start, stride, n) in axes.items():
        starts[axis], ends[axis], strides[axis] = start, start + (n - 1) * stride + 1, stride
    return ops.slice_(x, starts, ends, strides)


def _windows(x, eqn, shape, prefer_large: bool):
    """x padded, and for each place in the window the elements there: [(offset, (*shape))]."""
    p = eqn.params
    x = pad_or_cut(x, ops.tensors(x, -np.inf if prefer_large else np.inf)[1], p["padding"])
    offsets = list(np.ndindex(*p["window_dimensions"]))
    parts = []
    for offset in offsets:
        axes = {a: (o, p["window_strides"][a], shape[a]) for a, o in enumerate(offset)}
        parts.append((offset, _strided(x, axes)))
    return x, parts


def _choose(parts, prefer_large: bool):
    """The place in the window that XLA selects: it keeps the selected one while `selected ≥ (≤) candidate`."""
    selected, place = parts[0][1], None
    for k, (_, candidate) in enumerate(parts[1:], start=1):
        keep = selected >= candidate if prefer_large else selected <= candidate
        selected = ops.where(keep, selected, candidate)
        place = ops.where(keep, 0 if place is None else place, k)
    return place


@rule("select_and_scatter_add")
def scatter_to_selected(eqn, source, x):
    """The gradient of max-pooling: each window's cotangent goes to the element that was selected."""
    p = eqn.params
    prefer_large = p["select_prim"].name == "ge"
    padded, parts = _windows(x, eqn, source.shape, prefer_large)
    place, total = _choose(parts, prefer_large), None
    zero = ops.tensors(source, 0)[1]
    for k, (offset, _) in enumerate(parts):
        share = source if place is None else ops.where(ops.equal(place, k), source, 0.0)
        share = insert_gaps(share, zero, [s - 1 for s in p["window_strides"]])
        edges = [(o, full - o - size) for o, full, size in zip(offset, padded.shape, share.shape, strict=True)]
        share = pad_or_cut(share, zero, edges)
        total = share if total is None else total + share
    return pad_or_cut(total, zero, [(-low, -high) for low, high in p["padding"]])


@rule("select_and_gather_add")
def gather_from_selected(eqn, tangents, x):
    """The derivative of max-pooling along a direction: each window gives the tangent of the selected element."""
    p = eqn.params
    if any(d != 1 for d in (*p["window_dilation"], *p["base_dilation"])):
        raise eqn.refuse("dilated windows have no rule")
    prefer_large = p["select_prim"].name == "ge"
    _, parts = _windows(x, eqn, eqn.output.shape, prefer_large)
    nothing = ops.tensors(x, -np.inf if prefer_large else np.inf)[1]  # stays selected when all are this infinity
    place = _choose([(None, nothing), *parts], prefer_large)
    zero = ops.tensors(tangents, 0)[1]
    tangents, result = pad_or_cut(tangents, zero, p["padding"]), zero
    for k, (offset, _) in enumerate(parts, start=1):
        axes = {a: (o, p["window_strides"][a], eqn.output.shape[a]) for a, o in enumerate(offset)}
        result = ops.where(ops.equal(place, k), _strided(tangents, axes), result)
    return result
