"""Sensitivity of every Conv on 64 samples, calibration included, and how much of it is what the layers share."""

from __future__ import annotations

import time

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject

SAMPLES = 64
TARGET_SECONDS = 10.0


def measure(subject: Subject) -> tuple[Figure, ...]:
    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.dataset import open_dataset
    from engine.formats import open_source
    from engine.graph.shapes import inputs
    from engine.profiling.child import Child
    from engine.progress import Progress
    from engine.quantization.calibrate import RangeCache
    from engine.recipe import Recipe, Rule
    from engine.verification.prepared import prepare
    from engine.verification.sensitivity import scan_layers

    settings, progress = RunSettings(), Progress()
    source = open_source(subject.model, progress).model
    samples = open_dataset(subject.data, inputs(source), samples=SAMPLES, seed=settings.seed).calibration
    backend = backend_of(settings.device)
    recipe = Recipe(rules=(Rule("quantization", "int8_static", "op:Conv"),))
    with Child() as host:
        host.start()
        runtime = Runtime(backend, settings, host)
        facts = backend.facts(settings.device)
        started = time.perf_counter()
        prepared = prepare(source, recipe, samples, facts, runtime, progress, ranges=RangeCache())
        calibrated = time.perf_counter()
        found = scan_layers(prepared, samples, runtime, progress)
        ended = time.perf_counter()
    return (
        Figure("seconds", ended - started, "s", f"{len(found.layers)} layers alone, calibrated", TARGET_SECONDS),
        Figure("scan_seconds", ended - calibrated, "s", f"of it measuring on {len(samples)} samples"),
        Figure("layers", len(found.layers), "", "layers"),
    )


BENCHMARK = Benchmark("sensitivity", "sensitivity of every Conv on 64 samples", measure)
