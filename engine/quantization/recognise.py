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

from collections.abc import Set

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import applies_scale, constant, is_op
from engine.graph.cost import dims
from engine.graph.ops import facts, names
from engine.graph.unchanged import kept
from engine.quantization.codes import Codes, Operand, Quantized, codes_of
from engine.quantization.integer_ops import of_integer_op

_HALF = {ir.DataType.FLOAT16: "float16", ir.DataType.BFLOAT16: "bfloat16"}
_REARRANGE = names("Identity Transpose Reshape Squeeze Unsqueeze Flatten Slice")
_CONVERTS = names("QuantizeLinear DequantizeLinear DynamicQuantizeLinear Cast")
_MOST_REARRANGED = 32
_LEADS_TO_CODES = _REARRANGE | {"DequantizeLinear", "Mul"}


@kept
def quantized_as(node: ir.Node) -> Quantized | None:
    """How a layer is quantized, None for one in float32 and for the nodes that only convert."""
    op = node.op_type
    if is_op(node, "Relu", "Clip") and (found := _of_rounding(node)) is not None:
        return found
    if op in _CONVERTS:
        return None
    return of_integer_op(node) or _of_gather(node) or _of_qdq(node) or _of_half(node)


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
            codes = codes_of("weight", 0, table, input_of(user, 1), input_of(user, 2))
            return Quantized(f"int{table.dtype.bitwidth}_weights", (codes,))
        if is_op(user, "Cast"):
            for scaled, side in user.outputs[0].uses():
                gathered = scaled.inputs[1 - side].producer() if is_op(scaled, "Mul") else None  # type: ignore[union-attr]
                scale = gathered.inputs[0] if gathered is not None and is_op(gathered, "Gather") else None
                return Quantized(
                    f"int{table.dtype.bitwidth}_weights", (codes_of("weight", 0, table, scale, None, axis=0),)
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
        codes.append(codes_of("output", 0, written.outputs[0], input_of(written, 1), input_of(written, 2)))
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
    return codes_of(operand, position, data, scale, zero, axis, int_of(source, "block_size", 0))


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
            return codes_of("weight", position, data, scale, None, axis)
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
    codes = codes_of("output", 0, written.outputs[0], input_of(written, 1), input_of(written, 2))
    return Quantized("int8_static", (codes,))


def _of_half(node: ir.Node) -> Quantized | None:
    for value in (*node.inputs, *node.outputs[:1]):
        if value is not None and (dtype := value.dtype) in _HALF:
            return Quantized(_HALF[dtype])
    return None


def _is_small_integer(value: ir.Value) -> bool:
    return value.dtype is not None and value.dtype.is_integer()


def _bits(dtype: str) -> int:
    return int("".join(c for c in dtype if c.isdigit()) or "8")
