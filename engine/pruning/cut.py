"""Take channels out of a model: its constants, its shapes, and the numbers that say how long axes are.

Every constant with an axis of the cut channels loses their indices; nothing is rounded or computed. Attributes and
constants that count channels (groups of a Conv, targets of a Reshape, lengths of a Split) are set right by the law of
their op. Shapes follow from the axes, without inferring them again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.errors import UsageError
from engine.graph.constants import constant
from engine.graph.remove import remove_dead
from engine.graph.rewire import value_names
from engine.pruning.analysis import Analysis, analyse
from engine.pruning.atoms import FIXED, Axis, Kept
from engine.pruning.groups import Groups


def cut(model: ir.Model, kept: Mapping[str, Sequence[int]]) -> ir.Model:
    """A new model with only the kept channels (by number) of these groups (by id); others stay whole.

    Raises:
        UsageError: there is no such group, it cannot be cut, or no channel would stay.
    """
    return cut_model(model, kept, with_weights=True)


def cut_model(model: ir.Model, kept: Mapping[str, Sequence[int]], *, with_weights: bool) -> ir.Model:
    """As ``cut``; without weights the constants only have their new shapes, which is all that counting needs."""
    shorter = model.clone()
    found = analyse(shorter)
    names = value_names(shorter) | {node.name or "" for node in shorter.graph.all_nodes()}
    stays = Kept(dead_or_alive(found, kept), names)
    for value, held in found.atoms.constants.items():
        axes = {axis: stays.mask(ref, ref.size) for axis, ref in held.items() if stays.cuts(ref) and ref is not None}
        if axes:
            _shorten(value, axes, with_weights)
    for function, watched in found.atoms.mends:
        if any(stays.cuts(ref) for ref in watched):
            function(stays)
    for value, refs in found.atoms.axes.items():
        if value.shape is not None and any(stays.cuts(ref) for ref in refs):
            value.shape = ir.Shape([_size(s, r, stays) for s, r in zip(value.shape, refs, strict=True)])
    remove_dead(shorter)
    return shorter


def _size(size: int | ir.SymbolicDim, ref: Axis, stays: Kept) -> int | ir.SymbolicDim | None:
    """The size of an axis after the cut; one of unknown length, along which channels come again and again, has none."""
    if ref is None or not stays.cuts(ref):
        return size
    return stays.count(ref) if isinstance(size, int) else None


def check(groups: Groups, kept: Mapping[str, Sequence[int]]) -> None:
    """Whether these groups can be cut to these channels.

    Raises:
        UsageError: there is no such group, it cannot be cut, or no channel would stay.
    """
    for group_id, channels in kept.items():
        group = groups.by_id.get(group_id)
        if group is None:
            raise UsageError("the model has no such group of channels", where=group_id)
        if group.reason is not None:
            raise UsageError(f"its channels cannot be cut: {group.reason}", where=group_id)
        if not channels or min(channels) < 0 or max(channels) >= group.channels:
            raise UsageError(f"of its {group.channels} channels at least one must stay", where=group_id)


def dead_or_alive(found: Analysis, kept: Mapping[str, Sequence[int]]) -> NDArray[np.bool_]:
    """For each atom whether it stays."""
    check(found.groups, kept)
    alive = np.ones(len(found.labels), bool)
    numbers = {group.id: number for number, group in enumerate(found.groups.all)}
    for group_id, channels in kept.items():
        gone = np.ones(found.groups.by_id[group_id].channels, bool)
        gone[list(channels)] = False
        mine = np.flatnonzero(found.group == numbers[group_id])
        alive[mine[gone[found.channel[mine]]]] = False
    alive = alive[found.labels]
    alive[FIXED] = True
    return alive


def _shorten(value: ir.Value, axes: Mapping[int, NDArray[np.bool_]], with_weights: bool) -> None:
    old = constant(value)
    assert old is not None
    if with_weights:
        array: NDArray[Any] = old.numpy()
        for axis, mask in axes.items():
            array = np.compress(mask, array, axis=axis)
    else:
        sizes = [int(np.count_nonzero(axes[a])) if a in axes else int(n) for a, n in enumerate(old.shape.numpy())]
        array = np.broadcast_to(np.zeros((), old.dtype.numpy()), sizes)
    tensor = ir.Tensor(array, old.dtype, name=old.name)
    value.shape = ir.Shape(array.shape)
    if value.const_value is not None:
        value.const_value = tensor
    producer = value.producer()
    if producer is not None:
        producer.attributes.clear()
        producer.attributes["value"] = ir.AttrTensor("value", tensor)
