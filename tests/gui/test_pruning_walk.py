"""Pruning through the window, with real mouse and key events: group, preview, cut, undo, redo, session."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.actions.session import open_session, save_to
from gui.dialogs.treat import TreatDialog
from gui.main_window import MainWindow
from gui.tables.columns import INDEX, row_treatment
from tests.gui.conftest import Wait

LEFT, CONTROL, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def place_of(window: MainWindow, layer_id: str) -> QPoint:
    table = window.layers.table
    (row,) = table.layers.rows_with([layer_id])
    index = table.layers.index(row, INDEX["id"])
    table.scrollTo(index)
    return table.visualRect(index).center()


def figures(window: MainWindow) -> list[str]:
    """The line that is always there."""
    return [label.text() for label in window.status._labels if not label.isHidden()]


def press_f5(window: MainWindow, settle: Wait) -> None:
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    QTest.keyClick(window.layers.table, Qt.Key.Key_F5)
    settle()


def dialog() -> TreatDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, TreatDialog)
    QtBot(None).waitUntil(lambda: not found._looking.isActive() and found._preview.isVisible(), timeout=20_000)
    return found


@pytest.mark.parametrize(
    ("method", "amount", "value", "said", "parameters"),
    [
        ("l1_channels", "channels", 2, "2 of 4 channels stay", 144),
        ("low_rank", "rank", 1, "becomes two layers of rank 1", 144 - 40),
    ],
)
def test_hover_select_preview_cut_measure_undo_redo_save_reopen(
    opened: MainWindow, settle: Wait, tmp_path: Path, method: str, amount: str, value: int, said: str, parameters: int
) -> None:
    bench, document, table = opened.bench, opened.bench.document, opened.layers.table
    opened.toolbar.runs.setValue(2)
    press_f5(opened, settle)
    whole = figures(opened)
    QTest.mouseMove(table.viewport(), place_of(opened, "block3/conv"))
    at = place_of(opened, "block0/conv")
    QCursor.setPos(table.viewport().mapToGlobal(at))
    QTest.mouseMove(table.viewport(), at)
    QtBot(None).waitUntil(lambda: document.channels is not None, timeout=20_000)
    settle()
    layers = table.layers
    (reader,) = layers.rows_with(["block1/conv"])
    assert layers.index(reader, INDEX["channels"]).data() == "reads 4"

    QTest.mouseClick(table.viewport(), LEFT, NONE, at)
    QTest.keyClick(table, Qt.Key.Key_P)
    asked = dialog()
    asked.choice.setCurrentIndex(asked.choice.findData(method))
    asked.form.fields["multiple"].set("1")
    asked.form.fields[amount].set(value)
    QtBot(None).waitUntil(lambda: said in asked._preview.text(), timeout=20_000)
    assert f"Saves {parameters} of 720 parameters" in asked._preview.text()
    assert not document.treated, "nothing is done yet"
    QTest.mouseClick(asked._ok, LEFT)
    assert document.treatments["block0/conv"].pruned

    press_f5(opened, settle)
    cut = document.rebuilt
    assert cut is not None and cut.parameters == 720 - parameters
    rows = {row.layer.id: row for row in layers.rows}
    assert rows["block0/conv"].after is not None
    assert (row_treatment(rows["block1/conv"]) == "with block0/conv") == (method == "l1_channels")
    smaller = figures(opened)
    assert smaller != whole
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL)
    settle()
    assert not document.treated
    assert figures(opened) == whole
    QTest.keyClick(opened, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    settle()
    assert document.rebuilt is cut, "figures belong to the recipe"
    assert figures(opened) == smaller

    kept = tmp_path / "walk.lathe"
    save_to(bench, kept)
    settle()
    open_session(bench, kept)
    settle()
    assert document.treatments["block0/conv"].pruned
    assert document.rebuilt is not None and document.rebuilt.parameters == cut.parameters
