"""ONNX's inference, where sizes below zero may come up: to slice one ends the process, by an assertion in native code.

A file can declare such sizes, and a pool that is larger than what goes into it makes them: a shape that a user gives
for a network of images may be too small for it. So inference goes on level by level: first with all slices unknown to
it, then with those shown that no other comes before, and so on, and stops where a size is below zero.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator

import onnx

from engine.graph.ops import names
from engine.graph.proto import bodies_of, contents

_DEEPEST = 8
"""Slices behind so many others are taken for harmless: each level costs one inference."""
_HIDDEN = "LatheHidden"
_SHRINKING = names(
    "Conv ConvTranspose ConvInteger QLinearConv DeformConv MaxPool AveragePool LpPool MaxUnpool Pad Col2Im Resize "
    "Upsample FusedConv NhwcConv QLinearAveragePool"
)
_OF_NUMBERS = names("Cast Gather Concat Unsqueeze Squeeze Slice Add Sub Mul Div Neg Identity Reshape")
Infer = Callable[[onnx.ModelProto], onnx.ModelProto]


def infer_sliced(model: onnx.ModelProto, infer: Infer) -> onnx.ModelProto:
    """``infer(model)``, or what it gives with the slices hidden that would meet sizes below zero.

    ``model`` comes back as it was, but for declared sizes below zero: those are unknown sizes.
    """
    held = contents(model)
    for graph in held.graphs:
        _forget_negative(graph)
    if not any(node.op_type in _SHRINKING for node in held.nodes):
        return infer(model)
    levels: list[tuple[onnx.NodeProto, int]] = []
    _find_slices(model.graph, {}, set(), _slicing_functions(model), levels)
    for shown in range(min(max((level for _, level in levels), default=0), _DEEPEST)):
        hidden = [(node, node.op_type) for node, level in levels if level > shown]
        for node, _ in hidden:
            node.op_type = _HIDDEN
        inferred = infer(model)
        for (node, op_type), there in zip(hidden, _hidden(inferred.graph), strict=True):
            node.op_type = there.op_type = op_type
        if any(_has_negative(graph) for graph in contents(inferred).graphs):
            return inferred
    return infer(model)


def _find_slices(
    graph: onnx.GraphProto, before: dict[str, int], numbers: set[str], slicing: Collection[tuple[str, str]],
    found: list[tuple[onnx.NodeProto, int]],
) -> int:  # fmt: skip
    """Add the slices of tensors (those of shapes are never below zero), each with how many stand in a row up to it."""
    levels, numbers = dict(before), numbers | {tensor.name for tensor in graph.initializer}
    highest = 0
    for node in graph.node:
        level = max((levels.get(name, 0) for name in node.input), default=0)
        known = node.op_type in ("Shape", "Size", "Constant") or (
            node.op_type in _OF_NUMBERS and all(name in numbers for name in node.input if name)
        )
        if known:
            numbers.update(node.output)
        elif node.op_type == "Slice" or (node.domain, node.op_type) in slicing:
            level += 1
            found.append((node, level))
        for body in bodies_of(node):
            level = max(level, _find_slices(body, levels, numbers, slicing, found))
        levels.update(dict.fromkeys(node.output, level))
        highest = max(highest, level)
    return highest


def _slicing_functions(model: onnx.ModelProto) -> set[tuple[str, str]]:
    """Functions in whose bodies something is sliced, whatever it is."""
    found: set[tuple[str, str]] = set()
    for _ in model.functions:  # once more for each depth of calls, at most
        more = {
            (function.domain, function.name)
            for function in model.functions
            if any(node.op_type == "Slice" or (node.domain, node.op_type) in found for node in function.node)
        }
        if more == found:
            break
        found = more
    return found


def _hidden(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """In the order in which they were found: those of a node's bodies follow it."""
    found = []
    for node in graph.node:
        if node.op_type == _HIDDEN:
            found.append(node)
        for body in bodies_of(node):
            found.extend(_hidden(body))
    return found


def _dims(graph: onnx.GraphProto) -> Iterator[onnx.TensorShapeProto.Dimension]:
    for info in (*graph.input, *graph.value_info, *graph.output):
        yield from info.type.tensor_type.shape.dim


def _has_negative(graph: onnx.GraphProto) -> bool:
    return any(dim.dim_value < 0 for dim in _dims(graph))


def _forget_negative(graph: onnx.GraphProto) -> None:
    for dim in _dims(graph):
        if dim.dim_value < 0:
            dim.ClearField("dim_value")
