"""Reading and writing at positions that the program computes.

An array is seen as rows: its trailing dimensions that are taken whole. A position is then one number, the flat index
of a row, and ONNX's Gather and ScatterND read and write rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jax.lax import GatherScatterMode

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, FLOAT, INT, LONG, UNSIGNED, Tensor
from likely.lowering.program import rule


@dataclass(frozen=True)
class Windows:
    """Where the windows of a gather (or scatter) lie in the operand, and its dimensions in the result (updates)."""

    shape: tuple[int, ...]  # of the operand
    sizes: tuple[int, ...]  # of a window, for each dimension of the operand
    indexed: tuple[int, ...]  # dimensions of the operand that the index vector names
    placed: dict[int, int]  # dimension of the operand -> dimension of the result, for windows and batches
    index_dimensions: tuple[int, ...]  # dimensions of the result that enumerate the index vectors
    result_shape: tuple[int, ...]

    @property
    def limits(self) -> np.ndarray:
        """The largest start in bounds, for each indexed dimension."""
        return np.array([self.shape[d] - self.sizes[d] for d in self.indexed], np.int32)

    @property
    def row_rank(self) -> int:
        """How many trailing dimensions are taken whole."""
        rank = 0
        for d in reversed(range(len(self.shape))):
            if d not in self.placed or self.sizes[d] != self.shape[d] or self.placed[d] in self.index_dimensions:
                break
            rank += 1
        return rank


def gather_windows(eqn) -> Windows:
    n = eqn.params["dimension_numbers"]
    shape, result = eqn.inputs[0].shape, eqn.output.shape
    dropped = (*n.collapsed_slice_dims, *n.operand_batching_dims)
    return _windows(
        shape, result, tuple(eqn.params["slice_sizes"]), n.start_index_map, n.offset_dims, dropped,
        n.operand_batching_dims, n.start_indices_batching_dims,
    )  # fmt: skip


def scatter_windows(eqn) -> Windows:
    n = eqn.params["dimension_numbers"]
    shape, updates = eqn.inputs[0].shape, eqn.inputs[2].shape
    dropped = (*n.inserted_window_dims, *n.operand_batching_dims)
    kept = [d for d in range(len(shape)) if d not in dropped]
    sizes = [1] * len(shape)
    for d, update_dimension in zip(kept, n.update_window_dims, strict=True):
        sizes[d] = updates[update_dimension]
    return _windows(
        shape, updates, tuple(sizes), n.scatter_dims_to_operand_dims, n.update_window_dims, dropped,
        n.operand_batching_dims, n.scatter_indices_batching_dims,
    )  # fmt: skip


def _windows(shape, result, sizes, indexed, offset, dropped, operand_batch, index_batch) -> Windows:
    kept = [d for d in range(len(shape)) if d not in dropped]
    index_dimensions = tuple(d for d in range(len(result)) if d not in offset)
    placed = dict(zip(kept, offset, strict=True))
    placed |= {d: index_dimensions[k] for d, k in zip(operand_batch, index_batch, strict=True)}
    return Windows(shape, sizes, tuple(indexed), placed, index_dimensions, result)


def index_vectors(eqn, indices: Tensor) -> Tensor:
    """Signed positions; an unsigned one beyond int32 is out of bounds anyway."""
    if eqn.inputs[1].dtype == UNSIGNED:
        return ops.where(indices < 0, ops.INT_MAX, indices)
    return indices


def bounded(vectors: Tensor, limits) -> tuple[Tensor, Tensor]:
    """(vectors clipped into bounds, which vectors were in bounds): (…, k) -> (…, k), (…)"""
    if vectors.shape[-1] == 0:
        return vectors, vectors.builder.constant(np.ones(vectors.shape[:-1], bool))
    clipped = ops.minimum(ops.maximum(vectors, 0), limits)
    unchanged = ops.equal(clipped, vectors)
    if vectors.shape[-1] == 1:
        return clipped, ops.reshape(unchanged, unchanged.shape[:-1])
    inside = ops.reduce("ReduceMin", ops.cast(unchanged, INT), [len(vectors.shape) - 1])
    return clipped, ops.cast(inside, BOOL)


def row_positions(windows: Windows, vectors: Tensor) -> tuple[Tensor, list[int]]:
    """Flat indices of rows, and the dimensions of the result that they enumerate, in order."""
    rank = len(windows.shape) - windows.row_rank
    strides = [math.prod(windows.shape[d + 1 : rank]) for d in range(rank)]
    row_dimensions = {windows.placed[d] for d in range(rank, len(windows.shape))}
    dimensions = [d for d in range(len(windows.result_shape)) if d not in row_dimensions]
    builder = vectors.builder

    weights = np.array([strides[d] if d < rank else 0 for d in windows.indexed], np.int32)
    if len(weights) == 0:
        start = builder.constant(np.zeros((), INT))
    elif len(weights) == 1:
        start = vectors * weights
    else:
        start = ops.reduce("ReduceSum", vectors * weights, [len(vectors.shape) - 1])
    enumerated = [windows.result_shape[d] if d in windows.index_dimensions else 1 for d in dimensions]
    position = ops.reshape(start, enumerated if len(weights) else ())
    for d in range(rank):
        if d in windows.placed and windows.result_shape[windows.placed[d]] > 1:
            along = [-1 if r == windows.placed[d] else 1 for r in dimensions]
            offsets = np.arange(windows.result_shape[windows.placed[d]], dtype=np.int32) * strides[d]
            position = position + builder.constant(offsets.reshape(along))
    return ops.expand(position, [windows.result_shape[d] for d in dimensions]), dimensions


def as_rows(x: Tensor, windows: Windows) -> Tensor:
    """(number of rows, *row)"""
    rank = len(x.shape) - windows.row_rank
    return ops.reshape(x, (math.prod(x.shape[:rank]), *x.shape[rank:]))


def over_result(flags: Tensor, windows: Windows) -> Tensor:
    """A value for each index vector, shaped to broadcast against the result."""
    shape = [size if d in windows.index_dimensions else 1 for d, size in enumerate(windows.result_shape)]
    return ops.reshape(flags, shape)


@rule("gather", moves_data=True)
def gather(eqn, x, indices):
    """Out of bounds: filled, or else clipped."""
    mode = eqn.params["mode"]
    if mode not in (GatherScatterMode.CLIP, GatherScatterMode.PROMISE_IN_BOUNDS, GatherScatterMode.FILL_OR_DROP):
        raise eqn.refuse(f"mode {mode} has no rule")
    if x.size == 0:
        raise eqn.refuse("it reads from an empty array")
    windows = gather_windows(eqn)
    vectors, inside = bounded(index_vectors(eqn, indices), windows.limits)
    result = _take_along_one_axis(x, vectors, windows)
    if result is None:
        positions, dimensions = row_positions(windows, vectors)
        rows = ops.take(as_rows(x, windows), positions, 0)
        order = dimensions + [windows.placed[d] for d in range(len(x.shape) - windows.row_rank, len(x.shape))]
        result = ops.transpose(rows, np.argsort(order))
    if mode != GatherScatterMode.FILL_OR_DROP:
        return result
    fill = eqn.params["fill_value"]
    if fill is None:
        fill = {FLOAT: np.nan, INT: ops.INT_MIN, UNSIGNED: -1, BOOL: True}[eqn.output.dtype]
    elif eqn.output.dtype == UNSIGNED:
        fill = np.asarray(fill).astype(np.uint32).view(np.int32)  # a negative one wraps around
    return ops.where(over_result(inside, windows), result, fill)


def _take_along_one_axis(x, vectors, windows: Windows):
    """Whole slices along one axis, such as x[i], x[:, i] and rows of an embedding; None for any other gather."""
    if len(windows.indexed) != 1:
        return None
    (axis,) = windows.indexed
    others = [d for d in range(len(x.shape)) if d != axis]
    whole = all(windows.sizes[d] == x.shape[d] and windows.placed.get(d) not in (None, *windows.index_dimensions)
                for d in others)  # fmt: skip
    if windows.sizes[axis] != 1 or not whole:
        return None
    taken = ops.take(x, ops.reshape(vectors, vectors.shape[:-1]), axis)
    order = [windows.placed[d] for d in others]  # where each dimension of `taken` belongs in the result
    order[axis:axis] = windows.index_dimensions
    kept = [windows.placed[axis]] if axis in windows.placed else []  # of size 1
    taken = ops.reshape(taken, (*taken.shape, *(1 for _ in kept)))
    return ops.transpose(taken, np.argsort(order + kept))


REDUCTIONS = {
    "scatter": "none", "scatter_sub": "add", "scatter_add": "add", "scatter_mul": "mul",
    "scatter_min": "min", "scatter_max": "max",
}  # fmt: skip


@rule(*REDUCTIONS, *(name.replace("_", "-") for name in REDUCTIONS if "_" in name), moves_data=True)
def scatter(eqn, x, indices, updates):
    """Out of bounds: dropped, or clipped when asked for. Several updates of one element: all, in order."""
    name = eqn.primitive.replace("-", "_")
    reduction, dtype = REDUCTIONS[name], eqn.output.dtype
    if name == "scatter" and eqn.params.get("update_jaxpr") is not None:
        raise eqn.refuse("it updates with a function", "use .at[…].set, add, multiply, min or max")
    if dtype == BOOL and reduction in ("add", "mul"):
        raise eqn.refuse("only numbers have a kernel", "convert to int32 first")
    if updates.size == 0:
        return x
    if dtype == UNSIGNED and reduction in ("min", "max"):
        x, updates = ops.in_unsigned_order(x), ops.in_unsigned_order(updates)
    if name == "scatter_sub":
        updates = -updates
    windows = scatter_windows(eqn)
    if min(windows.limits, default=0) < 0:
        return x  # a window larger than the array is out of bounds wherever it starts
    vectors, inside = bounded(index_vectors(eqn, indices), windows.limits)
    positions, dimensions = row_positions(windows, vectors)
    order = dimensions + [windows.placed[d] for d in range(len(x.shape) - windows.row_rank, len(x.shape))]
    rows, n_positions = as_rows(x, windows), math.prod(positions.shape)

    if eqn.params["mode"] != GatherScatterMode.CLIP and not ops.is_constant(inside, True):
        if reduction == "none":  # what is out of bounds goes to a row that is cut off again
            rows = ops.pad(rows, ops.tensors(x, 0)[1], [0] * len(rows.shape), [1] + [0] * (len(rows.shape) - 1))
            index_dimensions = [size if d in windows.index_dimensions else 1
                                for d, size in zip(dimensions, positions.shape, strict=True)]  # fmt: skip
            positions = ops.where(ops.reshape(inside, index_dimensions), positions, rows.shape[0] - 1)
        else:
            updates = ops.where(over_result(inside, windows), updates, _neutral(reduction, dtype))

    updates = ops.transpose(updates, order)
    updates = ops.reshape(updates, (n_positions, *rows.shape[1:]))
    positions = ops.cast(ops.reshape(positions, (n_positions, 1)), LONG)
    result = ops.scatter(rows, positions, updates, reduction)
    if reduction in ("min", "max") and dtype == FLOAT:  # NaN where one took part
        nans = (ops.cast(ops.is_nan(part), INT) for part in (rows, updates))
        has_nan = ops.scatter(next(nans), positions, next(nans), "max")
        result = ops.where(ops.cast(has_nan, BOOL), np.nan, result)
    result = ops.reshape(ops.slice_axis(result, 0, 0, as_rows(x, windows).shape[0]), x.shape)
    return ops.in_unsigned_order(result) if dtype == UNSIGNED and reduction in ("min", "max") else result


def _neutral(reduction, dtype):
    if reduction in ("add", "mul"):
        return 0 if reduction == "add" else 1
    sign = 1 if reduction == "min" else -1
    if dtype == BOOL:
        return reduction == "min"
    return sign * np.inf if dtype == FLOAT else (ops.INT_MAX if sign > 0 else ops.INT_MIN)


@rule("dynamic_slice", moves_data=True)
def dynamic_slice(eqn, x, *starts):
    """The start is clipped so that the slice is in bounds."""
    sizes = eqn.output.shape
    axes = [d for d, size in enumerate(sizes) if size != x.shape[d]]
    if not axes:
        return x
    vector, _ = _clipped_starts(eqn, x.shape, sizes, starts, axes)
    if vector.value is not None:
        begins = [0] * len(sizes)
        for axis, start in zip(axes, vector.value.tolist(), strict=True):
            begins[axis] = start
        return ops.slice_(x, begins, [b + size for b, size in zip(begins, sizes, strict=True)])
    if len(axes) == 1 and sizes[axes[0]] == 1:
        return ops.take(x, vector, axes[0])
    return ops.dynamic_slice(x, vector, axes, [sizes[d] for d in axes])


def _clipped_starts(eqn, shape, sizes, starts, axes):
    """The starts along some axes as a vector: (len(axes),)"""
    parts = [ops.reshape(starts[d], (1,)) for d in axes]
    types = eqn.inputs[-len(starts) :]
    parts = [ops.where(s < 0, ops.INT_MAX, s) if types[d].dtype == UNSIGNED else s
             for d, s in zip(axes, parts, strict=True)]  # fmt: skip
    limits = np.array([shape[d] - sizes[d] for d in axes], np.int32)
    return ops.minimum(ops.maximum(ops.concatenate(parts, 0), 0), limits), limits


@rule("dynamic_update_slice", moves_data=True)
def dynamic_update_slice(eqn, x, update, *starts):
    """The start is clipped so that the update is in bounds."""
    axes = tuple(d for d in range(len(x.shape)) if update.shape[d] != x.shape[d])
    if not axes:
        return update
    if update.size == 0:
        return x
    vector, _ = _clipped_starts(eqn, x.shape, update.shape, starts, axes)
    placed = {d: d for d in range(len(x.shape))}
    windows = Windows(x.shape, update.shape, axes, placed, (), update.shape)
    positions, _ = row_positions(windows, vector)
    rows = as_rows(x, windows)
    updates = ops.reshape(update, (math.prod(positions.shape), *rows.shape[1:]))
    positions = ops.cast(ops.reshape(positions, (math.prod(positions.shape), 1)), LONG)
    return ops.reshape(ops.scatter(rows, positions, updates, "none"), x.shape)
