"""From equal pairs of atoms to classes: connected components, then rectangles.

Components by minimum label: every root takes the least label that an edge brings to it, labels are followed to their
roots, until no edge joins two roots. Each round is a few passes over arrays.

What is kept of a block of several axes must be a product. It is where all atoms of each index along one axis are one
class; a block for which no axis is like that yet gets one, the longest (which leaves most to choose from).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from engine.pruning.atoms import FIXED, Array, Atoms, Ref, along


def classes(atoms: Atoms) -> Array:
    """For each atom the least atom of its class."""
    labels = _joined(np.arange(atoms.count, dtype=np.int64), atoms.pairs)
    waiting = list({id(block): block for block in atoms.blocks}.values())
    while waiting:
        touched: set[int] = set()
        pairs: list[tuple[Array, Array]] = []
        later = []
        for block in waiting:
            found = labels[block]
            if _is_product(found):
                continue
            if touched and not touched.isdisjoint(np.unique(found).tolist()):
                later.append(block)
                continue
            touched.update(np.unique(found).tolist())
            longest = max(range(block.ndim), key=lambda d: (block.shape[d], d))
            slices = along(Ref(block, longest))
            first = np.broadcast_to(slices[:, :1], slices[:, 1:].shape)
            pairs.append((slices[:, 1:].reshape(-1), first.reshape(-1)))
        labels = _joined(labels, pairs)
        waiting = later
    return labels


def _is_product(labels: Array) -> bool:
    """Whether along some axis every slice is of one class."""
    for axis in range(labels.ndim):
        slices = np.moveaxis(labels, axis, 0).reshape(labels.shape[axis], -1)
        if bool((slices == slices[:, :1]).all()):
            return True
    return False


def _joined(labels: Array, pairs: Sequence[tuple[Array, Array]]) -> Array:
    if not pairs:
        return labels
    left, right = (np.concatenate([pair[side] for pair in pairs]) for side in (0, 1))
    free = (left != FIXED) & (right != FIXED)
    left, right = left[free], right[free]
    while left.size:
        a, b = labels[left], labels[right]
        apart = a != b
        if not apart.any():
            break
        left, right, a, b = left[apart], right[apart], a[apart], b[apart]
        np.minimum.at(labels, np.maximum(a, b), np.minimum(a, b))
        while True:
            followed = labels[labels]
            if np.array_equal(followed, labels):
                break
            labels = followed
    return labels


def first_reasons(labels: Array, said: Iterable[Ref]) -> Array:
    """For each atom that names its class, the number of the first axis that loses an index with the class; else -1."""
    found = np.full(len(labels), -1, np.int64)
    for number, ref in enumerate(said):
        slices = labels[along(ref)]
        roots = slices[(slices == slices[:, :1]).all(axis=1), 0]
        roots = roots[found[roots] < 0]
        found[roots] = number
    found[FIXED] = -1
    return found
