"""Every head of a table and every box that chooses says what it is."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QTableView, QTreeView

from gui.main_window import MainWindow

HORIZONTAL, TIP = Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole


def test_every_column_is_defined(window: MainWindow) -> None:
    tables = [*window.findChildren(QTableView), *window.findChildren(QTreeView)]
    heads = [
        (table.accessibleName(), column, table.model().headerData(column, HORIZONTAL, TIP))
        for table in tables
        for column in range(table.model().columnCount())
    ]
    assert len(heads) > 50
    assert [(name, column) for name, column, tip in heads if not tip] == []


def test_every_box_says_what_it_chooses(window: MainWindow) -> None:
    boxes = [*window.findChildren(QComboBox), *window.findChildren(QAbstractSpinBox)]
    assert len(boxes) > 10
    own = {"Profile before", "Profile after"}  # they say which profile they have
    silent = {box.accessibleName() or type(box).__name__ for box in boxes if not box.toolTip()}
    assert silent <= own
