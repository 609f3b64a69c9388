"""What of a model is drawn: layers, its inputs and outputs, the groups that they stand in, and the values between
them.

Groups are the module scopes (``engine.layout.scopes``) and the bodies of control flow. Constants, and layers that
compute with shapes alone, are left out unless they are asked for: a layer is *arithmetic* of shapes where it reads
a shape, or where all that it reads is constant or such arithmetic itself, and no output of the graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import onnx_ir as ir

from engine.graph.constants import is_op
from engine.graph.layers import LayerIndex, dtype_name
from engine.graph.structure import bodies
from engine.layout.items import ROOT, Item, Kind, Line, Outline
from engine.layout.scopes import Member, scoped

Owners = Mapping[ir.Node, Mapping[str, ir.Graph]]
"""The nodes that have bodies, with these."""


def outline(model: ir.Model, index: LayerIndex, *, everything: bool = False) -> Outline:
    """``everything`` shows constants and the arithmetic of shapes as well."""
    owners = {node: found for node in index.nodes if node.attributes and (found := bodies(node))}
    hidden = frozenset() if everything else arithmetic(model, owners)
    builder = _Builder(index, hidden, everything, owners)
    builder.graph(model.graph, ROOT)
    return Outline(tuple(builder.items), builder.lines(), sum(node in hidden for node in index.nodes))


def arithmetic(model: ir.Model, owners: Owners) -> frozenset[ir.Node]:
    """The layers that compute with shapes and constants alone."""
    found: set[ir.Node] = set()
    waiting = [model.graph]
    for graph in waiting:
        outputs = set(graph.outputs)
        for node in graph:
            inner = owners.get(node, {})
            waiting.extend(inner.values())
            if not inner and not outputs.intersection(node.outputs) and _is_arithmetic(node, found):
                found.add(node)
    return frozenset(found)


def _is_arithmetic(node: ir.Node, found: set[ir.Node]) -> bool:
    if is_op(node, "Shape", "Size"):
        return True
    read = [value for value in node.inputs if value is not None]
    return bool(read) and all(_is_constant(value) or value.producer() in found for value in read)


def _is_constant(value: ir.Value) -> bool:
    """Also an input of the graph that has a default: nobody is asked for it."""
    return value.const_value is not None or is_op(value.producer(), "Constant")


class _Builder:
    """Goes through graphs and their bodies; an item's number is its place in ``items``."""

    def __init__(self, index: LayerIndex, hidden: frozenset[ir.Node], everything: bool, owners: Owners) -> None:
        self.items: list[Item] = []
        self._layer_of = {node: number for number, node in enumerate(index.nodes)}
        self._index, self._hidden, self._everything = index, hidden, everything
        self._owners = owners
        self._sources: dict[ir.Value, int] = {}
        self._targets: dict[ir.Value, list[int]] = {}

    def lines(self) -> tuple[Line, ...]:
        found = []
        for value, targets in self._targets.items():
            source = self._sources.get(value)
            if source is not None:
                shape = None if value.shape is None else tuple(
                    int(d) if isinstance(d, int) else d.value for d in value.shape)  # fmt: skip
                found.append(
                    Line(value.name or "", shape, dtype_name(value.dtype), source, tuple(dict.fromkeys(targets)))
                )
        return tuple(found)

    def graph(self, graph: ir.Graph, parent: int) -> None:
        """Iterative over nothing but the depth of bodies in bodies, which files bound."""
        for value in graph.inputs:
            if value.const_value is None:
                self._sources[value] = self._add("input", value.name or "", parent)
        nodes = [node for node in graph if node in self._layer_of and node not in self._hidden]
        where = self._scopes(nodes, parent)
        for node, home in zip(nodes, where, strict=True):
            self._node(node, home)
        for value in graph.outputs:
            number = self._add("output", value.name or "", parent)
            self._targets.setdefault(value, []).append(number)

    def _node(self, node: ir.Node, parent: int) -> None:
        layer = self._layer_of[node]
        inner = self._owners.get(node, {})
        number = self._add("layer", self._index.layers[layer].id, parent, layer, bool(inner))
        for value in node.inputs:
            if value is not None:
                self._targets.setdefault(value, []).append(number)
                if self._everything and _is_constant(value) and value not in self._sources:
                    self._sources[value] = self._add("constant", value.name or "", parent)
        for value in node.outputs:
            self._sources[value] = number
        for name, graph in inner.items():
            self.graph(graph, self._add("body", name, number, -1, True))

    def _scopes(self, nodes: Sequence[ir.Node], parent: int) -> list[int]:
        """The container of each node; the scopes become items."""
        place = {node: n for n, node in enumerate(nodes)}
        members = [
            Member(self._index.layers[self._layer_of[node]].scope, tuple(self._before(node, place))) for node in nodes
        ]
        groups, of = scoped(members)
        numbers: list[int] = []
        for group in groups:
            above = parent if group.parent < 0 else numbers[group.parent]
            numbers.append(self._add("scope", group.name, above, -1, True))
        return [parent if group < 0 else numbers[group] for group in of]

    def _before(self, node: ir.Node, place: dict[ir.Node, int]) -> Iterable[int]:
        """The nodes of the same graph that a node reads from, through the bodies that it has as well."""
        waiting = [node]
        for owner in waiting:
            for value in owner.inputs:
                producer = value.producer() if value is not None else None
                if producer is not None and producer in place:
                    yield place[producer]
            for graph in self._owners.get(owner, {}).values():
                waiting.extend(graph)

    def _add(self, kind: Kind, name: str, parent: int, layer: int = -1, container: bool = False) -> int:
        self.items.append(Item(kind, name, parent, layer, container))
        return len(self.items) - 1
