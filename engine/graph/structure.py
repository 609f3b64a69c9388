"""What holds a graph together: the bodies of control flow, and whether every value that is used exists."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType

import onnx_ir as ir

from engine.graph.unchanged import kept

_NONE: Mapping[str, ir.Graph] = MappingProxyType({})
_GRAPHS = (ir.AttributeType.GRAPH, ir.AttributeType.GRAPHS)


def bodies(node: ir.Node) -> Mapping[str, ir.Graph]:
    """The subgraphs of a node by attribute name."""
    attributes = node.attributes.data  # the dictionary itself: this is asked for every node, again and again
    if not attributes:
        return _NONE
    found: dict[str, ir.Graph] = {}
    for name, attribute in attributes.items():
        if attribute.type not in _GRAPHS or attribute.is_ref():
            continue
        if attribute.type == ir.AttributeType.GRAPH:
            found[name] = attribute.as_graph()
        else:
            found.update({f"{name}_{number}": graph for number, graph in enumerate(attribute.as_graphs())})
    return found or _NONE


def graphs(model: ir.Model) -> tuple[ir.Graph, ...]:
    """The main graph and all bodies, each after the graph that it stands in.

    As ``ir.Model.graphs()``, several times as fast: most nodes have no attributes, and hardly any have bodies.
    """
    found = [model.graph]
    for graph in found:  # which grows while it is walked
        for node in graph:
            if node.attributes.data and (inner := bodies(node)):
                found.extend(inner.values())
    return tuple(found)


def all_nodes(graph: ir.Graph) -> Iterator[ir.Node]:
    """Every node in order, those of its bodies right behind it; as ``ir.Graph.all_nodes()``, and as fast as above."""
    for node in graph:
        yield node
        if node.attributes.data:
            for body in bodies(node).values():
                yield from all_nodes(body)


@kept
def unsound(model: ir.Model) -> str | None:
    """Which value the graph uses and does not have; such a model can be shown, and nothing else."""
    return _unsound(model.graph, frozenset())


def _unsound(graph: ir.Graph, outer: frozenset[ir.Value]) -> str | None:
    known = set(outer) | set(graph.inputs) | set(graph.initializers.values())
    for node in graph:
        for value in node.inputs:
            if value is not None and value not in known:
                return f"node {node.name!r} ({node.op_type}) reads {value.name!r}, which nothing before it produces"
        for body in bodies(node).values():
            fault = _unsound(body, frozenset(known))
            if fault:
                return fault
        known.update(node.outputs)
    missing = next((value.name for value in graph.outputs if value not in known), None)
    return None if missing is None else f"nothing produces the output {missing!r}"
