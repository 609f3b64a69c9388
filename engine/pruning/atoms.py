"""Which indices along which axes must go together.

Every index along a cuttable axis of a value is an *atom*, an integer. A value's axis holds a ``Ref``: an array of atoms
and the dimension of that array along which the axis runs. After a Reshape that splits an axis, several axes share one
array (a *block*): removing one of its atoms alone would leave no rectangle, so that what is kept of a block must be a
product of what is kept along its dimensions. Index i of an axis is removed where all atoms of its slice are removed.

Laws say which atoms are the same (``join``, ``tie``), which cannot be cut and why (``freeze``), and for which zeroing
is not what cutting is (``inexact``). Nothing is solved on the way: equalities are collected as pairs of arrays and
solved at once by connected components (minimum label, pointer jumping), so that the whole is linear in the atoms.

None in place of a Ref is an axis that cannot be cut: batch, positions, the channels of a model input. Constants have
no axes until a law asks for them: ``claim`` gives them atoms of their own, ``tie`` those of somebody else, and what is
never asked for stays as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.constants import constant
from engine.pruning.integers import sources

Array = NDArray[np.int64]
Role = Literal["producer", "follower", "consumer", "passes"]
Sizes = tuple[int | str | None, ...]

FIXED = 0
"""The atom of everything that cannot be cut."""
MOST_ATOMS = 1 << 22


class Ref(NamedTuple):
    """An axis: ``atoms`` has one dimension for each axis of the block, ``dim`` is this one's."""

    atoms: Array
    dim: int

    @property
    def size(self) -> int:
        return int(self.atoms.shape[self.dim])


Axis = Ref | None
Axes = list[Axis]


def bounded(size: int) -> int:
    """A number of atoms; a file may say anything."""
    if not 0 <= size <= MOST_ATOMS:
        raise ValueError(f"{size} atoms")
    return size


def along(ref: Ref) -> Array:
    """The atoms of each index of an axis, [indices, atoms of its slice]."""
    if ref.atoms.ndim == 1:
        return ref.atoms[:, None]
    return np.moveaxis(ref.atoms, ref.dim, 0).reshape(ref.size, -1)


@dataclass(frozen=True, slots=True)
class Use:
    """A law's word on a constant's axis: what it is to the node."""

    node: ir.Node
    value: ir.Value
    axis: int
    role: Role


@dataclass(frozen=True, slots=True)
class Said:
    """A word on what cannot be cut, or not without changing more: that of an axis is of what is cut along it."""

    ref: Ref
    node: ir.Node | None
    reason: str


class Kept:
    """Which atoms stay; handed to the mending functions of the laws."""

    def __init__(self, alive: NDArray[np.bool_], names: set[str]) -> None:
        self._alive = alive
        self.names = names
        """Of values and nodes: those that are taken."""

    def mask(self, ref: Axis, size: int) -> NDArray[np.bool_]:
        if ref is None:
            return np.ones(size, bool)
        return np.asarray(self._alive[along(ref)].any(axis=1))

    def count(self, ref: Ref) -> int:
        return int(np.count_nonzero(self.mask(ref, ref.size)))

    def cuts(self, ref: Axis) -> bool:
        return ref is not None and self.count(ref) < ref.size


Mend = Callable[[Kept], None]


