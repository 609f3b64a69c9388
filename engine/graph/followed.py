"""Whether ONNX's inference may follow the numbers of shapes through a graph ("data propagation").

It writes every number out, in native code that cannot be stopped: a Range up to 2^40, or a Concat of a value with
itself forty times over, takes all memory and the process with it. How many numbers there would be is counted first.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of
from engine.graph.constants import constant, is_op
from engine.graph.evaluate import Array
from engine.graph.ops import names
from engine.graph.structure import all_nodes

_MOST = 1 << 16
_LONGEST = 128
_OF_ALL = names("Add Sub Mul Div Min Max Mod Where")
_OF_FIRST = names("Cast Identity Neg Abs Gather Slice Squeeze Unsqueeze Reshape")
_SHAPES = {"Reshape": 1, "Expand": 1, "Tile": 1, "ConstantOfShape": 0, "Resize": 3, "Upsample": 1, "AffineGrid": 1}
"""Where an op reads as many numbers as its output has dimensions."""
_AS_LONG = _OF_ALL | names("Cast Identity Neg Abs Concat")
"""Their outputs are at least as long as their inputs."""
_MOST_DIMENSIONS = 1 << 16
_FOLLOWED = _OF_ALL | _OF_FIRST | names("Range Concat Shape Size")


def can_follow(model: ir.Model, known: Mapping[ir.Value, Array]) -> bool:
    """False where it could become very many numbers; ``known`` are those that were computed already."""
    counts: dict[ir.Value, int] = {}
    for node in all_nodes(model.graph):
        count = 0
        if node.op_type not in _FOLLOWED:
            continue
        if is_op(node, "Range"):
            length = _length(node, known)
            if length is None or length > _MOST:
                return False
            count = length
        elif is_op(node, "Concat"):
            count = sum(_count(value, counts) for value in node.inputs)
        elif is_op(node, "Shape", "Size"):
            count = _LONGEST
        elif is_op(node, *_OF_FIRST) and node.inputs:
            count = _count(node.inputs[0], counts)
        elif is_op(node, *_OF_ALL):
            known_of = [_count(value, counts) for value in node.inputs]
            count = max(known_of) if known_of and all(known_of) else 0
        if count > _MOST:
            return False
        if count:
            counts.update(dict.fromkeys(node.outputs, count))
    return True


def has_endless_shape(model: ir.Model) -> bool:
    """Whether an op is to make more dimensions than a model can mean: inference would write out each of them."""
    seen: set[ir.Value] = set()
    waiting = []
    for node in all_nodes(model.graph):
        position = _SHAPES.get(node.op_type)
        if position is None or not is_op(node, node.op_type):
            continue
        if (value := input_of(node, position)) is not None:
            waiting.append(value)
    while waiting:
        value = waiting.pop()
        if value in seen:
            continue
        seen.add(value)
        sizes = () if value.shape is None else tuple(value.shape)
        if len(sizes) == 1 and isinstance(sizes[0], int) and sizes[0] > _MOST_DIMENSIONS:
            return True
        maker = value.producer()
        if maker is not None and is_op(maker, *_AS_LONG):
            waiting.extend(before for before in maker.inputs if before is not None)
    return False


def _count(value: ir.Value | None, counts: Mapping[ir.Value, int]) -> int:
    """How many numbers inference would write out of a value: of a scalar or vector all, be they anywhere."""
    if value is None:
        return 0
    tensor = constant(value)
    if tensor is None:
        return counts.get(value, 0)
    return tensor.size if len(tensor.shape) <= 1 else 0


def _length(node: ir.Node, known: Mapping[ir.Value, Array]) -> int | None:
    """Of a Range; None where its limits are not known."""
    numbers = []
    for position in range(3):
        value = input_of(node, position)
        tensor = constant(value)
        array = tensor.numpy() if tensor is not None and tensor.size == 1 else known.get(value) if value else None
        if array is None or array.size != 1 or array.dtype.kind not in "iuf":
            return None
        numbers.append(float(np.asarray(array).reshape(-1)[0]))
    start, limit, step = numbers
    length = (limit - start) / step if step else np.inf
    return int(min(max(0.0, np.ceil(length)), 1e18)) if np.isfinite(length) else None
