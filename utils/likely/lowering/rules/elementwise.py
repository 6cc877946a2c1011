"""Arithmetic, comparisons, logic, selection and conversion, element by element."""

from __future__ import annotations

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, FLOAT, INT, UNSIGNED
from likely.lowering.program import rule

# The same function of float32 in both; int32 where both have it.
SAME = dict(
    neg="Neg", abs="Abs", sign="Sign", floor="Floor", ceil="Ceil",
    exp="Exp", log="Log", sqrt="Sqrt", sin="Sin", cos="Cos", tan="Tan", tanh="Tanh",
    sinh="Sinh", cosh="Cosh", asin="Asin", acos="Acos", atan="Atan", asinh="Asinh", acosh="Acosh", atanh="Atanh",
    erf="Erf",
)  # fmt: skip


@rule(*SAME, lazy=True)
def same_function(eqn, x):
    if eqn.primitive == "sign" and eqn.output.dtype == UNSIGNED:
        return ops.where(ops.equal(x, 0), x, 1)
    return ops.unary(SAME[eqn.primitive], x)


@rule("add", "add_any", "add_jaxvals", lazy=True)
def add(eqn, x, y):
    return x + y


@rule("sub", lazy=True)
def subtract(eqn, x, y):
    return x - y


@rule("mul", lazy=True)
def multiply(eqn, x, y):
    return x * y


@rule("div", lazy=True)
def divide(eqn, x, y):
    if eqn.output.dtype == FLOAT:
        return x / y
    if eqn.output.dtype == UNSIGNED:  # by zero: all bits set
        quotient = ops.divide(ops.as_unsigned(x), ops.maximum(ops.as_unsigned(y), 1))
        return ops.where(ops.equal(y, 0), -1, ops.from_unsigned(quotient))
    # by zero: -1; by -1: the negative, which for the least integer is itself
    special = ops.where(ops.equal(y, 0), ops.tensors(x, -1)[1], -x)
    is_special = ops.equal(y, 0) | ops.equal(y, -1)
    return ops.where(is_special, special, ops.divide(x, ops.where(is_special, 1, y)))


@rule("rem", lazy=True)
def remainder(eqn, x, y):
    if eqn.output.dtype == FLOAT:
        return ops.remainder(x, y)
    if eqn.output.dtype == UNSIGNED:  # of a division by zero: x
        rest = ops.remainder(ops.as_unsigned(x), ops.maximum(ops.as_unsigned(y), 1))
        return ops.where(ops.equal(y, 0), x, ops.from_unsigned(rest))
    is_special = ops.equal(y, 0) | ops.equal(y, -1)  # of a division by zero: x; by -1: 0
    rest = ops.remainder(x, ops.where(is_special, 1, y))
    return ops.where(ops.equal(y, 0), x, rest)


@rule("max", "min", lazy=True)
def extremum(eqn, x, y):
    largest = eqn.primitive == "max"
    if eqn.output.dtype == BOOL:
        return x | y if largest else x & y
    choose = ops.maximum if largest else ops.minimum
    if eqn.output.dtype == UNSIGNED:
        return ops.in_unsigned_order(choose(ops.in_unsigned_order(x), ops.in_unsigned_order(y)))
    return choose(x, y)


@rule("clamp", lazy=True)
def clamp(eqn, low, x, high):
    if eqn.output.dtype == UNSIGNED:
        low, x, high = map(ops.in_unsigned_order, (low, x, high))
        return ops.in_unsigned_order(ops.minimum(ops.maximum(x, low), high))
    if eqn.output.dtype == BOOL:
        return (x | low) & high
    return ops.minimum(ops.maximum(x, low), high)


@rule("square", lazy=True)
def square(eqn, x):
    return x * x


@rule("one_minus_square", lazy=True)
def one_minus_square(eqn, x):
    return (x + 1.0) * (1.0 - x)


@rule("integer_pow", lazy=True)
def integer_power(eqn, x):
    """By repeated squaring."""
    exponent = eqn.params["y"]
    if exponent == 0:
        return ops.tensors(x, 1)[1]
    if exponent < 0 and eqn.output.dtype != FLOAT:
        raise eqn.refuse("a negative power of an integer is not an integer", "convert to float32 first")
    result, factor, left = None, x, abs(exponent)
    while left:
        if left & 1:
            result = factor if result is None else result * factor
        left >>= 1
        if left:
            factor = factor * factor
    return ops.unary("Reciprocal", result) if exponent < 0 else result


@rule("pow", lazy=True)
def power(eqn, x, y):
    if eqn.output.dtype != FLOAT:
        raise eqn.refuse("only powers of float32 have a kernel", "convert to float32 first")
    return ops.power(x, _to_float(y, eqn.inputs[1].dtype))


@rule("exp2", lazy=True)
def exp2(eqn, x):
    return ops.power(ops.tensors(x, 2.0)[1], x)


