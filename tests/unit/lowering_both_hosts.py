"""One function run by XLA and, lowered, by ONNX Runtime: the pairs of outputs, and how to compare them."""

import jax
import numpy as np

from likely import lowering
from likely.lowering.parity import Session
from likely.lowering.parity import difference as difference_of

FLUSHED = 4 * np.finfo(np.float32).tiny  # below about 1e-38 either host may flush a result or a step of it to zero


def as_tuple(function):
    """The same function with a flat tuple of arrays as its result."""
    return lambda *arrays: tuple(jax.tree.leaves(function(*arrays)))


def trace(function, arrays):
    specs = [jax.ShapeDtypeStruct(np.shape(a), np.asarray(a).dtype) for a in arrays]
    return jax.make_jaxpr(as_tuple(function))(*specs)


def lower(function, arrays) -> bytes:
    closed_jaxpr = trace(function, arrays)
    inputs = [f"input{k}" for k in range(len(arrays))]
    outputs = [f"output{k}" for k in range(len(closed_jaxpr.out_avals))]
    return lowering.lower(closed_jaxpr, inputs, outputs)


def run_both(function, *arrays):
    """[(XLA's output, ONNX Runtime's output)]"""
    arrays = [np.asarray(a) for a in arrays]
    expected = [np.asarray(x) for x in jax.jit(as_tuple(function))(*arrays)]
    return list(zip(expected, Session(lower(function, arrays))(arrays).values(), strict=True))


def agree_to_scale(function, *arrays, tolerance=1e-5):
    """The largest error is at most `tolerance` times the largest magnitude; discrete outputs are equal."""
    for k, (expected, got) in enumerate(run_both(function, *arrays)):
        difference = difference_of(f"output {k}", expected, got)
        allowed = tolerance if expected.dtype == np.float32 else 0
        assert difference.max_error <= allowed * difference.scale, f"{difference}\n{expected}\n{got}"


def agree_everywhere(function, *arrays, relative=1e-5, absolute=0.0):
    """Every element agrees to its own size; NaN, infinities and discrete outputs are equal."""
    for expected, got in run_both(function, *arrays):
        assert expected.shape == got.shape
        assert expected.dtype == got.dtype
        if expected.dtype != np.float32:
            np.testing.assert_array_equal(got, expected)
            continue
        expected, got = np.float64(expected), np.float64(got)
        np.testing.assert_allclose(got, expected, rtol=relative, atol=max(absolute, FLUSHED))
