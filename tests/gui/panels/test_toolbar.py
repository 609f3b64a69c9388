"""The toolbar: nothing that matters leaves the window, and nothing changes by accident."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow


@pytest.mark.parametrize("width", [1280, 960, 880])
def test_profile_verify_and_export_stay_inside(opened: MainWindow, width: int, qapp: QApplication) -> None:
    opened.bench.document.set_data(Path("/somewhere/a_folder_with_a_long_name"), 12345)
    opened.resize(width, 600)
    qapp.processEvents()
    toolbar = opened.toolbar
    for button in toolbar._main:
        assert button.isVisible()
        assert button.mapTo(toolbar, button.rect().topRight()).x() < toolbar.width()
    assert toolbar.data.isVisible()


def test_what_was_given_up_comes_back_with_the_room(opened: MainWindow, qapp: QApplication) -> None:
    opened.resize(880, 600)
    qapp.processEvents()
    narrow = opened.toolbar._given_up
    opened.resize(1600, 600)
    qapp.processEvents()
    assert narrow > opened.toolbar._given_up == 0


def test_the_wheel_changes_no_setting_in_passing(opened: MainWindow, qapp: QApplication) -> None:
    opened.layers.table.setFocus()
    before = opened.bench.settings.value
    for widget in (opened.toolbar.threads, opened.toolbar.batch, opened.toolbar.runs, opened.toolbar.device):
        at = QPointF(widget.rect().center())
        turn = QWheelEvent(
            at, widget.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
        )  # fmt: skip
        qapp.sendEvent(widget, turn)
    assert opened.bench.settings.value == before
