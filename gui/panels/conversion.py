"""What the inspector says of a PyTorch program: how far its ONNX graph is from it, and where a layer comes from."""

from __future__ import annotations

from math import isfinite
from pathlib import PurePath
from typing import TYPE_CHECKING

from engine.graph.origin import source_line
from gui import numbers
from gui.language import tr

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
        return [
            (
                tr("Converted"),
                tr("no: {reason}").format(reason=conversion.stopped),
                tr("These are the program's own operators"),
            )
        ]
    lines = [
        (
            tr("Converted"),
            tr("by PyTorch {version}").format(version=torch),
            tr("To ONNX, which is what is shown, treated and exported"),
        )
    ]
    for one in conversion.differences:
        if not isfinite(one.max_abs_error):
            text = tr("another shape, or infinite")
        elif one.sqnr_db is None:
            text = tr("identical")
        else:
            text = tr("{error} at most, {sqnr}").format(
                error=numbers.three(one.max_abs_error), sqnr=numbers.db_text(one.sqnr_db)
            )
        tip = tr("Output {name}: ONNX Runtime against PyTorch on {count} inputs").format(
            name=one.output, count=conversion.samples
        )
        lines.append((tr("Difference"), text, tip))
    return lines + [(tr("Note"), note, "") for note in conversion.notes]


def source_lines(node: ir.Node) -> list[Line]:
    """The line of the author's code, where the exporter left it."""
    found = source_line(node)
    if found is None:
        return []
    place = f"{PurePath(found.file).name}:{found.line}"
    if found.function:
        place = tr("{place} in {function}").format(place=place, function=found.function)
    at = tr("{file}, line {line}").format(file=found.file, line=found.line)
    tip = "\n".join(part for part in (at, found.code) if part)
    return [(tr("Source"), place, tip)]
