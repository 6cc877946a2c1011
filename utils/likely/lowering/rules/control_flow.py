"""Inner programs: called, looped or chosen."""

from __future__ import annotations

import jax
import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, INT
from likely.lowering.program import Keys, rule

UNROLLED_EQUATIONS = 64  # a loop of at most this many equations in all is written out: a Loop's own cost is larger
INNER_PROGRAM = ("jaxpr", "call_jaxpr", "fun_jaxpr")


@rule(
    "jit", "pjit", "eval_jaxpr", "closed_call", "core_call", "remat", "remat2", "checkpoint",
    "custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr", "custom_lin",
    on_values=True, inlines=True,
)  # fmt: skip
def call(eqn, *values):
    return eqn.run(next(eqn.params[name] for name in INNER_PROGRAM if name in eqn.params), *values)


@rule("call_hi_primitive", on_values=True, inlines=True)
def high_level(eqn, *values):
    """A primitive that JAX defines by a function (jnp.searchsorted, since JAX 0.12)."""
    primitive = eqn.params["_prim"]
    arguments = [jax.ShapeDtypeStruct(type_.shape, type_.dtype) for type_ in eqn.inputs]
    return eqn.run(jax.make_jaxpr(primitive.expand)(*jax.tree.unflatten(primitive.in_tree, arguments)), *values)


@rule("platform_index", on_values=True)
def platform_index(eqn, *values):
    """lax.platform_dependent: the branch for the CPU, or the default one."""
    platforms = eqn.params["platforms"]
    chosen = next((k for k, names in enumerate(platforms) if names is None or "cpu" in names), None)
    if chosen is None:
        raise eqn.refuse("no branch is for the CPU", "give lax.platform_dependent a default")
    return eqn.builder.constant(np.int32(chosen))


def flatten(values, types):
    """Tensors of full shape; keys become their two words."""
    flat = []
    for value, type_ in zip(values, types, strict=True):
        words = (value.first, value.second) if isinstance(value, Keys) else (value,)
        flat += [ops.expand(word, type_.shape) for word in words]
    return flat


def unflatten(flat, types):
    """The inverse of flatten."""
    flat = iter(flat)
    return [Keys(next(flat), next(flat)) if type_.is_key else next(flat) for type_ in types]


def word_types(types):
    """(dtype in the graph, shape) of each flattened tensor."""
    return [(type_.stored, type_.shape) for type_ in types for _ in range(2 if type_.is_key else 1)]


@rule("scan", on_values=True)
def scan(eqn, *values):
    p = eqn.params
    n_consts, n_carry = _counts(p)
    length, body = p["length"], p["jaxpr"]
    consts = values[:n_consts]
    first_row = n_consts + n_carry
    carry_types, row_types = eqn.outputs[:n_carry], eqn.outputs[n_carry:]
    carry = flatten(values[n_consts:first_row], carry_types)
    columns = flatten(values[first_row:], eqn.inputs[first_row:])  # (length, …)
    element_types = [_element(type_) for type_ in eqn.inputs[first_row:]]
    result_types = [_element(type_) for type_ in row_types]

    def step(carry, elements):
        inputs = [*consts, *unflatten(carry, carry_types), *unflatten(elements, element_types)]
        results = eqn.run(body, *inputs)
        return flatten(results[:n_carry], carry_types), flatten(results[n_carry:], result_types)

    if length * len(getattr(body, "jaxpr", body).eqns) <= UNROLLED_EQUATIONS or length <= 1:
        rows = []
        for k in reversed(range(length)) if p["reverse"] else range(length):
            elements = [ops.reshape(ops.slice_axis(x, 0, k, k + 1), x.shape[1:]) for x in columns]
            carry, row = step(carry, elements)
            rows.append(row)
        if p["reverse"]:
            rows.reverse()
        if rows:
            collected = [ops.stack(column) for column in zip(*rows, strict=True)]
        else:
            collected = [eqn.builder.constant(np.zeros(shape, dtype)) for dtype, shape in word_types(row_types)]
        return unflatten(carry, carry_types) + unflatten(collected, row_types)

    def loop_body(iteration, *carry):
        position = length - 1 - iteration if p["reverse"] else iteration
        elements = [ops.take(x, position, 0) for x in columns]
        return None, *step(carry, elements)

    trips = eqn.builder.constant(np.int64(length))
    collected_types = [(dtype, shape, length) for dtype, shape in word_types(result_types)]
    results = ops.loop(eqn.builder, trips, None, carry, loop_body, collected_types)
    rows = results[len(carry) :]
    if p["reverse"]:
        rows = [ops.reverse(x, [0]) for x in rows]
    return unflatten(results[: len(carry)], carry_types) + unflatten(rows, row_types)


