"""The author's functions as traced programs on flat arrays: what XLA compiles in a kernel and the page runs as ONNX.

A port is one input or output of a program. Its name says where the array comes from or goes to:
`control:mu`, `array:3` (the model's fourth array), `state:0`, `output:kl`.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core as jex

from likely import lowering

__all__ = ["Leaves", "Port", "Program", "trace"]

CLOSURE_LIMIT = 64 * 1024  # bytes of arrays that a function may close over; more belongs into `model=`
_DTYPES = {np.dtype(kind) for kind in (np.float32, np.int32, np.uint32, bool)}


@dataclass(frozen=True)
class Port:
    name: str
    dtype: np.dtype
    shape: tuple[int, ...]


class Leaves:
    """A pytree as a flat list of plain arrays and back; typed random keys become their uint32 data on the way.

    Python numbers become float32 or int32. `what` names the tree in errors.
    """

    def __init__(self, tree: Any, what: str):
        self.what = what
        paths, self.treedef = jax.tree_util.tree_flatten_with_path(tree)
        self.paths = [f"{what}{jax.tree_util.keystr(path)}" for path, _ in paths]
        self._keys = [_key_impl(leaf) for _, leaf in paths]
        self.specs = [_spec(self._plain(leaf), path) for (_, leaf), path in zip(paths, self.paths, strict=True)]

    def ports(self, kind: str) -> tuple[Port, ...]:
        return tuple(Port(f"{kind}:{i}", np.dtype(spec.dtype), spec.shape) for i, spec in enumerate(self.specs))

    def flatten(self, tree: Any) -> list[jax.Array]:
        leaves, treedef = jax.tree_util.tree_flatten(tree)
        if treedef != self.treedef:
            raise ValueError(f"the {self.what} changed its structure:\n  it was {self.treedef}\n  it is  {treedef}")
        flat = [jnp.asarray(self._plain(leaf)) for leaf in leaves]
        for array, spec, path in zip(flat, self.specs, self.paths, strict=True):
            if (array.shape, array.dtype) != (spec.shape, spec.dtype):
                raise ValueError(
                    f"{path} changed from {spec.dtype}{list(spec.shape)} to {array.dtype}{list(array.shape)}; "
                    "a figure's state keeps its shapes and dtypes"
                )
        return flat

    def unflatten(self, flat: Sequence[Any]) -> Any:
        leaves = [
            jax.random.wrap_key_data(a, impl=impl) if impl else a for a, impl in zip(flat, self._keys, strict=True)
        ]
        return jax.tree_util.tree_unflatten(self.treedef, leaves)

    @staticmethod
    def _plain(leaf: Any) -> Any:
        if _key_impl(leaf):
            return (
                jax.eval_shape(jax.random.key_data, leaf)
                if isinstance(leaf, jax.ShapeDtypeStruct)
                else jax.random.key_data(leaf)
            )
        return leaf


def _key_impl(leaf: Any) -> Any:
    dtype = getattr(leaf, "dtype", None)
    if dtype is None or not jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key):
        return None
    return "threefry2x32" if isinstance(leaf, jax.ShapeDtypeStruct) else jax.random.key_impl(leaf)


def _spec(leaf: Any, path: str) -> jax.ShapeDtypeStruct:
    if isinstance(leaf, (bool, int, float)):
        leaf = jnp.asarray(leaf)
    shape, dtype = np.shape(leaf), np.dtype(getattr(leaf, "dtype", type(leaf)))
    if dtype not in _DTYPES:
        raise TypeError(f"{path} is {dtype}; a figure computes in float32, int32, uint32 and bool: convert it first")
    return jax.ShapeDtypeStruct(shape, dtype)


@dataclass(frozen=True)
class Program:
    """A pure function on flat arrays, traced and found fit for the page."""

    name: str
    flat: Callable[..., tuple[jax.Array, ...]]
    jaxpr: jex.ClosedJaxpr
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]

    @functools.cached_property
    def compiled(self) -> Callable[..., tuple[jax.Array, ...]]:
        return jax.jit(self.flat)

    def lower(self) -> bytes:
        """This program as an ONNX model; its inputs and outputs stand in the order of the ports."""
        outputs = [p.name.replace("state:", "next:") for p in self.outputs]  # a graph uses a name once
        return lowering.lower(self.jaxpr, [p.name for p in self.inputs], outputs, name=self.name)


def trace(
    name: str,
    flat: Callable[..., Sequence[Any]],
    inputs: Sequence[Port],
    author: Callable,
    output_names: Callable[[], Sequence[str]],
) -> Program:
    """Traces `flat` and checks that the page can run it.

    `author` is the function that the reader of an error knows; `output_names` is asked after tracing. Raises
    lowering.Unsupported for what the page cannot compute, and ValueError for a closed-over model.
    """
    _refuse_closed_over_modules(author)
    specs = [jax.ShapeDtypeStruct(port.shape, port.dtype) for port in inputs]
    jaxpr = jax.make_jaxpr(flat)(*specs)
    _refuse_closed_over_arrays(jaxpr, author)
    lowering.check(jaxpr)
    outputs = tuple(
        Port(n, np.dtype(aval.dtype), tuple(aval.shape))
        for n, aval in zip(output_names(), jaxpr.out_avals, strict=True)
    )
    return Program(name, flat, jaxpr, tuple(inputs), outputs)


def function_name(function: Callable) -> str:
    code = getattr(inspect.unwrap(function), "__code__", None)
    where = f" (line {code.co_firstlineno})" if code else ""
    return f"{getattr(function, '__name__', repr(function))}{where}"


def _refuse_closed_over_modules(function: Callable) -> None:
    from flax import nnx

    for name, value in _closed_over(function):
        if isinstance(value, nnx.Module):
            raise ValueError(
                f"{function_name(function)} closes over the model {name!r} ({type(value).__name__}). A compiled "
                f"closure keeps the old weights after training. Take it as the first argument instead: "
                f"Explorable(…, model={name}) and def {getattr(function, '__name__', 'look')}({name}, …)"
            )


def _closed_over(function: Callable, depth: int = 4) -> Iterator[tuple[str, Any]]:
    """Names and values outside `function` that it uses, through helper functions of the same module too."""
    while isinstance(function, functools.partial):
        yield from ((f"argument {i}", a) for i, a in enumerate(function.args))
        yield from function.keywords.items()
        function = function.func
    function = inspect.unwrap(function)
    if isinstance(function, types.MethodType):
        yield "self", function.__self__
        function = function.__func__
    if not isinstance(function, types.FunctionType) or depth == 0:
        return
    try:
        closure = inspect.getclosurevars(function)
    except ValueError:  # a cell not filled yet
        return
    for name, value in {**closure.nonlocals, **closure.globals}.items():
        yield name, value
        if callable(value) and value is not function and getattr(value, "__module__", None) == function.__module__:
            yield from _closed_over(value, depth - 1)


def _refuse_closed_over_arrays(jaxpr: jex.ClosedJaxpr, function: Callable) -> None:
    arrays = {id(c): c for c in _constants(jaxpr)}.values()
    total = sum(a.nbytes for a in arrays)
    if total > CLOSURE_LIMIT:
        largest = max(arrays, key=lambda a: a.nbytes)
        raise ValueError(
            f"{function_name(function)} closes over {total / 1024:.0f} KB of arrays (the largest: {largest.dtype}"
            f"{list(largest.shape)}); more than {CLOSURE_LIMIT // 1024} KB belongs into the figure's model: pass it as "
            "Explorable(…, model=…) and take it as the first argument"
        )


def _constants(jaxpr: Any) -> Iterator[Any]:
    """The arrays that a jaxpr holds, inner jaxprs included."""
    yield from (c for c in getattr(jaxpr, "consts", ()) if hasattr(c, "nbytes"))
    for eqn in getattr(jaxpr, "jaxpr", jaxpr).eqns:
        yield from (v.val for v in eqn.invars if isinstance(v, jex.Literal) and hasattr(v.val, "nbytes"))
        for value in eqn.params.values():
            for inner in value if isinstance(value, (tuple, list)) else (value,):
                if isinstance(inner, (jex.ClosedJaxpr, jex.Jaxpr)):
                    yield from _constants(inner)
