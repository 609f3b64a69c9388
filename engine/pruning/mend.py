"""Healing of the layers that read what was cut, from what they read in the original model; nothing is run.

With the columns S that stay and R that went, and moments G of what a layer reads in the original, the weights nearest
to the present ones that give what it gave are those of ``engine.pruning.solve`` for ``A_S`` and ``Y = A W``. It is
exact where nothing before the layer changed but the channels that went, and a start where more did;
``engine.pruning.heal`` then goes through the model itself. This takes milliseconds, so that many cuts can be tried.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.graph.layers import LayerIndex
from engine.graph.naming import places
from engine.pruner import Floats
from engine.pruning.evidence import columns_of, readers_of
from engine.pruning.groups import ChannelGroup
from engine.pruning.rows import Read
from engine.pruning.solvable import Solvable, set_weight, solvable, weight_of
from engine.pruning.solve import Normal, solve

if TYPE_CHECKING:
    import onnx_ir as ir


def mend(
    index: LayerIndex,
    cut: ir.Model,
    groups: Sequence[ChannelGroup],
    kept: Mapping[str, Sequence[int]],
    gone: Mapping[str, Collection[int]],
    reads: Mapping[str, Read],
) -> ir.Model:
    """A copy of the cut model.

    Args:
        index: of the original.
        kept: the channels that stay, by group id. ``gone``: the output channels that went, by layer id.
    """
    mended = cut.clone()
    nodes = {place.id: place.node for place in places(mended)}
    readers: dict[str, Solvable] = {}
    lost: dict[str, list[set[int]]] = {}
    for group in groups:
        stay = set(kept[group.id])
        for member, layer in readers_of(group, index):
            if member.layer not in reads:
                continue
            readers[member.layer] = layer
            mine = lost.setdefault(member.layer, [set() for _ in range(layer.layout.groups)])
            for number, of_group in enumerate(columns_of(group, member, layer)):
                mine[number].update(int(c) for channel, cs in enumerate(of_group) if channel not in stay for c in cs)
    for layer_id, layer in readers.items():
        now = solvable(nodes[layer_id])
        left = [sorted(set(range(layer.layout.elements)) - columns) for columns in lost[layer_id]]
        if isinstance(now, str) or [len(columns) for columns in left] != [now.layout.elements] * now.layout.groups:
            continue
        _solve(mended, layer, now, np.asarray(left), gone.get(layer_id, ()), reads[layer_id])
    return mended


def _solve(
    model: ir.Model, layer: Solvable, now: Solvable, stay: NDArray[np.int64], gone: Collection[int], read: Read
) -> None:
    weight = weight_of(layer)  # [groups, n, outputs]
    groups, _, outputs = weight.shape
    left = [c for c in range(groups * outputs) if c not in set(gone)]
    weight = weight.transpose(0, 2, 1).reshape(groups * outputs, -1)[left]
    if len(left) % groups:
        return
    weight = weight.reshape(groups, len(left) // groups, -1).transpose(0, 2, 1)
    prior = np.take_along_axis(weight, stay[:, :, None], axis=1)
    halves = []
    for half in read.halves:
        known = half if layer.biased else half.about_zero()
        ay = known.aa @ weight
        halves.append(
            Normal(
                known.count,
                np.take_along_axis(known.mean_a, stay, axis=1),
                np.einsum("gn,gno->go", known.mean_a, weight),
                np.stack([known.aa[g][np.ix_(s, s)] for g, s in enumerate(stay)]),
                np.take_along_axis(ay, stay[:, :, None], axis=1),
                np.sum(weight * ay, axis=1),
            )
        )
    found = solve((halves[0], halves[1]), prior)
    set_weight(model, now, found.weight, found.bias + bias_of(layer, left, groups))


def bias_of(layer: Solvable, left: Sequence[int], groups: int) -> Floats | float:
    """The bias that the layer had, of the outputs that are left; a MatMul's stands behind it and stays."""
    from engine.graph.attributes import input_of
    from engine.graph.constants import constant, is_op

    if is_op(layer.node, "MatMul", "BatchNormalization"):
        return 0.0
    tensor = constant(input_of(layer.node, 2))
    if tensor is None:
        return 0.0
    bias = np.broadcast_to(
        tensor.numpy().astype(np.float64).reshape(-1), (max(left) + 1,) if tensor.size == 1 else tensor.size
    )
    return bias[list(left)].reshape(groups, -1)
