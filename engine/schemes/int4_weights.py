"""4-bit weights in blocks, float activations.

B weights that are summed in one product share a scale (and, asymmetric, a zero point):

    w' = s[channel, block] * (q - z[channel, block])

    symmetric:   q in -7..7,  s = max|w| / 7;        asymmetric:  q in 0..15,  s = (max - min) / 15

so that a weight takes 4 + 32 / B bits (and 4 / B more with zero points). About 20 dB of a Gaussian weight survive, one
decibel more in blocks of 32 than of 128. MatMul and Gemm become com.microsoft's MatMulNBits where the target has it,
which multiplies the codes; embeddings become GatherBlockQuantized; else weights stand behind a DequantizeLinear with
blocks (opset 21), or are unpacked when the model is loaded (``engine.quantization.decode``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.layers import index_layers
from engine.options import option
from engine.quantization.blocks import FEW_ROWS, fits_product, lookup, product, rows_of
from engine.quantization.decode import Form, is_fused
from engine.quantization.raise_model import raised
from engine.quantization.weights import Slot, block_for, padded_block, weight_bytes, weight_slots
from engine.quantization.weights_only import Coding, Job, store
from engine.report import Report
from engine.scheme import Calibration, Scheme

OPSET = 21
"""The first with 4-bit tensors and blocks."""
_WORTH_BYTES = 4096
_PRODUCTS = ("MatMul", "Gemm")


@dataclass(frozen=True)
class Options:
    """What a user may choose; the defaults follow the target."""

    block: Literal["16", "32", "64", "128", "256"] = option(
        "32", label="Block size", help="Weights that share a scale: smaller is more exact and takes more room."
    )
    symmetric: bool = option(True, label="Symmetric", help="No zero points: the weights of a block range around zero.")
    search: bool = option(
        True,
        label="Search scales",
        help="Clip the largest weights of a block where that makes the squared error of all smaller.",
    )
    form: Literal["auto", "MatMulNBits", "DequantizeLinear"] = option(
        "auto",
        label="Form",
        help="MatMulNBits and GatherBlockQuantized are ops of com.microsoft with fast kernels; DequantizeLinear with "
        "blocks is ONNX's own and needs opset 21; auto: what the target has.",
    )
    accuracy_level: int | None = option(
        None,
        label="Accuracy level",
        help="Of MatMulNBits: 4 quantizes activations to int8 on the way, 1 computes in float32; empty: what is fast.",
        minimum=0,
        maximum=4,
    )


def defaults(facts: TargetFacts) -> Options:
    return Options()


def why_not(node: ir.Node) -> str | None:
    found = weight_slots(node)
    return found if isinstance(found, str) else None


def suits(node: ir.Node, facts: TargetFacts) -> str | None:
    slots = weight_slots(node)
    if isinstance(slots, str):
        return slots
    op = node.op_type
    if op not in (*_PRODUCTS, "Gather"):
        return f"{op}: 4-bit weights have no kernel and only make the file smaller; {op} is treated where it is named"
    if weight_bytes(node) < _WORTH_BYTES:
        return f"{op} with a weight of {weight_bytes(node)} bytes: there is nothing to save"
    return None


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
    index = index_layers(model)
    new_types = {
        layer_id
        for layer_id, options in planned.items()
        if not isinstance(weight_slots(index.node(layer_id)), str)
        and not _as_product(index.node(layer_id), options, facts)
    }
    model, refused = raised(model, OPSET) if new_types else (model, None)
    if refused is not None:
        for layer_id in sorted(new_types):
            report.skip(
                layer_id, f"4-bit tensors need opset {OPSET}, to which the model cannot be converted ({refused})"
            )
        planned = {layer_id: options for layer_id, options in planned.items() if layer_id not in new_types}

    def replace(job: Job) -> bool:
        coding = _coding(job, job.slots[0])
        if _as_product(job.node, job.options, facts):
            level = job.options.accuracy_level
            fast = 4 if "MatMul" in facts.dynamic_ops else 0
            product(job, coding, fast if level is None else level, packed)
            return True
        if job.node.op_type == "Gather" and coding.block and _microsoft("GatherBlockQuantized", job.options, facts):
            lookup(job, coding)
            return True
        return False

    def _coding(job: Job, slot: Slot) -> Coding:
        options, shape = job.options, job.weight(slot).shape
        fitting = padded_block if _as_product(job.node, options, facts) else block_for
        block = fitting(shape[slot.summed], int(options.block))
        return Coding(4, slot.channels, slot.summed, block, options.symmetric, options.search, _form(job.node, slot))

    def describe(job: Job) -> str:
        coding = _coding(job, job.slots[0])
        each = f"in blocks of {coding.block}" if coding.block else "per channel"
        kind = "int4" if coding.symmetric else "uint4"
        multiplied = _as_product(job.node, job.options, facts) or coding.form == "dequantize"
        if job.node.op_type == "Gather":
            return f"{kind} rows {each}"
        if not multiplied:
            return f"{kind} weights {each} in the file, float32 in memory: as fast as before"
        slow = f"; slower than float for its {rows_of(job.node)} rows of activations"
        return f"{kind} weights {each}" + (slow if rows_of(job.node) > FEW_ROWS else "")

    return store(model, planned, report, coding=_coding, replace=replace, describe=describe)


def _microsoft(op: str, options: Options, facts: TargetFacts) -> bool:
    return options.form == "MatMulNBits" or (options.form == "auto" and op in facts.microsoft_ops)


def _as_product(node: ir.Node, options: Options, facts: TargetFacts) -> bool:
    slots = weight_slots(node)
    if node.op_type not in _PRODUCTS or isinstance(slots, str) or not _microsoft("MatMulNBits", options, facts):
        return False
    return fits_product(node, _rank(node, slots[0]), slots[0].position)


def _rank(node: ir.Node, slot: Slot) -> int:
    value = node.inputs[slot.position]
    assert value is not None and value.shape is not None
    return len(value.shape)


def _form(node: ir.Node, slot: Slot) -> Form:
    return "dequantize" if is_fused(node, slot) else "unpack"


SCHEME = Scheme(
    key="int4_weights",
    title="int4 weights",
    summary="4-bit weights in blocks, float activations: an eighth of the file without calibration data, for large "
    "matrix products and embeddings",
    options=Options,
    defaults=defaults,
    why_not=why_not,
    suits=suits,
    wanted=wanted,
    quantize=quantize,
    stage=1,
)
