"""Shapes and types of what ONNX Runtime's own operators give, which ONNX's inference does not know. One row each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.cost import Dims, dims
from engine.graph.ops import MICROSOFT, names
from engine.graph.structure import all_nodes

Result = tuple[Dims, ir.DataType]


def infer_runtime_ops(model: ir.Model) -> bool:
    """Fill in, in place, what is open and can be told; whether anything was."""
    changed = False
    for node in all_nodes(model.graph):
        rule = _RULES.get((node.domain, node.op_type))
        if rule is None or not node.outputs or dims(node.outputs[0]) is not None:
            continue
        found = rule(node)
        if found is not None:
            shape, dtype = found
            node.outputs[0].shape, node.outputs[0].type = ir.Shape(shape), ir.TensorType(dtype)
            changed = True
    return changed


def _data(node: ir.Node, position: int) -> Result | None:
    value = input_of(node, position)
    shape = dims(value)
    return None if value is None or shape is None or value.dtype is None else (shape, value.dtype)


def _same(node: ir.Node) -> Result | None:
    return _data(node, 0)


def _dequantized(node: ir.Node) -> Result | None:
    data, scale = _data(node, 0), input_of(node, 1)
    return None if data is None or scale is None or scale.dtype is None else (data[0], scale.dtype)


def _quantized(node: ir.Node) -> Result | None:
    data, zero_point = _data(node, 0), input_of(node, 2)
    return None if data is None else (data[0], (zero_point and zero_point.dtype) or ir.DataType.UINT8)


def _broadcast(node: ir.Node) -> Result | None:
    a, b = _data(node, 0), _data(node, 3)
    if a is None or b is None:
        return None
    try:
        return tuple(np.broadcast_shapes(a[0], b[0])), a[1]
    except ValueError:
        return None


def _matmul(node: ir.Node, weight: int = 1) -> Result | None:
    a, b = _data(node, 0), _data(node, weight)
    if a is None or b is None or len(a[0]) < 2 or len(b[0]) < 2:
        return None
    left = _swapped(a[0]) if int_of(node, "transA", 0) else a[0]
    right = _swapped(b[0]) if int_of(node, "transB", 0) else b[0]
    try:
        batch = np.broadcast_shapes(left[:-2], right[:-2])
    except ValueError:
        return None
    return (*batch, left[-2], right[-1]), a[1]


def _float_matmul(node: ir.Node) -> Result | None:
    found = _matmul(node)
    return None if found is None else (found[0], ir.DataType.FLOAT)


def _packed_matmul(node: ir.Node) -> Result | None:
    data, columns = _data(node, 0), int_of(node, "N", 0)
    return None if data is None or columns <= 0 or not data[0] else ((*data[0][:-1], columns), data[1])


def _swapped(shape: Dims) -> Dims:
    return (*shape[:-2], shape[-1], shape[-2])


def _attention(node: ir.Node) -> Result | None:
    """One packed weight (inputs, 3 * hidden): (batch, length, hidden)."""
    data, weight = _data(node, 0), _data(node, 1)
    if data is None or weight is None or len(data[0]) != 3 or "qkv_hidden_sizes" in node.attributes:
        return None
    return (*data[0][:2], weight[0][-1] // 3), data[1]


def _head_attention(node: ir.Node) -> Result | None:
    query, value = _data(node, 0), _data(node, 2)
    if query is None or value is None or len(query[0]) != 3 or len(value[0]) != 3:
        return None
    groups = int_of(node, "kv_num_heads", 0)
    width = value[0][2] * (int_of(node, "num_heads", 0) // groups) if groups else value[0][2]
    return (*query[0][:2], width), query[1]


def _embedding(node: ir.Node) -> Result | None:
    tokens, table = _data(node, 0), _data(node, 2)
    return None if tokens is None or table is None else ((*tokens[0], table[0][-1]), table[1])


def _conv(node: ir.Node) -> Result | None:
    """What a Conv of the same attributes gives; the fused activation changes no shape."""
    import onnx

    data, weight = _data(node, 0), _data(node, 1)
    if data is None or weight is None:
        return None
    proto = ir.to_proto(node)
    kept = [attribute for attribute in proto.attribute if not attribute.name.startswith("activation")]
    conv = onnx.helper.make_node("Conv", ["x", "w"], ["y"])
    conv.attribute.extend(kept)
    types = {
        name: onnx.helper.make_tensor_type_proto(found[1].value, found[0])
        for name, found in (("x", data), ("w", weight))
    }
    schema = onnx.defs.get_schema("Conv")
    try:
        inferred = onnx.shape_inference.infer_node_outputs(schema, conv, types)["y"].tensor_type.shape.dim
    except onnx.shape_inference.InferenceError:
        return None
    return tuple(dim.dim_value for dim in inferred), data[1]


_RULES: dict[tuple[str, str], Callable[[ir.Node], Result | None]] = {
    **{
        (MICROSOFT, op): _same
        for op in names(
            "Gelu QuickGelu FastGelu BiasGelu LayerNormalization SimplifiedLayerNormalization SkipLayerNormalization "
            "SkipSimplifiedLayerNormalization QLinearSigmoid QLinearLeakyRelu QLinearSoftmax RotaryEmbedding"
        )
    },
    ("", "SimplifiedLayerNormalization"): _same,
    ("", "GroupNormalization"): _same,
    (MICROSOFT, "DequantizeLinear"): _dequantized,
    (MICROSOFT, "QuantizeLinear"): _quantized,
    (MICROSOFT, "QLinearAdd"): _broadcast,
    (MICROSOFT, "QLinearMul"): _broadcast,
    (MICROSOFT, "FusedMatMul"): _matmul,
    (MICROSOFT, "FusedGemm"): _matmul,
    (MICROSOFT, "DynamicQuantizeMatMul"): _float_matmul,
    (MICROSOFT, "MatMulIntegerToFloat"): _float_matmul,
    (MICROSOFT, "MatMulNBits"): _packed_matmul,
    (MICROSOFT, "Attention"): _attention,
    (MICROSOFT, "MultiHeadAttention"): _head_attention,
    (MICROSOFT, "GroupQueryAttention"): _head_attention,
    (MICROSOFT, "EmbedLayerNormalization"): _embedding,
    (MICROSOFT, "FusedConv"): _conv,
}
