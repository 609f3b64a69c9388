"""What the command line says of a PyTorch program and of how it became an ONNX graph."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

from engine.cli.layout import labelled

if TYPE_CHECKING:
    from engine.format import Source

_MODULES = 20


def conversion_json(source: Source) -> dict[str, Any] | None:
    """None for a file that was not converted; JSON has no infinity, which is null."""
    if source.conversion is None or source.program is None:
        return None
    found = source.conversion.to_json()
    for one in found["differences"]:
        one["max_abs_error"], one["sqnr_db"] = _finite(one["max_abs_error"]), _finite(one["sqnr_db"])
    return {"kind": source.program.kind, "function": source.program.function, **found}


def _finite(value: float | None) -> float | None:
    return value if value is not None and isfinite(value) else None


def conversion_text(conversion: dict[str, Any] | None) -> list[str]:
    """How it was converted and what lies between the two, or why it was not."""
    if conversion is None:
        return []
    torch = conversion["versions"].get("torch", "")
    if conversion["stopped"]:
        lines = labelled("converted", f"no: {conversion['stopped']}")
        lines += labelled("", "These are the program's own operators; --device torch:cpu measures it.")
    else:
        kind = {"dynamo": "torch.export graph", "torchscript": "TorchScript"}[conversion["exporter"]]
        when = "before, and kept" if conversion["cached"] else f"in {conversion['seconds']:.1f} s"
        lines = labelled("converted", f"from its {kind} by PyTorch {torch}, {when}")
    for one in conversion["differences"]:
        if one["sqnr_db"] is None and one["max_abs_error"] == 0:
            text = "identical"
        elif one["max_abs_error"] is None:
            text = "not comparable: another shape, or infinite"
        else:
            text = f"largest difference {one['max_abs_error']:.3g}, {one['sqnr_db']:.1f} dB SQNR"
        lines += labelled("compared", f"{one['output']}: {text}, ONNX Runtime against PyTorch")
    for note in conversion["notes"]:
        lines += labelled("note", note)
    modules = [one for one in conversion["modules"] if one["path"]]
    if conversion["stopped"] and modules:
        with_weights = [one for one in modules if one["parameters"]]
        shown = ", ".join(f"{one['path']} ({one['kind']}, {one['parameters']:,})" for one in with_weights[:_MODULES])
        more = len(with_weights) - _MODULES
        tail = f" and {more} more" if more > 0 else ""
        lines += labelled("modules", f"{len(modules)}, with parameters: {shown}{tail}" if shown else str(len(modules)))
    return lines
