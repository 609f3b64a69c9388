"""A drag that takes something out of the window, where the same press could also begin another gesture.

Which of both a press begins is known only once the mouse moves, so a press that could is kept back until then.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QEvent, QMimeData, QObject, Qt
from PySide6.QtGui import QDrag, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QWidget


class DragOut(QObject):
    """Of what is pressed in ``watched``.

    Attributes:
        begins: whether a drag from this press takes something out.
        taken: what it takes, and the picture that hangs at the mouse meanwhile.
    """

    def __init__(
        self,
        watched: QWidget,
        begins: Callable[[QMouseEvent], bool],
        taken: Callable[[], tuple[QMimeData, QPixmap | None]],
    ) -> None:
        super().__init__(watched)
        self._watched, self._begins, self._taken = watched, begins, taken
        self._press: QMouseEvent | None = None
        self._again = False
        watched.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if self._again or not isinstance(event, QMouseEvent):
            return False
        kind = event.type()
        if kind == QEvent.Type.MouseButtonPress:
            self._press = event.clone() if self._begins(event) else None
        elif self._press is not None and kind == QEvent.Type.MouseMove:
            way = event.position() - self._press.position()
            if way.manhattanLength() >= QApplication.startDragDistance():
                self._press = None
                self._take()
            return True
        elif self._press is not None and kind == QEvent.Type.MouseButtonRelease:
            press, self._press = self._press, None
            self._again = True
            QCoreApplication.sendEvent(watched, press)
            self._again = False
        return self._press is not None

    def _take(self) -> None:
        data, picture = self._taken()
        drag = QDrag(self._watched)
        drag.setMimeData(data)
        if picture is not None:
            drag.setPixmap(picture)
        drag.exec(Qt.DropAction.CopyAction)
