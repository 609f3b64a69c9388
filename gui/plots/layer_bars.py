"""One bar for each layer, some of them marked; linked to the selection."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.language import tr
from gui.plots.frame import framed, label_axis, no_pen, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare
from gui.theme import Theme


@dataclass(frozen=True, slots=True)
class LayerBar:
    """``over`` is for a value that has no end, drawn up to the edge."""

    layer_id: str
    value: float
    over: bool = False


class LayerBars(QWidget):
    """Emits the bar under the mouse, None outside; a click carries its layer and whether Ctrl was held."""

    hovered = Signal(object)
    clicked = Signal(str, bool)

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg = pyqtgraph()
        self._theme = theme
        self._bars: Sequence[LayerBar] = ()
        self._unit = ""
        self._selected: Collection[str] = ()
        self._marked: Collection[str] = ()
        self.plot: Any = framed(tr(name), zoom_x=True)
        item = self.plot.getPlotItem()
        item.getAxis("bottom").setStyle(showValues=False, tickLength=0)
        item.getAxis("bottom").setHeight(6)
        item.showGrid(x=False, y=True, alpha=0.15)
        self._back = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._plain = pg.BarGraphItem(x=[], height=[], width=0.76)
        self._other = pg.BarGraphItem(x=[], height=[], width=0.76)
        self._marks = pg.ScatterPlotItem(symbol="t", size=9)
        self._zero = pg.InfiniteLine(angle=0, pos=0, movable=False)
        for part in (self._back, self._plain, self._other, self._zero, self._marks):
            self.plot.addItem(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._bar_at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pressed)
        PlotShare(self.plot, name.lower().replace(" ", "_"), self.data, self.fit)
        theme.changed.connect(self._draw)

    def data(self) -> Data:
        return ("layer", self._unit or "value"), [(b.layer_id, None if b.over else b.value) for b in self._bars]

    def show_bars(self, bars: Sequence[LayerBar], unit: str) -> None:
        moved = [b.layer_id for b in bars] != [b.layer_id for b in self._bars]
        self._bars, self._unit = bars, unit
        self._draw()
        if moved and bars:
            count = len(bars)
            self.plot.setLimits(xMin=-1, xMax=count, minXRange=min(8, count + 1))
            self.fit()
        if bars:
            low, high = self._bounds
            self.plot.setYRange(low, high, padding=0)

    def fit(self) -> None:
        self.plot.setXRange(-0.6, len(self._bars) - 0.4, padding=0)

    def show_selection(self, ids: Collection[str]) -> None:
        self._selected = ids
        self._draw_bars()

    def mark(self, ids: Collection[str]) -> None:
        """Bars of these layers get another colour and a triangle."""
        self._marked = ids
        self._draw_bars()

    @property
    def _bounds(self) -> tuple[float, float]:
        values = [b.value for b in self._bars if not b.over]
        low, high = min([0.0, *values]), max([0.0, *values])
        room = (high - low) or 1.0
        return low - (0.06 * room if low < 0 else 0.0), high + 0.16 * room

    def _draw(self) -> None:
        restyle(self.plot, self._theme)
        label_axis(self.plot, "left", self._unit, self._theme)
        self._draw_bars()

    def _draw_bars(self) -> None:
        theme, none = self._theme, no_pen(self._theme)
        low, high = self._bounds
        heights = np.array([high if b.over else b.value for b in self._bars], dtype=float)
        marked = np.array([b.layer_id in self._marked for b in self._bars], dtype=bool)
        chosen = np.array([b.layer_id in self._selected for b in self._bars], dtype=bool)
        x = np.arange(len(self._bars), dtype=float)
        count = int(chosen.sum())
        self._back.setOpts(x=x[chosen], y0=np.full(count, low), height=np.full(count, high - low), width=1.0,
                           pen=none, brush=theme.brush("selection"))  # fmt: skip
        self._plain.setOpts(x=x[~marked], height=heights[~marked], width=0.76, pen=none, brush=theme.brush("after"))
        self._other.setOpts(x=x[marked], height=heights[marked], width=0.76, pen=none, brush=theme.brush("vermillion"))
        above = np.maximum(heights[marked], 0.0) + 0.06 * (high - low)
        self._marks.setData(x=x[marked], y=above, pen=none, brush=theme.brush("vermillion"))
        self._zero.setPen(theme.pen("strong_border"))

    def _bar_at(self, at: Any) -> LayerBar | None:
        box = self.plot.getPlotItem().getViewBox()
        if not box.sceneBoundingRect().contains(at):
            return None
        x = round(box.mapSceneToView(at).x())
        return self._bars[x] if 0 <= x < len(self._bars) else None

    def _pressed(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        elif (bar := self._bar_at(event.scenePos())) is not None:
            self.clicked.emit(bar.layer_id, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
