"""Context menus of what is shown: tables, lists, the inspector, the tabs. Their entries are the window's actions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QListWidget, QMenu, QTableWidget, QWidget

from gui.tables.rows_table import RowsTable

if TYPE_CHECKING:
    from gui.main_window import MainWindow

TREAT = ("quantize", "prune", "keep_float", "clear")
LAYERS = (*TREAT, "", "copy", "graph_reveal", "select_coupled", "select_op", "select_rule", "select_all")
GRAPH = (*TREAT, "select_coupled", "select_op", "graph_reveal", "graph_focus", "graph_open", "graph_close", "",
         "graph_fit", "graph_svg", "graph_png")  # fmt: skip
ROWS = (*TREAT, "", "copy", "graph_reveal")
RECIPE = ("copy", "save_recipe", "", "undo", "redo", "clear_all")
INSPECTOR = (*TREAT, "", "copy_inspector", "graph_reveal")
TABS = ("plot_picture", "plot_data", "", "bottom")
"""Keys of actions; "" is a line."""


def fill(menu: QMenu, window: MainWindow, keys: Sequence[str]) -> None:
    for key in keys:
        if key:
            menu.addAction(window.actions_set.qt[key])
        else:
            menu.addSeparator()


def add_menus(window: MainWindow) -> None:
    """To everything in the window that has rows or says something; plots have menus of their own."""
    fill(window.layers.menu, window, LAYERS)
    fill(window.graph.menu, window, GRAPH)
    for panel in window.panels.values():
        for rows in panel.findChildren(RowsTable):
            menu = QMenu(rows)
            fill(menu, window, ROWS)
            rows.menu_wanted.connect(menu.popup)
        for view in (*panel.findChildren(QTableWidget), *panel.findChildren(QListWidget)):
            _offer(view, window, ("copy",))
    _offer(window.recipe.list, window, RECIPE)
    _offer(window.inspector, window, INSPECTOR)
    _offer(window.tabs.tabBar(), window, TABS)


def _offer(widget: QWidget, window: MainWindow, keys: Sequence[str]) -> None:
    menu = QMenu(widget)
    fill(menu, window, keys)

    def show(at: QPoint) -> None:
        inside = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
        if isinstance(widget, QAbstractScrollArea):
            widget.setFocus(Qt.FocusReason.PopupFocusReason)  # what is copied is of the table that has it
        menu.popup(inside.mapToGlobal(at))

    widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    widget.customContextMenuRequested.connect(show)
