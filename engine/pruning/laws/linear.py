"""Matrix products: they sum over one axis and make another; of two computed values, also attention."""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.pruning.atoms import Atoms, Axes, Axis

_FIXED = "it is multiplied with a value whose channels cannot be cut"


def gemm(node: ir.Node, atoms: Atoms) -> None:
    """``Y[m, n] = C[m, n] + sum_k A[m, k] B[k, n]`` (transA, transB swap): A's k is B's k; Y has A's m and B's n."""
    a, b, c = node.inputs[0], node.inputs[1], input_of(node, 2)
    assert a is not None and b is not None
    rows, inner = (1, 0) if int_of(node, "transA", 0) else (0, 1)
    summed, columns = (1, 0) if int_of(node, "transB", 0) else (0, 1)
    m = atoms.claim(a, rows, "producer")
    k = atoms.claim(a, inner)
    atoms.tie(b, summed, k, "consumer", _FIXED)
    n = atoms.claim(b, columns, "producer")
    atoms.reads_channels(node, 0, inner)
    if c is not None:
        _bias(c, atoms, [m, n], node)
    atoms.put(node.outputs[0], [m, n])


def _bias(value: ir.Value, atoms: Atoms, axes: Axes, node: ir.Node) -> None:
    sizes, out = atoms.sizes(value) or (), atoms.sizes(node.outputs[0]) or ()
    for axis, size in enumerate(sizes):
        at = axis + len(out) - len(sizes)
        if size == out[at] or size != 1:
            atoms.tie(value, axis, axes[at], "producer", _FIXED)


def matmul(node: ir.Node, atoms: Atoms) -> None:
    """``Y[..., m, n] = sum_k A[..., m, k] B[..., k, n]``: A's k is B's k, leading axes broadcast, Y has A's m, B's n.

    Where both are computed, leading axes that can be cut are attention heads.
    """
    a, b = node.inputs[0], node.inputs[1]
    assert a is not None and b is not None
    rank_a, rank_b = len(atoms.sizes(a) or ()), len(atoms.sizes(b) or ())
    summed = max(rank_b - 2, 0)
    computed = not atoms.is_constant(a) and not atoms.is_constant(b)
    leading: Axes = []
    if (rank_a <= 2 and rank_b <= 2) or not computed:
        k = atoms.claim(a, rank_a - 1)
        atoms.tie(b, summed, k, "consumer", _FIXED)
        leading = _leading(a, b, atoms)
    else:
        left, right = atoms.get(a), atoms.get(b)
        assert left is not None and right is not None
        pairs: list[tuple[Axis, Axis]] = [(left[-1], right[summed])]
        sizes_a, sizes_b = atoms.sizes(a) or (), atoms.sizes(b) or ()
        for back in range(3, max(rank_a, rank_b) + 1):
            x = left[-back] if back <= rank_a and sizes_a[-back] != 1 else None
            y = right[-back] if back <= rank_b and sizes_b[-back] != 1 else None
            both = back <= rank_a and back <= rank_b and sizes_a[-back] != 1 and sizes_b[-back] != 1
            if both:
                pairs.append((x, y))
            leading.insert(0, _kept_whole(x, y, right[-1]))
        atoms.join_all(pairs, _FIXED)
        atoms.heads.extend(ref.atoms for ref in leading if ref is not None)
    atoms.reads_channels(node, 0, rank_a - 1)
    m = [atoms.claim(a, rank_a - 2, "producer")] if rank_a > 1 else []
    n = [atoms.claim(b, rank_b - 1, "producer")] if rank_b > 1 else []
    atoms.put(node.outputs[0], [*leading, *m, *n])


def _kept_whole(x: Axis, y: Axis, columns: Axis) -> Axis:
    """Of two axes that are one the right operand's, where it makes a block with that operand's columns."""
    if x is None or y is None:
        return x or y
    return y if columns is not None and columns.atoms is y.atoms else x


def _leading(a: ir.Value, b: ir.Value, atoms: Atoms) -> Axes:
    """The leading axes where one operand is a constant (a stack of weights, one for each index of these axes)."""
    rank = max(len(atoms.sizes(a) or ()), len(atoms.sizes(b) or ()))
    found: Axes = []
    for back in range(rank, 2, -1):
        refs = []
        for value in (a, b):
            sizes = atoms.sizes(value) or ()
            if back <= len(sizes) and sizes[-back] != 1:
                refs.append((value, len(sizes) - back))
        if not refs:
            found.append(None)
            continue
        refs.sort(key=lambda item: atoms.is_constant(item[0]))
        first = atoms.claim(*refs[0])
        for value, axis in refs[1:]:
            atoms.tie(value, axis, first, "follower", _FIXED)
        found.append(first)
    return found


LAWS = {("", "Gemm"): gemm, ("", "MatMul"): matmul}
