"""The menu bar, from the table of actions."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from gui.actions import file as file_actions
from gui.language import mark, tr

if TYPE_CHECKING:
    from gui.main_window import MainWindow

MENUS = (
    mark("File"),
    mark("Edit"),
    mark("Treat"),
    mark("Variants"),
    mark("Measure"),
    mark("Data"),
    mark("View"),
    mark("Graph"),
    mark("Help"),
)
SEPARATED = frozenset({"metric", "copy", "preferences", "plot_picture", "copy_environment",
                       "export", "shapes", "quit", "select_all", "filter", "clear_all", "clean", "choose", "finish",
                       "device_list", "explain", "inputs_data", "latency", "inspector", "part_next",
                       "layout_usual", "zoom_in", "theme_system",
                       "keys", "variant_use", "variants_measure", "variants_csv"})  # fmt: skip
"""Actions that a line stands above."""


def fill_menu_bar(window: MainWindow) -> None:
    bar = window.menuBar()
    menus = {name: bar.addMenu(tr(name)) for name in MENUS}
    for menu in menus.values():
        menu.setToolTipsVisible(True)
    for key, action in window.actions_set.table.items():
        if key in SEPARATED:
            menus[action.menu].addSeparator()
        menus[action.menu].addAction(window.actions_set.qt[key])
        if key == "open":
            _add_files(menus["File"], window)


def _add_files(menu: QMenu, window: MainWindow) -> None:
    recent, samples = menu.addMenu(tr("Open recent")), menu.addMenu(tr("Open a sample"))
    recent.aboutToShow.connect(lambda: _fill_recent(recent, window))
    samples.aboutToShow.connect(lambda: _fill_samples(samples, window))


def _fill_recent(menu: QMenu, window: MainWindow) -> None:
    menu.clear()
    for text in window.bench.settings.value.recent:
        _add_path(menu, window, text, Path(text))
    if menu.isEmpty():
        menu.addAction(tr("No file yet")).setEnabled(False)


def _fill_samples(menu: QMenu, window: MainWindow) -> None:
    from resources import samples

    menu.clear()
    for sample in samples():
        _add_path(menu, window, tr(sample.title), sample.model)


def _add_path(menu: QMenu, window: MainWindow, text: str, path: Path) -> None:
    entry = menu.addAction(text)
    entry.triggered.connect(lambda: file_actions.open_path(window.bench, path))
