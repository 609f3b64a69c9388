"""ONNX models as text: ONNX's own syntax (``.onnxtxt``), protobuf's (``.textproto``) and protobuf's JSON (``.json``).

What they hold is checked like a binary file. Parsers are recursive, and ONNX's own is native code, so that the nesting
is counted before they see a file.
"""

from __future__ import annotations

import re
from pathlib import Path

from engine.errors import ModelError
from engine.format import Format, Source
from engine.progress import Progress

_SYNTAX = {".onnxtxt": "onnxtxt", ".onnxtext": "onnxtxt", ".textproto": "textproto", ".json": "json"}
_MOST_BYTES = 1 << 28
_DEEPEST = 200
_BRACKET = re.compile(rb'"(?:[^"\\\\]|\\\\.)*"|[][(){}<>]')


def _recognises(path: Path, head: bytes) -> bool:
    """A JSON file is a model where it says so near its beginning: many others are something else."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        return head.lstrip().startswith(b"{") and (b'"irVersion"' in head or b'"ir_version"' in head)
    return suffix in _SYNTAX


def open_text(path: Path, progress: Progress) -> Source:
    """Open a model that is text.

    Raises:
        ModelError: it does not follow its syntax, or is broken as a binary file can be.
    """
    import onnx
    import onnx.parser

    from engine.graph.read import read

    progress.step(f"reading {path.name}")
    syntax = _SYNTAX[path.suffix.lower()]
    content = _content(path)
    if _depth(content) > _DEEPEST:
        raise ModelError(f"not an ONNX model: it is nested more than {_DEEPEST} deep", where=str(path))
    try:
        if syntax == "onnxtxt":
            proto = onnx.parser.parse_model(content.decode())
        else:
            proto = onnx.load_model_from_string(content, format=syntax)
    except Exception as error:  # each of the three parsers raises classes of its own
        lines = str(error).strip().splitlines() or [type(error).__name__]
        raise ModelError(f"not an ONNX model as {syntax}: {' '.join(lines[:3])[:300]}", where=str(path)) from None
    progress.step(f"building the graph of {path.name}")
    found = read(proto, path)
    total = len(content) + found.external_bytes
    return Source(path, "onnx_text", found.model, total, remarks=found.remarks, functions=found.functions)


def _content(path: Path) -> bytes:
    if path.stat().st_size > _MOST_BYTES:
        raise ModelError(
            f"as text a model of more than {_MOST_BYTES >> 20} MB is not read",
            where=str(path),
            way_out="Save it as a binary file: onnx.save(model, 'model.onnx').",
        )
    try:
        content = path.read_bytes()
        content.decode()
    except UnicodeDecodeError:
        raise ModelError("not an ONNX model: it is no text", where=str(path)) from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error}", where=str(path)) from None
    return content


def _depth(content: bytes) -> int:
    """How deep brackets of any kind stand in each other, those in strings left out."""
    deepest = depth = 0
    for match in _BRACKET.finditer(content):
        bracket = match[0]
        if bracket in (b"(", b"[", b"{", b"<"):
            depth += 1
            deepest = max(deepest, depth)
        elif len(bracket) == 1:
            depth -= 1
    return deepest


FORMAT = Format(
    key="onnx_text",
    title="ONNX as text (.onnxtxt, .textproto, .json)",
    suffixes=tuple(_SYNTAX),
    recognises=_recognises,
    open=open_text,
)
