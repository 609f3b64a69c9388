"""A model without its weights, for the library functions that take a protobuf, and what they infer."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import onnx
import onnx_ir as ir
from onnx_ir import serde

_SMALL_BYTES = 1024
_log = logging.getLogger(__name__)


def infer(model: ir.Model, *, forget: bool) -> None:
    """Infer the shapes and types of all values, in place.

    Args:
        forget: drop the shapes that computed values have now, because the inputs' shapes have changed.
    """
    before = {value: value.shape for value in computed_values(model)} if forget else {}
    for value in before:
        value.shape = None
    proto = without_weights(model)
    try:
        inferred = onnx.shape_inference.infer_shapes(proto, check_type=False, strict_mode=False, data_prop=True)
    except Exception as error:  # the library raises anything for graphs that it does not understand
        _log.info("shape inference failed: %s", error)
    else:
        _take_over(model.graph, inferred.graph)
    for value, shape in before.items():
        if value.shape is None and shape is not None and not any(isinstance(size, int) for size in shape):
            value.shape = shape


def computed_values(model: ir.Model) -> Iterator[ir.Value]:
    for graph in model.graphs():
        for node in graph:
            yield from node.outputs


def without_weights(model: ir.Model) -> onnx.ModelProto:
    """The model as protobuf, in which larger tensors have only name, type and shape."""
    stubs: list[tuple[Callable[[ir.TensorProtocol], None], ir.TensorProtocol]] = []
    for graph in model.graphs():
        for value in graph.initializers.values():
            if value.const_value is not None and value.const_value.nbytes > _SMALL_BYTES:
                stubs.append((_setter(value), value.const_value))
    for put, tensor in stubs:
        put(_stub(tensor))
    try:
        return serde.serialize_model(model)
    finally:
        for put, tensor in stubs:
            put(tensor)


def _stub(tensor: ir.TensorProtocol) -> ir.TensorProtocol:
    shape = ir.Shape(tensor.shape.numpy())
    return ir.ExternalTensor("-", 0, tensor.nbytes, tensor.dtype, shape=shape, name=tensor.name or "")


def _setter(value: ir.Value) -> Callable[[ir.TensorProtocol], None]:
    def put(tensor: ir.TensorProtocol) -> None:
        value.const_value = tensor

    return put


def _take_over(graph: ir.Graph, inferred: onnx.GraphProto) -> None:
    known = {info.name: info.type for info in (*inferred.value_info, *inferred.output) if info.HasField("type")}
    for node, proto in zip(graph, inferred.node, strict=True):
        for value in node.outputs:
            if value.name in known:
                _set_type(value, known[value.name])
        for inner, inner_proto in zip(_bodies(node), _body_protos(proto), strict=True):
            inputs = {info.name: info.type for info in inner_proto.input if info.HasField("type")}
            for value in inner.inputs:
                if value.name in inputs:
                    _set_type(value, inputs[value.name])
            _take_over(inner, inner_proto)


def _set_type(value: ir.Value, proto: onnx.TypeProto) -> None:
    type_ = serde.deserialize_type_proto_for_type(proto)
    if type_ is not None and (value.dtype in (None, ir.DataType.UNDEFINED) or value.type is None):
        value.type = type_
    shape = serde.deserialize_type_proto_for_shape(proto)
    if shape is not None:
        value.shape = ir.Shape([size if isinstance(size, int) else _symbol(size) for size in shape])


def _symbol(size: ir.SymbolicDim) -> str | None:
    """The exporter's own symbols; those that inference makes up say nothing."""
    return None if size.value is None or size.value.startswith("unk__") else size.value


def _bodies(node: ir.Node) -> Iterator[ir.Graph]:
    for attribute in node.attributes.values():
        if attribute.is_ref():
            continue
        if attribute.type == ir.AttributeType.GRAPH:
            yield attribute.as_graph()
        elif attribute.type == ir.AttributeType.GRAPHS:
            yield from attribute.as_graphs()


def _body_protos(proto: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    for attribute in proto.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield attribute.g
        elif attribute.type == onnx.AttributeProto.GRAPHS:
            yield from attribute.graphs
