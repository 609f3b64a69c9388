"""``lathe inspect`` against the least that any tool must do: import onnx, load the file, infer shapes.

Each pair of fresh processes gives one ratio, so that what disturbs the machine disturbs both; the order is swapped from
pair to pair.
"""

from __future__ import annotations

import statistics

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.process import seconds_of
from benchmarks.subject import Subject

PAIRS = 9
LEAST = "import sys, onnx; onnx.shape_inference.infer_shapes(onnx.load(sys.argv[1]))"


def measure(subject: Subject) -> tuple[Figure, ...]:
    ours = ["-m", "gui", "inspect", str(subject.model), "--json"]
    least = ["-c", LEAST, str(subject.model)]
    seconds_of(ours), seconds_of(least)  # the files come into the disk cache
    pairs = []
    for number in range(PAIRS):
        if number % 2:
            base, inspect = seconds_of(least), seconds_of(ours)
        else:
            inspect, base = seconds_of(ours), seconds_of(least)
        pairs.append((inspect, base))
    return (
        Figure("inspect_ms", 1e3 * statistics.median(p[0] for p in pairs), "ms", "lathe inspect, fresh process"),
        Figure("least_ms", 1e3 * statistics.median(p[1] for p in pairs), "ms", "import onnx, load, infer shapes"),
        Figure("ratio", statistics.median(p[0] / p[1] for p in pairs), "", "median of the ratios", target=2.5),
    )


BENCHMARK = Benchmark("inspect", "lathe inspect against import onnx; onnx.load; infer_shapes", measure)
