"""Turn Constant nodes into initializers, and compute what depends on nothing but constants and known shapes. In place.

Quantize and dequantize nodes stay (they say what is quantized), random and control-flow nodes stay, and so does what
would make the file grow: an output may have 64 KB, or as many bytes as the constants that it is computed from, but no
more than all constants of the model, because a value can be doubled again and again.
"""

from __future__ import annotations

from math import prod

import numpy as np
import onnx_ir as ir

from engine.graph.constants import constant, is_op
from engine.graph.cost import dims
from engine.graph.evaluate import Array, can_evaluate, evaluate, shape_result
from engine.graph.file_tensor import FileTensor

_GROWTH_BYTES = 64 * 1024


def lift_constants(model: ir.Model) -> int:
    """How many Constant nodes became initializers."""
    count = 0
    for graph in list(model.graphs()):
        for node in list(graph):
            if not is_op(node, "Constant") or node.outputs[0].is_graph_output():
                continue
            tensor = constant(node.outputs[0])
            if tensor is not None:
                _replace(node, [tensor])
                count += 1
    return count


def fold_constants(model: ir.Model) -> int:
    """How many nodes were computed."""
    opset, room = model.opset_imports.get("", 1), _constant_bytes(model)
    return sum(_fold_node(node, opset, room) for graph in list(model.graphs()) for node in list(graph))


def _constant_bytes(model: ir.Model) -> int:
    tensors = (value.const_value for graph in model.graphs() for value in graph.initializers.values())
    return sum(tensor.nbytes for tensor in tensors if tensor is not None and tensor.dtype != ir.DataType.STRING)


def _fold_node(node: ir.Node, opset: int, room: int) -> bool:
    if any(value.is_graph_output() for value in node.outputs):
        return False
    found = shape_result(node) if is_op(node, "Shape", "Size") else None
    if found is None:
        inputs = _constant_inputs(node)
        if inputs is None or not can_evaluate(node) or _grows(node, _most_bytes(inputs, room)):
            return False
        found = evaluate(node, inputs, opset)
        if found is None or sum(array.nbytes for array in found) > _most_bytes(inputs, room):
            return False
    if len(found) < len(node.outputs) or any(_differs(v, a) for v, a in zip(node.outputs, found, strict=False)):
        return False
    _replace(node, [ir.tensor(np.array(array, order="C")) for array in found])
    return True


def _constant_inputs(node: ir.Node) -> list[Array | None] | None:
    """The arrays of all inputs; None where one is computed, can be fed, or is text."""
    if not node.inputs:
        return None
    arrays: list[Array | None] = []
    for value in node.inputs:
        if value is None:
            arrays.append(None)
            continue
        tensor = constant(value)
        if tensor is None or value.is_graph_input() or tensor.dtype == ir.DataType.STRING or tensor.dtype.bitwidth < 8:
            return None
        arrays.append(tensor.numpy())
    return arrays


def _grows(node: ir.Node, most_bytes: int) -> bool:
    """Whether the outputs are known to be too large before they are computed."""
    total = 0.0
    for value in node.outputs:
        shape = dims(value)
        if shape is None or value.dtype is None:
            if is_op(node, "ConstantOfShape", "Expand", "Tile", "Range", "OneHot", "EyeLike"):
                return True
            continue
        total += float(prod(shape)) * value.dtype.itemsize
    return total > most_bytes


def _most_bytes(inputs: list[Array | None], room: int) -> int:
    return max(_GROWTH_BYTES, min(room, sum(array.nbytes for array in inputs if array is not None)))


def _differs(value: ir.Value, array: Array) -> bool:
    """Whether the result contradicts what the graph says of the value; then the evaluation is not to be trusted."""
    return value.dtype is not None and value.dtype != ir.DataType.UNDEFINED and value.dtype.numpy() != array.dtype


def _replace(node: ir.Node, tensors: list[ir.TensorProtocol]) -> None:
    """Initializers of the same names in the place of a node's outputs."""
    graph = node.graph
    assert isinstance(graph, ir.Graph)
    for value, tensor in zip(node.outputs, tensors, strict=False):
        name = value.name
        if not name:
            continue
        owned = _own(tensor, name)
        shape, type_ = ir.Shape(tensor.shape.numpy()), ir.TensorType(tensor.dtype)
        initializer = ir.Value(name=name, shape=shape, type=type_, const_value=owned)
        value.replace_all_uses_with(initializer)
        value.name = f"{name}_folded"
        graph.register_initializer(initializer)
    graph.remove(node, safe=True)


def _own(tensor: ir.TensorProtocol, name: str) -> ir.TensorProtocol:
    """A tensor of its own name: the one of the source keeps its. Weights in files stay there."""
    if isinstance(tensor, FileTensor):
        return tensor.renamed(name)
    if tensor.dtype == ir.DataType.STRING:
        return ir.StringTensor(tensor.numpy(), shape=ir.Shape(tensor.shape.numpy()), name=name)
    return ir.Tensor(tensor.numpy(), tensor.dtype, shape=ir.Shape(tensor.shape.numpy()), name=name)
