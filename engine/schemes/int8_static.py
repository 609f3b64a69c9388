"""Static 8-bit integer quantization (QDQ).

Weights are int8, symmetric, with a scale for each output channel; activations are 8-bit, asymmetric, with a scale from
calibrated ranges; products accumulate in int32 and biases are int32 at ``input_scale * weight_scale``:

    y = s_y * (saturate(round(sum(q_x - z_x) * q_w * s_x * s_w / s_y)) + z_y)

The quantized model says so with QuantizeLinear/DequantizeLinear pairs that the runtime fuses into integer kernels. The
target decides the element type of activations: x86 processors multiply uint8 by int8, others int8 by int8.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.layers import index_layers
from engine.graph.naming import places
from engine.options import option
from engine.quantization.equalization import equalize
from engine.quantization.planning import Precision, is_wide, plan, wanted_values
from engine.quantization.qdq import Placement, place
from engine.quantization.raise_model import raised
from engine.quantization.roles import ROLES, role
from engine.quantization.suitability import left_alone, suits
from engine.report import Report
from engine.scheme import Calibration, Scheme

_OPSET_OF_16_BITS = 21


@dataclass(frozen=True)
class Options:
    """What a user may choose; the defaults follow the target."""

    activations: Literal["auto", "uint8", "int8", "uint16", "int16"] = option(
        "auto",
        label="Activations",
        help="Element type of activations; auto takes the one with the fast kernels. 16 bits are for NPUs: processors "
        "compute such layers in float.",
    )
    symmetric: Literal["auto", "yes", "no"] = option(
        "auto",
        label="Symmetric activations",
        help="yes puts the zero point in the middle of the codes, which some devices need; no uses all codes for the "
        "range that was seen; auto is what the device takes.",
    )
    per_channel: bool = option(
        True, label="A scale per channel", help="One weight scale for each output channel instead of one for all."
    )
    share_rounding: bool = option(
        True,
        label="Share rounding",
        help="An addition between quantized layers reads the rounded values too, so that the runtime does it in "
        "integers. No keeps the path around the layers in float: slower, more exact.",
    )
    ranges: Literal["minmax", "percentile", "entropy", "mse"] = option(
        "minmax",
        label="Ranges",
        help="How much of the calibration data is covered: minmax clips nothing, percentile cuts off the outermost, "
        "mse and entropy weigh what is clipped against the finer steps for the rest.",
    )
    percentile: float = option(
        99.99,
        label="Percentile",
        help="With ranges=percentile: how much is covered, in percent.",
        minimum=50,
        maximum=100,
    )
    rounding: Literal["nearest", "learned"] = option(
        "nearest",
        label="Rounding of weights",
        help="learned chooses the codes of each layer's weights so that its output stays, on the calibration data; it "
        "takes some seconds.",
    )
    equalize: bool = option(
        False,
        label="Equalize channels",
        help="Channels whose ranges differ are evened out between two convolutions, which changes no result in float: "
        "in front of depthwise ones, and everywhere where a whole weight has one scale.",
    )
    bias_correction: bool = option(
        True,
        label="Correct biases",
        help="The bias takes over what rounding the weights does to the mean of the output.",
    )


def defaults(facts: TargetFacts) -> Options:
    return Options()


def why_not(node: ir.Node) -> str | None:
    found = role(node)
    return found if isinstance(found, str) else None


def wanted(model: ir.Model, layer_ids: frozenset[str]) -> frozenset[str]:
    index = index_layers(model)
    return frozenset[str]().union(*(wanted_values(index.node(layer_id)) for layer_id in layer_ids))


def wanted_moments(model: ir.Model, planned: Mapping[str, Any]) -> frozenset[str]:
    learned = frozenset(layer_id for layer_id, options in planned.items() if options.rounding == "learned")
    return frozenset(place.id for place in places(model) if place.id in learned and place.node.graph is model.graph)


def quantize(
    model: ir.Model,
    planned: Mapping[str, Any],
    kept: frozenset[str],
    known: Calibration,
    facts: TargetFacts,
    report: Report,
) -> ir.Model:
    wide = any(options.activations in ("uint16", "int16") for options in planned.values())
    if wide:
        model, refused = raised(model, _OPSET_OF_16_BITS)
        if refused is not None:
            for layer_id in planned:
                report.skip(
                    layer_id,
                    f"16-bit activations need opset {_OPSET_OF_16_BITS}, to which the model cannot be converted "
                    f"({refused})",
                )
            return model
    result = model.clone()
    nodes = {place.id: place.node for place in places(result)}
    layers = {layer_id: (nodes[layer_id], _precision(options, facts)) for layer_id, options in planned.items()}
    in_float = {nodes[layer_id] for layer_id in kept & nodes.keys()}
    to_equalize = [layer_id for layer_id, options in planned.items() if options.equalize]
    if to_equalize:
        per_channel = all(planned[layer_id].per_channel for layer_id in to_equalize)
        known, _ = equalize(result, {i: nodes[i] for i in to_equalize}, in_float, known, per_channel)
    placements = plan(result, layers, in_float, known, facts, report)
    place(result, placements)
    for placement in placements:
        if placement.asked:
            report.treat(placement.id, "quantization", _describe(placement, layers[placement.id][1], facts))
    return result


def _precision(options: Options, facts: TargetFacts) -> Precision:
    dtype = facts.activation_dtype if options.activations == "auto" else np.dtype(options.activations)
    return Precision(
        np.dtype(dtype),
        options.per_channel,
        63 if facts.reduce_range else 127,
        options.share_rounding,
        options.ranges,
        options.percentile,
        options.rounding,
        options.bias_correction,
        facts.symmetric if options.symmetric == "auto" else options.symmetric == "yes",
    )


def _describe(placement: Placement, precision: Precision, facts: TargetFacts) -> str:
    found = [*placement.inputs.values(), *(params for _, params in placement.outputs)]
    names = {params.dtype.name for params in found} or {precision.activations.name}
    said = f"{' and '.join(sorted(names, reverse=True))} activations"
    if is_wide(precision.activations):
        said += f" ({facts.device} computes in float)"
    if ROLES[placement.node.op_type].weight not in placement.constants:
        return said
    bits = "7-bit int8" if precision.weight_qmax == 63 else "int8"
    return f"{bits} weights{' per channel' if precision.per_channel else ''}, {said}"


SCHEME = Scheme(
    key="int8_static",
    title="int8 static",
    summary="8-bit weights and activations with ranges from calibration data; the fastest on processors and most NPUs",
    options=Options,
    defaults=defaults,
    why_not=why_not,
    suits=suits,
    wanted=wanted,
    quantize=quantize,
    wanted_moments=wanted_moments,
    left_alone=left_alone,
    repairs=({"rounding": "learned"}, {"rounding": "learned", "ranges": "mse"}),
)
