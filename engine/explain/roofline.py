"""Roofline facts per layer, against the machine's own measured ceilings.

A layer with ``m`` MACs that moves ``b`` bytes takes at least ``max(m / rate, b / bandwidth)``; the larger term bounds
it, and ``of_ceiling`` is that least time by the measured one. Both are of the layer's kernel with everything fused into
it: bytes cross the kernel's boundary once each, with the element sizes of the precision that ran, and the time is the
kernel's own, without reorders and copies that the runtime inserted around it. A layer in a loop counts every iteration;
where their number is computed on the way, the layer is left out.

Williams, Waterman, Patterson: Roofline: An Insightful Visual Performance Model for Multicore Architectures (2009).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import onnx_ir as ir

from engine.explain.steps import Step, steps
from engine.graph.constants import is_op
from engine.graph.layers import LayerIndex, dtype_name, iterations
from engine.graph.ops import facts, is_quantized, names
from engine.profiling.profile import Profile


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What the device was measured to reach.

    Attributes:
        gmacs_per_s: matrix rate by precision ("float32", "int8", "bfloat16", "float16"), billions of MACs a second.
        gbytes_per_s: bandwidth of memory that no cache holds.
        noisy: the machine was disturbed meanwhile, and the ceilings may be higher.
        by_size: bandwidth by how many bytes were moved in all, the fewest first: what caches hold is faster.
    """

    device: str
    threads: int
    gmacs_per_s: Mapping[str, float]
    gbytes_per_s: float
    measured_at: str
    by_size: tuple[tuple[int, float], ...] = ()
    noisy: bool = False

    def rate(self, precision: str) -> float:
        """The matrix rate of a precision; of one that was not measured that of the fastest floats, 0 without any."""
        floats = [rate for name, rate in self.gmacs_per_s.items() if name != "int8"]
        return self.gmacs_per_s.get(precision) or max(floats, default=0.0)

    def bandwidth(self, moved: int) -> float:
        """For a kernel that moves so many bytes: that of the largest measured size up to it, else of the smallest."""
        if not self.by_size:
            return self.gbytes_per_s
        return next((rate for size, rate in reversed(self.by_size) if size <= moved), self.by_size[0][1])


@dataclass(frozen=True, slots=True)
class LayerRoof:
    """One timed layer with all that is fused into it.

    Attributes:
        bytes: weights read, activations read and written, each once.
        gmacs_per_s, gbytes_per_s: achieved.
        intensity: MACs per byte.
        bound: which ceiling is the lower one at this intensity.
        of_ceiling: achieved by what the lower ceiling allows, 0 to about 1; above 1 where a cache holds the data.
    """

    layer: str
    macs: int
    bytes: int
    precision: str
    gmacs_per_s: float
    gbytes_per_s: float
    intensity: float
    bound: Literal["compute", "memory"]
    of_ceiling: float


@dataclass(frozen=True, slots=True)
class Roofline:
    """Layers in execution order, and the ceilings that they stand under."""

    ceilings: Ceilings
    layers: tuple[LayerRoof, ...]


_SELECT = names("Slice Gather GatherElements GatherND Split")


def roofline(index: LayerIndex, profile: Profile, ceilings: Ceilings) -> Roofline:
    """Every timed layer whose work and bytes are known.

    Args:
        index: of the model bound to the shapes that were measured.
    """
    times = {layer.id: layer.median_us - layer.inserted_us for layer in profile.layers if layer.state == "timed"}
    merged: dict[str, list[Step]] = {}
    for step in _in_order(index, profile):
        merged.setdefault(step.lead, []).append(step)
    found = (_roof(index, lead, group, times.get(lead, 0.0), ceilings) for lead, group in merged.items())
    return Roofline(ceilings, tuple(roof for roof in found if roof is not None))


def _in_order(index: LayerIndex, profile: Profile) -> Iterable[Step]:
    """Steps of all graphs, those of a body right after the step that runs it."""
    if not index.nodes:
        return
    main = index.nodes[0].graph
    assert isinstance(main, ir.Graph)
    found = steps(main, index, profile)

    def walk(graph: ir.Graph) -> Iterable[Step]:
        for step in found[graph]:
            yield step
            for body in step.bodies:
                yield from walk(body)

    yield from walk(main)


def _roof(index: LayerIndex, lead: str, group: Iterable[Step], time_us: float, ceilings: Ceilings) -> LayerRoof | None:
    macs, moved = 0, 0
    precision = ""
    times = _times(index, lead)
    for step in group:
        if step.bodies:
            return None  # what its bodies do stands in their own layers
        work = [index.by_id[layer].macs for layer in step.layers]
        size = _moved_bytes(step)
        if times is None or None in work or size is None:
            return None
        macs += sum(count for count in work if count is not None)
        moved += times * size
        precision = precision or precision_of(step)
    if time_us <= 0 or not moved:
        return None
    rate = ceilings.rate(precision)
    compute_us = macs / rate / 1000 if rate else 0.0
    memory_us = moved / ceilings.bandwidth(moved) / 1000
    return LayerRoof(
        layer=lead,
        macs=macs,
        bytes=moved,
        precision=precision,
        gmacs_per_s=macs / time_us / 1000,
        gbytes_per_s=moved / time_us / 1000,
        intensity=macs / moved,
        bound="compute" if compute_us > memory_us else "memory",
        of_ceiling=max(compute_us, memory_us) / time_us,
    )


def _moved_bytes(step: Step) -> int | None:
    """Views move nothing, the ops that ask for a shape neither, and those that select read what they give."""
    if step.view or all(is_op(node, "Shape", "Size") for node in step.nodes):
        return 0
    written = [step.size(value) for value in step.writes]
    read = [step.size(value) for value in (*step.reads, *step.constants)]
    if None in written or None in read:
        return None
    out = sum(size for size in written if size is not None)
    selects = all(is_op(node, *_SELECT) for node in step.nodes)
    return out + sum(min(size, out) if selects else size for size in read if size is not None)


def precision_of(step: Step) -> str:
    """In which the kernel computed: as the profile says, else as its graph does."""
    if step.precision:
        return "int8" if step.precision == "uint8" else step.precision
    main = max(step.nodes, key=_is_matrix)
    data = {value.dtype for value in step.reads}
    integers = is_quantized(main) and main.op_type != "MatMulNBits"
    if _is_matrix(main) and (integers or data & {ir.DataType.INT8, ir.DataType.UINT8}):
        return "int8"
    return dtype_name(main.outputs[0].dtype) or ""


def _is_matrix(node: ir.Node) -> bool:
    row = facts(node)
    return row is not None and bool(row.weights) and not is_op(node, "PRelu")


def _times(index: LayerIndex, layer: str) -> int | None:
    """How often the layer runs in one run of the model."""
    owner = index.by_id[layer].owner
    if owner is None:
        return 1
    own, outer = iterations(index.node(owner)), _times(index, owner)
    return None if own is None or outer is None else own * outer
