"""Rows of one kind as a Qt item model that sorts and filters by itself, with sums that stay at the end.

The kernels and the differences of two profiles are told in it. A proxy would call back into Python for every
comparison, which shows at 10,000 rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from gui.language import tr
from gui.tables.columns import Column
from gui.tables.layer_model import MARK_ROLE, SHARE_ROLE

R = TypeVar("R")
Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


class RowsModel(QAbstractTableModel, Generic[R]):
    """``order`` holds indices into ``rows``: those that the filter leaves, sorted; ``ends`` come after them always.

    What a kind of row adds is told by overriding ``ids``, ``share``, ``mark``, ``color`` and ``matches``.
    """

    def __init__(self, columns: Sequence[Column[R]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: list[R] = []
        self.ends: list[R] = []
        self.order: list[int] = []
        self._rows_of: dict[str, list[int]] = {}
        self._place: list[int] = []
        self._wanted: Callable[[R], bool] = lambda _row: True
        self._sort: tuple[int, Qt.SortOrder] | None = None

    # -- what a kind of row says ---------------------------------------------------------------------------------

    def ids(self, row: R) -> Sequence[str]:
        """The layers of the file that a row is about."""
        raise NotImplementedError

    def share(self, _row: R, _key: str) -> float | None:
        """The length of the bar in a cell, 0 to 1."""
        return None

    def mark(self, _row: R, _key: str) -> str:
        """Names of the icons in a cell."""
        return ""

    def color(self, _row: R, _key: str) -> QColor | None:
        return None

    # -- what Qt asks --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.order) + len(self.ends)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = self.columns[index.column()]
        if role == Role.TextAlignmentRole:
            return _RIGHT if column.number else _LEFT
        row = self.at(index.row())
        if role == Role.DisplayRole:
            return column.text(row)
        if role == Role.ToolTipRole:
            return column.full(row)
        if role == Role.ForegroundRole:
            return self.color(row, column.key)
        if role == SHARE_ROLE:
            return self.share(row, column.key)
        if role == MARK_ROLE:
            return self.mark(row, column.key)
        if role == Role.FontRole and index.row() >= len(self.order):
            font = QFont()
            font.setItalic(True)
            return font
        if role == Role.AccessibleTextRole:
            return f"{tr(column.title)}: {column.text(row)}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        if role == Role.DisplayRole:
            return tr(column.title)
        if role == Role.ToolTipRole:
            return tr(column.tip)
        if role == Role.TextAlignmentRole:
            return _RIGHT if column.number else _LEFT
        return None

    # -- rows, order and filter ----------------------------------------------------------------------------------

    def show_rows(self, rows: Sequence[R], ends: Sequence[R] = ()) -> None:
        self.beginResetModel()
        self.rows, self.ends = list(rows), list(ends)
        self._reorder()
        self.endResetModel()

    def sort_by(self, column: int | None, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Without a column the order in which the rows came; what is unknown comes last either way."""
        self._sort = None if column is None else (column, order)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        kept = [self.order[i.row()] if i.row() < len(self.order) else None for i in old]
        self._reorder()
        new = [
            i if number is None else self.index(self._place[number], i.column())
            for number, i in zip(kept, old, strict=True)
        ]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def set_filter(self, wanted: Callable[[R], bool]) -> None:
        self.beginResetModel()
        self._wanted = wanted
        self._reorder()
        self.endResetModel()

    def _reorder(self) -> None:
        wanted = [n for n, row in enumerate(self.rows) if self._wanted(row)]
        if self._sort is not None:
            number, order = self._sort
            value = self.columns[number].value
            values = {n: value(self.rows[n]) for n in wanted}
            known = [n for n in wanted if values[n] is not None and values[n] != ""]
            unknown = [n for n in wanted if values[n] is None or values[n] == ""]
            known.sort(key=lambda n: values[n], reverse=order == Qt.SortOrder.DescendingOrder)  # type: ignore[arg-type, return-value]
            wanted = known + unknown
        self.order = wanted
        self._place = [-1] * len(self.rows)
        self._rows_of = {}
        for place, n in enumerate(wanted):
            self._place[n] = place
            for layer_id in self.ids(self.rows[n]):
                self._rows_of.setdefault(layer_id, []).append(place)

    # -- for the view --------------------------------------------------------------------------------------------

    def at(self, place: int) -> R:
        shown = len(self.order)
        return self.rows[self.order[place]] if place < shown else self.ends[place - shown]

    def rows_with(self, layer_ids: Sequence[str]) -> list[int]:
        """The visible rows about any of these layers, in order."""
        return sorted({place for i in layer_ids for place in self._rows_of.get(i, ())})
