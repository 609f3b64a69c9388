"""Ops that put axes after each other, or take parts of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of, text_of
from engine.graph.ops import names
from engine.pruning.atoms import FIXED, Array, Atoms, Axes, Axis, Kept, Ref, bounded
from engine.pruning.integers import elements, write
from engine.pruning.laws.given import axes_of, data_of

_JOINED = "it is concatenated with what cannot be cut"
_UNKNOWN = "which of them are taken is not known before the model runs"


def concat(node: ir.Node, atoms: Atoms) -> None:
    """Along ``axis`` the indices of the inputs one after the other; the other axes are the same.

    Constants beside computed values (a class token before the patches) have the others' axes.
    """
    operands = [value for value in node.inputs if value is not None]
    constant = [atoms.is_constant(value) for value in operands]
    rank = len(atoms.sizes(operands[0]) or ())
    axis = int_of(node, "axis", 0) % rank
    if all(constant):
        constant = [False] * len(operands)
    every = [None if c else atoms.complete(axes_of(v, atoms)) for v, c in zip(operands, constant, strict=True)]
    computed = [axes for axes in every if axes is not None]
    joined = _joined_blocks(computed, axis, atoms) if len(computed) == len(every) else None
    if joined is not None:
        atoms.put(node.outputs[0], joined)
        return
    result = list(computed[0])
    others = [at for at in range(rank) if at != axis]
    for other in computed[1:]:
        atoms.join_all([(result[at], other[at]) for at in others], _JOINED)
    for value, is_constant in zip(operands, constant, strict=True):
        for at in others if is_constant else ():
            atoms.tie(value, at, result[at], "follower", _JOINED)
    lengths = [(atoms.sizes(value) or ())[axis] for value in operands]
    result[axis] = _in_a_row([None if axes is None else axes[axis] for axes in every], lengths, atoms)
    atoms.put(node.outputs[0], result)


def _in_a_row(refs: Sequence[Axis], lengths: Sequence[int | str | None], atoms: Atoms) -> Axis:
    if all(ref is None for ref in refs):
        return None
    parts = []
    for ref, length in zip(refs, lengths, strict=True):
        if ref is not None:
            parts.append(atoms.collapse(ref))
        elif isinstance(length, int):
            parts.append(np.full(bounded(length), FIXED, np.int64))
        else:
            for other in refs:
                atoms.freeze(other, "it is concatenated with a value whose size is not known before the model runs")
            return None
    bounded(sum(len(part) for part in parts))
    return Ref(np.concatenate(parts), 0)


def _joined_blocks(every: Sequence[Axes], axis: int, atoms: Atoms) -> Axes | None:
    """Where all inputs have a block of the same form along the axis: the block of all of them."""
    firsts = [axes[axis] for axes in every]
    layouts = [
        tuple((at, r.dim) for at, r in enumerate(axes) if r and f and r.atoms is f.atoms)
        for axes, f in zip(every, firsts, strict=True)
    ]
    blocks = [ref.atoms for ref in firsts if ref is not None]
    if len(blocks) < len(every) or blocks[0].ndim == 1 or len(set(layouts)) > 1:
        return None
    dim = firsts[0].dim if firsts[0] is not None else 0
    if len({block.shape[:dim] + block.shape[dim + 1 :] for block in blocks}) > 1:
        return None
    whole: Array = np.concatenate(blocks, axis=dim)
    atoms.blocks.append(whole)
    mine = {at for at, _ in layouts[0]}
    result = [Ref(whole, ref.dim) if at in mine and ref is not None else ref for at, ref in enumerate(every[0])]
    for other in every[1:]:
        atoms.join_all([(result[at], other[at]) for at in range(len(result)) if at not in mine], "")
    return result


def split(node: ir.Node, atoms: Atoms) -> None:
    """Along ``axis`` runs of indices, one for each output. After a cut each has as many as stay in it."""
    axes = axes_of(data_of(node), atoms)
    axis = int_of(node, "axis", 0) % len(axes)
    lengths = [(atoms.sizes(value) or (None,) * len(axes))[axis] if value.name else None for value in node.outputs]
    ref = axes[axis]
    if ref is None:
        for value in node.outputs:
            atoms.put(value, axes)
        return
    known = [length for length in lengths if isinstance(length, int)]
    if len(known) < len(lengths) or sum(known) != ref.size:
        known = _even(ref.size, len(lengths)) if not any(lengths) else []
    if not known:
        atoms.freeze(ref, _UNKNOWN)
        known = [0] * len(lengths)
        axes = [None if at == axis else other for at, other in enumerate(axes)]
        for value in node.outputs:
            atoms.put(value, axes)
        return
    start, parts = 0, []
    for value, length in zip(node.outputs, known, strict=True):
        found = atoms.take(axes, axis, np.arange(start, start + length))
        atoms.put(value, found)
        parts.append(found[axis])
        start += length
    atoms.mend(lambda kept: _resplit(node, parts, known, kept, atoms.opset), ref)


def _even(size: int, parts: int) -> list[int]:
    each = -(-size // parts)
    return [min(each, size - number * each) for number in range(parts)]


def _resplit(node: ir.Node, parts: Sequence[Axis], lengths: Sequence[int], kept: Kept, opset: int) -> None:
    new = [length if ref is None else kept.count(ref) for ref, length in zip(parts, lengths, strict=True)]
    if opset < 13:
        node.attributes["split"] = ir.AttrInt64s("split", new)
        return
    node.attributes.pop("num_outputs", None)
    write(node, 1, dict(enumerate(new)), new, kept.names)


def slice_(node: ir.Node, atoms: Atoms) -> None:
    """Along each of ``axes`` the indices from start to end by step. Channels are cut where the step is 1."""
    axes = axes_of(data_of(node), atoms)
    if "starts" in node.attributes:
        starts, ends = ints_of(node, "starts"), ints_of(node, "ends")
        listed: Sequence[int | None] | None = ints_of(node, "axes")
        steps: Sequence[int | None] | None = None
    else:
        starts, ends, listed, steps = (elements(input_of(node, position)) for position in (1, 2, 3, 4))  # type: ignore[assignment]
        if (input_of(node, 3) is not None and listed is None) or starts is None or ends is None:
            starts = None
    if starts is None or ends is None or (listed is not None and None in listed):
        atoms.fix(node.inputs[0], _UNKNOWN)
        atoms.put(node.outputs[0], [None] * len(axes))
        return
    found, changes = list(axes), []
    for at, (start, end) in enumerate(zip(starts, ends, strict=True)):
        axis = (at if listed is None else int(listed[at] or 0)) % len(axes)
        ref = axes[axis]
        if ref is None:
            continue
        step = 1 if not steps else steps[at]
        if start is None or end is None or step is None:
            atoms.freeze(ref, _UNKNOWN)
            found[axis] = None
            continue
        taken = np.arange(ref.size)[start:end:step]
        if len(taken) == ref.size and step == 1:
            changes.append((at, ref, 0, ref.size))
            continue
        if step != 1 or not len(taken):
            atoms.freeze(ref, "every so many of them are taken")
            found[axis] = None
            continue
        found = atoms.take(found, axis, taken)
        changes.append((at, ref, int(taken[0]), int(taken[-1]) + 1))
    atoms.put(node.outputs[0], found)
    known = (tuple(starts), tuple(ends))
    numbers = [ref for value in node.inputs[1:3] for ref in atoms.made_of(value)]
    atoms.mend(lambda kept: _reslice(node, known, changes, kept), *[ref for _, ref, _, _ in changes], *numbers)


def _reslice(
    node: ir.Node,
    known: tuple[tuple[int | None, ...], tuple[int | None, ...]],
    changes: Sequence[tuple[int, Ref, int, int]],
    kept: Kept,
) -> None:
    new: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for at, ref, start, end in changes:
        mask = kept.mask(ref, ref.size)
        new[0][at], new[1][at] = int(mask[:start].sum()), int(mask[:end].sum())
    for position, (name, numbers) in enumerate(zip(("starts", "ends"), known, strict=True)):
        if name in node.attributes:
            node.attributes[name] = ir.AttrInt64s(
                name, [new[position].get(at, number or 0) for at, number in enumerate(numbers)]
            )
        else:
            write(node, position + 1, new[position], numbers, kept.names)


def gather(node: ir.Node, atoms: Atoms) -> None:
    """``Y = X`` taken at indices along ``axis``. Of a table (a constant) the other axes are made here.

    Constant indices may take channels; after a cut they are those at which the same channels stand then.
    """
    data, at = data_of(node), node.inputs[1]
    assert at is not None
    sizes, wanted = atoms.sizes(data) or (), atoms.sizes(at) or ()
    axis = int_of(node, "axis", 0) % len(sizes)
    if atoms.is_constant(data):
        atoms.tie(data, axis, None, "producer", _UNKNOWN)
        axes = [atoms.claim(data, other, "producer") for other in range(len(sizes))]
    else:
        axes = axes_of(data, atoms)
    ref = axes[axis]
    between: Axes = [None] * len(wanted)
    if ref is not None:
        numbers = elements(at) if atoms.is_constant(at) else None
        if numbers is None or None in numbers or len(wanted) > 1:
            atoms.freeze(ref, _UNKNOWN)
        else:
            indices = np.asarray(numbers, np.int64) % ref.size
            axes, between = _picked(node, atoms, axes, axis, indices, scalar=not wanted)
    atoms.put(node.outputs[0], [*axes[:axis], *between, *axes[axis + 1 :]])


def _picked(node: ir.Node, atoms: Atoms, axes: Axes, axis: int, indices: Array, *, scalar: bool) -> tuple[Axes, Axes]:
    ref = axes[axis]
    assert ref is not None
    if scalar:
        index = int(indices[0])
        if ref.atoms.ndim == 1:
            atoms.freeze(Ref(ref.atoms[index : index + 1], 0), "it is taken out by its number")
        found = atoms.pick(axes, axis, index)
        atoms.mend(lambda kept: _renumber(node, ref, np.asarray([index]), kept, scalar=True), ref)
        return found, []
    taken = atoms.take(axes, axis, indices)
    atoms.mend(lambda kept: _renumber(node, ref, indices, kept, scalar=False), ref)
    return taken, [taken[axis]]


def _renumber(node: ir.Node, ref: Ref, indices: Array, kept: Kept, *, scalar: bool) -> None:
    mask = kept.mask(ref, ref.size)
    numbers = np.cumsum(mask)[indices[mask[indices]]] - 1
    write(node, 1, dict(enumerate(numbers.tolist())), numbers.tolist(), kept.names)
    value = node.inputs[1]
    if scalar and value is not None and value.const_value is not None:
        value.const_value = ir.tensor(np.asarray(numbers[0]), name=value.name)
        value.shape = ir.Shape([])


def pad(node: ir.Node, atoms: Atoms) -> None:
    """Axis i gets ``pads[i]`` indices before it and ``pads[i + rank]`` after it; added channels follow."""
    axes = axes_of(data_of(node), atoms)
    rank = len(axes)
    pads = ints_of(node, "pads") if "pads" in node.attributes else elements(input_of(node, 1))
    listed = elements(input_of(node, 3)) if input_of(node, 3) is not None else tuple(range(rank))
    known: dict[int, tuple[int | None, int | None, int]] = {}
    if pads is not None and listed is not None and len(pads) == 2 * len(listed):
        for at, axis in enumerate(listed):
            if axis is not None:
                known[axis % rank] = (pads[at], pads[at + len(listed)], at)
    constant_mode = text_of(node, "mode") in ("", "constant")
    found: Axes = []
    changes = []
    for axis, ref in enumerate(axes):
        before, after, at = known.get(axis, (0, 0, 0) if listed is not None and pads is not None else (None, None, 0))
        if ref is None or (before == 0 and after == 0):
            found.append(ref)
        elif before is None or after is None or before < 0 or after < 0 or not constant_mode:
            atoms.freeze(ref, "it pads them in a way that is not followed")
            found.append(None)
        else:
            zeros = atoms.fresh(before + after).atoms
            found.append(Ref(np.concatenate([zeros[:before], atoms.collapse(ref), zeros[before:]]), 0))
            changes += [(at, zeros[:before]), (at + len(listed or ()), zeros[before:])]
    atoms.put(node.outputs[0], found)
    watched = [Ref(part, 0) for _, part in changes if part.size]
    atoms.mend(lambda kept: _repad(node, pads or (), changes, kept), *watched)


def _repad(node: ir.Node, pads: Sequence[int | None], changes: Sequence[tuple[int, Array]], kept: Kept) -> None:
    new = {at: kept.count(Ref(part, 0)) for at, part in changes}
    if "pads" in node.attributes:
        node.attributes["pads"] = ir.AttrInt64s("pads", [new.get(at, n or 0) for at, n in enumerate(pads)])
    else:
        write(node, 1, new, pads, kept.names)


def source(node: ir.Node, atoms: Atoms) -> None:
    """What a node makes of shapes, limits or nothing: none of its axes can be cut."""
    for value in node.outputs:
        atoms.put(value, [None] * len(atoms.sizes(value) or ()))


LAWS = {
    ("", "Concat"): concat,
    ("", "Split"): split,
    ("", "Slice"): slice_,
    ("", "Gather"): gather,
    ("", "Pad"): pad,
    **{("", op): source for op in names("Shape Size Range RandomNormal RandomUniform")},
}
