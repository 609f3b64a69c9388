"""What attribution must know of the graph that was tagged.

Two values are *one* where the runtime will hold one for both: what an Identity hands on, and what a node computes that
has the same op, attributes and inputs as an earlier one (common subexpressions). A node is *static* where everything
that it reads is constant: it is computed when the session is built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import onnx_ir as ir

from engine.graph.constants import constant, is_op
from engine.graph.naming import bodies
from engine.profiling.tagging import every_node

_RANDOM = frozenset(
    {"RandomNormal", "RandomNormalLike", "RandomUniform", "RandomUniformLike", "Multinomial", "Bernoulli"}
)
_SMALL = 8


@dataclass(frozen=True)
class Original:
    """The nodes of the measured model in the order of their tags."""

    nodes: tuple[ir.Node, ...]
    inputs: Mapping[str, ir.Value]

    @staticmethod
    def of(model: ir.Model) -> Original:
        named = {value.name: value for value in (*model.graph.inputs, *model.graph.initializers.values()) if value.name}
        return Original(every_node(model), named)

    def value(self, tag: tuple[int, int]) -> ir.Value:
        node, output = tag
        return self.nodes[node].outputs[output]

    def one(self, value: ir.Value) -> ir.Value:
        """The value that the runtime holds for this one."""
        return self._ones.get(value, value)

    def producer(self, value: ir.Value) -> ir.Node | None:
        return self.one(value).producer()

    def maker(self, value: ir.Value) -> ir.Node | None:
        """The producer of this very value, seen through Identity."""
        node = value.producer()
        while node is not None and hands_on(node) and node.inputs[0] is not None:
            node = node.inputs[0].producer()
        return node

    def consumers(self, value: ir.Value) -> tuple[ir.Node, ...]:
        """The nodes that read a value, seen through Identity."""
        found: list[ir.Node] = []
        for node, _ in value.uses():
            if hands_on(node):
                found += self.consumers(node.outputs[0])
            elif node not in found:
                found.append(node)
        return tuple(found)

    @cached_property
    def static(self) -> frozenset[ir.Node]:
        static: set[ir.Node] = set()
        for node in self.nodes:
            if is_op(node, "Constant") or (
                node.op_type not in _RANDOM
                and not bodies(node)
                and node.inputs
                and all(value is None or self.is_constant(value) or value.producer() in static for value in node.inputs)
            ):
                static.add(node)
        return frozenset(static)

    @staticmethod
    def is_constant(value: ir.Value) -> bool:
        """A graph input with a default can be overridden and is none."""
        return constant(value) is not None and not value.is_graph_input()

    @cached_property
    def _ones(self) -> Mapping[ir.Value, ir.Value]:
        ones: dict[ir.Value, ir.Value] = {}
        seen: dict[object, ir.Node] = {}
        for node in self.nodes:
            if hands_on(node) and node.inputs and node.inputs[0] is not None:
                ones[node.outputs[0]] = ones.get(node.inputs[0], node.inputs[0])
                continue
            key = self._computation(node, ones)
            if key is None:
                continue
            first = seen.setdefault(key, node)
            if first is not node:
                ones.update({mine: ones.get(its, its) for mine, its in zip(node.outputs, first.outputs, strict=True)})
        return ones

    def _computation(self, node: ir.Node, ones: Mapping[ir.Value, ir.Value]) -> object | None:
        if node.op_type in _RANDOM or bodies(node) or is_op(node, "Constant"):
            return None
        attributes: list[tuple[Any, ...]] = []
        for name, attribute in sorted(node.attributes.items()):
            if attribute.is_ref() or attribute.type in (ir.AttributeType.TENSOR, ir.AttributeType.TENSORS):
                return None
            attributes.append((name, attribute.type, repr(attribute.value)))
        inputs = tuple(None if value is None else self._input_key(ones.get(value, value)) for value in node.inputs)
        return (id(node.graph), node.domain, node.op_type, len(node.outputs), tuple(attributes), inputs)

    def _input_key(self, value: ir.Value) -> object:
        tensor = constant(value) if self.is_constant(value) else None
        if tensor is None or tensor.size > _SMALL or tensor.dtype == ir.DataType.STRING:
            return value
        return (tensor.dtype, tuple(tensor.shape), tensor.tobytes())  # the runtime shares small constants


def hands_on(node: ir.Node) -> bool:
    """Whether the node's output is its input, at inference."""
    if is_op(node, "Identity"):
        return True
    if not is_op(node, "Dropout") or len([value for value in node.outputs if value.uses()]) > 1:
        return False
    training = node.inputs[2] if len(node.inputs) > 2 else None
    tensor = constant(training)
    return training is None or (tensor is not None and not bool(tensor.numpy().reshape(-1)[0]))


def ancestors(node: ir.Node) -> Iterator[ir.Value]:
    """The values that a node reads directly."""
    return (value for value in node.inputs if value is not None)
