"""From starting the program to a window that is painted and answers.

Fresh processes; the files are in the disk cache after the first one, which is not counted. Without a display the
window is drawn offscreen.
"""

from __future__ import annotations

import statistics

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.process import report_of
from benchmarks.subject import Subject

STARTS = 7


def measure(subject: Subject) -> tuple[Figure, ...]:
    command = ["-m", "benchmarks.window"]
    report_of(command)
    seconds = [report_of(command)[0] for _ in range(STARTS)]
    return (Figure("window_ms", 1e3 * statistics.median(seconds), "ms", "program start to usable window"),)


BENCHMARK = Benchmark("start", "cold process to a usable window", measure)
