"""The graph in a file of ONNX Runtime's own format, written as ONNX.

The format (``onnxruntime/core/flatbuffers/schema/ort.fbs``) holds the nodes, types and weights of an ONNX model after
the runtime's optimizations; the fields below are numbered as FlatBuffers numbers them. What it says beyond ONNX, which
kernels to take and what to optimize once more when it is loaded, the runtime works out again.
"""

from __future__ import annotations

from collections.abc import Iterable

import onnx

from engine.graph.flatbuffer import BrokenBuffer, Buffer, Table

_DEEPEST = 40


def ort_version(content: bytes) -> str:
    """Of the format; the oldest known is 1."""
    return Buffer(content).root().text(4)


def as_onnx(content: bytes) -> onnx.ModelProto:
    """The model in the file.

    Raises:
        BrokenBuffer: the file is truncated or contradicts itself.
    """
    model = Buffer(content).root().table(6)
    graph = None if model is None else model.table(18)
    if model is None or graph is None:
        raise BrokenBuffer("it holds no graph")
    proto = onnx.ModelProto(
        ir_version=max(model.integer(4, "q"), 4),
        producer_name=model.text(8),
        producer_version=model.text(10),
        domain=model.text(12),
        model_version=model.integer(14, "q"),
        doc_string=model.text(16),
    )
    for opset in model.tables(6):
        proto.opset_import.add(domain=opset.text(4), version=opset.integer(6, "q"))
    for entry in model.tables(22):
        proto.metadata_props.add(key=entry.text(4), value=entry.text(6))
    _graph(graph, proto.graph, 0)
    return proto


def _graph(graph: Table, proto: onnx.GraphProto, depth: int) -> None:
    if depth > _DEEPEST:
        raise BrokenBuffer("its subgraphs are nested too deeply")
    proto.name = "graph"
    infos = {info.text(4): info for info in graph.tables(6)}
    inputs, outputs = graph.texts(14), graph.texts(16)
    for tensor in graph.tables(4):
        _tensor(tensor, proto.initializer.add())
    for name in inputs:
        _value(name, infos.get(name), proto.input.add())
    for name in outputs:
        _value(name, infos.get(name), proto.output.add())
    for sparse in graph.tables(18):
        made = proto.sparse_initializer.add(dims=_whole(sparse.numbers(8, "q")))
        for part, field in ((sparse.table(4), made.values), (sparse.table(6), made.indices)):
            if part is None:
                raise BrokenBuffer("a sparse tensor has no values")
            _tensor(part, field)
    known = {*inputs, *outputs, *(tensor.name for tensor in proto.initializer)}
    for name, info in infos.items():
        if name and name not in known and info.table(8) is not None:
            _value(name, info, proto.value_info.add())
    for node in graph.tables(8):
        made_node = proto.node.add(
            name=node.text(4),
            doc_string=node.text(6),
            domain=node.text(8),
            op_type=node.text(14),
            input=node.texts(20),
            output=node.texts(22),
        )
        for attribute in node.tables(24):
            _attribute(attribute, made_node.attribute.add(), depth)


def _attribute(found: Table, proto: onnx.AttributeProto, depth: int) -> None:
    kinds = onnx.AttributeProto
    proto.name, kind = found.text(4), found.integer(8, "i")
    if kind not in kinds.AttributeType.values() or kind == kinds.UNDEFINED:
        raise BrokenBuffer(f"the attribute {proto.name!r} has no known type")
    proto.type = kind  # type: ignore[assignment]
    if kind == kinds.FLOAT:
        proto.f = found.real(10)
    elif kind == kinds.INT:
        proto.i = found.integer(12, "q")
    elif kind == kinds.STRING:
        proto.s = found.raw(14) or b""
    elif kind == kinds.FLOATS:
        proto.floats.extend(found.numbers(20, "f"))
    elif kind == kinds.INTS:
        proto.ints.extend(_whole(found.numbers(22, "q")))
    elif kind == kinds.STRINGS:
        proto.strings.extend(found.all_bytes(24))
    elif kind == kinds.TENSORS:
        for each in found.tables(26):
            _tensor(each, proto.tensors.add())
    elif kind == kinds.GRAPHS:
        for each in found.tables(28):
            _graph(each, proto.graphs.add(), depth + 1)
    elif kind == kinds.TENSOR and (tensor := found.table(16)) is not None:
        _tensor(tensor, proto.t)
    elif kind == kinds.GRAPH and (graph := found.table(18)) is not None:
        _graph(graph, proto.g, depth + 1)
    else:
        raise BrokenBuffer(f"the attribute {proto.name!r} lacks its value")


def _tensor(found: Table, proto: onnx.TensorProto) -> None:
    proto.name, proto.data_type = found.text(4), found.integer(10, "i")
    proto.dims.extend(_whole(found.numbers(8, "q")))
    if found.integer(16, "q", -1) >= 0:
        raise BrokenBuffer(
            f"the numbers of {proto.name!r} are in another file, which Lathe does not read of this format"
        )
    if proto.data_type == onnx.TensorProto.STRING:
        proto.string_data.extend(found.all_bytes(14))
    else:
        proto.raw_data = found.raw(12) or b""


def _value(name: str, info: Table | None, proto: onnx.ValueInfoProto) -> None:
    proto.name = name
    kind = None if info is None else info.table(8)
    if kind is not None:
        _type(kind, proto.type, 0)


def _type(found: Table, proto: onnx.TypeProto, depth: int) -> None:
    """A tensor, a sequence or a map; the field before says which."""
    which, value = found.integer(6, "B"), found.table(8)
    if value is None or depth > _DEEPEST:
        raise BrokenBuffer("a value has no type")
    proto.denotation = found.text(4)
    if which == 1:
        proto.tensor_type.elem_type = value.integer(4, "i")
        shape = value.table(6)
        if shape is not None:
            proto.tensor_type.shape.SetInParent()
            for dim in shape.tables(4):
                _dimension(dim.table(4), proto.tensor_type.shape.dim.add())
    elif which == 2 and (element := value.table(4)) is not None:
        _type(element, proto.sequence_type.elem_type, depth + 1)
    elif which == 3 and (element := value.table(6)) is not None:
        proto.map_type.key_type = value.integer(4, "i")
        _type(element, proto.map_type.value_type, depth + 1)
    else:
        raise BrokenBuffer("a value is of an unknown type")


def _dimension(found: Table | None, proto: onnx.TensorShapeProto.Dimension) -> None:
    kind = 0 if found is None else found.integer(4, "b")
    if found is not None and kind == 1:
        proto.dim_value = found.integer(6, "q")
    elif found is not None and kind == 2:
        proto.dim_param = found.text(8)


def _whole(numbers: Iterable[int | float]) -> list[int]:
    return [int(number) for number in numbers]
