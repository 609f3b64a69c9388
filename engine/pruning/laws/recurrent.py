"""Recurrent layers: they sum over the inputs and over their own hidden units, and make the hidden units.

W is ``[directions, gates * hidden, inputs]``, R ``[directions, gates * hidden, hidden]``, B ``[directions, 2 * gates *
hidden]``, P of an LSTM ``[directions, 3 * hidden]``. A hidden unit has its row in every gate, and goes from both
directions, which have one ``hidden_size``.
"""

from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.pruning.atoms import Atoms, Axes, Axis, Kept, Ref

_GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
_FIXED = "its inputs cannot be cut"


def recurrent(node: ir.Node, atoms: Atoms) -> None:
    """``H[t] = f(W X[t] + R H[t-1] + B)``: W's axis 2 is X's; R's axis 2 and the rows of each gate are Y's last."""
    data, w, r = node.inputs[0], node.inputs[1], node.inputs[2]
    assert data is not None and w is not None and r is not None
    axes = atoms.get(data)
    assert axes is not None
    gates = _GATES[node.op_type]
    atoms.tie(w, 2, axes[2], "consumer", _FIXED)
    atoms.reads_channels(node, 0, 2)
    hidden = atoms.claim(r, 2, "consumer")
    atoms.reads_channels(node, 2, 2)
    for position, axis, times in ((1, 1, gates), (2, 1, gates), (3, 1, 2 * gates), (7, 1, 3)):
        value = input_of(node, position)
        if value is not None:
            atoms.tie(value, axis, _repeated(hidden, times, atoms), "producer", _FIXED)
            atoms.tie(value, 0, None, "producer", "each direction has its own")
    for position in (5, 6):
        value = input_of(node, position)
        if value is not None:
            atoms.tie(value, 2, hidden, "follower", f"it starts with {value.name!r}, of which nothing can be cut")
    _outputs(node, axes, hidden, atoms)
    _count_units(node, atoms, hidden)


def _repeated(ref: Axis, times: int, atoms: Atoms) -> Axis:
    return None if ref is None else Ref(np.tile(atoms.collapse(ref), times), 0)


def _outputs(node: ir.Node, axes: Axes, hidden: Axis, atoms: Atoms) -> None:
    """Y is [steps, directions, batch, hidden], with ``layout`` 1 [batch, steps, directions, hidden]."""
    first, second = axes[:2]
    by_batch = bool(int_of(node, "layout", 0))
    batch = first if by_batch else second
    for number, value in enumerate(node.outputs):
        if not value.name:
            continue
        if number == 0:
            atoms.put(value, [first, second, None, hidden] if by_batch else [first, None, second, hidden])
        else:
            atoms.put(value, [batch, None, hidden] if by_batch else [None, batch, hidden])


def _count_units(node: ir.Node, atoms: Atoms, hidden: Axis) -> None:
    def mend(kept: Kept) -> None:
        assert hidden is not None
        node.attributes["hidden_size"] = ir.AttrInt64("hidden_size", kept.count(hidden))

    atoms.mend(mend, hidden)


LAWS = {("", op): recurrent for op in _GATES}
