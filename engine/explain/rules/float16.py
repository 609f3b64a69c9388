"""A float16 model on a device that computes in float32.

Looks for layers of type float16 or bfloat16 around which the runtime inserted Casts. ONNX Runtime has hardly any
float16 kernels for processors: it casts the inputs to float32 and the results back, and what it fuses in a float32
model (a Clip or Relu into its Conv) stays a kernel of its own, since the Casts came between.

Cost: the inserted Casts, and the activations directly behind a Conv or Gemm that ran by themselves. What the missing
fusion costs the Conv itself, and reorders of layout (``inserted``), are not in it. Source: ONNX Runtime's
``InsertCastTransformer``.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import cost_us, share
from engine.explain.reason import Evidence, Reason, Rule, Side
from engine.explain.wording import count, percent, time
from engine.graph.attributes import input_of
from engine.graph.constants import is_op
from engine.graph.ops import facts
from engine.profiling.profile import KernelTiming

_HALF = frozenset({"float16", "bfloat16"})
_FUSES = ("Relu", "Clip", "LeakyRelu", "Sigmoid", "Tanh", "HardSigmoid")


def is_half(side: Side) -> bool:
    """Whether layers are of a 16-bit float type that the runtime casts to another one."""
    halves = any(layer.dtype in _HALF for layer in side.index.layers)
    return halves and any(kernel.inserted and kernel.op == "Cast" for kernel in side.profile.kernels)


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    if not is_half(side):
        return ()
    casts = [kernel for kernel in side.profile.kernels if kernel.inserted and kernel.op == "Cast"]
    alone = [kernel for kernel in side.profile.kernels if _did_not_fuse(side, kernel)]
    us = cost_us(side, [*casts, *alone])
    layers = tuple(
        timing.id for timing in sorted(side.profile.layers, key=lambda t: -t.median_us) if _cast(side, timing.id)
    )
    dtype = next(layer.dtype for layer in side.index.layers if layer.dtype in _HALF)
    return [
        Reason(
            KEY,
            f"{dtype} runs as float32 here: {time(us)}, {percent(share(side, us))} of a run",
            layers,
            us,
            f"The device has no {dtype} kernels for {count(len(layers), 'layer')}, so the runtime inserted "
            f"{count(len(casts), 'Cast')} and computes in float32"
            + (f"; {count(len(alone), 'activation')} did not fuse into the layer before" if alone else "")
            + ".",
            "Use the float32 model on this device, or quantize that one to int8.",
        )
    ]


def _cast(side: Side, layer_id: str) -> bool:
    row = facts(side.index.node(layer_id))
    return side.index.by_id[layer_id].dtype in _HALF and row is not None and bool(row.weights)


def _did_not_fuse(side: Side, kernel: KernelTiming) -> bool:
    """Whether it is an activation by itself, behind a layer into which it fuses in float32."""
    if kernel.op not in _FUSES or kernel.lead is None:
        return False
    node = side.index.node(kernel.lead)
    value = input_of(node, 0)
    producer = None if value is None else value.producer()
    return is_op(node, *_FUSES) and is_op(producer, "Conv", "Gemm") and value is not None and len(value.uses()) == 1


KEY = "float16"
RULE = Rule(
    key=KEY,
    title="float16 without kernels",
    summary="a 16-bit float model on a device that casts it to float32 and back",
    find=find,
)
