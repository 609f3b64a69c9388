"""The histogram of the runs: every run is in a bar, the slow ones are marked, the median stands with its interval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.language import tr
from gui.plots.frame import framed, label_axis, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare, bins
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.profiling.profile import Latency


class RunsPlot(QWidget):
    """Milliseconds to the right, runs upward; the wheel zooms, a double click shows all.

    ``hovered`` carries the bin under the mouse as from, to and runs, None for none.
    """

    hovered = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg = pyqtgraph()
        self._theme = theme
        self._latency: Latency | None = None
        self._plot: Any = framed(tr("Histogram of the runs"), zoom_x=True)
        item = self._plot.getPlotItem()
        item.showGrid(x=False, y=True, alpha=0.15)
        self._span = pg.LinearRegionItem(movable=False)
        self._bars = pg.BarGraphItem(x0=[], x1=[], height=[])
        self._median = pg.InfiniteLine(angle=90)
        self._p90 = pg.InfiniteLine(angle=90)
        self._slow = pg.ScatterPlotItem(symbol="x", size=9)
        for part in (self._span, self._bars, self._median, self._p90, self._slow):
            self._plot.addItem(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._bin_at(at)))
        self._plot.scene().sigMouseClicked.connect(self._pressed)
        PlotShare(self._plot, "runs", self.data, self.fit)
        theme.changed.connect(self._restyle)
        self._restyle()

    def data(self) -> Data:
        shown = self._latency.histogram if self._latency is not None else None
        return ("from_ms", "to_ms", "runs"), bins(shown.edges, shown.counts) if shown is not None else []

    def show_latency(self, latency: Latency) -> None:
        self._latency = latency
        edges, counts = np.asarray(latency.histogram.edges), np.asarray(latency.histogram.counts, float)
        self._bars.setOpts(x0=edges[:-1], x1=edges[1:], height=counts)
        self._median.setValue(latency.median)
        self._p90.setValue(latency.p90)
        self._span.setRegion(latency.interval)
        self._span.setVisible(latency.interval[1] > latency.interval[0])
        slow = np.asarray(latency.outliers)
        # Above their bars, which can be too low to be seen.
        places = np.clip(np.searchsorted(edges, slow, side="right") - 1, 0, max(0, len(counts) - 1))
        top = float(counts.max()) if len(counts) else 1.0
        heights = counts[places] + top * 0.05 if len(counts) else np.zeros(len(slow))
        self._slow.setData(x=slow, y=heights)
        self._plot.setYRange(0, max(1.0, top) * 1.12, padding=0)
        self.fit()
        self._restyle()

    def fit(self) -> None:
        if self._latency is None or not self._latency.histogram.edges:
            return
        low, high = self._latency.histogram.edges[0], self._latency.histogram.edges[-1]
        room = (high - low) * 0.03 or 0.001
        self._plot.setLimits(xMin=low - room, xMax=high + room)
        self._plot.setXRange(low - room, high + room, padding=0)

    def _bin_at(self, at: Any) -> tuple[float, float, int] | None:
        box = self._plot.getPlotItem().getViewBox()
        if self._latency is None or not box.sceneBoundingRect().contains(at):
            return None
        shown, x = self._latency.histogram, box.mapSceneToView(at).x()
        place = int(np.searchsorted(shown.edges, x, side="right")) - 1
        there = 0 <= place < len(shown.counts)
        return (shown.edges[place], shown.edges[place + 1], shown.counts[place]) if there else None

    def _pressed(self, event: Any) -> None:
        if event.double():
            self.fit()

    def _restyle(self) -> None:
        theme = self._theme
        restyle(self._plot, theme)
        for name, text in (("left", tr("runs")), ("bottom", "ms")):
            label_axis(self._plot, name, text, theme)
        edge = theme.pen("surface")
        self._bars.setOpts(pen=edge, brush=theme.brush("after"))
        self._median.setPen(theme.pen("text", 2.0))
        dashed = theme.pen("muted", 1.5)
        dashed.setStyle(Qt.PenStyle.DashLine)
        self._p90.setPen(dashed)
        self._span.setBrush(theme.brush("orange", 0.35))
        for line in self._span.lines:
            line.setPen(theme.pen("orange"))
        self._slow.setPen(theme.pen("bad", 1.5))
        self._slow.setBrush(theme.brush("bad"))
