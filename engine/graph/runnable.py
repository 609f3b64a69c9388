"""Whether a runtime can run a model at all, decided without loading it into one.

Loading costs time and can crash natively, so this only asks what decides nearly every case: is the graph sound, and
does ONNX Runtime know each operator? What it cannot know (a kernel that lacks an element type) shows when the model
is profiled.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from importlib.util import find_spec

import onnx.defs
import onnx_ir as ir

from engine.graph.ops import STANDARD_DOMAINS
from engine.graph.structure import all_nodes, graphs, unsound
from engine.graph.versions import oldest_ir_version, oldest_opset

_EXTENSIONS = "com.microsoft.extensions"
_IR_VERSION, _OPSET = 13, 26
"""What ONNX Runtime 1.31 takes."""


def runs(model: ir.Model, custom_ops: str = "") -> tuple[bool | None, str]:
    """True, False with the reason, or None with the reason where it cannot be told.

    Args:
        custom_ops: libraries of further operators, of which only a session knows which they are.
    """
    fault = unsound(model) or _same_name(model)
    if fault:
        return False, fault
    opset = oldest_opset(model)
    if opset > onnx.defs.onnx_opset_version():
        return None, f"opset {opset} is newer than this version knows"
    operators = _operators(model)
    foreign = next((domain for domain, _ in operators if domain not in model.opset_imports), None)
    if foreign is not None:
        return False, f"the model has nodes of the domain {foreign!r} and imports no operator set for it"
    if find_spec("onnxruntime") is None:
        return None, "no runtime is installed: pip install onnxruntime"
    fault = _unknown_to_runtime(model, _unknown_to_onnx(model, operators))
    if fault is not None and custom_ops:
        return None, f"what ONNX Runtime itself does not know may come from {custom_ops}"
    if fault is None and (too_new := _too_new(model, opset)):
        return None, too_new
    return fault is None, fault or ""


def _too_new(model: ir.Model, opset: int) -> str | None:
    """Whether the model needs more than the runtime promised when this was written; a newer one may take it."""
    version = oldest_ir_version(model)
    if version > _IR_VERSION:
        return f"its element types need IR version {version}, and ONNX Runtime 1.31 takes {_IR_VERSION}"
    if opset > _OPSET:
        return f"its operators need opset {opset}, and ONNX Runtime 1.31 takes {_OPSET}"
    return None


def _same_name(model: ir.Model) -> str | None:
    """ONNX Runtime refuses graphs with several nodes of one name; a cleaned model has none."""
    for graph in graphs(model):
        names = Counter(node.name for node in graph if node.name)
        twice = next((name for name, count in names.items() if count > 1), None)
        if twice is not None:
            return f"several nodes have the name {twice!r}; cleaning gives each its own"
    return None


def _operators(model: ir.Model) -> list[tuple[str, str]]:
    """Domain and operator of all nodes, each once, in order."""
    found = dict.fromkeys((node.domain, node.op_type) for node in all_nodes(model.graph))
    return list(dict.fromkeys(("" if domain in STANDARD_DOMAINS else domain, op) for domain, op in found))


def _unknown_to_onnx(model: ir.Model, operators: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Those that the standard does not have at the model's opsets."""
    return [(domain, op) for domain, op in operators if not _is_standard(op, model.opset_imports[domain], domain)]


def _is_standard(op: str, version: int, domain: str) -> bool:
    if not onnx.defs.has(op, domain):
        return False
    try:
        schema = onnx.defs.get_schema(op, version, domain)
    except onnx.defs.SchemaError:
        return False
    return not schema.deprecated


def _unknown_to_runtime(model: ir.Model, operators: list[tuple[str, str]]) -> str | None:
    """Which of the operators ONNX Runtime does not bring itself, as a sentence; it is asked only where it must be."""
    if not operators:
        return None
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    known = {
        (schema.domain, schema.name)
        for schema in state.get_all_operator_schema()
        if schema.since_version <= model.opset_imports.get(schema.domain, 0) and not schema.deprecated
    }
    unknown = [(domain, op) for domain, op in operators if (domain, op) not in known]
    if not unknown:
        return None
    names = ", ".join(sorted(op for _, op in unknown))
    domains = sorted({domain for domain, _ in unknown})
    if domains == [""]:
        return f"ONNX Runtime does not know {names} in opset {model.opset_imports['']}"
    hint = (
        "; they come with onnxruntime-extensions: --custom-ops onnxruntime-extensions"
        if domains == [_EXTENSIONS]
        else ""
    )
    return f"ONNX Runtime does not know {names} of domain {', '.join(domain or 'ai.onnx' for domain in domains)}{hint}"