@rule("rsqrt", lazy=True)
def reciprocal_square_root(eqn, x):
    return ops.unary("Reciprocal", ops.unary("Sqrt", x))


@rule("logistic", lazy=True)
def logistic(eqn, x):
    """1 / (1 + exp(-x)): ONNX's Sigmoid is 0 already at -18, and its logarithm then wrong."""
    return ops.unary("Reciprocal", ops.exponential(-x) + 1.0)


@rule("round", lazy=True)
def round_(eqn, x):
    if int(eqn.params["rounding_method"]) == 1:  # halves to even
        return ops.unary("Round", x)
    whole = ops.unary("Floor", ops.absolute(x))  # halves away from zero
    fraction = ops.absolute(x) - whole
    return ops.unary("Sign", x) * ops.where(fraction >= 0.5, whole + 1.0, whole)


@rule("is_finite", lazy=True)
def is_finite(eqn, x):
    return ops.absolute(x) < np.inf


COMPARISONS = dict(eq="Equal", ne="Equal", lt="Less", le="LessOrEqual", gt="Greater", ge="GreaterOrEqual")


@rule(*COMPARISONS, lazy=True)
def compare(eqn, x, y):
    name = eqn.primitive
    if name in ("eq", "ne"):
        same = ops.equal(x, y)
        return ~same if name == "ne" else same
    if eqn.inputs[0].dtype == BOOL:
        x, y = ops.cast(x, INT), ops.cast(y, INT)
    if eqn.inputs[0].dtype == UNSIGNED:
        x, y = ops.in_unsigned_order(x), ops.in_unsigned_order(y)
    return ops.binary(COMPARISONS[name], x, y)


@rule("lt_to", "le_to", "eq_to", lazy=True)
def compare_in_total_order(eqn, x, y):
    """-inf < … < -0.0 < 0.0 < … < inf < NaN."""
    if eqn.primitive == "le_to":
        return ~_before(eqn, y, x)
    if eqn.primitive == "eq_to":
        return ~(_before(eqn, x, y) | _before(eqn, y, x))
    return _before(eqn, x, y)


def _before(eqn, x, y):
    if eqn.inputs[0].dtype == UNSIGNED:
        return ops.in_unsigned_order(x) < ops.in_unsigned_order(y)
    if eqn.inputs[0].dtype != FLOAT:
        return ops.cast(x, INT) < ops.cast(y, INT)
    zeros = ops.equal(x, 0.0) & ops.equal(y, 0.0) & ops.is_negative(x) & ~ops.is_negative(y)
    return (x < y) | (~ops.is_nan(x) & ops.is_nan(y)) | zeros


@rule("and", lazy=True)
def both(eqn, x, y):
    return x & y


@rule("or", lazy=True)
def either(eqn, x, y):
    return x | y


@rule("xor", lazy=True)
def differ(eqn, x, y):
    return x ^ y


@rule("not", lazy=True)
def invert(eqn, x):
    return ~x


@rule("select_n", lazy=True, moves_data=True)
def select(eqn, which, *cases):
    if eqn.inputs[0].dtype == BOOL:
        return ops.where(which, cases[1], cases[0]) if len(cases) == 2 else cases[0]
    result = cases[-1]
    for k in range(len(cases) - 2, -1, -1):
        result = ops.where(which <= k, cases[k], result)
    return result


@rule("convert_element_type", lazy=True)
def convert(eqn, x):
    source, target = eqn.inputs[0].dtype, eqn.output.dtype
    if target == FLOAT:
        return _to_float(x, source)
    if target == BOOL:
        return x if source == BOOL else ~ops.equal(x, 0)
    if source == FLOAT:
        return _float_to_integer(x, target)
    return ops.cast(x, INT)


def _to_float(x, source):
    return ops.cast(ops.cast(x, UNSIGNED) if source == UNSIGNED else x, FLOAT)


def _float_to_integer(x, target):
    """Towards zero; NaN becomes 0, what is out of range the nearest bound."""
    bound = 2.0**32 if target == UNSIGNED else 2.0**31  # the first float that is too large
    lowest, highest = (0.0, -1) if target == UNSIGNED else (-bound, ops.INT_MAX)  # -1: all bits set
    inside = ops.where(x < bound, ops.maximum(x, lowest), 0.0)  # 0 for NaN too
    whole = ops.from_unsigned(ops.cast(inside, np.int64)) if target == UNSIGNED else ops.cast(inside, INT)
    return ops.where(x >= bound, highest, whole)


@rule("copy", "copy_p", "stop_gradient", "name", "sharding_constraint", "reduce_precision", "pvary", lazy=True)
def unchanged(eqn, x):
    if eqn.primitive == "reduce_precision" and (eqn.params["exponent_bits"], eqn.params["mantissa_bits"]) != (8, 23):
        raise eqn.refuse("it rounds to a narrower float")
    return x


@rule("optimization_barrier", "device_put", on_values=True)
def all_unchanged(eqn, *values):
    return list(values)
