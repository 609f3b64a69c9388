"""What a file format is. One file in ``engine/formats`` defines one ``FORMAT``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.graph.functions import Function


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file, never written to.

    Attributes:
        model: the graph as the file has it (names, order, opset); external data lazily mapped.
        file_bytes: the file and its external data together.
        remarks: what of it was read otherwise than the file has it, one sentence each.
        functions: the local functions of the file, which stand in the places of their calls in ``model``.
    """

    path: Path
    format: str
    model: ir.Model
    file_bytes: int
    remarks: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        recognises: from the path and the first kilobyte, whether the file is of this kind.
        open: read it; raises ``ModelError`` where it is broken, truncated or points outside its folder.
    """

    key: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    open: Callable[[Path, Progress], Source]
