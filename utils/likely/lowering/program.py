"""Walks a traced program and applies the rule of each primitive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np
from jax.extend import core

from likely.lowering import operations as ops
from likely.lowering.errors import DTYPE_INSTEAD, Unsupported, author_line, is_library
from likely.lowering.graph import INT, UNSIGNED, Builder, Tensor

DTYPES = tuple(map(np.dtype, ("float32", "int32", "uint32", "bool")))


@dataclass(frozen=True)
class Keys:
    """Typed random keys (threefry): their two 32-bit words, each a tensor of the keys' shape."""

    first: Tensor
    second: Tensor


Value = Tensor | Keys


@dataclass(frozen=True)
class ArrayType:
    """Shape and dtype as JAX sees them. `is_key`: typed random keys, whose dtype is then that of one word."""

    shape: tuple[int, ...]
    dtype: np.dtype
    is_key: bool = False

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    @property
    def stored(self) -> np.dtype:
        """The dtype in the graph: uint32 is carried as int32 with the same bits."""
        return INT if self.dtype == UNSIGNED else self.dtype


@dataclass(frozen=True)
class Rule:
    function: Callable
    lazy: bool  # takes inputs that may still be broadcast
    on_values: bool  # takes Keys too
    moves_data: bool  # on keys: applied to each word
    inlines: bool  # only runs an inner program, which names what cannot run


RULES: dict[str, Rule] = {}


def rule(
    *primitives: str,
    lazy: bool = False,
    on_values: bool = False,
    moves_data: bool = False,
    inlines: bool = False,
):
    """Register `function(equation, *inputs) -> Tensor | list[Tensor]` for primitives.

    Inputs have their full shapes, unless `lazy`: then an input may be smaller, and broadcasts to its type's shape
    by NumPy's rules; so may the output, always. `moves_data`: the values do not matter, so random keys may be moved
    by the same rule, word by word. `on_values`: the rule sees `Keys` as they are, and inputs still broadcast.
    `inlines`: it only runs an inner program, so the types around it are not looked at.
    """

    def register(function):
        for name in primitives:
            RULES[name] = Rule(function, lazy, on_values, moves_data, inlines)
        return function

    return register


@dataclass(frozen=True)
class Equation:
    """What a rule knows about one equation of the program."""

    primitive: str
    params: dict[str, Any]
    inputs: tuple[ArrayType, ...]
    outputs: tuple[ArrayType, ...]
    source_info: Any  # where JAX traced it
    builder: Builder

    @property
    def output(self) -> ArrayType:
        return self.outputs[0]

    def refuse(self, reason: str, instead: str | None = None) -> Unsupported:
        """The error to raise: `raise equation.refuse("only float32 has a kernel")`."""
        return Unsupported(self.primitive, reason, author_line(self.source_info), instead)

    def run(self, jaxpr, *arguments: Value) -> list[Value]:
        """The results of an inner program: a jaxpr, closed or not.

        The lines inside a library's own jitted function are those of its first call, so there this call's line counts.
        """
        return run(self.builder, jaxpr, arguments, self.source_info if _is_from_library(jaxpr) else None)


def _is_from_library(jaxpr) -> bool:
    information = getattr(getattr(jaxpr, "jaxpr", jaxpr), "debug_info", None)
    described = getattr(information, "func_src_info", None) or ""  # "det at /…/jax/_src/numpy/linalg.py:761"
    return is_library(described.partition(" at ")[2].rpartition(":")[0])


def build(closed_jaxpr: core.ClosedJaxpr) -> Builder:
    """The whole program as a graph, with JAX's dtypes at its borders. Raises Unsupported."""
    builder = Builder()
    arguments = []
    for var in closed_jaxpr.jaxpr.invars:
        type_ = _border_type(var.aval, "an input")
        tensor = builder.input(type_.dtype, type_.shape)
        arguments.append(ops.cast(tensor, type_.stored))
    results = run(builder, closed_jaxpr, arguments)
    outputs = []
    for var, value in zip(closed_jaxpr.jaxpr.outvars, results, strict=True):
        type_ = _border_type(var.aval, "an output")
        outputs.append(ops.cast(ops.expand(value, type_.shape), type_.dtype))
    builder.finish(builder.program, outputs)
    return builder


def _border_type(aval, what: str) -> ArrayType:
    type_ = array_type(aval)
    if type_ is not None and not type_.is_key:
        return type_
    if type_ is not None:
        instead = "pass jax.random.key_data(key), and call jax.random.wrap_key_data inside"
        raise Unsupported("program", f"{what} is a typed random key", None, instead)
    raise Unsupported("program", f"{what} is {aval}", None, DTYPE_INSTEAD)


