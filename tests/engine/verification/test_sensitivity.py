from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import onnx_ir as ir
import pytest

from engine.errors import Cancelled, UsageError
from engine.progress import Progress
from engine.recipe import Rule
from engine.verification import sensitivity as module
from engine.verification.compare import compare
from engine.verification.measured import Score
from engine.verification.scan import has_dynamic_ranges
from engine.verification.sensitivity import (
    LayerSensitivity,
    Mode,
    Sensitivity,
    expected,
    keep_worst,
    scan_layers,
    spread,
)
from engine.verification.sensitivity_store import SensitivityStore
from tests.engine.verification.scene import Scene


def found(scene: Scene, *rules: Rule, mode: Mode = "alone", **more: Any) -> Sensitivity:
    prepared = scene.prepared(*rules, pruned=mode == "all_but")
    return scan_layers(prepared, scene.samples, scene.runtime, Progress(), mode=mode, **more)


@pytest.mark.parametrize("mode", ["alone", "all_but"])
def test_each_row_is_what_comparing_the_whole_models_gives(scene: Scene, mode: Mode) -> None:
    rules = (Rule("quantization", "int8_static"), Rule("pruning", "magnitude_weights", "op:Gemm", {"ratio": 0.5}))
    rows = found(scene, *rules, mode=mode)
    prepared = scene.prepared(*rules, pruned=mode == "all_but")
    assert rows.complete and len(rows.layers) == len(prepared.treatments) > 5
    for row, treatment in zip(rows.layers, prepared.treatments, strict=True):
        assert (row.id, row.kind, row.treatment) == (treatment.id, treatment.kind, treatment.name)
        one = (treatment.kind, treatment.id)
        model = (prepared.alone(treatment) if mode == "alone" else prepared.without({one}))[0]
        whole = compare(prepared.cleaned, model, scene.runtime, scene.samples, Progress())
        assert row.sqnr_db == pytest.approx(whole.outputs[0].sqnr_db, abs=0.01)
        assert whole.accuracy is not None
        assert row.accuracy_drop == pytest.approx(whole.accuracy.a - whole.accuracy.b)
        assert row.agreement == pytest.approx(whole.accuracy.agreement)


def test_a_broken_scale_stands_out(scene: Scene) -> None:
    """A range that is a thousand times too wide leaves a few codes for what ``left`` gives."""
    prepared = scene.prepared()
    known = prepared.calibrations["int8_static"]
    wide = replace(known.values["c"], low=0.0, high=known.values["c"].high * 1000, chosen={})
    broken = replace(known, values={**known.values, "c": wide})
    prepared = replace(prepared, calibrations={"int8_static": broken})
    rows = scan_layers(prepared, scene.samples, scene.runtime, Progress()).layers
    levels = {row.id: row.sqnr_db or 0.0 for row in rows}
    touched = {"left", "right"}  # one writes the value, the other reads it
    assert max(levels[name] for name in touched) < min(levels[name] for name in levels.keys() - touched) - 20


def test_pruning_everything_away_is_measured_as_such(scene: Scene) -> None:
    rows = found(scene, Rule("pruning", "magnitude_weights", "head", {"ratio": 1.0}))
    (row,) = rows.layers
    assert row.treatment == "magnitude_weights=1" and row.sqnr_db == pytest.approx(0.0)


def test_a_second_start_measures_only_what_is_left(scene: Scene, tmp_path: Path, monkeypatch: Any) -> None:
    store = SensitivityStore(tmp_path / "cache")
    measured: list[int] = []
    original = module.scan

    def scan(float_model: Any, base: Any, trials: Any, *args: Any, **more: Any) -> Mapping[int, Score]:
        measured.append(len(trials))
        return original(float_model, base, trials, *args, **more)

    monkeypatch.setattr(module, "scan", scan)
    stopped = found(scene, store=store, seconds=0.0)
    assert stopped.layers == () and not stopped.complete
    whole = found(scene, store=store)
    assert whole.complete
    assert found(scene, store=store).layers == whole.layers
    assert found(scene, store=store, resume=False).layers == whole.layers
    assert measured == [whole.planned, whole.planned, whole.planned]
    other = Rule("quantization", "int8_static", "stem", {"ranges": "mse"})
    (row,) = found(scene, other, store=store).layers  # other options are another treatment
    assert measured[-1] == 1 and row.id == "stem"


def test_cancelling_keeps_and_stores_what_was_measured(scene: Scene, tmp_path: Path) -> None:
    class Impatient(Progress):
        def keep(self, result: object) -> None:
            super().keep(result)
            if isinstance(result, Sensitivity) and len(result.layers) == 3:
                self.cancel()

    store, prepared = SensitivityStore(tmp_path / "cache"), scene.prepared()
    with pytest.raises(Cancelled) as caught:
        scan_layers(prepared, scene.samples, scene.runtime, Impatient(), store=store)
    partial = caught.value.partial
    assert isinstance(partial, Sensitivity) and len(partial.layers) >= 3 and not partial.complete
    again = scan_layers(prepared, scene.samples, scene.runtime, Progress(), store=store)
    assert again.complete and set(partial.layers) <= set(again.layers)


