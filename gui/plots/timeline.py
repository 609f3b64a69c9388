"""The kernels of one run over time: what mouse and keys do with them."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QToolTip, QWidget

from gui import numbers
from gui.language import tr
from gui.plots.share import Data, PlotShare
from gui.plots.spans import Span
from gui.plots.spans_view import CLOSEST_US, GUTTER, MARGIN, SpansView
from gui.theme import Theme

WHEEL_STEP = 1.0016
DRAG = 4
"""Pixels that the mouse must move before a press is a drag."""


def told(span: Span) -> str:
    """All about one kernel, for the tooltip."""
    when = tr("{op}, {time}, from {start} on").format(
        op=span.op, time=numbers.time_us(span.duration_us), start=numbers.time_us(span.start_us)
    )
    lines = [span.name, when]
    if span.kind != "kernel":
        lines.append({"inserted": tr("inserted by the runtime"), "fallback": tr("fell back to another provider"),
                      "copy": tr("copy between devices")}[span.kind])  # fmt: skip
    lines.append(" ".join(part for part in (span.provider, span.detail) if part))
    lines.append(
        tr("layers: {layers}").format(layers=", ".join(span.layers)) if span.layers else tr("layers: none of the file")
    )
    return "\n".join(lines)


class TimelinePlot(SpansView):
    """Wheel zooms, dragging pans, a double click shows all, arrow keys go from kernel to kernel.

    ``chosen`` carries the number of the kernel that was clicked, and whether it is added to the selection.
    """

    hovered = Signal(object)
    chosen = Signal(int, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, parent)
        self.setAccessibleName(tr("Timeline of the kernels of one run"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        PlotShare(self, "timeline", self.data, self.fit)
        self._pressed: QPointF | None = None
        self._dragged = False

    def data(self) -> Data:
        names = ("name", "op", "provider", "start_us", "duration_us", "kind")
        return (*names, "layers"), [(*(getattr(s, n) for n in names), " ".join(s.layers)) for s in self.spans]

    # -- mouse and keys ------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        turned = event.angleDelta()
        sideways = turned.x() or (turned.y() if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 0)
        if sideways:
            self._look_at(self._begin - sideways / 1200 * self._width_us, self._width_us)
        else:
            self._zoom(WHEEL_STEP ** -turned.y(), event.position().x())
        event.accept()

    def _zoom(self, factor: float, x: float) -> None:
        """What is under ``x`` stays there."""
        at = self._us(x)
        width = min(max(self._width_us * factor, CLOSEST_US), self.whole_us)
        self._look_at(at - (at - self._begin) * width / self._width_us, width)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed, self._dragged = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._pressed is not None and event.buttons() & Qt.MouseButton.LeftButton:
            moved = event.position().x() - self._pressed.x()
            if self._dragged or abs(moved) >= DRAG:
                self._dragged = True
                self._pressed = event.position()
                self.setCursor(Qt.CursorShape.ClosedHandCursor)
                self._look_at(self._begin - moved / self._room.width() * self._width_us, self._width_us)
            return
        self._point_at(self.span_at(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self.unsetCursor()
        if self._pressed is not None and not self._dragged:
            found = self.span_at(event.position())
            if found is not None:
                self._choose(found, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
        self._pressed = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.button() == Qt.MouseButton.LeftButton:
            self.fit()

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._point_at(None)
        super().leaveEvent(event)

    def _point_at(self, found: int | None) -> None:
        if found != self._under:
            self._under = found
            self.hovered.emit(found)
            self.update()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            found = self.span_at(QPointF(event.pos()))
            if found is None:
                QToolTip.hideText()
            else:
                QToolTip.showText(event.globalPos(), told(self.spans[found]), self)
            return True
        return super().event(event)

    def _choose(self, number: int, add: bool = False) -> None:
        self.current = number
        self.chosen.emit(number, add)
        self.current = number
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_Left, Qt.Key.Key_Right):
            self._step(1 if key == Qt.Key.Key_Right else -1)
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            self._change_row(1 if key == Qt.Key.Key_Down else -1)
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End) and self.spans:
            self._go_to(0 if key == Qt.Key.Key_Home else len(self.spans) - 1)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            middle = self.rect_of(self.current).center().x() if self.current is not None else self._room.center().x()
            self._zoom(2.0 if key == Qt.Key.Key_Minus else 0.5, min(max(middle, GUTTER), self.width() - MARGIN))
        elif key == Qt.Key.Key_0:
            self.fit()
        else:
            super().keyPressEvent(event)

    def _anchor(self) -> int | None:
        """From where the arrow keys go on: the kernel that was last chosen, or the first selected one."""
        if self.current is not None:
            return self.current
        selected = np.flatnonzero(self._selected)
        return int(selected[0]) if len(selected) else None

    def _step(self, way: int) -> None:
        """The next kernel in time, of all lanes."""
        if not self.spans:
            return
        anchor = self._anchor()
        wanted = (0 if way > 0 else len(self.spans) - 1) if anchor is None else anchor + way
        if 0 <= wanted < len(self.spans):
            self._go_to(wanted)

    def _change_row(self, way: int) -> None:
        """The kernel at the same time in the row above or below."""
        anchor = self._anchor()
        if anchor is None:
            return
        rows = sorted(set(self._rows.tolist()))
        place = rows.index(int(self._rows[anchor])) + way
        if 0 <= place < len(rows):
            there = np.flatnonzero(self._rows == rows[place])
            middle = (self._starts + self._ends) / 2
            self._go_to(int(there[np.argmin(np.abs(middle[there] - middle[anchor]))]))

    def _go_to(self, number: int) -> None:
        span = self.spans[number]
        begin, end = self.view_us
        if span.start_us < begin or span.end_us > end:
            self._look_at((span.start_us + span.end_us) / 2 - self._width_us / 2, self._width_us)
        self._choose(number)
