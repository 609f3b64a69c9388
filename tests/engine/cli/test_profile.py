from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import onnx
import onnx.parser
import pytest

from engine.cli.main import main
from engine.errors import Cancelled, EngineError, RuntimeCrash
from engine.explain.roofline import Ceilings

TEXT = """<ir_version: 8, opset_import: ["" : 17]>
g (float[N,64] x) => (float[N,64] y) { [first] a = Sin(x) [second] y = Cos(a) }"""
FIXED = ["--runs", "5", "--warmup", "1", "--threads", "1", "--quiet"]


@pytest.fixture
def model(tmp_path: Path) -> str:
    onnx.save(onnx.parser.parse_model(TEXT), tmp_path / "m.onnx")
    return str(tmp_path / "m.onnx")


def test_the_keys_of_the_contract(model: str, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    trace = tmp_path / "t.json"
    assert main(["profile", model, "--json", "--trace", str(trace), *FIXED]) == 0
    result = json.loads(capfd.readouterr().out)
    assert {
        "device", "threads", "batch", "runs", "latency_ms", "throughput_per_s", "kernel_sum_ms", "profiler_overhead",
        "attributed_share", "peak_memory_bytes", "noisy", "inputs", "kernels", "layers",
    } <= set(result)  # fmt: skip
    assert {"model", "memory", "roofline", "reasons", "placement", "complete"} <= set(result)
    assert {"min", "median", "p90", "mean", "p99", "interval", "histogram"} <= set(result["latency_ms"])
    assert {"name", "op", "provider", "layers", "lead", "median_us", "p90_us", "share", "inserted"} <= set(
        result["kernels"][0]
    )
    assert {"id", "state", "median_us", "inserted_us", "share", "lead"} <= set(result["layers"][0])
    assert sum(layer["share"] for layer in result["layers"]) + result["unattributed_share"] == pytest.approx(1.0)
    assert (result["runs"], result["threads"], result["inputs"]) == (5, 1, "synthetic")
    assert [layer["id"] for layer in result["layers"]] == ["first", "second"]
    assert json.loads(trace.read_text())["traceEvents"]


def test_for_people_it_lists_the_slowest_layers(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", model, "--batch", "4096", *FIXED]) == 0
    shown = capsys.readouterr().out
    assert "ms median" in shown
    assert "first" in shown and "second" in shown


@pytest.mark.parametrize(("median", "status"), [(1e-9, 5), (1e9, 0)])
def test_slower_than_the_baseline_fails_the_check(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], median: float, status: int
) -> None:
    baseline = tmp_path / "p.json"
    baseline.write_text(json.dumps({"device": "cpu", "latency_ms": {"median": median}}))
    asked = ["profile", model, "--baseline", str(baseline), "--json", *FIXED]
    assert main([*asked, "--fail-over", "5%"]) == status
    result = json.loads(capsys.readouterr().out)
    assert result["baseline"]["ratio"] == pytest.approx(result["latency_ms"]["median"] / median)
    assert "exit_status" not in result
    assert main(asked) == 0, "without a limit it only compares"


@pytest.mark.parametrize(
    ("content", "status"),
    [("no json", 3), ("{}", 3), ('{"latency_ms": {"median": 0}}', 3), (None, 3)],
)
def test_a_baseline_that_is_none(
    model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str | None, status: int
) -> None:
    baseline = tmp_path / "p.json"
    if content is not None:
        baseline.write_text(content)
    assert main(["profile", model, "--baseline", str(baseline), *FIXED]) == status
    assert str(baseline) in capsys.readouterr().err


def test_wrong_usage(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    for flags in (["--fail-over", "5%"], ["--fail-over", "many"], ["--threshold", "5%"], ["--threshold", "5"]):
        assert main(["profile", model, *flags]) == 2
    assert main(["profile", model, "--baseline", model, "--fail-over", "5"]) == 2, "5 % or 500 %?"
    assert main(["profile", model, "--csv", str(Path(model).with_suffix(".csv")), *FIXED]) == 2
    assert main(["profile", model, "--device", "nothing:0", *FIXED]) == 2


def test_a_model_that_the_device_cannot_run(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    proto = onnx.parser.parse_model(TEXT)
    proto.graph.node[0].op_type = "NoSuchOp"
    onnx.save(proto, tmp_path / "m.onnx")
    assert main(["profile", str(tmp_path / "m.onnx"), "--json", *FIXED]) == 4
    captured = capfd.readouterr()
    assert captured.out == ""
    assert "NoSuchOp" in captured.err
    assert "Traceback" not in captured.err


def test_more_threads_than_any_machine_has_are_refused(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", model, "--threads", "100000"]) == 2
    assert "more than" in capsys.readouterr().err


def test_the_trace_never_goes_over_the_model(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(model).read_bytes()
    assert main(["profile", model, "--trace", model, *FIXED]) == 2
    assert "never written" in capsys.readouterr().err
    assert Path(model).read_bytes() == before


def test_every_table_as_csv(model: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def known(*_args: Any, **_options: Any) -> Ceilings:
        return Ceilings("cpu", 1, {"float32": 100.0}, 10.0, "")

    monkeypatch.setattr("engine.explain.ceilings.ceilings", known)
    baseline, folder = tmp_path / "p.json", tmp_path / "tables"
    assert main(["profile", model, "--csv", str(folder), "--roofline", *FIXED]) == 0
    baseline.write_text(json.dumps({"latency_ms": {"median": 1}}))
    assert main(["profile", model, "--csv", str(folder), "--baseline", str(baseline), *FIXED]) == 0
    names = {path.name for path in folder.iterdir()}
    assert names == {
        f"{name}.csv"
        for name in ("summary", "layers", "kernels", "placement", "histogram", "reasons", "memory", "roofline")
    }
    with (folder / "layers.csv").open(newline="", encoding="utf-8") as file:
        assert [row["id"] for row in csv.DictReader(file)] == ["first", "second", "(unattributed)"]


def test_a_profile_is_its_own_baseline(model: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    baseline = tmp_path / "p.json"
    assert main(["profile", model, "--json", *FIXED]) == 0
    baseline.write_text(capsys.readouterr().out)
    folder = tmp_path / "tables"
    assert main(["profile", model, "--json", "--baseline", str(baseline), "--csv", str(folder), *FIXED]) == 0
    found = json.loads(capsys.readouterr().out)["baseline"]
    assert {row["id"]: row["side"] for row in found["diff"]["layers"]} == {"first": "both", "second": "both"}
    assert not [note for note in found["notes"] if "Different" in note]
    assert (folder / "diff.csv").exists()


@pytest.mark.parametrize(
    ("stop", "status", "error"),
    [(lambda: Cancelled(), 130, None), (lambda: RuntimeCrash("no memory", where="m"), 6, "m: no memory")],
)
def test_what_was_measured_until_the_end_is_printed(
    model: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    stop: Callable[[], EngineError | Cancelled],
    status: int,
    error: str | None,
) -> None:
    from dataclasses import replace

    from engine.profiling import measure

    real = measure.profile_with_timeline

    def stopped(*args: Any) -> Any:
        profile, timeline = real(*args)
        ended = stop()
        ended.partial = (replace(profile, complete=False, stopped="it was stopped"), timeline)
        raise ended

    monkeypatch.setattr(measure, "profile_with_timeline", stopped)
    assert main(["profile", model, "--json", *FIXED]) == status
    result = json.loads(capsys.readouterr().out)
    assert result["complete"] is False and result["latency_ms"]["median"] > 0
    assert result.get("error") == error
    assert main(["profile", model, *FIXED]) == status
    assert "NOT COMPLETE: it was stopped." in capsys.readouterr().out


def test_without_anything_measured_it_only_stops(
    model: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any) -> Any:
        raise Cancelled

    monkeypatch.setattr("engine.profiling.measure.profile_with_timeline", stopped)
    assert main(["profile", model, "--json", *FIXED]) == 130
    captured = capsys.readouterr()
    assert captured.out == "" and "stopped" in captured.err


def test_a_stop_while_explaining_keeps_the_whole_measurement(
    model: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(*_args: Any, **_options: Any) -> Any:
        raise Cancelled

    monkeypatch.setattr("engine.explain.explain.explain", stopped)
    assert main(["profile", model, "--json", *FIXED]) == 130
    result = json.loads(capsys.readouterr().out)
    assert result["complete"] and result["reasons"] == [] and "explained" in result["error"]
