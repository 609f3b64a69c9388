"""ONNX files, with external data where they have it.

protobuf parses nearly any bytes into something, so what was read is checked before it is used: a graph with outputs,
operator sets, operators with names, and tensors whose bytes agree with their shapes. External data stays in its
files, is mapped when it is used, and must be complete and inside the model's folder: a path that leaves it would read
somebody else's files.
"""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterable, Iterator
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.format import Format, Source
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx
    import onnx_ir as ir

_PROTOBUF_LIMIT = 2**31
_NOT_ONNX_MAGIC = (b"PK\x03\x04", b"\x80\x02", b"\x89HDF", b"GGUF")


def _recognises(path: Path, head: bytes) -> bool:
    """The suffix decides; without it, ONNX files begin with the field ``ir_version``, a small number."""
    if head.startswith(_NOT_ONNX_MAGIC) or head[4:8] in (b"TFL3", b"ORTM"):
        return False
    return path.suffix.lower() == ".onnx" or (head[:1] == b"\x08" and len(head) > 2 and head[1] < 64)


def open_onnx(path: Path, progress: Progress) -> Source:
    """Open an ONNX file.

    Raises:
        ModelError: it is no ONNX model, is broken or truncated, or its external data are missing, too short, or outside
            its folder.
    """
    progress.step(f"reading {path.name}")
    file_bytes = path.stat().st_size
    if file_bytes >= _PROTOBUF_LIMIT:
        raise ModelError(
            "an ONNX file of 2 GB and more cannot be parsed: protobuf's limit",
            where=str(path),
            way_out="Save it with external data: onnx.save(model, path, save_as_external_data=True).",
        )
    proto = _parse(path)
    _check_structure(proto, path)
    external = _check_tensors(proto, path)
    progress.step(f"building the graph of {path.name}")
    return Source(path, "onnx", _to_ir(proto, path), file_bytes + external)


def _parse(path: Path) -> onnx.ModelProto:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    try:
        proto: onnx.ModelProto = onnx.ModelProto.FromString(path.read_bytes())
    except DecodeError:
        raise _not_a_model(path, "protobuf cannot parse it: the file is truncated or is something else") from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error}", where=str(path)) from None
    return proto


def _not_a_model(path: Path, why: str) -> ModelError:
    return ModelError(f"not an ONNX model: {why}", where=str(path))


def _check_structure(proto: onnx.ModelProto, path: Path) -> None:
    graph = proto.graph
    if not proto.HasField("graph"):
        raise _not_a_model(path, "it holds no graph (truncated, or another kind of file)")
    if not all(isinstance(text, str) for text in _texts(proto)):
        raise _not_a_model(path, "its names are no text")
    if not graph.output or not all(value.name for value in graph.output):
        raise _not_a_model(path, "its graph has no outputs")
    if not proto.opset_import or not all(0 < opset.version < 10_000 for opset in proto.opset_import):
        raise _not_a_model(path, "it names no operator set")
    for inner in _graphs(graph):
        if not all(node.op_type and node.op_type.isprintable() and node.output for node in inner.node):
            raise _not_a_model(path, "it has a node without an operator or without outputs")
        if inner.sparse_initializer:
            raise ModelError("sparse initializers are not supported", where=str(path))


def _texts(proto: onnx.ModelProto) -> Iterator[str | bytes]:
    """Every field that must be text: protobuf hands out bytes where it is none."""
    yield from (proto.producer_name, proto.producer_version, proto.domain, proto.doc_string)
    yield from (opset.domain for opset in proto.opset_import)
    yield from _pairs(proto.metadata_props)
    for graph in _graphs(proto.graph):
        yield from (graph.name, graph.doc_string)
        yield from _pairs(graph.metadata_props)
        for value in (*graph.input, *graph.output, *graph.value_info):
            yield from (value.name, value.doc_string, value.type.denotation)
            for dim in value.type.tensor_type.shape.dim:
                yield from (dim.dim_param, dim.denotation)
        for node in graph.node:
            yield from (node.name, node.op_type, node.domain, node.doc_string, node.overload)
            yield from (*node.input, *node.output)
            yield from _pairs(node.metadata_props)
            for attribute in node.attribute:
                yield from (attribute.name, attribute.doc_string, attribute.ref_attr_name)
    for tensor in _tensors(proto):
        yield from (tensor.name, tensor.doc_string)
        yield from _pairs(tensor.external_data)
        yield from _pairs(tensor.metadata_props)


def _pairs(entries: Iterable[onnx.StringStringEntryProto]) -> Iterator[str]:
    for entry in entries:
        yield from (entry.key, entry.value)


def _graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from _graphs(attribute.g)
            for inner in attribute.graphs:
                yield from _graphs(inner)


