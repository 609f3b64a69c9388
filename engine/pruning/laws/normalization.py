"""Normalizations: channels stay what they are; where statistics go over channels, a cut changes them."""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of
from engine.graph.ops import MICROSOFT, names
from engine.pruning.atoms import Atoms, Axes, Axis, Kept, Ref

_FIXED = "its numbers for each channel cannot be cut"
_STATISTICS = "mean and variance are taken over these channels, so that without some of them they are others"


def batch_normalization(node: ir.Node, atoms: Atoms) -> None:
    """``Y[n, c] = (X[n, c] - mean[c]) / sqrt(var[c] + e) * scale[c] + B[c]``: all five have X's axis 1."""
    axes = _axes(node, atoms)
    channels = axes[1] if len(axes) > 1 else None
    for value in node.inputs[1:5]:
        if value is not None:
            atoms.tie(value, 0, channels, "follower", _FIXED)
    if int_of(node, "training_mode", 0):
        atoms.freeze(channels, "it is trained while it runs")
    atoms.put(node.outputs[0], axes)


def instance_normalization(node: ir.Node, atoms: Atoms) -> None:
    """``Y[n, c, ...]``: statistics of each n and c over the rest; scale and B have X's axis 1.

    Exporters write GroupNormalization so, with the channels of a group in the rest: then whole groups go, which
    leaves the statistics of the others as they are.
    """
    axes = _axes(node, atoms)
    channels = axes[1]
    for ref in axes[2:]:
        if ref is not None and channels is not None and ref.atoms is channels.atoms:
            channels = Ref(atoms.collapse(channels), 0)
            axes = [axes[0], channels, *[None] * (len(axes) - 2)]
            break
        atoms.note_inexact(ref, _STATISTICS)
    for value in node.inputs[1:3]:
        if value is not None:
            atoms.tie(value, 0, channels, "follower", _FIXED)
    atoms.put(node.outputs[0], axes)


def group_normalization(node: ir.Node, atoms: Atoms) -> None:
    """Statistics over runs of ``C / num_groups`` channels: whole runs go, or the j-th of every run (inexact).

    Scale and bias have X's axis 1 (before opset 21 one number for each run).
    """
    axes = _axes(node, atoms)
    channels, groups = axes[1], int_of(node, "num_groups", 1)
    runs: Axis = None
    if channels is not None:
        grid = atoms.collapse(channels).reshape(groups, -1)
        if groups >= grid.shape[1]:
            atoms.same(grid[:, 1:], grid[:, :1], _FIXED)
            runs = Ref(grid[:, 0], 0)
            _count_groups(node, atoms, runs)
        else:
            atoms.same(grid[1:], grid[:1], _FIXED)
            atoms.note_inexact(channels, _STATISTICS)
    for value in node.inputs[1:3]:
        if value is not None:
            per_run = channels is not None and atoms.sizes(value) == (groups,) and groups != channels.size
            atoms.tie(value, 0, runs if per_run else channels, "follower", _FIXED)
    atoms.put(node.outputs[0], axes)


def _count_groups(node: ir.Node, atoms: Atoms, runs: Ref) -> None:
    def mend(kept: Kept) -> None:
        node.attributes["num_groups"] = ir.AttrInt64("num_groups", kept.count(runs))

    atoms.mend(mend, runs)


def layer_normalization(node: ir.Node, atoms: Atoms) -> None:
    """Statistics over all axes from ``axis`` on; scale and bias have these axes. Inexact where one of them is cut."""
    axes = _axes(node, atoms)
    _over(axes[int_of(node, "axis", -1) :], atoms)
    _scales(node, atoms, axes, (1, 2))
    _outputs(node, atoms, axes)


def skip_layer_normalization(node: ir.Node, atoms: Atoms) -> None:
    """LayerNormalization over the last axis of ``X + skip (+ bias)``; the sum may be given back as well."""
    axes = _axes(node, atoms)
    skip = input_of(node, 1)
    assert skip is not None
    own = atoms.get(skip)
    assert own is not None
    atoms.join_all(zip(reversed(axes), reversed(own), strict=False), _FIXED)
    _over(axes[-1:], atoms)
    _scales(node, atoms, axes, range(2, len(node.inputs)))
    _outputs(node, atoms, axes)
    if len(node.outputs) > 3 and node.outputs[3].name:
        atoms.put(node.outputs[3], axes)


def over_axis(node: ir.Node, atoms: Atoms) -> None:
    """Softmax and its like divide by what they take over ``axis`` (before opset 13 over all axes from there on)."""
    axes = _axes(node, atoms)
    old = node.op_type != "LpNormalization" and (node.version or atoms.opset) < 13
    axis = int_of(node, "axis", 1 if old else -1)
    _over(axes[axis:] if old else [axes[axis]], atoms)
    _outputs(node, atoms, axes)


def over_axes(node: ir.Node, atoms: Atoms) -> None:
    """MeanVarianceNormalization takes its statistics over ``axes``, LRN over neighbouring channels."""
    axes = _axes(node, atoms)
    over = ints_of(node, "axes") or ((0, 2, 3) if node.op_type == "MeanVarianceNormalization" else (1,))
    _over([axes[axis] for axis in over if axis < len(axes)], atoms)
    _outputs(node, atoms, axes)


def _axes(node: ir.Node, atoms: Atoms) -> Axes:
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    return axes


def _over(axes: Axes, atoms: Atoms) -> None:
    for ref in axes:
        atoms.note_inexact(ref, _STATISTICS)


def _scales(node: ir.Node, atoms: Atoms, axes: Axes, positions: range | tuple[int, ...]) -> None:
    for position in positions:
        value = input_of(node, position)
        sizes = None if value is None else atoms.sizes(value)
        if value is not None and sizes is not None:
            for axis, size in enumerate(sizes):
                if size != 1:
                    atoms.tie(value, axis, axes[axis - len(sizes)], "follower", _FIXED)


def _outputs(node: ir.Node, atoms: Atoms, axes: Axes) -> None:
    """The first output has the axes; statistics that are given back as well have none that can be cut."""
    atoms.put(node.outputs[0], axes)
    for value in node.outputs[1:]:
        if value.name:
            atoms.put(value, [None] * len(atoms.sizes(value) or ()))


LAWS = {
    ("", "BatchNormalization"): batch_normalization,
    ("", "InstanceNormalization"): instance_normalization,
    ("", "GroupNormalization"): group_normalization,
    **{
        (domain, op): layer_normalization
        for domain in ("", MICROSOFT)
        for op in names("LayerNormalization RMSNormalization SimplifiedLayerNormalization")
    },
    **{
        (MICROSOFT, op): skip_layer_normalization
        for op in names("SkipLayerNormalization SkipSimplifiedLayerNormalization")
    },
    **{("", op): over_axis for op in names("Softmax LogSoftmax Hardmax LpNormalization")},
    **{("", op): over_axes for op in names("MeanVarianceNormalization LRN")},
}
