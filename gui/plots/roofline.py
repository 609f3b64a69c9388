"""Layers under the ceilings of the device, both axes logarithmic."""

from __future__ import annotations

import math
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
    from engine.explain.roofline import LayerRoof, Roofline

LOOKS = (("after", "o"), ("orange", "t1"), ("green", "s"), ("purple", "d"), ("vermillion", "star"))
"""Colour and shape of each precision, so that none is told by its colour alone."""
GLYPHS = {"o": "●", "t1": "▲", "s": "■", "d": "◆", "star": "★"}
NEAR_PX = 14
SIZE = 9
LABEL_ROOM = 0.2
"""Of the width, for the name of one ceiling."""


def ticks(low: float, high: float, *, dense: bool) -> list[list[tuple[float, str]]]:
    """Powers of ten with a number, twice and five times them where there is room; places in powers of ten."""
    powers = range(math.floor(low), math.ceil(high) + 1)
    between = [(p + math.log10(n), numbers.three(n * 10.0**p) if dense else "") for p in powers for n in (2, 5)]
    return [[(float(p), numbers.three(10.0**p)) for p in powers], between]


def looks(precisions: Sequence[str]) -> dict[str, tuple[str, str]]:
    """For each precision its colour and shape; float32 is always the same."""
    order = sorted(set(precisions), key=lambda p: (p != "float32", p))
    return {precision: LOOKS[number % len(LOOKS)] for number, precision in enumerate(order)}


