"""Which values of a graph are constants, and which stored tensors stand behind them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import onnx_ir as ir

from engine.graph.ops import STANDARD_DOMAINS, names

_REARRANGE = names(
    "Identity Cast CastLike Transpose Reshape Squeeze Unsqueeze Flatten Slice DequantizeLinear QuantizeLinear"
)
"""Ops that hand the numbers of their first input on: a weight behind them is the same weight."""
_MOST_BEHIND = 1000


@dataclass(frozen=True, slots=True)
class Stored:
    """A tensor of the file, and whether it is dequantized before it is used."""

    tensor: ir.TensorProtocol
    dequantized: bool


def is_op(node: ir.Node | None, *op_types: str) -> bool:
    """Whether the node is one of ONNX's own ops of these names."""
    return node is not None and node.op_type in op_types and node.domain in STANDARD_DOMAINS


def constant(value: ir.Value | None) -> ir.TensorProtocol | None:
    """The tensor of an initializer or a Constant node, whatever its size; None where the value is computed."""
    if value is None:
        return None
    if value.const_value is not None:
        return value.const_value
    producer = value.producer()
    if not is_op(producer, "Constant"):
        return None
    assert producer is not None
    return _constant_node_tensor(producer)


def _constant_node_tensor(node: ir.Node) -> ir.TensorProtocol | None:
    for name, attribute in node.attributes.items():
        if name == "value" and attribute.type == ir.AttributeType.TENSOR:
            return attribute.as_tensor()
        if name in ("value_float", "value_floats"):
            return ir.Tensor(np.asarray(attribute.value, np.float32))
        if name in ("value_int", "value_ints"):
            return ir.Tensor(np.asarray(attribute.value, np.int64))
    return None


def applies_scale(node: ir.Node) -> bool:
    """Whether a Mul multiplies integers with their scale, or two scales of integers: no parameter stands there."""
    return is_op(node, "Mul") and any(_comes_from_integers(value) for value in node.inputs)


def _comes_from_integers(value: ir.Value | None) -> bool:
    """Integers cast to float, perhaps moved by a zero point and rearranged in blocks; or what these are scaled with."""
    for _ in range(4):
        producer = value.producer() if value is not None else None
        if is_op(producer, "DynamicQuantizeLinear"):
            return True
        if producer is None or not producer.inputs:
            return False
        value = producer.inputs[0]
        if is_op(producer, "Cast"):
            return value is not None and value.dtype is not None and value.dtype.is_integer()
        if not is_op(producer, "Reshape", "Sub"):
            return False
    return False


def small_ints(value: ir.Value | None, limit: int = 64) -> tuple[int, ...] | None:
    """The numbers of a small constant of integers (axes, pads, shapes), flattened; None where it is anything else."""
    tensor = constant(value)
    if tensor is None or tensor.dtype not in (ir.DataType.INT64, ir.DataType.INT32) or tensor.size > limit:
        return None
    return tuple(int(number) for number in tensor.numpy().reshape(-1))


def stored_behind(value: ir.Value | None) -> tuple[Stored, ...]:
    """The stored tensors whose numbers arrive in a value; none where any of the numbers is computed from the inputs.

    Each comes once, in the order of the Concats on the way. Walked without recursion and within bounds: a file can have
    any number of nodes between a tensor and its use, and use each of them twice.
    """
    if value is None:
        return ()
    if value.const_value is not None:
        return (Stored(value.const_value, dequantized=False),)
    if constant(value) is None and _before(value) is None:
        return ()
    found: dict[tuple[int, bool], Stored] = {}
    waiting: list[tuple[ir.Value | None, bool]] = [(value, False)]
    seen: set[tuple[int, bool]] = set()
    while waiting:
        value, dequantized = waiting.pop()
        if value is None or len(seen) > _MOST_BEHIND:
            return ()
        if (id(value), dequantized) in seen:
            continue
        seen.add((id(value), dequantized))
        tensor = constant(value)
        if tensor is not None:
            found[id(tensor), dequantized] = Stored(tensor, dequantized)
            continue
        before = _before(value)
        if before is None:
            return ()
        values, scaled = before
        waiting.extend((inner, dequantized or scaled) for inner in reversed(values))
    return tuple(found.values())


def _before(value: ir.Value) -> tuple[Sequence[ir.Value | None], bool] | None:
    """Where the numbers of a value come from, and whether they are dequantized on the way; None: they are computed."""
    producer = value.producer()
    if producer is None or not producer.inputs:
        return None
    if is_op(producer, "Concat"):
        return producer.inputs, False
    if applies_scale(producer):
        return producer.inputs[:1] if _comes_from_integers(producer.inputs[0]) else producer.inputs[1:2], True
    if not is_op(producer, *_REARRANGE, "Sub"):
        return None
    if producer.op_type == "Sub" and not _comes_from_integers(producer.outputs[0]):
        return None
    return producer.inputs[:1], producer.op_type == "DequantizeLinear"
