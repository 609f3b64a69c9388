"""Half precision: layers compute in float16.

float16 has 11 significant bits: about 70 dB of a layer's output survive, so that no calibration and seldom a check is
needed; what matters is its range, 6.0e-8 to 65504. A layer with a constant beyond it is refused (or the constant set to
the limit); activations beyond it become infinite, which only a comparison on data shows.

    y = float16(W) * float16(x),   with Casts where values cross between float16 and float32 layers

It halves the file everywhere. Speed it brings on GPUs, NPUs and ARM; ONNX Runtime has no float16 kernels for x86
processors and casts everything back to float32, weights once and activations at every run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.unchanged import kept
from engine.options import option
from engine.quantization.half import How, make_half, ports
from engine.report import Report
from engine.scheme import Calibration, Scheme


@dataclass(frozen=True)
class Options:
    """What a user may choose."""

    keep_io: bool = option(
        True,
        label="Inputs and outputs in float32",
        help="Whoever calls the model need not know; no changes those inputs and outputs that only float16 layers use.",
    )
    out_of_range: Literal["refuse", "saturate"] = option(
        "refuse",
        label="Constants beyond the range",
        help="refuse: such a layer stays in float32; saturate: the constant becomes the largest float16.",
    )


def defaults(facts: TargetFacts) -> Options:
    return Options()


@kept
def why_not(node: ir.Node) -> str | None:
    found = ports(node, "float16")
    return found if isinstance(found, str) else None


def suits(node: ir.Node, facts: TargetFacts) -> str | None:
    reason = why_not(node)
    if reason is None and "float16" not in facts.half_types:
        return f"{facts.device} does not compute in float16: values would be cast to float32 and back"
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
    how = {layer_id: How(options.out_of_range == "saturate") for layer_id, options in planned.items()}
    keep_io = all(options.keep_io for options in planned.values())
    return make_half(model, how, "float16", keep_io, report)


SCHEME = Scheme(
    key="float16",
    title="float16",
    summary="half precision: half the file at hardly any error; faster on GPUs and NPUs, not on x86 processors",
    options=Options,
    defaults=defaults,
    why_not=why_not,
    suits=suits,
    wanted=wanted,
    quantize=quantize,
    stage=2,
)
