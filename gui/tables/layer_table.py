"""The layers as a sortable table with multi-selection, linked to the document's selection both ways."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QItemSelectionRange, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QTableView, QWidget

from engine.recipe import Recipe
from gui.document import Document
from gui.language import tr
from gui.tables.columns import COLUMNS, INDEX
from gui.tables.layer_model import LayerModel
from gui.tables.rows_table import CELL_PADDING, MEASURED_TEXTS, runs_of, set_up, title_room
from gui.theme import Theme

MARKS_WIDTH = 40
"""Of the icons before a treatment or a provider."""
MARKED = ("treatment", "provider")
POINT_MS = 120
"""The mouse rests so long on a layer before what is coupled to it shows: rows that it only passes stay quiet."""


class LayerTable(QTableView):
    """``menu_wanted`` carries the place of a context menu, ``hidden_changed`` the columns that the user hides."""

    menu_wanted = Signal(QPoint)
    hidden_changed = Signal(tuple)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Layers"))
        self._document = document
        self._syncing = False
        self._fitted: Recipe | None = None
        self._user_hidden: set[str] = set()
        self.layers = LayerModel(document, theme, self)
        self.setModel(self.layers)
        set_up(self, theme)
        self._set_up_header()
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at)))
        self.selectionModel().selectionChanged.connect(self._to_document)
        document.selection_changed.connect(self._from_document)
        document.figures_changed.connect(self._show_columns)
        document.figures_changed.connect(self._fit_treatment)
        document.channels_changed.connect(self._channels_found)
        document.replaced.connect(self._reset)
        self.layers.modelReset.connect(self._from_document)
        self._show_columns()
        self.setMouseTracking(True)
        self._pointing = QTimer(self)
        self._pointing.setSingleShot(True)
        self._pointing.setInterval(POINT_MS)
        self._pointing.timeout.connect(self._point)
        self.entered.connect(lambda _: self._pointing.start())
        self.viewportEntered.connect(self._pointing.start)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        super().leaveEvent(event)
        self._pointing.stop()
        self._document.pointed.at("")

    def _point(self) -> None:
        index = self.indexAt(self.viewport().mapFromGlobal(QCursor.pos()))
        self._document.pointed.at(self.layers.layer_id(index.row()) if index.isValid() else "")

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.sectionClicked.connect(self._sort_clicked)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._choose_columns)
        for number, column in enumerate(COLUMNS):
            self.setColumnWidth(number, max(column.width, title_room(self, tr(column.title))))

    # -- sorting and columns -------------------------------------------------------------------------------------

    def _sort_clicked(self, column: int) -> None:
        """Numbers largest first, then smallest first, then the order of the file."""
        header = self.horizontalHeader()
        up, down = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
        first = down if COLUMNS[column].number and COLUMNS[column].key != "number" else up
        shown = header.isSortIndicatorShown() and header.sortIndicatorSection() == column
        if not shown:
            self.sort_layers(column, first)
        elif header.sortIndicatorOrder() == first:
            self.sort_layers(column, up if first == down else down)
        else:
            self.sort_layers(None)

    @property
    def sorting(self) -> tuple[str, bool] | None:
        """The key of the column, and whether its largest come first."""
        header = self.horizontalHeader()
        if not header.isSortIndicatorShown():
            return None
        return COLUMNS[header.sortIndicatorSection()].key, header.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder

    def sort_layers(self, column: int | None, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        header = self.horizontalHeader()
        header.setSortIndicatorShown(column is not None)
        if column is not None:
            header.setSortIndicator(column, order)
        self.layers.sort_by(column, order)

    def _reset(self) -> None:
        self.horizontalHeader().setSortIndicatorShown(False)
        self._show_columns()
        self._fit("number", "id", "op", "input", "output", "treatment")
        self.scrollToTop()

    def _fit_treatment(self) -> None:
        """With the first treatment the column gets its room; it never shrinks under the hand."""
        if self._document.recipe is self._fitted:
            return
        self._fitted = self._document.recipe
        self._show_columns()
        before = self.columnWidth(INDEX["treatment"])
        self._fit("treatment")
        self.setColumnWidth(INDEX["treatment"], max(before, self.columnWidth(INDEX["treatment"])))

    def _channels_found(self) -> None:
        self._show_columns()
        self._fitted = None
        self._fit_treatment()

    def _fit(self, *keys: str) -> None:
        """As wide as the longest texts need, within the bounds of each column."""
        metrics = self.fontMetrics()
        for key in keys:
            number = INDEX[key]
            column = COLUMNS[number]
            # Many are alike: the same treatment, the same shapes.
            longest = sorted({column.text(row) for row in self.layers.rows}, key=len)[-MEASURED_TEXTS:]
            texts = max((metrics.horizontalAdvance(text) for text in longest), default=0)
            room = texts + (MARKS_WIDTH if texts and key in MARKED else 0) + CELL_PADDING
            least = max(column.width, title_room(self, tr(column.title)))
            self.setColumnWidth(number, max(least, min(room, column.widest or room)))

    def set_hidden(self, keys: tuple[str, ...]) -> None:
        self._user_hidden = set(keys)
        self._show_columns()

    def _show_columns(self) -> None:
        measured = self._document.baseline is not None or self._document.as_opened is not None
        compared = self._document.after[0] is not None
        erred = self._document.layer_errors is not None
        coupled = self._document.channels is not None
        known = {"always": True, "treated": self._document.treated, "measured": measured, "compared": compared,
                 "erred": erred, "coupled": coupled}  # fmt: skip
        for number, column in enumerate(COLUMNS):
            there = known.get(column.when)
            if there is None:
                there = measured and any(column.text(row) for row in self.layers.rows)
            hidden = column.key in self._user_hidden or not there
            if self.isColumnHidden(number) != hidden:
                self.setColumnHidden(number, hidden)
                if column.key in ("state", "provider", "precision") and not hidden:
                    self._fit(column.key)

    def _choose_columns(self, at: QPoint) -> None:
        menu = QMenu(self)
        for number, column in enumerate(COLUMNS):
            action = menu.addAction(self.layers.headerData(number, Qt.Orientation.Horizontal))
            action.setCheckable(True)
            action.setChecked(column.key not in self._user_hidden)
            action.setEnabled(column.key != "id")
            action.setData(column.key)
        chosen = menu.exec(self.horizontalHeader().mapToGlobal(at))
        menu.deleteLater()
        if chosen is not None:
            self._user_hidden ^= {str(chosen.data())}
            self._show_columns()
            self.hidden_changed.emit(tuple(sorted(self._user_hidden)))

    # -- selection -----------------------------------------------------------------------------------------------

    def _to_document(self) -> None:
        if self._syncing:
            return
        ranges: list[QItemSelectionRange] = list(self.selectionModel().selection())  # type: ignore[call-overload]
        rows = sorted(r for s in ranges for r in range(s.top(), s.bottom() + 1))
        self._syncing = True
        self._document.select(self.layers.layer_id(row) for row in rows)
        self._syncing = False

    def _from_document(self) -> None:
        if self._syncing:
            return
        rows = self.layers.rows_with(self._document.selection)
        last = len(COLUMNS) - 1
        selection = QItemSelection()
        for top, end in runs_of(rows):
            selection.select(self.layers.index(top, 0), self.layers.index(end, last))
        self._syncing = True
        flag = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(selection, flag.ClearAndSelect | flag.Rows)
        if rows:
            first = self.layers.index(rows[0], INDEX["id"])
            self.selectionModel().setCurrentIndex(first, flag.NoUpdate)
            self.scrollTo(first, QAbstractItemView.ScrollHint.EnsureVisible)
        self._syncing = False

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
            return
        super().keyPressEvent(event)
