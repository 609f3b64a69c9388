"""The small integers of a graph (axes, pads, shapes): what is known of them, and how to write other ones.

Exporters compute Reshape targets from Shape, Gather and Concat. ``elements`` follows that as far as numbers are known;
``write`` replaces some of the numbers, by a constant where all are known, otherwise by choosing between the computed
ones and the new ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import is_op, small_ints
from engine.graph.layers import origins, set_origins
from engine.graph.rewire import new_initializer

Elements = tuple[int | None, ...]
_DEPTH = 24


def elements(value: ir.Value | None, depth: int = _DEPTH) -> Elements | None:
    """The numbers of a vector of integers, None for each that is computed at run time; None without a length."""
    if value is None:
        return None
    if not value.is_graph_input() and (written := small_ints(value, 1024)) is not None:
        return written
    length = _length(value)
    node = value.producer()
    if node is None or depth == 0:
        return length
    found = _computed(node, depth - 1)
    return length if found is None else found


def _length(value: ir.Value) -> Elements | None:
    if value.shape is None or len(value.shape) > 1:
        return None
    size = value.shape[0] if len(value.shape) else 1
    return (None,) * size if isinstance(size, int) and size <= 1024 else None


def _computed(node: ir.Node, depth: int) -> Elements | None:
    if is_op(node, "Shape"):
        data = input_of(node, 0)
        if data is None or data.shape is None:
            return None
        sizes = tuple(size if isinstance(size, int) and size >= 0 else None for size in data.shape)
        return sizes[int_of(node, "start", 0) : int_of(node, "end", len(sizes))]
    if is_op(node, "Concat"):
        parts = [elements(part, depth) for part in node.inputs]
        return None if None in parts else tuple(number for part in parts if part is not None for number in part)
    if is_op(node, "Unsqueeze", "Squeeze", "Cast", "Identity", "Reshape"):
        return elements(input_of(node, 0), depth)
    if is_op(node, "Gather"):
        table, wanted = elements(input_of(node, 0), depth), small_ints(input_of(node, 1))
        if table is None or wanted is None or any(not -len(table) <= index < len(table) for index in wanted):
            return None
        return tuple(table[index] for index in wanted)
    if is_op(node, "Slice") and len(node.inputs) >= 3:
        whole, start, end = (elements(value, depth) for value in node.inputs[:3])
        step = elements(input_of(node, 4), depth) or (1,)
        if whole is None or not start or not end or None in (start[0], end[0], step[0]):
            return None
        return whole[start[0] : end[0] : step[0]]
    if is_op(node, "Add", "Sub", "Mul", "Div"):
        return _arithmetic(node, depth)
    return None


def _arithmetic(node: ir.Node, depth: int) -> Elements | None:
    left, right = elements(input_of(node, 0), depth), elements(input_of(node, 1), depth)
    if left is None or right is None or (len(left) != len(right) and 1 not in (len(left), len(right))):
        return None
    length = max(len(left), len(right))
    left, right = left * (length // len(left)), right * (length // len(right))
    found: list[int | None] = []
    for a, b in zip(left, right, strict=True):
        if a is None or b is None or (node.op_type == "Div" and b == 0):
            found.append(None)
        else:
            found.append({"Add": a + b, "Sub": a - b, "Mul": a * b, "Div": int(a / b) if b else 0}[node.op_type])
    return tuple(found)


def write(node: ir.Node, position: int, new: Mapping[int, int], known: Sequence[int | None], names: set[str]) -> None:
    """Let a node read other numbers at an input: ``new`` by index, ``known`` for the rest; ``names`` are taken."""
    graph, old = node.graph, input_of(node, position)
    assert isinstance(graph, ir.Graph)
    stem = f"{node.name or node.outputs[0].name}_sizes"
    wanted = [new.get(index, number) for index, number in enumerate(known)]
    if None not in wanted:
        dtype = np.int32 if old is not None and old.dtype == ir.DataType.INT32 else np.int64
        value = new_initializer(graph, stem, np.asarray(wanted, dtype), names)
    else:
        assert old is not None
        value = _chosen(node, graph, old, [new.get(index) for index in range(len(wanted))], stem, names)
    if position >= len(node.inputs):
        node.resize_inputs(position + 1)
    node.replace_input_with(position, value)


def _chosen(
    node: ir.Node, graph: ir.Graph, old: ir.Value, new: Sequence[int | None], stem: str, names: set[str]
) -> ir.Value:
    """The new numbers where there are any, the computed ones elsewhere."""
    replaced = new_initializer(graph, f"{stem}_replaced", np.asarray([n is not None for n in new]), names)
    numbers = new_initializer(graph, f"{stem}_new", np.asarray([n or 0 for n in new], np.int64), names)
    where = ir.Node("", "Where", [replaced, numbers, old], name=_free(f"{stem}_where", names))
    value = where.outputs[0]
    value.name, value.shape, value.type = _free(stem, names), ir.Shape([len(new)]), ir.TensorType(ir.DataType.INT64)
    set_origins(where, origins(node) or (node.name or "",))
    graph.insert_before(node, where)
    return value


def _free(stem: str, names: set[str]) -> str:
    name, number = stem, 1
    while name in names:
        number += 1
        name = f"{stem}_{number}"
    names.add(name)
    return name
