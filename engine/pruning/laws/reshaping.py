"""Ops that give the same elements another form: axes are split, merged, swapped, added and dropped.

A Reshape falls apart into runs of axes with equal products. Within a run the atoms are spread over the elements and
laid out in the new form. Where they then change along several axes (heads and their dimensions, groups and their
channels) these axes are a block.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of
from engine.graph.ops import names
from engine.pruning.atoms import MOST_ATOMS, Array, Atoms, Axes, Axis, Kept, Ref, Sizes, bounded
from engine.pruning.integers import elements, is_written, named_elements, write

Run = tuple[int, int, int, int]
"""From which axis to which of the input, and of the output."""

_MIXED = "a Reshape mixes them with an axis that is cut by itself"
_UNKNOWN = "a Reshape lays them out by sizes that are not known before the model runs"


def reshape(node: ir.Node, atoms: Atoms) -> None:
    """``Y = X`` in row-major order with other sizes. The numbers of the target follow a cut."""
    data, out = node.inputs[0], node.outputs[0]
    assert data is not None
    own = atoms.complete(_axes(data, atoms))
    before = _known(own, _sizes(data, atoms), atoms)
    after = _told(node, before, atoms)
    axes = _reshaped(own, before, after, atoms)
    atoms.put(out, axes)
    for axis, ref in enumerate(axes):
        if ref is not None and atoms.is_repeating(ref) and not _can_be_left_open(node, axis):
            atoms.freeze(ref, _UNKNOWN)
    if node.op_type == "Reshape":
        atoms.mend(
            lambda kept: _retarget(node, axes, before, after, atoms, kept), *axes, *atoms.made_of(input_of(node, 1))
        )


def _told(node: ir.Node, before: Sizes, atoms: Atoms) -> Sizes:
    """The sizes of the output, with what the target says of those that inference left open."""
    sizes = _sizes(node.outputs[0], atoms)
    target = named_elements(input_of(node, 1)) if node.op_type == "Reshape" and None in sizes else None
    if target is None or len(target) != len(sizes):
        return sizes
    told = [
        t if size is None and (isinstance(t, str) or (t or 0) > 0) else size
        for size, t in zip(sizes, target, strict=True)
    ]
    if told.count(None) == 1 and None not in before:
        names = [sorted(size for size in given if isinstance(size, str)) for given in (before, told)]
        whole, rest = (prod(size for size in given if isinstance(size, int)) for given in (before, told))
        if names[0] == names[1] and rest and whole % rest == 0:
            told[told.index(None)] = whole // rest
    atoms.tell_sizes(node.outputs[0], tuple(told))
    return tuple(told)


def _known(axes: Axes, sizes: Sizes, atoms: Atoms) -> Sizes:
    """The sizes, those of axes that can be cut included where inference left them open."""
    return tuple(
        ref.size if size is None and ref is not None and not atoms.is_repeating(ref) else size
        for ref, size in zip(axes, sizes, strict=True)
    )


def _can_be_left_open(node: ir.Node, axis: int) -> bool:
    """Whether the target can say -1 there."""
    target = elements(input_of(node, 1)) if node.op_type == "Reshape" else None
    return target is not None and all(number != -1 or at == axis for at, number in enumerate(target))


def _retarget(node: ir.Node, axes: Axes, before: Sizes, after: Sizes, atoms: Atoms, kept: Kept) -> None:
    """New numbers for the axes that are cut; 0 and -1 that stand in the file say of themselves what is right."""
    zero_copies = not int_of(node, "allowzero", 0)
    target = input_of(node, 1)
    written = elements(target) if is_written(target) else None
    known: list[int | None] = []
    new: dict[int, int] = {}
    for axis, (ref, size) in enumerate(zip(axes, after, strict=True)):
        number = None if written is None else written[axis]
        same_as_before = axis < len(before) and isinstance(size, str) and before[axis] == size
        if number == -1 or (number == 0 and zero_copies):
            known.append(number)
        elif ref is not None and kept.cuts(ref):
            known.append(None)
            new[axis] = -1 if atoms.is_repeating(ref) else kept.count(ref)
        elif number is not None:
            known.append(number)
        elif isinstance(size, int):
            known.append(None)
            new[axis] = size
        else:
            known.append(0 if zero_copies and same_as_before else None)
    if not new:
        return
    free = [axis for axis, number in enumerate(known) if number is None and axis not in new]
    if len(free) == 1 and -1 not in known and -1 not in new.values():
        known[free[0]] = -1
    write(node, 1, new, known, kept.names)


def _reshaped(axes: Axes, before: Sizes, after: Sizes, atoms: Atoms) -> Axes:
    result: Axes = [None] * len(after)
    for runs in _clusters(_runs(before, after), axes):
        sources = [axis for start, end, _, _ in runs for axis in range(start, end)]
        targets = [axis for _, _, to, until in runs for axis in range(to, until)]
        refs = [axes[axis] for axis in sources]
        if all(end - start == until - to == 1 for start, end, to, until in runs):
            found = refs
        else:
            found = _laid_out(refs, tuple(before[a] for a in sources), tuple(after[a] for a in targets), atoms)
        for axis, ref in zip(targets, found, strict=True):
            result[axis] = ref
    return result


def _clusters(runs: Iterator[Run], axes: Axes) -> list[list[Run]]:
    """The runs with something to cut; those that share a block together."""
    found: list[tuple[set[int], list[Run]]] = []
    for run in runs:
        blocks = {id(ref.atoms) for ref in axes[run[0] : run[1]] if ref is not None}
        if not blocks:
            continue
        mine = [cluster for cluster in found if cluster[0] & blocks]
        found = [cluster for cluster in found if not cluster[0] & blocks]
        together = sorted([run, *(other for _, others in mine for other in others)])
        found.append((blocks.union(*(cluster[0] for cluster in mine)), together))
    return [together for _, together in found]


def _laid_out(refs: Axes, before: Sizes, after: Sizes, atoms: Atoms) -> Axes:
    """One run: the atoms of all elements in the new form."""
    found = [ref for ref in refs if ref is not None]
    if any(ref.atoms is not found[0].atoms for ref in found):
        return _frozen(found, _MIXED, len(after), atoms)
    numbers = [size for size in (*before, *after) if isinstance(size, int)]
    if len(numbers) < len(before) + len(after) or prod(numbers[: len(before)]) > MOST_ATOMS:
        return (
            _first_axis(refs, before, after, atoms)
            or _repeating(refs, before, after, atoms)
            or _frozen(found, _UNKNOWN, len(after), atoms)
        )
    if prod(numbers[: len(before)]) != prod(numbers[len(before) :]):
        return _frozen(found, _UNKNOWN, len(after), atoms)
    present = [axis for axis, ref in enumerate(refs) if ref is not None]
    core = found[0].atoms.transpose([ref.dim for ref in found])
    spread = core.reshape([size if axis in present else 1 for axis, size in enumerate(numbers[: len(before)])])
    whole: Array = np.broadcast_to(spread, numbers[: len(before)]).reshape(numbers[len(before) :])
    return atoms.block(whole)


def _first_axis(refs: Axes, before: Sizes, after: Sizes, atoms: Atoms) -> Axes | None:
    """``(C, rest) -> (g, rest')``, g a divisor or multiple of C, whatever the rest: runs of channels, or repeats."""
    first, out = before[0], after[0] if after else None
    if refs[0] is None or any(ref is not None for ref in refs[1:]):
        return None
    if not isinstance(first, int) or not isinstance(out, int) or min(first, out) < 1:
        return None
    rest: Axes = [None] * (len(after) - 1)
    own = atoms.collapse(refs[0])
    if first % out == 0:
        runs = own.reshape(out, -1)
        atoms.same(runs[:, 1:], runs[:, :1], "")
        return [Ref(runs[:, 0], 0), *rest]
    return [Ref(np.repeat(own, bounded(out) // first), 0), *rest] if out % first == 0 else None


def _repeating(refs: Axes, before: Sizes, after: Sizes, atoms: Atoms) -> Axes | None:
    """``(batch, H, D) -> (batch * H, D)`` and back, whatever the batch: along the first axis the atoms repeat."""
    if not after or isinstance(before[0], int) or isinstance(after[0], int):
        return None
    tail, wanted = ([size for size in sizes[1:] if isinstance(size, int)] for sizes in (before, after))
    if len(tail) < len(before) - 1 or len(wanted) < len(after) - 1:
        return None
    first = refs[0]
    if first is not None and not atoms.is_repeating(first):
        return None
    period = 1 if first is None else first.size
    total, inner = period * prod(tail), prod(wanted)
    if total > MOST_ATOMS or not inner or total % inner:
        return None
    found = [ref for ref in refs if ref is not None]
    sizes = [period, *tail]
    core = found[0].atoms.transpose([ref.dim for ref in found])
    spread = core.reshape([size if ref is not None else 1 for ref, size in zip(refs, sizes, strict=True)])
    whole: Array = np.broadcast_to(spread, sizes).reshape([total // inner, *wanted])
    axes = atoms.block(whole)
    if axes[0] is not None:
        atoms.repeat(axes[0])
    return axes


def _frozen(refs: Sequence[Ref], reason: str, rank: int, atoms: Atoms) -> Axes:
    for ref in refs:
        atoms.freeze(ref, reason)
    return [None] * rank


def _runs(before: Sizes, after: Sizes) -> Iterator[Run]:
    """Axes before and after with equal products, from the front and from the back; what is unknown is left between."""
    i, j, n, m = 0, 0, len(before), len(after)
    while (step := _step(before[i:n], after[j:m])) is not None:
        yield i, i + step[0], j, j + step[1]
        i, j = i + step[0], j + step[1]
    back = []
    while (step := _step(before[i:n][::-1], after[j:m][::-1])) is not None:
        back.append((n - step[0], n, m - step[1], m))
        n, m = n - step[0], m - step[1]
    if i < n or j < m:
        yield i, n, j, m
    yield from reversed(back)


def _step(before: Sizes, after: Sizes) -> tuple[int, int] | None:
    """How many axes of each side, from the start, have equal products."""
    if not before or not after:
        return None
    if isinstance(before[0], str) and before[0] == after[0]:
        return 1, 1
    i = j = 1
    a, b = before[0], after[0]
    while isinstance(a, int) and isinstance(b, int) and a > 0 and b > 0:
        if a == b:
            return i, j
        if a < b:
            if i == len(before):
                return None
            size = before[i]
            a, i = a * size if isinstance(size, int) else size, i + 1
        else:
            if j == len(after):
                return None
            size = after[j]
            b, j = b * size if isinstance(size, int) else size, j + 1
    return None


def transpose(node: ir.Node, atoms: Atoms) -> None:
    """``Y``'s axis i is ``X``'s axis perm[i]."""
    axes = _axes(_data(node), atoms)
    order = ints_of(node, "perm") or tuple(reversed(range(len(axes))))
    atoms.put(node.outputs[0], [axes[axis] for axis in order])


def squeeze(node: ir.Node, atoms: Atoms) -> None:
    """Axes of size 1 go; such an axis has one channel, which must stay."""
    axes, out = _axes(_data(node), atoms), node.outputs[0]
    listed = _listed_axes(node)
    if listed is None:
        sizes = _sizes(_data(node), atoms)
        listed = [axis for axis, size in enumerate(sizes) if size == 1]
    gone = {axis % len(axes) for axis in listed if axis is not None}
    for axis in gone:
        atoms.freeze(axes[axis], "it is a single channel")
    rest = [ref for axis, ref in enumerate(axes) if axis not in gone]
    atoms.put(out, _or_frozen(rest, out, atoms))


def unsqueeze(node: ir.Node, atoms: Atoms) -> None:
    """Axes of size 1 are added; the others keep their order."""
    axes, out = _axes(_data(node), atoms), node.outputs[0]
    rank = len(_sizes(out, atoms))
    new = {axis % rank for axis in _listed_axes(node) or () if axis is not None}
    rest = iter(axes)
    found = [None if axis in new else next(rest, None) for axis in range(rank)]
    atoms.put(out, _or_frozen(found, out, atoms) if len(new) + len(axes) == rank else _or_frozen(axes, out, atoms))


def _listed_axes(node: ir.Node) -> Sequence[int | None] | None:
    given = input_of(node, 1)
    return ints_of(node, "axes") if given is None else elements(given)


def _or_frozen(axes: Axes, value: ir.Value, atoms: Atoms) -> Axes:
    """The axes, if there are as many as the value has."""
    rank = len(_sizes(value, atoms))
    return axes if len(axes) == rank else _frozen([ref for ref in axes if ref is not None], _UNKNOWN, rank, atoms)


def expand(node: ir.Node, atoms: Atoms) -> None:
    """Axes of size 1 are repeated, new ones stand in front; the others stay. The target's numbers follow a cut."""
    data, out = _data(node), node.outputs[0]
    after = _sizes(out, atoms)
    own, sizes = _axes(data, atoms), _sizes(data, atoms)
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
    after = _sizes(node.outputs[0], atoms)
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
    axes, repeats = _axes(_data(node), atoms), elements(input_of(node, 1))
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
    axes, squared = _axes(_data(node), atoms), int_of(node, "blocksize", 1) ** 2
    crd = "mode" in node.attributes and node.attributes["mode"].as_string() == "CRD"
    made: Axis = None
    if axes[1] is not None:
        own = atoms.collapse(axes[1])
        grid = own.reshape(-1, squared).T if crd else own.reshape(squared, -1)
        atoms.same(grid[1:], grid[:1], "")
        made = Ref(np.ascontiguousarray(grid[0]), 0)
    atoms.put(node.outputs[0], _moved(axes, made, atoms))


def space_to_depth(node: ir.Node, atoms: Atoms) -> None:
    """One channel becomes ``b * b``: ``i * C + c`` for all i < b * b."""
    axes, squared = _axes(_data(node), atoms), int_of(node, "blocksize", 1) ** 2
    made: Axis = None
    if axes[1] is not None:
        bounded(squared * axes[1].size)
        made = Ref(np.tile(atoms.collapse(axes[1]), squared), 0)
    atoms.put(node.outputs[0], _moved(axes, made, atoms))


def _moved(axes: Axes, made: Axis, atoms: Atoms) -> Axes:
    for ref in axes[2:]:
        atoms.freeze(ref, "it moves these positions")
    return [axes[0], made, *[None] * (len(axes) - 2)]


def _data(node: ir.Node) -> ir.Value:
    data = node.inputs[0]
    assert data is not None
    return data


def _axes(value: ir.Value, atoms: Atoms) -> Axes:
    axes = atoms.get(value)
    assert axes is not None
    return axes


def _sizes(value: ir.Value, atoms: Atoms) -> Sizes:
    sizes = atoms.sizes(value)
    assert sizes is not None
    return sizes


LAWS = {
    **{("", op): reshape for op in names("Reshape Flatten")},
    ("", "Transpose"): transpose,
    ("", "Squeeze"): squeeze,
    ("", "Unsqueeze"): unsqueeze,
    ("", "Expand"): expand,
    ("", "ConstantOfShape"): constant_of_shape,
    ("", "Tile"): tile,
    ("", "DepthToSpace"): depth_to_space,
    ("", "SpaceToDepth"): space_to_depth,
}
