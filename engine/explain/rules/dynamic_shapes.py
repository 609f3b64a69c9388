"""Dynamic shapes that block planning.

Looks for inputs with dimensions that have no fixed size, and layers that then compute shapes in every run: Shape and
Size nodes, and all that is computed from them and constants alone (Gather, Concat, Cast, ... up to an Expand of a
constant). With fixed sizes all of it is a constant that the runtime computes once, when the session is built; it also
plans its memory once.

Cost: the kernels that compute nothing else. Source: ONNX Runtime, "Make dynamic input shape fixed"; its constant
folding, which takes Shape of a value whose dimensions are all known.
"""

from __future__ import annotations

from collections.abc import Sequence

import onnx_ir as ir

from engine.explain.costs import cost_us, leads, share, worth_telling
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import count, names, percent, time
from engine.graph.constants import constant, is_op
from engine.graph.shapes import inputs
from engine.graph.structure import bodies

_WORTH = 0.01
"""Of the kernel time: these kernels are there or they are not, whatever the noise."""


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    dynamic = [info.name for info in inputs(side.model) if any(not isinstance(size, int) for size in info.shape)]
    if not dynamic:
        return ()
    of_shapes = _of_shapes(side)
    kernels = [k for k in side.profile.kernels if k.layers and all(layer in of_shapes for layer in k.layers)]
    us = cost_us(side, kernels)
    if not worth_telling(side, us, _WORTH):
        return ()
    return [
        Reason(
            KEY,
            f"Shapes are computed in every run by {count(len(kernels), 'kernel')}: {time(us)}, "
            f"{percent(share(side, us))} of a run",
            leads(kernels),
            us,
            f"The shape of {names(dynamic)} is not fixed, so shapes are computed anew each time and nothing that "
            "depends on them can be folded or planned ahead.",
            "Fix the input shapes where the model is always run with the same ones.",
            (Remedy("shape", "Fix the input shapes"),),
        )
    ]


def _of_shapes(side: Side) -> frozenset[str]:
    """Layers of the main graph that are computed from shapes and constants alone."""
    found: dict[ir.Node, str] = {}
    for layer, node in zip(side.index.layers, side.index.nodes, strict=True):
        if is_op(node, "Shape", "Size"):
            found[node] = layer.id
        elif not bodies(node) and not node.op_type.startswith("Random"):
            makers = [value.producer() for value in node.inputs if value is not None and constant(value) is None]
            if makers and all(maker is not None and maker in found for maker in makers):
                found[node] = layer.id
    return frozenset(found.values())


KEY = "dynamic_shapes"
RULE = Rule(
    key=KEY,
    title="Dynamic shapes that block planning",
    summary="shapes that are computed in every run because the inputs have no fixed ones",
    find=find,
)
