"""Convolutions: they sum over the channels of their input and make new ones.

With ``group = g`` the channels of input and output are g runs of equal length, and run k of the output reads run k of
the input only. All runs must keep equally many, which leaves two ways to cut. *By runs*: whole runs go, those of the
input with those of the output (depthwise: channel by channel). *By columns*: the j-th channel goes from every run, on
either side by itself. The one with more channels to choose from is taken.
"""

from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.ops import MICROSOFT
from engine.pruning.atoms import Array, Atoms, Axes, Axis, Kept, Ref

_SPATIAL = "it convolves over these positions, of which none can go"
_FIXED = "what it reads beside it cannot be cut"


def conv(node: ir.Node, atoms: Atoms) -> None:
    """``Y[n, m, ...] = B[m] + sum_c W[m, c, ...] X[n, c, ...]``: W's axis 1 is X's axis 1, Y's axis 1 is W's axis 0."""
    data, weight, bias = node.inputs[0], node.inputs[1], input_of(node, 2)
    assert data is not None and weight is not None
    axes = _data_axes(data, atoms)
    group = int_of(node, "group", 1)
    if group == 1:
        atoms.tie(weight, 1, axes[1], "consumer", _FIXED)
        made = atoms.claim(weight, 0, "producer")
        atoms.reads_channels(node, 0, 1)
    else:
        made = _grouped(node, atoms, axes, group)
    _kernel_is_fixed(weight, atoms)
    _finish(node, atoms, axes, made, bias)


def conv_transpose(node: ir.Node, atoms: Atoms) -> None:
    """``Y[n, m, ...] = B[m] + sum_c W[c, m, ...] X[n, c, ...]``: W's axis 0 is X's axis 1, Y's axis 1 is W's axis 1."""
    data, weight, bias = node.inputs[0], node.inputs[1], input_of(node, 2)
    assert data is not None and weight is not None
    axes = _data_axes(data, atoms)
    group = int_of(node, "group", 1)
    if group == 1:
        atoms.tie(weight, 0, axes[1], "consumer", _FIXED)
        made = atoms.claim(weight, 1, "producer")
        atoms.reads_channels(node, 0, 1)
    else:
        made = _grouped_transpose(node, atoms, axes, group)
    _kernel_is_fixed(weight, atoms)
    _finish(node, atoms, axes, made, bias)


def _data_axes(data: ir.Value, atoms: Atoms) -> Axes:
    axes = atoms.get(data)
    assert axes is not None
    for ref in axes[2:]:
        atoms.freeze(ref, _SPATIAL)
    return axes


def _kernel_is_fixed(weight: ir.Value, atoms: Atoms) -> None:
    for axis in range(2, len(atoms.sizes(weight) or ())):
        atoms.tie(weight, axis, None, "consumer", _SPATIAL)


def _finish(node: ir.Node, atoms: Atoms, axes: Axes, made: Axis, bias: ir.Value | None) -> None:
    """A bias has Y's axis 1; it makes channels where the weight does."""
    makes = any(use.node is node and use.role == "producer" for use in atoms.uses[-8:])
    if bias is not None:
        atoms.tie(bias, 0, made, "producer" if makes else "follower", _FIXED)
    atoms.put(node.outputs[0], [axes[0], made, *[None] * (len(axes) - 2)])


def _grouped(node: ir.Node, atoms: Atoms, axes: Axes, group: int) -> Axis:
    weight = node.inputs[1]
    assert weight is not None
    filters, per_run = _two(weight, atoms)
    source, made_per_run = axes[1], filters // group
    if source is not None and _by_runs(group, per_run, made_per_run):
        runs = _one_of_each_run(source, atoms, group)
        made = Ref(np.repeat(runs, made_per_run), 0)
        atoms.tie(weight, 0, made, "follower", _FIXED)
        atoms.tie(weight, 1, None, "consumer", _FIXED)
        _count_groups(node, atoms, Ref(runs, 0))
        return made
    atoms.reads_channels(node, 0, 1)
    atoms.tie(weight, 1, _column(source, atoms, group), "consumer", _FIXED)
    claimed = atoms.claim(weight, 0, "producer")
    _column(claimed, atoms, group)
    return claimed


def _grouped_transpose(node: ir.Node, atoms: Atoms, axes: Axes, group: int) -> Axis:
    weight = node.inputs[1]
    assert weight is not None
    channels, made_per_run = _two(weight, atoms)
    source = axes[1]
    if source is not None and _by_runs(group, channels // group, made_per_run):
        runs = _one_of_each_run(source, atoms, group)
        atoms.tie(weight, 0, source, "follower", _FIXED)
        atoms.tie(weight, 1, None, "follower", _FIXED)
        _count_groups(node, atoms, Ref(runs, 0))
        return Ref(np.repeat(runs, made_per_run), 0)
    atoms.reads_channels(node, 0, 1)
    _column(source, atoms, group)
    atoms.tie(weight, 0, source, "consumer", _FIXED)
    claimed = atoms.claim(weight, 1, "producer")
    return None if claimed is None else Ref(np.tile(atoms.collapse(claimed), group), 0)


def _two(weight: ir.Value, atoms: Atoms) -> tuple[int, int]:
    sizes = atoms.sizes(weight)
    assert sizes is not None
    first, second = sizes[:2]
    assert isinstance(first, int) and isinstance(second, int)
    return first, second


def _by_runs(group: int, per_run: int, made_per_run: int) -> bool:
    return per_run == 1 or group >= max(per_run, made_per_run)


def _one_of_each_run(source: Ref, atoms: Atoms, group: int) -> Array:
    runs = atoms.collapse(source).reshape(group, -1)
    atoms.same(runs[:, 1:], runs[:, :1], _FIXED)
    return runs[:, 0]


def _column(ref: Axis, atoms: Atoms, group: int) -> Axis:
    """The j-th channel of all runs is one; the axis of a single run."""
    if ref is None:
        return None
    runs = atoms.collapse(ref).reshape(group, -1)
    atoms.same(runs[1:], runs[:1], _FIXED)
    return Ref(runs[0], 0)


def _count_groups(node: ir.Node, atoms: Atoms, runs: Ref) -> None:
    def mend(kept: Kept) -> None:
        node.attributes["group"] = ir.AttrInt64("group", kept.count(runs))

    atoms.mend(mend, runs)


LAWS = {("", "Conv"): conv, (MICROSOFT, "FusedConv"): conv, ("", "ConvTranspose"): conv_transpose}