def _tensors(proto: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    nodes = [node for function in proto.functions for node in function.node]
    for graph in _graphs(proto.graph):
        yield from graph.initializer
        nodes.extend(graph.node)
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _check_tensors(proto: onnx.ModelProto, path: Path) -> int:
    """Check all tensors; returns the bytes of the files of external data."""
    import onnx

    files: dict[str, int] = {}
    for tensor in _tensors(proto):
        problem = None
        if any(size < 0 for size in tensor.dims):
            problem = f"its shape {list(tensor.dims)} has a negative size"
        elif tensor.data_type not in onnx.TensorProto.DataType.values() or tensor.data_type == 0:
            problem = f"its element type {tensor.data_type} is unknown"
        elif tensor.data_location == onnx.TensorProto.EXTERNAL:
            _check_external(tensor, path, files)
        else:
            problem = _wrong_length(tensor)
        if problem:
            raise ModelError(f"tensor {tensor.name!r} is broken: {problem}", where=str(path))
    return sum(files.values())


def _bits(tensor: onnx.TensorProto) -> int:
    import onnx_ir as ir

    return ir.DataType(tensor.data_type).bitwidth


def _expected_bytes(tensor: onnx.TensorProto) -> int:
    bits: int = prod(tensor.dims) * _bits(tensor)
    return -(-bits // 8)


def _wrong_length(tensor: onnx.TensorProto) -> str | None:
    """Why the data inside the file do not fill the shape."""
    import onnx

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


def _check_external(tensor: onnx.TensorProto, path: Path, files: dict[str, int]) -> None:
    info = {entry.key: entry.value for entry in tensor.external_data}
    location = info.get("location", "")
    try:
        offset, length = int(info.get("offset") or 0), int(info.get("length") or _expected_bytes(tensor))
    except ValueError:
        raise ModelError(f"tensor {tensor.name!r}: offset or length is no number", where=str(path)) from None
    if location not in files:
        files[location] = _external_size(tensor.name, location, path)
    if offset < 0 or length != _expected_bytes(tensor):
        raise ModelError(
            f"tensor {tensor.name!r} needs {_expected_bytes(tensor)} bytes of {location!r}; the model says {length} at "
            f"offset {offset}",
            where=str(path),
        )
    if offset + length > files[location]:
        raise ModelError(
            f"external data {location!r} is too short: tensor {tensor.name!r} ends at byte {offset + length}, the file "
            f"at {files[location]}",
            where=str(path),
            way_out="Copy the data file again, complete.",
        )


def _external_size(name: str, location: str, path: Path) -> int:
    """The size of a file of external data, after all that could make it somebody else's."""
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 (resolve() would follow a link to the model)
    way_out = "Put the data file into the model's own folder."
    outside = ModelError(
        f"external data {location!r} of tensor {name!r} lies outside the model's folder",
        where=str(path),
        way_out=way_out,
    )
    if not location or "\0" in location:
        raise ModelError(f"tensor {name!r} does not say where its external data are", where=str(path))
    target = folder / location
    if Path(location).is_absolute() or ("\\" in location and ":" in location):
        raise outside
    if not Path(os.path.normpath(target)).is_relative_to(folder) or not target.resolve().is_relative_to(
        folder.resolve()
    ):
        raise outside
    try:
        status = target.stat()
    except FileNotFoundError:
        raise ModelError(f"external data {location!r} is missing", where=str(path), way_out=way_out) from None
    except OSError as error:
        raise ModelError(f"external data {location!r} cannot be read: {error}", where=str(path)) from None
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"external data {location!r} is not a regular file", where=str(path))
    if status.st_nlink > 1:
        raise ModelError(
            f"external data {location!r} has several hard links, which could be another folder's file",
            where=str(path),
            way_out="Replace it by a copy of its own.",
        )
    if not os.access(target, os.R_OK):
        raise ModelError(f"no permission to read external data {location!r}", where=str(path))
    return status.st_size


def _to_ir(proto: onnx.ModelProto, path: Path) -> ir.Model:
    """The graph, local functions inlined because every runtime does that and none names them."""
    import onnx_ir as ir
    from onnx_ir import external_data

    from engine.graph.stripped import without_weights

    logging.getLogger("onnx_ir.serde").setLevel(logging.ERROR)  # what it warns of, engine.graph.structure says
    try:
        model = ir.from_proto(proto)
        assert isinstance(model, ir.Model)
        external_data.set_base_dir(model.graph, os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120
        if model.functions:
            from onnx_ir.passes.common import InlinePass

            model = InlinePass()(model).model
        if not _in_order(model):
            model.graph.sort()
        without_weights(model)  # what cannot be written back breaks every later step
    except RecursionError:
        raise ModelError("its subgraphs are nested too deeply", where=str(path)) from None
    except Exception as error:  # whatever a hostile file provokes in the library is the file's fault
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        raise ModelError(f"its graph is invalid: {str(cause).splitlines()[0][:300]}", where=str(path)) from error
    return model


def _in_order(model: ir.Model) -> bool:
    """Whether every graph has its nodes after the producers of their inputs."""
    for graph in model.graphs():
        seen = set()
        for node in graph:
            seen.add(node)
            for value in node.inputs:
                producer = None if value is None else value.producer()
                if producer is not None and producer.graph is graph and producer not in seen:
                    return False
    return True


FORMAT = Format(key="onnx", title="ONNX (.onnx)", suffixes=(".onnx",), recognises=_recognises, open=open_onnx)
