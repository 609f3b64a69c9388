"""What the inspector says of a PyTorch program: how far its ONNX graph is from it, and where a layer comes from."""

from __future__ import annotations

from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING

from engine.graph.origin import source_line
from gui import numbers

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.program import Conversion

Line = tuple[str, str, str]


def conversion_lines(conversion: Conversion | None) -> list[Line]:
    """Name, value, tooltip; nothing for a file that was not converted."""
    if conversion is None:
        return []
    torch = conversion.versions.get("torch", "")
    if conversion.stopped:
        return [("Converted", f"no: {conversion.stopped}", "These are the program's own operators")]
    lines = [("Converted", f"by PyTorch {torch}", "To ONNX, which is what is shown, treated and exported")]
    for one in conversion.differences:
        if not isfinite(one.max_abs_error):
            text = "another shape, or infinite"
        elif one.sqnr_db is None:
            text = "identical"
        else:
            text = f"{numbers.three(one.max_abs_error)} at most, {numbers.db_text(one.sqnr_db)}"
        tip = f"Output {one.output}: ONNX Runtime against PyTorch on {conversion.samples} inputs"
        lines.append(("Difference", text, tip))
    return lines + [("Note", note, "") for note in conversion.notes]


def source_lines(node: ir.Node) -> list[Line]:
    """The line of the author's code, where the exporter left it."""
    found = source_line(node)
    if found is None:
        return []
    inside = f" in {found.function}" if found.function else ""
    tip = "\n".join(part for part in (f"{found.file}, line {found.line}", found.code) if part)
    return [("Source", f"{PurePath(found.file).name}:{found.line}{inside}", tip)]
