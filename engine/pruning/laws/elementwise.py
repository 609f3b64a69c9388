"""Ops that compute each element from elements of the same place: channels stay what they are."""

from __future__ import annotations

from collections.abc import Sequence

import onnx_ir as ir

from engine.graph.ops import MICROSOFT, names
from engine.pruning.atoms import Atoms, Axes


def unary(node: ir.Node, atoms: Atoms) -> None:
    """``Y[i] = f(X[i])``: the axes of X. Further inputs are bounds and flags, further outputs masks of X's form."""
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    for value in node.outputs:
        if value.name:
            atoms.put(value, axes)


def broadcast(node: ir.Node, atoms: Atoms) -> None:
    """``Y[i] = f(A[i], B[i], ...)``, axes aligned at the end: axes of one place are the same, unless one has size 1."""
    operands = [value for value in node.inputs if value is not None]
    atoms.put(node.outputs[0], broadcast_axes(operands, len(atoms.sizes(node.outputs[0]) or ()), atoms))


def broadcast_axes(operands: Sequence[ir.Value], rank: int, atoms: Atoms) -> Axes:
    """The axes of what operands give together; those of computed values decide, constants follow."""
    result: Axes = [None] * rank
    filled = [False] * rank
    largest = _largest(operands, rank, atoms)
    for value in sorted(operands, key=lambda value: value not in atoms.axes and atoms.is_constant(value)):
        sizes = atoms.sizes(value)
        assert sizes is not None
        constant = atoms.is_constant(value)
        reason = f"{value.name!r} is joined with what cannot be cut"
        own = None if constant else atoms.get(value)
        pairs = []
        for axis, size in enumerate(sizes):
            at = rank - len(sizes) + axis
            if size == 1 and largest[at] != 1:
                continue
            if own is None and filled[at]:
                atoms.tie(value, axis, result[at], "follower", reason)
                continue
            ref = atoms.claim(value, axis, "follower") if own is None else own[axis]
            if filled[at]:
                pairs.append((result[at], ref))
            else:
                result[at], filled[at] = ref, True
        atoms.join_all(pairs, reason)
    return result


def _largest(operands: Sequence[ir.Value], rank: int, atoms: Atoms) -> list[int | str | None]:
    """The size of each axis of the result: 1 only where it is 1 in all operands."""
    found: list[int | str | None] = [1] * rank
    for value in operands:
        for axis, size in enumerate(reversed(atoms.sizes(value) or ()), start=1):
            if size != 1:
                found[-axis] = size
    return found


_UNARY = names(
    "Abs Acos Acosh Asin Asinh Atan Atanh BitwiseNot Cast Ceil Celu Clip Cos Cosh Dropout Elu Erf Exp Floor Gelu "
    "HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not Reciprocal Relu Round Selu Shrink Sigmoid "
    "Sign Sin Sinh Softplus Softsign Sqrt Swish Tan Tanh ThresholdedRelu"
)
_BROADCAST = names(
    "Add And BitShift BitwiseAnd BitwiseOr BitwiseXor Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min "
    "Mod Mul Or Pow PRelu Sub Sum Where Xor"
)

NAMES = _UNARY | _BROADCAST
LAWS = {
    **{("", op): unary for op in _UNARY},
    **{("", op): broadcast for op in _BROADCAST},
    **{(MICROSOFT, op): unary for op in names("Gelu QuickGelu")},
    **{(MICROSOFT, op): broadcast for op in names("BiasGelu FastGelu")},
}
