"""How the kernels of one run over time are drawn, as one widget.

Spans that are narrower than a pixel are drawn once for each column of pixels, so that the cost of a frame follows the
width of the widget and not the number of kernels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QBrush,
    QColor,
    QFont,
    QFontMetricsF,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QWidget

from gui import numbers
from gui.plots.spans import Kind, Lane, Span
from gui.theme import SMALL, Theme, tabular

GUTTER, AXIS, MARGIN = 88, 24, 8
HIGHEST_ROW, GAP = 56, 2
TEXT_ROOM = 26
"""Pixels that a span must be wide to bear its op."""
CLOSEST_US = 0.5
TICKS_APART = 88
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


class SpansView(QWidget):
    """What of the run is in view, where each kernel stands in the widget, and the painting."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
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
