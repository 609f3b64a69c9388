"""Extremes of values inside the bodies of control flow, as outputs of the whole model.

A runtime hands out outputs of the main graph only. So a value in a body leaves it as two scalars, its smallest and its
largest element; the node that owns the body gives them on, up to the main graph:

- If: the other branch gives +inf and -inf, which nothing changes;
- Loop and Scan: scan outputs, of which the smallest and the largest are taken, with +inf and -inf beside them for a
  body that never ran.

What stays at +inf was never computed on the samples.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import ints_of
from engine.graph.structure import bodies
from engine.quantization.edit import Array, Editor

LOW, HIGH = "low", "high"
_WORST = {LOW: np.inf, HIGH: -np.inf}
_REDUCE = {LOW: "ReduceMin", HIGH: "ReduceMax"}
_OWNERS = ("If", "Loop", "Scan")


@dataclass(frozen=True, slots=True)
class _Place:
    """A body: the node that owns it, and where that stands."""

    owner: ir.Node
    graph: ir.Graph
    outside: ir.Graph


def values_in_bodies(model: ir.Model) -> dict[str, ir.Value]:
    """By name; a name that two values of the model have stands for neither. Only bodies of If, Loop and Scan."""
    seen: dict[str, ir.Value | None] = {}
    for graph in (model.graph, *(place.graph for place in _places(model))):
        for value in (*graph.inputs, *graph.initializers.values(), *(v for node in graph for v in node.outputs)):
            if value.name:
                seen[value.name] = value if value.name not in seen or seen[value.name] is value else None
    inside = {place.graph for place in _places(model)}
    return {name: value for name, value in seen.items() if value is not None and _graph_of(value) in inside}


def expose_extremes(model: ir.Model, names: Iterable[str]) -> tuple[ir.Model, dict[str, tuple[str, str]]]:
    """A clone whose outputs are the extremes of the named values in bodies; by name those of its two outputs."""
    clone = model.clone()
    editor = Editor(clone)
    values = values_in_bodies(clone)
    places = {place.graph: place for place in _places(clone)}
    clone.graph.outputs.clear()
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        ends = []
        for end in (LOW, HIGH):
            graph = _graph_of(values[name])
            assert graph is not None
            reduced = _reduced(editor, end, values[name], name)
            graph.append(reduced)
            scalar = reduced.outputs[0]
            while graph in places:
                place = places[graph]
                scalar = _given_on(editor, place, end, scalar, name)
                graph = place.outside
            clone.graph.outputs.append(scalar)
            ends.append(str(scalar.name))
        found[name] = (ends[0], ends[1])
    return clone, found


def _places(model: ir.Model) -> list[_Place]:
    """Bodies of If, Loop and Scan that only such bodies surround, outer ones first."""
    found: list[_Place] = []
    graphs = [model.graph]
    while graphs:
        outside = graphs.pop()
        for node in outside:
            for graph in bodies(node).values() if node.op_type in _OWNERS else ():
                found.append(_Place(node, graph, outside))
                graphs.append(graph)
    return found


def _graph_of(value: ir.Value) -> ir.Graph | None:
    producer = value.producer()
    found = value.graph if producer is None else producer.graph
    return found if isinstance(found, ir.Graph) else None


def _given_on(editor: Editor, place: _Place, end: str, scalar: ir.Value, name: str) -> ir.Value:
    """The scalar of a body as one of the graph around it."""
    owner = place.owner
    place.graph.outputs.append(scalar)
    if owner.op_type == "If":
        (other,) = (graph for graph in bodies(owner).values() if graph is not place.graph)
        nothing = editor.node("Constant", [], f"{name}/{end}/none", (), attributes=[_tensor(np.array(_WORST[end]))])
        other.append(nothing)
        other.outputs.append(nothing.outputs[0])
        return _new_output(editor, owner, f"{name}/{end}", ir.Shape([]))
    for direction in ("scan_output_directions", "scan_output_axes"):
        if direction in owner.attributes:
            known = ints_of(owner, direction) or ()
            owner.attributes[direction] = ir.AttrInt64s(direction, [*known, 0])
    stacked = _new_output(editor, owner, f"{name}/{end}/all", ir.Shape([None]))
    nothing = editor.node("Constant", [], f"{name}/{end}/none", (), attributes=[_tensor(np.array([_WORST[end]]))])
    joined = editor.node(
        "Concat", [stacked, nothing.outputs[0]], f"{name}/{end}/Concat", (), attributes=[ir.AttrInt64("axis", 0)]
    )
    reduced = _reduced(editor, end, joined.outputs[0], name)
    place.outside.insert_after(owner, [nothing, joined, reduced])
    return reduced.outputs[0]


def _reduced(editor: Editor, end: str, value: ir.Value, name: str) -> ir.Node:
    keep = ir.AttrInt64("keepdims", 0)
    return editor.node(_REDUCE[end], [value], f"{name}/{end}/{_REDUCE[end]}", (), attributes=[keep], shape=ir.Shape([]))


def _tensor(array: Array) -> ir.Attr:
    return ir.AttrTensor("value", ir.tensor(array.astype(np.float32)))


def _new_output(editor: Editor, node: ir.Node, name: str, shape: ir.Shape) -> ir.Value:
    node.resize_outputs(len(node.outputs) + 1)
    value = node.outputs[-1]
    value.name, value.type, value.shape = editor.unique(name), ir.TensorType(ir.DataType.FLOAT), shape
    return value
