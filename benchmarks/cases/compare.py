"""How far Lathe's figures are from ONNX Runtime called directly, and from 1 where a model is compared with itself.

Profiles and fresh processes that only call ONNX Runtime (``benchmarks.direct``) take turns; a profile is held against
the mean of the two processes around it, so that a machine that gets slower or faster does not count.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.process import report_of
from benchmarks.subject import SHARED, Subject

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.backend import Runtime
    from engine.data.samples import Samples

MODELS: dict[str, dict[str, tuple[int, ...]]] = {
    "mnist_cntk/mnist.onnx": {},
    "cifar_resnet20/cifar_resnet20_ts_op13.onnx": {},
    "mobilenet_v2_1.0_224_fp32/mobilenet_v2_1.0_224_fp32.onnx": {},
    "basic_pitch/nmp.onnx": {},
    "superres_core_fp32/superres_core.onnx": {"_ppp5_expanded": (1, 1, 224, 224)},
}
"""Between 0.03 and 40 ms, with the shapes that they need."""
TURNS = 3
DIRECT = Path(__file__).resolve().parents[1] / "direct.py"


def measure(subject: Subject) -> tuple[Figure, ...]:
    models = {path: shapes for name, shapes in MODELS.items() if (path := SHARED / "models" / name).exists()}
    return tuple(figure for path, shapes in (models or {subject.model: {}}).items() for figure in _of(path, shapes))


def _of(path: Path, shapes: Mapping[str, tuple[int, ...]]) -> Iterator[Figure]:
    import numpy as np

    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.synthetic import synthetic
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.profiling.measure import compare_latency
    from engine.progress import Progress

    settings, progress, name = RunSettings(shapes=shapes), Progress(), path.parent.name
    model = open_source(path, progress).model
    samples = synthetic(model, settings, 1)
    with tempfile.TemporaryDirectory() as folder, Child() as host:
        feeds = Path(folder) / "feeds.npz"
        np.savez(feeds, **dict(next(iter(samples.batches(1)))), allow_pickle=False)
        runtime = Runtime(backend_of(settings.device), settings, host)
        asked = [str(DIRECT), str(path), str(feeds)]
        ours, overheads, direct = [], [], [_direct(asked)["median_ms"]]
        for _ in range(TURNS):
            latency, overhead = _profiled(model, runtime, samples)
            ours.append(latency)
            overheads.append(overhead)
            direct.append(_direct(asked)["median_ms"])
        both = _direct([*asked, "--profiled"])
        against_itself = compare_latency(model, model, runtime, samples, progress)
    around = [(before + after) / 2 for before, after in pairwise(direct)]
    ratio = median(mine / theirs for mine, theirs in zip(ours, around, strict=True))
    low, high = against_itself.interval
    yield Figure(f"{name}.median_ms", median(ours), "ms", f"{name}: median latency in Lathe's profiles")
    yield Figure(f"{name}.direct_ms", median(direct), "ms", "ONNX Runtime called directly")
    yield Figure(f"{name}.off_direct", abs(ratio - 1), "", "how far the profile is from it", 0.03)
    yield Figure(f"{name}.overhead", median(overheads), "", "profiler overhead in the profiles")
    yield Figure(f"{name}.direct_overhead", both["profiled_ms"] / both["median_ms"] - 1, "", "measured directly")
    yield Figure(f"{name}.a_a_ratio", against_itself.ratio, "", "compared with itself")
    yield Figure(f"{name}.a_a_off", abs(against_itself.ratio - 1), "", "how far that is from 1", 0.02)
    yield Figure(f"{name}.a_a_low", low, "", "lower end of its interval")
    yield Figure(f"{name}.a_a_high", high, "", "upper end of its interval")


def _direct(asked: list[str]) -> dict[str, Any]:
    return report_of(asked)[1]


def _profiled(model: ir.Model, runtime: Runtime, samples: Samples) -> tuple[float, float]:
    from engine.profiling.measure import profile
    from engine.progress import Progress

    found = profile(model, runtime, samples, Progress())
    return found.latency_ms.median, found.profiler_overhead


BENCHMARK = Benchmark("compare", "Lathe's latency against the runtime itself", measure)
