"""The graph that ONNX Runtime really executes.

Most providers let the session write it (``optimized_model_filepath``). Those that compile (TensorRT, Core ML) do not:
a session that has compiled nodes refuses to save itself. There, the graph is put together from the model that was given
and from what the runtime recorded while it placed nodes (``get_provider_graph_assignment_info``, since 1.24): the nodes
that went into each compiled one, in the order in which the profiler's names number them (``..._0``, ``..._1``). A node
that an optimization made has no original of its name: its inputs and outputs stay unknown, and its time has no owner.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import ExecutedNode, KernelEvent

if TYPE_CHECKING:
    import onnx


@dataclass(frozen=True, slots=True)
class Assigned:
    """A part of the model that one provider took as a whole, and the names of its nodes."""

    provider: str
    nodes: tuple[str, ...]


def saved_graph(path: Path) -> tuple[list[ExecutedNode], frozenset[str]]:
    """The nodes of the optimized graph in the order in which they run, and the names of its constants."""
    import onnx

    nodes: list[ExecutedNode] = []
    constants: set[str] = set()

    def walk(graph: onnx.GraphProto, body_of: str) -> None:
        constants.update(tensor.name for tensor in graph.initializer)
        for node in graph.node:
            nodes.append(ExecutedNode(node.name, node.op_type, tuple(node.input), tuple(node.output), (), body_of))
            for attribute in node.attribute:
                for body in [attribute.g] if attribute.type == onnx.AttributeProto.GRAPH else attribute.graphs:
                    walk(body, node.name)

    walk(onnx.load(str(path), load_external_data=False).graph, "")
    return nodes, frozenset(constants)


def compiled_graph(
    model: Path, assigned: Sequence[Assigned], run: Sequence[KernelEvent], compiler: str
) -> tuple[list[ExecutedNode], frozenset[str]]:
    """The kernels of one run as a graph, where ``compiler`` is the provider that compiles."""
    import onnx

    graph = onnx.load(str(model), load_external_data=False).graph
    originals = {node.name: node for node in graph.node}
    parts = [part for part in assigned if part.provider == compiler]
    compiled = sorted({event.name for event in run if event.provider == compiler}, key=_numbers)
    held = dict(zip(compiled, parts, strict=False))
    order = {node.name: place for place, node in enumerate(graph.node)}

    def node_of(event: KernelEvent) -> ExecutedNode:
        part = held.get(event.name)
        if part is not None:
            known = tuple(name for name in part.nodes if name in originals)
            return _as_one(event, [originals[name] for name in sorted(known, key=order.__getitem__)], graph)
        node = originals.get(event.name)
        if node is None:
            return ExecutedNode(event.name, event.op, (), ())
        return ExecutedNode(event.name, event.op, tuple(node.input), tuple(node.output))

    unique: Mapping[str, KernelEvent] = {event.name: event for event in sorted(run, key=lambda event: event.start_us)}
    return [node_of(event) for event in unique.values()], frozenset(tensor.name for tensor in graph.initializer)


def _as_one(event: KernelEvent, nodes: Sequence[onnx.NodeProto], graph: onnx.GraphProto) -> ExecutedNode:
    """A compiled node with what goes in and comes out of it."""
    mine = {node.name for node in nodes}
    made = {name for node in nodes for name in node.output if name}
    read = {name for node in graph.node if node.name not in mine for name in node.input}
    read |= {value.name for value in graph.output}
    taken = dict.fromkeys(name for node in nodes for name in node.input if name and name not in made)
    given = tuple(name for node in nodes for name in node.output if name in read)
    return ExecutedNode(event.name, event.op, tuple(taken), given, tuple(node.name for node in nodes))


def _numbers(name: str) -> tuple[int, ...]:
    """The numbers at the end of a compiled node's name, by which parts are counted."""
    match = re.search(r"((?:_\d+)+)$", name)
    return tuple(int(part) for part in match.group(1).split("_")[1:]) if match else ()
