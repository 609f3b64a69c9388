"""The export dialog: what it says before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.dialogs.export import ExportDialog
from gui.main_window import MainWindow
from gui.panels.status import figures
from gui.treatment import treat
from tests.gui.conftest import Wait


@pytest.fixture
def dialog(opened: MainWindow) -> Iterator[ExportDialog]:
    made = ExportDialog(opened.bench)
    made.open()
    yield made
    made.close()


def test_a_file_that_is_there_is_not_replaced_without_a_word(dialog: ExportDialog, tmp_path: Path) -> None:
    (tmp_path / "there.onnx").write_bytes(b"something")
    dialog.path.setText(str(tmp_path / "new.onnx"))
    assert dialog._replaces.isHidden()
    dialog.path.setText(str(tmp_path / "there"))
    assert not dialog._replaces.isHidden(), "the suffix is added before writing"


@pytest.mark.parametrize("text", ["~nobody-of-that-name/a.onnx", f"/tmp/{'a' * 300}", "/etc/passwd/a", "nul\0"])
def test_typing_any_path_is_no_bug(dialog: ExportDialog, text: str) -> None:
    dialog.path.setText(text)
    assert dialog._replaces.isHidden()


@pytest.mark.parametrize("text", ["", "  ", "/"])
def test_without_a_name_there_is_no_export(dialog: ExportDialog, text: str) -> None:
    dialog.path.setText(text)
    assert not dialog.button.isEnabled()
    dialog.path.setText("a.onnx")
    assert dialog.button.isEnabled()


def test_what_was_written_is_known_below_the_window(
    dialog: ExportDialog, opened: MainWindow, tmp_path: Path, settle: Wait
) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "float16", ["block0/conv"]), "quantize")
    assert any(figure.text.endswith("→ ?") for figure in figures(document))
    dialog.path.setText(str(tmp_path / "new.onnx"))
    QTest.mouseClick(dialog.button, Qt.MouseButton.LeftButton)
    settle()
    assert (tmp_path / "new.onnx").is_file()
    assert not any("?" in figure.text for figure in figures(document))
