"""Reductions: an axis goes. Sums may lose some of what they sum; means and maxima are others without it."""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of
from engine.graph.ops import names
from engine.pruning.atoms import Atoms
from engine.pruning.integers import elements

_SUMS = names("ReduceSum ReduceL1 ReduceL2 ReduceSumSquare")


def reduce(node: ir.Node, atoms: Atoms) -> None:
    """``Y = reduce(X)`` over some axes, which then have size 1 or are gone; the others stay what they are."""
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    rank = len(axes)
    over = _axes(node, rank)
    if over is None:
        atoms.fix(data, "the axes that it reduces are not known before the model runs")
        atoms.put(node.outputs[0], [None] * len(atoms.sizes(node.outputs[0]) or ()))
        return
    for axis in over:
        if node.op_type in _SUMS:
            atoms.reads_channels(node, 0, axis)
        else:
            atoms.note_inexact(axes[axis], f"{node.op_type} over these channels is another without some of them")
    if int_of(node, "keepdims", 1):
        atoms.put(node.outputs[0], [None if axis in over else ref for axis, ref in enumerate(axes)])
    else:
        atoms.put(node.outputs[0], [ref for axis, ref in enumerate(axes) if axis not in over])


def _axes(node: ir.Node, rank: int) -> set[int] | None:
    given = input_of(node, 1)
    listed = ints_of(node, "axes") if given is None else elements(given)
    if listed is None:
        if given is not None:
            return None
        return set() if int_of(node, "noop_with_empty_axes", 0) else set(range(rank))
    if not listed:
        return set() if int_of(node, "noop_with_empty_axes", 0) else set(range(rank))
    return None if None in listed else {axis % rank for axis in listed if axis is not None}


def arg(node: ir.Node, atoms: Atoms) -> None:
    """ArgMax, ArgMin and TopK number the elements of an axis, which therefore stays; the others are what they were."""
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    axis = int_of(node, "axis", -1 if node.op_type == "TopK" else 0) % max(len(axes), 1)
    atoms.freeze(axes[axis], f"{node.op_type} numbers these channels")
    kept = node.op_type == "TopK" or int_of(node, "keepdims", 1)
    rest = [None if at == axis else ref for at, ref in enumerate(axes) if kept or at != axis]
    for value in node.outputs:
        atoms.put(value, rest)


LAWS = {
    **{("", op): reduce for op in (*_SUMS, *names("ReduceMean ReduceMax ReduceMin ReduceProd ReduceLogSum"))},
    ("", "ReduceLogSumExp"): reduce,
    **{("", op): arg for op in names("ArgMax ArgMin TopK")},
}
