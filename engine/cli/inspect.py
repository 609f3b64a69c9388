"""``lathe inspect``: every layer of a model with what it costs, without any runtime."""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.cli.arguments import add_run_arguments, opening_of, run_settings
from engine.cli.groups_text import groups_line, groups_text
from engine.cli.program_text import conversion_json, conversion_text
from engine.graph.collection import collection_paused
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.graph.layers import Layer
    from engine.graph.values import ValueInfo
    from engine.pruning.groups import Groups

NAME = "inspect"
HELP = "list a model's layers with parameters, arithmetic and memory"
FOLDED_BYTES = 256 << 20
"""In larger models constants that are weights would take long to compute."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("--groups", action="store_true", help="list the channels that can only be cut together")
    add_run_arguments(parser)


@collection_paused()
def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.formats import open_source
    from engine.graph.formula import formulas
    from engine.graph.layers import index_layers
    from engine.graph.ops import is_quantized
    from engine.graph.origin import source_line
    from engine.graph.runnable import runs
    from engine.graph.shapes import bind, inputs, outputs
    from engine.graph.structure import all_nodes, unsound
    from engine.graph.unchanged import unchanged
    from engine.pruners import pruners
    from engine.pruning.groups import Groups, find_groups
    from engine.quantization.recognise import quantized_as
    from engine.schemes import schemes

    settings = run_settings(args)
    source = open_source(args.model, progress, opening_of(args, runs=False))
    progress.step("inferring shapes")
    opened = source.model
    with unchanged():
        can_run, reason = runs(opened, args.custom_ops or "")
        sound = unsound(opened) is None
    if source.conversion is not None and source.conversion.stopped:
        can_run, reason = False, f"PyTorch did not convert it to ONNX: {source.conversion.stopped}"
    values_in, values_out = _values(inputs(opened)), _values(outputs(opened))
    # Sizes are put in a copy, since formulas are made of those that the file leaves open; without any, none is needed.
    fixed = all(isinstance(size, int) for value in values_in for size in value["shape"] or [None])
    model = bind(opened, settings.shapes, settings.batch, strict=False, mine=fixed) if sound else opened
    index = index_layers(model)
    open_costs = formulas(opened, settings.shapes, settings.batch) if index.macs is None and sound else None
    folded = _folded(model, index.parameter_bytes) if sound else None

    def row(layer: Layer) -> dict[str, Any]:
        node = index.node(layer.id)
        return {
            "id": layer.id,
            "name": layer.name,
            "op": layer.op,
            "domain": layer.domain,
            "scope": "/".join(layer.scope),
            "parameters": layer.parameters,
            "parameter_bytes": layer.parameter_bytes,
            "macs": layer.macs,
            "macs_formula": None if open_costs is None or layer.macs is not None else open_costs.layers.get(layer.id),
            "elementwise": layer.elementwise,
            "output_bytes": layer.output_bytes,
            "output_shape": None if layer.output_shape is None else list(layer.output_shape),
            "dtype": layer.dtype,
            "owner": layer.owner,
            "source": None if (line := source_line(node)) is None else asdict(line),
            "quantized_as": None if (found := quantized_as(node)) is None else found.to_json(),
            "quantization": [key for key, scheme in schemes().items() if scheme.why_not(node) is None],
            "pruning": [key for key, reasons in cannot.items() if layer.id not in reasons],
            "group": _group(layer, groups),
        }

    with unchanged():
        groups = Groups(()) if folded is None else find_groups(folded)
        cannot = {key: groups.reasons if p.structural else p.why_not(model) for key, p in pruners().items()}
        rows = [row(layer) for layer in index.layers]
    in_integers = any(r["quantized_as"] is not None and r["quantized_as"]["label"].startswith("int") for r in rows)
    return {
        "model": {
            "path": str(source.path),
            "format": source.format,
            "opset": opened.opset_imports.get("", opened.opset_imports.get("ai.onnx")),
            "opsets": dict(opened.opset_imports),
            "ir_version": opened.ir_version,
            "producer": " ".join(part for part in (opened.producer_name, opened.producer_version) if part),
            "inputs": values_in,
            "outputs": values_out,
            "parameters": index.parameters,
            "parameter_bytes": index.parameter_bytes,
            "macs": index.macs,
            "macs_formula": None if open_costs is None else open_costs.macs,
            "file_bytes": source.file_bytes,
            "layers": len(index.layers),
            "quantized": in_integers or any(is_quantized(node) for node in all_nodes(opened.graph)),
            "runs": can_run,
            "reason": reason,
            "remarks": list(source.remarks),
            "functions": [asdict(function) for function in source.functions],
        },
        "conversion": conversion_json(source),
        "listed": ["layers", *(["groups"] if args.groups else [])],
        "groups": _group_rows(groups),
        "layers": rows,
    }


def _folded(model: ir.Model, parameter_bytes: int) -> ir.Model:
    """With the numbers that follow from constants, as a cut has them: cleaning comes first."""
    from engine.graph.constants import constant
    from engine.graph.fold_constants import fold_constants, lift_constants
    from engine.graph.naming import name_nodes
    from engine.graph.structure import graphs

    computed = (node.inputs for graph in graphs(model) for node in graph if node.inputs)
    follow = any(all(value is None or constant(value) is not None for value in values) for values in computed)
    if parameter_bytes > FOLDED_BYTES or not follow:
        return model
    folded = name_nodes(model)
    lift_constants(folded)
    fold_constants(folded)
    return folded


def _group(layer: Layer, groups: Groups) -> dict[str, Any] | None:
    """The channels that a layer makes, or else follows; None for what has no weights."""
    group = groups.main(layer.id)
    if group is None and not layer.parameters:
        return None
    return {
        "id": None if group is None else group.id,
        "channels": None if group is None else group.channels,
        "unit": None if group is None else group.unit,
        "reason": groups.why_not(layer.id),
    }


def _group_rows(groups: Groups) -> list[dict[str, Any]]:
    return [
        {
            "id": group.id,
            "channels": group.channels,
            "unit": group.unit,
            "layers": list(group.layers),
            "coupled": list(group.coupled),
            "reason": group.reason,
            "inexact": group.inexact,
        }
        for group in groups.all
    ]


def _values(infos: Iterable[ValueInfo]) -> list[dict[str, Any]]:
    return [
        {"name": info.name, "dtype": info.dtype, "shape": list(info.shape) if info.ranked else None} for info in infos
    ]


def describe(result: dict[str, Any]) -> str:
    model = result["model"]
    lines = [
        f"{model['path']}: {model['format']}, {_opset(model)}, {model['producer'] or 'producer unknown'}",
        *(_value_line("input", value) for value in model["inputs"]),
        *(_value_line("output", value) for value in model["outputs"]),
        f"{model['layers']} layers, {model['parameters']:,} parameters ({model['parameter_bytes']:,} bytes), "
        f"{model['macs_formula'] or _count(model['macs'])} MACs, file {model['file_bytes']:,} bytes"
        + (", quantized" if model["quantized"] else ""),
    ]
    lines += groups_line(result["groups"], result["layers"]) if "groups" not in result["listed"] else []
    lines += conversion_text(result["conversion"])
    lines += model["remarks"]
    if not model["runs"]:
        lines.append(f"{'cannot run' if model['runs'] is False else 'not known whether it runs'}: {model['reason']}")
    head = ("layer", "op", "output", "parameters", "MACs", "output bytes", "can be")
    rows = [
        (
            layer["id"],
            layer["op"],
            _shape(layer["output_shape"]),
            _count(layer["parameters"]),
            layer["macs_formula"] or _count(layer["macs"]),
            _count(layer["output_bytes"]),
            _treatments(layer),
        )
        for layer in result["layers"]
    ]
    listed = groups_text(result["groups"], result["layers"]) if "groups" in result["listed"] else []
    return "\n".join([*lines, "", *_table(head, rows), *listed])


def _opset(model: dict[str, Any]) -> str:
    return f"opset {model['opset']}" if model["opset"] is not None else "no ONNX opset"


def _treatments(layer: dict[str, Any]) -> str:
    channels = [key for key in layer["pruning"] if key.endswith("_channels")]
    others = [key for key in layer["pruning"] if key not in channels]
    able = [*layer["quantization"], *(["*_channels"] if channels else []), *others]
    is_now = layer["quantized_as"]
    return ", ".join(able if is_now is None else [f"is {is_now['label']}{_scales(is_now['codes'])}", *able])


def _scales(codes: Sequence[dict[str, Any]]) -> str:
    """Type and scale of each operand: ``(weight int8 0.0012 to 0.034, activation uint8 0.021)``."""
    told = []
    for code in codes:
        text = f"{code['operand']} {code['dtype']}"
        if code["scale"] is not None:
            low, high = code["scale"]
            text += f" {low:.3g}" + (f" to {high:.3g}" if high > low else "")
        told.append(text)
    return f" ({', '.join(told)})" if told else ""


def _value_line(kind: str, value: dict[str, Any]) -> str:
    shape = "of unknown shape" if value["shape"] is None else _shape(value["shape"])
    return f"{kind} {value['name']}: {value['dtype']} {shape}"


def _shape(shape: list[Any] | None) -> str:
    return "?" if shape is None else "x".join("?" if size is None else str(size) for size in shape) or "scalar"


def _count(number: int | None) -> str:
    return "unknown" if number is None else f"{number:,}"


def _table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Columns as wide as they need, numbers right-aligned; long ids keep their end, which tells them apart."""
    rows = [(f"…{row[0][-47:]}" if len(row[0]) > 48 else row[0], *row[1:]) for row in rows]
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    right = {"parameters", "MACs", "output bytes"}
    return [
        "  ".join(
            cell.rjust(width) if title in right else cell.ljust(width)
            for cell, width, title in zip(row, widths, head, strict=True)
        ).rstrip()
        for row in (head, *rows)
    ]
