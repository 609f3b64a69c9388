"""Histograms of one tensor's elements: weights, in float and from codes, and values with the ranges for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QCursor
from PySide6.QtWidgets import QToolTip, QVBoxLayout, QWidget

from gui import numbers
from gui.glance import TensorSummary
from gui.language import mark, tr
from gui.layer_look import ValueLook
from gui.plots.frame import ZoomWithControl, framed, no_pen, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare, bins
from gui.theme import Theme

HEIGHT = 112
COUNTS = {"elements": mark("{count} elements"), "as_treated": mark("{count} as treated")}
"""In words, by the names that they have in a table."""


class _Bins(QWidget):
    """Bins of one tensor: pointing at one tells it, Ctrl and the wheel zoom, a double click shows all."""

    def __init__(self, name: str, file: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._span = (0.0, 1.0)
        self._plot: Any = framed(name, zoom_x=True, left=0)
        self._plot.hideAxis("left")
        self._plot.setFixedHeight(HEIGHT)
        ZoomWithControl(self._plot)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._plot.scene().sigMouseClicked.connect(self._pressed)
        PlotShare(self._plot, file, self.data, self.fit)

    def data(self) -> Data:
        raise NotImplementedError

    def told(self, value: float) -> str:
        """Of the bin that a value is in, "" outside of all."""
        header, rows = self.data()
        for low, high, *counts in rows:
            if isinstance(low, float) and isinstance(high, float) and low <= value < high:
                found = (tr(COUNTS[name]).format(count=f"{n:,}") for n, name in zip(counts, header[2:], strict=True))
                return tr("{low} to {high}: {counts}").format(
                    low=numbers.three(low), high=numbers.three(high), counts=tr(", ").join(found)
                )
        return ""

    def cover(self, low: float, high: float) -> None:
        """What there is to see, all of it in view."""
        self._span = (low, high)
        self.fit()

    def fit(self) -> None:
        low, high = self._span
        room = (high - low) * 0.03 or 1.0
        self._plot.setLimits(xMin=low - room, xMax=high + room)
        self._plot.setXRange(low - room, high + room, padding=0)

    def _moved(self, at: Any) -> None:
        box = self._plot.getPlotItem().getViewBox()
        inside = box.sceneBoundingRect().contains(at)
        text = self.told(box.mapSceneToView(at).x()) if inside else ""
        QToolTip.showText(QCursor.pos(), text, self._plot)

    def _pressed(self, event: Any) -> None:
        if event.double():
            self.fit()


class Histogram(_Bins):
    """Counts on a logarithmic scale would hide zeros' peak less, but mislead the eye: the scale is linear."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._data: Data = ((), ())
        super().__init__(tr("Histogram of weights"), "weights", theme, parent)
        pg = pyqtgraph()
        self._bars = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._steps = pg.PlotCurveItem([0, 1], [0], stepMode="center")
        self._plot.addItem(self._bars)
        self._plot.addItem(self._steps)
        theme.changed.connect(self._restyle)
        self._restyle()

    def data(self) -> Data:
        return self._data

    def show_summary(self, summary: TensorSummary, coded: Sequence[int] = ()) -> None:
        """``coded`` counts what the treated weights have in the same bins; it is drawn as a line over the bars."""
        columns = (summary.counts, coded) if coded else (summary.counts,)
        self._data = ("from", "to", "elements", "as_treated")[: 2 + len(columns)], bins(summary.edges, *columns)
        counts, edges = np.asarray(summary.counts, float), np.asarray(summary.edges)
        width = float(edges[1] - edges[0]) if len(edges) > 1 else 1.0
        self._bars.setOpts(x=(edges[:-1] + edges[1:]) / 2, height=counts, width=width)
        self.cover(float(edges[0]), float(edges[-1]))
        # Codes pile up where floats spread: their highest columns may stand out of the picture.
        self._plot.setYRange(0, max(1.0, float(counts.max())) * (1.6 if coded else 1.05), padding=0)
        self._steps.setVisible(bool(coded))
        if coded:
            self._steps.setData(edges, np.asarray(coded, float), stepMode="center")

    def _restyle(self) -> None:
        theme = self._theme
        restyle(self._plot, theme)
        self._bars.setOpts(pen=no_pen(theme), brush=theme.brush("after"))
        self._steps.setPen(theme.pen("vermillion", 1.4))


METHODS: Mapping[str, tuple[str, Qt.PenStyle]] = {
    "minmax": ("text", Qt.PenStyle.DotLine),
    "percentile": ("green", Qt.PenStyle.DashLine),
    "mse": ("purple", Qt.PenStyle.DashDotLine),
    "entropy": ("orange", Qt.PenStyle.DashDotDotLine),
}
"""Colour and line of each way to choose a range."""


class ValueHistogram(_Bins):
    """What calibration saw of a value, on a logarithmic scale; the chosen range is shaded, the others are lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        self._look: ValueLook | None = None
        super().__init__(tr("Histogram of a value"), "values", theme, parent)
        theme.changed.connect(self._draw)

    def data(self) -> Data:
        look = self._look
        return ("from", "to", "elements"), bins(look.edges, look.counts) if look is not None and look.counts else []

    def show_value(self, look: ValueLook) -> None:
        self._look = look
        self._draw()

    def _draw(self) -> None:
        pg, theme, look = pyqtgraph(), self._theme, self._look
        restyle(self._plot, theme)
        self._plot.clear()
        if look is None or not look.counts:
            return
        counts, edges = np.log10(1.0 + np.asarray(look.counts, float)), np.asarray(look.edges)
        low, high = float(edges[0]), float(edges[-1])
        if look.chosen is not None:
            a, b = look.chosen
            low, high = min(low, a), max(high, b)
            shade = pg.LinearRegionItem((a, b), movable=False, brush=theme.brush("after", 0.16))
            for line in shade.lines:
                line.setPen(theme.pen("after", 1.6))
            self._plot.addItem(shade)
        bars = pg.BarGraphItem(
            x=(edges[:-1] + edges[1:]) / 2, height=counts, width=float(edges[1] - edges[0]), pen=no_pen(theme),
            brush=theme.brush("before"),
        )  # fmt: skip
        self._plot.addItem(bars)
        for method, span in (look.others or {}).items():
            token, style = METHODS[method]
            pen = theme.pen(token, 1.4)
            pen.setStyle(style)
            for at in span:
                self._plot.addItem(pg.InfiniteLine(at, angle=90, movable=False, pen=pen))
        self.cover(low, high)
        self._plot.setYRange(0, float(counts.max()) * 1.08 or 1, padding=0)
