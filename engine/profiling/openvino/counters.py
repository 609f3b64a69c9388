"""Kernel times from OpenVINO's counters.

``get_profiling_info`` does not tell of the last run: for each kernel it has the mean over *all* runs since the model
was compiled, the cold first one included, in whole microseconds rounded down (``PerfCount`` in OpenVINO's source, the
same on CPU and GPU). What it says after n runs is a_n = floor(T_n / n) with the total T_n, so

    T_n = n * a_n + (n - 1) / 2,  right to within (n - 1) / 2,  and  (T_n - T_m) / (n - m)

is the mean of the runs m + 1 to n without those before, right to within one microsecond where n is three times m. So
the counters are read after 1, 3, 9, 27, 81, ... runs and after the last, and no segment between two readings is shorter
than that. Every run of a segment gets the segment's means; where they add up to more than the run took (another run of
the segment was disturbed), they are scaled down to that. One disturbed run is in the mean of a whole segment, so that
medians are good over several sessions, not within one.

There are no start times. Kernels are laid one behind the other in the order of execution.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engine.backend import KernelEvent


@dataclass(frozen=True, slots=True)
class Reading:
    """What the counters said after so many runs: mean microseconds each."""

    runs: int
    mean_us: Sequence[int]


def due(runs: int) -> bool:
    """Whether the counters are to be read after so many runs."""
    mark = 1
    while mark < runs:
        mark *= 3
    return mark == runs


def run_events(
    kernels: Sequence[KernelEvent], counters: Sequence[int], readings: Sequence[Reading], wall_us: Sequence[float]
) -> Iterator[tuple[KernelEvent, ...]]:
    """The events of each run.

    Args:
        kernels: those that ran, in the order of execution, without times; ``counters`` are the numbers of theirs.
        readings: by number of runs, the last after the last run.
    """
    assert readings and readings[-1].runs == len(wall_us)
    *earlier, last = readings
    begin_us, before, done = 0.0, np.zeros(len(kernels)), 0
    for reading in [*(reading for reading in earlier if reading.runs == 1 or 3 * reading.runs <= last.runs), last]:
        total = _totals(reading, counters)
        mean_us = np.maximum(total - before, 0) / (reading.runs - done)
        sum_us = float(mean_us.sum())
        for wall in wall_us[done : reading.runs]:
            times_us = mean_us * min(1.0, wall / sum_us) if sum_us else mean_us
            yield tuple(_laid(kernels, times_us, begin_us))
            begin_us += wall
        before, done = np.maximum(total, before), reading.runs


def _totals(reading: Reading, counters: Sequence[int]) -> NDArray[np.float64]:
    means = np.array([reading.mean_us[counter] for counter in counters], np.float64)
    return np.where(means > 0, reading.runs * means + (reading.runs - 1) / 2, 0.0)


def _laid(kernels: Sequence[KernelEvent], times_us: NDArray[np.float64], begin_us: float) -> Iterator[KernelEvent]:
    for kernel, time_us in zip(kernels, times_us.tolist(), strict=True):
        yield replace(kernel, start_us=begin_us, duration_us=time_us)
        begin_us += time_us
