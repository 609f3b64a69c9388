"""Rows as text, as spreadsheets and editors take it: copied, or dragged to another program."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QMimeData, QModelIndex, Qt
from PySide6.QtWidgets import QListView, QTableView, QTreeView

View = QTableView | QTreeView | QListView


def rows_text(view: View) -> str:
    """The heads, and the selected rows (all where none is) of the columns that can be seen, with tabs."""
    return "\n".join("\t".join(line) for line in _cells(view))


def rows_mime(view: View) -> QMimeData:
    """The same for who takes a drag: with tabs, and as CSV."""
    data, table = QMimeData(), io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(_cells(view))
    data.setText(rows_text(view))
    data.setData("text/csv", table.getvalue().encode())
    return data


def _cells(view: View) -> list[list[str]]:
    model = view.model()
    if isinstance(view, QListView):
        lines, columns = [], [0]
    else:
        header = view.horizontalHeader() if isinstance(view, QTableView) else view.header()
        columns = [header.logicalIndex(n) for n in range(model.columnCount())]
        columns = [column for column in columns if not header.isSectionHidden(column)]
        lines = [[model.headerData(column, Qt.Orientation.Horizontal) for column in columns]]
    chosen = set(view.selectionModel().selectedRows())
    starts = [index for index in _shown(view) if index in chosen or not chosen]
    lines += [[start.siblingAtColumn(column).data() for column in columns] for start in starts]
    return [["" if cell is None else str(cell) for cell in line] for line in lines]


def _shown(view: View) -> list[QModelIndex]:
    """The first cell of each row, from above; of a tree those in open branches."""
    model = view.model()
    if not isinstance(view, QTreeView):
        return [model.index(row, 0) for row in range(model.rowCount())]
    found, index = [], model.index(0, 0)
    while index.isValid():
        found.append(index)
        index = view.indexBelow(index)
    return found
