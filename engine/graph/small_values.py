"""Values of small tensors that do not depend on the model's data: constants, shapes, and what comes of them."""

from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.constants import constant, is_op
from engine.graph.evaluate import Array, can_evaluate, evaluate, shape_result
from engine.graph.structure import bodies

_MOST_ELEMENTS = 1024


def small_values(model: ir.Model) -> dict[ir.Value, Array]:
    """Computed values that are known, given the shapes that the model's values have now."""
    known: dict[ir.Value, Array] = {}
    _walk(model.graph, known, model.opset_imports.get("", 1))
    return known


def _walk(graph: ir.Graph, known: dict[ir.Value, Array], opset: int) -> None:
    for node in graph:
        found = _compute(node, known, opset)
        if found is not None and all(array.size <= _MOST_ELEMENTS for array in found):
            known.update(zip(node.outputs, found, strict=False))
        for body in bodies(node).values():
            _walk(body, known, opset)


def _compute(node: ir.Node, known: dict[ir.Value, Array], opset: int) -> list[Array] | None:
    if is_op(node, "Shape", "Size"):
        return shape_result(node)
    if not node.inputs or not can_evaluate(node) or not _small_output(node):
        return None
    arrays = [None if value is None else _small(value, known) for value in node.inputs]
    if any(array is None and value is not None for array, value in zip(arrays, node.inputs, strict=True)):
        return None
    return evaluate(node, arrays, opset)


def _small_output(node: ir.Node) -> bool:
    """Whether the outputs are small, as far as their shapes are known."""
    for value in node.outputs:
        sizes = [] if value.shape is None else [size for size in value.shape if isinstance(size, int)]
        if np.prod(sizes, dtype=np.float64) > _MOST_ELEMENTS:
            return False
    return not is_op(node, "ConstantOfShape", "Expand", "Tile", "Range") or node.outputs[0].shape is not None


def _small(value: ir.Value, known: dict[ir.Value, Array]) -> Array | None:
    if value in known:
        return known[value]
    tensor = constant(value)
    if tensor is None or value.is_graph_input() or tensor.dtype == ir.DataType.STRING or tensor.size > _MOST_ELEMENTS:
        return None
    return tensor.numpy()
