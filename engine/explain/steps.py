"""The kernels of a profile on the graph: what each reads from outside, and what it leaves behind for others.

A value that only nodes of one kernel touch never exists in memory. What crosses a kernel's boundary does. Layers that
the runtime computed when the session was built are constants, layers that it optimized away hand their input on, and
layers of the main graph that no kernel lists stand for themselves.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil, prod

import onnx_ir as ir

from engine.graph.constants import constant, is_op
from engine.graph.cost import dims
from engine.graph.layers import LayerIndex
from engine.graph.structure import bodies
from engine.profiling.profile import Profile

VIEWS = ("Reshape", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Dropout")
"""Ops whose output is the memory of their first input."""
_SHORT = {"bfloat16": 2, "float16": 2}


@dataclass(frozen=True, slots=True)
class Step:
    """One kernel in one graph; ``values`` are all without those that stay inside.

    Attributes:
        reads: computed values and graph inputs that it reads, those that its bodies capture included.
        constants: weights and what was computed when the session was built.
        writes: values that another kernel reads, or that the graph gives back.
        view: its output is the memory of what it reads.
        precision: in which it computed, where the profile says it.
    """

    lead: str
    nodes: tuple[ir.Node, ...]
    layers: tuple[str, ...]
    reads: tuple[ir.Value, ...]
    constants: tuple[ir.Value, ...]
    writes: tuple[ir.Value, ...]
    view: bool
    precision: str

    @property
    def bodies(self) -> tuple[ir.Graph, ...]:
        return tuple(body for node in self.nodes for body in bodies(node).values())

    def size(self, value: ir.Value) -> int | None:
        """Bytes of a value that it reads or writes, with the element size of the precision that ran."""
        return value_bytes(value, self.precision)


def value_bytes(value: ir.Value, precision: str = "") -> int | None:
    """None where the shape or the type is not known; float32 values are as short as the precision that ran."""
    shape, dtype = dims(value), value.dtype
    if dtype is None:
        tensor = constant(value)
        dtype = None if tensor is None else tensor.dtype
    if shape is None or dtype is None or dtype in (ir.DataType.STRING, ir.DataType.UNDEFINED):
        return None
    itemsize = _SHORT.get(precision, dtype.itemsize) if dtype == ir.DataType.FLOAT else dtype.itemsize
    return ceil(prod(shape) * itemsize)


def steps(main: ir.Graph, index: LayerIndex, profile: Profile) -> Mapping[ir.Graph, tuple[Step, ...]]:
    """The steps of the main graph and of every body, each in the order in which they ran."""
    return _Steps(index, profile).of(main)


class _Steps:
    """Groups: for each node of a kernel the number of its group, kernels of the profile first."""

    def __init__(self, index: LayerIndex, profile: Profile) -> None:
        self.index = index
        self.states = {layer.id: layer.state for layer in profile.layers}
        self.leads: list[str] = []
        self.precisions: list[str] = []
        self.group_of: dict[str, int] = {}
        for kernel in profile.kernels:
            if kernel.inserted or kernel.lead is None:
                continue
            for layer in kernel.layers:
                self.group_of.setdefault(layer, len(self.leads))
            self.leads.append(kernel.lead)
            self.precisions.append(kernel.precision)

    def of(self, main: ir.Graph) -> dict[ir.Graph, tuple[Step, ...]]:
        found: dict[ir.Graph, tuple[Step, ...]] = {}

        def walk(graph: ir.Graph, is_main: bool) -> None:
            found[graph] = self._graph(graph, is_main)
            for node in graph:
                for body in bodies(node).values():
                    walk(body, False)

        walk(main, True)
        return found

    def _graph(self, graph: ir.Graph, is_main: bool) -> tuple[Step, ...]:
        members: dict[int, list[ir.Node]] = {}
        for node in graph:
            group = self._group(node, is_main)
            if group is not None:
                members.setdefault(group, []).append(node)
        home = {node: group for group, nodes in members.items() for node in nodes}
        reads: dict[int, list[ir.Value]] = {}
        constants: dict[int, list[ir.Value]] = {}
        for group, nodes in members.items():
            mine, fixed = reads.setdefault(group, []), constants.setdefault(group, [])
            for node in nodes:
                for value in _touched(node):
                    for source in self._sources(value, home):
                        producer = source.producer()
                        if producer is not None and home.get(producer) == group:
                            continue
                        (fixed if self._is_constant(source) else mine).append(source)
        wanted = {value for values in reads.values() for value in values}
        wanted |= {source for value in graph.outputs for source in self._sources(value, home)}
        order = _ordered(members, reads, home)
        return tuple(
            Step(
                lead=self.leads[group],
                nodes=tuple(members[group]),
                layers=tuple(self.index.id_of(node) for node in members[group]),
                reads=tuple(dict.fromkeys(reads[group])),
                constants=tuple(dict.fromkeys(constants[group])),
                writes=tuple(value for node in members[group] for value in node.outputs if value in wanted),
                view=all(is_op(node, *VIEWS) for node in members[group]),
                precision=self.precisions[group],
            )
            for group in order
        )

    def _group(self, node: ir.Node, is_main: bool) -> int | None:
        if is_op(node, "Constant"):
            return None
        layer = self.index.id_of(node)
        state = self.states.get(layer)
        if layer not in self.group_of:
            if state in ("folded", "eliminated") or not is_main:
                return None
            self.group_of[layer] = len(self.leads)
            self.leads.append(layer)
            self.precisions.append("")
        return self.group_of[layer]

    def _is_constant(self, value: ir.Value) -> bool:
        if value.is_graph_input() and not value.is_initializer():
            return False
        producer = value.producer()
        if constant(value) is not None or is_op(producer, "Constant"):
            return True
        return producer is not None and self.states.get(self.index.id_of(producer)) == "folded"

    def _sources(self, value: ir.Value, home: Mapping[ir.Node, int]) -> Iterator[ir.Value]:
        """The values that are read where this one is: itself, or what layers that were optimized away hand on."""
        waiting, seen = [value], {value}
        while waiting:
            value = waiting.pop()
            producer = value.producer()
            if producer is None or producer in home or self._is_constant(value):
                yield value
                continue
            if self.states.get(self.index.id_of(producer)) != "eliminated":
                yield value  # of an outer graph, or of a branch that did not run
                continue
            for before in producer.inputs:
                if before is not None and before not in seen and not self._is_constant(before):
                    seen.add(before)
                    waiting.append(before)


def _touched(node: ir.Node) -> Iterator[ir.Value]:
    """What a node reads, and what its bodies capture."""
    yield from (value for value in node.inputs if value is not None)
    for body in bodies(node).values():
        own = set(_defined(body))
        read = [value for inner in body.all_nodes() for value in inner.inputs if value is not None]
        yield from (value for value in dict.fromkeys([*read, *body.outputs]) if value not in own)


def _defined(body: ir.Graph) -> Iterator[ir.Value]:
    yield from (*body.inputs, *body.initializers.values())
    for node in body:
        yield from node.outputs
        for inner in bodies(node).values():
            yield from _defined(inner)


def _ordered(
    members: Mapping[int, list[ir.Node]], reads: Mapping[int, list[ir.Value]], home: Mapping[ir.Node, int]
) -> list[int]:
    """Topological order of the groups, the kernel that ran first taken first."""
    needs: dict[int, set[int]] = {
        group: {home[p] for value in values if (p := value.producer()) is not None and p in home} - {group}
        for group, values in reads.items()
    }
    feeds: dict[int, list[int]] = {}
    for group, before in needs.items():
        for one in before:
            feeds.setdefault(one, []).append(group)
    ready = [group for group in members if not needs[group]]
    heapq.heapify(ready)
    order: list[int] = []
    open_groups = dict.fromkeys(members)
    while open_groups:
        # Two kernels that need each other cannot be; attribution that says so is taken in the order in which they ran.
        group = heapq.heappop(ready) if ready else min(open_groups)
        if group not in open_groups:
            continue
        del open_groups[group]
        order.append(group)
        for reader in feeds.get(group, ()):
            needs[reader].discard(group)
            if not needs[reader] and reader in open_groups:
                heapq.heappush(ready, reader)
    return order
