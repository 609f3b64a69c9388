"""Check what protobuf made of a file before it is used: nearly any bytes parse into something.

A graph with outputs, operator sets, operators with names, names that are text, and tensors whose bytes agree with their
shapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import prod
from pathlib import Path

import onnx
import onnx_ir as ir

from engine.errors import ModelError
from engine.graph.external_data import check_external
from engine.graph.proto import every_graph, tensors

_MOST_SIZE = 1 << 60
_MOST_RANK = 1000
_TYPES = frozenset(onnx.TensorProto.DataType.values()) - {0}


def not_a_model(path: Path, why: str) -> ModelError:
    return ModelError(f"not an ONNX model: {why}", where=str(path))


def check_structure(proto: onnx.ModelProto, path: Path) -> None:
    """Refuse what is no model.

    Raises:
        ModelError: with the reason.
    """
    graph = proto.graph
    if not proto.HasField("graph"):
        raise not_a_model(path, "it holds no graph (truncated, or another kind of file)")
    if not all(type(text) is str for text in _texts(proto)):
        raise not_a_model(path, "its names are no text")
    if not graph.output or not all(value.name for value in graph.output):
        raise not_a_model(path, "its graph has no outputs")
    if not proto.opset_import or not all(0 < opset.version < 10_000 for opset in proto.opset_import):
        raise not_a_model(path, "it names no operator set")
    for nodes in (*(f.node for f in proto.functions), *(inner.node for inner in every_graph(proto))):
        if not all(node.op_type and node.op_type.isprintable() and node.output for node in nodes):
            raise not_a_model(path, "it has a node without an operator or without outputs")


def _texts(proto: onnx.ModelProto) -> Iterator[str | bytes]:
    """Every field that must be text: protobuf hands out bytes where it is none."""
    yield from (proto.producer_name, proto.producer_version, proto.domain, proto.doc_string)
    for opset in proto.opset_import:
        yield opset.domain
    yield from _pairs(proto.metadata_props)
    for function in proto.functions:
        yield from (function.name, function.domain, function.doc_string, function.overload)
        yield from (*function.input, *function.output, *function.attribute)
        for opset in function.opset_import:
            yield opset.domain
        yield from _pairs(function.metadata_props)
        yield from _node_texts(function.node)
    for graph in every_graph(proto):
        yield from (graph.name, graph.doc_string)
        yield from _pairs(graph.metadata_props)
        for value in (*graph.input, *graph.output, *graph.value_info):
            yield from (value.name, value.doc_string, value.type.denotation)
            for dim in value.type.tensor_type.shape.dim:
                yield from (dim.dim_param, dim.denotation)
        yield from _node_texts(graph.node)
    for tensor in tensors(proto):
        yield from (tensor.name, tensor.doc_string)
        yield from _pairs(tensor.external_data)
        yield from _pairs(tensor.metadata_props)


def _node_texts(nodes: Iterable[onnx.NodeProto]) -> Iterator[str | bytes]:
    for node in nodes:
        yield from (node.name, node.op_type, node.domain, node.doc_string, node.overload)
        yield from node.input
        yield from node.output
        if node.metadata_props:
            yield from _pairs(node.metadata_props)
        for attribute in node.attribute:
            yield from (attribute.name, attribute.doc_string, attribute.ref_attr_name)


def _pairs(entries: Iterable[onnx.StringStringEntryProto]) -> Iterator[str]:
    for entry in entries:
        yield from (entry.key, entry.value)


def check_tensors(proto: onnx.ModelProto, path: Path) -> dict[str, int]:
    """Check all tensors; returns the files of external data with their sizes.

    Raises:
        ModelError: which tensor is broken, and how.
    """
    files: dict[str, int] = {}
    for tensor in tensors(proto):
        problem = _impossible(tensor)
        if problem is None and tensor.data_location == onnx.TensorProto.EXTERNAL:
            check_external(tensor, _expected_bytes(tensor), path, files)
        elif problem is None:
            problem = _wrong_length(tensor)
        if problem:
            raise ModelError(f"tensor {tensor.name!r} is broken: {problem}", where=str(path))
    return files


def check_tensor(tensor: onnx.TensorProto) -> str | None:
    """What is wrong with a tensor whose data are in the file."""
    return _impossible(tensor) or _wrong_length(tensor)


def _impossible(tensor: onnx.TensorProto) -> str | None:
    if tensor.data_type not in _TYPES:
        return f"its element type {tensor.data_type} is unknown"
    if any(size < 0 for size in tensor.dims):
        return f"its shape {list(tensor.dims)} has a negative size"
    if len(tensor.dims) > _MOST_RANK:
        return f"it has {len(tensor.dims)} dimensions"
    if prod(tensor.dims) > _MOST_SIZE:
        return f"its shape {list(tensor.dims)} overflows"
    return None


def _bits(tensor: onnx.TensorProto) -> int:
    return ir.DataType(tensor.data_type).bitwidth


def _expected_bytes(tensor: onnx.TensorProto) -> int:
    if tensor.data_type == onnx.TensorProto.STRING:
        return 0
    bits: int = prod(tensor.dims) * _bits(tensor)
    return -(-bits // 8)


def _wrong_length(tensor: onnx.TensorProto) -> str | None:
    """Why the data inside the file do not fill the shape."""
    types = onnx.TensorProto
    count = prod(tensor.dims)
    if tensor.data_type == types.STRING:
        found, wanted, unit = len(tensor.string_data), count, "strings"
    elif tensor.HasField("raw_data"):
        found, wanted, unit = len(tensor.raw_data), _expected_bytes(tensor), "bytes"
    else:
        unit = "numbers"
        bits = _bits(tensor)
        wanted = -(-count * bits // 8) if bits < 8 else count
        if tensor.data_type in (types.FLOAT, types.COMPLEX64):
            found = len(tensor.float_data)
        elif tensor.data_type in (types.DOUBLE, types.COMPLEX128):
            found = len(tensor.double_data)
        elif tensor.data_type == types.INT64:
            found = len(tensor.int64_data)
        elif tensor.data_type in (types.UINT32, types.UINT64):
            found = len(tensor.uint64_data)
        else:
            found = len(tensor.int32_data)
        if tensor.data_type in (types.COMPLEX64, types.COMPLEX128):
            wanted *= 2
    return None if found == wanted else f"shape {list(tensor.dims)} needs {wanted} {unit} and has {found}"
