"""QuantizeLinear and DequantizeLinear: each element by itself, with scales of all or of each channel.

Integer weights lose channels as float ones do: their codes stay as they are, and the scales of the other channels are
what they were. Ranges that were calibrated for an activation hold for fewer of its channels too, if wider than needed.
"""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.attributes import int_of
from engine.graph.ops import MICROSOFT, names
from engine.pruning.atoms import Atoms

_BLOCKED = "its scales are of blocks of channels"
_FIXED = "its scales cannot be cut"


def linear(node: ir.Node, atoms: Atoms) -> None:
    """``Y[i] = f(X[i], scale, zero_point)``; scales in a vector have X's axis ``axis``."""
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    for value in node.inputs[1:3]:
        sizes = None if value is None else atoms.sizes(value)
        if value is None or not sizes or sizes == (1,):
            continue
        if len(sizes) > 1:
            for ref in axes:
                atoms.freeze(ref, _BLOCKED)
            break
        atoms.tie(value, 0, axes[int_of(node, "axis", 1)], "follower", _FIXED)
    atoms.put(node.outputs[0], axes)


def dynamic(node: ir.Node, atoms: Atoms) -> None:
    """DynamicQuantizeLinear takes its scale from the extremes of all elements: another where channels are gone."""
    data = node.inputs[0]
    assert data is not None
    axes = atoms.get(data)
    assert axes is not None
    for ref in axes:
        atoms.note_inexact(ref, "the scale is taken from the extremes of all channels")
    atoms.put(node.outputs[0], axes)
    for value in node.outputs[1:]:
        atoms.put(value, [None] * len(atoms.sizes(value) or ()))


LAWS = {
    **{(domain, op): linear for domain in ("", MICROSOFT) for op in names("QuantizeLinear DequantizeLinear")},
    ("", "DynamicQuantizeLinear"): dynamic,
}
