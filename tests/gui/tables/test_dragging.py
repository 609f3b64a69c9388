"""Selected rows go to other programs by a drag; clicks and other drags select as before."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDrag
from PySide6.QtTest import QTest

from gui.main_window import MainWindow
from gui.tables.columns import INDEX

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, bytes]]:
    """What was taken out, instead of a drag that waits for a real drop."""
    found: list[tuple[str, bytes]] = []

    def taken(drag: QDrag, *_: object) -> Qt.DropAction:
        found.append((drag.mimeData().text(), bytes(drag.mimeData().data("text/csv").data())))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", taken)
    return found


def place(window: MainWindow, row: int) -> QPoint:
    table = window.layers.table
    return table.visualRect(table.layers.index(row, INDEX["id"])).center()


def drag(window: MainWindow, first: int, last: int) -> None:
    viewport = window.layers.table.viewport()
    QTest.mousePress(viewport, LEFT, NONE, place(window, first))
    QTest.mouseMove(viewport, (place(window, first) + place(window, last)) / 2)
    QTest.mouseMove(viewport, place(window, last))
    QTest.mouseRelease(viewport, LEFT, NONE, place(window, last))


def test_selected_rows_are_dragged_out_as_text(opened: MainWindow, dragged: list[tuple[str, bytes]]) -> None:
    document = opened.bench.document
    document.select(["block0/conv", "block1/conv"])
    drag(opened, 0, 3)
    ((text, table),) = dragged
    assert [line.split("\t")[1] for line in text.splitlines()] == ["Layer", "block0/conv", "block1/conv"]
    assert b"block1/conv,Conv" in table
    assert document.selection == ("block0/conv", "block1/conv"), "a drag chooses nothing else"


def test_a_click_on_one_of_them_chooses_it_alone(opened: MainWindow, dragged: list[tuple[str, bytes]]) -> None:
    opened.bench.document.select(["block0/conv", "block0/relu"])
    QTest.mouseClick(opened.layers.table.viewport(), LEFT, NONE, place(opened, 0))
    assert opened.bench.document.selection == ("block0/conv",)
    assert not dragged


def test_a_drag_from_another_row_selects(opened: MainWindow, dragged: list[tuple[str, bytes]]) -> None:
    opened.bench.document.select(["block2/conv"])
    drag(opened, 0, 2)
    assert opened.bench.document.selection == ("block0/conv", "block0/relu", "block1/conv")
    assert not dragged
