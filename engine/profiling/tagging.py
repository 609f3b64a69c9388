"""The tagged copy of the model that is measured.

The runtime fuses and renames, so its names cannot be matched to the file's. In the copy every node k is named ``~nk~``
and its output j ``~vk.j~``, graph outputs and subgraph bodies included; inputs and initializers keep their names. What
the runtime makes of them keeps some tags: a kernel named ``~v12.0~_nchwc`` computes output 0 of node 12 in another
layout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import onnx_ir as ir

from engine.errors import ModelError
from engine.graph.structure import bodies, unsound

_NODE = re.compile(r"~n(\d+)~")
_VALUE = re.compile(r"~v(\d+)\.(\d+)~")


@dataclass(frozen=True, slots=True)
class Tags:
    """What a name says: the numbers of nodes, and of values as (node, output)."""

    nodes: tuple[int, ...]
    values: tuple[tuple[int, int], ...]


def tagged(model: ir.Model) -> ir.Model:
    """A copy with tags for names; tensors are shared. The nodes of model functions get names of their own.

    Raises:
        ModelError: the graph uses a value that it does not have.
    """
    fault = unsound(model)
    if fault:
        raise ModelError(f"the graph is invalid: {fault}")
    copy = model.clone()
    for number, node in enumerate(every_node(copy)):
        node.name = f"~n{number}~"
        for position, value in enumerate(node.outputs):
            if value.name:  # an output without a name is left out
                value.name = f"~v{number}.{position}~"
    for function in copy.functions.values():
        # Runtimes put them in the place of each call; what has no name cannot be told apart in a trace.
        for number, node in enumerate(function.all_nodes()):
            node.name = f"{node.op_type}_{number}"
    return copy


def every_node(model: ir.Model) -> tuple[ir.Node, ...]:
    """All nodes in the order of their tags: bodies right after their node."""
    return tuple(_nodes(model.graph))


def tags(name: str) -> Tags:
    """All tags that occur in a name."""
    return Tags(tuple(int(k) for k in _NODE.findall(name)), tuple((int(k), int(j)) for k, j in _VALUE.findall(name)))


def value_tag(name: str) -> tuple[int, int] | None:
    """The value that is named so, where the name is a tag and nothing else."""
    match = _VALUE.fullmatch(name)
    return (int(match[1]), int(match[2])) if match else None


def untagger(model: ir.Model) -> Callable[[str], str]:
    """What turns a text of the runtime into one with the model's own names in the place of tags."""
    nodes = every_node(model)

    def node_name(match: re.Match[str]) -> str:
        node = nodes[int(match[1])]
        return node.name or node.op_type

    def value_name(match: re.Match[str]) -> str:
        return nodes[int(match[1])].outputs[int(match[2])].name or match[0]

    return lambda text: _VALUE.sub(value_name, _NODE.sub(node_name, text))


def _nodes(graph: ir.Graph) -> Iterator[ir.Node]:
    for node in graph:
        yield node
        for body in bodies(node).values():
            yield from _nodes(body)
