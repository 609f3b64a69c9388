"""Where in its author's code a node comes from, as exporters leave it in the metadata.

PyTorch's exporter writes a stack trace, the outermost call first, that ends in its own modules; the line that a user
knows is the last one that is not inside of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import onnx_ir as ir

STACK_TRACE = "pkg.torch.onnx.stack_trace"
_FRAME = re.compile(r'File "(?P<file>[^"\n]{1,4096})", line (?P<line>\d{1,9})(?:, in (?P<function>[^\n]{1,200}))?')
_LIBRARY = re.compile(r"(^|[/\\])(site-packages|dist-packages)[/\\]|(^|[/\\])torch[/\\](nn|_|jit|functional)")
_MOST = 50


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of the author's code; ``code`` is its text where the exporter kept it."""

    file: str
    line: int
    function: str
    code: str


def source_line(node: ir.Node) -> SourceLine | None:
    """The innermost line that is not a library's; a library's where there is no other; None where nothing is known."""
    trace = node.metadata_props.get(STACK_TRACE)
    if not trace:
        return None
    found = list(_frames(trace))
    own = [frame for frame in found if not _LIBRARY.search(frame.file)]
    known = own or found
    return known[-1] if known else None


def _frames(trace: str) -> Iterator[SourceLine]:
    lines = trace.splitlines()[: 2 * _MOST]
    for number, text in enumerate(lines):
        match = _FRAME.search(text)
        if match is None:
            continue
        after = lines[number + 1].strip() if number + 1 < len(lines) else ""
        code = "" if after.startswith("File ") else after[:200]
        yield SourceLine(match["file"], int(match["line"]), (match["function"] or "").strip(), code)
