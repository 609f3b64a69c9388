"""Move uses from one value to another, so that graph outputs keep their names."""

from __future__ import annotations

from typing import Any

import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.structure import graphs


def can_stand_for(value: ir.Value, replaced: ir.Value) -> bool:
    """Whether ``value`` can take the place of ``replaced``, the name of a graph output included."""
    if not replaced.is_graph_output():
        return True
    producer, owner = value.producer(), replaced.producer()
    if producer is None or owner is None or producer.graph is not owner.graph:
        return False
    return not value.is_graph_output() and not any(use.node.graph is not owner.graph for use in value.uses())


def stand_for(value: ir.Value, replaced: ir.Value) -> None:
    """Let every user of ``replaced``, and the graph's outputs, have ``value`` instead."""
    assert can_stand_for(value, replaced)
    if value.shape is None:
        value.shape = replaced.shape
    if value.type is None:
        value.type = replaced.type
    if not replaced.is_graph_output():
        replaced.replace_all_uses_with(value)
        return
    name = replaced.name
    replaced.replace_all_uses_with(value, replace_graph_outputs=True)
    replaced.name = f"{name}_before"
    value.name = name


def value_names(model: ir.Model) -> set[str]:
    taken: set[str] = set()
    for graph in graphs(model):
        taken.update(value.name or "" for value in graph.inputs)
        taken.update(graph.initializers)
        taken.update(value.name or "" for node in graph for value in node.outputs)
    return taken


def free_name(stem: str, names: set[str]) -> str:
    """``stem`` or ``stem_2`` and so on, taken from now on; ``names`` are those that are taken."""
    name, number = stem, 1
    while name in names:
        number += 1
        name = f"{stem}_{number}"
    names.add(name)
    return name


def new_initializer(graph: ir.Graph, stem: str, array: NDArray[Any], names: set[str]) -> ir.Value:
    """A further initializer, named as ``free_name`` says."""
    name = free_name(stem, names)
    value = ir.Value(
        name=name,
        shape=ir.Shape(array.shape),
        type=ir.TensorType(ir.DataType.from_numpy(array.dtype)),
        const_value=ir.tensor(array, name=name),
    )
    graph.register_initializer(value)
    return value
