"""What a law is given: the input that has the channels, its axes and sizes; and axes that nothing can be cut from."""

from __future__ import annotations

from collections.abc import Sequence

import onnx_ir as ir

from engine.pruning.atoms import Atoms, Axes, Ref, Sizes


def data_of(node: ir.Node) -> ir.Value:
    data = node.inputs[0]
    assert data is not None
    return data


def axes_of(value: ir.Value, atoms: Atoms) -> Axes:
    axes = atoms.get(value)
    assert axes is not None
    return axes


def sizes_of(value: ir.Value, atoms: Atoms) -> Sizes:
    sizes = atoms.sizes(value)
    assert sizes is not None
    return sizes


def frozen(refs: Sequence[Ref], reason: str, rank: int, atoms: Atoms) -> Axes:
    for ref in refs:
        atoms.freeze(ref, reason)
    return [None] * rank
