"""Pools and what changes the size of images: each channel by itself."""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.attributes import input_of, ints_of
from engine.graph.ops import names
from engine.pruning.atoms import Atoms, Axes, Kept
from engine.pruning.integers import elements, write

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


def resize(node: ir.Node, atoms: Atoms) -> None:
    """Positions are interpolated; an axis that keeps its size keeps its channels. ``sizes`` follow a cut."""
    data, out = node.inputs[0], node.outputs[0]
    assert data is not None
    axes, before, after = atoms.get(data), atoms.sizes(data), atoms.sizes(out)
    assert axes is not None and before is not None and after is not None
    found: Axes = []
    for ref, size, new in zip(axes, before, after, strict=True):
        if size != new:
            atoms.freeze(ref, "it interpolates between them")
        found.append(ref if size == new else None)
    atoms.put(out, found)
    if input_of(node, 3) is not None:
        atoms.mend(lambda kept: _resize(node, found, kept), *found, *atoms.made_of(input_of(node, 3)))


def _resize(node: ir.Node, axes: Axes, kept: Kept) -> None:
    listed = ints_of(node, "axes") or tuple(range(len(axes)))
    at = {axis % len(axes): number for number, axis in enumerate(listed)}
    new = {at[axis]: kept.count(ref) for axis, ref in enumerate(axes) if ref is not None and axis in at}
    sizes = input_of(node, 3)
    known = elements(sizes) if sizes is not None and sizes.const_value is not None else None
    if new:
        write(node, 3, new, known or (None,) * len(listed), kept.names)


LAWS = {
    ("", "Resize"): resize,
    ("", "Upsample"): resize,
    **{("", op): pool for op in names("AveragePool MaxPool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool")},
}
