"""QuantizeLinear/DequantizeLinear pairs that did not fuse.

Looks for Q and DQ kernels of their own in the executed graph, other than those at the edges of an integer region
(``engine.explain.quantized`` says which those are). Each reads and writes the whole tensor and computes nothing; the
layer between runs in float. Those whose activations have a type without kernels belong to ``activation_type``.

Cost: the sum of these kernels. Source: ONNX Runtime, "Quantize ONNX models", QDQ format: pairs around an op that the
selectors of ``qdq_selector_action_transformer`` do not match stay as nodes.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import by_cost, cost_us, share, worth_telling
from engine.explain.quantized import DEQUANTIZE, Stayed, stayed
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.rules.activation_type import has_kernels
from engine.explain.wording import count, names, percent, time
from engine.graph.attributes import input_of
from engine.graph.constants import constant, is_op

_SCHEME = "int8_static"


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    found = [one for one in stayed(side) if has_kernels(one.activations, side)]
    islands = [one for one in found if _left_in_float(side, one)]
    rest = [one for one in found if one not in islands]
    reasons = [_islands(side, islands), _unfused(side, rest)]
    return [reason for reason in reasons if reason.cost_us and worth_telling(side, reason.cost_us)]


def _left_in_float(side: Side, one: Stayed) -> bool:
    """Whether a treatment left the layers around in float although the device has integer kernels for such."""
    return bool(one.asked_by and one.around and not one.rounds) and all(
        layer not in one.asked_by and side.index.by_id[layer].op in side.facts.integer_ops for layer in one.around
    )


def _islands(side: Side, found: Sequence[Stayed]) -> Reason:
    us = cost_us(side, (one.kernel for one in found))
    layers = by_cost((layer, one.kernel.median_us) for one in found for layer in one.around)
    return Reason(
        KEY,
        f"{count(len(found), 'Q/DQ kernel')} around {count(len(layers), 'float layer')} between quantized ones: "
        f"{time(us)}, {percent(share(side, us))} of a run",
        layers,
        us,
        "Values go from integers to float for these layers and back. What float saves in accuracy costs these "
        "conversions beside the slower kernels.",
        "Quantize these layers as well, or leave their neighbours in float too.",
        (Remedy("quantize", f"Quantize {count(len(layers), 'layer')}", _SCHEME),),
    )


def _unfused(side: Side, found: Sequence[Stayed]) -> Reason:
    us = cost_us(side, (one.kernel for one in found))
    layers = by_cost((layer, one.kernel.median_us / len(who)) for one in found if (who := _who(one)) for layer in who)
    asked = any(one.asked_by for one in found)
    return Reason(
        KEY,
        f"{count(len(found), 'Q/DQ kernel')} did not fuse: {time(us)}, {percent(share(side, us))} of a run",
        layers,
        us,
        _detail(side, found),
        "Leave these layers in float, or quantize their neighbours as well so that the pairs fuse."
        if asked
        else "Take the pairs around these layers out where the file is quantized, or quantize it again from float.",
        (Remedy("keep_float", f"Keep {count(len(layers), 'layer')} in float"),) if asked else (),
    )


def _who(one: Stayed) -> tuple[str, ...]:
    return one.asked_by or one.around


def _detail(side: Side, found: Sequence[Stayed]) -> str:
    around = dict.fromkeys(layer for one in found for layer in one.around)
    ops = dict.fromkeys(side.index.by_id[layer].op for layer in around)
    without = [op for op in ops if op not in side.facts.integer_ops]
    constants = sum(is_op(one.node, DEQUANTIZE) and constant(input_of(one.node, 0)) is not None for one in found)
    parts = ["QuantizeLinear and DequantizeLinear run as kernels of their own: values go to integers and back."]
    if without:
        have = "has" if len(without) == 1 else "have"
        parts.append(f"{names(without)} {have} no fused integer kernel on {side.facts.device}.")
    elif ops:
        parts.append(f"{names(list(ops))} ran in float, since the pairs around do not make one integer kernel.")
    if constants:
        parts.append(
            f"{count(constants, 'stored tensor')} {'is' if constants == 1 else 'are'} dequantized again in every run."
        )
    return " ".join(parts)


KEY = "unfused_qdq"
RULE = Rule(
    key=KEY,
    title="Q/DQ pairs that did not fuse",
    summary="quantize and dequantize kernels that run by themselves, where a fused integer kernel was meant",
    find=find,
)
