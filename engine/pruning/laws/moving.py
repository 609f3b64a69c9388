"""Ops that move whole axes or whole runs of elements: axes are swapped, added, dropped and repeated, and channels are
laid out in height and width.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of, text_of
from engine.pruning.atoms import MOST_ATOMS, Atoms, Axes, Axis, Kept, Ref, Sizes, bounded
from engine.pruning.integers import elements, is_written, write
from engine.pruning.laws.given import axes_of, data_of, frozen, sizes_of

_UNKNOWN = "it lays them out by sizes that are not known before the model runs"


def transpose(node: ir.Node, atoms: Atoms) -> None:
    """``Y``'s axis i is ``X``'s axis perm[i]."""
    axes = axes_of(data_of(node), atoms)
    order = ints_of(node, "perm") or tuple(reversed(range(len(axes))))
    atoms.put(node.outputs[0], [axes[axis] for axis in order])


def squeeze(node: ir.Node, atoms: Atoms) -> None:
    """Axes of size 1 go; such an axis has one channel, which must stay."""
    axes, out = axes_of(data_of(node), atoms), node.outputs[0]
    listed = _listed_axes(node)
    if listed is None:
        sizes = sizes_of(data_of(node), atoms)
        listed = [axis for axis, size in enumerate(sizes) if size == 1]
    gone = {axis % len(axes) for axis in listed if axis is not None}
    for axis in gone:
        atoms.freeze(axes[axis], "it is a single channel")
    rest = [ref for axis, ref in enumerate(axes) if axis not in gone]
    atoms.put(out, _or_frozen(rest, out, atoms))


def unsqueeze(node: ir.Node, atoms: Atoms) -> None:
    """Axes of size 1 are added; the others keep their order."""
    axes, out = axes_of(data_of(node), atoms), node.outputs[0]
    rank = len(sizes_of(out, atoms))
    new = {axis % rank for axis in _listed_axes(node) or () if axis is not None}
    rest = iter(axes)
    found = [None if axis in new else next(rest, None) for axis in range(rank)]
    atoms.put(out, _or_frozen(found, out, atoms) if len(new) + len(axes) == rank else _or_frozen(axes, out, atoms))


def _listed_axes(node: ir.Node) -> Sequence[int | None] | None:
    given = input_of(node, 1)
    return ints_of(node, "axes") if given is None else elements(given)


def _or_frozen(axes: Axes, value: ir.Value, atoms: Atoms) -> Axes:
    """The axes, if there are as many as the value has."""
    rank = len(sizes_of(value, atoms))
    return axes if len(axes) == rank else frozen([ref for ref in axes if ref is not None], _UNKNOWN, rank, atoms)


def expand(node: ir.Node, atoms: Atoms) -> None:
    """Axes of size 1 are repeated, new ones stand in front; the others stay. The target's numbers follow a cut."""
    data, out = data_of(node), node.outputs[0]
    after = sizes_of(out, atoms)
    own, sizes = axes_of(data, atoms), sizes_of(data, atoms)
    lead = len(after) - len(sizes)
    axes: Axes = [None] * lead
    for size, wanted, ref in zip(sizes, after[lead:], own, strict=True):
        axes.append(ref if size == wanted or size != 1 else None)
    if atoms.is_constant(data) and isinstance(data, ir.Value) and prod(s for s in sizes if isinstance(s, int)) == 1:
        axes = _free_axes(after, atoms)
    atoms.put(out, axes)
    atoms.mend(lambda kept: _resize_target(node, 1, axes, after, kept), *axes, *atoms.made_of(input_of(node, 1)))


def constant_of_shape(node: ir.Node, atoms: Atoms) -> None:
    """One number everywhere: every axis can follow whatever it is joined with."""
    after = sizes_of(node.outputs[0], atoms)
    axes = _free_axes(after, atoms)
    atoms.put(node.outputs[0], axes)
    atoms.mend(lambda kept: _resize_target(node, 0, axes, after, kept), *axes, *atoms.made_of(node.inputs[0]))


def _free_axes(sizes: Sizes, atoms: Atoms) -> Axes:
    return [atoms.fresh(size) if isinstance(size, int) and 1 < size <= MOST_ATOMS else None for size in sizes]


def _resize_target(node: ir.Node, position: int, axes: Axes, after: Sizes, kept: Kept) -> None:
    """New numbers for the axes that are cut; a 1 in the target of an Expand leaves an axis as it is."""
    target = input_of(node, position)
    known = elements(target) or ()
    lead = len(axes) - len(known)
    new: dict[int, int] = {}
    for axis, (ref, size) in enumerate(zip(axes, after, strict=True)):
        if axis < lead or (is_written(target) and known[axis - lead] == 1):
            continue
        if ref is not None and kept.cuts(ref):
            new[axis - lead] = kept.count(ref)
        elif not is_written(target) and isinstance(size, int):
            new[axis - lead] = size
    if new:
        write(node, position, new, known if is_written(target) else (None,) * len(known), kept.names)


def tile(node: ir.Node, atoms: Atoms) -> None:
    """Axis i is repeated ``repeats[i]`` times, as a whole."""
    axes, repeats = axes_of(data_of(node), atoms), elements(input_of(node, 1))
    found: Axes = []
    for axis, ref in enumerate(axes):
        times = None if repeats is None else repeats[axis]
        if ref is None or times is None:
            atoms.freeze(ref, _UNKNOWN)
            found.append(None)
        else:
            bounded(times * ref.size)
            found.append(ref if times == 1 else Ref(np.tile(atoms.collapse(ref), times), 0))
    atoms.put(node.outputs[0], found)


def depth_to_space(node: ir.Node, atoms: Atoms) -> None:
    """``b * b`` channels become one with b times the height and width; they go together.

    Mode DCR: channel c is made of ``i * C' + c`` for all i < b * b; CRD: of ``c * b * b + i``.
    """
    axes, squared = axes_of(data_of(node), atoms), int_of(node, "blocksize", 1) ** 2
    crd = text_of(node, "mode") == "CRD"
    made: Axis = None
    if axes[1] is not None:
        own = atoms.collapse(axes[1])
        grid = own.reshape(-1, squared).T if crd else own.reshape(squared, -1)
        atoms.same(grid[1:], grid[:1], "")
        made = Ref(np.ascontiguousarray(grid[0]), 0)
    atoms.put(node.outputs[0], _moved(axes, made, atoms))


def space_to_depth(node: ir.Node, atoms: Atoms) -> None:
    """One channel becomes ``b * b``: ``i * C + c`` for all i < b * b."""
    axes, squared = axes_of(data_of(node), atoms), int_of(node, "blocksize", 1) ** 2
    made: Axis = None
    if axes[1] is not None:
        bounded(squared * axes[1].size)
        made = Ref(np.tile(atoms.collapse(axes[1]), squared), 0)
    atoms.put(node.outputs[0], _moved(axes, made, atoms))


def _moved(axes: Axes, made: Axis, atoms: Atoms) -> Axes:
    for ref in axes[2:]:
        atoms.freeze(ref, "it moves these positions")
    return [axes[0], made, *[None] * (len(axes) - 2)]


LAWS = {
    ("", "Transpose"): transpose,
    ("", "Squeeze"): squeeze,
    ("", "Unsqueeze"): unsqueeze,
    ("", "Expand"): expand,
    ("", "ConstantOfShape"): constant_of_shape,
    ("", "Tile"): tile,
    ("", "DepthToSpace"): depth_to_space,
    ("", "SpaceToDepth"): space_to_depth,
}
