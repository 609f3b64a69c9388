"""A model without its weights, for the library functions that take a protobuf.

Every larger tensor becomes one whose data are said to lie elsewhere, under a number: enough for the library, which
needs the values of small tensors only, and the way back to the tensor for a graph that the library returns.
"""

from __future__ import annotations

from dataclasses import dataclass

import onnx
import onnx_ir as ir
from onnx_ir import serde

from engine.graph.constants import is_op

_SMALL_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Stripped:
    """The protobuf, and the tensors that stand-ins in it name by number."""

    proto: onnx.ModelProto
    tensors: tuple[ir.TensorProtocol, ...]


def without_weights(model: ir.Model) -> Stripped:
    """The model as protobuf; the model itself is as before when this returns."""
    tensors: list[ir.TensorProtocol] = []
    values: list[tuple[ir.Value, ir.TensorProtocol]] = []
    nodes: list[tuple[ir.Node, ir.Attr]] = []
    for graph in model.graphs():
        for value in graph.initializers.values():
            if value.const_value is not None and _is_large(value.const_value):
                values.append((value, value.const_value))
                tensors.append(value.const_value)
                value.const_value = _stand_in(value.const_value, len(tensors) - 1)
        for node in graph:
            attribute = node.attributes.get("value") if is_op(node, "Constant") else None
            if attribute is not None and attribute.type == ir.AttributeType.TENSOR and _is_large(attribute.as_tensor()):
                nodes.append((node, attribute))
                tensors.append(attribute.as_tensor())
                node.attributes["value"] = ir.AttrTensor("value", _stand_in(tensors[-1], len(tensors) - 1))
    try:
        return Stripped(serde.serialize_model(model), tuple(tensors))
    finally:
        for value, tensor in values:
            value.const_value = tensor
        for node, attribute in nodes:
            node.attributes["value"] = attribute


def with_weights(proto: onnx.ModelProto, tensors: tuple[ir.TensorProtocol, ...]) -> ir.Model:
    """The graph that a library function made of a stripped one, with the tensors in their places again."""
    model = serde.deserialize_model(proto)
    for graph in model.graphs():
        for value in graph.initializers.values():
            if isinstance(value.const_value, ir.ExternalTensor):
                value.const_value = _behind(value.const_value, tensors)
        for node in graph:
            attribute = node.attributes.get("value") if is_op(node, "Constant") else None
            if attribute is not None and isinstance(attribute.value, ir.ExternalTensor):
                node.attributes["value"] = ir.AttrTensor("value", _behind(attribute.value, tensors))
    return model


def _is_large(tensor: ir.TensorProtocol) -> bool:
    return tensor.dtype != ir.DataType.STRING and (
        tensor.nbytes > _SMALL_BYTES or isinstance(tensor, ir.ExternalTensor)
    )


def _stand_in(tensor: ir.TensorProtocol, number: int) -> ir.TensorProtocol:
    shape = ir.Shape(tensor.shape.numpy())
    return ir.ExternalTensor(str(number), 0, tensor.nbytes, tensor.dtype, shape=shape, name=tensor.name or "")


def _behind(stand_in: ir.ExternalTensor, tensors: tuple[ir.TensorProtocol, ...]) -> ir.TensorProtocol:
    return tensors[int(str(stand_in.location))]
