"""Raise the opset with ONNX's version converter, so that layer ids, metadata and weights survive.

The converter works on a copy without weights and knows nothing of metadata: nodes are matched by their names, which
are the layer ids, afterwards. What it inserts is named after the layer that it was inserted for and carries its id.

Before opset 13, ``Softmax(axis)`` flattened its input to two dimensions at the axis. The converter keeps that by a
Flatten and a Reshape around it, except that over the last axis both mean the same: such nodes are hidden from it.
"""

from __future__ import annotations

from typing import Any

import onnx
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import is_op
from engine.graph.followed import has_endless_shape
from engine.graph.layers import origins, set_origins
from engine.graph.ops import STANDARD_DOMAINS
from engine.graph.rewire import free_name, value_names
from engine.graph.stripped import with_weights, without_weights

_HIDDEN = "lathe.hidden"
_SOFTMAX = ("Softmax", "LogSoftmax", "Hardmax")


def raise_opset(model: ir.Model, target: int) -> tuple[ir.Model, str | None]:
    """The model at the target opset; or the model as it is, and the reason why it cannot be raised.

    Every node must have its layer id as name (``engine.graph.naming.name_nodes``), and shapes should be inferred.
    """
    if "" not in model.opset_imports or model.opset_imports[""] >= target:
        return model, None
    if has_endless_shape(model):
        return model, "a shape in it has more dimensions than memory can hold"
    stripped = without_weights(model)
    hidden = {node.name for node in model.graph.all_nodes() if _is_last_axis_softmax(node)}
    _set_domain(stripped.proto.graph, hidden, _HIDDEN)
    stripped.proto.opset_import.add(domain=_HIDDEN, version=1)
    try:
        _check_nodes(stripped.proto.graph, _context(stripped.proto))  # the converter crashes where it would refuse
        converted = onnx.version_converter.convert_version(stripped.proto, target)
        _set_domain(converted.graph, hidden, "")
        _check_nodes(converted.graph, _context(converted))
        raised = with_weights(converted, stripped.tensors)
    except Exception as error:  # the converter raises whatever it likes where it has no adapter
        return model, _first_line(error)
    imports = {**model.opset_imports, "": target}
    raised.graph.opset_imports.clear()
    raised.graph.opset_imports.update(imports)
    _restore(model, raised, hidden)
    result = model.clone()
    result.graph = raised.graph
    return result, None


def _is_last_axis_softmax(node: ir.Node) -> bool:
    data = input_of(node, 0)
    if not is_op(node, *_SOFTMAX) or data is None or data.shape is None:
        return False
    return int_of(node, "axis", 1) in (-1, len(data.shape) - 1)


def _set_domain(graph: onnx.GraphProto, names: set[str | None], domain: str) -> None:
    for node in graph.node:
        if node.name in names:
            node.domain = domain
        for attribute in node.attribute:
            if attribute.HasField("g"):
                _set_domain(attribute.g, names, domain)
            for inner in attribute.graphs:
                _set_domain(inner, names, domain)


def _context(proto: onnx.ModelProto) -> Any:
    context = onnx.checker.C.CheckerContext()
    context.ir_version = proto.ir_version
    context.opset_imports = {opset.domain: opset.version for opset in proto.opset_import}
    return context


def _check_nodes(graph: onnx.GraphProto, context: Any) -> None:
    """Refuse nodes that their operator does not allow: the converter leaves some behind for which it has no adapter."""
    for node in graph.node:
        inner = [body for attribute in node.attribute for body in (attribute.g, *attribute.graphs) if body.node]
        for body in inner:
            _check_nodes(body, context)
        if node.domain in STANDARD_DOMAINS and not inner and node.op_type != "Constant":
            onnx.checker.check_node(node, context)


def _restore(source: ir.Model, raised: ir.Model, hidden: set[str | None]) -> None:
    """Give every node its metadata back, and what is new a name and an origin."""
    known = {node.name: node for node in source.graph.all_nodes()}
    producers = {value.name: node for node in known.values() for value in node.outputs}
    owners: dict[ir.Node, ir.Node] = {}
    for node in raised.graph.all_nodes():
        before = known.get(node.name)
        if before is not None:
            node.metadata_props.update(before.metadata_props)
            node.doc_string = before.doc_string
            if node.name in hidden:
                node.attributes["axis"] = ir.AttrInt64("axis", -1)
        made_for = before or next((producers[v.name] for v in node.outputs if v.name in producers), None)
        if made_for is not None:
            owners[node] = made_for
    new = [node for node in raised.graph.all_nodes() if node.name not in known]
    for node in reversed(new):  # the nodes after it have their owners by then
        owner = owners.get(node) or next((owners[user] for user in node.successors() if user in owners), None)
        if owner is not None:
            owners[node] = owner
    _name_new(raised, new, owners, {*(name or "" for name in known), *value_names(source)})


def _name_new(raised: ir.Model, new: list[ir.Node], owners: dict[ir.Node, ir.Node], taken: set[str]) -> None:
    """Names for inserted nodes and values; the converter numbers its values, and the numbers can repeat in bodies."""
    old = set(taken)

    for node in new:
        owner = owners.get(node)
        node.name = free_name(f"{owner.name if owner is not None else 'opset'}_{node.op_type}", taken)
        if owner is not None:
            set_origins(node, origins(owner) or (owner.name or "",))
    for node in raised.graph.all_nodes():
        for value in node.outputs:
            if value.name and value.name not in old:
                value.name = free_name(f"{node.name}_output", taken)


def _first_line(error: Exception) -> str:
    text = str(error).strip()
    return text.splitlines()[0][:200] if text else type(error).__name__
