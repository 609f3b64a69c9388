"""From opening a model to its painted layers: in a window that is there, and as ``lathe MODEL`` from nothing."""

from __future__ import annotations

import statistics

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.process import report_of
from benchmarks.subject import Subject

OPENINGS = 5


def measure(subject: Subject) -> tuple[Figure, ...]:
    command = ["-m", "benchmarks.window", str(subject.model)]
    report_of(command)
    cold = [report_of(command)[0] for _ in range(OPENINGS)]
    warm = [report_of([*command, "--warm"])[1]["open_ms"] for _ in range(OPENINGS)]
    return (
        Figure("open_ms", statistics.median(warm), "ms", "click to painted layers, window open"),
        Figure("cold_ms", 1e3 * statistics.median(cold), "ms", "lathe MODEL to painted layers, fresh process"),
    )


BENCHMARK = Benchmark("open", "opening a model and painting it", measure)
