"""Walk a model as protobuf: graphs with all their bodies, nodes, tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import onnx


def graphs(graph: onnx.GraphProto) -> Iterator[onnx.GraphProto]:
    """The graph and all bodies in it."""
    yield graph
    yield from _inner(graph.node)


def every_graph(proto: onnx.ModelProto) -> Iterator[onnx.GraphProto]:
    """The graphs of the model, and the bodies in its functions."""
    yield from graphs(proto.graph)
    for function in proto.functions:
        yield from _inner(function.node)


def every_node(proto: onnx.ModelProto) -> Iterator[onnx.NodeProto]:
    for function in proto.functions:
        yield from function.node
    for graph in every_graph(proto):
        yield from graph.node


def tensors(proto: onnx.ModelProto) -> Iterator[onnx.TensorProto]:
    """Initializers and the tensors of attributes, everywhere; those of sparse tensors are not among them."""
    for graph in every_graph(proto):
        yield from graph.initializer
    for node in every_node(proto):
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            if attribute.tensors:
                yield from attribute.tensors
    for function in proto.functions:
        for attribute in function.attribute_proto:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _inner(nodes: Iterable[onnx.NodeProto]) -> Iterator[onnx.GraphProto]:
    for node in nodes:
        for attribute in node.attribute:
            if attribute.HasField("g"):
                yield from graphs(attribute.g)
            for inner in attribute.graphs:
                yield from graphs(inner)
