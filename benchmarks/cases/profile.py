"""What the runtime's profiler adds to a run, and how long a profile takes."""

from __future__ import annotations

import time

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject


def measure(subject: Subject) -> tuple[Figure, ...]:
    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.synthetic import synthetic
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.profiling.measure import profile
    from engine.progress import Progress

    settings, progress = RunSettings(), Progress()
    model = open_source(subject.model, progress).model
    samples = synthetic(model, settings, 1)
    with Child() as host:
        started = time.perf_counter()
        found = profile(model, Runtime(backend_of(settings.device), settings, host), samples, progress)
        seconds = time.perf_counter() - started
    return (
        Figure("latency_ms", found.latency_ms.median, "ms", "median latency, profiler off"),
        Figure("profiler_overhead", found.profiler_overhead, "", "profiled / unprofiled - 1"),
        Figure("attributed_share", found.attributed_share, "", "kernel time that has a layer"),
        Figure("seconds", seconds, "s", "the whole profile"),
    )


BENCHMARK = Benchmark("profile", "overhead of the profiler", measure)
