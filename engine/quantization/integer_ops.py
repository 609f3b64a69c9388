"""Ops that compute with codes themselves: QOperator, integer, dynamic and blocked forms, each with its scales."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import constant, is_op
from engine.graph.ops import facts
from engine.quantization.codes import Codes, Quantized, codes_of

_PAIRS = {
    "QLinearConv": ((0, "activation"), (3, "weight")),
    "QLinearMatMul": ((0, "activation"), (3, "weight")),
    "QGemm": ((0, "activation"), (3, "weight")),
    "QLinearAdd": ((0, "activation"), (3, "activation")),
    "QLinearMul": ((0, "activation"), (3, "activation")),
}
_PAIRS_ELSE = ((0, "activation"),)
_OUTPUT_SCALE = {"QLinearConv": 6, "QLinearMatMul": 6, "QGemm": 7, "QLinearAdd": 6, "QLinearMul": 6}
_BLOCKS = {"MatMulNBits": (1, 2, 3), "GatherBlockQuantized": (0, 2, 3)}
_DYNAMIC = {"DynamicQuantizeMatMul": ((1, 2, 3),), "DynamicQuantizeLSTM": ((1, 8, 9), (2, 10, 11))}


def of_integer_op(node: ir.Node) -> Quantized | None:
    """How an op computes with codes, None where it takes numbers."""
    match _kind(node.op_type):
        case "qlinear":
            return Quantized("int8_static", tuple(_of_qlinear(node)))
        case "whole":
            return Quantized("int8_static")
        case "blocks":
            return _of_blocks(node)
        case "dynamic":
            return Quantized("int8_dynamic", tuple(_of_dynamic(node)))
        case "integer":
            return _of_integers(node)
    return None


@cache
def _kind(op: str) -> str:
    """Which of the forms it is, which its name tells."""
    if op.startswith("QLinear") or op == "QGemm":
        return "qlinear"
    if op.startswith(("QAttention", "QEmbed", "QMoE", "QOrdered")):
        return "whole"
    if op in _BLOCKS:
        return "blocks"
    if op in _DYNAMIC:
        return "dynamic"
    return "integer" if "Integer" in op else ""


def _of_qlinear(node: ir.Node) -> Iterator[Codes]:
    if node.op_type == "QLinearConcat":
        for position in range(2, len(node.inputs) - 2, 3):
            data, scale, zero = node.inputs[position : position + 3]
            yield codes_of("activation", position, data, scale, zero)
        yield codes_of("output", 0, node.outputs[0], input_of(node, 0), input_of(node, 1))
        return
    for position, operand in _PAIRS.get(node.op_type, _PAIRS_ELSE):
        data, scale, zero = (input_of(node, position + offset) for offset in range(3))
        row = facts(node)
        axis = row.weight_output_axis if row is not None and operand == "weight" else None
        yield codes_of("weight" if operand == "weight" else "activation", position, data, scale, zero, axis)
    at = _OUTPUT_SCALE.get(node.op_type, 3)
    if input_of(node, at) is not None:
        yield codes_of("output", 0, node.outputs[0], input_of(node, at), input_of(node, at + 1))


def _of_blocks(node: ir.Node) -> Quantized:
    data, scale, zero = _BLOCKS[node.op_type]
    packed = node.op_type == "MatMulNBits" or _dtype(input_of(node, data)) == ir.DataType.UINT8
    bits = int_of(node, "bits", 4) if packed else 0
    codes = codes_of(
        "weight",
        data,
        input_of(node, data),
        input_of(node, scale),
        input_of(node, zero),
        axis=0 if node.op_type == "MatMulNBits" else int_of(node, "quantize_axis", 1),
        block_size=int_of(node, "block_size", 128),
        bits=bits,
    )
    width = bits or (_dtype(input_of(node, data)) or ir.DataType.INT4).bitwidth
    return Quantized(f"int{width}_weights", (codes,))


def _of_dynamic(node: ir.Node) -> Iterator[Codes]:
    for data, scale, zero in _DYNAMIC[node.op_type]:
        inputs = (input_of(node, data), input_of(node, scale), input_of(node, zero))
        yield codes_of("weight", data, *inputs, axis=2 if data == 2 or len(_DYNAMIC[node.op_type]) > 1 else -1)
    yield Codes("activation", 0, "uint8", None)


def _of_integers(node: ir.Node) -> Quantized:
    at = (2, 3, 4, 5) if node.op_type == "MatMulIntegerToFloat" else (-1, -1, 2, 3)
    a_scale, b_scale, a_zero, b_zero = (input_of(node, i) if i >= 0 else None for i in at)
    data = input_of(node, 0)
    quantizer = data.producer() if data is not None else None
    if a_scale is None and quantizer is not None and len(quantizer.inputs) > 1:
        a_scale = quantizer.inputs[1]
    axis = 0 if node.op_type == "ConvInteger" else -1
    codes = (
        codes_of("weight", 1, input_of(node, 1), b_scale or _scale_behind(node), b_zero, axis),
        codes_of("activation", 0, data, a_scale, a_zero),
    )
    return Quantized("int8_static" if constant(a_scale) is not None else "int8_dynamic", codes)


def _scale_behind(node: ir.Node) -> ir.Value | None:
    """The constant among what the sums of an integer op are multiplied with."""
    cast = next((user for user, _ in node.outputs[0].uses() if is_op(user, "Cast")), None)
    scaled = (
        next((user for user, _ in cast.outputs[0].uses() if is_op(user, "Mul")), None) if cast is not None else None
    )
    waiting = list(scaled.inputs) if scaled is not None else []
    for value in waiting:
        if constant(value) is not None:
            return value
        producer = value.producer() if value is not None else None
        if is_op(producer, "Mul"):
            assert producer is not None
            waiting.extend(producer.inputs)
    return None


def _dtype(value: ir.Value | None) -> ir.DataType | None:
    return None if value is None else value.dtype
