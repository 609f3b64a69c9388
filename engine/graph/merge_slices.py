"""Merge a Slice into the Slice before it, where they cut different axes. In place.

Exporters write ``x[:, :, ::2, ::2]`` as one Slice for each axis; each is a kernel that copies what is left. Along
different axes the order does not matter, so that one Slice with all the axes gives the same. Refused where starts,
ends, axes or steps are not constant, or anybody else reads what is between.
"""

from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of
from engine.graph.constants import constant, is_op
from engine.graph.layers import origins, set_origins
from engine.graph.rewire import can_stand_for, new_initializer, stand_for, value_names

_PARTS = ("starts", "ends", "axes", "steps")


def merge_slices(model: ir.Model) -> int:
    """How many were merged into the one before."""
    merged = 0
    names = value_names(model)
    for graph in list(model.graphs()):
        for node in list(graph):
            data = input_of(node, 0) if is_op(node, "Slice") else None
            before = None if data is None else data.producer()
            if data is None or before is None or not is_op(before, "Slice") or before.graph is not node.graph:
                continue
            first, second = _cut(before), _cut(node)
            if first is None or second is None or len(data.uses()) != 1 or data.is_graph_output():
                continue
            if set(first["axes"]) & set(second["axes"]) or not can_stand_for(data, node.outputs[0]):
                continue
            _merge(before, node, {part: [*first[part], *second[part]] for part in _PARTS}, names)
            merged += 1
    return merged


def _cut(node: ir.Node) -> dict[str, list[int]] | None:
    """The four parts of a Slice (of opset 10 on), axes counted from the front; None where one is not known."""
    data = input_of(node, 0)
    rank = None if data is None or data.shape is None else len(data.shape)
    found: dict[str, list[int]] = {}
    for position, part in enumerate(_PARTS, start=1):
        value = input_of(node, position)
        tensor = constant(value)
        if value is not None:
            if tensor is None or value.is_graph_input():
                return None
            found[part] = [int(number) for number in tensor.numpy().reshape(-1)]
    if "starts" not in found or "ends" not in found:
        return None
    count = len(found["starts"])
    axes = found.get("axes", list(range(count)))
    if rank is None and any(axis < 0 for axis in axes):
        return None
    found["axes"] = [axis + (rank or 0) if axis < 0 else axis for axis in axes]
    found.setdefault("steps", [1] * count)
    return found


def _merge(before: ir.Node, node: ir.Node, parts: dict[str, list[int]], names: set[str]) -> None:
    graph = node.graph
    assert isinstance(graph, ir.Graph)
    before.resize_inputs(5)
    for position, part in enumerate(_PARTS, start=1):
        value = new_initializer(graph, f"{before.name}_{part}", np.asarray(parts[part], np.int64), names)
        before.replace_input_with(position, value)
    set_origins(before, (*(origins(before) or (before.name or "",)), *(origins(node) or (node.name or "",))))
    before.outputs[0].shape = node.outputs[0].shape
    stand_for(before.outputs[0], node.outputs[0])
    graph.remove(node, safe=True)
