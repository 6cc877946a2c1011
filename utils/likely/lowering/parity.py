"""Does the page compute what the kernel computes? One program, run by XLA and by ONNX Runtime."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import jax
import numpy as np
from jax.extend import core


class Difference(NamedTuple):
    """How far one output is from JAX's.

    max_error: the largest absolute difference for float32; the number of unequal elements for int32, uint32, bool.
        NaN where JAX has NaN and an infinity where JAX has the same infinity count as equal; else the error is inf.
    scale: the largest finite magnitude in JAX's output, at least 1e-30; 1 for int32, uint32 and bool.
    """

    output_name: str
    max_error: float
    scale: float

    @property
    def relative(self) -> float:
        return self.max_error / self.scale


def difference(name: str, expected, got) -> Difference:
    """Compare two arrays of one dtype and shape."""
    expected, got = np.asarray(expected), np.asarray(got)
    if expected.shape != got.shape or expected.dtype != got.dtype:
        raise ValueError(f"{name}: {got.dtype}{got.shape} where JAX has {expected.dtype}{expected.shape}")
    if expected.dtype != np.float32:
        return Difference(name, float(np.sum(expected != got)), 1.0)
    same = (expected == got) | (np.isnan(expected) & np.isnan(got))
    finite = np.isfinite(expected)
    with np.errstate(invalid="ignore"):
        error = np.where(same, 0.0, np.abs(expected.astype(np.float64) - got.astype(np.float64)))
    error = np.where(same | (finite & np.isfinite(got)), error, np.inf)
    scale = max(float(np.max(np.abs(expected), where=finite, initial=0.0)), 1e-30)
    return Difference(name, float(np.max(error, initial=0.0)), scale)


class Session:
    """A serialised model on one thread of the CPU, as in the page: inputs in order -> outputs by name."""

    def __init__(self, model: bytes):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.log_severity_level = 3
        self._session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._inputs = [i.name for i in self._session.get_inputs()]
        self._outputs = [o.name for o in self._session.get_outputs()]

    def __call__(self, inputs: Sequence) -> dict[str, np.ndarray]:
        feeds = {name: np.asarray(x) for name, x in zip(self._inputs, inputs, strict=True)}
        return dict(zip(self._outputs, self._session.run(self._outputs, feeds), strict=True))


def parity(closed_jaxpr, model: bytes, inputs: Sequence) -> list[Difference]:
    """The difference of each output between `jax.jit` of the program and the lowered model, in order."""
    expected = jax.jit(core.jaxpr_as_fun(closed_jaxpr))(*inputs)
    got = Session(model)(inputs)
    return [difference(name, e, g) for (name, g), e in zip(got.items(), expected, strict=True)]
