"""Layers without a kernel in the wanted precision.

Looks, where the runtime says in which precision a kernel computed (OpenVINO does), at layers with multiply-accumulates
that ran

- in float although both their activations and their weights are quantized in the model;
- in float32 where most of the model ran in bfloat16 or float16;
- on a reference implementation ("ref"), which is plain code without vector instructions.

Q/DQ around layers that ONNX Runtime runs in float belong to ``unfused_qdq`` and ``activation_type``.

Cost: all of the time of these kernels. The layers would take part of it in the wanted precision. Source: OpenVINO, "CPU
device", ``exec_type`` of the executed graph.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import cost_us, leads, share, worth_telling
from engine.explain.quantized import DEQUANTIZE, stayed
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import count, names, percent, time
from engine.graph.attributes import input_of
from engine.graph.constants import is_op
from engine.graph.layers import origins
from engine.graph.ops import facts
from engine.profiling.profile import KernelTiming

_FLOATS = frozenset({"float32", "float16", "bfloat16"})
_SHORT = ("bfloat16", "float16")
_MOST = 0.5


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    matrix = [kernel for kernel in side.profile.kernels if _multiplies(side, kernel)]
    told = {layer for one in stayed(side) for layer in one.around}
    in_float = [k for k in matrix if k.precision in _FLOATS and k.lead not in told and _quantized(side, k.lead)]
    found = [_asked_for_integers(side, in_float)] if _worth(side, in_float) else []
    total = sum(kernel.median_us for kernel in matrix)
    for short in _SHORT:
        if sum(kernel.median_us for kernel in matrix if kernel.precision == short) > _MOST * total:
            full = [kernel for kernel in matrix if kernel.precision == "float32"]
            found += [_full_precision(side, full, short)] if _worth(side, full) else []
    plain = [kernel for kernel in matrix if kernel.implementation.startswith("ref")]
    return [*found, _reference(side, plain)] if _worth(side, plain) else found


def _worth(side: Side, kernels: Sequence[KernelTiming]) -> bool:
    return worth_telling(side, cost_us(side, kernels))


def _multiplies(side: Side, kernel: KernelTiming) -> bool:
    return kernel.lead is not None and not kernel.inserted and bool(side.index.by_id[kernel.lead].macs)


def _quantized(side: Side, layer: str | None) -> bool:
    """Whether activations and weights come out of DequantizeLinear."""
    if layer is None:
        return False
    node = side.index.node(layer)
    row = facts(node)
    inputs = [input_of(node, position) for position in (0, *(row.weights if row is not None else ()))]
    return all(value is not None and is_op(value.producer(), DEQUANTIZE) for value in inputs)


def _asked_for_integers(side: Side, kernels: Sequence[KernelTiming]) -> Reason:
    precisions = names(sorted({kernel.precision for kernel in kernels}))
    layers = leads(kernels)
    ours = any(origins(node) for node in side.index.nodes if is_op(node, DEQUANTIZE))
    return Reason(
        KEY,
        _title(side, kernels, f"{count(len(layers), 'quantized layer')} ran in {precisions}"),
        layers,
        cost_us(side, kernels),
        f"{side.profile.device} has no integer kernel for {_ops(side, layers)} as quantized here, so these layers gain "
        "nothing from it and their values are converted.",
        "Leave these layers in float.",
        (Remedy("keep_float", f"Keep {count(len(layers), 'layer')} in float"),) if ours else (),
    )


def _full_precision(side: Side, kernels: Sequence[KernelTiming], short: str) -> Reason:
    layers = leads(kernels)
    return Reason(
        KEY,
        _title(side, kernels, f"{count(len(layers), 'layer')} ran in float32, most others in {short}"),
        layers,
        cost_us(side, kernels),
        f"{side.profile.device} computes this model in {short} where it can and has no such kernel for "
        f"{_ops(side, layers)} as they stand here.",
        "Other shapes or ops may have the kernel; int8 is the other way to a faster one.",
    )


def _reference(side: Side, kernels: Sequence[KernelTiming]) -> Reason:
    layers = leads(kernels)
    return Reason(
        KEY,
        _title(side, kernels, f"{count(len(layers), 'layer')} ran on reference code"),
        layers,
        cost_us(side, kernels),
        f"{side.profile.device} has no optimized kernel for {_ops(side, layers)} as they stand here and runs "
        f"{names(sorted({kernel.implementation for kernel in kernels}))}.",
        "Another precision, shape or op may have an optimized kernel; another runtime may as well.",
    )


def _title(side: Side, kernels: Sequence[KernelTiming], what: str) -> str:
    us = cost_us(side, kernels)
    return f"{what}: {time(us)}, {percent(share(side, us))} of a run"


def _ops(side: Side, layers: Sequence[str]) -> str:
    return names([side.index.by_id[layer].op for layer in layers])


KEY = "slow_precision"
RULE = Rule(
    key=KEY,
    title="Layers without a kernel in the wanted precision",
    summary="layers that ran in a wider type than asked for, or on reference code",
    find=find,
)
