"""Kernel events to microseconds of *self* time per run.

The event of an If, Loop or Scan contains those of its body: on one thread, an event that lies within that of a
control-flow node is part of it, and its time is taken out of the outer one's. So every microsecond counts once, and the
sum of a run's kernels cannot exceed the time of the run.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backend import KernelEvent, Trace

_ROUNDING_US = 1.0
"""Begin and duration are rounded down apart, so a body may seem to end this much after its node."""


@dataclass(frozen=True, slots=True)
class KernelRuns:
    """One kernel; ``body_of`` is the control-flow kernel whose body holds it. ``self_us`` has one entry per run."""

    name: str
    body_of: str
    op: str
    provider: str
    self_us: NDArray[np.float64]
    precision: str = ""
    implementation: str = ""

    @property
    def median_us(self) -> float:
        return float(np.median(self.self_us))

    @property
    def p90_us(self) -> float:
        return float(np.quantile(self.self_us, 0.9))


def kernel_runs(trace: Trace, runs: Sequence[int]) -> tuple[KernelRuns, ...]:
    """Self times of every kernel that ran in any of the given runs, in the order in which they first began."""
    bodies: dict[str, set[str]] = {}
    for node in trace.executed:
        bodies.setdefault(node.name, set()).add(node.body_of)
    found: dict[tuple[str, str], KernelRuns] = {}
    for row, number in enumerate(runs):
        for event, parent, self_us in self_times(trace.runs[number], bodies):
            kernel = found.get((parent, event.name))
            if kernel is None:
                zeros = np.zeros(len(runs), np.float64)
                kernel = found[parent, event.name] = KernelRuns(
                    event.name, parent, event.op, event.provider, zeros, event.precision, event.implementation
                )
            kernel.self_us[row] += self_us
    return tuple(found.values())


def self_times(
    events: Sequence[KernelEvent], bodies: Mapping[str, Collection[str]]
) -> list[tuple[KernelEvent, str, float]]:
    """Each event with the name of the control-flow kernel around it ("" for none) and its self time.

    ``bodies`` tells for a kernel's name in the body of which kernels one of this name stands, "" for the main graph.
    """
    owners = {owner for found in bodies.values() for owner in found} - {""}
    ordered = sorted(events, key=lambda e: (e.thread, e.start_us, e.name not in owners, -e.duration_us))
    parents: list[str] = []
    spent = [event.duration_us for event in ordered]
    stack: list[int] = []
    for number, event in enumerate(ordered):
        while stack and not _contains(ordered[stack[-1]], event):
            stack.pop()
        # A kernel of no length just before a control-flow node begins where that does, and is not in it.
        outer = next((n for n in reversed(stack) if ordered[n].name in bodies.get(event.name, owners)), None)
        parents.append("" if outer is None else ordered[outer].name)
        if outer is not None:
            spent[outer] -= event.duration_us
        if event.name in owners:
            stack.append(number)
    return [(e, parent, max(0.0, us)) for e, parent, us in zip(ordered, parents, spent, strict=True)]


def sums_us(kernels: Sequence[KernelRuns]) -> NDArray[np.float64]:
    """The kernel sum of each run."""
    return np.sum([kernel.self_us for kernel in kernels], axis=0) if kernels else np.zeros(1, np.float64)


def kernel_sum_us(kernels: Sequence[KernelRuns]) -> float:
    """The sum of the medians, which a disturbed run hardly moves.

    Where kernels vary against each other (data that take different branches) medians may add up to more than any run;
    then the median of the runs' sums, which is never more than the median of the runs.
    """
    return min(sum(kernel.median_us for kernel in kernels), float(np.median(sums_us(kernels))))


def _contains(outer: KernelEvent, inner: KernelEvent) -> bool:
    return (
        outer.thread == inner.thread
        and inner.start_us + inner.duration_us <= outer.start_us + outer.duration_us + _ROUNDING_US
    )
