"""The part of attribution that is the same for every runtime: from anchored kernels to the owners of all kernels.

A subclass says which kernels the runtime inserted, which original nodes anchor the others, and which original value
each executed value holds. From its anchors each kernel takes what lies behind them, up to values that the executed
graph holds, constants, static nodes (they are computed when the session is built; DequantizeLinear is not, it fuses)
and the edge of its body. A node that two kernels reach goes to the earlier one. What is inserted, and what nobody can
say, belongs to the consumer; where there is none, to what it was made from.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence

import onnx_ir as ir

from engine.backend import ExecutedNode
from engine.graph.layers import LayerIndex
from engine.graph.naming import bodies
from engine.graph.ops import facts
from engine.profiling.original import Original, ancestors
from engine.profiling.owners import Attribution, Owner
from engine.profiling.profile import State
from engine.profiling.tagging import value_tag

_QDQ = frozenset({"QuantizeLinear", "DequantizeLinear"})


class Attributor(ABC):
    """The steps of one attribution.

    Attributes:
        held: the original values of executed values by (body, name).
        inserted: beside the executed nodes, whether the runtime made it up.
        anchors: beside the executed nodes, the original nodes that it is known to do.
        claims: original nodes and the number of the kernel that does them.
    """

    def __init__(
        self, original: Original, index: LayerIndex, executed: tuple[ExecutedNode, ...], constants: frozenset[str]
    ) -> None:
        self.original, self.index, self.executed = original, index, executed
        self.folded = {original.value(tag) for name in constants if (tag := value_tag(name)) is not None}
        self.scope_of = {node.name: node.body_of for node in executed}
        self.held: dict[tuple[str, str], ir.Value] = {}
        self.inserted = [self.is_inserted(node) for node in executed]
        self.anchors: list[list[ir.Node]] = [[] for _ in executed]
        self.claims: dict[ir.Node, int] = {}

    @abstractmethod
    def is_inserted(self, node: ExecutedNode) -> bool:
        """Whether no original node accounts for an executed one."""

    @abstractmethod
    def anchor(self) -> None:
        """Fill ``held``, ``anchors``, and ``claims`` of the anchors."""

    def run(self) -> Attribution:
        self.anchor()
        self._claim()
        owners = self._owners()
        claims = {self.index.id_of(node): kernel for node, kernel in self.claims.items()}
        return Attribution(self.executed, tuple(owners), claims, self._unclaimed(), self.held)

    def is_static(self, value: ir.Value) -> bool:
        return self.original.is_constant(value) or value.producer() in self.original.static

    def lookup(self, name: str, scope: str) -> ir.Value | None:
        while True:
            value = self.held.get((scope, name))
            if value is not None:
                return value
            if not scope:
                tag = value_tag(name)
                return self.original.value(tag) if tag is not None else self.original.inputs.get(name)
            scope = self.scope_of.get(scope, "")

    def _claim(self) -> None:
        holds = {self.original.one(value) for value in self.held.values()} | {
            self.original.one(value) for value in self.folded
        }
        for number, anchors in enumerate(self.anchors):
            for anchor in anchors:
                self.claims.setdefault(anchor, number)
        for number, anchors in enumerate(self.anchors):
            if self.executed[number].in_place:
                continue
            waiting = [anchor for anchor in anchors if self.claims[anchor] == number]
            while waiting:
                node = waiting.pop()
                for value in ancestors(node):
                    producer = self.original.producer(value)
                    if (
                        producer is None
                        or self.original.one(value) in holds
                        or producer in self.claims
                        or producer.graph is not node.graph
                        or (producer in self.original.static and producer.op_type != "DequantizeLinear")
                        or bodies(producer)
                    ):
                        continue
                    self.claims[producer] = number
                    waiting.append(producer)

    def _owners(self) -> list[Owner]:
        members: list[list[ir.Node]] = [[] for _ in self.executed]
        for node in self.original.nodes:
            if node in self.claims:
                members[self.claims[node]].append(node)
        owners: list[Owner] = []
        for number, kernel in enumerate(self.executed):
            nodes = members[number] or self.anchors[number]
            nodes = [node for node in nodes if not _is_value(node)]
            mine = nodes and not self.inserted[number] and not kernel.in_place
            owners.append(self._owner(kernel, nodes) if mine else Owner())
        readers: dict[tuple[str, str], list[int]] = {}
        for number, kernel in enumerate(self.executed):
            for name in kernel.inputs:
                readers.setdefault((kernel.body_of, name), []).append(number)
        for number in reversed(range(len(owners))):
            if not owners[number].layers:
                owners[number] = self._owner_of_consumer(number, owners, readers)
        made = {(kernel.body_of, name): n for n, kernel in enumerate(self.executed) for name in kernel.outputs}
        for number, kernel in enumerate(self.executed):  # what only feeds the model's outputs
            makers = [owners[made[key]] for name in kernel.inputs if (key := (kernel.body_of, name)) in made]
            maker = next((owner for owner in makers if owner.layers), None)
            if not owners[number].layers and maker is not None:
                owners[number] = Owner(maker.layers, maker.lead, self.inserted[number])
        return owners

    def _owner(self, kernel: ExecutedNode, nodes: Sequence[ir.Node]) -> Owner:
        def weight(node: ir.Node) -> tuple[float, bool, bool, float]:
            layer = self.index.by_id[self.index.id_of(node)]
            row = facts(node)
            unknown = 1 if row is not None and row.weights else 0
            return (
                unknown if layer.macs is None else layer.macs,
                node.op_type not in _QDQ,
                node.op_type in kernel.op,
                layer.elementwise or 0,
            )

        ids = tuple(self.index.id_of(node) for node in nodes)
        return Owner(ids, self.index.id_of(max(reversed(nodes), key=weight)))

    def _owner_of_consumer(
        self, number: int, owners: Sequence[Owner], readers: Mapping[tuple[str, str], Sequence[int]]
    ) -> Owner:
        kernel = self.executed[number]
        for name in kernel.outputs:
            for reader in readers.get((kernel.body_of, name), ()):
                if owners[reader].layers:
                    return Owner(owners[reader].layers, owners[reader].lead, self.inserted[number])
        return Owner((), None, self.inserted[number])

    def _unclaimed(self) -> dict[str, State]:
        """Folded: constant, or only read to compute what was folded. Everything else was optimized away."""
        folded: set[ir.Node] = set()
        found: dict[str, State] = {}
        for node in reversed(self.original.nodes):
            if node in self.claims:
                continue
            readers = [reader for value in node.outputs for reader in self.original.consumers(value)]
            if (
                node in self.original.static
                or any(value in self.folded for value in node.outputs)
                or (readers and all(reader in folded for reader in readers))
            ):
                folded.add(node)
            if not _is_value(node):
                found[self.index.id_of(node)] = "folded" if node in folded else "eliminated"
        return found


def _is_value(node: ir.Node) -> bool:
    return node.op_type == "Constant" and node.domain in ("", "ai.onnx")
