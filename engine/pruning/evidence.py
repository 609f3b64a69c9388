"""What is known of a group's channels: the numbers that make them, scale them and read them.

Of a layer that makes channels its weight, with the channel in front; of one that reads them the second moments of what
it reads in the original model, and which rows of its weight go with which channel. With ``Y = A X`` exact in the
original, these are all that the elimination of channels needs (``engine.pruning.solve``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.backend import Runtime
from engine.data.samples import Samples
from engine.graph.attributes import input_of
from engine.graph.constants import constant, is_op
from engine.graph.cuts import Cut
from engine.graph.layers import LayerIndex, origins
from engine.graph.ops import facts
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.pruner import Evidence, Floats, Reader
from engine.pruning.groups import ChannelGroup, Member
from engine.pruning.rows import Read
from engine.pruning.solvable import Solvable, solvable, weight_of
from engine.pruning.walk import Look, Walk
from engine.quantization.moments import Layout

if TYPE_CHECKING:
    import onnx_ir as ir

Array = NDArray[Any]
PASS_BYTES = 1 << 30
"""Of the moments that are collected in one run through the samples."""


def look_at(
    model: ir.Model,
    index: LayerIndex,
    groups: Sequence[ChannelGroup],
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
) -> dict[str, Read]:
    """What the layers that read the groups' channels read, by layer id, over all samples."""
    layers = {m.layer: found for group in groups for m, found in readers_of(group, index)}
    return look_at_layers(model, layers, runtime, samples, progress, "looking at channels")


def look_at_layers(
    model: ir.Model,
    layers: Mapping[str, Solvable],
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    label: str,
) -> dict[str, Read]:
    """What these layers read, by layer id, over all samples."""
    found: dict[str, Read] = {}
    if not layers:
        return found
    with Handover() as handover:
        walk = Walk(model, runtime, samples, handover, progress)
        for some in _passes(layers):
            looks = {layer: Look(layers[layer].layout, layers[layer].layout.value) for layer in some}
            track = walk.track(model)
            assert track.at == Cut(0, track.at.frontier, 0)
            found |= walk.look(looks, track, None, label)
    return found


def readers_of(group: ChannelGroup, index: LayerIndex) -> list[tuple[Member, Solvable]]:
    """The layers that multiply the channels with a weight that can be solved for."""
    found = []
    for member in group.members:
        if member.role == "consumer":
            layer = solvable(index.node(member.layer))
            if not isinstance(layer, str) and _name(layer.node, 1) == member.initializer:
                found.append((member, layer))
    return found


def weights_of(group: ChannelGroup, index: LayerIndex) -> tuple[Floats, ...]:
    """[channels, elements] of each weight that makes the channels."""
    found = []
    for member in group.members:
        if member.role != "producer":
            continue
        node = index.node(member.layer)
        row = facts(node)
        positions = [p for p in range(len(node.inputs)) if _name(node, p) == member.initializer]
        if row is None or not any(position in row.weights for position in positions):
            continue
        tensor = constant(input_of(node, positions[0]))
        if tensor is not None and tensor.dtype.is_floating_point():
            found.append(_by_channel(tensor.numpy(), indices_of(group, member), member.axis))
    return tuple(found)


def scales_of(group: ChannelGroup, index: LayerIndex, source: LayerIndex) -> Floats | None:
    """|scale| of the BatchNormalizations of the source file that follow the layers which make the channels."""
    total = np.zeros(group.channels)
    seen = False
    for member in group.members:
        if member.role == "consumer":
            continue
        node = index.node(member.layer)
        for layer_id in origins(node) or (member.layer,):
            other = source.node(layer_id) if layer_id in source.by_id else None
            if other is None or not is_op(other, "BatchNormalization"):
                continue
            tensor = constant(input_of(other, 1))
            if tensor is None or (member.role == "producer" and _is_vector(node, member)):
                continue
            scale = np.abs(tensor.numpy().astype(np.float64))
            indices = indices_of(group, member)
            if max(max(places, default=0) for places in indices) < scale.size:
                total += [scale[list(places)].sum() for places in indices]
                seen = True
                break
    return total if seen else None


