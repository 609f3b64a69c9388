"""The export dialog: what it says before anything is written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.dialogs.export import ExportDialog
from gui.main_window import MainWindow


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


@pytest.mark.parametrize("text", ["", "  ", "/"])
def test_without_a_name_there_is_no_export(dialog: ExportDialog, text: str) -> None:
    dialog.path.setText(text)
    assert not dialog.button.isEnabled()
    dialog.path.setText("a.onnx")
    assert dialog.button.isEnabled()
