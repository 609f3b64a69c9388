"""Whether a runtime can run a model at all, decided without loading it into one.

Loading costs time and can crash natively, so this only asks what decides nearly every case: is the graph sound, and
does ONNX Runtime know each operator? What it cannot know (a kernel that lacks an element type) shows when the model
is profiled.
"""

from __future__ import annotations

from collections import Counter
from importlib.util import find_spec

import onnx.defs
import onnx_ir as ir

from engine.graph.naming import bodies
from engine.graph.ops import STANDARD_DOMAINS

_EXTENSIONS = "com.microsoft.extensions"


def runs(model: ir.Model) -> tuple[bool | None, str]:
    """True, False with the reason, or None with the reason where it cannot be told."""
    fault = unsound(model) or _same_name(model)
    if fault:
        return False, fault
    opset = model.opset_imports.get("", 0)
    if opset > onnx.defs.onnx_opset_version():
        return None, f"opset {opset} is newer than this version knows"
    fault = _unknown_standard_op(model)
    if fault:
        return False, fault
    if find_spec("onnxruntime") is None:
        return None, "no runtime is installed: pip install onnxruntime"
    fault = _unknown_custom_op(model)
    return fault is None, fault or ""


def unsound(model: ir.Model) -> str | None:
    """Which value the graph uses and does not have; such a model can be shown, and nothing else."""
    return _unsound(model.graph, frozenset())


def _same_name(model: ir.Model) -> str | None:
    """ONNX Runtime refuses graphs with several nodes of one name; a cleaned model has none."""
    for graph in model.graphs():
        names = Counter(node.name for node in graph if node.name)
        twice = next((name for name, count in names.items() if count > 1), None)
        if twice is not None:
            return f"several nodes have the name {twice!r}; cleaning gives each its own"
    return None


def _unsound(graph: ir.Graph, outer: frozenset[ir.Value]) -> str | None:
    known = set(outer) | set(graph.inputs) | set(graph.initializers.values())
    for node in graph:
        for value in node.inputs:
            if value is not None and value not in known:
                return f"node {node.name!r} ({node.op_type}) reads {value.name!r}, which nothing produces"
        for body in bodies(node).values():
            fault = _unsound(body, frozenset(known))
            if fault:
                return fault
        known.update(node.outputs)
    missing = next((value.name for value in graph.outputs if value not in known), None)
    return None if missing is None else f"nothing produces the output {missing!r}"


def _unknown_standard_op(model: ir.Model) -> str | None:
    asked: set[tuple[str, str]] = set()
    for node in model.graph.all_nodes():
        domain = "" if node.domain in STANDARD_DOMAINS else node.domain
        version = model.opset_imports.get(domain)
        if version is None:
            return f"the model imports no operator set for domain {domain!r}, which {node.op_type} needs"
        if domain not in ("", "ai.onnx.ml") or (domain, node.op_type) in asked:
            continue
        asked.add((domain, node.op_type))
        if not onnx.defs.has(node.op_type, domain):
            return f"ONNX has no operator {node.op_type}"
        try:
            schema = onnx.defs.get_schema(node.op_type, version, domain)
        except onnx.defs.SchemaError:
            return f"opset {version} has no operator {node.op_type}"
        if schema.deprecated and not (node.op_type == "Upsample" and version < 10):
            return f"opset {version} has no operator {node.op_type} any more"
    return None


def _unknown_custom_op(model: ir.Model) -> str | None:
    custom = {
        (n.domain, n.op_type) for n in model.graph.all_nodes() if n.domain not in (*STANDARD_DOMAINS, "ai.onnx.ml")
    }
    if not custom:
        return None
    from onnxruntime.capi import onnxruntime_pybind11_state as state

    known = {(schema.domain, schema.name) for schema in state.get_all_operator_schema()}
    unknown = sorted(custom - known)
    if not unknown:
        return None
    names = ", ".join(sorted({op for _, op in unknown}))
    domains = ", ".join(sorted({domain for domain, _ in unknown}))
    hint = "; they come with onnxruntime-extensions, which Lathe does not load" if domains == _EXTENSIONS else ""
    return f"ONNX Runtime does not know {names} of domain {domains}{hint}"
