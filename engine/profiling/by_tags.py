"""Anchors from names: for runtimes that keep tags in the names of kernels and values (ONNX Runtime).

1. Which original value each executed value holds. A tag says it. Kernels that the runtime *inserted* (reorders, casts,
   transposes that no original node accounts for) hand a value on, so that both sides hold the same. Where the output of
   a kernel lost its tag, it is the value of the tag in the kernel's name, taken forward over what runtimes fuse behind
   a kernel (activations, a residual Add whose other input the kernel reads, QuantizeLinear) while no other kernel does
   it.
2. Each anchored node goes to its kernel; a node that two kernels reach goes to the earlier one.
"""

from __future__ import annotations

import onnx_ir as ir

from engine.backend import ExecutedNode
from engine.graph.naming import bodies
from engine.profiling.original import ancestors, hands_on
from engine.profiling.regions import Attributor
from engine.profiling.tagging import tags, value_tag

_RESHAPES = ("Reshape", "Flatten", "Squeeze", "Unsqueeze")
_REORDERS = ("ReorderInput", "ReorderOutput", "MemcpyToHost", "MemcpyFromHost")
_CAN_BE_INSERTED = frozenset(
    {*_RESHAPES, *_REORDERS, "Transpose", "Cast", "Identity", "QuantizeLinear", "DequantizeLinear"}
)
_ACTIVATIONS = frozenset({"Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "HardSwish"})
_JOINS = frozenset({"Add", "Sum"})


class ByTags(Attributor):
    """Anchors from the tags in the names of kernels and of their outputs."""

    def anchor(self) -> None:
        self._hold_tagged_values()
        self._anchor()
        self._hold_untagged_values()

    def is_inserted(self, node: ExecutedNode) -> bool:
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
                if value is not None and self.lookup(node.inputs[0], node.body_of) is None:
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

    def _hold_untagged_values(self) -> None:
        for number, node in enumerate(self.executed):
            if not node.outputs or (node.body_of, node.outputs[0]) in self.held:
                continue
            if self.inserted[number]:
                value = self.lookup(node.inputs[0], node.body_of) if node.inputs else None
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
            self.original.one(value) for name in node.inputs if (value := self.lookup(name, node.body_of)) is not None
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
            fits = all(self.original.one(other) in reads or self.is_static(other) for other in others)
        elif follower.op_type == "QuantizeLinear":
            fits = quantized
        else:
            fits = follower.op_type in _ACTIVATIONS
        return follower if fits else None

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


def _same_kind(kernel_op: str, node_op: str) -> bool:
    return kernel_op == node_op or (kernel_op in _RESHAPES and node_op in _RESHAPES)
