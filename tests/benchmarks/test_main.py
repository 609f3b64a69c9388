from __future__ import annotations

import json
from pathlib import Path

import pytest

import benchmarks.cases
from benchmarks.__main__ import as_json, as_table, main, number
from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject, find_subject
from engine.registry import discover
from resources import samples

FAST = Figure("paint_ms", 12.34, "ms", "first paint", target=16)
SLOW = Figure("ratio", 3.1, "", "median of the ratios", target=2.5)


def test_every_promised_benchmark_is_there() -> None:
    known = discover(benchmarks.cases, "BENCHMARK", Benchmark)
    assert {"start", "open", "inspect", "profile", "compare", "quantize", "calibrate"} <= known.keys()


def test_json_of_one_is_its_figures_and_of_several_is_by_name() -> None:
    assert json.loads(as_json({"open": (FAST,)}, alone=True)) == {"paint_ms": 12.34}
    assert json.loads(as_json({"open": (FAST,)}, alone=False)) == {"open": {"paint_ms": 12.34}}


def test_table_says_what_missed_its_target() -> None:
    lines = as_table({"open": (FAST,), "inspect": (SLOW,)}, "a model").splitlines()
    (met,) = [line for line in lines if "first paint" in line]
    (missed,) = [line for line in lines if "ratios" in line]
    assert "12.3 ms" in met
    assert "(missed)" not in met
    assert "at most 2.5 (missed)" in missed


def test_large_figures_have_no_exponent() -> None:
    assert [number(value) for value in (1104.2, 12.345, 0.05661, 65)] == ["1,104", "12.3", "0.0566", "65"]


def test_measures_the_named_one_and_prints_json_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    measured: list[Subject] = []

    def measure(subject: Subject) -> tuple[Figure, ...]:
        measured.append(subject)
        return (FAST,)

    known = {"open": Benchmark("open", "", measure), "start": Benchmark("start", "", lambda _: pytest.fail("asked?"))}
    monkeypatch.setattr("benchmarks.__main__.discover", lambda *_: known)
    assert main(["open", "--json"]) == 0
    assert len(measured) == 1
    assert json.loads(capsys.readouterr().out) == {"paint_ms": 12.34}


def test_unknown_name_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["juggling"])
    assert stop.value.code == 2
    assert "inspect" in capsys.readouterr().err


def test_the_sample_stands_in_for_the_real_model(tmp_path: Path) -> None:
    subject = find_subject(tmp_path)
    assert subject.model == samples()[0].model
    assert "sample" in subject.title


def test_the_real_model_is_used_where_it_is(real_model: object) -> None:
    real_model("mobilenet_v2_1.0_224_fp32")  # type: ignore[operator]
    assert find_subject().title == "MobileNetV2"
