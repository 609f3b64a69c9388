"""How large an integer input may be: the smallest of the tables that it indexes.

The input is followed forward through ops that move elements without changing them, into the bodies of control flow and
model-local functions, to the ops that use it as an index. ``x + c`` and ``x - c`` with a constant shift the bound. A
one-hot written as ``Equal(x, [0, 1, ..., n - 1])`` bounds like a table of n rows.
"""

from __future__ import annotations

from collections.abc import Callable

import onnx_ir as ir

from engine.backend import Array
from engine.graph.attributes import int_of
from engine.graph.constants import constant
from engine.graph.ops import STANDARD_DOMAINS

_MOVES = frozenset(
    "Cast CastLike Identity Reshape Squeeze Unsqueeze Flatten Transpose Expand Tile Slice Pad Concat Split Dropout "  # noqa: SIM905
    "DepthToSpace SpaceToDepth Where ReverseSequence ReduceMax ReduceMin TopK Compress Trilu".split()
)
_SELECTS = frozenset({"Gather", "GatherElements", "GatherND"})


def index_bound(value: ir.Value, model: ir.Model) -> int | None:
    """One more than the largest index that every use of the value allows; None where it indexes nothing.

    A table of unknown size allows index 0 only.
    """
    smallest: int | None = None
    seen: set[tuple[int, int]] = set()
    waiting = [(value, 0)]
    while waiting:
        current, shift = waiting.pop()
        if (id(current), shift) in seen:
            continue
        seen.add((id(current), shift))
        for node, place in current.uses():
            bound = _bound(node, place)
            if bound is not None:
                smallest = max(1, min(bound - shift, smallest or bound - shift))
            waiting += [(after, shift + more) for after, more in _onward(node, place, model)]
    return smallest


def _bound(node: ir.Node, place: int) -> int | None:
    """The number of rows that this use of a value selects from."""
    rows = _TABLES.get((node.domain, node.op_type, place))
    return None if rows is None else rows(node)


def _dimension(node: ir.Node, place: int, axis: int) -> int:
    table = node.inputs[place] if place < len(node.inputs) else None
    if table is None:
        return 1
    stored = constant(table)
    shape = table.shape if stored is None else stored.shape
    if shape is None or not -len(shape) <= axis < len(shape):
        return 1
    size = shape[axis]
    return size if isinstance(size, int) else 1


def _gather(node: ir.Node) -> int:
    return _dimension(node, 0, int_of(node, "axis", 0))


def _gather_nd(node: ir.Node) -> int:
    """The smallest of the indexed dimensions; all of them where the number of indices is not known."""
    table, indices = node.inputs[0], node.inputs[1]
    rank = 1 if table is None or table.shape is None else len(table.shape)
    first = int_of(node, "batch_dims", 0)
    depth = indices.shape[-1] if indices is not None and indices.shape is not None and len(indices.shape) else None
    last = first + depth if isinstance(depth, int) else rank
    return min((_dimension(node, 0, axis) for axis in range(first, last)), default=1)


def _one_hot(node: ir.Node) -> int:
    depth = _constant(node, 1)
    return 1 if depth is None or depth.size != 1 else int(depth.reshape(-1)[0])


def _equal(node: ir.Node, other: int) -> int | None:
    numbers = _constant(node, other)
    if numbers is None or numbers.size < 2 or numbers.dtype.kind not in "iu":
        return None
    return int(numbers.max()) + 1


def _constant(node: ir.Node, place: int) -> Array | None:
    tensor = constant(node.inputs[place]) if place < len(node.inputs) else None
    return None if tensor is None else tensor.numpy()


_TABLES: dict[tuple[str, str, int], Callable[[ir.Node], int | None]] = {
    ("", "Gather", 1): _gather,
    ("", "GatherElements", 1): _gather,
    ("", "GatherND", 1): _gather_nd,
    ("", "ScatterElements", 1): _gather,
    ("", "OneHot", 0): _one_hot,
    ("", "Equal", 0): lambda node: _equal(node, 1),
    ("", "Equal", 1): lambda node: _equal(node, 0),
    ("com.microsoft", "EmbedLayerNormalization", 0): lambda node: _dimension(node, 2, 0),
    ("com.microsoft", "EmbedLayerNormalization", 1): lambda node: _dimension(node, 4, 0),
    ("com.microsoft", "RotaryEmbedding", 1): lambda node: _dimension(node, 2, 0),
}


def _onward(node: ir.Node, place: int, model: ir.Model) -> list[tuple[ir.Value, int]]:
    """Values that hold the same elements after this use, each shifted by a constant."""
    function = model.functions.get(node.op_identifier())
    if function is not None:
        return [(function.inputs[place], 0)] if place < len(function.inputs) else []
    if node.domain not in STANDARD_DOMAINS:
        return []
    if node.op_type in ("Loop", "Scan"):
        body = node.attributes["body"].as_graph()
        return [(body.inputs[place], 0)] if place < len(body.inputs) else []
    outputs = [(output, 0) for output in node.outputs]
    if node.op_type in _MOVES or (node.op_type in _SELECTS and place == 0):
        return outputs
    if node.op_type in ("Add", "Sub") and (node.op_type == "Add" or place == 0):
        added = _constant(node, 1 - place)
        if added is not None and added.size and added.dtype.kind in "iu":
            shift = int(added.max()) if node.op_type == "Add" else -int(added.min())
            return [(output, shift) for output, _ in outputs]
    return []