def evidence(
    group: ChannelGroup,
    index: LayerIndex,
    reads: Mapping[str, Read],
    fewest: int,
    scales: Floats | None = None,
) -> Evidence:
    """All that there is; ``reads`` may be empty."""
    readers: list[Reader] = []
    activations = np.zeros(group.channels)
    seen = False
    for member, layer in readers_of(group, index):
        if member.layer not in reads:
            continue
        read = reads[member.layer]
        columns = columns_of(group, member, layer)
        readers += _readers(layer, read, columns)
        for of_group, magnitude in zip(columns, read.magnitude, strict=True):
            activations += [float(magnitude[c].mean()) if len(c) else 0.0 for c in of_group]
        seen = True
    return Evidence(
        group.channels,
        weights_of(group, index),
        fewest,
        scales,
        activations if seen else None,
        tuple(readers),
    )


def _readers(layer: Solvable, read: Read, columns: Sequence[tuple[NDArray[np.int64], ...]]) -> Iterable[Reader]:
    """One for each group of a Conv."""
    whole = read.halves[0] if read.halves[0] is read.halves[1] else read.halves[0] + read.halves[1]
    gram = whole.aa
    if not layer.biased:
        gram = gram + whole.mean_a[:, :, None] * whole.mean_a[:, None, :]
    weight = weight_of(layer)
    powers = [float(np.sum(w * (g @ w))) for w, g in zip(weight, gram, strict=True)]
    for number, of_group in enumerate(columns):
        yield Reader(gram[number], weight[number], of_group, sum(powers))


def columns_of(group: ChannelGroup, member: Member, layer: Solvable) -> list[tuple[NDArray[np.int64], ...]]:
    """For each group of a Conv, for each channel, the elements of a row of the weight that go with it."""
    layout: Layout = layer.layout
    along = [1] * len(layout.shape)
    along[member.axis] = layout.shape[member.axis]
    places = np.broadcast_to(np.arange(layout.shape[member.axis]).reshape(along), layout.shape)
    first = layout.rows(np.ascontiguousarray(places))[:, 0, :]
    return [tuple(np.flatnonzero(np.isin(row, indices)) for indices in indices_of(group, member)) for row in first]


def _by_channel(array: Array, indices: Sequence[Sequence[int]], axis: int) -> Floats:
    """Channels of fewer elements than others get zeros."""
    moved = np.moveaxis(array, axis, 0).reshape(array.shape[axis], -1).astype(np.float64)
    found = np.zeros((len(indices), max(map(len, indices)) * moved.shape[1]))
    for channel, places in enumerate(indices):
        found[channel, : len(places) * moved.shape[1]] = moved[list(places)].reshape(-1)
    return found


def indices_of(group: ChannelGroup, member: Member) -> list[tuple[int, ...]]:
    """For each channel of the group the indices of the member that belong to it; none where it has no part in it."""
    found = list(member.indices)
    return found + [()] * (group.channels - len(found))


def _is_vector(node: ir.Node, member: Member) -> bool:
    """A bias: its layer's weight is a member too, and counts once."""
    tensor = next((constant(v) for v in node.inputs if v is not None and v.name == member.initializer), None)
    return tensor is not None and len(tensor.shape) < 2


def _name(node: ir.Node, position: int) -> str | None:
    value = input_of(node, position)
    return None if value is None else value.name


def _passes(layers: Mapping[str, Solvable]) -> list[list[str]]:
    """In the order of the model, so many at once that their moments fit into memory."""
    found: list[list[str]] = []
    room = 0
    for layer_id, layer in layers.items():
        n = layer.layout.elements
        size = 2 * 8 * layer.layout.groups * n * n
        if not found or size > room:
            found.append([])
            room = PASS_BYTES
        found[-1].append(layer_id)
        room -= size
    return found
