"""Latency bars of the layers, before and after side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.language import tr
from gui.plots.frame import framed, label_axis, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare
from gui.theme import Theme


@dataclass(frozen=True, slots=True)
class Bar:
    """``after_us`` is None where there is no second measurement."""

    layer_id: str
    before_us: float
    after_us: float | None


class LatencyBars(QWidget):
    """Emits the layer under the mouse, and the layers that a click chooses (with Ctrl they are added)."""

    hovered = Signal(object)
    clicked = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg = pyqtgraph()
        self._theme = theme
        self._bars: Sequence[Bar] = ()
        self._place: dict[str, int] = {}
        self._selected: tuple[str, ...] = ()
        self._stale = False
        self._largest = 1.0
        self._plot: Any = framed(tr("Latency of each layer"), zoom_x=True)
        item = self._plot.getPlotItem()
        item.getAxis("bottom").setStyle(showValues=False, tickLength=0)
        item.getAxis("bottom").setHeight(6)
        item.showGrid(x=False, y=True, alpha=0.15)
        self._back = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._before = pg.BarGraphItem(x=[], height=[], width=0.4)
        self._after = pg.BarGraphItem(x=[], height=[], width=0.4)
        for part in (self._back, self._before, self._after):
            self._plot.addItem(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._plot)
        self._plot.scene().sigMouseMoved.connect(self._moved)
        self._plot.scene().sigMouseClicked.connect(self._pressed)
        PlotShare(self._plot, "latency", self.data, self.fit)
        theme.changed.connect(self._draw)
        self._draw()

    def data(self) -> Data:
        return ("layer", "before_us", "after_us"), [(b.layer_id, b.before_us, b.after_us) for b in self._bars]

    def show_bars(self, bars: Sequence[Bar], stale: bool) -> None:
        """Replace all bars; the view shows all of them."""
        moved = [b.layer_id for b in bars] != [b.layer_id for b in self._bars]
        self._bars, self._stale = bars, stale
        self._place = {bar.layer_id: x for x, bar in enumerate(bars)}
        self._largest = max((max(b.before_us, b.after_us or 0.0) for b in bars), default=1.0)
        self._draw()
        if moved and bars:
            self._plot.setLimits(xMin=-1, xMax=len(bars), minXRange=min(8, len(bars) + 1))
            self.fit()
        if bars:
            self._plot.setYRange(0, self._unit_value(self._largest) * 1.08 or 1, padding=0)

    def fit(self) -> None:
        self._plot.setXRange(-0.6, len(self._bars) - 0.4, padding=0)

    def show_selection(self, ids: Sequence[str]) -> None:
        self._selected = tuple(ids)
        self._draw_selection()

    def _unit_value(self, us: float) -> float:
        return us / self._unit[1]

    @property
    def _unit(self) -> tuple[str, float]:
        return ("ms", 1000.0) if self._largest >= 1000 else ("µs", 1.0)

    def _draw(self) -> None:
        theme = self._theme
        restyle(self._plot, theme)
        label_axis(self._plot, "left", self._unit[0], theme)
        x = np.arange(len(self._bars), dtype=float)
        before = np.array([self._unit_value(b.before_us) for b in self._bars])
        compared = any(b.after_us is not None for b in self._bars)
        after = np.array([self._unit_value(b.after_us or 0.0) for b in self._bars]) if compared else np.zeros(0)
        single = "after" if not compared else "before"
        none = self._theme.pen("surface", 0.0)
        none.setStyle(Qt.PenStyle.NoPen)
        self._before.setOpts(
            x=x - 0.21 if compared else x, height=before, width=0.4 if compared else 0.76, pen=none,
            brush=theme.brush(single),
        )  # fmt: skip
        self._after.setOpts(
            x=x[: len(after)] + 0.21, height=after, width=0.4, pen=none,
            brush=theme.brush("after", 0.45 if self._stale else 1.0),
        )  # fmt: skip
        self._draw_selection()

    def _draw_selection(self) -> None:
        places = [self._place[i] for i in self._selected if i in self._place]
        height = self._unit_value(self._largest) * 1.2
        none = self._theme.pen("surface", 0.0)
        none.setStyle(Qt.PenStyle.NoPen)
        self._back.setOpts(
            x=np.array(places, dtype=float), height=np.full(len(places), height), width=1.0, pen=none,
            brush=self._theme.brush("selection"),
        )  # fmt: skip

    def _bar_at(self, at: Any) -> Bar | None:
        box = self._plot.getPlotItem().getViewBox()
        if not box.sceneBoundingRect().contains(at):
            return None
        x = round(box.mapSceneToView(at).x())
        return self._bars[x] if 0 <= x < len(self._bars) else None

    def _moved(self, at: Any) -> None:
        self.hovered.emit(self._bar_at(at))

    def _pressed(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        elif (bar := self._bar_at(event.scenePos())) is not None:
            self.clicked.emit(bar.layer_id, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
