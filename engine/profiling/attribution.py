"""Kernels back to layers.

Tags (``engine.profiling.tagging``) only *anchor* a kernel of the executed graph: its output bears the tag of the value
that it computes, or its name bears one of its nodes'. Its layers are the original nodes reached backward from there
until a value is met that the executed graph holds. In this order:

1. Which original value each executed value holds. A tag says it. Kernels that the runtime *inserted* (reorders, casts,
   transposes that no original node accounts for) hand a value on, so that both sides hold the same. Where the output of
   a kernel lost its tag, it is the value of the tag in the kernel's name, taken forward over what runtimes fuse behind
   a kernel (activations, a residual Add whose other input the kernel reads, QuantizeLinear) while no other kernel does
   it.
2. Each anchored node goes to its kernel; a node that two kernels reach goes to the earlier one.
3. From its anchors each kernel takes what lies behind them, up to values that the executed graph holds, constants,
   static nodes (they are computed when the session is built; DequantizeLinear is not, it fuses) and the edge of its
   body.
4. An inserted kernel belongs to its consumer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import onnx_ir as ir

from engine.backend import ExecutedNode
from engine.graph.layers import LayerIndex
from engine.graph.naming import bodies
from engine.graph.ops import facts
from engine.profiling.original import Original, ancestors, hands_on
from engine.profiling.profile import State
from engine.profiling.tagging import tags, value_tag

_RESHAPES = ("Reshape", "Flatten", "Squeeze", "Unsqueeze")
_REORDERS = ("ReorderInput", "ReorderOutput", "MemcpyToHost", "MemcpyFromHost")
_CAN_BE_INSERTED = frozenset(
    {*_RESHAPES, *_REORDERS, "Transpose", "Cast", "Identity", "QuantizeLinear", "DequantizeLinear"}
)
_ACTIVATIONS = frozenset({"Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish"})
_JOINS = frozenset({"Add", "Sum"})
_QDQ = frozenset({"QuantizeLinear", "DequantizeLinear"})


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose work a kernel does; no layers where nobody can say."""

    layers: tuple[str, ...] = ()
    lead: str | None = None
    inserted: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose work every kernel does.

    Attributes:
        owners: beside the executed nodes.
        claims: for each layer that a kernel does, the number of the kernel.
        unclaimed: the layers that no kernel does, and why.
        held: the original value that an executed value holds, perhaps in another layout, by (body, name).
    """

    executed: tuple[ExecutedNode, ...]
    owners: tuple[Owner, ...]
    claims: Mapping[str, int]
    unclaimed: Mapping[str, State]
    held: Mapping[tuple[str, str], ir.Value]

    def states(self, ran: Sequence[bool]) -> dict[str, tuple[State, str | None]]:
        """For every layer how it ended, and which layer it is fused into; ``ran`` says which kernels did."""
        leads = {owner.lead for owner, did in zip(self.owners, ran, strict=True) if did and not owner.inserted}
        found: dict[str, tuple[State, str | None]] = {layer: (state, None) for layer, state in self.unclaimed.items()}
        for layer, kernel in self.claims.items():
            if layer in leads:
                found[layer] = ("timed", None)
            elif not ran[kernel]:
                found[layer] = ("not_run", None)
            else:
                found[layer] = ("fused_into", self.owners[kernel].lead)
        return found


def attribute(
    model: ir.Model, index: LayerIndex, executed: Sequence[ExecutedNode], constants: frozenset[str]
) -> Attribution:
    """Owners of all executed nodes.

    Args:
        model: the measured model, untagged; ``index`` has its layers and what they cost.
        executed, constants: of the ``Trace``.
    """
    return _Attributor(Original.of(model), index, tuple(executed), constants).run()


class _Attributor:
    """The steps of one attribution; ``held`` are the original values of executed values by (body, name)."""

    def __init__(
        self, original: Original, index: LayerIndex, executed: tuple[ExecutedNode, ...], constants: frozenset[str]
    ) -> None:
        self.original, self.index, self.executed = original, index, executed
        self.folded = {original.value(tag) for name in constants if (tag := value_tag(name)) is not None}
        self.scope_of = {node.name: node.body_of for node in executed}
        self.held: dict[tuple[str, str], ir.Value] = {}
        self.inserted = [self._is_inserted(node) for node in executed]
        self.anchors: list[list[ir.Node]] = [[] for _ in executed]
        self.claims: dict[ir.Node, int] = {}

    def run(self) -> Attribution:
        self._hold_tagged_values()
        self._anchor()
        self._hold_untagged_values()
        self._claim()
        owners = self._owners()
        claims = {self.index.id_of(node): kernel for node, kernel in self.claims.items()}
        return Attribution(self.executed, tuple(owners), claims, self._unclaimed(), self.held)

    # 1. values

    def _is_inserted(self, node: ExecutedNode) -> bool:
        if node.op in _REORDERS:  # a reorder to channels-last does the work of a Transpose behind the Conv
            return not any(n.op_type == "Transpose" for n in self._tagged_nodes(node))
        return node.op in _CAN_BE_INSERTED and not any(_same_kind(node.op, n.op_type) for n in self._tagged_nodes(node))

    def _tagged_nodes(self, node: ExecutedNode) -> list[ir.Node]:
        """The original nodes that the tags of a kernel's name and outputs point at."""
        found: list[ir.Node] = []
        for text in (*node.outputs, node.name):
            said = tags(text)
            for tag in said.values:
                value = self.original.value(tag)
                maker = value.producer() if node.op == "Identity" else self.original.maker(value)
                found += [maker] if maker is not None else []
            found += [self.original.nodes[number] for number in said.nodes]
        return found

    def _hold_tagged_values(self) -> None:
        for node in self.executed:
            for name in node.outputs:
                value = self._tagged_value(node, name)
                if value is not None:
                    self.held[node.body_of, name] = value
        # What a chain of inserted kernels hands on to a tagged value is that value before the chain as well.
        for node, inserted in zip(reversed(self.executed), reversed(self.inserted), strict=True):
            if inserted and node.inputs and node.outputs:
                value = self.held.get((node.body_of, node.outputs[0]))
                if value is not None and self._lookup(node.inputs[0], node.body_of) is None:
                    self.held[node.body_of, node.inputs[0]] = value

    def _tagged_value(self, node: ExecutedNode, name: str) -> ir.Value | None:
        """The value that the tag of an output says, also that of a branch whose If is known and was taken away."""
        said = tags(name).values
        if len(said) != 1:
            return None
        value = self.original.value(said[0])
        maker = value.producer()
        assert maker is not None
        if value_tag(name) is None:
            return value if maker.op_type == node.op else None
        if not bodies(maker) or maker.op_type == node.op:
            return value
        branches = sorted(bodies(maker).items(), key=lambda branch: branch[0] not in node.name)
        results = [body.outputs[value.index() or 0] for _, body in branches if len(body.outputs) == len(maker.outputs)]
        return next((r for r in results if (p := r.producer()) is not None and p.op_type == node.op), value)

    def _lookup(self, name: str, scope: str) -> ir.Value | None:
        while True:
            value = self.held.get((scope, name))
            if value is not None:
                return value
            if not scope:
                tag = value_tag(name)
                return self.original.value(tag) if tag is not None else self.original.inputs.get(name)
            scope = self.scope_of.get(scope, "")

    def _hold_untagged_values(self) -> None:
        for number, node in enumerate(self.executed):
            if not node.outputs or (node.body_of, node.outputs[0]) in self.held:
                continue
            if self.inserted[number]:
                value = self._lookup(node.inputs[0], node.body_of) if node.inputs else None
            else:
                value = self._computed(number, node)
            if value is not None:
                self.held[node.body_of, node.outputs[0]] = value

    def _computed(self, number: int, node: ExecutedNode) -> ir.Value | None:
        """The value at the output of a kernel whose output bears no tag."""
        if not self.anchors[number]:
            return None
        anchor = self.anchors[number][0]
        if bodies(anchor) or not anchor.outputs:
            return None
        reads = {
            self.original.one(value) for name in node.inputs if (value := self._lookup(name, node.body_of)) is not None
        }
        quantized = node.op.startswith("Q") or any(
            (producer := self.original.producer(value)) is not None and producer.op_type == "DequantizeLinear"
            for value in ancestors(anchor)
        )
        value = anchor.outputs[0]
        while (follower := self._fused_behind(value, number, reads, quantized)) is not None:
            self.anchors[number].append(follower)
            value = follower.outputs[0]
            if follower.op_type == "QuantizeLinear":
                break
        return value

    def _fused_behind(self, value: ir.Value, number: int, reads: set[ir.Value], quantized: bool) -> ir.Node | None:
        consumers = self.original.consumers(value)
        if len(consumers) != 1 or value.is_graph_output():
            return None
        (follower,) = consumers
        if self.claims.get(follower, number) != number or follower.graph is not value.graph:
            return None
        others = [other for other in ancestors(follower) if self.original.one(other) is not self.original.one(value)]
        if follower.op_type in _JOINS:
            fits = all(self.original.one(other) in reads or self._is_static(other) for other in others)
        elif follower.op_type == "QuantizeLinear":
            fits = quantized
        else:
            fits = follower.op_type in _ACTIVATIONS
        return follower if fits else None

    def _is_static(self, value: ir.Value) -> bool:
        return self.original.is_constant(value) or value.producer() in self.original.static

    # 2. anchors

    def _anchor(self) -> None:
        for number, node in enumerate(self.executed):
            if self.inserted[number]:
                continue
            found = self._anchors_of(node)
            self.anchors[number] = found
            for anchor in found:
                self.claims.setdefault(anchor, number)

    def _anchors_of(self, node: ExecutedNode) -> list[ir.Node]:
        found: list[ir.Node] = []
        for name in node.outputs:
            value = self.held.get((node.body_of, name))
            if value is not None:
                maker = value.producer() if node.op == "Identity" else self.original.maker(value)
                found += [maker] if maker is not None and (not bodies(maker) or maker.op_type == node.op) else []
        for text in (*node.outputs, node.name):
            found += [n for number in tags(text).nodes if not hands_on(n := self.original.nodes[number])]
        for tag in tags(node.name).values:
            maker = self.original.maker(self.original.value(tag))
            found += [maker] if maker is not None and not bodies(maker) else []
        return [n for n in dict.fromkeys(found) if n not in self.original.static or n.op_type == node.op]

    # 3. regions

    def _claim(self) -> None:
        holds = {self.original.one(value) for value in self.held.values()} | {
            self.original.one(value) for value in self.folded
        }
        for number, anchors in enumerate(self.anchors):
            for anchor in anchors:
                self.claims.setdefault(anchor, number)
        for number, anchors in enumerate(self.anchors):
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

    # 4. owners

    def _owners(self) -> list[Owner]:
        members: list[list[ir.Node]] = [[] for _ in self.executed]
        for node in self.original.nodes:
            if node in self.claims:
                members[self.claims[node]].append(node)
        owners: list[Owner] = []
        for number, kernel in enumerate(self.executed):
            nodes = members[number] or self.anchors[number]
            nodes = [node for node in nodes if not _is_value(node)]
            owners.append(self._owner(kernel, nodes) if nodes and not self.inserted[number] else Owner())
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


def _same_kind(kernel_op: str, node_op: str) -> bool:
    return kernel_op == node_op or (kernel_op in _RESHAPES and node_op in _RESHAPES)


def _is_value(node: ir.Node) -> bool:
    return node.op_type == "Constant" and node.domain in ("", "ai.onnx")
