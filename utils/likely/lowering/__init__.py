"""Traced JAX programs as ONNX, so that a page runs the function that a notebook wrote.

    closed_jaxpr = jax.make_jaxpr(function)(*arrays)
    lowering.check(closed_jaxpr)                                # raises Unsupported, names the author's line
    model = lowering.lower(closed_jaxpr, ["x"], ["y"])          # bytes of an ONNX model
    lowering.parity(closed_jaxpr, model, [x])                   # how far the two hosts are apart

`program` walks the jaxpr and applies the rule of each primitive; a rule writes operators of `operations` into the
light graph of `graph`; `serialise` turns that into ONNX. `check` is the same walk without the last step.

To add a primitive, write its rule in the module of its family in `rules`, for example

    @rule("square", lazy=True)          # lazy: inputs may still be broadcast, as an elementwise rule allows
    def square(eqn, x):                 # eqn: parameters, types; raise eqn.refuse("why") for what cannot run
        return x * x

and a line in the table of its family in tests/unit/test_lowering_values.py, with the inputs where it could go wrong.
A rule is right on its whole domain or refuses the rest.

What is not promised:
- numbers near and below the least normal float32 (1.2e-38) may be flushed to zero in one host and not in the other;
- the sign and the payload of a NaN (top_k takes every NaN for the largest);
- the sign of a zero, which a select, a maximum or a sum may lose;
- the last digits of a float32, and so a discrete result where two scores are closer than that.
"""

from __future__ import annotations

from collections.abc import Sequence

from likely.lowering import rules  # noqa: F401  (registers the rules)
from likely.lowering.errors import Unsupported
from likely.lowering.parity import Difference, Session, difference, parity
from likely.lowering.program import RULES, build

__all__ = ["Difference", "Session", "Unsupported", "check", "difference", "lower", "parity", "primitives"]


def check(closed_jaxpr) -> None:
    """Raise Unsupported if the page cannot run this program: exactly the programs that `lower` refuses.

    closed_jaxpr: from `jax.make_jaxpr(function)(*arrays)`. Imports no onnx; milliseconds for a training step.
    """
    build(closed_jaxpr)


def lower(closed_jaxpr, input_names: Sequence[str], output_names: Sequence[str], name: str = "program") -> bytes:
    """A traced program as a serialised ONNX model: opset 21, static shapes.

    closed_jaxpr: its inputs and outputs are arrays of float32, int32, uint32 or bool; so are those of the model,
        in the same order under the given names. An input that the program does not use is an input of the model all
        the same, and must be fed.
    Raises Unsupported for a program that the page cannot run; ValueError for names that do not match.
    """
    from likely.lowering.serialise import serialise

    names = [*input_names, *output_names]
    counts = (len(closed_jaxpr.in_avals), len(closed_jaxpr.out_avals))
    if (len(input_names), len(output_names)) != counts or len(set(names)) != len(names) or "" in names:
        raise ValueError(f"the program wants {counts[0]} input and {counts[1]} output names, all different: {names}")
    return serialise(build(closed_jaxpr).program, input_names, output_names, name)


def primitives() -> list[str]:
    """The names of the JAX primitives that have a rule."""
    return sorted(RULES)
