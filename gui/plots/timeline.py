"""The kernels of one run over time, drawn as one widget.

Spans that are narrower than a pixel are drawn once for each column of pixels, so that the cost of a frame follows the
width of the widget and not the number of kernels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QToolTip, QWidget

from gui import numbers
from gui.plots.spans import Kind, Lane, Span
from gui.theme import SMALL, Theme, tabular

GUTTER, AXIS, MARGIN = 88, 24, 8
HIGHEST_ROW, GAP = 56, 2
TEXT_ROOM = 26
"""Pixels that a span must be wide to bear its op."""
CLOSEST_US = 0.5
WHEEL_STEP = 1.0016
TICKS_APART = 88
DRAG = 4
"""Pixels that the mouse must move before a press is a drag."""
LOOKS: dict[Kind, tuple[str, Qt.BrushStyle]] = {
    "kernel": ("after", Qt.BrushStyle.SolidPattern),
    "inserted": ("orange", Qt.BrushStyle.BDiagPattern),
    "fallback": ("vermillion", Qt.BrushStyle.FDiagPattern),
    "copy": ("purple", Qt.BrushStyle.DiagCrossPattern),
}
"""Colour and pattern of each kind, so that none is told by its colour alone."""
KINDS: tuple[Kind, ...] = tuple(LOOKS)


def tick_step(span_us: float, pixels: float) -> float:
    """A round distance between two ticks."""
    rough = span_us * TICKS_APART / max(pixels, 1.0)
    power = 10.0 ** math.floor(math.log10(max(rough, 1e-6)))
    return next(power * n for n in (1, 2, 5, 10) if power * n >= rough)


def tick_text(us: float, step: float, widest_us: float) -> str:
    """In milliseconds where the whole run is that long, with as many digits as the distance of the ticks needs."""
    scale, unit = (1000.0, "ms") if widest_us >= 1000 else (1.0, "µs")
    digits = max(0, -math.floor(math.log10(step / scale) + 1e-9))
    return f"{us / scale:.{digits}f}{numbers.SPACE}{unit}"


def told(span: Span) -> str:
    """All about one kernel, for the tooltip."""
    lines = [span.name, f"{span.op}, {numbers.time_us(span.duration_us)}, from {numbers.time_us(span.start_us)} on"]
    if span.kind != "kernel":
        lines.append({"inserted": "inserted by the runtime", "fallback": "fell back to another provider",
                      "copy": "copy between devices"}[span.kind])  # fmt: skip
    lines.append(" ".join(part for part in (span.provider, span.detail) if part))
    lines.append("layers: " + (", ".join(span.layers) or "none of the file"))
    return "\n".join(lines)


class TimelinePlot(QWidget):
    """Wheel zooms, dragging pans, a double click shows all, arrow keys go from kernel to kernel.

    ``chosen`` carries the number of the kernel that was clicked, and whether it is added to the selection.
    """

    hovered = Signal(object)
    chosen = Signal(int, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Timeline of the kernels of one run")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._theme = theme
        font = tabular(QFont(self.font()))
        font.setPixelSize(SMALL)
        self.setFont(font)
        self.spans: Sequence[Span] = ()
        self._lanes: Sequence[Lane] = ()
        self._starts = self._ends = np.zeros(0)
        self._rows = self._kinds = np.zeros(0, dtype=int)
        self._selected = np.zeros(0, dtype=bool)
        self._begin, self._width_us = 0.0, 1.0
        self.current: int | None = None
        self._under: int | None = None
        self._pressed: QPointF | None = None
        self._dragged = False
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(640, 160)

    # -- what is shown -------------------------------------------------------------------------------------------

    def show_spans(self, spans: Sequence[Span], lanes: Sequence[Lane]) -> None:
        self.spans, self._lanes = spans, lanes
        self._starts = np.array([s.start_us for s in spans])
        self._ends = np.array([s.end_us for s in spans])
        self._rows = np.array([s.row for s in spans], dtype=int)
        self._kinds = np.array([KINDS.index(s.kind) for s in spans], dtype=int)
        self._selected = np.zeros(len(spans), dtype=bool)
        self.current = self._under = None
        self.fit()

    def show_selection(self, layer_ids: Sequence[str]) -> None:
        chosen = set(layer_ids)
        self._selected = np.array([not chosen.isdisjoint(s.layers) for s in self.spans], dtype=bool)
        if self.current is not None and not self._selected[self.current]:
            self.current = None
        self.update()

    @property
    def whole_us(self) -> float:
        return float(self._ends.max()) if len(self._ends) else 1.0

    @property
    def view_us(self) -> tuple[float, float]:
        return self._begin, self._begin + self._width_us

    def fit(self) -> None:
        self._look_at(0.0, self.whole_us)

    def _look_at(self, begin: float, width_us: float) -> None:
        whole = self.whole_us
        self._width_us = min(max(width_us, CLOSEST_US), whole)
        self._begin = min(max(begin, 0.0), whole - self._width_us)
        self.update()

    # -- places --------------------------------------------------------------------------------------------------

    @property
    def _room(self) -> QRectF:
        return QRectF(GUTTER, 0, max(1.0, self.width() - GUTTER - MARGIN), max(1.0, self.height() - AXIS - MARGIN))

    @property
    def _row_height(self) -> float:
        rows = sum(lane.rows for lane in self._lanes) or 1
        return min(float(HIGHEST_ROW), (self._room.height() - GAP * len(self._lanes)) / rows)

    def _x(self, us: float) -> float:
        return GUTTER + (us - self._begin) / self._width_us * self._room.width()

    def _us(self, x: float) -> float:
        return self._begin + (x - GUTTER) / self._room.width() * self._width_us

    def _y(self, row: int) -> float:
        lane = next(n for n, lane in enumerate(self._lanes) if row < lane.first_row + lane.rows)
        return MARGIN / 2 + lane * GAP + row * self._row_height

    def rect_of(self, number: int) -> QRectF:
        """Where a kernel is drawn, in the widget."""
        span = self.spans[number]
        x = self._x(span.start_us)
        return QRectF(x, self._y(span.row), self._x(span.end_us) - x, self._row_height - 1)

    def span_at(self, at: QPointF) -> int | None:
        """The kernel there; of those that share a pixel the longest."""
        if not self.spans or at.x() < GUTTER:
            return None
        rows = [r for lane in self._lanes for r in range(lane.first_row, lane.first_row + lane.rows)]
        row = next((r for r in rows if self._y(r) <= at.y() < self._y(r) + self._row_height), None)
        if row is None:
            return None
        low, high = self._us(at.x() - 1.5), self._us(at.x() + 1.5)
        near = np.flatnonzero((self._rows == row) & (self._ends >= low) & (self._starts <= high))
        if not len(near):
            return None
        middle = self._us(at.x())
        inside = near[(self._starts[near] <= middle) & (self._ends[near] >= middle)]
        near = inside if len(inside) else near
        return int(near[np.argmax((self._ends - self._starts)[near])])

    # -- drawing -------------------------------------------------------------------------------------------------

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.fillRect(self.rect(), self._theme.color("surface"))
        if self.spans:
            self._draw_axis(painter)
            self._draw_spans(painter)
            self._draw_lanes(painter)
        if self.hasFocus():
            painter.setPen(self._theme.pen("accent"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        painter.end()

    def _draw_axis(self, painter: QPainter) -> None:
        room, whole = self._room, self.whole_us
        step = tick_step(self._width_us, room.width())
        bottom = self.height() - AXIS
        grid = self._theme.color("border")
        us = math.ceil(self._begin / step) * step
        while us <= self._begin + self._width_us + 1e-9:
            x = self._x(us)
            painter.setPen(grid)
            painter.drawLine(QPointF(x, 0), QPointF(x, bottom + 4))
            painter.setPen(self._theme.color("muted"))
            box = QRectF(x - 40, bottom + 4, 80, AXIS - 6)
            box.moveRight(min(box.right(), self.width() - 2.0))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, tick_text(us, step, whole))
            us += step

    def _draw_lanes(self, painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, GUTTER - 1, self.height() - AXIS + 4), self._theme.color("surface"))
        painter.setPen(self._theme.color("muted"))
        metrics = QFontMetricsF(self.font())
        for lane in self._lanes:
            top, height = self._y(lane.first_row), lane.rows * self._row_height
            text = metrics.elidedText(lane.title, Qt.TextElideMode.ElideRight, GUTTER - 20)
            side = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(12, top, GUTTER - 16, max(height, metrics.height())), side, text)

    def _draw_spans(self, painter: QPainter) -> None:
        begin, end = self.view_us
        scale = self._room.width() / self._width_us
        seen = np.flatnonzero((self._ends >= begin) & (self._starts <= end))
        widths = (self._ends[seen] - self._starts[seen]) * scale
        some = bool(self._selected.any())
        painter.save()
        painter.setClipRect(QRectF(GUTTER - 1, 0, self.width() - GUTTER, self.height()))
        height = self._row_height - 1
        tops = {row: self._y(row) for row in set(self._rows[seen].tolist())}
        lefts = GUTTER + (self._starts[seen] - begin) * scale
        self._draw_narrow(painter, seen[widths < 2], lefts[widths < 2], tops, height, some)
        for number, left, width in zip(seen[widths >= 2], lefts[widths >= 2], widths[widths >= 2], strict=True):
            gap = 1.0 if width > 4 else 0.0
            first = max(left, GUTTER - 4.0)
            last = min(left + width - gap, self.width() + 4.0)
            box = QRectF(first, tops[int(self._rows[number])], max(1.0, last - first), height)
            self._draw_span(painter, int(number), box, some)
        if self._under is not None:
            painter.setPen(self._theme.pen("text"))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect_of(self._under))
        painter.restore()

    def _draw_narrow(
        self, painter: QPainter, which: np.ndarray, lefts: np.ndarray, tops: dict[int, float], height: float, some: bool
    ) -> None:
        """What is narrower than two pixels: one line for each column of pixels, the selected ones last and wider."""
        columns = {
            (bool(self._selected[n]), int(self._kinds[n]), int(self._rows[n]), int(x))
            for n, x in zip(which.tolist(), lefts.tolist(), strict=True)
        }
        for selected, kind, row, x in sorted(columns):
            color = self._color(KINDS[kind], some and not selected)
            painter.fillRect(QRectF(x, tops[row], 3 if selected else 1, height), color)

    def _draw_span(self, painter: QPainter, number: int, box: QRectF, some: bool) -> None:
        kind = KINDS[self._kinds[number]]
        selected = bool(self._selected[number])
        color = self._color(kind, some and not selected)
        painter.fillRect(box, self._theme.color("surface"))
        if kind == "kernel":
            painter.fillRect(box, color)
        else:
            pale = QColor(color)
            pale.setAlphaF(color.alphaF() * 0.35)
            painter.fillRect(box, pale)
            painter.fillRect(box, QBrush(color, LOOKS[kind][1]))
        if selected:
            painter.setPen(self._theme.pen("text", 2.0 if number == self.current else 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
        if box.width() >= TEXT_ROOM and box.height() >= 12:
            solid = kind == "kernel" and not (some and not selected)
            painter.setPen(self._theme.color("on_accent" if solid else "text"))
            room = box.intersected(self._room).adjusted(4, 0, -4, 0)
            metrics = QFontMetricsF(self.font())
            text = metrics.elidedText(self.spans[number].op, Qt.TextElideMode.ElideRight, room.width())
            if len(text) > 2:
                if kind != "kernel":  # not on the stripes
                    back = QRectF(room.left() - 2, 0, metrics.horizontalAdvance(text) + 4, metrics.height())
                    back.moveCenter(QPointF(back.center().x(), room.center().y()))
                    painter.fillRect(back, self._theme.color("surface"))
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)

    def _color(self, kind: Kind, pale: bool) -> QColor:
        color = self._theme.color(LOOKS[kind][0])
        color.setAlphaF(0.35 if pale else 1.0)
        return color

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
