"""Sorting and the largest elements. ONNX's TopK is stable: of equals the earlier comes first."""

from __future__ import annotations

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import FLOAT, UNSIGNED
from likely.lowering.program import rule


@rule("sort")
def sort(eqn, *operands):
    """Ascending by the first `num_keys` operands, NaN last: sorted by the last key first, each time stably."""
    axis = eqn.params["dimension"]
    for k in reversed(range(eqn.params["num_keys"])):
        key = operands[k]
        if eqn.inputs[k].dtype == UNSIGNED:
            key = ops.in_unsigned_order(key)
        _, order = ops.largest(ops.order_key(key, np.inf), key.shape[axis], axis, smallest=True)
        operands = [ops.take_along(x, order, axis) for x in operands]
    return list(operands)


@rule("top_k")
def top_k(eqn, x):
    """Descending, NaN first, 0.0 before -0.0, as XLA's total order has it."""
    axis = eqn.params.get("axis", len(x.shape) - 1) % len(x.shape)
    key = ops.order_key(ops.in_unsigned_order(x) if eqn.inputs[0].dtype == UNSIGNED else x, np.inf)
    if eqn.inputs[0].dtype == FLOAT:
        key = ops.where(ops.equal(x, 0.0) & ops.is_negative(x), -1e-300, key)
    _, positions = ops.largest(key, eqn.params["k"], axis)
    return [ops.take_along(x, positions, axis), ops.cast(positions, np.int32)]
