"""From a parsed protobuf to a graph that can be used: completed, checked, functions in the place of their calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import onnx
import onnx_ir as ir

from engine.graph.build import build
from engine.graph.functions import Function, called, takes_graphs, with_graphs
from engine.graph.old_files import complete
from engine.graph.proto import contents
from engine.graph.proto_checks import check_structure, check_tensors
from engine.graph.sparse import densify


@dataclass(frozen=True, slots=True)
class Read:
    """``external_bytes`` are those of the files of external data; the rest as in ``engine.format.Source``."""

    model: ir.Model
    external_bytes: int
    remarks: tuple[str, ...]
    functions: tuple[Function, ...]


def read(proto: onnx.ModelProto, path: Path) -> Read:
    """What a protobuf holds; it is changed on the way.

    Raises:
        ModelError: it is no model, is broken, or its external data are.
    """
    found = contents(proto)
    complete(proto, found)
    check_structure(proto, found, path)
    remarks: list[str] = []
    external: dict[str, int] = {}
    if sparse := densify(found, path, external):
        remarks.append(f"{sparse} sparse tensor{'s' if sparse > 1 else ''} of the file read as dense")
    check_tensors(found, path, external)
    functions = called(proto, str(path))
    if functions:
        shown = [f"{function.name} ({function.calls}x)" for function in functions[:5]]
        rest = ", ..." if len(functions) > len(shown) else ""
        plural = "s" if len(functions) > 1 else ""
        remarks.append(f"{len(functions)} local function{plural} in the place of their calls: {', '.join(shown)}{rest}")
        if graphs := takes_graphs(proto):
            proto = with_graphs(proto, functions, graphs, str(path))
    if proto.training_info:
        remarks.append("Training information of the file left out: only inference is shown and treated")
    return Read(build(proto, path), sum(external.values()), tuple(remarks), functions)
