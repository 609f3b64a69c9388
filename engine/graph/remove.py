"""Take out nodes that hand their input on, and whatever nothing uses. In place."""

from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of
from engine.graph.constants import constant, is_op
from engine.graph.rewire import can_stand_for, stand_for
from engine.graph.structure import bodies


def remove_identities(model: ir.Model) -> int:
    """How many nodes were removed that changed nothing: Identity, Dropout, Cast to the same type, and their like."""
    count = 0
    for graph in list(model.graphs()):
        for node in list(graph):
            value = _unchanged(node)
            if value is None or not can_stand_for(value, node.outputs[0]):
                continue
            stand_for(value, node.outputs[0])
            graph.remove(node, safe=True)
            count += 1
    return count


def _unchanged(node: ir.Node) -> ir.Value | None:
    """The input that a node hands on, None where it does anything to it."""
    data = input_of(node, 0)
    if data is None or any(value.uses() or value.is_graph_output() for value in node.outputs[1:]):
        return None
    same = (
        is_op(node, "Identity")
        or (is_op(node, "Dropout") and not _trains(node))
        or (is_op(node, "Cast") and data.dtype is not None and data.dtype.value == int_of(node, "to", 0))
        or (is_op(node, "Concat", "Sum", "Max", "Min", "Mean") and len(node.inputs) == 1)
        or (is_op(node, "Transpose") and _keeps_order(node))
    )
    return data if same else None


def _trains(node: ir.Node) -> bool:
    mode = input_of(node, 2)
    if mode is None:
        return False
    tensor = constant(mode)
    return tensor is None or bool(np.any(tensor.numpy()))


def _keeps_order(node: ir.Node) -> bool:
    order = ints_of(node, "perm")
    return order is not None and list(order) == sorted(order)


def remove_dead(model: ir.Model) -> tuple[int, int]:
    """How many nodes and how many initializers were removed that nothing uses."""
    nodes = _remove_dead_nodes(model.graph)
    initializers = 0
    for graph in model.graphs():
        for name, value in list(graph.initializers.items()):
            if not value.uses() and not value.is_graph_output() and not value.is_graph_input():
                graph.initializers.pop(name)
                initializers += 1
    return nodes, initializers


def _remove_dead_nodes(graph: ir.Graph) -> int:
    count = 0
    for node in reversed(list(graph)):
        if not any(value.uses() or value.is_graph_output() for value in node.outputs):
            for body in bodies(node).values():
                _detach(body)
            graph.remove(node, safe=True)
            count += 1
        else:
            count += sum(_remove_dead_nodes(body) for body in bodies(node).values())
    return count


def _detach(body: ir.Graph) -> None:
    """Let go of the outer values that a removed body uses."""
    for node in body:
        for inner in bodies(node).values():
            _detach(inner)
        for position in range(len(node.inputs)):
            node.replace_input_with(position, None)