def array_type(aval) -> ArrayType | None:
    """None when the page has no such array."""
    dtype, shape = getattr(aval, "dtype", None), getattr(aval, "shape", None)
    if dtype is None or not all(isinstance(d, int) for d in shape):
        return None
    if jax.dtypes.issubdtype(dtype, jax.dtypes.prng_key):  # "key<fry>" is threefry2x32, JAX's default
        return ArrayType(tuple(shape), UNSIGNED, is_key=True) if str(dtype) == "key<fry>" else None
    return ArrayType(tuple(shape), np.dtype(dtype)) if dtype in DTYPES else None


def run(builder: Builder, jaxpr, arguments: Sequence[Value], source_info=None) -> list[Value]:
    """Apply the rules to a jaxpr, closed or not. `source_info` replaces that of its equations."""
    constants = getattr(jaxpr, "consts", ())
    jaxpr = getattr(jaxpr, "jaxpr", jaxpr)
    values: dict[core.Var, Value] = dict(zip(jaxpr.invars, arguments, strict=True))
    for var, value in zip(jaxpr.constvars, constants, strict=True):
        values[var] = constant(builder, value, var.aval)

    def read(atom) -> Value:
        return constant(builder, atom.val, atom.aval) if isinstance(atom, core.Literal) else values[atom]

    for eqn in jaxpr.eqns:
        inputs = [read(atom) for atom in eqn.invars]
        equation = _equation(builder, eqn, source_info or eqn.source_info)
        values.update(zip(eqn.outvars, _apply(equation, inputs), strict=True))
    return [read(atom) for atom in jaxpr.outvars]


def constant(builder: Builder, value, aval) -> Value:
    """An array that the program closes over, or a number in it."""
    type_ = array_type(aval)
    if type_ is None:
        raise Unsupported("constant", f"it is {aval}", None, DTYPE_INSTEAD)
    if type_.is_key:
        words = np.asarray(jax.random.key_data(value)).view(np.int32)  # (…, 2)
        return Keys(builder.constant(words[..., 0]), builder.constant(words[..., 1]))
    value = np.asarray(value, type_.dtype)
    return builder.constant(value.view(type_.stored))


def _equation(builder: Builder, eqn, source_info) -> Equation:
    name = eqn.primitive.name
    if name not in RULES:
        raise Unsupported(name, "no rule lowers it to ONNX", author_line(source_info))
    atoms = [*eqn.invars, *eqn.outvars]
    types = tuple(array_type(atom.aval) for atom in atoms)
    if None in types and not RULES[name].inlines:
        raise Unsupported(name, f"it handles {atoms[types.index(None)].aval}", author_line(source_info), DTYPE_INSTEAD)
    n = len(eqn.invars)
    return Equation(name, eqn.params, types[:n], types[n:], source_info, builder)


def _apply(equation: Equation, inputs: list[Value]) -> list[Value]:
    rule_ = RULES[equation.primitive]
    if rule_.on_values:
        results = rule_.function(equation, *inputs)
    elif all(type_.size == 0 for type_ in equation.outputs):
        results = [equation.builder.constant(np.zeros(t.shape, t.stored)) for t in equation.outputs]
        results = [Keys(r, r) if t.is_key else r for r, t in zip(results, equation.outputs, strict=True)]
    elif any(isinstance(x, Keys) for x in inputs):
        if not rule_.moves_data:
            raise equation.refuse("it handles typed random keys", "apply it to jax.random.key_data(key)")
        first = _apply(equation, [x.first if isinstance(x, Keys) else x for x in inputs])
        second = _apply(equation, [x.second if isinstance(x, Keys) else x for x in inputs])
        pairs = zip(first, second, equation.outputs, strict=True)
        results = [Keys(a, b) if type_.is_key else a for a, b, type_ in pairs]
    else:
        if not rule_.lazy:
            inputs = [ops.expand(x, type_.shape) for x, type_ in zip(inputs, equation.inputs, strict=True)]
        results = rule_.function(equation, *inputs)
    results = list(results) if isinstance(results, list | tuple) else [results]
    for result, type_ in zip(results, equation.outputs, strict=True):
        for tensor in (result.first, result.second) if isinstance(result, Keys) else (result,):
            fits = tensor.dtype == type_.stored and np.broadcast_shapes(tensor.shape, type_.shape) == type_.shape
            assert fits, f"the rule of {equation.primitive} gave {tensor} for {type_}"
    return results
