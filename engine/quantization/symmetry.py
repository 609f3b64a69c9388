"""Which values must be rounded without a zero point, because a kernel that reads them takes none.

The op types are in ``TargetFacts.symmetric_ops``. Such a value gets int8 with zero point 0, or the unsigned type where
it is never negative, as after a Relu; the second operand of a product of two activations gets int8 in any case. What
only moves elements on the way there passes the wish on to where the value is made, so that it is rounded once.
"""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import Literal

import onnx_ir as ir

from engine.quantization.roles import activation_inputs, is_constant, role

Wish = Literal["int8", "no zero point"]


def symmetric_values(nodes: Iterable[ir.Node], kept: Set[ir.Node], ops: frozenset[str]) -> dict[ir.Value, Wish]:
    """The wishes of those of the nodes whose op types are in ``ops``; nothing passes through the nodes in ``kept``."""
    wishes: dict[ir.Value, Wish] = {}
    for node in nodes:
        found = role(node)
        if node.op_type not in ops or isinstance(found, str) or (node.op_type == "MatMul" and found.kind != "product"):
            continue
        for number, position in enumerate(activation_inputs(node, found)):
            _wish(node.inputs[position], "int8" if number else "no zero point", kept, wishes)
    return wishes


def _wish(value: ir.Value | None, wish: Wish, kept: Set[ir.Node], wishes: dict[ir.Value, Wish]) -> None:
    while value is not None and not is_constant(value):
        if wishes.get(value) != "int8":
            wishes[value] = wish
        producer = value.producer()
        found = role(producer) if producer is not None else ""
        if producer is None or producer in kept or isinstance(found, str) or found.kind != "move":
            return
        value = producer.inputs[0]
