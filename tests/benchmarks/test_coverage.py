from __future__ import annotations

from pathlib import Path

from benchmarks.coverage.corpus import Entry, packaged
from benchmarks.coverage.walk import Row, faults, summary, walk
from benchmarks.coverage.worker import attempt, inspected
from engine.errors import ModelError


def test_all_small_models_of_the_onnx_package_are_inspected() -> None:
    entries = [entry for entry in packaged() if entry.group == "simple"]
    assert len(entries) > 20
    outcomes = {entry.name: attempt(lambda entry=entry: inspected(entry.path)) for entry in entries}
    assert not {name: found for name, found in outcomes.items() if "ok" not in found}


def test_a_refusal_is_a_message_and_a_bug_a_traceback() -> None:
    def refuse() -> str:
        raise ModelError("the file is empty", where="m.onnx")

    assert attempt(refuse)["message"] == "m.onnx: the file is empty"
    assert attempt(refuse)["status"] == 3
    assert "ZeroDivisionError" in attempt(lambda: str(1 // 0))["traceback"]


def test_the_walk_goes_on_after_a_file_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "bad.onnx").write_bytes(b"none")
    good = next(entry for entry in packaged() if entry.group == "simple")
    rows = list(walk([Entry("own", "bad", tmp_path / "bad.onnx"), good], profile=False))
    assert [row.inspected for row in rows] == ["refused", "yes"]
    assert "not an ONNX model" in rows[0].message
    assert faults(rows) == []


def test_the_summary_counts_and_names_faults() -> None:
    rows = [
        Row("node", "a", "yes", "yes", "", 0.1),
        Row("node", "b", "yes", "crash", "the process ended with -11", 0.1),
        Row("node", "c", "refused", "", "m.onnx: the file is empty", 0.1),
    ]
    assert [row.name for row in faults(rows)] == ["b"]
    lines = summary(rows)
    assert lines[0].startswith("node: 3 models, inspected 2, refused 1; profiled 1")
    assert lines[0].endswith("hangs 1")
    assert lines[-1].split() == ["1", "the", "file", "is", "empty"]
