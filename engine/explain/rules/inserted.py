"""Casts and layout reorders that the runtime inserted.

Looks for kernels that no layer asked for (``KernelTiming.inserted``): ONNX Runtime's Convs want channels in blocks of
16 or 8 (ReorderInput, ReorderOutput around them), its integer Convs channels last (Transpose), kernels without the
model's type a Cast on both sides. Each moves a whole tensor. Left to other rules: Q/DQ (``unfused_qdq``), Casts of a
float16 model (``float16``), copies between devices (``fallback``).

Cost: the sum of these kernels, by the layers that they were inserted for. Source: ONNX Runtime's
``NchwcTransformer``, ``NhwcTransformer``, ``InsertCastTransformer``.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import cost_us, leads, share, worth_telling
from engine.explain.quantized import DEQUANTIZE, QUANTIZE
from engine.explain.reason import Evidence, Reason, Rule, Side
from engine.explain.rules.float16 import is_half
from engine.explain.wording import count, names, percent, time
from engine.profiling.profile import KernelTiming

_LAYOUT_SHARE = 0.05
"""Of the kernel time: the edges of a model alone, where its own layout is given, take a few percent."""


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    inserted = [k for k in side.profile.kernels if k.inserted and not k.copy and k.op not in (QUANTIZE, DEQUANTIZE)]
    casts = [kernel for kernel in inserted if kernel.op == "Cast"]
    layout = [kernel for kernel in inserted if kernel.op != "Cast"]
    found = [_layout(side, layout)] if worth_telling(side, cost_us(side, layout), _LAYOUT_SHARE) else []
    if worth_telling(side, cost_us(side, casts)) and not is_half(side):
        found.append(_casts(side, casts))
    return found


def _layout(side: Side, kernels: Sequence[KernelTiming]) -> Reason:
    us = cost_us(side, kernels)
    layers = leads(kernels)
    ops = sorted({kernel.op for kernel in kernels}, key=lambda op: -sum(k.median_us for k in kernels if k.op == op))
    return Reason(
        KEY,
        f"{count(len(kernels), 'layout change')} inserted: {time(us)}, {percent(share(side, us))} of a run",
        layers,
        us,
        f"The runtime inserted {names(ops)} for {count(len(layers), 'layer')}, whose kernels want another memory "
        "layout than the values come in.",
        _way_out(side, ops[0]),
    )


def _way_out(side: Side, op: str) -> str:
    if is_half(side):
        return "They come with the Casts: in float32 more of these layers fuse and keep one layout."
    if op == "Transpose":
        return (
            "Quantize the float layers between integer ones as well, or keep both in float: each kind has its layout."
        )
    if op.startswith("Reorder"):
        return (
            "Convs, poolings, activations and additions of equal shapes keep the blocked layout; Slice, Transpose, "
            "Gather, Reshape and broadcasting between them force the way there and back."
        )
    return "Fewer changes of shape and layout in the model need fewer of them; clean removes those without effect."


def _casts(side: Side, kernels: Sequence[KernelTiming]) -> Reason:
    us = cost_us(side, kernels)
    return Reason(
        KEY,
        f"{count(len(kernels), 'cast')} inserted: {time(us)}, {percent(share(side, us))} of a run",
        leads(kernels),
        us,
        "The runtime has no kernel for these layers in the model's element type and converts before and after them.",
        "Export the model in an element type that the device computes in, float32 on processors.",
    )


KEY = "inserted"
RULE = Rule(
    key=KEY,
    title="Casts and layout reorders that the runtime inserted",
    summary="kernels that no layer asked for and that only rearrange or convert values",
    find=find,
)
