"""Every plot's context menu: the picture and the figures, to the clipboard or into a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from PySide6.QtCore import QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from engine.errors import EngineError

Cell = str | float | int | None
Data = tuple[Sequence[str], Sequence[Sequence[Cell]]]
"""The names of the columns with their units, and the rows."""


class PlotShare(QObject):
    """Belongs to ``shown``, the widget that paints; ``name`` is that of files."""

    def __init__(self, shown: QWidget, name: str, data: Callable[[], Data]) -> None:
        super().__init__(shown)
        self.shown, self.name, self.data = shown, name, data
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
            ("Copy as picture", self.copy_picture, True),
            ("Copy data", self.copy_data, there),
            ("Save picture as PNG…", self.ask_picture, True),
            ("Save data as CSV…", self.ask_data, there),
        ):
            action = menu.addAction(text)
            action.setEnabled(enabled)
            action.triggered.connect(lambda _checked=False, run=run: run())
        return menu

    def copy_picture(self) -> None:
        QGuiApplication.clipboard().setPixmap(self.shown.grab())

    def copy_data(self) -> None:
        """With tabs, as spreadsheets take it, and as a file that others drop."""
        header, rows = self.data()
        lines = ["\t".join(header), *("\t".join("" if c is None else str(c) for c in row) for row in rows)]
        mime = QMimeData()
        mime.setText("\n".join(lines))
        mime.setData("text/csv", self.csv().encode())
        QGuiApplication.clipboard().setMimeData(mime)

    def csv(self) -> str:
        from engine.explain.tables import Table, to_csv

        header, rows = self.data()
        return to_csv(Table(self.name, tuple(header), tuple(tuple(row) for row in rows)))

    def ask_picture(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self.shown, "Save the picture", f"{self.name}.png", "Pictures (*.png)")
        if name:
            self.save(Path(name))

    def ask_data(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self.shown, "Save the data", f"{self.name}.csv", "Tables (*.csv)")
        if name:
            self.save(Path(name))

    def save(self, path: Path) -> None:
        """By its suffix the picture or the data."""
        from engine.targets import check_target, write_text

        try:
            target = check_target(path, {})
            if path.suffix.lower() == ".png":
                if not self.shown.grab().save(str(target), "PNG"):
                    raise EngineError(f"{path} cannot be written", way_out="Choose another folder.")
            else:
                write_text(target, self.csv())
        except EngineError as error:
            self._tell(error)

    def _tell(self, error: EngineError) -> None:
        from gui.main_window import MainWindow

        window = self.shown.window()
        assert isinstance(window, MainWindow)
        window.show_error(error)


def shares_in(widget: QWidget) -> list[PlotShare]:
    """Of the plots that can be seen, the largest first."""
    found = [one for one in widget.findChildren(PlotShare) if one.shown.isVisibleTo(widget.window())]
    return sorted(found, key=lambda one: -one.shown.width() * one.shown.height())


def bins(edges: Sequence[float], *columns: Sequence[float]) -> list[tuple[Cell, ...]]:
    """Rows of a histogram: from, to, and what is counted."""
    return [(*pair, *values) for pair, *values in zip(pairwise(edges), *columns, strict=True)]
