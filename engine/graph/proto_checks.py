"""Check what protobuf made of a file before it is used: nearly any bytes parse into something.

A graph with outputs, operator sets, operators with names, names that are text, and tensors whose bytes agree with their
shapes.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import prod
from pathlib import Path

import onnx
import onnx_ir as ir

from engine.errors import ModelError
from engine.graph.external_data import check_external
from engine.graph.proto import Contents

_MOST_SIZE = 1 << 60
_MOST_RANK = 1000
_TYPES = frozenset(onnx.TensorProto.DataType.values()) - {0}


def not_a_model(path: Path, why: str) -> ModelError:
    return ModelError(f"not an ONNX model: {why}", where=str(path))


def check_structure(proto: onnx.ModelProto, found: Contents, path: Path) -> None:
    """Refuse what is no model.

    Raises:
        ModelError: with the reason.
    """
    graph = proto.graph
    if not proto.HasField("graph"):
        raise not_a_model(path, "it holds no graph (truncated, or another kind of file)")
    try:
        _require_texts(proto, found)
    except TypeError:
        raise not_a_model(path, "its names are no text") from None
    if not graph.output or not all(value.name for value in graph.output):
        raise not_a_model(path, "its graph has no outputs")
    if not proto.opset_import or not all(0 < opset.version < 10_000 for opset in proto.opset_import):
        raise not_a_model(path, "it names no operator set")
    operators = {node.op_type for node in found.nodes}
    if not all(op and op.isprintable() for op in operators) or not all(node.output for node in found.nodes):
        raise not_a_model(path, "it has a node without an operator or without outputs")


def _require_texts(proto: onnx.ModelProto, found: Contents) -> None:
    """Every field that must be text: protobuf hands out bytes where it is none, which ``join`` does not take."""
    join = "".join
    join((proto.producer_name, proto.producer_version, proto.domain, proto.doc_string))
    join([opset.domain for opset in proto.opset_import])
    _require_pairs(proto.metadata_props)
    for function in proto.functions:
        join((function.name, function.domain, function.doc_string, function.overload))
        join((*function.input, *function.output, *function.attribute))
        join([opset.domain for opset in function.opset_import])
        _require_pairs(function.metadata_props)
    for graph in found.graphs:
        join((graph.name, graph.doc_string))
        _require_pairs(graph.metadata_props)
        for value in (*graph.input, *graph.output, *graph.value_info):
            join((value.name, value.doc_string, value.type.denotation))
            for dim in value.type.tensor_type.shape.dim:
                join((dim.dim_param, dim.denotation))
    for node in found.nodes:
        join((node.name, node.op_type, node.domain, node.doc_string, node.overload, *node.input, *node.output))
        if node.metadata_props:
            _require_pairs(node.metadata_props)
    for attribute in found.attributes:
        join((attribute.name, attribute.doc_string, attribute.ref_attr_name))
    for tensor in found.tensors():
        join((tensor.name, tensor.doc_string))
        _require_pairs(tensor.external_data)
        _require_pairs(tensor.metadata_props)


def _require_pairs(entries: Iterable[onnx.StringStringEntryProto]) -> None:
    for entry in entries:
        "".join((entry.key, entry.value))


def check_tensors(found: Contents, path: Path, files: dict[str, int]) -> None:
    """Check all tensors; ``files`` collects the files of external data with their sizes.

    Raises:
        ModelError: which tensor is broken, and how.
    """
    for tensor in found.tensors():
        problem = check_shape(tensor)
        if problem is None and tensor.data_location == onnx.TensorProto.EXTERNAL:
            check_external(tensor, expected_bytes(tensor), path, files)
        elif problem is None:
            problem = _wrong_length(tensor)
        if problem:
            raise ModelError(f"tensor {tensor.name!r} is broken: {problem}", where=str(path))


def check_tensor(tensor: onnx.TensorProto) -> str | None:
    """What is wrong with a tensor whose data are in the file."""
    return check_shape(tensor) or _wrong_length(tensor)


def check_shape(tensor: onnx.TensorProto) -> str | None:
    """What is wrong with its type and shape."""
    if tensor.data_type not in _TYPES:
        return f"its element type {tensor.data_type} is unknown"
    dims = tuple(tensor.dims)
    if dims and min(dims) < 0:
        return f"its shape {list(dims)} has a negative size"
    if len(dims) > _MOST_RANK:
        return f"it has {len(dims)} dimensions"
    if prod(dims) > _MOST_SIZE:
        return f"its shape {list(dims)} overflows"
    return None


def _bits(tensor: onnx.TensorProto) -> int:
    return ir.DataType(tensor.data_type).bitwidth


def expected_bytes(tensor: onnx.TensorProto) -> int:
    """That its shape takes, packed; of strings none, which have lengths of their own."""
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
        found, wanted, unit = len(tensor.raw_data), expected_bytes(tensor), "bytes"
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
