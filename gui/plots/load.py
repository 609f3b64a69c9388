"""Throughput against latency, one point for each setting."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import numbers
from gui.plots.frame import dashed, framed, label_axis, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.profiling.sweep import SweepPoint

NEAR_PX = 16
LABEL = (72, 13)
"""Pixels that a label takes: of two points that are closer one has its label only where it is pointed at."""


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
        self._points: Sequence[SweepPoint] = ()
        self._best: int | None = None
        self._limit_ms: float | None = None
        self._chosen: int | None = None
        self._parts: list[Any] = []
        self.plot: Any = framed("Throughput against latency", left=64)
        self.plot.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._point_at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pressed)
        self.plot.getPlotItem().getViewBox().sigResized.connect(lambda _: self._draw())  # labels keep their distance
        PlotShare(self.plot, "load", self.data)
        theme.changed.connect(self._draw)

    def data(self) -> Data:
        names = ("batch", "threads", "streams", "throughput_per_s", "median_ms", "p90_ms", "p99_ms", "reason")
        return names, [tuple(getattr(point, name) for name in names) for point in self._points]

    def show_points(self, points: Sequence[SweepPoint], best: int | None, limit_ms: float | None) -> None:
        self._points, self._best, self._limit_ms, self._chosen = points, best, limit_ms, None
        self._draw()

    def choose(self, number: int | None) -> None:
        if number != self._chosen:
            self._chosen = number
            self._draw()

    @property
    def _measured(self) -> list[int]:
        return [n for n, p in enumerate(self._points) if not p.reason]

    def _draw(self) -> None:
        pg, theme = pyqtgraph(), self._theme
        font = restyle(self.plot, theme)
        label_axis(self.plot, "bottom", "latency of a request, p90, ms", theme)
        label_axis(self.plot, "left", "samples per second", theme)
        for part in self._parts:
            self.plot.removeItem(part)
        self._parts = []
        places = self._measured
        if not places:
            return
        x = np.array([self._points[n].p90_ms for n in places])
        y = np.array([self._points[n].throughput_per_s for n in places])
        far = max(float(x.max()), self._limit_ms if self._limit_ms is not None else 0.0)
        self.plot.setXRange(0, far * 1.16, padding=0)
        self.plot.setYRange(0, float(y.max()) * 1.16 or 1, padding=0)
        if self._limit_ms is not None:
            line = pg.InfiniteLine(self._limit_ms, angle=90, pen=dashed(theme, "bad"))
            text = pg.TextItem(f"limit {numbers.three(self._limit_ms)} ms", color=theme.color("text"), anchor=(1, 0))
            text.setFont(font)
            text.setPos(self._limit_ms, float(y.max()) * 1.14)
            self._add(line, text)
        self._add(pg.ScatterPlotItem(x=x, y=y, symbol="o", size=9, pen=theme.pen("surface"),
                                     brush=theme.brush("after", 0.9)))  # fmt: skip
        if self._chosen in places:
            self._ring(self._chosen, "o", 16, "text")
        if self._best in places:
            self._ring(self._best, "star", 20, "orange")
        pixel = self.plot.getPlotItem().getViewBox().viewPixelSize()
        taken: list[tuple[float, float]] = []
        for number in sorted(places, key=lambda n: (n != self._best, n != self._chosen)):
            point = self._points[number]
            at = (point.p90_ms / max(pixel[0], 1e-12), point.throughput_per_s / max(pixel[1], 1e-12))
            if all(abs(at[0] - a) > LABEL[0] or abs(at[1] - b) > LABEL[1] for a, b in taken):
                taken.append(at)
                self._label(number, font, float(x.max()))

    def _ring(self, number: int | None, symbol: str, size: int, token: str) -> None:
        assert number is not None
        point = self._points[number]
        brush = self._theme.brush(token) if symbol == "star" else None
        self._add(pyqtgraph().ScatterPlotItem(
            x=[point.p90_ms], y=[point.throughput_per_s], symbol=symbol, size=size, brush=brush,
            pen=self._theme.pen("text" if symbol == "o" else "surface", 2.0 if symbol == "o" else 1.0),
        ))  # fmt: skip

    def _label(self, number: int, font: Any, far: float) -> None:
        point = self._points[number]
        best = " best" if number == self._best else ""
        token = "text" if number in (self._best, self._chosen) else "muted"
        left = point.p90_ms > 0.85 * far
        anchor = (1.1 if left else -0.1, 0.5)
        text = pyqtgraph().TextItem(f"{short(point)}{best}", color=self._theme.color(token), anchor=anchor)
        text.setFont(font)
        text.setPos(point.p90_ms, point.throughput_per_s)
        self._add(text)

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
        if event.button() == Qt.MouseButton.LeftButton and (point := self._point_at(event.scenePos())) is not None:
            self.clicked.emit(point)
