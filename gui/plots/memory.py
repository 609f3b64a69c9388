"""Activation memory over the execution order, as a step chart with its peak."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import numbers
from gui.language import tr
from gui.plots.frame import dashed, framed, label_axis, no_pen, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.explain.memory import MemoryStep

UNITS = (("B", 1.0), ("kB", 1e3), ("MB", 1e6), ("GB", 1e9))


class MemorySteps(QWidget):
    """Emits the number of the step under the mouse, None outside; a click carries it and whether Ctrl was held."""

    hovered = Signal(object)
    clicked = Signal(int, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        pg = pyqtgraph()
        self._theme = theme
        self._steps: Sequence[MemoryStep] = ()
        self._selected: tuple[str, ...] = ()
        self.plot: Any = framed(tr("Activation memory over the execution order"), zoom_x=True)
        self.plot.getPlotItem().getAxis("bottom").setStyle(showValues=False, tickLength=0)
        self.plot.getPlotItem().getAxis("bottom").setHeight(20)
        self.plot.getPlotItem().showGrid(x=False, y=True, alpha=0.15)
        self._back = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._live = pg.PlotCurveItem([0, 1], [0], stepMode="center", fillLevel=0)
        self._own = pg.BarGraphItem(x=[], height=[], width=1.0)
        self._peak = pg.InfiniteLine(angle=0, movable=False)
        self._peak_text = pg.TextItem(anchor=(0, 1))
        for part in (self._back, self._live, self._own, self._peak, self._peak_text):
            self.plot.addItem(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._step_at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pressed)
        PlotShare(self.plot, "memory", self.data, self.fit)
        theme.changed.connect(self._draw)

    def data(self) -> Data:
        return ("layer", "live_bytes", "own_bytes"), [(s.layer, s.live_bytes, s.own_bytes) for s in self._steps]

    def show_steps(self, steps: Sequence[MemoryStep]) -> None:
        self._steps = steps
        self._draw()
        if steps:
            count = len(steps)
            self.plot.setLimits(xMin=-0.5, xMax=count - 0.5, minXRange=min(8, count))
            self.fit()
            self.plot.setYRange(0, self._peak_value * 1.22 or 1, padding=0)

    def fit(self) -> None:
        self.plot.setXRange(-0.5, len(self._steps) - 0.5, padding=0)

    def show_selection(self, ids: Sequence[str]) -> None:
        self._selected = tuple(ids)
        self._draw_selection()

    @property
    def _unit(self) -> tuple[str, float]:
        largest = max((s.live_bytes for s in self._steps), default=0)
        return next((u for u in reversed(UNITS) if largest >= u[1]), UNITS[0])

    @property
    def _peak_value(self) -> float:
        return max((s.live_bytes for s in self._steps), default=0) / self._unit[1]

    def _draw(self) -> None:
        theme, steps = self._theme, self._steps
        font = restyle(self.plot, theme)
        label_axis(self.plot, "left", self._unit[0], theme)
        label_axis(self.plot, "bottom", tr("kernels in execution order"), theme)
        live = np.array([s.live_bytes for s in steps], dtype=float) / self._unit[1]
        own = np.array([s.own_bytes for s in steps], dtype=float) / self._unit[1]
        self._live.setData(
            np.arange(len(steps) + 1) - 0.5, live, stepMode="center", fillLevel=0, pen=theme.pen("before", 1.0),
            brush=theme.brush("before", 0.35),
        )  # fmt: skip
        self._own.setOpts(x=np.arange(len(steps), dtype=float), height=own, width=0.86, pen=no_pen(theme),
                          brush=theme.brush("after"))  # fmt: skip
        self._peak.setPen(dashed(theme, "bad"))
        self._peak_text.setFont(font)
        self._peak_text.setColor(theme.color("text"))
        if steps:
            place = int(np.argmax(live))
            self._peak.setValue(self._peak_value)
            peak = tr("peak {size}: {layer}").format(
                size=numbers.size(steps[place].live_bytes), layer=steps[place].layer
            )
            self._peak_text.setText(peak)
            # To the side on which there is room.
            self._peak_text.setAnchor((0, 1) if place < len(steps) / 2 else (1, 1))
            self._peak_text.setPos(place - 0.5 if place < len(steps) / 2 else place + 0.5, self._peak_value)
        self._draw_selection()

    def _draw_selection(self) -> None:
        chosen = set(self._selected)
        places = [n for n, step in enumerate(self._steps) if step.layer in chosen]
        self._back.setOpts(
            x=np.array(places, dtype=float), height=np.full(len(places), self._peak_value * 1.4), width=1.0,
            pen=no_pen(self._theme), brush=self._theme.brush("selection"),
        )  # fmt: skip

    def _step_at(self, at: Any) -> int | None:
        box = self.plot.getPlotItem().getViewBox()
        if not box.sceneBoundingRect().contains(at):
            return None
        x = round(box.mapSceneToView(at).x())
        return x if 0 <= x < len(self._steps) else None

    def _pressed(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        elif (step := self._step_at(event.scenePos())) is not None:
            self.clicked.emit(step, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
