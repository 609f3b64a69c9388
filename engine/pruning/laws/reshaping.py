"""Reshape and Flatten: the same elements in row-major order, axes split and merged.

A Reshape falls apart into runs of axes with equal products. Within a run the atoms are spread over the elements and
laid out in the new form. Where they then change along several axes (heads and their dimensions, groups and their
channels) these axes are a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.ops import names
from engine.pruning.atoms import MOST_ATOMS, Array, Atoms, Axes, Kept, Ref, Sizes, bounded
from engine.pruning.integers import elements, is_written, named_elements, write
from engine.pruning.laws.given import axes_of, data_of, frozen, sizes_of

Run = tuple[int, int, int, int]
"""From which axis to which of the input, and of the output."""

_MIXED = "a Reshape mixes them with an axis that is cut by itself"
_UNKNOWN = "a Reshape lays them out by sizes that are not known before the model runs"


def reshape(node: ir.Node, atoms: Atoms) -> None:
    """``Y = X`` in row-major order with other sizes. The numbers of the target follow a cut."""
    data, out = data_of(node), node.outputs[0]
    own = atoms.complete(axes_of(data, atoms))
    before = _known(own, sizes_of(data, atoms), atoms)
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
    sizes = sizes_of(node.outputs[0], atoms)
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
        return frozen(found, _MIXED, len(after), atoms)
    numbers = [size for size in (*before, *after) if isinstance(size, int)]
    if len(numbers) < len(before) + len(after) or prod(numbers[: len(before)]) > MOST_ATOMS:
        return (
            _first_axis(refs, before, after, atoms)
            or _repeating(refs, before, after, atoms)
            or frozen(found, _UNKNOWN, len(after), atoms)
        )
    if prod(numbers[: len(before)]) != prod(numbers[len(before) :]):
        return frozen(found, _UNKNOWN, len(after), atoms)
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


LAWS = {("", op): reshape for op in names("Reshape Flatten")}
