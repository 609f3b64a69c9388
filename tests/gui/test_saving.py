"""A file gets the suffix of its kind, and replaces another only where that was agreed to."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMessageBox

from gui.actions.file import open_path
from gui.main_window import MainWindow
from gui.saving import ask_name, with_suffix
from tests.gui.conftest import Wait


@pytest.mark.parametrize(("given", "saved"), [
    ("work", "work.lathe"), ("work.lathe", "work.lathe"), ("v1.2", "v1.2.lathe"), ("A.LATHE", "A.LATHE"),
])  # fmt: skip
def test_what_follows_a_dot_may_be_a_version(given: str, saved: str) -> None:
    assert with_suffix(Path("folder", given), ".lathe") == Path("folder", saved)


@pytest.mark.parametrize("answer", [QMessageBox.StandardButton.Yes, QMessageBox.StandardButton.No])
def test_the_name_with_its_suffix_is_asked_about(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: QMessageBox.StandardButton
) -> None:
    asked: list[str] = []

    def question(_parent: object, _title: str, text: str) -> QMessageBox.StandardButton:
        asked.append(text)
        return answer

    monkeypatch.setattr(QMessageBox, "question", question)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net"), ""))
    assert ask_name(window, "Save", "", "*.svg", ".svg") == tmp_path / "net.svg"
    assert not asked, "there is no such file yet"
    (tmp_path / "net.svg").write_text("old")
    agreed = answer == QMessageBox.StandardButton.Yes
    assert ask_name(window, "Save", "", "*.svg", ".svg") == (tmp_path / "net.svg" if agreed else None)
    assert len(asked) == 1 and "net.svg" in asked[0]
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "net.svg"), ""))
    assert ask_name(window, "Save", "", "*.svg", ".svg") == tmp_path / "net.svg"
    assert len(asked) == 1, "Qt has asked about that one"


def test_a_folder_that_may_not_be_looked_into_is_no_bug(
    window: MainWindow, tmp_path: Path, settle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.stat

    def locked(path: Path, *args: object, **named: bool) -> object:
        if path.parent.name == "locked":
            raise PermissionError(13, "Permission denied", str(path))
        return real(path, *args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(Path, "stat", locked)
    open_path(window.bench, tmp_path / "locked" / "x.onnx")
    settle()
    assert "no permission to read it" in window.messages.text
