"""ONNX files, with external data where they have it.

protobuf parses nearly any bytes into something, so what was read is checked before it is used
(``engine.graph.proto_checks``). External data stay in their files and are mapped when they are used
(``engine.graph.external_data``). What Lathe reads otherwise than the file has it, ``Source.remarks`` says.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.format import Format, Source, other_kind
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx

_PROTOBUF_LIMIT = 2**31
_PICKLE = b"\x80\x02"


def _recognises(path: Path, head: bytes) -> bool:
    """The suffix decides; without it, ONNX files begin with the field ``ir_version``, a small number."""
    if other_kind(head) or head.startswith(_PICKLE) or head[4:8] == b"ORTM":
        return False
    return path.suffix.lower() == ".onnx" or (head[:1] == b"\x08" and len(head) > 2 and head[1] < 64)


def open_onnx(path: Path, progress: Progress) -> Source:
    """Open an ONNX file.

    Raises:
        ModelError: it is no ONNX model, is broken or truncated, or its external data are missing, too short, or outside
            its folder.
    """
    from engine.graph.read import read

    progress.step(f"reading {path.name}")
    file_bytes = path.stat().st_size
    if file_bytes >= _PROTOBUF_LIMIT:
        raise ModelError(
            "an ONNX file of 2 GB and more cannot be parsed: protobuf's limit",
            where=str(path),
            way_out="Save it with external data: onnx.save(model, path, save_as_external_data=True).",
        )
    proto = _parse(path)
    progress.step(f"building the graph of {path.name}")
    found = read(proto, path)
    total = file_bytes + found.external_bytes
    return Source(path, "onnx", found.model, total, remarks=found.remarks, functions=found.functions)


def _parse(path: Path) -> onnx.ModelProto:
    import onnx
    from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

    from engine.graph.proto_checks import not_a_model

    try:
        proto: onnx.ModelProto = onnx.ModelProto.FromString(path.read_bytes())
    except DecodeError:
        raise not_a_model(
            path, "protobuf cannot parse it: the file is truncated, nested too deeply or something else"
        ) from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error}", where=str(path)) from None
    return proto


FORMAT = Format(key="onnx", title="ONNX (.onnx)", suffixes=(".onnx",), recognises=_recognises, open=open_onnx)
