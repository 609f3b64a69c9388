from __future__ import annotations

import json
from pathlib import Path

import onnx
import onnx.parser
import pytest

from engine.cli.main import main

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
    assert set(result["latency_ms"]) == {"min", "median", "p90", "mean"}
    assert {"name", "op", "provider", "layers", "lead", "median_us", "p90_us", "share", "inserted"} == set(
        result["kernels"][0]
    )
    assert {"id", "state", "median_us", "inserted_us", "share", "lead"} == set(result["layers"][0])
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
    assert main(["profile", model, "--fail-over", "5%"]) == 2
    assert main(["profile", model, "--fail-over", "many"]) == 2
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
