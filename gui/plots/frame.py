"""What plots have in common: axes in the theme's pens, and a click that is told from a drag."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QFont, QPen, QWheelEvent

from gui.plots.lazy import pyqtgraph
from gui.theme import SMALL, Theme


def framed(name: str, *, zoom_x: bool = False, zoom_y: bool = False, left: int = 56) -> Any:  # pyqtgraph.PlotWidget
    """A plot without menus and buttons; ``name`` is for those who do not see it."""
    plot = pyqtgraph().PlotWidget()
    plot.setAccessibleName(name)
    plot.setMenuEnabled(False)
    plot.hideButtons()
    plot.setMouseEnabled(x=zoom_x, y=zoom_y)
    plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    item = plot.getPlotItem()
    for side in ("left", "bottom"):
        item.getAxis(side).enableAutoSIPrefix(False)
    item.getAxis("left").setWidth(left)
    for side in ("left", "bottom"):  # their grid is behind what is drawn
        item.getAxis(side).setZValue(-10)
    return plot


class ZoomWithControl(QObject):
    """For a plot on a page that scrolls: the wheel turns the page, and with Ctrl zooms the plot."""

    def __init__(self, plot: Any) -> None:
        super().__init__(plot)
        plot.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QWheelEvent) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # what is behind gets it
            return True
        return super().eventFilter(watched, event)


def restyle(plot: Any, theme: Theme) -> QFont:
    """Colours and font of the axes; the font is for the plot's own texts."""
    plot.setBackground(theme.color("surface"))
    font = QFont(plot.font())
    font.setPixelSize(SMALL)
    for side in ("left", "bottom"):
        axis = plot.getPlotItem().getAxis(side)
        axis.setPen(theme.pen("border"))
        axis.setTextPen(theme.pen("muted"))
        axis.setStyle(tickFont=font)
    return font


def label_axis(plot: Any, side: str, text: str, theme: Theme) -> None:
    plot.getPlotItem().getAxis(side).setLabel(text, **{"color": theme.tokens.muted, "font-size": f"{SMALL}px"})


def no_pen(theme: Theme) -> QPen:
    pen = theme.pen("surface", 0.0)
    pen.setStyle(Qt.PenStyle.NoPen)
    return pen


def dashed(theme: Theme, token: str, width: float = 1.0) -> QPen:
    pen = theme.pen(token, width)
    pen.setStyle(Qt.PenStyle.DashLine)
    return pen
