"""Shifts, counts of bits, and the bits of a float."""

from __future__ import annotations

import numpy as np

from likely.lowering import operations as ops
from likely.lowering.graph import BOOL, FLOAT, INT
from likely.lowering.program import rule

MANTISSA = 0x7FFFFF  # the low 23 bits of a float32
ONE = 0x3F800000  # the bits of 1.0
NAN = 0x7FC00000
# 2^(e - 127) by the eight exponent bits e; subnormals share the scale of e = 1
SCALES = np.concatenate([[2.0**-126], 2.0 ** (np.arange(1.0, 255.0) - 127), [np.inf]]).astype(np.float32)


@rule("shift_left", lazy=True)
def shift_left(eqn, x, places):
    return ops.shift_left(x, places)


@rule("shift_right_logical", lazy=True)
def shift_right_logical(eqn, x, places):
    return ops.shift_right(x, places)


@rule("shift_right_arithmetic", lazy=True)
def shift_right_arithmetic(eqn, x, places):
    return ops.shift_right_arithmetic(x, places)


@rule("population_count", lazy=True)
def population_count(eqn, x):
    return count_ones(x)


def count_ones(x):
    """Sums of neighbouring bits, in pairs, fours and bytes."""
    if x.dtype == BOOL:
        return x
    x = x - (ops.shift_right(x, 1) & 0x55555555)
    x = (x & 0x33333333) + (ops.shift_right(x, 2) & 0x33333333)
    x = (x + ops.shift_right(x, 4)) & 0x0F0F0F0F
    return ops.shift_right(x * 0x01010101, 24)


@rule("clz", lazy=True)
def count_leading_zeros(eqn, x):
    for places in (1, 2, 4, 8, 16):  # copies the highest bit into all below it
        x = x | ops.shift_right(x, places)
    return 32 - count_ones(x)


@rule("bitcast_convert_type")
def bitcast(eqn, x):
    source, target = eqn.inputs[0].dtype, eqn.output.dtype
    if BOOL in (source, target) and source != target:
        raise eqn.refuse(f"the bits of {source} are not those of {target}")
    if source == FLOAT and target != FLOAT:
        return bits_of_float(x)
    if target == FLOAT and source != FLOAT:
        return float_of_bits(x)
    return x


def float_of_bits(x):
    """The float32 with these bits. One NaN stands for all."""
    mantissa = _mantissa_beside_one(x)
    if mantissa is not None:  # in [1, 2), as jax.random.uniform makes them
        return ops.cast(mantissa, FLOAT) * 2.0**-23 + 1.0
    exponent = ops.shift_right(x, 23) & 0xFF
    fraction = ops.cast(x & MANTISSA, FLOAT) * 2.0**-23
    scale = ops.take(x.builder.constant(SCALES), exponent, 0)
    magnitude = ops.where(ops.equal(exponent, 0), fraction, fraction + 1.0) * scale
    magnitude = ops.where(ops.equal(exponent, 255) & (fraction > 0.0), np.nan, magnitude)
    return ops.where(x < 0, -1.0, 1.0) * magnitude


def _mantissa_beside_one(x):
    """m when x was written as `m | bits of 1.0` and m is known to be below 2²³."""
    if x.node is None or x.node.operator != "BitwiseOr":
        return None
    one, other = x.node.inputs
    if other.value is not None:
        one, other = other, one
    if not ops.is_constant(one, ONE) or other.node is None or other.node.operator != "Cast":
        return None
    shift = other.node.inputs[0].node
    is_right_shift = shift is not None and shift.attributes.get("direction") == "RIGHT"
    if is_right_shift and shift.inputs[1].value is not None and np.all(shift.inputs[1].value >= 9):
        return other
    return None


def bits_of_float(x):
    """The bits of a float32; of any NaN, those of the default one. The exponent is found by halving its range."""
    size = ops.absolute(x)
    is_subnormal = size < 2.0**-126
    scaled, biased = size, x.builder.constant(np.int32(127))
    for step in (64, 32, 16, 8, 4, 2, 1):  # brings a normal number into [1, 2)
        is_large = scaled >= 2.0**step
        scaled = ops.where(is_large, scaled * 2.0**-step, scaled)
        biased = ops.where(is_large, biased + step, biased)
    for step in (64, 32, 16, 8, 4, 2, 1):
        is_small = scaled < 2.0 ** (1 - step)
        scaled = ops.where(is_small, scaled * 2.0**step, scaled)
        biased = ops.where(is_small, biased - step, biased)
    normal = ops.cast((scaled - 1.0) * 2.0**23, INT) | ops.shift_left(biased, 23)
    subnormal = ops.cast(ops.where(is_subnormal, size, 0.0) * 2.0**100 * 2.0**49, INT)  # in units of 2⁻¹⁴⁹
    bits = ops.where(is_subnormal, subnormal, ops.where(size < np.inf, normal, 0x7F800000))
    bits = ops.where(ops.is_nan(x), NAN, bits)
    return ops.where(ops.is_negative(x), bits | ops.INT_MIN, bits)


@rule("nextafter", lazy=True)
def next_after(eqn, x, y):
    """One step in the order of the bits, from x towards y."""
    bits = bits_of_float(x)
    magnitude = bits & ops.INT_MAX
    y_is_negative = ops.is_negative(y)
    from_zero = ops.where(y_is_negative, x.builder.constant(np.int32(ops.INT_MIN + 1)), 1)
    away = ops.equal(x < y, x > 0.0)  # the magnitude grows
    stepped = ops.where(ops.equal(magnitude, 0), from_zero, ops.where(away, bits + 1, bits - 1))
    result = ops.where(ops.equal(x, y), y, float_of_bits(stepped))
    return ops.where(ops.is_nan(x) | ops.is_nan(y), np.nan, result)
