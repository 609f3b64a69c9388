"""Named points in a plane: two figures of each, with the ones that no other beats joined by a line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.language import tr
from gui.plots.frame import dashed, framed, label_axis, restyle
from gui.plots.lazy import pyqtgraph
from gui.plots.share import Data, PlotShare
from gui.theme import Theme

NEAR_PX = 16
LABEL = (96, 14)
"""Pixels that a label takes: of two points that are closer one has its label only where it is chosen."""
ROOM = 0.16


@dataclass(frozen=True, slots=True)
class Dot:
    """``key`` tells it from others; ``front`` ones are joined, ``reference`` is drawn as a square."""

    key: int
    name: str
    x: float
    y: float
    front: bool = False
    reference: bool = False
    current: bool = False


class ScatterPlot(QWidget):
    """Emits the key of the point under the mouse, None for none, and the one that was clicked."""

    hovered = Signal(object)
    clicked = Signal(int, bool)

    def __init__(self, name: str, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.dots: Sequence[Dot] = ()
        self._axes = ("", "")
        self._chosen: frozenset[int] = frozenset()
        self._parts: list[Any] = []
        self.plot: Any = framed(tr(name), zoom_x=True, zoom_y=True, left=64)
        self.plot.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._dot_at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pressed)
        self.plot.getPlotItem().getViewBox().sigRangeChanged.connect(lambda *_: self._draw_labels())
        PlotShare(self.plot, name.lower().replace(" ", "_"), self.data, self.fit)
        theme.changed.connect(self._draw)
        self._labels: list[Any] = []

    def data(self) -> Data:
        return ("name", *(axis or place for axis, place in zip(self._axes, "xy", strict=True))), [
            (dot.name, dot.x, dot.y) for dot in self.dots
        ]

    def show_dots(self, dots: Sequence[Dot], x: str, y: str) -> None:
        """Anew, with all of them in view; the axes are titled ``x`` and ``y``."""
        same = dots == self.dots and (x, y) == self._axes
        self.dots, self._axes = tuple(dots), (x, y)
        if not same:
            self._draw()
            self.fit()

    def choose(self, keys: frozenset[int]) -> None:
        if keys != self._chosen:
            self._chosen = keys
            self._draw()

    def fit(self) -> None:
        """All points in view, with room for their names."""
        if not self.dots:
            return
        for values, set_range in (
            ([d.x for d in self.dots], self.plot.setXRange),
            ([d.y for d in self.dots], self.plot.setYRange),
        ):
            low, high = min(values), max(values)
            room = (high - low) * ROOM or abs(high) * 0.01 or 1.0
            set_range(low - room, high + room * 2, padding=0)

    def _draw(self) -> None:
        pg, theme = pyqtgraph(), self._theme
        restyle(self.plot, theme)
        label_axis(self.plot, "bottom", tr(self._axes[0]), theme)
        label_axis(self.plot, "left", tr(self._axes[1]), theme)
        for part in self._parts:
            self.plot.removeItem(part)
        self._parts = []
        front = sorted((d.x, d.y) for d in self.dots if d.front)
        if len(front) > 1:
            self._add(pg.PlotCurveItem([x for x, _ in front], [y for _, y in front], pen=dashed(theme, "muted")))
        for dot in self.dots:
            chosen = dot.key in self._chosen
            self._add(
                pg.ScatterPlotItem(
                    x=[dot.x],
                    y=[dot.y],
                    symbol="s" if dot.reference else "o",
                    size=12 if dot.current else 9,
                    brush=theme.brush("before" if dot.reference else "after"),
                    pen=theme.pen("text" if chosen else "surface", 2.0 if chosen else 1.0),
                )
            )
        self._draw_labels()

    def _draw_labels(self) -> None:
        """The chosen ones first; the others where there is room."""
        for label in self._labels:
            self.plot.removeItem(label)
        self._labels = []
        if not self.dots:
            return
        font = restyle(self.plot, self._theme)
        box = self.plot.getPlotItem().getViewBox()
        pixel, (right, _) = box.viewPixelSize(), box.viewRange()
        taken: list[tuple[float, float]] = []
        for dot in sorted(self.dots, key=lambda d: (d.key not in self._chosen, not d.current)):
            at = dot.x / max(pixel[0], 1e-12), dot.y / max(pixel[1], 1e-12)
            if any(abs(at[0] - a) <= LABEL[0] and abs(at[1] - b) <= LABEL[1] for a, b in taken):
                continue
            taken.append(at)
            left = dot.x > right[0] + 0.8 * (right[1] - right[0])
            strong = dot.current or dot.key in self._chosen
            text = pyqtgraph().TextItem(
                dot.name, color=self._theme.color("text" if strong else "muted"), anchor=(0.9 if left else 0.1, 1.25)
            )
            text.setFont(font)
            text.setPos(dot.x, dot.y)
            self._labels.append(text)
            self.plot.addItem(text, ignoreBounds=True)

    def _add(self, part: Any) -> None:
        self._parts.append(part)
        self.plot.addItem(part)

    def _dot_at(self, at: Any) -> int | None:
        box = self.plot.getPlotItem().getViewBox()
        if not self.dots or not box.sceneBoundingRect().contains(at):
            return None
        point, pixel = box.mapSceneToView(at), box.viewPixelSize()
        x = np.array([d.x for d in self.dots])
        y = np.array([d.y for d in self.dots])
        away = np.hypot((x - point.x()) / pixel[0], (y - point.y()) / pixel[1])
        nearest = int(away.argmin())
        return self.dots[nearest].key if away[nearest] <= NEAR_PX else None

    def _pressed(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        elif (key := self._dot_at(event.scenePos())) is not None:
            self.clicked.emit(key, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
