"""Calibration on 100 samples: every value that quantizing any layer to int8 may need."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject

if TYPE_CHECKING:
    from engine.profiling.machine import PeakMemory
    from engine.progress import Progress

SAMPLES = 100
TARGET_SECONDS = 6.0

_memory: list[PeakMemory] = []
"""In the child, from the first of these calls to the second."""


def begin(*, progress: Progress) -> None:
    from engine.profiling.machine import PeakMemory

    _memory[:] = [PeakMemory()]


def peak_bytes(*, progress: Progress) -> int:
    _memory[0].look()
    return _memory[0].growth_bytes


def measure(subject: Subject) -> tuple[Figure, ...]:
    from engine.apply import clean_source
    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.dataset import open_dataset
    from engine.formats import open_source
    from engine.graph.layers import index_layers
    from engine.graph.shapes import inputs
    from engine.plan import candidates
    from engine.profiling.child import Child
    from engine.progress import Progress
    from engine.quantization.calibrate import calibrate
    from engine.recipe import Recipe
    from engine.schemes import schemes

    settings, progress = RunSettings(), Progress()
    model, _ = clean_source(open_source(subject.model, progress).model, Recipe())
    samples = open_dataset(subject.data, inputs(model), samples=SAMPLES, seed=settings.seed).calibration
    scheme, backend = schemes()["int8_static"], backend_of(settings.device)
    wanted = scheme.wanted(model, candidates(index_layers(model), scheme))
    with Child() as host:
        host.start()
        host.call(begin, progress=progress)
        started = time.perf_counter()
        calibrate(model, wanted, Runtime(backend, settings, host), samples, progress)
        seconds = time.perf_counter() - started
        peak = host.call(peak_bytes, progress=progress)
    return (
        Figure("seconds", seconds, "s", f"calibration on {len(samples)} samples", TARGET_SECONDS),
        Figure("peak_memory_mb", peak / 1e6, "MB", "of the process that runs it, the runtime and the model included"),
        Figure("values", len(wanted), "", "observed values"),
    )


BENCHMARK = Benchmark("calibrate", "calibration on 100 samples, with its peak memory", measure)
