"""What pruning leaves and gains: each method at 10, 20, 30 and 50 %, healed or not, on two real models.

Calibrated on the calibration part, scored on the evaluation part. ``even`` takes the share of every group's channels,
``measured`` the share of the model's multiply-accumulates where it does the least harm. A row with int8 shows that
pruning and ``int8_static`` add up. Takes an hour; a run of all benchmarks leaves it out::

    python -m benchmarks pruning --rows table/rows.json --phase accuracy --models resnet20 --methods l1_channels
    python -m benchmarks pruning --rows table/rows.json --phase latency

Rows that are in the file are not measured again. Without ``--phase`` both phases run.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.pruning_table import METHODS, Table, accuracy, all_rows, figures, latency
from benchmarks.subject import SHARED, Subject

MODELS = {
    "resnet20": ("cifar_resnet20/cifar_resnet20_ts_op13.onnx", "cifar10"),
    "mobilenet_v2": ("mobilenet_v2_1.0_224_fp32/mobilenet_v2_1.0_224_fp32.onnx", "imagenet_samples"),
}


def measure(subject: Subject) -> tuple[Figure, ...]:
    there = {name: (SHARED / "models" / model, SHARED / "data" / data) for name, (model, data) in MODELS.items()}
    there = {name: pair for name, pair in there.items() if pair[0].exists() and pair[1].exists()}
    there = there or {subject.title: (subject.model, subject.data)}
    wanted = os.environ.get("LATHE_PRUNING_MODELS", "").split(",")
    phase = os.environ.get("LATHE_PRUNING_PHASE", "")
    rows = all_rows((os.environ.get("LATHE_PRUNING_METHODS") or ",".join(METHODS)).split(","))
    found = []
    with tempfile.TemporaryDirectory() as scratch:
        table = Table(Path(os.environ.get("LATHE_PRUNING_ROWS") or Path(scratch) / "rows.json"))
        for name, (path, data) in there.items():
            if wanted != [""] and name not in wanted:
                continue
            if phase in ("", "accuracy"):
                accuracy(table, name, path, data, rows)
            if phase in ("", "latency"):
                latency(table, name, path, data, rows)
            for row, figure, value in figures(table, name, rows):
                found.append(Figure(f"{name} {row}.{figure}", value, "", f"{name} {row}: {figure}"))
    return tuple(found)


BENCHMARK = Benchmark("pruning", "channels taken out of two real models", measure, long=True)
