"""Saving what is shown: the same JSON as the command line's, never over the model, and read back as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.errors import DataError
from engine.profiling.profile import profile_from_json
from gui.actions.profiles import has_profile, has_timeline, read_profile, save_csv_to, save_json_to, save_trace_to
from gui.main_window import MainWindow
from tests.gui import measured
from tests.gui.test_document import measurement


def test_saved_and_read_back(opened: MainWindow, tmp_path: Path) -> None:
    document = opened.bench.document
    assert not has_profile(opened.bench)
    measured.add(document)
    path = tmp_path / "p.json"
    save_json_to(opened.bench, path)
    stored = json.loads(path.read_text())
    assert stored["model"] == str(document.opened.path)  # type: ignore[union-attr]
    assert [row["provider"] for row in stored["placement"]] == [measured.GPU, measured.CPU]
    assert read_profile(path) == profile_from_json(stored) == document.viewed[1].profile  # type: ignore[index]


def test_what_is_viewed_is_saved(opened: MainWindow, tmp_path: Path) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(), measurement(7.0))
    measured.add(document)
    document.view(document.key())
    assert not has_timeline(opened.bench)
    save_json_to(opened.bench, tmp_path / "p.json")
    assert read_profile(tmp_path / "p.json").latency_ms.median == 7.0


def test_tables_and_trace(opened: MainWindow, tmp_path: Path) -> None:
    measured.add(opened.bench.document)
    save_csv_to(opened.bench, tmp_path)
    assert "to_host" in (tmp_path / "small.profile" / "kernels.csv").read_text()
    save_trace_to(opened.bench, tmp_path / "t.json")
    names = {event["name"] for event in json.loads((tmp_path / "t.json").read_text())["traceEvents"]}
    assert "fused" in names
    assert any(name.startswith("slow") for name in names), names


def test_the_model_is_never_written_over(opened: MainWindow, model_file: Path) -> None:
    measured.add(opened.bench.document)
    before = model_file.read_bytes()
    for save in (save_json_to, save_trace_to):
        save(opened.bench, model_file)
        assert "never written" in opened.messages.text
    assert model_file.read_bytes() == before


@pytest.mark.parametrize("text", ["{", "[]", '{"latency_ms": 3}'])
def test_another_file_is_no_profile(tmp_path: Path, text: str) -> None:
    path = tmp_path / "p.json"
    path.write_text(text)
    with pytest.raises(DataError, match=r"p\.json"):
        read_profile(path)
