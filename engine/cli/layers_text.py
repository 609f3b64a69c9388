"""``lathe compare --layers``: the error behind each layer, as JSON, as a table and in words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.layout import count

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.backend import Runtime
    from engine.data.samples import Samples
    from engine.progress import Progress

SAMPLES = 32
"""Errors behind layers are sums over very many elements; more samples change them little."""
_SHOWN = 20
_HEADER = ("id", "op", "value", "rounded", "sqnr_db", "cosine", "max_abs_error")


def layers_json(a: ir.Model, b: ir.Model, runtime: Runtime, samples: Samples, progress: Progress) -> dict[str, Any]:
    """The keys "layers" and "layer_samples"; the reference is taken as cleaning leaves it, where treatments start."""
    from engine.apply import clean_source
    from engine.data.samples import Head
    from engine.recipe import Recipe
    from engine.verification.layer_errors import layer_errors

    few = Head(samples, SAMPLES)
    progress.step("cleaning")
    cleaned, _ = clean_source(a, Recipe())
    found = layer_errors(cleaned, b, few, runtime, progress)
    return {"layers": [layer.to_json() for layer in found], "layer_samples": len(few)}


def write_layers(path: Path, result: dict[str, Any]) -> None:
    from engine.explain.tables import Table, to_csv
    from engine.targets import write_text

    rows = tuple(tuple(layer[key] for key in _HEADER) for layer in result["layers"])
    write_text(path, to_csv(Table("layers", _HEADER, rows)))


def layers_text(result: dict[str, Any]) -> list[str]:
    """The layers in the order of the model; where there are many, those with the largest error."""
    if "layers" not in result:
        return []
    different = [layer for layer in result["layers"] if layer["max_abs_error"] != 0]
    worst = sorted(different, key=lambda layer: layer["sqnr_db"] or 0.0)[:_SHOWN]
    ids = {layer["id"] for layer in worst}
    width = max((len(layer["id"]) for layer in worst), default=0)
    few = f", the {_SHOWN} worst of {len(different)}" if len(different) > len(worst) else ""
    head = (
        f"The error behind each layer, that of the layers before it included ({result['layer_samples']} samples{few}):"
    )
    lines = ["", head]
    for layer in result["layers"]:
        if layer["id"] in ids:
            sqnr = "no" if layer["sqnr_db"] is None else f"{layer['sqnr_db']:.1f} dB"
            rounded = "integers" if layer["rounded"] else "float"
            lines.append(f"  {layer['id']:<{width}}  {sqnr:>8}  cosine {layer['cosine']:.5f}  {rounded}")
    same = len(result["layers"]) - len(different)
    return [*lines, *([f"  {count(same, 'layer')} without any error"] if same else [])]
