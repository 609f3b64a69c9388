"""Many kernels of a few microseconds each.

Looks for models whose time goes to kernels that take less than 5 microseconds in an undisturbed run. Starting a kernel
(looking up its inputs, allocating its outputs, waking threads, launching it on a GPU) takes 0.5 to 10 microseconds
however little it computes, so that such a model is bound by the number of its ops and not by their arithmetic.

Cost: all of the time in these kernels. What they would take as part of fewer, larger ones is less and not known.
Kernel times are scaled to the end-to-end latency (``engine.explain.costs``), since a profiler lengthens just these.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import cost_us, kernels_us, leads, share, worth_telling
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import percent, time
from engine.graph.shapes import inputs
from engine.graph.values import batch_axis

SHORT_US = 5.0
MANY = 50
"""Fewer kernels than this cost too little together, whatever they are."""
_LARGE_SHARE = 0.25
"""Of the kernel time; below it the long kernels decide."""


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    kernels = side.profile.kernels
    # The fastest run is the least disturbed one; other programs must not make a short kernel long.
    kernel_sum_us = kernels_us(side)  # zero where the runtime counts whole microseconds and no kernel takes one
    factor = min(1.0, side.profile.latency_ms.min * 1000 / kernel_sum_us) if kernel_sum_us else 1.0
    short = [kernel for kernel in kernels if kernel.median_us * factor < SHORT_US]
    us = cost_us(side, short)
    if len(short) < MANY or not worth_telling(side, us, _LARGE_SHARE):
        return ()
    batches = _larger_batch(side)
    mean = factor * sum(kernel.median_us for kernel in short) / len(short)
    return [
        Reason(
            KEY,
            f"{len(short)} of {len(kernels)} kernels take under {SHORT_US:.0f} µs each: {time(us)}, "
            f"{percent(share(side, us))} of a run",
            leads(short),
            us,
            f"In the fastest run they took {time(mean)} each on average, of which starting a kernel is a large part, "
            "however little it computes.",
            "Fewer, larger ops help: fuse them at export"
            + (", clean the model, or run a larger batch at once." if batches else ", and clean the model."),
            (*batches, Remedy("clean", "Clean the model")),
        )
    ]


def _larger_batch(side: Side) -> tuple[Remedy, ...]:
    """Where the batch is free; a batch spreads each start over more samples."""
    free = [
        info
        for info in inputs(side.model)
        if info.name not in side.settings.shapes
        and (axis := batch_axis(info.shape)) is not None
        and not isinstance(info.shape[axis], int)
    ]
    batch = 8 * side.settings.batch
    return (Remedy("runtime", f"Run batches of {batch}", options={"batch": batch}),) if free else ()


KEY = "small_kernels"
RULE = Rule(
    key=KEY,
    title="Many kernels of a few microseconds",
    summary="time that goes to starting kernels rather than to computing",
    find=find,
)
