"""Local functions: put in the place of their calls, as every runtime does, each call a scope of its own.

A node that came from a function is named after the calls that it came through, ``encoder/attention_2/MatMul_0``, which
makes every call a branch of the layer tree that can be shown collapsed. The metadata entry ``CALLS`` keeps the way:
``[[call, function], ...]``, outermost first. Functions call functions, so a small file can stand for more nodes than
there is memory: the nodes are counted before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

import onnx
import onnx_ir as ir

from engine.errors import ModelError

CALLS = "lathe.calls"
MOST_NODES = 1_000_000
_CALL, _OWN = "lathe.call.", "lathe.own"

Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Function:
    """``calls`` in the whole model; ``nodes`` that one call stands for."""

    name: str
    domain: str
    calls: int
    nodes: int


def called(proto: onnx.ModelProto, where: str) -> tuple[Function, ...]:
    """The local functions that are called, in the order of the file.

    Raises:
        ModelError: a function calls itself, or all of them stand for too many nodes.
    """
    if not proto.functions:
        return ()
    functions = {(f.domain, f.name, f.overload): f for f in proto.functions}
    inner = {key: _calls(function.node, functions) for key, function in functions.items()}
    try:
        order = tuple(TopologicalSorter({key: found[1] for key, found in inner.items()}).static_order())
    except CycleError as error:
        names = " -> ".join(key[1] for key in error.args[1])
        raise ModelError(f"its local functions call each other in a circle: {names}", where=where) from None
    nodes: dict[Key, int] = {}
    for key in order:
        plain, calls = inner[key]
        nodes[key] = plain + sum(count * nodes[callee] for callee, count in calls.items())
    plain, calls = _calls(proto.graph.node, functions)
    total = plain + sum(count * nodes[callee] for callee, count in calls.items())
    if total > MOST_NODES:
        raise ModelError(
            f"its local functions stand for {total:,} nodes, more than the {MOST_NODES:,} that are opened", where=where
        )
    times = dict.fromkeys(order, 0)
    for key in reversed(order):
        times[key] += calls.get(key, 0)
        for callee, count in inner[key][1].items():
            times[callee] += count * times[key]
    return tuple(Function(key[1], key[0], times[key], nodes[key]) for key in functions if times[key])


def takes_graphs(proto: onnx.ModelProto) -> int:
    """How many attributes of nodes in functions are graphs that the caller gives: a body for their If, for example."""
    kinds = (onnx.AttributeProto.GRAPH, onnx.AttributeProto.GRAPHS)
    waiting = [node for function in proto.functions for node in function.node]
    count = 0
    while waiting:
        for attribute in waiting.pop().attribute:
            count += bool(attribute.ref_attr_name) and attribute.type in kinds
            for body in (attribute.g, *attribute.graphs):
                waiting.extend(body.node)
    return count


def with_graphs(proto: onnx.ModelProto, functions: Iterable[Function], graphs: int, where: str) -> onnx.ModelProto:
    """The model with functions that take graphs in the place of their calls: by ONNX's inliner, which can do that.

    Raises:
        ModelError: it would stand for too many nodes, each such graph doubling them at the most, or cannot be done.
    """
    import onnx.inliner

    own, _ = _calls(proto.graph.node, {})
    if (own + sum(function.calls * function.nodes for function in functions)) << min(graphs, 64) > MOST_NODES:
        raise ModelError("its local functions take graphs as attributes, and may stand for too many nodes", where=where)
    try:
        return onnx.inliner.inline_local_functions(proto)
    except Exception as error:  # native code, which raises what it likes
        text = (str(error).strip() or type(error).__name__).splitlines()[0][:300]
        raise ModelError(
            f"its local functions, which take graphs as attributes, are broken: {text}", where=where
        ) from error


def inline(model: ir.Model) -> None:
    """Replace every call by the function's nodes, in place; whatever the library cannot inline it raises."""
    from onnx_ir.passes.common import InlinePass

    depth = _depths(model)
    _label_calls(model.graph, depth)
    for function in model.functions.values():
        _label_calls(function.graph, depth)
        for number, node in enumerate(function.graph):
            node.metadata_props[_OWN] = node.name or f"{node.op_type}_{number}"
    InlinePass()(model)
    taken: set[str] = set()
    for graph in model.graphs():
        for node in graph:
            _take_way(node, depth, taken)


def _calls(nodes: Iterable[onnx.NodeProto], functions: Mapping[Key, object]) -> tuple[int, dict[Key, int]]:
    """Nodes that are no calls, and how often each function is called, bodies included."""
    plain, calls = 0, dict[Key, int]()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        key = (node.domain, node.op_type, node.overload)
        if key in functions:
            calls[key] = calls.get(key, 0) + 1
        else:
            plain += 1
        for attribute in node.attribute:
            for body in (attribute.g, *attribute.graphs):
                waiting.extend(body.node)
    return plain, calls


def _depths(model: ir.Model) -> dict[str, int]:
    """For each function a number that is smaller than those of all functions that it calls."""
    inner = {
        function.identifier(): {
            node.op_identifier() for node in function.all_nodes() if node.op_identifier() in model.functions
        }
        for function in model.functions.values()
    }
    order = list(TopologicalSorter(inner).static_order())
    return {_key(key): len(order) - number for number, key in enumerate(order)}


def _key(identifier: ir.OperatorIdentifier) -> str:
    return _CALL + "\0".join(identifier)


def _label_calls(graph: ir.Graph, depth: Mapping[str, int]) -> None:
    seen: dict[str, int] = {}
    names = {node.name for node in graph if node.name}
    for node in graph:
        key = _key(node.op_identifier())
        if key in depth:
            label = node.name or node.op_type
            if not node.name:
                while label in names:
                    seen[node.op_type] = seen.get(node.op_type, 0) + 1
                    label = f"{node.op_type}_{seen[node.op_type]}"
                names.add(label)
            node.metadata_props[key] = label
        for attribute in node.attributes.values():
            if attribute.type == ir.AttributeType.GRAPH and not attribute.is_ref():
                _label_calls(attribute.as_graph(), depth)
            elif attribute.type == ir.AttributeType.GRAPHS and not attribute.is_ref():
                for body in attribute.as_graphs():
                    _label_calls(body, depth)


def _take_way(node: ir.Node, depth: Mapping[str, int], taken: set[str]) -> None:
    props = node.metadata_props
    own = props.pop(_OWN, None)
    keys = sorted((key for key in props if key in depth), key=depth.__getitem__)
    way = [(props.pop(key), key.split("\0")[1]) for key in keys]
    if not way or own is None:
        return
    props[CALLS] = json.dumps(way)
    name = "/".join([*(label for label, _ in way), own])
    if name not in taken:
        taken.add(name)
        node.name = name


def calls_of(node: ir.Node) -> tuple[tuple[str, str], ...]:
    """The way of calls, (call, function), that a node came through; empty where a file says nothing sensible."""
    try:
        found = json.loads(node.metadata_props.get(CALLS) or "[]")
        return tuple((str(call), str(function)) for call, function in found)
    except (ValueError, TypeError):
        return ()
