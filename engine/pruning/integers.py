"""The small integers of a graph (axes, pads, shapes): what is known of them, and how to write other ones.

Exporters compute Reshape targets from Shape, Gather and Concat. ``elements`` follows that as far as numbers are known,
``sources`` says of which axes' sizes they are made: where one of these is cut, numbers change that perhaps must not.
``write`` replaces numbers, by a constant where all are known, otherwise by choosing between computed and new ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import is_op, small_ints
from engine.graph.layers import origins, set_origins
from engine.graph.ops import names
from engine.graph.rewire import free_name, new_initializer
from engine.graph.values import symbol

Elements = tuple[int | None, ...]
Source = tuple[ir.Value, int]
_DEPTH = 24
_MOST = 1024
_FOLLOWED = names("Concat Unsqueeze Squeeze Cast Identity Reshape Gather Slice Add Sub Mul Div")
_INTEGERS = (ir.DataType.INT64, ir.DataType.INT32)


class Number(NamedTuple):
    """One of the integers, and the axes whose sizes it is made of.

    The value is None where it is computed at run time, a name where it is a dynamic dimension of that name.
    """

    value: int | str | None
    sources: frozenset[Source] = frozenset()


Numbers = tuple[Number, ...]
_UNKNOWN = Number(None)


def elements(value: ir.Value | None) -> Elements | None:
    """The numbers of a vector of integers, None for each that is computed at run time; None without a length."""
    found = None if value is None else _numbers(value, _DEPTH, {})
    return None if found is None else tuple(_int(number.value) for number in found)


def named_elements(value: ir.Value | None) -> tuple[int | str | None, ...] | None:
    """As ``elements``, with the names of dynamic dimensions."""
    found = None if value is None else _numbers(value, _DEPTH, {})
    return None if found is None else tuple(number.value for number in found)


def _int(value: int | str | None) -> int | None:
    return value if isinstance(value, int) else None


def sources(value: ir.Value | None) -> frozenset[Source]:
    """The axes whose sizes go into the numbers."""
    found = None if value is None else _numbers(value, _DEPTH, {})
    return frozenset().union(*(number.sources for number in found or ()))


def is_written(value: ir.Value | None) -> bool:
    """Whether the numbers stand in the file, and do not follow the sizes of other values."""
    return value is not None and value.const_value is not None and not value.is_graph_input()


def _numbers(value: ir.Value, depth: int, seen: dict[ir.Value, Numbers | None]) -> Numbers | None:
    if value not in seen:
        seen[value] = None
        seen[value] = _read(value, depth, seen)
    return seen[value]


def _read(value: ir.Value, depth: int, seen: dict[ir.Value, Numbers | None]) -> Numbers | None:
    if not value.is_graph_input() and (written := small_ints(value, _MOST)) is not None:
        return tuple(Number(number) for number in written)
    node = value.producer()
    found = None if node is None or depth == 0 else _computed(node, depth - 1, seen)
    if found is not None:
        return found
    if value.shape is None or len(value.shape) > 1:
        return None
    size = value.shape[0] if len(value.shape) else 1
    return (_UNKNOWN,) * size if isinstance(size, int) and size <= _MOST else None


def _computed(node: ir.Node, depth: int, seen: dict[ir.Value, Numbers | None]) -> Numbers | None:
    if is_op(node, "Shape"):
        return _shape(node)
    data = input_of(node, 0)
    if data is None or not is_op(node, *_FOLLOWED) or data.dtype not in _INTEGERS:
        return None
    inputs = [None if value is None else _numbers(value, depth, seen) for value in node.inputs]
    first = inputs[0]
    if is_op(node, "Concat"):
        whole = None if None in inputs else tuple(number for part in inputs if part is not None for number in part)
        return whole if whole is None or len(whole) <= _MOST else None
    if is_op(node, "Unsqueeze", "Squeeze", "Cast", "Identity", "Reshape"):
        return first
    if is_op(node, "Gather"):
        wanted = small_ints(input_of(node, 1))
        if first is None or wanted is None or any(not -len(first) <= index < len(first) for index in wanted):
            return None
        return tuple(first[index] for index in wanted)
    if is_op(node, "Slice") and len(inputs) >= 3:
        start, end = (_int(part[0].value) if part else None for part in inputs[1:3])
        step = _int(inputs[4][0].value) if len(inputs) > 4 and inputs[4] else 1
        return None if first is None or start is None or end is None or not step else first[start:end:step]
    if is_op(node, "Add", "Sub", "Mul", "Div") and len(inputs) > 1 and first is not None and inputs[1] is not None:
        return _arithmetic(node, first, inputs[1])
    return None


def _shape(node: ir.Node) -> Numbers | None:
    data = input_of(node, 0)
    if data is None or data.shape is None:
        return None
    found = tuple(
        Number(size if isinstance(size, int) and size >= 0 else symbol(size), frozenset({(data, axis)}))
        for axis, size in enumerate(size if isinstance(size, int) else size.value for size in data.shape)
    )
    return found[int_of(node, "start", 0) : int_of(node, "end", len(found))]


def _arithmetic(node: ir.Node, left: Numbers, right: Numbers) -> Numbers | None:
    length = max(len(left), len(right))
    if not left or not right or length % len(left) or length % len(right):
        return None
    pairs = zip(left * (length // len(left)), right * (length // len(right)), strict=True)
    return tuple(Number(_one(node.op_type, _int(a.value), _int(b.value)), a.sources | b.sources) for a, b in pairs)


def _one(op: str, a: int | None, b: int | None) -> int | None:
    if a is None or b is None or (op == "Div" and b == 0):
        return None
    if op == "Div":
        return abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    return {"Add": a + b, "Sub": a - b, "Mul": a * b}[op]


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
    where = ir.Node("", "Where", [replaced, numbers, old], name=free_name(f"{stem}_where", names))
    value = where.outputs[0]
    value.name, value.shape, value.type = free_name(stem, names), ir.Shape([len(new)]), ir.TensorType(ir.DataType.INT64)
    set_origins(where, origins(node) or (node.name or "",))
    graph.insert_before(node, where)
    return value
