"""A sortable table of rows about layers, linked to the document's selection both ways."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QItemSelectionRange, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QStyleOptionHeader, QTableView, QWidget

from gui.document import Document
from gui.language import tr
from gui.tables.delegates import CellDelegate
from gui.tables.dragging import drag_rows
from gui.tables.rows_model import RowsModel
from gui.theme import Theme, tabular

ROW_HEIGHT = 26
CELL_PADDING = 24
TITLE_PADDING = 16
MARK_WIDTH = 22
MEASURED_TEXTS = 40
"""The texts with most characters, among which the widest is looked for."""


def runs_of(places: Sequence[int]) -> list[tuple[int, int]]:
    """First and last of each run of neighbours in sorted numbers."""
    found = []
    for _, run in groupby(enumerate(places), key=lambda pair: pair[1] - pair[0]):
        block = [place for _, place in run]
        found.append((block[0], block[-1]))
    return found


class Head(QHeaderView):
    """The arrow of the sorted column stands at its left: a title that begins there makes room for it."""

    ARROW = "\u2003"
    """An em space, as wide as the arrow in any font."""

    def initStyleOptionForIndex(self, option: QStyleOptionHeader, section: int) -> None:  # noqa: N802
        super().initStyleOptionForIndex(option, section)
        sorted_here = self.isSortIndicatorShown() and section == self.sortIndicatorSection()
        if sorted_here and option.textAlignment & Qt.AlignmentFlag.AlignLeft:
            option.text = self.ARROW + option.text


def title_room(view: QTableView, title: str) -> int:
    """The least width of a column that shows its whole title, also beside the arrow of sorting."""
    return view.horizontalHeader().fontMetrics().horizontalAdvance(Head.ARROW + title) + TITLE_PADDING


def set_up(view: QTableView, theme: Theme) -> None:
    """The look that all tables of the window share."""
    view.setHorizontalHeader(Head(Qt.Orientation.Horizontal, view))
    view.setItemDelegate(CellDelegate(theme, view))
    view.setFont(tabular(view.font()))
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
    view.setAlternatingRowColors(True)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTextElideMode(Qt.TextElideMode.ElideMiddle)
    view.setTabKeyNavigation(False)
    view.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().hide()
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    header = view.horizontalHeader()
    header.setSectionsClickable(True)
    header.setSectionsMovable(True)
    header.setStretchLastSection(True)
    header.setHighlightSections(False)
    header.setMinimumSectionSize(36)
    # Of its own: Qt asks for each column whether all rows are selected, row by row.
    header.setSelectionModel(QItemSelectionModel(view.model(), header))
    header.setSortIndicatorShown(False)
    drag_rows(view)


class RowsTable(QTableView):
    """A click in a head sorts numbers largest first, then smallest first, then not at all."""

    menu_wanted = Signal(QPoint)

    def __init__(
        self, name: str, model: RowsModel[Any], document: Document, theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self._document = document
        self._syncing = False
        self.content = model
        model.setParent(self)
        self.setModel(model)
        set_up(self, theme)
        for number, column in enumerate(model.columns):
            self.setColumnWidth(number, max(column.width, title_room(self, tr(column.title))))
        self.horizontalHeader().sectionClicked.connect(self._sort_clicked)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at)))
        self.selectionModel().selectionChanged.connect(self._to_document)
        document.selection_changed.connect(self.follow)
        model.modelReset.connect(self.follow)

    def _sort_clicked(self, column: int) -> None:
        header = self.horizontalHeader()
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        first = down if self.content.columns[column].number and self.content.columns[column].key != "number" else up
        shown = header.isSortIndicatorShown() and header.sortIndicatorSection() == column
        if not shown:
            self.sort_rows(column, first)
        elif header.sortIndicatorOrder() == first:
            self.sort_rows(column, up if first == down else down)
        else:
            self.sort_rows(None)

    def sort_rows(self, column: int | None, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        header = self.horizontalHeader()
        header.setSortIndicatorShown(column is not None)
        if column is not None:
            header.setSortIndicator(column, order)
        self.content.sort_by(column, order)

    def fit(self, shown: Callable[[str], bool] = lambda _key: True) -> None:
        """Columns of words and of places as wide as the longest texts need, within their bounds; the others hidden."""
        metrics = self.fontMetrics()
        for number, column in enumerate(self.content.columns):
            self.setColumnHidden(number, not shown(column.key))
            if column.number and column.key != "number":
                continue
            rows = [*self.content.rows, *self.content.ends]
            longest = sorted((column.text(row) for row in rows), key=len)[-MEASURED_TEXTS:]
            texts = max((metrics.horizontalAdvance(text) for text in longest), default=0)
            marks = max((len(self.content.mark(row, column.key).split()) for row in rows), default=0)
            room = texts + marks * MARK_WIDTH + CELL_PADDING
            least = max(column.width, title_room(self, tr(column.title)))
            self.setColumnWidth(number, max(least, min(room, column.widest or room)))

    # -- selection -----------------------------------------------------------------------------------------------

    def _to_document(self) -> None:
        if self._syncing:
            return
        ranges: list[QItemSelectionRange] = list(self.selectionModel().selection())  # type: ignore[call-overload]
        places = sorted(r for s in ranges for r in range(s.top(), s.bottom() + 1))
        ids = dict.fromkeys(i for place in places for i in self.content.ids(self.content.at(place)))
        self._syncing = True
        self._document.select(ids)
        self._syncing = False

    def follow(self) -> None:
        """Show the document's selection."""
        if self._syncing or not self.isVisible():
            return
        places = self.content.rows_with(self._document.selection)
        last = len(self.content.columns) - 1
        selection = QItemSelection()
        for first, end in runs_of(places):
            selection.select(self.content.index(first, 0), self.content.index(end, last))
        self._syncing = True
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flag.ClearAndSelect | flag.Rows)
        if places:
            index = self.content.index(places[0], 1)
            self.selectionModel().setCurrentIndex(index, flag.NoUpdate)
            self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        self._syncing = False

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self.follow()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
            return
        super().keyPressEvent(event)
