"""From a click on a layer to the rebuilt quantized model, with the ranges at hand.

Through the call that the window makes. Calibration runs once before; no measured recipe was built before.
"""

from __future__ import annotations

import statistics
import time

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject

CLICKS = 9


def measure(subject: Subject) -> tuple[Figure, ...]:
    from engine.backend import RunSettings
    from engine.progress import Progress
    from engine.recipe import FLOAT, Recipe, Rule
    from gui.opened import Opened
    from gui.workshop import Workshop

    settings, progress = RunSettings(), Progress()
    workshop = Workshop()
    try:
        opened = workshop.open(subject.model, settings, ask=False, progress=progress)
        assert isinstance(opened, Opened)
        all_layers = Recipe().with_rule(Rule("quantization", "int8_static"))

        def rebuild(recipe: Recipe) -> float:
            started = time.perf_counter()
            workshop.rebuild(opened, recipe, settings, subject.data, progress=progress)
            return time.perf_counter() - started

        rebuild(all_layers)
        convs = [layer.id for layer in opened.index.layers if layer.op == "Conv"]
        one = [rebuild(Recipe().with_rule(Rule("quantization", "int8_static", layer))) for layer in convs[:CLICKS]]
        rest = [rebuild(all_layers.with_rule(Rule("quantization", FLOAT, layer))) for layer in convs[:CLICKS]]
    finally:
        workshop.close()
    return (
        Figure("one_layer_ms", 1e3 * statistics.median(one), "ms", "one layer quantized", target=500),
        Figure("all_but_one_ms", 1e3 * statistics.median(rest), "ms", "all layers but one quantized", target=500),
    )


BENCHMARK = Benchmark("quantize", "click to rebuilt model, ranges cached", measure)
