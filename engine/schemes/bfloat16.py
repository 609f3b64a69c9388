"""Brain float: layers compute in bfloat16.

bfloat16 has the range of float32 and 8 significant bits: nothing overflows, but only about 50 dB of a layer's output
survive, 20 less than in float16.

    y = bfloat16(W) * bfloat16(x),   with Casts where values cross between bfloat16 and float32 layers

Few runtimes execute such a file, so that it is refused where the target's facts do not have the type. OpenVINO computes
in bfloat16 by itself on processors that can; there a bfloat16 file only takes half the room. Convolutions take the type
from opset 22 on, to which the model is converted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.unchanged import kept
from engine.options import option
from engine.quantization.half import NEWEST, How, make_half, ports
from engine.quantization.raise_model import raised
from engine.report import Report
from engine.scheme import Calibration, Scheme


@dataclass(frozen=True)
class Options:
    """What a user may choose."""

    keep_io: bool = option(
        True,
        label="Inputs and outputs in float32",
        help="Whoever calls the model need not know; no changes those inputs and outputs that only such layers use.",
    )


def defaults(facts: TargetFacts) -> Options:
    return Options()


@kept
def why_not(node: ir.Node) -> str | None:
    found = ports(node, "bfloat16")
    return found if isinstance(found, str) else None


def suits(node: ir.Node, facts: TargetFacts) -> str | None:
    return why_not(node) or _unknown_there(facts)


def _unknown_there(facts: TargetFacts) -> str | None:
    if "bfloat16" in facts.half_types:
        return None
    return f"{facts.device} does not compute in bfloat16: it could not run the file"


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
    reason = _unknown_there(facts)
    if reason is None and planned:
        model, refused = raised(model, NEWEST)
        if refused is not None:
            reason = f"bfloat16 needs opset {NEWEST}, to which the model cannot be converted ({refused})"
    if reason is not None:
        for layer_id in planned:
            report.skip(layer_id, reason)
        return model
    keep_io = all(options.keep_io for options in planned.values())
    return make_half(model, dict.fromkeys(planned, How()), "bfloat16", keep_io, report)


SCHEME = Scheme(
    key="bfloat16",
    title="bfloat16",
    summary="half the bits at the range of float32, for the few targets that compute in it",
    options=Options,
    defaults=defaults,
    why_not=why_not,
    suits=suits,
    wanted=wanted,
    quantize=quantize,
    stage=2,
)
