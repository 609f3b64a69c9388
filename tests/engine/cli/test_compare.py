from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import pytest

from engine.cli import compare
from engine.cli.main import main


@pytest.fixture
def pair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two models and their data; the latency is made up, because measuring is not what is tested here."""
    for name, op in (("a", "Identity"), ("b", "Neg")):
        made = onnx.parser.parse_model(
            f'<ir_version: 8, opset_import: ["" : 17]> g (float[n, 3] x) => (float[n, 3] y) {{ y = {op}(x) }}'
        )
        onnx.save(made, tmp_path / f"{name}.onnx")
    np.savez(tmp_path / "s.npz", x=np.eye(3, dtype=np.float32), labels=np.arange(3))

    def measured(*_args: Any) -> Any:
        return SimpleNamespace(
            a_ms=2.0, b_ms=1.0, ratio=0.5, interval=(0.4, 0.6), sessions=5, this_session_only=False,
            control_ratio=1.01, control_interval=(0.98, 1.03), notes=("The machine is not quiet.",),
        )  # fmt: skip

    monkeypatch.setattr("engine.profiling.measure.compare_latency", measured)
    return ["compare", str(tmp_path / "a.onnx"), str(tmp_path / "b.onnx")]


def test_the_object_has_the_keys_of_the_contract(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*pair, "--data", str(tmp_path / "s.npz"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert {"samples", "split", "outputs", "accuracy", "latency_ms", "file_bytes"} <= found.keys()
    assert (found["samples"], found["split"]) == (3, "none")
    assert found["accuracy"]["a"] == 1.0 and found["accuracy"]["b"] == 0.0 and found["accuracy"]["agreement"] == 0.0
    assert set(found["outputs"][0]) == {"name", "sqnr_db", "cosine", "max_abs_error"}
    assert {"a": 2.0, "b": 1.0, "ratio": 0.5, "interval": [0.4, 0.6]}.items() <= found["latency_ms"].items()
    assert {"control_ratio": 1.01, "control_interval": [0.98, 1.03]}.items() <= found["latency_ms"].items()
    assert found["notes"] == ["The machine is not quiet."]
    assert found["file_bytes"]["a"] == (tmp_path / "a.onnx").stat().st_size


def test_without_data_accuracy_is_null(pair: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*pair, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["accuracy"] is None and found["inputs"] == "synthetic"


def test_labels_that_are_no_classes_of_the_output_are_told(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    np.savez(tmp_path / "s.npz", x=np.eye(3, dtype=np.float32), labels=np.arange(1, 4))
    assert main([*pair, "--data", str(tmp_path / "s.npz")]) == 0
    assert "top-1     none: the labels go up to 3" in capsys.readouterr().out


def test_a_person_reads_sentences(pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([*pair, "--data", str(tmp_path / "s.npz")]) == 0
    text = capsys.readouterr().out
    assert "2 ms -> 1 ms, ratio 0.500 (0.400 to 0.600), 5 fresh sessions" in text and "100.00% -> 0.00%" in text
    assert "control   1.010 (0.980 to 1.030)" in text and "note      The machine is not quiet." in text


def test_data_that_cannot_be_used_ends_with_status_3(pair: list[str], tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", other=np.zeros((2, 3)))
    assert main([*pair, "--data", str(tmp_path / "s.npz")]) == 3


def test_identical_models_are_said_to_be(pair: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", pair[1], pair[1]]) == 0
    assert "y: identical" in capsys.readouterr().out


def test_the_module_is_a_command() -> None:
    assert compare.NAME == "compare" and compare.HELP


def test_why_profiles_both_and_explains_the_candidate(
    pair: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine.explain import explain as explaining
    from engine.explain.reason import Evidence, Reason

    def found(evidence: Evidence, _progress: Any) -> tuple[Reason, ...]:
        assert evidence.before is not None and evidence.before.model.graph[0].op_type == "Identity"
        return (Reason("casts", "2 casts", ("Neg_0",), 3.0, "What happens.", "What helps."),)

    monkeypatch.setattr(explaining, "reasons", found)
    asked = [*pair, "--why", "--runs", "3", "--warmup", "1", "--quiet"]
    assert main([*asked, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert [reason["title"] for reason in result["reasons"]] == ["2 casts"]
    assert {row["side"] for row in result["diff"]["layers"]} == {"before", "after"}
    assert result["profiles"]["b"]["layers"][0]["id"] == "Neg_0"
    assert main(asked) == 0
    text = capsys.readouterr().out
    assert "1. 2 casts" in text and "only after" in text
