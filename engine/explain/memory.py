"""Activation memory over the execution order.

Computed from the graph and the kernels of a profile, not measured: a value is alive from the kernel that makes it to
the last one that reads it, and what stays inside a kernel never exists. Views (Reshape, Squeeze, ...) are the memory of
what they view, unless they are an output of the model. The model's inputs are alive throughout, because the caller
holds them; its outputs from when they are made to the end. The body of a control-flow node adds its own peak to the
step of that node, of an If the larger branch; results that a body hands over are not counted twice.

Left out is what a runtime adds or saves: scratch memory inside kernels, copies in another layout, buffers that a kernel
overwrites in place, gaps between buffers. ``Profile.peak_memory_bytes`` is what the process really took, weights (which
runtimes repack) and code included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import onnx_ir as ir

from engine.explain.steps import Step, steps, value_bytes
from engine.graph.attributes import int_of
from engine.graph.constants import constant, is_op
from engine.graph.layers import LayerIndex
from engine.graph.structure import bodies
from engine.profiling.profile import Profile


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """While ``layer`` (the lead of the kernel) runs, ``live_bytes`` of activations are alive, ``own_bytes`` its own."""

    layer: str
    live_bytes: int
    own_bytes: int


@dataclass(frozen=True, slots=True)
class ActivationMemory:
    """``steps`` in execution order.

    Attributes:
        weight_bytes: of all initializers, each once.
        peak_bytes: the most activation bytes that are alive at once; ``peak_layers`` own what is alive then, the
            largest first.
        unknown: layers whose output sizes are not known, left out of the sums.
    """

    weight_bytes: int
    peak_bytes: int
    peak_layers: tuple[str, ...]
    steps: tuple[MemoryStep, ...]
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Buffer:
    """Memory of one value and its views, alive over the steps ``first`` to ``last``; ``layer`` is "" for inputs."""

    size: int
    layer: str
    first: int
    last: int


def activation_memory(model: ir.Model, index: LayerIndex, profile: Profile) -> ActivationMemory:
    """Of one run of the model.

    Args:
        model: bound to the shapes that were measured; ``index`` has its layers.
    """
    walk = _Walk(steps(model.graph, index, profile))
    found = walk.graph(model.graph)
    peak = max(found, key=lambda step: step.live, default=None)
    owners = {} if peak is None else peak.owners
    return ActivationMemory(
        weight_bytes=_weight_bytes(model),
        peak_bytes=0 if peak is None else peak.live,
        peak_layers=tuple(sorted((layer for layer in owners if layer), key=lambda layer: -owners[layer])),
        steps=tuple(MemoryStep(step.layer, step.live, step.own) for step in found),
        unknown=tuple(dict.fromkeys(walk.unknown)),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """``owners``: the live bytes by the layer that made them, "" for inputs."""

    layer: str
    own: int
    owners: Mapping[str, int]

    @property
    def live(self) -> int:
        return sum(self.owners.values())


class _Walk:
    def __init__(self, steps_of: Mapping[ir.Graph, tuple[Step, ...]]) -> None:
        self.steps_of = steps_of
        self.unknown: list[str] = []

    def graph(self, graph: ir.Graph) -> list[_Found]:
        order = self.steps_of[graph]
        buffers = self._buffers(graph, order)
        alive: list[dict[str, int]] = [{} for _ in order]
        own = [0] * len(order)
        for buffer in buffers:
            for number in range(buffer.first, min(buffer.last + 1, len(order))):
                alive[number][buffer.layer] = alive[number].get(buffer.layer, 0) + buffer.size
            if buffer.layer:
                own[buffer.first] += buffer.size
        for number, step in enumerate(order):
            for layer, size in self._inner(step).items():
                alive[number][layer] = alive[number].get(layer, 0) + size
                own[number] += size
        return [_Found(step.lead, own[number], alive[number]) for number, step in enumerate(order)]

    def _buffers(self, graph: ir.Graph, order: Sequence[Step]) -> list[_Buffer]:
        end = len(order) - 1
        holds: dict[ir.Value, _Buffer] = {}
        buffers: list[_Buffer] = []
        for value in graph.inputs:
            if not value.is_initializer():
                holds[value] = _Buffer(value_bytes(value) or 0, "", 0, end)
                buffers.append(holds[value])
        for number, step in enumerate(order):
            for value in step.reads:
                if value in holds:
                    holds[value].last = max(holds[value].last, number)
            for value in step.writes:
                viewed = next((holds[read] for read in step.reads if read in holds), None) if step.view else None
                if viewed is not None and not value.is_graph_output():
                    holds[value] = viewed
                    continue
                size = step.size(value)
                if size is None:
                    self.unknown.append(step.lead)
                holds[value] = _Buffer(size or 0, step.lead, number, end if value.is_graph_output() else number)
                buffers.append(holds[value])
        return buffers

    def _inner(self, step: Step) -> Mapping[str, int]:
        """What the bodies of a control-flow node hold at their highest, less the results that become the node's own."""
        found: Mapping[str, int] = {}
        for node in step.nodes:
            for body in bodies(node).values():
                inside = max(self.graph(body), key=lambda inner: inner.live, default=None)
                if inside is None:
                    continue
                left = sum(step.size(value) or 0 for value in _handed_over(node, body) if value in step.writes)
                owners = {layer or step.lead: 0 for layer in inside.owners}
                for layer, size in sorted(inside.owners.items(), key=lambda pair: pair[1]):
                    taken = min(left, size)
                    left -= taken
                    owners[layer or step.lead] += size - taken
                if sum(owners.values()) > sum(found.values()):
                    found = owners
        return found


def _handed_over(node: ir.Node, body: ir.Graph) -> Sequence[ir.Value]:
    """The outputs of a control-flow node that are results of its body as they are, not collected over iterations."""
    if is_op(node, "Loop"):
        return node.outputs[: len(body.inputs) - 2]
    if is_op(node, "Scan"):
        return node.outputs[: len(body.inputs) - int_of(node, "num_scan_inputs", 0)]
    return node.outputs


def _weight_bytes(model: ir.Model) -> int:
    tensors = [constant(value) for graph in model.graphs() for value in graph.initializers.values()]
    tensors += [constant(node.outputs[0]) for node in model.graph.all_nodes() if is_op(node, "Constant")]
    return sum({id(tensor): tensor.nbytes for tensor in tensors if tensor is not None}.values())
