"""A light graph of ONNX operators: tensors, nodes, nested graphs. No onnx here, so that a check costs little.

Built with three habits that keep graphs small:
- an expression of constants is evaluated while building (`fold`), unless its result would be large;
- the same operator on the same inputs is written once;
- inside a loop's body a node that depends on nothing in the body goes before the loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np

FLOAT, DOUBLE, INT, LONG, UNSIGNED, BOOL = map(np.dtype, ("float32", "float64", "int32", "int64", "uint32", "bool"))
FOLDED_SIZE = 1024  # elements: a larger constant is computed in the page rather than shipped
SHARED_BYTES = 1 << 16  # constants up to this size are compared by content


class Tensor:
    """A value in the graph: of known dtype and shape, either a constant or made by a node (or an input)."""

    __slots__ = ("builder", "dtype", "graph", "node", "shape", "value")

    def __init__(self, builder, dtype, shape, value=None, graph=None, node=None):
        self.builder: Builder = builder
        self.dtype: np.dtype = dtype
        self.shape: tuple[int, ...] = shape
        self.value: np.ndarray | None = value  # of a constant
        self.graph: Graph | None = graph  # None for a constant
        self.node: Node | None = node  # None for a constant and for a graph's input

    @property
    def size(self) -> int:
        return int(np.prod(self.shape))

    def __repr__(self):
        return f"{self.dtype}{list(self.shape)}"


@dataclass(eq=False)
class Node:
    operator: str
    inputs: tuple[Tensor | None, ...]  # None: an optional input left out
    outputs: tuple[Tensor, ...]
    attributes: dict


@dataclass(eq=False)
class Graph:
    """The program, a loop's body or a branch."""

    depth: int
    is_branch: bool = False  # a branch may not run, so nothing moves out of it
    inputs: list[Tensor] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    known: dict = field(default_factory=dict)  # (operator, inputs, attributes) -> outputs


class Builder:
    """Writes nodes into the graph they belong to."""

    def __init__(self):
        self.program = Graph(depth=0)
        self._open = [self.program]
        self._constants: dict = {}

    def constant(self, value, dtype=None) -> Tensor:
        value = np.asarray(value, dtype)
        if value.nbytes > SHARED_BYTES:
            return Tensor(self, value.dtype, value.shape, value)
        key = (value.dtype, value.shape, value.tobytes())
        if key not in self._constants:
            self._constants[key] = Tensor(self, value.dtype, value.shape, value)
        return self._constants[key]

    def input(self, dtype, shape) -> Tensor:
        """A new input of the graph being built."""
        tensor = Tensor(self, np.dtype(dtype), tuple(shape), graph=self._open[-1])
        self._open[-1].inputs.append(tensor)
        return tensor

    def emit(
        self,
        operator: str,
        inputs: Sequence[Tensor | None],
        outputs: Sequence[tuple[np.dtype, tuple[int, ...]]],
        fold: Callable | None = None,
        **attributes,
    ) -> tuple[Tensor, ...]:
        """Write one node, or find the one that already computes this, or compute it now."""
        if fold and self._folds(inputs, outputs):
            with np.errstate(all="ignore"):
                value = np.asarray(fold(*(x.value for x in inputs)), outputs[0][0])
            return (self.constant(value.reshape(outputs[0][1])),)
        graph = self._home(inputs, attributes)
        shareable = not any(isinstance(a, Graph) for a in attributes.values())
        key = (operator, tuple(inputs), tuple(sorted(attributes.items()))) if shareable else None
        if key is not None and key in graph.known:
            return graph.known[key]
        node = Node(operator, tuple(inputs), (), attributes)
        node.outputs = tuple(Tensor(self, np.dtype(d), tuple(s), graph=graph, node=node) for d, s in outputs)
        graph.nodes.append(node)
        if key is not None:
            graph.known[key] = node.outputs
        return node.outputs

    @staticmethod
    def _folds(inputs, outputs) -> bool:
        if any(x is None or x.value is None for x in inputs):
            return False
        return int(np.prod(outputs[0][1])) <= max([FOLDED_SIZE, *(x.size for x in inputs)])

    def _home(self, inputs, attributes) -> Graph:
        """The outermost open graph in which a node can stand."""
        if any(isinstance(a, Graph) for a in attributes.values()):
            return self._open[-1]  # its subgraphs may reach for anything in sight
        home = next((g for g in reversed(self._open) if g.is_branch), self.program)
        for x in inputs:
            if x is not None and x.graph is not None and x.graph.depth > home.depth:
                home = x.graph
        return home

    @contextmanager
    def subgraph(self, is_branch: bool = False):
        """Open a loop's body or a branch; nodes of the enclosing graphs stay in sight. Close it with `finish`."""
        graph = Graph(len(self._open), is_branch)
        self._open.append(graph)
        try:
            yield graph
        finally:
            self._open.pop()

    def finish(self, graph: Graph, outputs: Sequence[Tensor]) -> None:
        """Set a graph's outputs. ONNX wants each to be made by a node of that graph, and none twice."""
        for x in outputs:
            if x.node is None or x.graph is not graph or x in graph.outputs:
                node = Node("Identity", (x,), (), {})
                x = Tensor(self, x.dtype, x.shape, graph=graph, node=node)
                node.outputs = (x,)
                graph.nodes.append(node)
            graph.outputs.append(x)


def live_nodes(program: Graph) -> set[Node]:
    """The nodes on which the outputs depend, through nested graphs."""
    live: set[Node] = set()
    pending = [x.node for x in program.outputs]
    while pending:
        node = pending.pop()
        if node is None or node in live:
            continue
        live.add(node)
        pending += [x.node for x in node.inputs if x is not None]
        for attribute in node.attributes.values():
            if isinstance(attribute, Graph):
                pending += [x.node for x in attribute.outputs]
    return live
