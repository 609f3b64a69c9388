"""Rows that are selected can be dragged to other programs as text; a drag from any other row selects, as always.

Which of both a press begins is known only once the mouse moves, so a press on a selected row is kept back until then.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QTableView

from gui.tables.text import rows_mime


class RowsDrag(QObject):
    """Belongs to a table."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self._press: QMouseEvent | None = None
        self._again = False
        view.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if self._again or not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._press = event.clone() if self._on_chosen(event) else None
        elif self._press is not None and kind == QEvent.Type.MouseMove:
            way = event.position() - self._press.position()
            if way.manhattanLength() >= QApplication.startDragDistance():
                self._press = None
                drag = QDrag(self._view)
                drag.setMimeData(rows_mime(self._view))
                drag.exec(Qt.DropAction.CopyAction)
            return True
        elif self._press is not None and kind == QEvent.Type.MouseButtonRelease:
            press, self._press = self._press, None
            self._again = True
            QCoreApplication.sendEvent(watched, press)
            self._again = False
        return self._press is not None

    def _on_chosen(self, event: QMouseEvent) -> bool:
        index = self._view.indexAt(event.position().toPoint())
        plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
        return plain and index.isValid() and self._view.selectionModel().isSelected(index)
