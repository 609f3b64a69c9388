"""What a layer is quantized to already: the forms in which files store quantized layers, and their scales.

- QDQ: the layer reads DequantizeLinear; with a dequantized weight alone only its weights are quantized.
- QOperator: one op that takes codes, scales and zero points (QLinearConv, QGemm, QAttention, ...).
- Integer ops whose input is quantized while the model runs (ConvInteger, MatMulInteger, DynamicQuantizeMatMul,
  DynamicQuantizeLSTM); the scale of the weight is in a Mul behind the first two.
- Weights in blocks: MatMulNBits, GatherBlockQuantized.
- Codes that a Cast and a Mul turn into floats, which a runtime computes once when it loads the model.
- float16 and bfloat16, which need no scales.

A layer that has any of these is "already quantized" for every scheme. It looks at the node and its neighbours only.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import applies_scale, constant, is_op
from engine.graph.cost import dims
from engine.graph.ops import facts, names
from engine.graph.unchanged import kept

Operand = Literal["weight", "bias", "activation", "output"]

_HALF = {ir.DataType.FLOAT16: "float16", ir.DataType.BFLOAT16: "bfloat16"}
_REARRANGE = names("Identity Transpose Reshape Squeeze Unsqueeze Flatten Slice")
_MOST_REARRANGED = 32
_LEADS_TO_CODES = _REARRANGE | {"DequantizeLinear", "Mul"}
_CONVERTS = names("QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast")
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


@dataclass(frozen=True, slots=True, eq=False)
class Codes:
    """One quantized operand: its input's (or output's) position and how its codes become numbers.

    Attributes:
        dtype: numpy's name of the element type of the codes; "int4" and "uint4" for half bytes.
        scale: float32, of any shape; None where it is computed while the model runs.
        zero_point: None for zero.
        axis: along which the scales lie, None for one scale.
        block_size: elements that share a scale along the axis, 0 where there are no blocks.
    """

    operand: Operand
    position: int
    dtype: str
    scale: NDArray[Any] | None
    zero_point: NDArray[Any] | None = None
    axis: int | None = None
    block_size: int = 0

    def to_json(self) -> dict[str, Any]:
        """Many scales are told by their number and their smallest and largest."""
        scale = None if self.scale is None or not self.scale.size else self.scale.astype(np.float64)
        zero = None if self.zero_point is None else self.zero_point.astype(np.int64)
        return {
            "operand": self.operand,
            "position": self.position,
            "dtype": self.dtype,
            "scales": 0 if scale is None else int(scale.size),
            "scale": None if scale is None else [float(scale.min()), float(scale.max())],
            "zero_point": None if zero is None or not zero.size else [int(zero.min()), int(zero.max())],
            "axis": self.axis,
            "block_size": self.block_size,
        }


@dataclass(frozen=True, slots=True)
class Quantized:
    """``label`` is the key of the scheme that makes the like ("int8_static", "int4_weights", "float16")."""

    label: str
    codes: tuple[Codes, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {"label": self.label, "codes": [codes.to_json() for codes in self.codes]}


@kept
def quantized_as(node: ir.Node) -> Quantized | None:
    """How a layer is quantized, None for one in float32 and for the nodes that only convert."""
    op = node.op_type
    if is_op(node, "Relu", "Clip") and (found := _of_rounding(node)) is not None:
        return found
    match _kind(op):
        case "converts":
            return None
        case "qlinear":
            return Quantized("int8_static", tuple(_of_qlinear(node)))
        case "whole":
            return Quantized("int8_static")
        case "blocks":
            return _of_blocks(node)
        case "dynamic":
            return Quantized("int8_dynamic", tuple(_of_dynamic(node)))
        case "integer":
            return _of_integer_op(node)
    return _of_gather(node) or _of_qdq(node) or _of_half(node)


@cache
def _kind(op: str) -> str:
    """What the name of an op tells already."""
    if op in _CONVERTS:
        return "converts"
    if op.startswith("QLinear") or op == "QGemm":
        return "qlinear"
    if op.startswith(("QAttention", "QEmbed", "QMoE", "QOrdered")):
        return "whole"
    if op in _BLOCKS:
        return "blocks"
    if op in _DYNAMIC:
        return "dynamic"
    return "integer" if "Integer" in op else ""


def _codes(
    operand: Operand,
    position: int,
    codes: ir.Value | None,
    scale: ir.Value | None,
    zero_point: ir.Value | None,
    axis: int | None = None,
    block_size: int = 0,
    bits: int = 0,
) -> Codes:
    stored, zero = constant(scale), constant(zero_point)
    # A file need not give the types of computed values: the zero point has that of the codes.
    dtype = zero.dtype if zero is not None and not bits else codes.dtype if codes is not None else None
    scales = None if stored is None else stored.numpy()
    name = f"uint{bits}" if bits else "" if dtype is None else dtype.name.lower()
    one = scales is None or scales.size == 1
    return Codes(
        operand,
        position,
        name,
        scales,
        None if zero is None or bits else zero.numpy(),
        None if one else axis,
        block_size,
    )


def _of_qlinear(node: ir.Node) -> Iterator[Codes]:
    if node.op_type == "QLinearConcat":
        for position in range(2, len(node.inputs) - 2, 3):
            data, scale, zero = node.inputs[position : position + 3]
            yield _codes("activation", position, data, scale, zero)
        yield _codes("output", 0, node.outputs[0], input_of(node, 0), input_of(node, 1))
        return
    for position, operand in _PAIRS.get(node.op_type, _PAIRS_ELSE):
        data, scale, zero = (input_of(node, position + offset) for offset in range(3))
        row = facts(node)
        axis = row.weight_output_axis if row is not None and operand == "weight" else None
        yield _codes("weight" if operand == "weight" else "activation", position, data, scale, zero, axis)
    at = _OUTPUT_SCALE.get(node.op_type, 3)
    if input_of(node, at) is not None:
        yield _codes("output", 0, node.outputs[0], input_of(node, at), input_of(node, at + 1))


def _of_blocks(node: ir.Node) -> Quantized:
    data, scale, zero = _BLOCKS[node.op_type]
    packed = node.op_type == "MatMulNBits" or _dtype(input_of(node, data)) == ir.DataType.UINT8
    bits = int_of(node, "bits", 4) if packed else 0
    codes = _codes(
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
        yield _codes("weight", data, *inputs, axis=2 if data == 2 or len(_DYNAMIC[node.op_type]) > 1 else -1)
    yield Codes("activation", 0, "uint8", None)


def _of_integer_op(node: ir.Node) -> Quantized:
    at = (2, 3, 4, 5) if node.op_type == "MatMulIntegerToFloat" else (-1, -1, 2, 3)
    a_scale, b_scale, a_zero, b_zero = (input_of(node, i) if i >= 0 else None for i in at)
    data = input_of(node, 0)
    quantizer = data.producer() if data is not None else None
    if a_scale is None and quantizer is not None and len(quantizer.inputs) > 1:
        a_scale = quantizer.inputs[1]
    axis = 0 if node.op_type == "ConvInteger" else -1
    codes = (
        _codes("weight", 1, input_of(node, 1), b_scale or _scale_behind(node), b_zero, axis),
        _codes("activation", 0, data, a_scale, a_zero),
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


def _of_gather(node: ir.Node) -> Quantized | None:
    """Rows of codes, which become floats behind the Gather."""
    if not is_op(node, "Gather"):
        return None
    table = input_of(node, 0)
    if constant(table) is None or table is None or table.dtype is None:
        return None
    if not table.dtype.is_integer() or table.dtype.bitwidth > 8:
        return None
    for user, position in node.outputs[0].uses():
        if is_op(user, "DequantizeLinear") and position == 0:
            codes = _codes("weight", 0, table, input_of(user, 1), input_of(user, 2))
            return Quantized(f"int{table.dtype.bitwidth}_weights", (codes,))
        if is_op(user, "Cast"):
            for scaled, side in user.outputs[0].uses():
                gathered = scaled.inputs[1 - side].producer() if is_op(scaled, "Mul") else None  # type: ignore[union-attr]
                scale = gathered.inputs[0] if gathered is not None and is_op(gathered, "Gather") else None
                return Quantized(
                    f"int{table.dtype.bitwidth}_weights", (_codes("weight", 0, table, scale, None, axis=0),)
                )
    return None


def _of_qdq(node: ir.Node) -> Quantized | None:
    for value in node.inputs:
        if _is_worth_following(value):
            break
    else:
        return None
    row = facts(node)
    weights = set(row.weights) if row is not None else set()
    biases = set(row.biases) if row is not None else set()
    codes: list[Codes] = []
    unpacked: list[Codes] = []
    floats = 0
    for position, value in enumerate(node.inputs):
        if value is None:
            continue
        if (read_once := _unpacked(value, position)) is not None:
            unpacked.append(read_once)
            continue
        found = _dequantized(value, position, biases)
        if found is not None:
            codes.append(found)
        elif constant(value) is None and not _is_small_integer(value):
            floats += 1
    if unpacked:
        return Quantized(f"int{_bits(unpacked[0].dtype)}_weights", tuple(unpacked))
    if not codes:
        return None
    stored = [found for found in codes if found.operand == "weight"]
    read = sum(found.operand == "activation" for found in codes)
    if stored and (not read or floats):
        if not any(found.position in weights or node.op_type == "Gather" for found in stored):
            return None
        return Quantized(f"int{_bits(stored[0].dtype)}_weights", tuple(stored))
    if weights and not stored and any(constant(input_of(node, position)) is not None for position in weights):
        return None  # a float layer that reads what a quantized one made
    written = _quantizer_after(node)
    if floats or (written is None and not stored):
        return None
    if written is not None:
        codes.append(_codes("output", 0, written.outputs[0], input_of(written, 1), input_of(written, 2)))
    return Quantized("int8_static", tuple(codes))


def _is_worth_following(value: ir.Value | None) -> bool:
    producer = None if value is None else value.producer()
    return producer is not None and producer.op_type in _LEADS_TO_CODES


def _dequantized(value: ir.Value, position: int, biases: Set[int]) -> Codes | None:
    """The codes that arrive in a value through a DequantizeLinear; those of a constant perhaps rearranged behind it."""
    producer = value.producer()
    source = _rearranged(value)
    if source is None or not is_op(source, "DequantizeLinear"):
        return None
    data, scale, zero = (input_of(source, i) for i in range(3))
    rank = len(data.shape) if data is not None and data.shape is not None else 0
    axis = int_of(source, "axis", 1)
    operand: Operand = "activation"
    if _is_stored(data):
        operand = "bias" if position in biases else "weight"
    elif source is not producer:
        return None  # a float layer behind one that moves elements
    axis = axis + rank if axis < 0 and rank else axis
    return _codes(operand, position, data, scale, zero, axis, int_of(source, "block_size", 0))


def _unpacked(value: ir.Value, position: int) -> Codes | None:
    """The constant codes that arrive in a value through a Cast and a Mul."""
    source = _rearranged(value)
    if source is None or not applies_scale(source):
        return None
    for side in (0, 1):
        data = _stored_codes(source.inputs[side])
        if data is not None:
            scale = source.inputs[1 - side]
            axis = next((i for i, size in enumerate(dims(scale) or ()) if size != 1), 0)
            return _codes("weight", position, data, scale, None, axis)
    return None


def _rearranged(value: ir.Value) -> ir.Node | None:
    """What makes a value, before it is only rearranged; a file can have any number of such nodes in a row."""
    producer = value.producer()
    for _ in range(_MOST_REARRANGED):
        if producer is None or not is_op(producer, *_REARRANGE) or (before := input_of(producer, 0)) is None:
            break
        producer = before.producer()
    return producer


def _stored_codes(value: ir.Value | None) -> ir.Value | None:
    for _ in range(_MOST_REARRANGED):
        if value is None or (producer := value.producer()) is None:
            return None
        if is_op(producer, "Cast"):
            return producer.inputs[0] if _is_stored(producer.inputs[0]) else None
        if not is_op(producer, "Reshape", "Sub"):
            return None
        value = producer.inputs[0]
    return None


def _is_stored(value: ir.Value | None) -> bool:
    """A constant, or one that is quantized in the file itself."""
    producer = value.producer() if value is not None else None
    return constant(value) is not None or (is_op(producer, "QuantizeLinear") and _is_stored(input_of(producer, 0)))  # type: ignore[arg-type]


def _quantizer_after(node: ir.Node) -> ir.Node | None:
    value = node.outputs[0]
    for _ in range(2):
        users = [user for user, _ in value.uses()]
        if any(is_op(user, "QuantizeLinear") for user in users):
            return next(user for user in users if is_op(user, "QuantizeLinear"))
        if len(users) != 1 or not is_op(users[0], "Relu", "Clip"):
            return None
        value = users[0].outputs[0]
    return None


def _of_rounding(node: ir.Node) -> Quantized | None:
    """A Relu or Clip between a quantized layer and its QuantizeLinear: a part of that layer's rounding."""
    written, value = _quantizer_after(node), input_of(node, 0)
    before = value.producer() if value is not None else None
    if written is None or before is None or is_op(before, "Relu", "Clip") or quantized_as(before) is None:
        return None
    codes = _codes("output", 0, written.outputs[0], input_of(written, 1), input_of(written, 2))
    return Quantized("int8_static", (codes,))


def _of_half(node: ir.Node) -> Quantized | None:
    for value in (*node.inputs, *node.outputs[:1]):
        if value is not None and (dtype := value.dtype) in _HALF:
            return Quantized(_HALF[dtype])
    return None


def _dtype(value: ir.Value | None) -> ir.DataType | None:
    return None if value is None else value.dtype


def _is_small_integer(value: ir.Value) -> bool:
    return value.dtype is not None and value.dtype.is_integer()


def _bits(dtype: str) -> int:
    return int("".join(c for c in dtype if c.isdigit()) or "8")
