"""Models that are large: 2.5 GB of weights, 10,000 nodes, 100,000 nodes.

Everything in fresh processes, with the highest resident memory that they had. The models are made in a temporary folder
and removed. Of 10,000 nodes two are measured: one with weights as models of that depth have them (64 channels, 300 MB),
which ``onnx.load`` and ``infer_shapes`` copy several times, and one with hardly any (8 channels), where only the number
of nodes counts.
"""

from __future__ import annotations

import contextlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.cases.inspect import LEAST
from benchmarks.large import deep, wide
from benchmarks.process import environment
from benchmarks.subject import ROOT, Subject

WEIGHT_BYTES = 2_500_000_000
_ONE_COPY_MB = WEIGHT_BYTES / 1e6 + 500
"""A session holds the weights as its kernels want them, and Lathe adds none: of two copies there would be 5,000."""
_LOOK_S = 0.005
_PAIRS = 5
OPEN = (
    "import sys; from pathlib import Path; from engine.formats import open_source; "
    "from engine.progress import Progress; open_source(Path(sys.argv[1]), Progress())"
)


def run(arguments: Sequence[str]) -> tuple[float, float]:
    """Seconds and the most megabytes that ``python ARGUMENTS`` held, together with the processes that it started.

    Looked at every few milliseconds: what the system tells at the end counts what this process held when it forked.
    """
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        tree, highest = psutil.Process(process.pid), 0
        while process.poll() is None:
            with contextlib.suppress(psutil.Error):
                highest = max(highest, sum(one.memory_info().rss for one in (tree, *tree.children(recursive=True))))
            time.sleep(_LOOK_S)
    if process.returncode:
        raise RuntimeError(f"python {' '.join(arguments)} ended with {process.returncode}")
    return time.perf_counter() - started, highest / 1e6


def measure(subject: Subject) -> tuple[Figure, ...]:
    with tempfile.TemporaryDirectory(prefix="lathe-scale-") as name:
        folder = Path(name)
        return (*_weights(folder), *_nodes(folder, 64, "", 2.0), *_nodes(folder, 8, "_light", 2.0), *_many(folder))


def _weights(folder: Path) -> list[Figure]:
    model, out = str(wide(folder, WEIGHT_BYTES)), str(folder / "out.onnx")
    lathe = ["-m", "engine.cli"]
    quiet = ["--quiet", "--json"]
    optimize = ["optimize", model, "-o", out, "--quantize", "int8_weights:/layers/3/MatMul"]
    steps: dict[str, tuple[list[str], float | None, float | None]] = {
        "open": (["-c", OPEN, model], 3.0, 600.0),
        "inspect": ([*lathe, "inspect", model, *quiet], None, 600.0),
        "profile": ([*lathe, "profile", model, "--runs", "3", "--warmup", "1", *quiet], None, _ONE_COPY_MB),
        "optimize": ([*lathe, *optimize, *quiet], None, _ONE_COPY_MB),
    }
    figures = []
    for step, (arguments, most_s, most_mb) in steps.items():
        seconds, megabytes = run(arguments)
        figures.append(Figure(f"{step}_s", seconds, "s", f"2.5 GB: {step}, fresh process", most_s))
        figures.append(Figure(f"{step}_peak_mb", megabytes, "MB", f"2.5 GB: {step}, highest memory", most_mb))
    for path in folder.iterdir():
        path.unlink()
    return figures


def _nodes(folder: Path, channels: int, key: str, target: float | None) -> list[Figure]:
    model = str(deep(folder, 10_000, channels))
    inspect, floor = ["-m", "engine.cli", "inspect", model, "--quiet", "--json"], ["-c", LEAST, model]
    run(inspect), run(floor)  # the file and the modules come into the disk cache
    pairs = [(run(inspect), run(floor)) for _ in range(_PAIRS)]
    ours, least = (statistics.median(pair[side][0] for pair in pairs) for side in (0, 1))
    ratio = statistics.median(pair[0][0] / pair[1][0] for pair in pairs)
    memory = max(pair[0][1] for pair in pairs)
    size = Path(model).stat().st_size / 1e6
    Path(model).unlink()
    of = f"10,000 nodes, {size:.0f} MB"
    return [
        Figure(f"inspect_10000{key}_s", ours, "s", f"{of}: inspect, fresh process"),
        Figure(f"least_10000{key}_s", least, "s", f"{of}: onnx.load and infer_shapes, fresh process"),
        Figure(f"ratio_10000{key}", ratio, "", f"{of}: median of {_PAIRS} ratios", target),
        Figure(f"inspect_10000{key}_peak_mb", memory, "MB", f"{of}: inspect, highest memory"),
    ]


def _many(folder: Path) -> list[Figure]:
    model = str(deep(folder, 100_000, 8))
    seconds, memory = run(["-m", "engine.cli", "inspect", model, "--quiet", "--json"])
    return [
        Figure("inspect_100000_s", seconds, "s", "100,000 nodes: inspect, fresh process"),
        Figure("inspect_100000_peak_mb", memory, "MB", "100,000 nodes: inspect, highest memory"),
    ]


BENCHMARK = Benchmark("scale", "models of 2.5 GB, of 10,000 and of 100,000 nodes", measure)
