"""How long the facts beside a profile take: the device's ceilings, memory, roofline."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject


def measure(subject: Subject) -> tuple[Figure, ...]:
    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.synthetic import synthetic
    from engine.explain.ceilings import ceilings
    from engine.explain.memory import activation_memory
    from engine.explain.roofline import roofline
    from engine.formats import open_source
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.profiling.child import Child
    from engine.profiling.measure import profile
    from engine.progress import Progress

    settings, progress = RunSettings(runs=5), Progress()
    model = open_source(subject.model, progress).model
    with Child() as host, tempfile.TemporaryDirectory() as folder:
        runtime = Runtime(backend_of(settings.device), settings, host)
        found = profile(model, runtime, synthetic(model, settings, 1), progress)
        started = time.perf_counter()
        measured = ceilings(runtime, progress, cache=Path(folder))
        fresh_s = time.perf_counter() - started
        started = time.perf_counter()
        ceilings(runtime, progress, cache=Path(folder))
        cached_ms = (time.perf_counter() - started) * 1000
    bound = bind(model, {}, 1, strict=False)
    index = index_layers(bound)
    started = time.perf_counter()
    activation_memory(bound, index, found)
    memory_ms = (time.perf_counter() - started) * 1000
    started = time.perf_counter()
    roofline(index, found, measured)
    roofline_ms = (time.perf_counter() - started) * 1000
    return (
        Figure("ceilings_s", fresh_s, "s", "the device's ceilings, measured", target=6.0),
        Figure("cached_ms", cached_ms, "ms", "the device's ceilings, from the cache", target=100.0),
        Figure("memory_ms", memory_ms, "ms", "activation memory of the model", target=250.0),
        Figure("roofline_ms", roofline_ms, "ms", "roofline facts of the model", target=250.0),
    )


BENCHMARK = Benchmark("facts", "ceilings, memory and roofline of a profile", measure)
