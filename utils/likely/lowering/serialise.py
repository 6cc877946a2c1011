"""Our graph as a serialised ONNX model. The only module of the lowering that imports onnx."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from likely.lowering.graph import Graph, Tensor, live_nodes

OPSET = 21
IR_VERSION = 10


def serialise(program: Graph, input_names: Sequence[str], output_names: Sequence[str], name: str) -> bytes:
    """The program as bytes of an ONNX ModelProto with static shapes."""
    import onnx
    from onnx import helper, numpy_helper

    live = live_nodes(program)
    names: dict[Tensor, str] = {}
    constants: list[Tensor] = []
    taken = {*input_names, *output_names}

    def name_of(x: Tensor | None) -> str:
        if x is None:
            return ""
        if x not in names:
            fresh = f"{'c' if x.value is not None else 't'}{len(names)}"
            while fresh in taken:
                fresh += "_"
            names[x] = fresh
            if x.value is not None:
                constants.append(x)
        return names[x]

    def describe(x: Tensor):
        return helper.make_tensor_value_info(name_of(x), helper.np_dtype_to_tensor_dtype(x.dtype), x.shape)

    def attribute(value, graph_name: str):
        if isinstance(value, Graph):
            return write(value, graph_name)
        return helper.np_dtype_to_tensor_dtype(value) if isinstance(value, np.dtype) else value

    def write(graph: Graph, graph_name: str):
        inputs = [describe(x) for x in graph.inputs]
        nodes = []
        for node in graph.nodes:
            if node not in live:
                continue
            attributes = {key: attribute(value, f"{graph_name}_{key}") for key, value in node.attributes.items()}
            arguments, results = [name_of(x) for x in node.inputs], [name_of(x) for x in node.outputs]
            nodes.append(helper.make_node(node.operator, arguments, results, **attributes))
        return helper.make_graph(nodes, graph_name, inputs, [describe(x) for x in graph.outputs])

    names.update(zip(program.inputs, input_names, strict=True))
    names.update(zip(program.outputs, output_names, strict=True))
    graph = write(program, name)
    graph.initializer.extend(numpy_helper.from_array(np.asarray(x.value, order="C"), names[x]) for x in constants)
    opset = [helper.make_opsetid("", OPSET)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=IR_VERSION, producer_name="likely")
    onnx.checker.check_model(model)
    return model.SerializeToString()
