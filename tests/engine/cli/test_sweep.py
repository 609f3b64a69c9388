from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
import onnx.parser
import pytest

from engine.cli.main import main

TEXT = '<ir_version: 8, opset_import: ["": 17]> g (float[N,64] x) => (float[N,64] y) { y = Sin(x) }'
SHORT = ["--seconds", "0.02", "--quiet"]


@pytest.fixture
def model(tmp_path: Path) -> str:
    onnx.save(onnx.parser.parse_model(TEXT), tmp_path / "m.onnx")
    return str(tmp_path / "m.onnx")


def test_every_point_in_json_and_csv(model: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "points.csv"
    grid = ["--batches", "1,4", "--threads-list", "1", "--streams", "1,2", "--latency-limit", "1000"]
    assert main(["sweep", model, *grid, "--csv", str(table), "--json", *SHORT]) == 0
    result = json.loads(capfd.readouterr().out)
    assert (result["device"], result["inputs"], result["latency_limit_ms"]) == ("cpu", "synthetic", 1000.0)
    assert [(p["batch"], p["streams"]) for p in result["points"]] == [(1, 1), (4, 1), (1, 2), (4, 2)]
    assert all(p["throughput_per_s"] > 0 and not p["reason"] for p in result["points"])
    assert result["best"] == max(range(4), key=lambda n: result["points"][n]["throughput_per_s"])
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["throughput_per_s"]) for row in rows] == [p["throughput_per_s"] for p in result["points"]]


def test_for_people_the_best_point_is_marked(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", model, "--threads-list", "1", "--streams", "1,2", *SHORT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith("*  ") for line in lines) == 1
    table = [line for line in lines if line[3:].strip()[:1].isdigit()]
    assert len(table) == 2 and len({len(line) for line in table}) == 1


def test_a_point_without_figures_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    onnx.save(onnx.parser.parse_model(TEXT.replace("N", "1")), tmp_path / "m.onnx")
    assert main(["sweep", str(tmp_path / "m.onnx"), "--batches", "1,4", "--threads", "1", *SHORT]) == 0
    assert "fix a batch of 1" in capsys.readouterr().out


def test_a_scenario(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", model, "--scenario", "single_stream", "--threads", "1", "--json", *SHORT]) == 0
    found = json.loads(capsys.readouterr().out)["scenario"]
    assert (found["name"], found["metric"]) == ("single_stream", "p90_ms")
    assert main(["sweep", model, "--scenario", "offline", "--threads", "1", *SHORT]) == 0
    text = capsys.readouterr().out
    assert " samples/s" in text and "offline: " in text and "1 stream of 1 thread" in text


def test_a_server_for_which_no_rate_holds_states_no_figures(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["sweep", model, "--scenario", "server", "--latency-bound", "0.000001", "--threads", "1", *SHORT]
    assert main(asked) == 0
    text = capsys.readouterr().out
    assert "server: no rate that holds" in text and "No rate of arrivals" in text
    assert " 0 ms" not in text and "stands on" not in text
    assert main([*asked, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["scenario"]["value"] == 0 and "onnxruntime" in found["environment"] and found["measured_at"]


def test_a_long_reason_stays_in_the_terminal(
    model: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.profiling import sweep

    real = sweep.sweep

    def refused(*args: Any) -> Any:
        found = real(*args)
        points = (replace(found.points[0], reason="the runtime says no for a reason that is long " * 4),)
        return replace(found, points=points, best=None, notes=("Other programs kept 1.6 of 2 cores busy. " * 4,))

    monkeypatch.setattr(sweep, "sweep", refused)
    assert main(["sweep", model, "--threads-list", "1", *SHORT]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert max(map(len, lines[1:])) <= 100 and sum("a reason that is long" in line for line in lines) > 1


@pytest.mark.parametrize(
    "flags",
    [
        ["--latency-bound", "5"],
        ["--scenario", "server"],
        ["--scenario", "offline", "--latency-bound", "5"],
        ["--scenario", "offline", "--batches", "1,2"],
        ["--scenario", "offline", "--streams", "1,2"],
        ["--scenario", "offline", "--latency-limit", "5"],
        ["--batches", "1,,2"],
        ["--batches", "0"],
        ["--streams", "100000"],
        ["--seconds", "-1"],
        ["--latency-limit", "nan"],
        ["--runs", "5"],
    ],
)
def test_wrong_usage(model: str, flags: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sweep", model, *flags]) == 2
    assert capsys.readouterr().err


def test_a_stopped_sweep_prints_the_points_that_there_are(
    model: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.errors import Cancelled
    from engine.profiling import sweep

    real = sweep.sweep

    def stopped(*args: Any) -> Any:
        args[-1].keep(replace(real(*args), complete=False))
        raise Cancelled

    monkeypatch.setattr(sweep, "sweep", stopped)
    assert main(["sweep", model, "--threads-list", "1", "--json", *SHORT]) == 130
    result = json.loads(capsys.readouterr().out)
    assert len(result["points"]) == 1 and not result["complete"]
    assert main(["sweep", model, "--threads-list", "1", *SHORT]) == 130
    assert "points are missing" in capsys.readouterr().out
