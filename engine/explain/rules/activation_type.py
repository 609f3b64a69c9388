"""Activations in an integer type for which the device has no kernels.

Looks for Q and DQ kernels that stayed although they could have fused (``engine.explain.quantized``), around activations
of a type other than the one that the target's facts name: int8 on x86, whose instructions multiply uint8 by int8, and
16 bits, for which ONNX Runtime has no Conv and no MatMul. The runtime then dequantizes, computes in float and quantizes
again; what it does run in integers takes slower kernels, which cannot be told from one profile.

Cost: the sum of these kernels, weights that are dequantized in every run included. A lower bound: the float kernels
between are slower than the integer kernels would be. Source: ``TargetFacts``; ONNX Runtime's ``QDQIsInt8Allowed``,
which is false on x86.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import by_cost, cost_us, share, worth_telling
from engine.explain.quantized import stayed
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import count, percent, time

_WIDE = frozenset({"int16", "uint16"})
_SCHEME = "int8_static"


def has_kernels(dtype: str, side: Side) -> bool:
    """Whether pairs with activations of this type fuse on the target; those of unknown type are given the doubt."""
    if dtype in _WIDE:
        return False
    return not (dtype == "int8" and side.facts.activation_dtype.name == "uint8")


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    found = [one for one in stayed(side) if not has_kernels(one.activations, side)]
    us = cost_us(side, (one.kernel for one in found))
    if not worth_telling(side, us):
        return ()
    wanted = side.facts.activation_dtype.name
    types = " and ".join(sorted({one.activations for one in found}))
    layers = by_cost((layer, one.kernel.median_us) for one in found for layer in one.around)
    ours = any(one.asked_by for one in found)
    return [
        Reason(
            KEY,
            f"{types} activations have no fast kernels here: {time(us)}, {percent(share(side, us))} of a run",
            layers,
            us,
            f"{count(len(found), 'Q/DQ kernel')} stayed around {count(len(layers), 'layer')} that ran in float. "
            f"{side.facts.why}. The cost is that of the conversions alone.",
            f"Quantize the activations as {wanted}.",
            (Remedy("set_option", f"Quantize as {wanted}", _SCHEME, {"activations": "auto"}),) if ours else (),
        )
    ]


KEY = "activation_type"
RULE = Rule(
    key=KEY,
    title="Activations in a type without kernels",
    summary="signed 8-bit activations on x86, 16-bit activations: the runtime dequantizes and computes in float",
    find=find,
)
