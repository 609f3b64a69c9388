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
from engine.errors import Cancelled, RuntimeCrash
from engine.profiling.fair import LatencyComparison


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


def test_the_record_says_what_one_must_know_to_measure_again(
    pair: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*pair, "--threads", "1", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["models"] == {"a": pair[1], "b": pair[2]}
    assert (found["device"], found["threads"], found["batch"], found["complete"]) == ("cpu", 1, 1, True)
    assert found["settings"]["optimization"] == "all" and "onnxruntime" in found["environment"]
    assert found["model_sha256"]["a"] != found["model_sha256"]["b"] and found["measured_at"]
    assert main([*pair, "--threads", "1"]) == 0
    assert ", 1 thread, batch 1" in capsys.readouterr().out


@pytest.mark.parametrize(("stop", "status"), [(Cancelled(), 130), (RuntimeCrash("it died"), 6)])
@pytest.mark.parametrize("some", [False, True])
def test_what_was_found_before_the_end_is_printed(
    pair: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch,
    stop: Cancelled | RuntimeCrash, status: int, some: bool,
) -> None:  # fmt: skip
    once = LatencyComparison(2.0, 1.0, 0.5, (0.4, 0.6), 1, True, 1.0, (0.9, 1.1))

    def ended(*_args: Any) -> Any:
        stop.partial = once if some else None
        raise stop

    monkeypatch.setattr("engine.profiling.measure.compare_latency", ended)
    assert main([*pair, "--json"]) == status
    found = json.loads(capsys.readouterr().out)
    assert not found["complete"] and found["outputs"][0]["max_abs_error"] > 0
    assert (found["latency_ms"] is not None) is some
    assert main(pair) == status
    text = capsys.readouterr().out
    assert "NOT COMPLETE" in text and ("ratio 0.500" if some else "not measured") in text
    assert ("it died" in text) is (status == 6)


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


def test_calibration_samples_inside_the_evaluation_are_warned_of(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "set"
    folder.mkdir()
    np.savez(folder / "calibration.npz", x=np.eye(3, dtype=np.float32)[:2])
    np.savez(folder / "evaluation.npz", x=np.eye(3, dtype=np.float32)[1:], labels=np.arange(1, 3))
    assert main([*pair, "--data", str(folder), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["split"] == "named"
    assert found["data"]["overlap"] == {"count": 1, "first": [["row 1", "row 0"]], "left_out": False}
    assert main([*pair, "--data", str(folder)]) == 0
    assert "WARNING   1 of 2 calibration samples are in the evaluation part too" in capsys.readouterr().out
    assert main([*pair, "--data", str(folder), "--set", "data.overlap=refuse"]) == 3
    np.savez(folder / "calibration.npz", x=-np.eye(3, dtype=np.float32)[:2])
    assert main([*pair, "--data", str(folder)]) == 0
    assert "WARNING" not in capsys.readouterr().out


def test_samples_that_are_left_out_are_counted_and_named(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    x = np.eye(3, dtype=np.float32)
    x[1, 0] = np.nan
    np.savez(tmp_path / "s.npz", x=x, labels=np.arange(3))
    data = ["--data", str(tmp_path / "s.npz")]
    assert main([*pair, *data, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["samples"] == 2 and found["accuracy"]["a"] == 1.0
    assert found["data"]["evaluation"]["reasons"][0]["reason"] == "NaN"
    assert main([*pair, *data]) == 0
    assert "left out  1 sample of 3 in the data, NaN: row 1 (NaN at [0])" in capsys.readouterr().out
    assert main([*pair, *data, "--bad-samples", "refuse"]) == 3
    assert "1 of 3 samples cannot be used: 1 NaN: row 1" in capsys.readouterr().err
    assert main([*pair, *data, "--set", "data.bad_samples=keep"]) == 2


def test_a_metric_runs_only_with_consent(pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ran = tmp_path / "ran"
    (tmp_path / "m.py").write_text(
        f"open({str(ran)!r}, 'w').close()\ndef first(outputs, labels):\n    return outputs['y'][0, 0]\n"
    )
    asked = [*pair, "--data", str(tmp_path / "s.npz"), "--metric", f"{tmp_path / 'm.py'}:first"]
    assert main(asked) == 2 and not ran.exists()
    assert "--allow-code" in capsys.readouterr().err
    assert main([*asked, "--allow-code", "--json"]) == 0 and ran.exists()
    found = json.loads(capsys.readouterr().out)["metric"]
    assert found == {"name": "m.py:first", "a": 1.0, "b": -1.0, "difference": -2.0}
    assert main([*asked, "--allow-code"]) == 0
    assert "metric    m.py:first: 1 -> -1 (-2)" in capsys.readouterr().out


def test_the_difference_of_accuracy_is_put_into_perspective(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*pair, "--data", str(tmp_path / "s.npz")]) == 0
    assert "may be chance: 3 of 3 samples got wrong and 0 right, p = 0.25" in " ".join(capsys.readouterr().out.split())


def test_the_error_behind_each_layer_in_json_csv_and_words(
    pair: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "layers.csv"
    flags = ["--layers", "--data", str(tmp_path / "s.npz")]
    same = [pair[0], pair[2], pair[2], *flags]
    assert main([*same, "--csv", str(table), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [(layer["id"], layer["op"], layer["max_abs_error"]) for layer in found["layers"]] == [("Neg_0", "Neg", 0.0)]
    assert found["layer_samples"] == 3
    assert table.read_text().splitlines()[0] == '"id","op","value","rounded","sqnr_db","cosine","max_abs_error"'
    assert main(same) == 0
    assert "1 layer without any error" in capsys.readouterr().out
    assert main([*same[:-3], "--csv", str(table)]) == 2
    assert "--layers" in capsys.readouterr().err
