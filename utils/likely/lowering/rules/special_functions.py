"""Functions that ONNX lacks, or has with too few right digits, written with arithmetic.

Coefficients and ranges are those of XLA, so that both hosts make the same error.
"""

from __future__ import annotations

import functools
import math

import jax
import numpy as np

from likely.lowering import operations as ops
from likely.lowering.program import rule


def polynomial(coefficients, x):
    """Horner's scheme; the highest power first."""
    result = ops.tensors(x, coefficients[0])[1]
    for c in coefficients[1:]:
        result = result * x + c
    return result


def log1p_of(x):
    """log(1 + x). With u = 1 + x as rounded, log(u) x / (u - 1) corrects the rounding (Kahan; Higham 2002, §1.14.1)."""
    u = x + 1.0
    rounded = u - 1.0
    corrected = ops.where(ops.equal(rounded, 0.0), x, ops.logarithm(u) * (x / rounded))
    return ops.where(ops.equal(rounded, x), ops.logarithm(u), corrected)  # also for an infinite x


@rule("log1p", lazy=True)
def log1p(eqn, x):
    return log1p_of(x)


@rule("expm1", lazy=True)
def expm1(eqn, x):
    """exp(x) - 1 = tanh(x/2) (exp(x) + 1), without cancellation."""
    return ops.unary("Tanh", x * 0.5) * (ops.exponential(x) + 1.0)


@rule("cbrt", lazy=True)
def cube_root(eqn, x):
    return ops.unary("Sign", x) * ops.power(ops.absolute(x), 1.0 / 3.0)


@rule("atan2", lazy=True)
def atan2(eqn, y, x):
    """The angle of (x, y), also for signed zeros and in the four infinite corners."""
    height, width = ops.absolute(y), ops.absolute(x)
    small, large = ops.minimum(height, width), ops.maximum(height, width)
    slope = ops.where(ops.equal(small, large), ops.where(ops.equal(large, 0.0), large, 1.0), small / large)
    angle = ops.unary("Atan", slope)
    angle = ops.where(height > width, math.pi / 2 - angle, angle)
    angle = ops.where(ops.is_negative(x), math.pi - angle, angle)
    return ops.sign_factor(y) * angle


# Giles (2010), "Approximating the erfinv function", single precision.
ERF_INV_CENTRE = (
    2.81022636e-08, 3.43273939e-07, -3.5233877e-06, -4.39150654e-06, 0.00021858087, -0.00125372503,
    -0.00417768164, 0.246640727, 1.50140941,
)  # fmt: skip
ERF_INV_TAIL = (
    -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
    0.00943887047, 1.00167406, 2.83297682,
)  # fmt: skip


@rule("erf_inv", lazy=True)
def erf_inv(eqn, x):
    w = -log1p_of(-x * x)
    centre = polynomial(ERF_INV_CENTRE, w - 2.5)
    tail = polynomial(ERF_INV_TAIL, ops.unary("Sqrt", w) - 3.0)
    inside = ops.where(w < 5.0, centre, tail) * x
    return ops.where(ops.equal(ops.absolute(x), 1.0), x * np.inf, inside)


# erfc(|x|) = exp(-x²) / |x| P(1/x²), for 1 < |x| < 2 and beyond (Cephes, ndtrf.c)
ERFC_NEAR = (
    2.326819970068386e-2, -1.387039388740657e-1, 3.687424674597105e-1, -5.824733027278666e-1,
    6.210004621745983e-1, -4.944515323274145e-1, 3.404879937665872e-1, -2.741127028184656e-1,
    5.638259427386472e-1,
)  # fmt: skip
ERFC_FAR = (
    -1.047766399936249e1, 1.297719955372516e1, -7.495518717768503e0, 2.921019019210786e0,
    -1.015265279202700e0, 4.218463358204948e-1, -2.820767439740514e-1, 5.641895067754075e-1,
)  # fmt: skip


@rule("erfc", lazy=True)
def erfc(eqn, x):
    size = ops.absolute(x)
    inverse = 1.0 / ops.maximum(size, 1.0)
    near, far = polynomial(ERFC_NEAR, inverse * inverse), polynomial(ERFC_FAR, inverse * inverse)
    tail = ops.exponential(-x * x) * inverse * ops.where(size < 2.0, near, far)
    tail = ops.where(x < 0.0, 2.0 - tail, tail)
    return ops.where(size > 1.0, tail, 1.0 - ops.unary("Erf", x))


# Lanczos' approximation of Γ with g = 7, n = 9
LANCZOS_G = 7.0
LANCZOS = (
    0.99999999999980993, 676.520368121885098567009190444019, -1259.13921672240287047156078755283,
    771.3234287776530788486528258894, -176.61502916214059906584551354, 12.507343278686904814458936853,
    -0.13857109526572011689554707, 9.984369578019570859563e-6, 1.50563273514931155834e-7,
)  # fmt: skip


def _lanczos(x):
    """(is reflected, z, Σ, Σ', log t): Γ(z + 1) for z = x - 1, or for z = -x where x < 1/2."""
    reflected = x < 0.5
    z = ops.where(reflected, -x, x - 1.0)
    total, slope = LANCZOS[0], 0.0
    for k, c in enumerate(LANCZOS[1:], start=1):
        total = c / (z + float(k)) + total
        slope = slope - c / ((z + float(k)) * (z + float(k)))
    log_t = log1p_of(z * (1.0 / (LANCZOS_G + 0.5))) + math.log(LANCZOS_G + 0.5)
    return reflected, z, total, slope, log_t


@rule("lgamma", lazy=True)
def lgamma(eqn, x):
    """log|Γ(x)|, by reflection for x < 1/2; infinite at 0, -1, -2, … and at the infinities."""
    reflected, z, total, _, log_t = _lanczos(x)
    t = z + LANCZOS_G + 0.5
    direct = (z + 0.5 - t / log_t) * log_t + ops.logarithm(total) + 0.5 * math.log(2 * math.pi)
    size = ops.absolute(x)
    fraction = size - ops.unary("Floor", size)
    fraction = ops.where(fraction > 0.5, 1.0 - fraction, fraction)
    log_sine = ops.logarithm(ops.unary("Sin", fraction * math.pi))
    mirrored = ops.where(ops.absolute(log_sine) < np.inf, math.log(math.pi) - log_sine - direct, -log_sine)
    return ops.where(ops.equal(size, np.inf), size, ops.where(reflected, mirrored, direct))


@rule("digamma", lazy=True)
def digamma(eqn, x):
    """Γ'(x)/Γ(x), by reflection for x < 1/2; NaN at -1, -2, …, and at 0 what JAX has there."""
    reflected, z, total, slope, log_t = _lanczos(x)
    t = z + LANCZOS_G + 0.5
    direct = log_t + slope / total - LANCZOS_G / t
    fraction = x + ops.absolute(ops.unary("Floor", x + 0.5))
    angle = fraction * math.pi
    mirrored = direct - math.pi * ops.unary("Cos", angle) / ops.unary("Sin", angle)
    at_pole = (x <= 0.0) & ops.equal(x, ops.unary("Floor", x))
    result = ops.where(at_pole, np.nan, ops.where(reflected, mirrored, direct))
    return ops.where(ops.equal(x, 0.0), _digamma_at_zero(), result)


@functools.cache
def _digamma_at_zero() -> float:
    """NaN in JAX 0.10, -inf in 0.12."""
    with jax.ensure_compile_time_eval():
        return float(jax.lax.digamma(np.float32(0)))
