"""Histograms of one tensor's elements: weights, in float and from codes, and values with the ranges for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.glance import TensorSummary
from gui.layer_look import ValueLook
from gui.plots.frame import framed, no_pen, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare, bins
from gui.theme import SMALL, Theme


class Histogram(QWidget):
    """Counts on a logarithmic scale would hide zeros' peak less, but mislead the eye: the scale is linear."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg = pyqtgraph()
        self._theme = theme
        self._plot: Any = pg.PlotWidget()
        self._plot.setAccessibleName("Histogram of weights")
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._plot.setFixedHeight(112)
        self._plot.hideAxis("left")
        self._bars = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._steps = pg.PlotCurveItem([0, 1], [0], stepMode="center")
        self._plot.addItem(self._bars)
        self._plot.addItem(self._steps)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._data: Data = ((), ())
        PlotShare(self._plot, "weights", lambda: self._data)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_summary(self, summary: TensorSummary, coded: Sequence[int] = ()) -> None:
        """``coded`` counts what the treated weights have in the same bins; it is drawn as a line over the bars."""
        columns = (summary.counts, coded) if coded else (summary.counts,)
        self._data = ("from", "to", "elements", "as_treated")[: 2 + len(columns)], bins(summary.edges, *columns)
        counts, edges = np.asarray(summary.counts, float), np.asarray(summary.edges)
        width = float(edges[1] - edges[0]) if len(edges) > 1 else 1.0
        self._bars.setOpts(x=(edges[:-1] + edges[1:]) / 2, height=counts, width=width)
        self._plot.setXRange(float(edges[0]), float(edges[-1]), padding=0.02)
        # Codes pile up where floats spread: their highest columns may stand out of the picture.
        self._plot.setYRange(0, max(1.0, float(counts.max())) * (1.6 if coded else 1.05), padding=0)
        self._steps.setVisible(bool(coded))
        if coded:
            self._steps.setData(edges, np.asarray(coded, float), stepMode="center")

    def _restyle(self) -> None:
        theme = self._theme
        self._plot.setBackground(theme.color("surface"))
        font = QFont(self.font())
        font.setPixelSize(SMALL)
        axis = self._plot.getPlotItem().getAxis("bottom")
        axis.enableAutoSIPrefix(False)
        axis.setPen(theme.pen("border"))
        axis.setTextPen(theme.pen("muted"))
        axis.setStyle(tickFont=font)
        none = theme.pen("surface", 0.0)
        none.setStyle(Qt.PenStyle.NoPen)
        self._bars.setOpts(pen=none, brush=theme.brush("after"))
        self._steps.setPen(theme.pen("vermillion", 1.4))


METHODS: Mapping[str, tuple[str, Qt.PenStyle]] = {
    "minmax": ("text", Qt.PenStyle.DotLine),
    "percentile": ("green", Qt.PenStyle.DashLine),
    "mse": ("purple", Qt.PenStyle.DashDotLine),
    "entropy": ("orange", Qt.PenStyle.DashDotDotLine),
}
"""Colour and line of each way to choose a range."""


class ValueHistogram(QWidget):
    """What calibration saw of a value, on a logarithmic scale; the chosen range is shaded, the others are lines."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._look: ValueLook | None = None
        self._plot: Any = framed("Histogram of a value", left=0)
        self._plot.hideAxis("left")
        self._plot.setFixedHeight(112)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        PlotShare(self._plot, "values", self.data)
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
        self._plot.setXRange(low, high, padding=0.03)
        self._plot.setYRange(0, float(counts.max()) * 1.08 or 1, padding=0)
