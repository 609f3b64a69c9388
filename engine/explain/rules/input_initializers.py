"""Initializers among the graph inputs.

Looks for weights that are also listed as graph inputs in a file of IR version 4 or later. A caller could then feed
other values, so that ONNX Runtime does not treat them as constants: no BatchNormalization is folded into its Conv, no
activation fused, no weight packed or brought into the layout of the fast kernels. (Before IR version 4 all initializers
had to be listed, and they are constants all the same.)

Cost: the kernels that would be gone: BatchNormalization behind Conv, ConvTranspose or Gemm, and the activations behind
these. A lower bound: the weighted layers run without their fast kernels too (a face detector with 244 such
initializers takes 4.25 ms as it is and 1.41 ms without). Source: ONNX IR specification, "Graphs"; ONNX Runtime's
warning "Initializer appears in graph inputs and will not be treated as constant value".
"""

from __future__ import annotations

from collections.abc import Sequence

import onnx_ir as ir

from engine.explain.costs import by_cost, cost_us, share
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import count, percent, time
from engine.graph.attributes import input_of
from engine.graph.constants import is_op
from engine.graph.ops import facts
from engine.profiling.profile import KernelTiming

_OVERRIDABLE_SINCE = 4
_WEIGHTED = ("Conv", "ConvTranspose", "Gemm", "MatMul")
_ACTIVATIONS = ("Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid")


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    # Other runtimes take them as constants all the same.
    by_onnxruntime = any(kernel.provider.endswith("ExecutionProvider") for kernel in side.profile.kernels)
    if not by_onnxruntime or (side.model.ir_version or 0) < _OVERRIDABLE_SINCE:
        return ()
    open_ones = {value for value in side.bound.graph.inputs if value.name in side.bound.graph.initializers}
    blocked = [
        layer.id
        for layer, node in zip(side.index.layers, side.index.nodes, strict=True)
        if (row := facts(node)) is not None and any(input_of(node, p) in open_ones for p in row.parameters)
    ]
    if not blocked:
        return ()
    gone = [kernel for kernel in side.profile.kernels if _would_fuse(side, kernel)]
    us = cost_us(side, gone) if gone else None
    times = {kernel.lead: kernel.median_us for kernel in side.profile.kernels if kernel.lead is not None}
    return [
        Reason(
            KEY,
            f"{count(len(open_ones), 'initializer')} among the inputs: "
            + (f"at least {time(us)}, {percent(share(side, us))} of a run" if us else "they block fusion"),
            by_cost((layer, times.get(layer, 0.0)) for layer in blocked),
            us,
            "A caller could feed other weights, so the runtime takes none of them as constant: it neither folds nor "
            f"packs them. {count(len(blocked), 'layer')} cannot use the fast kernels"
            + (f", and {count(len(gone), 'kernel')} run that would be fused." if gone else "."),
            "Take the initializers out of the inputs: clean does.",
            (Remedy("clean", "Clean the model"),),
        )
    ]


def _would_fuse(side: Side, kernel: KernelTiming) -> bool:
    if kernel.lead is None or kernel.inserted:
        return False
    node = side.index.node(kernel.lead)
    producer = _producer(node)
    if is_op(node, "BatchNormalization"):
        return is_op(producer, *_WEIGHTED)
    if is_op(node, *_ACTIVATIONS):
        return is_op(producer, *_WEIGHTED, "BatchNormalization")
    return False


def _producer(node: ir.Node) -> ir.Node | None:
    value = input_of(node, 0)
    return None if value is None or len(value.uses()) != 1 else value.producer()


KEY = "input_initializers"
RULE = Rule(
    key=KEY,
    title="Initializers among the graph inputs",
    summary="weights that a caller could override, so that nothing is folded, fused or packed",
    find=find,
)
