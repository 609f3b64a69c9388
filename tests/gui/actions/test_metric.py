"""A metric of the user's own: nothing of its file runs before the yes, nor after the file has changed."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from engine.errors import UsageError
from engine.verification.metric_function import MetricValues
from gui.actions.measure import verify
from gui.actions.metric import choose_metric
from gui.dialogs.metric import MetricDialog
from gui.main_window import MainWindow
from gui.metric import functions_in
from gui.treatment import treat
from tests.gui.conftest import Wait

CODE = """
from pathlib import Path
Path({flag!r}).write_text("ran")
def _hidden(outputs, labels): return 0
def largest(outputs, labels): return max(float(a.max()) for a in outputs.values())
def count(outputs, labels): return len(outputs)
"""


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "mine.py"
    path.write_text(CODE.format(flag=str(tmp_path / "flag")))
    return path


def ask(window: MainWindow, script: Path) -> MetricDialog:
    choose_metric(window.bench, script)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, MetricDialog)
    return dialog


def test_it_runs_with_verify_once_it_is_allowed(opened: MainWindow, script: Path, settle: Wait) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_weights", ["block0/conv"]), "quantize")
    ask(opened, script).reject()
    assert document.metric is None
    dialog = ask(opened, script)
    assert [dialog.function.itemText(n) for n in range(dialog.function.count())] == ["largest", "count"]
    assert not dialog.run.isDefault()
    dialog.function.setCurrentText("count")
    dialog.accept()
    assert not (script.parent / "flag").exists(), "asking runs nothing"
    assert "mine.py:count: F6" in opened.panels["compare"]._metric.text()  # type: ignore[attr-defined]
    verify(opened.bench)
    settle()
    assert document.comparison is not None, opened.messages.text
    assert document.comparison.metric == MetricValues("mine.py:count", 1.0, 1.0)
    assert "mine.py:count: 1" in opened.panels["compare"]._metric.text()  # type: ignore[attr-defined]
    (script.parent / "flag").unlink()
    script.write_text(script.read_text() + "\n# changed\n")
    verify(opened.bench)
    settle()
    assert "changed since you allowed it" in opened.messages.text
    assert not (script.parent / "flag").exists()


def test_what_is_no_python_says_so(tmp_path: Path) -> None:
    path = tmp_path / "none.py"
    path.write_text("value = 1\n")
    with pytest.raises(UsageError, match="no function"):
        functions_in(path)
    path.write_text("def broken(:\n")
    with pytest.raises(UsageError, match="cannot be read as Python"):
        functions_in(path)
