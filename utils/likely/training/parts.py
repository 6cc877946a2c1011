"""A model as the arrays that are trained, those that only come along, and what is neither."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

__all__ = ["Form", "take_apart"]


def _is_module(node: Any) -> bool:
    return isinstance(node, nnx.Module)


@dataclass(frozen=True)
class Form:
    """What is left of a model without its arrays; hashable, and equal for models that differ in their arrays only.

    A pytree of arrays has no more form than its two parts have, each with None where the other has an array: the three
    fields are None. For NNX modules they are the graph while training, the graph in eval mode, and which variables are
    trained.
    """

    graph: Any = None
    graph_eval: Any = None
    trains: Any = None

    def model(self, trained: Any, rest: Any, *, training: bool) -> Any:
        """The model of these arrays; in training mode or in eval mode if it has modes."""
        if self.graph is None:
            return jax.tree.map(lambda a, b: b if a is None else a, trained, rest, is_leaf=lambda a: a is None)
        return nnx.merge(self.graph if training else self.graph_eval, trained, rest, copy=True)

    def rest(self, model: Any, before: Any) -> Any:
        """What comes along, as using the model has left it: running averages, the state of dropout."""
        return before if self.graph is None else nnx.split(model, self.trains, ...)[2]


def take_apart(model: Any, trains: Any = nnx.Param) -> tuple[Form, Any, Any]:
    """The form of a model, the arrays that are trained, and the rest; the model itself stays as it is.

    model: NNX modules, of whose variables `trains` (a filter of NNX) are trained, or a pytree of arrays, of which those
    of floating point are. Raises TypeError for anything else, ValueError where nothing would be trained.
    """
    if any(_is_module(node) for node in jax.tree.leaves(model, is_leaf=_is_module)):
        form, trained, rest = _modules(model, trains)
    else:
        form, trained, rest = _pytree(model)
    if not jax.tree.leaves(trained):
        raise ValueError("this model has no arrays to train")
    return form, trained, rest


def _modules(model: Any, trains: Any) -> tuple[Form, Any, Any]:
    graphs = []
    for mode in ("eval", "train"):
        copy = nnx.clone(model)
        for node in jax.tree.leaves(copy, is_leaf=_is_module):
            if _is_module(node):
                getattr(node, mode)()
        graph, trained, rest = nnx.split(copy, trains, ...)
        graphs.append(graph)
    return Form(graphs[1], graphs[0], trains), trained, rest


def _pytree(model: Any) -> tuple[Form, Any, Any]:
    def array(path, leaf):
        if isinstance(leaf, (jax.Array, np.ndarray, np.generic, float, int)):
            return leaf if isinstance(leaf, jax.Array) else jnp.asarray(np.asarray(leaf))
        where = jax.tree_util.keystr(path) or "itself"
        raise TypeError(f"a model is an nnx.Module or a pytree of arrays; this one holds {leaf!r} at {where}")

    arrays = jax.tree_util.tree_map_with_path(array, model)
    learns = jax.tree.map(lambda a: jnp.issubdtype(a.dtype, jnp.floating), arrays)
    trained = jax.tree.map(lambda a, yes: a if yes else None, arrays, learns)
    rest = jax.tree.map(lambda a, yes: None if yes else a, arrays, learns)
    return Form(), trained, rest
