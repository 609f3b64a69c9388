"""What a model as protobuf holds, walked once: graphs with all their bodies, nodes, attributes, tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import onnx


@dataclass(frozen=True, slots=True)
class Contents:
    """Of the model and of its functions, bodies included.

    Attributes:
        graphs: functions are none, the bodies in them are.
        attributes: of all nodes, and those that functions give values to.
    """

    graphs: tuple[onnx.GraphProto, ...]
    nodes: tuple[onnx.NodeProto, ...]
    attributes: tuple[onnx.AttributeProto, ...]

    def tensors(self) -> Iterator[onnx.TensorProto]:
        """Initializers and the tensors of attributes; those of sparse tensors are not among them."""
        for graph in self.graphs:
            yield from graph.initializer
        for attribute in self.attributes:
            if attribute.HasField("t"):
                yield attribute.t
            if attribute.tensors:
                yield from attribute.tensors


def bodies_of(node: onnx.NodeProto) -> Iterator[onnx.GraphProto]:
    for attribute in node.attribute:
        if attribute.type == onnx.AttributeProto.GRAPH:
            yield attribute.g
        elif attribute.type == onnx.AttributeProto.GRAPHS:
            yield from attribute.graphs


def contents(proto: onnx.ModelProto) -> Contents:
    graphs: list[onnx.GraphProto] = [proto.graph]
    nodes: list[onnx.NodeProto] = []
    attributes: list[onnx.AttributeProto] = []

    def look(inside: Iterable[onnx.NodeProto]) -> None:
        for node in inside:
            nodes.append(node)
            for attribute in node.attribute:
                attributes.append(attribute)
                if attribute.HasField("g"):
                    graphs.append(attribute.g)
                if attribute.graphs:
                    graphs.extend(attribute.graphs)

    for function in proto.functions:
        look(function.node)
        attributes.extend(function.attribute_proto)
    for graph in graphs:  # which grows while it is walked
        look(graph.node)
    return Contents(tuple(graphs), tuple(nodes), tuple(attributes))