@dataclass
class Atoms:
    """What the laws have said so far."""

    opset: int = 13
    count: int = 1
    node: ir.Node | None = None
    axes: dict[ir.Value, Axes] = field(default_factory=dict)
    constants: dict[ir.Value, dict[int, Axis]] = field(default_factory=dict)
    pairs: list[tuple[Array, Array]] = field(default_factory=list)
    frozen: list[Said] = field(default_factory=list)
    inexact: list[Said] = field(default_factory=list)
    heads: list[Array] = field(default_factory=list)
    blocks: list[Array] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    reads: list[tuple[ir.Node, int, int]] = field(default_factory=list)
    refused: dict[ir.Node, str] = field(default_factory=dict)
    mends: list[tuple[Mend, tuple[Ref, ...]]] = field(default_factory=list)
    _repeating: dict[tuple[int, int], Array] = field(default_factory=dict)
    _sizes: dict[ir.Value, Sizes | None] = field(default_factory=dict)
    _of_shapes: dict[int, tuple[ir.Shape, Sizes]] = field(default_factory=dict)

    # What values are

    def sizes(self, value: ir.Value) -> Sizes | None:
        """The size of each axis, a symbol's name, or None where neither is known; None without a rank."""
        if value not in self._sizes:
            self._sizes[value] = self._look_at_sizes(value)
        return self._sizes[value]

    def _look_at_sizes(self, value: ir.Value) -> Sizes | None:
        tensor = value.const_value if value.producer() is None and not value.is_graph_input() else None
        if tensor is None and value.shape is None:
            tensor = constant(value)
        if tensor is not None:
            return tuple(int(size) for size in tensor.shape.numpy())
        shape = value.shape
        if shape is None:
            return None
        known = self._of_shapes.get(id(shape))  # values of one shape share it, and there are few shapes
        if known is None:
            sizes = tuple((size if size >= 0 else None) if isinstance(size, int) else size.value for size in shape)
            known = self._of_shapes[id(shape)] = shape, sizes
        return known[1]

    def tell_sizes(self, value: ir.Value, sizes: Sizes) -> None:
        """A law knows more of a value than its shape says."""
        self._sizes[value] = sizes

    def is_constant(self, value: ir.Value) -> bool:
        if value in self.axes:
            return False
        if value in self.constants:
            return True
        return not value.is_graph_input() and constant(value) is not None

    def get(self, value: ir.Value) -> Axes | None:
        """The axes of a value, those of a constant with atoms of its own; None where the rank is not known."""
        if value in self.axes:
            return list(self.axes[value])
        sizes = self.sizes(value)
        if sizes is None:
            return None
        if self.is_constant(value) and _has_channels(value):
            return [self.claim(value, axis) for axis in range(len(sizes))]
        return [None] * len(sizes)

    def put(self, value: ir.Value, axes: Sequence[Axis]) -> None:
        rank = len(self.sizes(value) or ())
        if len(axes) != rank:
            for ref in axes:
                self.freeze(ref, f"the shape of {value.name!r} says something else")
            axes = [None] * rank
        self.axes[value] = list(axes)

    # Atoms

    def fresh(self, size: int) -> Ref:
        start, self.count = self.count, self.count + bounded(size)
        return Ref(np.arange(start, self.count, dtype=np.int64), 0)

    def claim(self, value: ir.Value, axis: int, role: Role | None = None) -> Axis:
        """The axis of a value; a constant's has atoms of its own from now on."""
        if role is not None and self.node is not None:
            self.uses.append(Use(self.node, value, axis, role))
        if not self.is_constant(value):
            found = self.get(value)
            return None if found is None else found[axis]
        held = self.constants.setdefault(value, {})
        if axis not in held:
            sizes = self.sizes(value)
            assert sizes is not None
            size = sizes[axis]
            assert isinstance(size, int)
            held[axis] = self.fresh(size) if _has_channels(value) and size <= MOST_ATOMS else None
        return held[axis]

    def tie(self, value: ir.Value, axis: int, ref: Axis, role: Role, reason: str) -> None:
        """The axis of a value is this one."""
        if self.node is not None:
            self.uses.append(Use(self.node, value, axis, role))
        if self.is_constant(value):
            held = self.constants.setdefault(value, {})
            if axis not in held and (ref is None or _has_channels(value)):
                held[axis] = ref
                return
        self.join(self.claim(value, axis), ref, reason)

    def fix(self, value: ir.Value | None, reason: str) -> None:
        """Nothing of this value can be cut."""
        if value is None:
            return
        if self.is_constant(value):
            sizes = self.sizes(value) or ()
            held = self.constants.setdefault(value, {})
            for axis in range(len(sizes)):
                self.freeze(held.setdefault(axis, None), reason)
            return
        for ref in self.axes.get(value, ()):
            self.freeze(ref, reason)

    def freeze(self, ref: Axis, reason: str) -> None:
        if ref is not None:
            self.frozen.append(Said(ref, self.node, reason))

    def note_inexact(self, ref: Axis, reason: str) -> None:
        if ref is not None:
            self.inexact.append(Said(ref, self.node, reason))

    def same(self, a: Array, b: Array, reason: str) -> None:
        """Atoms of equal places are the same; one that cannot be cut freezes the other."""
        if a is b:
            return
        if a.shape != b.shape:
            a, b = np.broadcast_arrays(a, b)
        a, b = a.reshape(-1), b.reshape(-1)
        free = (a != FIXED) & (b != FIXED)
        if not free.all():
            self.frozen.append(Said(Ref(np.where(a == FIXED, b, a)[~free], 0), self.node, reason))
            a, b = a[free], b[free]
        self.pairs.append((a, b))

    def collapse(self, ref: Ref) -> Array:
        """One atom for each index of the axis: the others of its slice are the same."""
        slices = along(ref)
        if slices.shape[1] > 1:
            self.same(slices[:, 1:], slices[:, :1], "")
        return slices[:, 0]

    def repeat(self, ref: Ref) -> None:
        """An axis of unknown length along which the atoms come again and again."""
        self._repeating[id(ref.atoms), ref.dim] = ref.atoms

    def is_repeating(self, ref: Ref) -> bool:
        return (id(ref.atoms), ref.dim) in self._repeating

    def join(self, a: Axis, b: Axis, reason: str) -> None:
        """Two axes are one."""
        if a is None or b is None:
            self.freeze(a or b, reason)
        elif a.atoms is b.atoms and a.dim == b.dim:
            return
        elif a.atoms.ndim == 1 and b.atoms.ndim == 1:
            if a.size != b.size:
                self.freeze(a, reason)
                self.freeze(b, reason)
            else:
                self.same(a.atoms, b.atoms, reason)
        elif a.size != b.size:
            self.freeze(a, reason)
            self.freeze(b, reason)
        else:
            self.same(self.collapse(a), self.collapse(b), reason)

    def join_all(self, pairs: Iterable[tuple[Axis, Axis]], reason: str) -> None:
        """Axes of two values are the same, pair by pair; blocks of one form atom by atom."""
        blocks: dict[tuple[int, int], list[tuple[Ref, Ref]]] = {}
        for a, b in pairs:
            if a is None or b is None:
                self.join(a, b, reason)
            else:
                blocks.setdefault((id(a.atoms), id(b.atoms)), []).append((a, b))
        for found in blocks.values():
            one, other = found[0][0].atoms, found[0][1].atoms
            left, right = [x.dim for x, _ in found], [y.dim for _, y in found]
            whole = one.ndim == other.ndim == len(found) == len(set(left)) == len(set(right)) and one.ndim > 1
            if whole and one.transpose(left).shape == other.transpose(right).shape:
                self.same(one.transpose(left), other.transpose(right), reason)
            else:
                for x, y in found:
                    self.join(x, y, reason)

    def complete(self, axes: Sequence[Axis]) -> Axes:
        """The axes with only whole blocks: what has lost some of its dimensions is collapsed to one."""
        present: dict[int, set[int]] = {}
        for ref in axes:
            if ref is not None:
                present.setdefault(id(ref.atoms), set()).add(ref.dim)
        return [
            ref if ref is None or len(present[id(ref.atoms)]) == ref.atoms.ndim else Ref(self.collapse(ref), 0)
            for ref in axes
        ]

    def take(self, axes: Sequence[Axis], axis: int, indices: Array) -> Axes:
        """The axes of a value of which some indices along one axis are taken."""
        ref = axes[axis]
        if ref is None:
            return list(axes)
        if ref.atoms.ndim > 1 and len(indices) == 1:
            return self.pick(axes, axis, int(indices[0]))
        taken = np.take(ref.atoms, indices, axis=ref.dim)
        return [Ref(taken, r.dim) if r is not None and r.atoms is ref.atoms else r for r in axes]

    def pick(self, axes: Sequence[Axis], axis: int, index: int) -> Axes:
        """The axes of a value of which a single index along one axis is taken, that axis without atoms."""
        ref = axes[axis]
        assert ref is not None
        part = np.take(ref.atoms, index, axis=ref.dim)
        found: Axes = []
        for at, r in enumerate(axes):
            if at == axis:
                found.append(None)
            elif r is not None and r.atoms is ref.atoms:
                found.append(Ref(part, r.dim - (r.dim > ref.dim)))
            else:
                found.append(r)
        return found

    def block(self, atoms: Array) -> list[Axis]:
        """The axes of an array of atoms, one for each dimension; none where nothing changes along it."""
        varying = [d for d in range(atoms.ndim) if atoms.shape[d] > 1 and np.any(np.take(atoms, [0], axis=d) != atoms)]
        if not varying and atoms.size and atoms.flat[0] != FIXED:
            varying = [0] if atoms.ndim else []
        index = tuple(slice(None) if d in varying else 0 for d in range(atoms.ndim))
        core = np.ascontiguousarray(atoms[index])
        if core.ndim > 1:
            self.blocks.append(core)
        return [Ref(core, varying.index(d)) if d in varying else None for d in range(atoms.ndim)]

    def mend(self, function: Mend, *refs: Axis) -> None:
        """What is to be set right in the node where any of these axes is cut."""
        watched = tuple(ref for ref in refs if ref is not None)
        if watched:
            self.mends.append((function, watched))

    def made_of(self, value: ir.Value | None) -> list[Axis]:
        """The axes whose sizes go into these integers."""
        found = [(self.axes.get(source), axis) for source, axis in sources(value)]
        return [axes[axis] for axes, axis in found if axes is not None]

    def reads_channels(self, node: ir.Node, position: int, axis: int) -> None:
        """The node sums over this axis of this input: a channel of zeros there is one that is cut."""
        self.reads.append((node, position, axis))


def _has_channels(value: ir.Value) -> bool:
    """Integers of 64 bits and text are shapes, indices and labels, never channels."""
    tensor = constant(value)
    return tensor is not None and tensor.dtype not in (ir.DataType.INT64, ir.DataType.STRING)
