"""Pools and what changes the size of images: each channel by itself."""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.ops import names
from engine.pruning.atoms import Atoms

_SPATIAL = "it pools over these positions, of which none can go"


def pool(node: ir.Node, atoms: Atoms) -> None:
    """``Y[n, c, ...]`` from windows of ``X[n, c, ...]``: the first two axes stay.

    The indices that MaxPool gives back number all elements, channels included.
    """
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    for ref in axes[2:]:
        atoms.freeze(ref, _SPATIAL)
    atoms.put(node.outputs[0], [*axes[:2], *[None] * (len(axes) - 2)])
    for value in node.outputs[1:]:
        if value.uses() or value.is_graph_output():
            atoms.freeze(axes[1], "the indices that it gives back number the channels")
            atoms.put(value, [None] * len(axes))


LAWS = {("", op): pool for op in names("AveragePool MaxPool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool")}
