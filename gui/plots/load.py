"""Throughput against latency, one point for each setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import numbers
from gui.language import tr
from gui.plots.frame import dashed, framed, label_axis, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.profiling.sweep import SweepPoint

NEAR_PX = 16
BESIDE_PX = 8
"""From the middle of a point to its label."""


def short(point: SweepPoint) -> str:
    """As in "b4 t2 s1": batch, threads, streams."""
    return f"b{point.batch} t{point.threads or 'auto'} s{point.streams}"


class LoadPlot(QWidget):
    """Emits the number of the point under the mouse, None for none, and the one that was clicked."""

    hovered = Signal(object)
    clicked = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._points: tuple[SweepPoint, ...] = ()
        self._best: int | None = None
        self._limit_ms: float | None = None
        self._chosen: int | None = None
        self._parts: list[Any] = []
        self._labels: list[Any] = []
        self._font = QFont()
        self.plot: Any = framed(tr("Throughput against latency"), zoom_x=True, zoom_y=True, left=64)
        self.plot.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._point_at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pressed)
        box = self.plot.getPlotItem().getViewBox()
        for changed in (box.sigRangeChanged, box.sigResized):
            changed.connect(lambda *_: self._draw_labels())
        PlotShare(self.plot, "load", self.data, self.fit)
        theme.changed.connect(self._draw)

    def data(self) -> Data:
        names = ("batch", "threads", "streams", "throughput_per_s", "median_ms", "p90_ms", "p99_ms", "reason")
        return names, [tuple(getattr(point, name) for name in names) for point in self._points]

    def show_points(self, points: Sequence[SweepPoint], best: int | None, limit_ms: float | None) -> None:
        same = tuple(points) == self._points and limit_ms == self._limit_ms
        self._points, self._best, self._limit_ms, self._chosen = tuple(points), best, limit_ms, None
        self._draw()
        if not same:
            self.fit()

    def choose(self, number: int | None) -> None:
        if number != self._chosen:
            self._chosen = number
            self._draw()

    @property
    def _measured(self) -> list[int]:
        return [n for n, p in enumerate(self._points) if not p.reason]

    def fit(self) -> None:
        """All points and the limit in view, with room for their labels."""
        points = [self._points[n] for n in self._measured]
        if points:
            far = max(*(p.p90_ms for p in points), self._limit_ms or 0.0)
            self.plot.setXRange(0, far * 1.16, padding=0)
            self.plot.setYRange(0, self._top * 1.16 or 1, padding=0)

    @property
    def _top(self) -> float:
        return max(self._points[n].throughput_per_s for n in self._measured)

    def _draw(self) -> None:
        pg, theme = pyqtgraph(), self._theme
        self._font = font = restyle(self.plot, theme)
        label_axis(self.plot, "bottom", tr("latency of a request, p90, ms"), theme)
        label_axis(self.plot, "left", tr("samples per second"), theme)
        for part in self._parts:
            self.plot.removeItem(part)
        self._parts = []
        places = self._measured
        if places and self._limit_ms is not None:
            line = pg.InfiniteLine(self._limit_ms, angle=90, pen=dashed(theme, "bad"))
            limit = tr("limit {time} ms").format(time=numbers.three(self._limit_ms))
            text = pg.TextItem(limit, color=theme.color("text"), anchor=(1, 0))
            text.setFont(font)
            text.setPos(self._limit_ms, self._top * 1.14)
            self._add(line, text)
        if places:
            x = [self._points[n].p90_ms for n in places]
            y = [self._points[n].throughput_per_s for n in places]
            self._add(pg.ScatterPlotItem(x=x, y=y, symbol="o", size=9, pen=theme.pen("surface"),
                                         brush=theme.brush("after", 0.9)))  # fmt: skip
        if self._chosen in places:
            self._ring(self._chosen, "o", 16, "text")
        if self._best in places:
            self._ring(self._best, "star", 20, "orange")
        self._draw_labels()

    def _ring(self, number: int | None, symbol: str, size: int, token: str) -> None:
        assert number is not None
        point = self._points[number]
        brush = self._theme.brush(token) if symbol == "star" else None
        self._add(pyqtgraph().ScatterPlotItem(
            x=[point.p90_ms], y=[point.throughput_per_s], symbol=symbol, size=size, brush=brush,
            pen=self._theme.pen("text" if symbol == "o" else "surface", 2.0 if symbol == "o" else 1.0),
        ))  # fmt: skip

    def _draw_labels(self) -> None:
        """The best and the chosen one first, the others where neither a label nor a point stands in the way."""
        for text in self._labels:
            self.plot.removeItem(text)
        self._labels = []
        places = self._measured
        if not places:
            return
        metrics = QFontMetricsF(self._font)
        box = self.plot.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect()
        middles = {
            n: box.mapViewToScene(QPointF(self._points[n].p90_ms, self._points[n].throughput_per_s)) for n in places
        }
        taken = [QRectF(at.x() - 5, at.y() - 5, 10, 10) for at in middles.values()]
        for number in sorted(places, key=lambda n: (n != self._best, n != self._chosen)):
            strong = number in (self._best, self._chosen)
            words = short(self._points[number])
            if number == self._best:
                words = tr("{point} best").format(point=words)
            room = QRectF(0, 0, metrics.horizontalAdvance(words) + 4, metrics.height())
            beside = BESIDE_PX * (1.6 if number == self._best else 1.0)  # a star is larger
            for side in (0.0, 1.0):
                room.moveCenter(middles[number])
                room.moveLeft(middles[number].x() + beside - side * (room.width() + 2 * beside))
                if strong or (inside.contains(room) and not any(room.intersects(other) for other in taken)):
                    break
            else:
                continue
            if strong and room.right() > inside.right():
                room.moveRight(middles[number].x() - beside)
            taken.append(QRectF(room))
            self._label(words, box.mapSceneToView(room.center()), strong)

    def _label(self, words: str, at: QPointF, strong: bool) -> None:
        color = self._theme.color("text" if strong else "muted")
        text = pyqtgraph().TextItem(words, color=color, anchor=(0.5, 0.5))
        text.setFont(self._font)
        text.setPos(at.x(), at.y())
        self._labels.append(text)
        self.plot.addItem(text, ignoreBounds=True)

    def _add(self, *parts: Any) -> None:
        for part in parts:
            self._parts.append(part)
            self.plot.addItem(part)

    def _point_at(self, at: Any) -> int | None:
        box = self.plot.getPlotItem().getViewBox()
        places = self._measured
        if not places or not box.sceneBoundingRect().contains(at):
            return None
        point, pixel = box.mapSceneToView(at), box.viewPixelSize()
        x = np.array([self._points[n].p90_ms for n in places])
        y = np.array([self._points[n].throughput_per_s for n in places])
        away = np.hypot((x - point.x()) / pixel[0], (y - point.y()) / pixel[1])
        nearest = int(away.argmin())
        return places[nearest] if away[nearest] <= NEAR_PX else None

    def _pressed(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        elif (point := self._point_at(event.scenePos())) is not None:
            self.clicked.emit(point)