def _counts(params) -> tuple[int, int]:
    """How many of a scan's inputs are constants, and how many the carry."""
    if "num_consts" in params:
        return params["num_consts"], params["num_carry"]
    consts, carry, _ = params["ft_in"].unpack()  # since JAX 0.12
    return len(consts), len(carry)


def _element(type_):
    return type(type_)(type_.shape[1:], type_.dtype, type_.is_key)


@rule("while", on_values=True)
def while_loop(eqn, *values):
    """A condition with a batch (vmap) goes on while any element does; the others keep their values."""
    p = eqn.params
    n_condition, n_body = p["cond_nconsts"], p["body_nconsts"]
    condition_consts, body_consts = values[:n_condition], values[n_condition : n_condition + n_body]
    types = eqn.outputs
    carry = flatten(values[n_condition + n_body :], types)
    batch = getattr(p["cond_jaxpr"], "jaxpr", p["cond_jaxpr"]).outvars[0].aval.shape

    def holds(carry):
        (result,) = eqn.run(p["cond_jaxpr"], *condition_consts, *unflatten(carry, types))
        return ops.expand(result, batch)

    def any_holds(each):
        return each if not batch else ops.cast(ops.reduce("ReduceMax", ops.cast(each, INT), range(len(batch))), BOOL)

    def advance(carry):
        return flatten(eqn.run(p["body_jaxpr"], *body_consts, *unflatten(carry, types)), types)

    def loop_body(iteration, *state):
        if not batch:
            carry = advance(state)
            return holds(carry), carry, []
        going, *old = state
        new = []
        for before, after in zip(old, advance(old), strict=True):
            chosen = ops.reshape(going, going.shape + (1,) * (len(after.shape) - len(batch)))
            new.append(ops.where(chosen, after, before))
        going = holds(new)
        return any_holds(going), [going, *new], []

    if 0 in batch:  # nothing to loop for
        return unflatten(carry, types)
    each = holds(carry)
    state = [each, *carry] if batch else carry
    results = ops.loop(eqn.builder, None, any_holds(each), state, loop_body, [])
    return unflatten(results[1:] if batch else results, types)


@rule("cond", on_values=True)
def cond(eqn, index, *operands):
    """Two branches: ONNX's If. More: one If inside the other."""
    branches, outputs = eqn.params["branches"], word_types(eqn.outputs)
    index = ops.reshape(index, ())

    def branch(k):
        return lambda: flatten(eqn.run(branches[k], *operands), eqn.outputs)

    def from_branch(k):
        """Branch k or a later one."""
        if k == len(branches) - 1:
            return branch(k)()
        return ops.if_else(index <= k, branch(k), lambda: from_branch(k + 1), outputs)

    if not outputs:
        return []
    if index.value is not None:
        return eqn.run(branches[min(max(int(index.value), 0), len(branches) - 1)], *operands)
    if len(branches) == 2:
        is_second = ops.cast(index, BOOL) if eqn.inputs[0].dtype == INT else index
        return unflatten(ops.if_else(is_second, branch(1), branch(0), outputs), eqn.outputs)
    return unflatten(from_branch(0), eqn.outputs)


@rule("empty2", on_values=True)
def empty2(eqn):
    """A number that nobody reads, in the derivative of a branch that is not taken: zero, as in XLA."""
    if eqn.output.is_key:
        raise eqn.refuse("it stands for a random key")
    return eqn.builder.constant(np.zeros((), eqn.output.stored))
