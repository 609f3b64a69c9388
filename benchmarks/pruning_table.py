"""The table of the pruning benchmark, kept in a file row by row so that it can be interrupted, split and gone on with.

Two phases. The accuracy phase cuts, heals and scores, and keeps the cut models beside the file; a busy machine does it
no harm. The latency phase measures the kept models against the cleaned originals in pairs, and wants a quiet machine.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.backend import Runtime
    from engine.data.samples import Dataset
    from engine.options import OptionValue
    from engine.recipe import Rule

SHARES = (0.1, 0.2, 0.3, 0.5)
BEST = "reconstruction_channels"
METHODS = ("random_channels", "l1_channels", "l2_channels", "bn_scale_channels", "activation_channels", BEST)


@dataclass(frozen=True, slots=True)
class Row:
    """One cut; ``method`` is empty where nothing is cut. An int8 row quantizes the kept model of the other row."""

    method: str = ""
    share: float = 0.0
    spread: str = "even"
    healed: bool = False
    int8: bool = False

    @property
    def name(self) -> str:
        parts = ["original"]
        if self.method:
            parts = [self.method, f"{self.share:.0%}", self.spread, "healed" if self.healed else "not healed"]
        return " ".join([*parts, *(["int8"] if self.int8 else [])])

    @property
    def rule(self) -> Rule:
        from engine.recipe import Rule

        values: dict[str, OptionValue] = {"ratio": self.share, "spread": self.spread}
        return Rule("pruning", self.method, None, {**values, "heal": "yes" if self.healed else "no"})


def all_rows(methods: Collection[str] = METHODS) -> list[Row]:
    """The quick ones first."""
    found = [Row(), Row(int8=True)]
    for healed in (False, True):
        found += [Row(method, share, "even", healed) for share in SHARES for method in METHODS if method in methods]
    if BEST in methods:
        found += [Row(BEST, share, "measured", True, int8) for share in SHARES for int8 in (False, True)]
    return found


@dataclass(frozen=True)
class Table:
    """``file`` holds {"rows": {"MODEL ROW": {...}}}; the models stand in its folder."""

    file: Path

    def rows(self) -> dict[str, dict[str, Any]]:
        if not self.file.exists():
            return {}
        found: dict[str, dict[str, Any]] = json.loads(self.file.read_text())["rows"]
        return found

    def put(self, name: str, row: Mapping[str, Any]) -> None:
        """Beside what others have written in the meantime."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        rows = self.rows()
        rows[name] = {**rows.get(name, {}), **row}
        aside = self.file.with_suffix(f".{os.getpid()}")
        aside.write_text(json.dumps({"rows": rows}, indent=1))
        aside.replace(self.file)

    def model(self, name: str) -> Path:
        return self.file.parent / (name.replace(" ", "_").replace("%", "") + ".onnx")


def accuracy(table: Table, model: str, path: Path, data: Path, rows: Collection[Row]) -> None:
    """Cut, heal and score what the table does not have yet."""
    with _opened(path, data, 1) as (source, dataset, runtime):
        for row in rows:
            name = f"{model} {row.name}"
            if name in table.rows():
                continue
            print(f"  {name} ...", file=sys.stderr, flush=True)
            table.put(name, _accuracy(table, model, row, source, dataset, runtime))


def latency(table: Table, model: str, path: Path, data: Path, rows: Collection[Row]) -> None:
    """Measure the kept models that were not measured yet."""
    import onnx_ir as ir

    from engine.profiling.measure import compare_latency
    from engine.progress import Progress

    with _opened(path, data, 0) as (_, dataset, runtime):
        original = table.model(f"{model} {Row().name}")
        for row in rows:
            name = f"{model} {row.name}"
            known = table.rows().get(name)
            if known is None or "latency_ratio" in known or row == Row():
                continue
            print(f"  {name} ...", file=sys.stderr, flush=True)
            if known["changed"]:
                pair = ir.load(original), ir.load(table.model(name))
                ratio = compare_latency(*pair, runtime, dataset.evaluation, Progress()).ratio
            else:
                ratio = 1.0
            table.put(name, {"latency_ratio": ratio})


def _accuracy(
    table: Table, model: str, row: Row, source: ir.Model, dataset: Dataset, runtime: Runtime
) -> dict[str, Any]:
    import onnx_ir as ir

    from engine.apply import apply
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.progress import Progress
    from engine.quantization.calibrate import RangeCache
    from engine.recipe import Recipe, Rule
    from engine.verification.compare import compare

    started, progress = time.perf_counter(), Progress()
    facts = runtime.backend.facts(runtime.settings.device)
    before = source
    if row.int8:
        before = ir.load(table.model(f"{model} {Row(row.method, row.share, row.spread, row.healed).name}"))
    rules = (Rule("quantization", "int8_static"),) if row.int8 else ((row.rule,) if row.method else ())
    applied = apply(before, Recipe(rules=rules), dataset.calibration, facts, runtime, progress, ranges=RangeCache())
    if not row.method and not row.int8:
        ir.save(applied.cleaned, table.model(f"{model} {row.name}"))
    original = ir.load(table.model(f"{model} {Row().name}"))
    score = compare(original, applied.model, runtime, dataset.evaluation, progress)
    first, last = (index_layers(bind(one, {}, 1, strict=False)) for one in (original, applied.model))
    changed = row.int8 or bool(applied.pruned.cuts)
    if changed:
        ir.save(applied.model, table.model(f"{model} {row.name}"))
    return {
        "parameters": last.parameters / first.parameters,
        "macs": last.macs / first.macs if first.macs and last.macs is not None else None,
        "top1": None if score.accuracy is None else score.accuracy.b,
        "changed": changed,
        "groups": {cut.id: [cut.before, cut.after] for cut in applied.pruned.cuts},
        "seconds": round(time.perf_counter() - started, 1),
    }


@contextmanager
def _opened(path: Path, data: Path, threads: int) -> Iterator[tuple[ir.Model, Dataset, Runtime]]:
    """The model as opened, its data and a runtime in a child."""
    from engine.backend import RunSettings, Runtime
    from engine.backends import backend_of
    from engine.data.dataset import open_dataset
    from engine.formats import open_source
    from engine.graph.shapes import inputs
    from engine.profiling.child import Child
    from engine.progress import Progress

    settings = RunSettings(threads=threads)
    source = open_source(path, Progress()).model
    dataset = open_dataset(data, inputs(source), samples=None, seed=0)
    with Child() as host:
        yield source, dataset, Runtime(backend_of(settings.device), settings, host)


def figures(table: Table, model: str, rows: Collection[Row]) -> Iterator[tuple[str, str, float]]:
    """Row, figure and value of what is known."""
    known = table.rows()
    for row in rows:
        found = known.get(f"{model} {row.name}", {})
        for figure in ("parameters", "macs", "latency_ratio", "top1"):
            if found.get(figure) is not None:
                yield row.name, figure, found[figure]
