"""8-bit weights, and activations quantized while the model runs.

Weights are int8, symmetric, with a scale for each output channel. The scale and zero point of an activation come from
its smallest and largest element in this very run, so that no calibration data is needed and no value is ever clipped;
the price is one pass over the activation to find them:

    s_x = (max(x, 0) - min(x, 0)) / 255,   z_x = round(-min(x, 0) / s_x),   q_x = saturate(round(x / s_x) + z_x)
    y   = (sum(q_w * (q_x - z_x))) * s_x * s_w + b

It pays for matrix products and LSTMs, whose weights are read once for few activations; in convolutions, which read each
weight for many, the pass and the way to float and back cost what the integers save. ``engine.quantization.dynamic`` has
the ops.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx_ir as ir

from engine.backend import TargetFacts
from engine.options import option
from engine.quantization.dynamic import How, make_dynamic, why_not_dynamic
from engine.quantization.weights import weight_bytes
from engine.report import Report
from engine.scheme import Calibration, Scheme

_WORTH_BYTES = {"MatMul": 65_536, "Gemm": 65_536, "LSTM": 100_000}
"""Of float weights. Measured with ONNX Runtime 1.31 on one AVX512-VNNI core: a product with 128x128 weights is as fast
in integers as in float, one with 256x256 takes 0.4 to 0.9 times as long, an LSTM with 128 hidden states 0.5 times."""


@dataclass(frozen=True)
class Options:
    """What a user may choose; the defaults follow the target."""

    per_channel: bool = option(
        True, label="A scale per channel", help="One weight scale for each output channel instead of one for all."
    )
    activations: Literal["auto", "uint8", "int8"] = option(
        "auto",
        label="Activations",
        help="Element type of activations: uint8 by DynamicQuantizeLinear, int8 by five simple ops; auto takes what "
        "the target multiplies.",
    )
    ops: Literal["auto", "onnx", "microsoft"] = option(
        "auto",
        label="Ops",
        help="microsoft: one op of com.microsoft for each layer; onnx: DynamicQuantizeLinear and MatMulInteger, which "
        "more runtimes know and ONNX Runtime fuses to the same; auto: what the target has.",
    )


def defaults(facts: TargetFacts) -> Options:
    return Options()


def why_not(node: ir.Node) -> str | None:
    return why_not_dynamic(node)


def suits(node: ir.Node, facts: TargetFacts) -> str | None:
    reason = why_not(node)
    if reason is not None:
        return reason
    op = node.op_type
    if op not in facts.dynamic_ops:
        return f"{op}: quantizing activations while the model runs is not faster on {facts.device}"
    if weight_bytes(node) < _WORTH_BYTES[op]:
        return f"{op} with a weight of {weight_bytes(node)} bytes: quantizing its input takes what the integers save"
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
    return make_dynamic(model, {layer_id: _how(options, facts) for layer_id, options in planned.items()}, report)


def _how(options: Options, facts: TargetFacts) -> How:
    one_op = options.ops == "microsoft" or (options.ops == "auto" and "DynamicQuantizeMatMul" in facts.microsoft_ops)
    activations = options.activations
    if activations == "auto":
        activations = "uint8" if one_op else np.dtype(facts.activation_dtype).name  # type: ignore[assignment]
    return How(options.per_channel, activations, one_op and activations == "uint8")


SCHEME = Scheme(
    key="int8_dynamic",
    title="int8 dynamic",
    summary="8-bit weights, activations quantized while the model runs: no calibration data, nothing is clipped; for "
    "matrix products and LSTMs",
    options=Options,
    defaults=defaults,
    why_not=why_not,
    suits=suits,
    wanted=wanted,
    quantize=quantize,
    stage=1,
    left_alone=lambda model, chosen, facts: frozenset(),
)
