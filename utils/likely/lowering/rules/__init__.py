"""One rule for each JAX primitive, by family. Importing this package fills `program.RULES`."""

from likely.lowering.rules import (
    bits,
    contractions,
    control_flow,
    elementwise,
    indexing,
    random,
    reductions,
    shapes,
    sorting,
    special_functions,
    windows,
)

__all__ = [
    "bits",
    "contractions",
    "control_flow",
    "elementwise",
    "indexing",
    "random",
    "reductions",
    "shapes",
    "sorting",
    "special_functions",
    "windows",
]
