"""Files of ONNX Runtime's own format, ``.ort``, as its mobile and web builds load them.

They hold an ONNX graph after the runtime's optimizations, so they are opened as that graph: shown, measured, treated
and exported as ONNX. The runtime's own operators in it (FusedConv and its like) stay what they are.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import ModelError
from engine.format import Format, Source
from engine.progress import Progress

_MOST_BYTES = 2**31 - 1
_MAGIC = b"ORTM"
_ONNX_DOMAINS = ("", "ai.onnx", "ai.onnx.ml")


def _recognises(path: Path, head: bytes) -> bool:
    return head[4:8] == _MAGIC


def open_ort(path: Path, progress: Progress) -> Source:
    """Open a file of ONNX Runtime's format.

    Raises:
        ModelError: it is broken or truncated, or holds what ONNX cannot say.
    """
    from engine.graph.flatbuffer import BrokenBuffer
    from engine.graph.ort_format import as_onnx, ort_version
    from engine.graph.read import read

    progress.step(f"reading {path.name}")
    if path.stat().st_size > _MOST_BYTES:
        raise ModelError("an .ort file of 2 GB and more cannot be read", where=str(path), way_out=_WAY_OUT)
    try:
        content = path.read_bytes()
        version, proto = ort_version(content), as_onnx(content)
    except BrokenBuffer as error:
        what = f"this file of ONNX Runtime's format is broken or truncated: {error}"
        raise ModelError(what, where=str(path), way_out=_WAY_OUT) from None
    except (ValueError, TypeError) as error:  # a number that its field in protobuf cannot hold
        raise ModelError(f"this file of ONNX Runtime's format is broken: {error}", where=str(path)) from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error}", where=str(path)) from None
    progress.step(f"building the graph of {path.name}")
    found = read(proto, path)
    nodes = list(found.model.graph.all_nodes())
    own = sum(node.domain not in _ONNX_DOMAINS for node in nodes)
    remark = (
        f"ONNX Runtime's own format, version {version or 'unknown'}: the graph as the runtime optimized it when the "
        f"file was made, {own} of its {len(nodes)} nodes being operators of the runtime's own; it is exported as ONNX. "
        "Where there is the ONNX file that it was made of, more of that can be treated"
    )
    return Source(path, "ort", found.model, len(content), remarks=(remark, *found.remarks), functions=found.functions)


_WAY_OUT = (
    "Open the ONNX file that it was made of, or convert that again: "
    "python -m onnxruntime.tools.convert_onnx_models_to_ort model.onnx"
)

FORMAT = Format(key="ort", title="ONNX Runtime (.ort)", suffixes=(".ort",), recognises=_recognises, open=open_ort)
