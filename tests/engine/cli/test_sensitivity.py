from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from engine.cli.main import main
from engine.cli.sensitivity import _points

SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
MODEL, DATA = SAMPLES / "digits_cnn.onnx", SAMPLES / "digits"


def scan(capsys: pytest.CaptureFixture[str], *flags: str | Path) -> tuple[int, dict[str, Any]]:
    given = ["sensitivity", str(MODEL), "--json", "--quiet", "--data", str(DATA), "--samples", "32"]
    status = main([*given, *map(str, flags)])
    out, _ = capsys.readouterr()
    return status, json.loads(out) if out else {}


def test_the_contract(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    table = tmp_path / "layers.csv"
    flags = ["--quantize", "int8_static:op:*", "--prune", "magnitude_weights=0.5:op:Gemm", "--csv", str(table)]
    status, result = scan(capsys, *flags)
    assert status == 0 and result["complete"] is True and result["samples"] == 32 and result["split"] == "named"
    rows = {(row["id"], row["treatment"]): row for row in result["layers"]}
    assert {("conv", "int8_static"), ("dense", "int8_static"), ("dense", "magnitude_weights=0.5")} <= rows.keys()
    for row in rows.values():
        assert {"id", "treatment", "sqnr_db", "accuracy_drop", "latency_saved_us"} <= row.keys()
        assert row["latency_saved_us"] is None
    assert rows["dense", "magnitude_weights=0.5"]["sqnr_db"] < rows["conv", "int8_static"]["sqnr_db"]
    with table.open(newline="") as file:
        assert [line["id"] for line in csv.DictReader(file)] == [row["id"] for row in result["layers"]]


def test_time_ends_the_scan_and_resume_goes_on(capsys: pytest.CaptureFixture[str]) -> None:
    status, first = scan(capsys, "--quantize", "int8_static", "--time-limit", "0")
    assert status == 0 and first["complete"] is False and first["layers"] == []
    _, second = scan(capsys, "--quantize", "int8_static", "--resume")
    assert second["complete"] is True
    _, third = scan(capsys, "--quantize", "int8_static", "--resume", "--time-limit", "0")
    assert third["complete"] is True and third["layers"] == second["layers"]


def test_left_out_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    _, alone = scan(capsys, "--quantize", "int8_static")
    _, others = scan(capsys, "--quantize", "int8_static", "--leave-one-out")
    assert (alone["mode"], others["mode"]) == ("alone", "all_but")
    levels = [{row["id"]: row["sqnr_db"] for row in one["layers"]} for one in (alone, others)]
    assert levels[0].keys() == levels[1].keys()
    worst = min(levels[0], key=levels[0].__getitem__)
    assert levels[1][worst] == max(levels[1].values())


def test_what_layers_gain_in_time_is_measured_on_request(capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--quantize", "int8_static:conv", "--latency", "--runs", "3", "--warmup", "1"]
    status, result = scan(capsys, *flags)
    assert status == 0 and isinstance(result["layers"][0]["latency_saved_us"], float)
    assert result["treated_us"] > 0


@pytest.mark.parametrize(
    ("flags", "status"),
    [
        (["--quantize", "int8_static:nothing"], 2),
        (["--quantize", "no_such_scheme"], 2),
        (["--time-limit", "-1"], 2),
        (["--resume", "--no-cache"], 2),
        (["--quantize", "int8_static", "--csv", str(MODEL)], 2),
    ],
)
def test_wrong_usage(capsys: pytest.CaptureFixture[str], flags: list[str], status: int) -> None:
    assert scan(capsys, *flags)[0] == status


def test_for_people_the_worst_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["sensitivity", str(MODEL), "--quiet", "--data", str(DATA), "--samples", "16"]
    assert main([*given, "--quantize", "int8_static", "--prune", "magnitude_weights=0.9:conv"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[2].split()[:2] == ["conv", "magnitude_weights=0.9"] and " dB" in lines[2]
    assert any("calibration samples in" in line for line in lines)


@pytest.mark.parametrize(("drop", "said"), [(0.0, "+0.0"), (0.0001, "+0.0"), (0.4, "-40.0"), (-0.01, "+1.0")])
def test_a_drop_is_told_in_points(drop: float, said: str) -> None:
    assert _points(drop) == said
