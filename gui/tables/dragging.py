"""Rows that are selected can be dragged to other programs as text; a drag from any other row selects, as always."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QTableView

from gui.dragging import DragOut
from gui.tables.text import rows_mime


def drag_rows(view: QTableView) -> None:
    def on_chosen(press: QMouseEvent) -> bool:
        index = view.indexAt(press.position().toPoint())
        plain = press.button() == Qt.MouseButton.LeftButton and not press.modifiers()
        return plain and index.isValid() and view.selectionModel().isSelected(index)

    DragOut(view.viewport(), on_chosen, lambda: (rows_mime(view), None))
