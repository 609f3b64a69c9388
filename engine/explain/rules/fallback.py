"""Layers that fell back to another provider, and the copies that this costs.

Looks for kernels that ran on another execution provider than the one that was asked for (``KernelTiming.fallback``) and
for copies between the memories of two devices (``KernelTiming.copy``). A runtime gives an op that its first provider
does not have to the next one, usually the processor; every crossing copies what is read across.

Cost: the kernels that fell back and the copies; what the layers would take on the wanted device is not known, so
that the gain is smaller than this. Source: ONNX Runtime, "Execution Providers", graph partitioning.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import by_cost, cost_us, share, worth_telling
from engine.explain.reason import Evidence, Reason, Remedy, Rule
from engine.explain.wording import count, names, percent, time

_MOSTLY = 0.5
"""Where more than this part of the kernel time falls back, the other device is the better choice."""


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    fallen = [kernel for kernel in side.profile.kernels if kernel.fallback and not kernel.copy]
    copies = [kernel for kernel in side.profile.kernels if kernel.copy]
    if not fallen:
        return ()
    us, copies_us = cost_us(side, [*fallen, *copies]), cost_us(side, copies)
    if not worth_telling(side, us):
        return ()
    layers = by_cost((k.lead, k.median_us) for k in [*fallen, *copies] if k.lead is not None)
    providers = names(sorted({kernel.provider for kernel in fallen if kernel.provider}))
    ops = names(by_cost((kernel.op, kernel.median_us) for kernel in fallen))
    kernels_us = sum(kernel.median_us for kernel in side.profile.kernels)
    mostly = sum(kernel.median_us for kernel in fallen) > _MOSTLY * kernels_us
    on_processor = providers == "CPUExecutionProvider"
    return [
        Reason(
            KEY,
            f"{count(len(fallen), 'kernel')} fell back to {providers}: {time(us)}, {percent(share(side, us))} of a run",
            layers,
            us,
            f"{side.profile.device} does not run {ops} of this model. "
            + (
                f"Of this, {time(copies_us)} goes to {count(len(copies), 'copy', 'copies')} between the devices."
                if copies
                else "No values are copied for it."
            ),
            "Replace these ops by ones that the device has, or run the model where all of it runs.",
            (Remedy("device", "Run on the processor", device="cpu"),) if mostly and on_processor else (),
        )
    ]


KEY = "fallback"
RULE = Rule(
    key=KEY,
    title="Layers that fell back to another provider",
    summary="kernels that ran elsewhere than on the chosen device, and the copies between",
    find=find,
)
