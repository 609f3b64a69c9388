"""Tab goes through the window as it is read: part by part, in each from left to right and from top to bottom.

Qt goes in the order in which widgets were made, and buttons of actions are made last.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLayout,
    QSplitter,
    QStackedWidget,
    QTabWidget,
    QToolBar,
    QWidget,
)

if TYPE_CHECKING:
    from gui.main_window import MainWindow

WHOLE = (QAbstractItemView, QAbstractSpinBox, QComboBox)
"""What is in these is theirs."""


def parts_of(window: MainWindow) -> tuple[QWidget, ...]:
    """In the order in which the window is read."""
    return (window.toolbar, window.messages, window.welcome, window.layers, window.graph, window.inspector, window.tabs,
            window.recipe, window.status)  # fmt: skip


def set_tab_order(parts: Sequence[QWidget]) -> None:
    """Through these, one after the other."""
    stops = [widget for part in parts for widget in stops_in(part)]
    for before, after in itertools.pairwise(stops):
        QWidget.setTabOrder(before, after)


def stops_in(widget: QWidget) -> Iterator[QWidget]:
    """What Tab stops at in a widget, itself first."""
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
        yield widget
    for child in _parts(widget) if not isinstance(widget, WHOLE) else ():
        yield from stops_in(child)


def go_to_part(parts: Sequence[QWidget], way: int) -> None:
    """The focus to the largest view of the next part that is shown; with -1 of the one before."""
    shown = [part for part in parts if part.isVisible()]
    focus = QApplication.focusWidget()
    start = -1 if way > 0 else 0
    here = next((n for n, part in enumerate(shown) if focus is not None and part.isAncestorOf(focus)), start)
    for step in range(1, len(shown) + 1):
        part = shown[(here + way * step) % len(shown)]
        stops = [stop for stop in stops_in(part) if stop.isVisible() and stop.isEnabled()]
        if stops:
            max(stops, key=lambda stop: stop.width() * stop.height()).setFocus(Qt.FocusReason.TabFocusReason)
            return


def _parts(widget: QWidget) -> list[QWidget]:
    """The children in the order in which they are seen; those that no layout knows come last."""
    if isinstance(widget, (QSplitter, QStackedWidget, QTabWidget)):
        return [found for n in range(widget.count()) if (found := widget.widget(n)) is not None]
    children = [child for child in widget.children() if isinstance(child, QWidget) and not child.isWindow()]
    if isinstance(widget, QToolBar):
        return [found for action in widget.actions() if (found := widget.widgetForAction(action)) is not None]
    laid_out = list(_in(widget.layout(), children))
    return [*laid_out, *(child for child in children if child not in laid_out)]


def _in(layout: QLayout | None, widgets: Sequence[QWidget]) -> Iterator[QWidget]:
    """Of these widgets those that are in a layout, in its order."""
    if layout is None:
        return
    # Not by `itemAt`: PySide keeps the wrapper of an item that went with its layout, and gives it for what is made at
    # the same address later, of whatever kind that is.
    nested = [child for child in layout.children() if isinstance(child, QLayout)]
    places: list[tuple[int, QWidget | QLayout]] = [(layout.indexOf(widget), widget) for widget in widgets]
    places += [(layout.indexOf(inner), inner) for inner in nested]
    for place, found in sorted(places, key=lambda one: one[0]):
        if isinstance(found, QLayout):
            yield from _in(found, widgets)
        elif place >= 0:
            yield found
