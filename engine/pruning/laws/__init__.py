"""The laws: how channels cross each op. One file for each family, one function for each op, each with its law.

A law reads the axes of the node's inputs and puts those of its outputs (``engine.pruning.atoms``). It says what is the
same, what is summed over, what cannot be cut, and leaves behind how the node is set right after a cut.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.graph.ops import STANDARD_DOMAINS
from engine.pruning.laws import (
    convolution,
    elementwise,
    linear,
    moving,
    normalization,
    pooling,
    quantized,
    recurrent,
    reduction,
    reshaping,
    selecting,
)

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.pruning.atoms import Atoms

Law = Callable[["ir.Node", "Atoms"], None]

_FAMILIES = (
    convolution,
    elementwise,
    linear,
    moving,
    normalization,
    pooling,
    quantized,
    recurrent,
    reduction,
    reshaping,
    selecting,
)
LAWS: dict[tuple[str, str], Law] = {key: law for family in _FAMILIES for key, law in family.LAWS.items()}


def law_of(node: ir.Node) -> Law | None:
    """The law of a node's op, None where it is not understood."""
    domain = "" if node.domain in STANDARD_DOMAINS else node.domain
    return LAWS.get((domain, node.op_type))
