"""A short tour of the window: one thing after the other, each pointed at where it is, until it is skipped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.language import tr
from gui.panels.parts import label

if TYPE_CHECKING:
    from gui.main_window import MainWindow

WIDTH, APART, AROUND = 340, 12, 4
"""Of the words, between them and what they are about, and of the ring around that."""


@dataclass(frozen=True, slots=True)
class Stop:
    """``at`` is what it is about; where that is not shown, the stop is left out."""

    title: str
    text: str
    at: Callable[[MainWindow], QWidget | None]


def _button(key: str) -> Callable[[MainWindow], QWidget | None]:
    return lambda window: window.toolbar.widget_of(key)


STOPS = (
    Stop("Measure first", "Profile (F5) runs the model on the device at the left and shows what each layer takes. "
         "Everything else is decided by these figures.", _button("profile")),
    Stop("All layers", "With parameters, arithmetic and time. Choose one or several; a click in a head sorts. What is "
         "chosen here is chosen everywhere.", lambda window: window.layers.table),
    Stop("The graph", "The wheel zooms, a drag moves, Enter opens a group. The box above says what the colours are.",
         lambda window: window.graph.view),
    Stop("What can be done", "The inspector says what a layer is, and what quantizing or pruning it would do. Q and P "
         "do it; Ctrl+Z takes it back.", lambda window: window.inspector),
    Stop("What it brought", "Latency before and after, why something is slow, what a treatment costs in accuracy, "
         "variants side by side.", lambda window: window.tabs),
    Stop("Check and export", "Verify (F6) compares with the original on data; Export writes an ONNX file that was "
         "checked. Ctrl+K finds every command.", _button("export")),
)  # fmt: skip


class Tour(QWidget):
    """Lies over the whole window; Enter goes on, Escape ends it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(tr("Tour of the window"))
        self._window = window
        self._stops = [stop for stop in STOPS if (at := stop.at(window)) is not None and at.isVisible()]
        self._number = 0
        self._before = QApplication.focusWidget()
        self.card = QFrame(self)
        self.card.setObjectName("card")
        self.card.setFixedWidth(WIDTH)
        self.title, self.text, self._count = label("", "title"), label("", wrap=True), label("", "muted")
        self.skip, self.back, self.next = QPushButton(tr("Skip")), QPushButton(tr("Back")), QPushButton(tr("Next"))
        self.skip.clicked.connect(self.close)
        self.back.clicked.connect(lambda: self.go(-1))
        self.next.clicked.connect(lambda: self.go(1))
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._count)
        row.addStretch(1)
        for button in (self.skip, self.back, self.next):
            row.addWidget(button)
        column = QVBoxLayout(self.card)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(8)
        for widget in (self.title, self.text):
            column.addWidget(widget)
        column.addLayout(row)
        window.installEventFilter(self)
        self._show()
        self.show()
        self.raise_()
        self.next.setFocus()

    @property
    def anchor(self) -> QRect:
        """What the stop is about, in the window's coordinates."""
        at = self._stops[self._number].at(self._window)
        assert at is not None
        return QRect(at.mapTo(self._window, QPoint()), at.size()).adjusted(-AROUND, -AROUND, AROUND, AROUND)

    def go(self, way: int) -> None:
        if self._number + way >= len(self._stops):
            self.close()
            return
        self._number = max(0, self._number + way)
        self._show()

    def _show(self) -> None:
        stop = self._stops[self._number]
        self.title.setText(tr(stop.title))
        self.text.setText(tr(stop.text))
        self.card.setAccessibleName(f"{tr(stop.title)}: {tr(stop.text)}")
        self._count.setText(tr("{number} of {count}").format(number=self._number + 1, count=len(self._stops)))
        self.back.setEnabled(self._number > 0)
        self.next.setText(tr("Done") if self._number == len(self._stops) - 1 else tr("Next"))
        self._place()

    def _place(self) -> None:
        """Beside what it is about where there is room, else in it."""
        self.setGeometry(self._window.rect())
        size = self.card.sizeHint()
        size.setWidth(WIDTH)
        size.setHeight(max(size.height(), self.card.layout().heightForWidth(WIDTH)))  # type: ignore[union-attr]
        at, room = self.anchor, self.rect().adjusted(APART, APART, -APART, -APART)
        middle = at.center() - QPoint(size.width() // 2, size.height() // 2)
        places = (
            QPoint(middle.x(), at.bottom() + APART), QPoint(at.right() + APART, middle.y()),
            QPoint(at.left() - APART - size.width(), middle.y()), QPoint(middle.x(), at.top() - APART - size.height()),
        )  # fmt: skip
        boxes = [_inside(QRect(place, size), room) for place in places]
        free = [box for box in boxes if not box.intersects(at)]
        self.card.setGeometry(free[0] if free else _inside(QRect(middle, size), room))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        try:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            ring = QPainterPath()
            ring.addRoundedRect(QRectF(self.anchor), 6, 6)
            whole = QPainterPath()
            whole.addRect(QRectF(self.rect()))
            painter.fillPath(whole.subtracted(ring), QColor(0, 0, 0, 110))
            painter.setPen(self._window.bench.theme.pen("accent", 2.0))
            painter.drawPath(ring)
        finally:
            painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Right):
            self.go(1)
        elif event.key() == Qt.Key.Key_Left:
            self.go(-1)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self._place()
        return False

    def closeEvent(self, event: QEvent) -> None:  # noqa: N802
        self._window.removeEventFilter(self)
        (self._before or self._window.layers.table).setFocus()


def _inside(box: QRect, room: QRect) -> QRect:
    """Moved so that all of it is in the room."""
    x = max(room.left(), min(box.left(), room.right() - box.width()))
    y = max(room.top(), min(box.top(), room.bottom() - box.height()))
    return QRect(QPoint(x, y), box.size())


def begin(window: MainWindow) -> None:
    """Unless one is under way; from now on only where it is asked for."""
    window.bench.settings.update(toured=True)
    if not any(tour.isVisible() for tour in window.findChildren(Tour)):
        Tour(window)


def offer(window: MainWindow) -> None:
    """The first time that a model is open, and nothing else is in front."""
    free = QApplication.activeModalWidget() is None and window.bench.document.opened is not None
    if free and not window.bench.settings.value.toured:
        begin(window)
