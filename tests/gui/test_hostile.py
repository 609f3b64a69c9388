"""Files that nobody would want to open, dropped on the window: it stays alive and says what is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from gui.main_window import MainWindow
from tests.gui.conftest import Wait, small_model
from tests.gui.hostile import NO_MESSAGE, hostile


def drop(window: MainWindow, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    at, action = QPointF(200, 200), Qt.DropAction.CopyAction
    window.dragEnterEvent(QDragEnterEvent(at.toPoint(), action, data, buttons, keys))
    window.dropEvent(QDropEvent(at, action, data, buttons, keys))
    QApplication.processEvents()


def asked() -> QWidget | None:
    return QApplication.activeModalWidget()


def test_each_is_a_message_and_the_window_stays_alive(window: MainWindow, settle: Wait, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    folder.mkdir()
    for path, says in hostile(folder).items():
        window.messages.hide()
        drop(window, path)
        settle()
        if (question := asked()) is not None:
            question.close()
            QApplication.processEvents()
        if says != NO_MESSAGE:
            assert window.messages.isVisible(), path.name
            assert says in window.messages.text, f"{path.name}: {window.messages.text}"
    drop(window, small_model(tmp_path / "after.onnx"))
    settle()
    assert window.bench.document.opened is not None
    assert window.bench.document.opened.source.path.name == "after.onnx"


def test_a_pickle_is_opened_without_being_run(window: MainWindow, settle: Wait, tmp_path: Path) -> None:
    for name in ("m.pt", "m.pth", "m.pkl", "m.onnx"):
        mark = tmp_path / f"{name}.mark"
        path = tmp_path / name
        path.write_bytes(f"cposix\nsystem\n(S'touch {mark}'\ntR.".encode())
        drop(window, path)
        settle()
        if (question := asked()) is not None:
            question.close()
        assert not mark.exists()


def test_a_file_that_changes_while_it_is_open(
    window: MainWindow, settle: Wait, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its model is in memory; opening what it has become gives a message, and the model stays."""
    path = small_model(tmp_path / "m.onnx")
    drop(window, path)
    settle()
    before = window.bench.document.opened
    assert before is not None
    path.write_bytes(path.read_bytes()[:100])
    drop(window, path)
    settle()
    assert window.messages.isVisible() and "protobuf" in window.messages.text
    assert window.bench.document.opened is before
