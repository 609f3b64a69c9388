"""The tree of module scopes, linked to the document's selection both ways."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from gui.document import Document
from gui.language import tr
from gui.tables.delegates import CellDelegate
from gui.tables.scope_model import ScopeModel
from gui.theme import Theme, tabular

NAMES = 176
_FOLLOWED = 200
"""Up to so many selected layers are shown open in the tree."""


class ScopeTree(QTreeView):
    """Selecting a scope selects its layers."""

    menu_wanted = Signal(QPoint)

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Module scopes"))
        self._document = document
        self._syncing = False
        self.scopes = ScopeModel(document, self)
        self.setModel(self.scopes)
        self.setItemDelegate(CellDelegate(theme, self))
        self.setFont(tabular(self.font()))
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setIndentation(16)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        for column, width in ((1, 96), (2, 80), (3, 72), (4, 72), (5, 140)):
            self.setColumnWidth(column, width)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.menu_wanted.emit(self.viewport().mapToGlobal(at)))
        self.selectionModel().selectionChanged.connect(self._to_document)
        document.selection_changed.connect(self._from_document)
        self.scopes.modelReset.connect(self._open_first)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """The names get what the others leave, and never less than names need."""
        super().resizeEvent(event)
        others = sum(self.columnWidth(column) for column in range(1, self.scopes.columnCount()))
        self.setColumnWidth(0, max(NAMES, self.viewport().width() - others))

    def _open_first(self) -> None:
        self.expandToDepth(0)

    def _to_document(self) -> None:
        if self._syncing:
            return
        ids = dict.fromkeys(
            layer_id for i in self.selectionModel().selectedRows() for layer_id in self.scopes.node(i).layers
        )
        self._syncing = True
        self._document.select(ids)
        self._syncing = False

    def _from_document(self) -> None:
        if self._syncing or not self.isVisible():
            return
        self._syncing = True
        flag = QItemSelectionModel.SelectionFlag
        found = [self.scopes.index_of(layer_id) for layer_id in self._document.selection[:_FOLLOWED]]
        chosen = QItemSelection()
        for index in found:
            chosen.select(index, index)
        self.selectionModel().select(chosen, flag.ClearAndSelect | flag.Rows)
        if found:
            self.selectionModel().setCurrentIndex(found[0], flag.NoUpdate)
            self.scrollTo(found[0])
        self._syncing = False

    def follow(self) -> None:
        """Show the selection that was made while the tree was hidden."""
        self._from_document()
