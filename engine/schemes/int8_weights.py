"""8-bit weights, float activations.

A weight is stored as int8 codes, symmetric, with a scale for each output channel, and decoded in front of the layer:

    w' = s[channel] * q,   q = round(w / s),   s = max|w[channel]| / 127,   |w - w'| <= s / 2

The file shrinks to about a quarter. What else happens is up to the runtime (``engine.quantization.decode`` and
``blocks`` have the measurements): where a MatMul or Gemm has a large weight and few rows of activations, ONNX Runtime
multiplies the codes themselves, in blocks with a scale each, quantizing activations on the way; that is faster than
float. All other weights it holds in float32 once the session is loaded, so that those layers take the memory and the
time that they took before. The rows of an embedding
(Gather) are decoded after they were looked up; the table stays in 8 bits in memory too.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import replace as replace_fields
from typing import Any, Literal

import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.constants import is_op
from engine.options import option
from engine.quantization.blocks import FEW_ROWS, fits_product, product, rows_of
from engine.quantization.decode import Form, is_fused
from engine.quantization.rows import gather_codes
from engine.quantization.weights import Slot, padded_block, weight_bytes, weight_slots
from engine.quantization.weights_only import Coding, Job, store
from engine.report import Report
from engine.scheme import Calibration, Scheme

_WORTH_BYTES = 2048
"""Below this the names and shapes of the new nodes take what the codes save."""
_LARGE_BYTES = 256 * 1024
"""Of a float weight: a smaller one is in the processor's cache, where reading less of it saves nothing (measured)."""


@dataclass(frozen=True)
class Options:
    """What a user may choose."""

    per_channel: bool = option(
        True, label="A scale per channel", help="One scale for each output channel instead of one for all."
    )
    form: Literal["auto", "MatMulNBits", "DequantizeLinear", "unpack"] = option(
        "auto",
        label="Form",
        help="MatMulNBits: com.microsoft's op that multiplies codes, for MatMul and Gemm; DequantizeLinear: ONNX's "
        "own, which ONNX Runtime fuses into some of them and runs again at every run in front of other layers; unpack: "
        "Cast and Mul, which it computes once when it loads the model, so that only the file is smaller; auto: "
        "whichever is fastest.",
    )
    block: Literal["16", "32", "64", "128", "256"] = option(
        "128",
        label="Block size",
        help="With MatMulNBits: inputs of a channel that share a scale; larger is smaller and faster.",
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
    packed: dict[object, list[ir.Value]] = {}

    def replace(job: Job) -> bool:
        (slot, *_), coding = job.slots, _coding(job, job.slots[0])
        if _as_product(job, facts):
            product(job, replace_fields(coding, channels=slot.channels, block=_block(job, slot)), 4, packed)
            return True
        if job.node.op_type == "Gather" and job.options.form == "auto":
            gather_codes(job, coding)
            return True
        return False

    def describe(job: Job) -> str:
        each = " per channel" if job.options.per_channel else ""
        if _as_product(job, facts):
            return f"int8 weights in blocks of {_block(job, job.slots[0])}, multiplied as they are"
        if job.node.op_type == "Gather" and job.options.form == "auto":
            return f"int8 rows{each}, decoded after the lookup"
        if _form(job, job.slots[0]) == "unpack":
            return f"int8 weights{each} in the file, float32 in memory: as fast as before"
        return f"int8 weights{each}, dequantized in front of the layer"

    return store(model, planned, report, coding=_coding, replace=replace, describe=describe)


def _as_product(job: Job, facts: TargetFacts) -> bool:
    form, (slot, *_) = job.options.form, job.slots
    if not is_op(job.node, "MatMul", "Gemm") or not fits_product(job.node, job.weight(slot).ndim, slot.position):
        return False
    gains = job.weight(slot).nbytes >= _LARGE_BYTES and rows_of(job.node) <= FEW_ROWS
    return form == "MatMulNBits" or (form == "auto" and gains and "MatMulNBits" in facts.microsoft_ops)


def _block(job: Job, slot: Slot) -> int:
    return padded_block(job.weight(slot).shape[slot.summed], int(job.options.block))


def _form(job: Job, slot: Slot) -> Form:
    form = job.options.form
    if form == "auto":
        gains = job.weight(slot).nbytes >= _LARGE_BYTES and rows_of(job.node) <= FEW_ROWS
        return "dequantize" if gains and is_fused(job.node, slot) else "unpack"
    return "dequantize" if form == "DequantizeLinear" else "unpack"


def _coding(job: Job, slot: Slot) -> Coding:
    channels = slot.channels if job.options.per_channel else None
    return Coding(8, channels, slot.summed, 0, True, False, _form(job, slot))


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
