"""Turn a ReduceMean over all spatial axes into the GlobalAveragePool that it is. In place.

Exporters write a network's last pooling either way. Runtimes fuse and quantize GlobalAveragePool, for which they have
kernels in the layout of a Conv and in integers, and leave ReduceMean as it is. Without ``keepdims`` a Flatten follows.
"""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of
from engine.graph.constants import constant, is_op
from engine.graph.layers import origins, set_origins


def pool_means(model: ir.Model) -> int:
    """How many were turned."""
    turned = 0
    for graph in list(model.graphs()):
        for node in list(graph):
            data = input_of(node, 0) if is_op(node, "ReduceMean") else None
            if data is not None and _is_pooling(node, data):
                _turn(node, data)
                turned += 1
    return turned


def _is_pooling(node: ir.Node, data: ir.Value) -> bool:
    """Over the axes from 2 on of what a layer with channels gives; only there is the rest a matter of channels."""
    if data.shape is None or not 3 <= len(data.shape) <= 5 or data.dtype != ir.DataType.FLOAT:
        return False
    rank = len(data.shape)
    given = input_of(node, 1)
    tensor = constant(given)
    if "axes" in node.attributes:
        axes = list(ints_of(node, "axes") or ())
    elif tensor is not None and given is not None and not given.is_graph_input():
        axes = [int(axis) for axis in tensor.numpy().reshape(-1)]
    else:
        return False
    return {axis % rank for axis in axes} == set(range(2, rank)) and _has_channels(data)


def _has_channels(value: ir.Value) -> bool:
    """Whether a Conv made it, through ops that work on each element by itself."""
    waiting, seen = [value], 0
    while waiting and seen < 16:
        seen += 1
        node = waiting.pop().producer()
        if node is None:
            continue
        if is_op(node, "Conv", "ConvTranspose", "BatchNormalization", "MaxPool", "AveragePool"):
            return True
        if is_op(node, "Relu", "Clip", "Add", "Mul", "Sigmoid", "HardSwish", "HardSigmoid", "LeakyRelu", "Concat"):
            waiting += [given for given in node.inputs if given is not None]
    return False


def _turn(node: ir.Node, data: ir.Value) -> None:
    graph, result = node.graph, node.outputs[0]
    assert isinstance(graph, ir.Graph)
    came_from = origins(node) or (node.name or "",)
    pool = ir.node("GlobalAveragePool", [data], name=node.name)
    pool.outputs[0].type = result.type
    pool.outputs[0].shape = ir.Shape([*list(data.shape or ())[:2], *[1] * (len(data.shape or ()) - 2)])
    set_origins(pool, came_from)
    made = [pool]
    if not int_of(node, "keepdims", 1):
        pool.outputs[0].name = f"{result.name}_pooled"
        made.append(ir.node("Flatten", [pool.outputs[0]], {"axis": 1}, name=f"{node.name}/Flatten"))
        set_origins(made[1], came_from)
    last = made[-1].outputs[0]
    last.type, last.shape, last.name = result.type, result.shape, result.name
    graph.insert_before(node, made)
    result.name = f"{result.name}_replaced"
    result.replace_all_uses_with(last, replace_graph_outputs=True)
    graph.remove(node, safe=True)
