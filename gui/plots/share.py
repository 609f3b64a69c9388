"""Every plot's context menu: all of it in view, the picture and the figures to the clipboard or into a file.

With Ctrl a drag takes both out of the window: a document takes the picture, a spreadsheet the figures, a folder a file.
"""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QGuiApplication, QMouseEvent, QPixmap
from PySide6.QtWidgets import QAbstractScrollArea, QMenu, QWidget

from engine.errors import EngineError
from gui.dragging import DragOut
from gui.language import tr
from gui.saving import ask_name

if TYPE_CHECKING:
    from gui.main_window import MainWindow

HANGING = 160
"""Pixels of the width that a plot has while it is dragged."""
Cell = str | float | int | None
Data = tuple[Sequence[str], Sequence[Sequence[Cell]]]
"""The names of the columns with their units, and the rows."""


class PlotShare(QObject):
    """Belongs to ``shown``, the widget that paints; ``name`` is that of files, ``fit`` brings all of it into view."""

    def __init__(self, shown: QWidget, name: str, data: Callable[[], Data], fit: Callable[[], None]) -> None:
        super().__init__(shown)
        self.shown, self.name, self.data, self.fit = shown, name, data, fit
        self._folder = ""
        DragOut(shown.viewport() if isinstance(shown, QAbstractScrollArea) else shown, self._drag_begins, self._dragged)
        shown.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        shown.customContextMenuRequested.connect(self._popup)

    def _popup(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.shown.mapToGlobal(at))

    def menu(self) -> QMenu:
        menu = QMenu(self.shown)
        there = bool(self.data()[1])
        for text, run, enabled in (
            (tr("Show all"), self.fit, there),
            (tr("Copy as picture"), self.copy_picture, True),
            (tr("Copy data"), self.copy_data, there),
            (tr("Save picture as PNG…"), self.ask_picture, True),
            (tr("Save data as CSV…"), self.ask_data, there),
        ):
            action = menu.addAction(text)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _checked=False, run=run: run())
        return menu

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.shown.grab())

    def copy_data(self) -> None:
        """With tabs, as spreadsheets take it, and as a file that others drop."""
        QGuiApplication.clipboard().setMimeData(self._figures())

    def _figures(self) -> QMimeData:
        header, rows = self.data()
        lines = ["\t".join(header), *("\t".join("" if c is None else str(c) for c in row) for row in rows)]
        mime = QMimeData()
        mime.setText("\n".join(lines))
        mime.setData("text/csv", self.csv().encode())
        return mime

    def _drag_begins(self, press: QMouseEvent) -> bool:
        control = press.modifiers() == Qt.KeyboardModifier.ControlModifier
        return control and press.button() == Qt.MouseButton.LeftButton and bool(self.data()[1])

    def _dragged(self) -> tuple[QMimeData, QPixmap]:
        """The file is there until the window closes: who takes it may read it later."""
        if not self._folder:
            self._folder = tempfile.mkdtemp(prefix="lathe-plot-")
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        picture, path = self.shown.grab(), str(Path(self._folder, f"{self.name}.png"))
        mime = self._figures()
        mime.setImageData(picture.toImage())
        if picture.save(path, "PNG"):
            mime.setUrls([QUrl.fromLocalFile(path)])
        return mime, picture.scaledToWidth(HANGING, Qt.TransformationMode.SmoothTransformation)

    def csv(self) -> str:
        from engine.explain.tables import Table, to_csv

        header, rows = self.data()
        return to_csv(Table(self.name, tuple(header), tuple(tuple(row) for row in rows)))

    def ask_picture(self) -> None:
        if path := ask_name(self.shown, tr("Save the picture"), f"{self.name}.png", tr("Pictures (*.png)"), ".png"):
            self.save(path)

    def ask_data(self) -> None:
        if path := ask_name(self.shown, tr("Save the data"), f"{self.name}.csv", tr("Tables (*.csv)"), ".csv"):
            self.save(path)

    def save(self, path: Path) -> None:
        """By its suffix the picture or the data."""
        from engine.targets import check_target, write_text

        try:
            target = check_target(path, {})
            if path.suffix.lower() == ".png":
                if not self.shown.grab().save(str(target), "PNG"):
                    raise EngineError(
                        tr("{path} cannot be written").format(path=path), way_out=tr("Choose another folder.")
                    )
            else:
                write_text(target, self.csv())
        except EngineError as error:
            self._window().show_error(error)
            return
        told = tr("Plot saved to {path}") if path.suffix.lower() == ".png" else tr("Data of the plot saved to {path}")
        text = told.format(path=path)
        self._window().bench.document.log(text)
        self._window().messages.show_text(text)

    def _window(self) -> MainWindow:
        from gui.main_window import MainWindow

        window = self.shown.window()
        assert isinstance(window, MainWindow)
        return window


def shares_in(widget: QWidget) -> list[PlotShare]:
    """Of the plots that can be seen, the largest first."""
    found = [one for one in widget.findChildren(PlotShare) if one.shown.isVisibleTo(widget.window())]
    return sorted(found, key=lambda one: -one.shown.width() * one.shown.height())


def bins(edges: Sequence[float], *columns: Sequence[float]) -> list[tuple[Cell, ...]]:
    """Rows of a histogram: from, to, and what is counted."""
    return [(*pair, *values) for pair, *values in zip(pairwise(edges), *columns, strict=True)]
