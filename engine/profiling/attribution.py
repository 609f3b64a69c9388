"""Kernels back to layers.

Tags (``engine.profiling.tagging``) only *anchor* a kernel of the executed graph: its output bears the tag of the value
that it computes, its name bears one of its nodes', or the runtime names the nodes itself. Its layers are the original
nodes reached backward from there until a value is met that the executed graph holds (``engine.profiling.regions``). How
kernels are anchored depends on what the runtime tells: names (``by_tags``) or original layers (``by_originals``).
"""

from __future__ import annotations

from collections.abc import Sequence

import onnx_ir as ir

from engine.backend import ExecutedNode
from engine.graph.layers import LayerIndex
from engine.profiling.by_originals import ByOriginals
from engine.profiling.by_tags import ByTags
from engine.profiling.original import Original
from engine.profiling.owners import Attribution, Owner

__all__ = ["Attribution", "Owner", "attribute"]


def attribute(
    model: ir.Model, index: LayerIndex, executed: Sequence[ExecutedNode], constants: frozenset[str]
) -> Attribution:
    """Owners of all executed nodes.

    Args:
        model: the measured model, untagged; ``index`` has its layers and what they cost.
        executed, constants: of the ``Trace``.
    """
    kind = ByOriginals if any(node.originals for node in executed) else ByTags
    return kind(Original.of(model), index, tuple(executed), constants).run()
