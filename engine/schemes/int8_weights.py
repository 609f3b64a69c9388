"""8-bit weights, float activations.

A weight is stored as int8 codes, symmetric, with a scale for each output channel, and decoded in front of the layer:

    w' = s[channel] * q,   q = round(w / s),   s = max|w[channel]| / 127,   |w - w'| <= s / 2

The file shrinks to about a quarter. What else happens is up to the runtime (``engine.quantization.decode`` has the
measurements): ONNX Runtime multiplies codes themselves in MatMul and Gemm (it quantizes activations in blocks on the
way, and is faster than float), and holds all other weights in float32 in memory once the session is loaded, so that
those layers run exactly as fast as before. The rows of an embedding (Gather) are decoded after they were looked up;
the table stays in 8 bits in memory too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import onnx_ir as ir

from engine.backend import TargetFacts
from engine.options import option
from engine.quantization.decode import Form
from engine.quantization.rows import gather_codes
from engine.quantization.weights import Slot, weight_bytes, weight_slots
from engine.quantization.weights_only import Coding, Job, store
from engine.report import Report
from engine.scheme import Calibration, Scheme

_WORTH_BYTES = 2048
"""Below this the names and shapes of the new nodes take what the codes save."""


@dataclass(frozen=True)
class Options:
    """What a user may choose."""

    per_channel: bool = option(
        True, label="A scale per channel", help="One scale for each output channel instead of one for all."
    )
    form: Literal["auto", "dequantize", "unpack"] = option(
        "auto",
        label="Decoded",
        help="dequantize: a DequantizeLinear, which ONNX Runtime fuses into MatMul and Gemm but runs again at every "
        "run in front of other layers; unpack: Cast and Mul, which it computes once when it loads the model, so that "
        "only the file is smaller; auto: whichever is faster.",
    )


def defaults(facts: TargetFacts) -> Options:
    return Options()


def why_not(node: ir.Node) -> str | None:
    found = weight_slots(node)
    return found if isinstance(found, str) else None


def suits(node: ir.Node, facts: TargetFacts) -> str | None:
    reason = why_not(node)
    if reason is None and weight_bytes(node) < _WORTH_BYTES:
        return f"{node.op_type} with a weight of {weight_bytes(node)} bytes: there is nothing to save"
    return reason


def wanted(model: ir.Model, layer_ids: frozenset[str]) -> frozenset[str]:
    return frozenset()


def quantize(
    model: ir.Model,
    planned: Mapping[str, Any],
    kept: frozenset[str],
    calibration: Calibration,
    facts: TargetFacts,
    report: Report,
) -> ir.Model:
    return store(model, planned, report, coding=_coding, replace=_replace, describe=_describe)


def _form(job: Job, slot: Slot) -> Form:
    form = job.options.form
    if form != "auto":
        return "dequantize" if form == "dequantize" else "unpack"
    fused = job.node.op_type in ("MatMul", "Gemm") and slot.position == 1 and job.weight(slot).ndim == 2
    return "dequantize" if fused else "unpack"


def _coding(job: Job, slot: Slot) -> Coding:
    channels = slot.channels if job.options.per_channel else None
    return Coding(8, channels, slot.summed, 0, True, False, _form(job, slot))


def _replace(job: Job) -> bool:
    if job.node.op_type != "Gather" or job.options.form != "auto":
        return False
    gather_codes(job, _coding(job, job.slots[0]))
    return True


def _describe(job: Job) -> str:
    each = " per channel" if job.options.per_channel else ""
    if job.node.op_type == "Gather" and job.options.form == "auto":
        return f"int8 rows{each}, decoded after the lookup"
    if _form(job, job.slots[0]) == "unpack":
        return f"int8 weights{each} in the file, float32 in memory: as fast as before"
    return f"int8 weights{each}, float activations"


SCHEME = Scheme(
    key="int8_weights",
    title="int8 weights",
    summary="8-bit weights and float activations: a quarter of the file without calibration data; faster where the "
    "runtime multiplies codes (MatMul, Gemm), as fast as before elsewhere",
    options=Options,
    defaults=defaults,
    why_not=why_not,
    suits=suits,
    wanted=wanted,
    quantize=quantize,
    stage=1,
)