class RooflinePlot(QWidget):
    """Emits the layer under the mouse (None for none), and the one that was clicked with whether Ctrl was held."""

    hovered = Signal(object)
    clicked = Signal(str, bool)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._roofline: Roofline | None = None
        self._layers: list[LayerRoof] = []
        self._at = np.zeros((0, 2))
        self._selected: tuple[str, ...] = ()
        self._parts: list[Any] = []
        self.plot: Any = framed(tr("Layers under the ceilings of the device"), zoom_x=True, zoom_y=True)
        self.plot.setLogMode(x=True, y=True)
        self.plot.getPlotItem().showGrid(x=True, y=True, alpha=0.12)
        self._marked = pyqtgraph().ScatterPlotItem()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.plot)
        self.plot.scene().sigMouseMoved.connect(lambda at: self.hovered.emit(self._layer_at(at)))
        self.plot.scene().sigMouseClicked.connect(self._pressed)
        PlotShare(self.plot, "roofline", self.data, self.fit)
        theme.changed.connect(self._draw)

    def data(self) -> Data:
        names = (
            "layer",
            "precision",
            "macs",
            "bytes",
            "intensity",
            "gmacs_per_s",
            "gbytes_per_s",
            "bound",
            "of_ceiling",
        )
        return names, [tuple(getattr(layer, name) for name in names) for layer in self._layers]

    def show_roofline(self, roofline: Roofline) -> None:
        self._roofline = roofline
        self._layers = [layer for layer in roofline.layers if layer.intensity > 0 and layer.gmacs_per_s > 0]
        at = np.array([(la.intensity, la.gmacs_per_s) for la in self._layers], dtype=float)
        self._at = np.log10(at.reshape(-1, 2))
        self._draw()
        self.fit()

    def show_selection(self, ids: Sequence[str]) -> None:
        self._selected = tuple(ids)
        self._draw_selection()

    def fit(self) -> None:
        (left, right), (low, high) = self._bounds()
        self.plot.setXRange(left, right, padding=0)
        self.plot.setYRange(low, high, padding=0)

    def _bounds(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """In powers of ten: all layers, the ceilings, and where the highest of them meets the bandwidth."""
        assert self._roofline is not None
        ceilings = self._roofline.ceilings
        top = max([*ceilings.gmacs_per_s.values(), 1.0])
        knee = top / max(ceilings.gbytes_per_s, 1e-9)
        x, y = (self._at[:, 0], self._at[:, 1]) if len(self._at) else (np.array([0.0]), np.array([0.0]))
        right = max(float(x.max()), np.log10(knee)) + 0.5
        return (float(x.min()) - 0.3, right), (float(y.min()) - 0.3, max(float(y.max()), np.log10(top)) + 0.7)

    def _add(self, part: Any) -> None:
        self._parts.append(part)
        self.plot.addItem(part)

    def _draw(self) -> None:
        pg, theme = pyqtgraph(), self._theme
        font = restyle(self.plot, theme)
        label_axis(self.plot, "bottom", tr("MACs per byte"), theme)
        label_axis(self.plot, "left", "GMAC/s", theme)
        for part in self._parts:
            self.plot.removeItem(part)
        self._parts = []
        if self._roofline is None:
            return
        ceilings = self._roofline.ceilings
        seen, high = self._bounds()
        left, right = seen[0] - 3, seen[1] + 3
        self.plot.getPlotItem().getAxis("bottom").setTicks(ticks(left, right, dense=True))
        self.plot.getPlotItem().getAxis("left").setTicks(ticks(high[0] - 2, high[1] + 2, dense=high[1] - high[0] < 1.6))
        used = looks([*ceilings.gmacs_per_s, *(la.precision for la in self._layers)])
        top = max([*ceilings.gmacs_per_s.values(), 1.0])
        bandwidths = [(ceilings.gbytes_per_s, "memory")]
        if ceilings.by_size and ceilings.by_size[0][1] > ceilings.gbytes_per_s * 1.2:
            bandwidths.append((ceilings.by_size[0][1], "cache"))
        for rate, name in bandwidths:
            end = np.log10(top / rate)
            pen = theme.pen("muted", 1.5) if name == "memory" else dashed(theme, "muted")
            self._add(pg.PlotCurveItem([left, end], [left + np.log10(rate), end + np.log10(rate)], pen=pen))
            told = tr("memory {rate} GB/s") if name == "memory" else tr("cache {rate} GB/s")
            text = pg.TextItem(told.format(rate=numbers.three(rate)), color=theme.color("muted"), anchor=(0, 0.5),
                               fill=theme.brush("surface"))  # fmt: skip
            text.setFont(font)
            x = seen[0] + 0.1 * (seen[1] - seen[0])
            text.setPos(x, x + np.log10(rate))
            self._add(text)
        # Side by side: ceilings can be close to each other.
        for number, (precision, rate) in enumerate(sorted(ceilings.gmacs_per_s.items(), key=lambda item: item[1])):
            token, _ = used[precision]
            begin = np.log10(rate / ceilings.gbytes_per_s)
            self._add(pg.PlotCurveItem([begin, right], [np.log10(rate)] * 2, pen=theme.pen(token, 1.5)))
            text = pg.TextItem(f"{precision} {numbers.three(rate)} GMAC/s", color=theme.color("text"), anchor=(1, 1),
                               fill=theme.brush("surface", 0.75))  # fmt: skip
            text.setFont(font)
            text.setZValue(5)
            text.setPos(seen[1] - number * LABEL_ROOM * (seen[1] - seen[0]), np.log10(rate))
            self._add(text)
        for precision, (token, shape) in used.items():
            places = [n for n, la in enumerate(self._layers) if la.precision == precision]
            self._add(pg.ScatterPlotItem(
                x=self._at[places, 0], y=self._at[places, 1], symbol=shape, size=SIZE, pen=theme.pen("surface"),
                brush=theme.brush(token, 0.85), pxMode=True,
            ))  # fmt: skip
        self._marked = pg.ScatterPlotItem(pxMode=True)
        self._add(self._marked)
        self._draw_selection()

    def _draw_selection(self) -> None:
        chosen = set(self._selected)
        places = [n for n, la in enumerate(self._layers) if la.layer in chosen]
        self._marked.setData(
            x=self._at[places, 0], y=self._at[places, 1], symbol="o", size=SIZE + 7,
            pen=self._theme.pen("text", 2.0), brush=None,
        )  # fmt: skip
        if not places:
            self._marked.setPen(no_pen(self._theme))

    def _layer_at(self, at: Any) -> LayerRoof | None:
        box = self.plot.getPlotItem().getViewBox()
        if not len(self._at) or not box.sceneBoundingRect().contains(at):
            return None
        point, pixel = box.mapSceneToView(at), box.viewPixelSize()
        away = np.hypot((self._at[:, 0] - point.x()) / pixel[0], (self._at[:, 1] - point.y()) / pixel[1])
        nearest = int(away.argmin())
        return self._layers[nearest] if away[nearest] <= NEAR_PX else None

    def _pressed(self, event: Any) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
        elif (layer := self._layer_at(event.scenePos())) is not None:
            self.clicked.emit(layer.layer, bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier))
