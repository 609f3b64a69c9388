"""What kernels cost in one run.

Kernel times are taken with the profiler on, which lengthens short kernels: in a model of hundreds of them they sum to
several times the end-to-end latency, which is taken with it off. A cost is stated in time of a run without it:

    cost = sum(median_us) * min(1, latency / kernel_sum)

so that a cost never exceeds the latency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from engine.explain.reason import Side
from engine.profiling.profile import KernelTiming

WORTH_SHARE = 0.02
"""Of a run: what costs less can hardly be told by measuring again (the same model twice agrees within 2 %)."""
WORTH_US = 2.0
"""Profilers write whole microseconds; less than this is their rounding."""


def run_us(side: Side) -> float:
    """One run, end to end, profiler off."""
    return side.profile.latency_ms.median * 1000


def kernels_us(side: Side) -> float:
    return sum(kernel.median_us for kernel in side.profile.kernels)


def scale(side: Side) -> float:
    """From kernel times to times of a run without the profiler."""
    kernels = kernels_us(side)
    return min(1.0, run_us(side) / kernels) if kernels else 1.0


def cost_us(side: Side, kernels: Iterable[KernelTiming]) -> float:
    return sum(kernel.median_us for kernel in kernels) * scale(side)


def share(side: Side, us: float) -> float:
    """Of one run."""
    return us / run_us(side) if run_us(side) else 0.0


def worth_telling(side: Side, us: float, least: float = WORTH_SHARE) -> bool:
    """By its part of the kernel sum: kernels and end-to-end latency can be disturbed at different moments."""
    kernels = kernels_us(side) * scale(side)
    return us >= WORTH_US and us >= least * kernels


def leads(kernels: Iterable[KernelTiming]) -> tuple[str, ...]:
    """The layers that lead the kernels, the most expensive first."""
    return by_cost((kernel.lead, kernel.median_us) for kernel in kernels if kernel.lead is not None)


def by_cost(costs: Iterable[tuple[str, float]]) -> tuple[str, ...]:
    """Names by the sum of what they cost, the most expensive first."""
    sums: dict[str, float] = defaultdict(float)
    for name, us in costs:
        sums[name] += us
    return tuple(sorted(sums, key=lambda name: -sums[name]))
