"""What pruning leaves and gains: each method at 10, 20, 30 and 50 %, with and without healing, on two real models.

Calibrated on the calibration part, scored on the evaluation part. ``even`` takes the share of every group's channels,
``measured`` the share of the model's multiply-accumulates where it does the least harm. A row with int8 shows that
pruning and ``int8_static`` add up. Takes an hour; a run of all benchmarks leaves it out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import SHARED, Subject

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.backend import Runtime
    from engine.data.samples import Dataset
    from engine.options import OptionValue
    from engine.progress import Progress
    from engine.recipe import Rule

MODELS = {
    "cifar_resnet20/cifar_resnet20_ts_op13.onnx": "cifar10",
    "mobilenet_v2_1.0_224_fp32/mobilenet_v2_1.0_224_fp32.onnx": "imagenet_samples",
}
SHARES = (0.1, 0.2, 0.3, 0.5)
BY_GROUP = (
    "random_channels",
    "l1_channels",
    "l2_channels",
    "bn_scale_channels",
    "activation_channels",
    "reconstruction_channels",
)
BEST = "reconstruction_channels"


def measure(subject: Subject) -> tuple[Figure, ...]:
    models = {SHARED / "models" / name: SHARED / "data" / data for name, data in MODELS.items()}
    there = {path: data for path, data in models.items() if path.exists() and data.exists()}
    return tuple(
        figure for path, data in (there or {subject.model: subject.data}).items() for figure in _model(path, data)
    )


def rows() -> Iterator[tuple[str, tuple[Rule, ...]]]:
    """What is measured: a name and the rules."""
    from engine.recipe import Rule

    def rule(method: str, share: float, **options: OptionValue) -> Rule:
        values: Mapping[str, OptionValue] = {"ratio": share, **options}
        return Rule("pruning", method, None, values)

    int8 = Rule("quantization", "int8_static")
    yield "int8", (int8,)
    for share in SHARES:
        for method in BY_GROUP:
            for heal in ("no", "yes"):
                yield f"{method} {share:.0%} even heal={heal}", (rule(method, share, heal=heal),)
        best = rule(BEST, share, spread="measured")
        yield f"{BEST} {share:.0%} measured heal=yes", (best,)
        yield f"{BEST} {share:.0%} measured heal=yes int8", (best, int8)


def _model(path: Path, data: Path) -> Iterator[Figure]:
    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.dataset import open_dataset
    from engine.formats import open_source
    from engine.graph.shapes import inputs
    from engine.profiling.child import Child
    from engine.progress import Progress

    settings, progress = RunSettings(), Progress()
    source = open_source(path, progress).model
    dataset = open_dataset(data, inputs(source), samples=None, seed=0)
    with Child() as host:
        runtime = Runtime(backend_of(settings.device), settings, host)
        for name, rules in rows():
            for figure, value, unit in _row(source, rules, dataset, runtime, progress):
                label = f"{path.parent.name} {name}"
                yield Figure(f"{label}.{figure}", value, unit, f"{label}: {figure}")


def _row(
    source: ir.Model, rules: tuple[Rule, ...], dataset: Dataset, runtime: Runtime, progress: Progress
) -> Iterator[tuple[str, float, str]]:
    from engine.apply import apply
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.profiling.measure import compare_latency
    from engine.quantization.calibrate import RangeCache
    from engine.recipe import Recipe
    from engine.verification.compare import compare

    facts = runtime.backend.facts(runtime.settings.device)
    recipe = Recipe(rules=rules)
    applied = apply(source, recipe, dataset.calibration, facts, runtime, progress, ranges=RangeCache())
    before, after = (index_layers(bind(m, {}, 1, strict=False)) for m in (applied.cleaned, applied.model))
    score = compare(applied.cleaned, applied.model, runtime, dataset.evaluation, progress)
    ratio = compare_latency(applied.cleaned, applied.model, runtime, dataset.evaluation, progress).ratio
    yield "parameters", after.parameters / before.parameters, ""
    if before.macs and after.macs is not None:
        yield "macs", after.macs / before.macs, ""
    yield "times_as_fast", 1 / ratio, "x"
    if score.accuracy is not None:
        yield "top1", score.accuracy.b, ""


BENCHMARK = Benchmark("pruning", "channels taken out of two real models", measure, long=True)
