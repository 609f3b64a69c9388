"""Damage a model, the same way for the same seed.

Half of the damage is to the bytes of the file (what disks, networks and other programs do); half is to the structure:
any message of the protobuf, found by reflection, loses a field, gets a nasty number or name, is repeated, moved, or
replaced by one of the same type from another model, so that what comes out still parses and reaches the code behind
the parser. Several of them follow each other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

import onnx
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message

NUMBERS = (
    0,
    1,
    -1,
    2,
    3,
    7,
    16,
    255,
    256,
    1 << 16,
    (1 << 31) - 1,
    1 << 31,
    -(1 << 31),
    1 << 32,
    (1 << 63) - 1,
    -(1 << 63),
)
TEXTS = (
    *(
        "",
        "x",
        "../../etc/passwd",
        "/etc/passwd",
        "a/b/c",
        "a" * 5000,
        "\x00",
        "\x1b[31m",
        "\u202eabc",
        "🙂",
        "%s%n",
        "{",
    ),
    *(
        "['', 'a', 'a.b']",
        "body",
        "com.microsoft",
        "ai.onnx",
        "ai.onnx.ml",
        "If",
        "Loop",
        "Scan",
        "Constant",
        "Conv",
        "Gemm",
    ),
    *(
        "MatMul",
        "Add",
        "Identity",
        "Reshape",
        "LSTM",
        "DequantizeLinear",
        "QuantizeLinear",
        "BatchNormalization",
        "Einsum",
    ),
    *(
        "Split",
        "Cast",
        "ConstantOfShape",
        "Expand",
        "Tile",
        "Range",
        "Pad",
        "Resize",
        "Slice",
        "Concat",
        "Gather",
        "OneHot",
    ),
)
_DEEPEST = 30
_WHOLE = {
    FieldDescriptor.TYPE_INT32: (-(1 << 31), (1 << 31) - 1),
    FieldDescriptor.TYPE_INT64: (-(1 << 63), (1 << 63) - 1),
    FieldDescriptor.TYPE_UINT64: (0, (1 << 64) - 1),
    FieldDescriptor.TYPE_UINT32: (0, (1 << 32) - 1),
}


def damaged(sources: Sequence[bytes], seed: str) -> bytes:
    """One of the sources, damaged."""
    random = Random(seed)
    content = random.choice(sources)
    if random.random() < 0.65:
        content = _structure(content, sources, random)
    if random.random() < 0.3:
        for _ in range(random.choice((1, 1, 2, 8))):
            content = random.choice(_BYTES)(content, sources, random)
    return content


def _cut(content: bytes, _sources: Sequence[bytes], random: Random) -> bytes:
    return content[: random.randrange(len(content) + 1)]


def _flip(content: bytes, _sources: Sequence[bytes], random: Random) -> bytes:
    changed = bytearray(content)
    for _ in range(random.choice((1, 1, 4, 64)) if changed else 0):
        changed[_place(content, random)] ^= 1 << random.randrange(8)
    return bytes(changed)


def _overwrite(content: bytes, _sources: Sequence[bytes], random: Random) -> bytes:
    at = _place(content, random)
    some = random.choice((random.randbytes(random.randrange(1, 32)), b"\xff" * 9 + b"\x01", b"\0" * 16, b"\x80" * 12))
    return content[:at] + some + content[at + len(some) :]


def _insert(content: bytes, sources: Sequence[bytes], random: Random) -> bytes:
    other, at = random.choice(sources), _place(content, random)
    begin = _place(other, random)
    return content[:at] + other[begin : begin + random.randrange(1, 256)] + content[at:]


def _remove(content: bytes, _sources: Sequence[bytes], random: Random) -> bytes:
    at = _place(content, random)
    return content[:at] + content[at + random.choice((1, 2, 16, 1024)) :]


def _place(content: bytes, random: Random) -> int:
    """Anywhere, but often near the beginning, where the structure is and not the weights."""
    return int(len(content) * random.random() ** random.choice((1, 3))) if content else 0


_BYTES: tuple[Callable[[bytes, Sequence[bytes], Random], bytes], ...] = (
    _cut,
    _flip,
    _flip,
    _overwrite,
    _insert,
    _remove,
)


def _structure(content: bytes, sources: Sequence[bytes], random: Random) -> bytes:
    model = onnx.ModelProto.FromString(content)
    other = onnx.ModelProto.FromString(random.choice(sources))
    for _ in range(random.choice((1, 1, 2, 3, 5, 12))):
        random.choice(_STRUCTURE)(model, other, random)
    return model.SerializeToString()


def _fields(model: onnx.ModelProto, random: Random) -> tuple[Message, FieldDescriptor]:
    """A message on a random way down the tree, and one of its fields."""
    message: Message = model
    for _ in range(random.randrange(1, 12)):
        inner = [
            (field, value)
            for field, value in message.ListFields()
            if field.type == FieldDescriptor.TYPE_MESSAGE and value
        ]
        if not inner:
            break
        # Initializers are most of what is in a graph and nodes are what matters.
        field, value = random.choice(inner)
        message = random.choice(value) if _repeated(field) else value
    return message, random.choice(list(message.DESCRIPTOR.fields))


def _repeated(field: FieldDescriptor) -> bool:
    return bool(field.is_repeated)


def _clear(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    message, field = _fields(model, random)
    message.ClearField(field.name)


def _set(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    message, field = _fields(model, random)
    value = _nasty(field, model, random)
    if value is None:
        return
    if not _repeated(field):
        setattr(message, field.name, value)
        return
    values = getattr(message, field.name)
    if values and random.random() < 0.7:
        values[random.randrange(len(values))] = value
    else:
        values.append(value)


def _nasty(field: FieldDescriptor, model: onnx.ModelProto, random: Random) -> Any:
    if field.type in _WHOLE:
        low, high = _WHOLE[field.type]
        number = random.choice((random.choice(NUMBERS), random.randrange(-4, 40)))
        return min(max(number, low), high)
    if field.type == FieldDescriptor.TYPE_ENUM:
        return random.choice(field.enum_type.values).number
    if field.type in (FieldDescriptor.TYPE_FLOAT, FieldDescriptor.TYPE_DOUBLE):
        return random.choice((0.0, -1.0, float("nan"), float("inf"), 1e38))
    if field.type == FieldDescriptor.TYPE_STRING:
        names = [name for node in model.graph.node[:200] for name in (*node.input, *node.output, node.name)]
        return random.choice(names) if names and random.random() < 0.5 else random.choice(TEXTS)
    if field.type == FieldDescriptor.TYPE_BYTES:
        return random.choice((b"", random.randbytes(8), b"\xff\xfe", random.randbytes(300)))
    return None


def _repeat(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    message, field = _fields(model, random)
    if _repeated(field) and (values := getattr(message, field.name)):
        value = random.choice(values)
        for _ in range(random.choice((1, 1, 2, 30))):
            values.append(value)


def _drop(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    message, field = _fields(model, random)
    if _repeated(field) and (values := getattr(message, field.name)):
        del values[random.randrange(len(values))]


def _swap(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    message, field = _fields(model, random)
    values = list(getattr(message, field.name)) if _repeated(field) else []
    if len(values) > 1 and len(values) < 5000:
        random.shuffle(values)
        message.ClearField(field.name)
        getattr(message, field.name).extend(values)


def _graft(model: onnx.ModelProto, other: onnx.ModelProto, random: Random) -> None:
    """A message takes the place of another of its type, from the same model or from the other one."""
    wanted, _ = _fields(model, random)
    giver = random.choice((model, other))
    for _ in range(40):
        given, _ = _fields(giver, random)
        if given.DESCRIPTOR is wanted.DESCRIPTOR and given is not wanted and given is not model:
            copy = type(given)()
            copy.CopyFrom(given)
            wanted.CopyFrom(copy)
            return


def _nest(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    """A graph becomes the body of one of its own nodes; or a few of its nodes do, one within the other, many times."""
    if not model.graph.node or model.ByteSize() > 200_000:
        return
    body = onnx.GraphProto()
    body.CopyFrom(model.graph)
    depth = random.choice((1, 2, _DEEPEST))
    if depth == _DEEPEST:
        del body.node[random.choice((1, 2, 3)) :], body.initializer[:], body.value_info[:]
    for _ in range(depth):
        if body.ByteSize() > 1_000_000:
            break
        outer = onnx.GraphProto()
        outer.CopyFrom(body)
        for graph in (outer,) if depth == _DEEPEST else (model.graph,):
            node = random.choice(graph.node)
            node.op_type = random.choice(("If", "Loop", "Scan", "SequenceMap", node.op_type))
            name = random.choice(("then_branch", "else_branch", "body"))
            node.attribute.append(onnx.helper.make_attribute(name, body))
        body = outer
    if depth == _DEEPEST:
        model.graph.node.extend(body.node)


def _rewire(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    """Nodes read what others produce, wherever those stand: cycles, wrong types, values of other graphs."""
    graphs = [model.graph, *_bodies(model.graph)]
    graph = random.choice(graphs)
    outputs = [name for inner in (graph, random.choice(graphs)) for node in inner.node for name in node.output]
    for _ in range(random.choice((1, 2, 6))):
        readers = [node for node in graph.node if node.input]
        if readers and outputs:
            node = random.choice(readers)
            node.input[random.randrange(len(node.input))] = random.choice(outputs)


def _bodies(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield attribute.g


def _retype(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    """Tensors with other shapes, types and places than their data."""
    if not model.graph.initializer:
        return
    tensor = random.choice(model.graph.initializer)
    what = random.randrange(5)
    if what == 0:
        tensor.data_type = random.randrange(0, 32)
    elif what == 1:
        tensor.dims[:] = [random.choice(NUMBERS) for _ in range(random.randrange(0, 9))]
    elif what == 2:
        tensor.data_location = onnx.TensorProto.EXTERNAL
        tensor.external_data.add(key="location", value=random.choice(TEXTS))
        tensor.external_data.add(key=random.choice(("offset", "length")), value=str(random.choice(NUMBERS)))
    elif what == 3:
        tensor.name = random.choice(model.graph.initializer).name
    else:
        kept = tensor.raw_data
        tensor.ClearField("raw_data")
        tensor.raw_data = kept[: random.randrange(len(kept) + 1)]


def _reshape_input(model: onnx.ModelProto, _other: onnx.ModelProto, random: Random) -> None:
    if not model.graph.input:
        return
    shape = random.choice(model.graph.input).type.tensor_type.shape
    if shape.dim and random.random() < 0.8:
        dim = random.choice(shape.dim)
        if random.random() < 0.7:
            dim.dim_value = random.choice(NUMBERS)
        else:
            dim.dim_param = random.choice(TEXTS)
    else:
        shape.dim.add().dim_value = random.choice(NUMBERS)


_STRUCTURE: tuple[Callable[[onnx.ModelProto, onnx.ModelProto, Random], None], ...] = (
    _clear, _set, _set, _set, _repeat, _drop, _swap, _graft, _graft, _nest, _rewire, _rewire, _retype, _reshape_input,
)  # fmt: skip
