"""Activation memory over the execution order.

Computed from the graph and the kernels of a profile, not measured: a value is alive from the kernel that makes it to
the last one that reads it, and what stays inside a kernel never exists. Views (Reshape, Squeeze, ...) are the memory of
what they view, unless they are an output of the model. The model's inputs are alive throughout, because the caller
holds them; its outputs from when they are made to the end. The body of a control-flow node adds its own peak to the
step of that node, of an If the larger branch; results that a body hands over are not counted twice.

Left out is what a runtime adds or saves: scratch memory inside kernels, copies in another layout, buffers that a kernel
overwrites in place, gaps between buffers. What was measured stands in the profile: ``Profile.arena_bytes`` is what
the runtime's allocator held, ``Profile.peak_memory_bytes`` by how much the process grew, weights and code included.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

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
    owners = found.peak
    return ActivationMemory(
        weight_bytes=_weight_bytes(model),
        peak_bytes=sum(owners.values()),
        peak_layers=tuple(
            sorted((layer for layer in owners if layer and owners[layer]), key=lambda layer: -owners[layer])
        ),
        steps=found.steps,
        unknown=tuple(dict.fromkeys(walk.unknown)),
    )


@dataclass(frozen=True, slots=True)
class _Found:
    """``peak``: what is alive at the highest step, by the layer that made it, "" for inputs."""

    steps: tuple[MemoryStep, ...]
    peak: Mapping[str, int]


class _Walk:
    def __init__(self, steps_of: Mapping[ir.Graph, tuple[Step, ...]]) -> None:
        self.steps_of = steps_of
        self.unknown: list[str] = []

    def graph(self, graph: ir.Graph) -> _Found:
        order = self.steps_of[graph]
        buffers = self._buffers(graph, order)
        inner = [self._inner(step) for step in order]
        own = [sum(sizes.values()) for sizes in inner]
        change = [0] * (len(order) + 1)
        for buffer in buffers:
            change[buffer.first] += buffer.size
            change[buffer.last + 1] -= buffer.size
            if buffer.layer:
                own[buffer.first] += buffer.size
        live = [held + sum(sizes.values()) for held, sizes in zip(accumulate(change), inner, strict=False)]
        found = tuple(MemoryStep(step.lead, *sizes) for step, *sizes in zip(order, live, own, strict=True))
        if not live:
            return _Found((), {})
        at = live.index(max(live))
        peak = Counter(inner[at])
        for buffer in buffers:
            if buffer.first <= at <= buffer.last:
                peak[buffer.layer] += buffer.size
        return _Found(found, peak)

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
        found: Counter[str] = Counter()
        for node in step.nodes:
            for body in bodies(node).values():
                inside = self.graph(body).peak
                left = sum(step.size(value) or 0 for value in _handed_over(node, body) if value in step.writes)
                owners: Counter[str] = Counter()
                for layer, size in sorted(inside.items(), key=lambda pair: pair[1]):
                    taken = min(left, size)
                    left -= taken
                    owners[layer or step.lead] += size - taken
                if owners.total() > found.total():
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
