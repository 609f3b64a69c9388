"""What shape inference needs of a model, as protobuf: written by hand, because that is several times as fast.

``onnx_ir`` can write everything, and takes 30 µs for a node; inference reads operators, names, attributes, the types
that are known and the values of small tensors. Larger tensors become ones whose data are said to lie elsewhere, as in
``engine.graph.stripped``. Names of nodes, documentation and metadata are left out.
"""

from __future__ import annotations

import onnx
import onnx_ir as ir
from onnx_ir import serde

from engine.graph.stored_tensor import StoredTensor
from engine.graph.structure import graphs

SMALL_BYTES = 1024
_FIELDS = onnx.AttributeProto
_PLAIN = {
    ir.AttributeType.INT: "i",
    ir.AttributeType.INTS: "ints",
    ir.AttributeType.FLOAT: "f",
    ir.AttributeType.FLOATS: "floats",
}
"""The field of an attribute that holds numbers."""


def skeleton(model: ir.Model) -> onnx.ModelProto:
    """The model as ``onnx.shape_inference`` takes it; nodes and bodies stand as they do in the model."""
    proto = onnx.ModelProto(ir_version=model.ir_version or 0)
    for domain, version in model.opset_imports.items():
        proto.opset_import.add(domain=domain, version=version)
    for function in model.functions.values():
        proto.functions.append(serde.serialize_function(function))
    _graph(model.graph, proto.graph)
    return proto


def require_writable(model: ir.Model) -> None:
    """Raise what ``onnx_ir`` raises where a model could not be written back, which breaks every later step.

    Plain numbers and names always can be; everything else is tried.
    """
    for graph in graphs(model):
        values = [*graph.inputs, *graph.outputs]
        for node in graph:
            for attribute in node.attributes.values():
                if attribute.is_ref():
                    serde.serialize_reference_attribute(attribute)
                elif attribute.type in _PLAIN:
                    _FIELDS(**{_PLAIN[attribute.type]: attribute.value})
                elif attribute.type == ir.AttributeType.TENSOR:
                    _FIELDS(t=_tensor(attribute.as_tensor()))
                elif attribute.type not in (ir.AttributeType.GRAPH, ir.AttributeType.GRAPHS):
                    serde.serialize_attribute(attribute)
            values.extend(value for value in node.outputs if value.type is not None or value.shape is not None)
        for value in values:
            serde.serialize_value(value)
        for value in graph.initializers.values():
            if value.const_value is not None and type(value.const_value) is not StoredTensor:
                _tensor(value.const_value)


def is_large(tensor: ir.TensorProtocol) -> bool:
    return tensor.dtype != ir.DataType.STRING and (isinstance(tensor, ir.ExternalTensor) or tensor.nbytes > SMALL_BYTES)


def _graph(graph: ir.Graph, proto: onnx.GraphProto) -> None:
    proto.name = graph.name or "graph"
    for value in graph.inputs:
        serde.serialize_value_into(proto.input.add(), value)
    for value in graph.initializers.values():
        tensor = value.const_value
        if tensor is not None:
            made = proto.initializer.add()
            _write_tensor(tensor, made)
            made.name = value.name or ""
        elif not value.is_graph_input():
            _info(value, proto)
    for node in graph:
        _node(node, proto.node.add())
        for value in node.outputs:
            if not value.is_graph_output():
                _info(value, proto)
    for value in graph.outputs:
        serde.serialize_value_into(proto.output.add(), value)


def _info(value: ir.Value, proto: onnx.GraphProto) -> None:
    if value.name and (value.type is not None or value.shape is not None):
        serde.serialize_value_into(proto.value_info.add(), value)


def _node(node: ir.Node, proto: onnx.NodeProto) -> None:
    proto.op_type = node.op_type
    if node.domain:
        proto.domain = node.domain
    if node.overload:
        proto.overload = node.overload
    proto.input.extend([(value.name or "") if value is not None else "" for value in node.inputs])
    proto.output.extend([value.name or "" for value in node.outputs])
    for attribute in node.attributes.values():
        if attribute.is_ref():
            serde.serialize_reference_attribute_into(proto.attribute.add(), attribute)
        elif attribute.type in _PLAIN:
            fields = {_PLAIN[attribute.type]: attribute.value}
            proto.attribute.add(name=attribute.name, type=attribute.type.value, **fields)
        elif attribute.type == ir.AttributeType.TENSOR:
            proto.attribute.add(name=attribute.name, type=_FIELDS.TENSOR, t=_tensor(attribute.as_tensor()))
        elif attribute.type == ir.AttributeType.GRAPH:
            _graph(attribute.as_graph(), proto.attribute.add(name=attribute.name, type=_FIELDS.GRAPH).g)
        elif attribute.type == ir.AttributeType.GRAPHS:
            made = proto.attribute.add(name=attribute.name, type=_FIELDS.GRAPHS)
            for inner in attribute.as_graphs():
                _graph(inner, made.graphs.add())
        else:
            serde.serialize_attribute_into(proto.attribute.add(), attribute)


def _tensor(tensor: ir.TensorProtocol) -> onnx.TensorProto:
    made = onnx.TensorProto()
    _write_tensor(tensor, made)
    return made


def _write_tensor(tensor: ir.TensorProtocol, made: onnx.TensorProto) -> None:
    if is_large(tensor):
        made.data_type = tensor.dtype.value
        made.dims.extend(tensor.shape.numpy())
        made.data_location = onnx.TensorProto.EXTERNAL
    elif type(tensor) is StoredTensor:
        made.CopyFrom(tensor.raw)
    else:
        serde.serialize_tensor_into(made, from_=tensor)
