"""The histogram of one tensor's elements."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.glance import TensorSummary
from gui.plots.lazy import pyqtgraph
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
        self._plot.addItem(self._bars)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        theme.changed.connect(self._restyle)
        self._restyle()

    def show_summary(self, summary: TensorSummary) -> None:
        counts, edges = np.asarray(summary.counts, float), np.asarray(summary.edges)
        width = float(edges[1] - edges[0]) if len(edges) > 1 else 1.0
        self._bars.setOpts(x=(edges[:-1] + edges[1:]) / 2, height=counts, width=width * 0.96)
        self._plot.setXRange(float(edges[0]), float(edges[-1]), padding=0.02)
        self._plot.setYRange(0, max(1.0, float(counts.max())) * 1.05, padding=0)

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