def test_a_file_that_cannot_be_read_counts_as_none(tmp_path: Path) -> None:
    store = SensitivityStore(tmp_path)
    store.save("a", {"x": Score(3.0)})
    assert store.load("a") == {"x": Score(3.0)} and store.load("b") == {}
    (path,) = tmp_path.glob("*.json")
    path.write_text("{")
    assert store.load("a") == {}


def test_nothing_to_treat_is_wrong_usage(scene: Scene) -> None:
    with pytest.raises(UsageError, match="no layer"):
        scene.prepared(Rule("quantization", "int8_static", "nothing"))


def test_the_order_of_work_is_spread_over_the_network_the_most_work_first(scene: Scene) -> None:
    prepared = scene.prepared()
    order = spread(prepared.treatments, prepared.index)
    assert sorted(t.id for t in order) == sorted(t.id for t in prepared.treatments)
    macs = {layer.id: layer.macs or 0 for layer in prepared.index.layers}
    assert macs[order[0].id] == max(macs[t.id] for t in order)
    place = {treatment: number for number, treatment in enumerate(prepared.treatments)}
    assert {place[treatment] >= len(order) // 2 for treatment in order[:3]} == {False, True}


def row(name: str, db: float | None, saved: float | None = 10.0, drop: float | None = 0.01) -> LayerSensitivity:
    return LayerSensitivity(name, "quantization", "s", db, drop, 1.0, saved)


def test_noise_powers_of_layers_add() -> None:
    rows = [row("a", 20.0), row("b", 20.0), row("c", 40.0, saved=-5.0)]
    whole = expected(rows, (), treated_us=100.0)
    assert whole.sqnr_db == pytest.approx(-10 * math.log10(0.01 + 0.01 + 0.0001))
    assert whole.latency_us == 100.0 and whole.accuracy_drop == pytest.approx(0.03)
    less = expected(rows, ("a",), treated_us=100.0)
    assert less.sqnr_db == pytest.approx(-10 * math.log10(0.0101)) and less.latency_us == 110.0
    assert expected(rows, ("a", "b", "c")).sqnr_db == math.inf
    unknown = expected([*rows, row("d", None, saved=None, drop=None)], ("d",), treated_us=100.0)
    assert unknown.latency_us is None and unknown.sqnr_db == whole.sqnr_db
    assert expected([row("d", None, drop=None)], ()).sqnr_db is None


def test_the_worst_are_kept_first() -> None:
    sensitivity = Sensitivity("alone", (row("a", 30.0), row("b", 10.0), row("c", 20.0)), 3, 4, 1.0)
    steps = keep_worst(sensitivity, 100.0)
    assert [step.kept for step in steps] == [(), ("b",), ("b", "c"), ("a", "b", "c")]
    assert [step.latency_us for step in steps] == [100.0, 110.0, 120.0, 130.0]
    levels = [step.sqnr_db or 0.0 for step in steps]
    assert levels == sorted(levels)


def test_json_has_no_infinity() -> None:
    same, broken = row("a", math.inf).to_json(), row("b", -math.inf).to_json()
    assert same["sqnr_db"] is None and "float model's" in same["reason"]
    assert broken["sqnr_db"] is None and "not finite" in broken["reason"]
    sensitivity = Sensitivity("alone", (row("a", 1.0),), 2, 4, 1.0).to_json()
    assert sensitivity["complete"] is False and sensitivity["planned"] == 2


def test_ranges_of_a_run_forbid_batching() -> None:
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[n, 4] x) => (uint8[n, 4] y) {BODY}'
    dynamic = text.replace("BODY", "y, s, z = DynamicQuantizeLinear(x)")
    static = text.replace("BODY", "y = Cast <to = 2> (x)")
    assert has_dynamic_ranges(ir.from_proto(onnx.parser.parse_model(dynamic)))
    assert not has_dynamic_ranges(ir.from_proto(onnx.parser.parse_model(static)))


def test_scores_that_could_not_be_measured_are_tried_again(scene: Scene, tmp_path: Path) -> None:
    store, prepared = SensitivityStore(tmp_path), scene.prepared()
    scan_layers(prepared, scene.samples, scene.runtime, Progress(), store=store)
    (path,) = tmp_path.glob("*.json")
    key = module._key(prepared, scene.samples, scene.runtime, "alone")
    known = store.load(key)
    name = next(iter(known))
    store.save(key, {**known, name: replace(Score(), reason="the device was gone")})
    assert path.exists()
    again = scan_layers(prepared, scene.samples, scene.runtime, Progress(), store=store)
    assert again.complete and not any(one.reason for one in again.layers)
