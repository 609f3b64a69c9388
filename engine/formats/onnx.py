"""ONNX files, with external data where they have it.

protobuf parses nearly any bytes into something, so what was read is checked before it is used
(``engine.graph.proto_checks``). External data stay in their files and are mapped when they are used
(``engine.graph.external_data``). What Lathe reads otherwise than the file has it, ``Source.remarks`` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.format import Format, Source
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx

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
    return source_of(_parse(path), path, "onnx", file_bytes, progress)


def _parse(path: Path) -> onnx.ModelProto:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    from engine.graph.proto_checks import not_a_model

    try:
        proto: onnx.ModelProto = onnx.ModelProto.FromString(path.read_bytes())
    except DecodeError:
        raise not_a_model(path, "protobuf cannot parse it: the file is truncated or is something else") from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error}", where=str(path)) from None
    return proto


def source_of(proto: onnx.ModelProto, path: Path, format: str, file_bytes: int, progress: Progress) -> Source:
    """Check what was parsed and make a graph of it.

    Raises:
        ModelError: as ``open_onnx``.
    """
    from engine.graph.build import build
    from engine.graph.functions import called
    from engine.graph.old_files import complete
    from engine.graph.proto_checks import check_structure, check_tensors
    from engine.graph.sparse import densify

    complete(proto)
    check_structure(proto, path)
    remarks = []
    if sparse := densify(proto, path):
        remarks.append(f"{sparse} sparse tensor{'s' if sparse > 1 else ''} of the file read as dense")
    external = check_tensors(proto, path)
    functions = called(proto, str(path))
    if functions:
        names = ", ".join(f"{function.name} ({function.calls}x)" for function in functions[:5])
        remarks.append(f"{len(functions)} local functions in the place of their calls: {names}")
    if proto.training_info:
        remarks.append("Training information of the file left out: only inference is shown and treated")
    progress.step(f"building the graph of {path.name}")
    total = file_bytes + sum(external.values())
    return Source(path, format, build(proto, path), total, remarks=tuple(remarks), functions=functions)


FORMAT = Format(key="onnx", title="ONNX (.onnx)", suffixes=(".onnx",), recognises=_recognises, open=open_onnx)
