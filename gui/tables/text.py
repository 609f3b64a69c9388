"""Rows as text, as spreadsheets and editors take it: copied, or dragged to another program."""

from __future__ import annotations

import csv
import io

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QTableView, QTreeView


def rows_text(view: QTableView | QTreeView) -> str:
    """The heads, and the selected rows (all where none is) of the columns that can be seen, with tabs."""
    return "\n".join("\t".join(line) for line in _cells(view))


def rows_mime(view: QTableView | QTreeView) -> QMimeData:
    """The same for who takes a drag: with tabs, and as CSV."""
    data, table = QMimeData(), io.StringIO()
    csv.writer(table, lineterminator="\n").writerows(_cells(view))
    data.setText(rows_text(view))
    data.setData("text/csv", table.getvalue().encode())
    return data


def _cells(view: QTableView | QTreeView) -> list[list[str]]:
    model = view.model()
    header = view.horizontalHeader() if isinstance(view, QTableView) else view.header()
    columns = [header.logicalIndex(n) for n in range(model.columnCount())]
    columns = [column for column in columns if not header.isSectionHidden(column)]
    lines = [[model.headerData(column, Qt.Orientation.Horizontal) for column in columns]]
    chosen = view.selectionModel().selectedRows()
    starts = sorted(chosen, key=lambda i: i.row()) or [model.index(row, 0) for row in range(model.rowCount())]
    lines += [[start.siblingAtColumn(column).data() for column in columns] for start in starts]
    return [["" if cell is None else str(cell) for cell in line] for line in lines]
