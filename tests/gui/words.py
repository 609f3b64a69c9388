"""All that a widget says: its texts, tooltips, names for screen readers, entries, heads and cells."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QAbstractItemModel, QAbstractListModel, QModelIndex, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTabWidget,
    QWidget,
)

CELLS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole)
ROWS = 8


def said_by(top: QWidget, *, seen: bool = False) -> Iterator[tuple[str, str]]:
    """Where and what, of the widget and all in it, or only of those that are ``seen``; nothing that is empty."""
    if seen and not top.isVisible():
        return
    for place, text in _said_by(top):
        if text:
            yield f"{type(top).__name__}.{place}", text
    for child in top.children():
        if isinstance(child, QWidget) and not child.isWindow():
            yield from said_by(child, seen=seen)


def _said_by(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "tip", widget.toolTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    if widget.isWindow():
        yield "title", widget.windowTitle()
    for action in widget.actions():
        yield "action", action.text()
        yield "action tip", action.toolTip()
    if isinstance(widget, (QLabel, QAbstractButton)):
        yield "text", widget.text()
    elif isinstance(widget, QLineEdit):
        yield "placeholder", widget.placeholderText()
    elif isinstance(widget, QPlainTextEdit):
        yield "text", widget.toPlainText()
        yield "placeholder", widget.placeholderText()
    elif isinstance(widget, QAbstractSpinBox):
        yield "special", widget.specialValueText()
    elif isinstance(widget, QTabWidget):
        yield from (("tab", widget.tabText(number)) for number in range(widget.count()))
    elif isinstance(widget, QComboBox):
        for number in range(widget.count()):
            yield "entry", widget.itemText(number)
            yield "entry tip", str(widget.itemData(number, Qt.ItemDataRole.ToolTipRole) or "")
    elif isinstance(widget, QAbstractItemView) and widget.model() is not None:
        yield from _of_model(widget.model())


def _of_model(model: QAbstractItemModel) -> Iterator[tuple[str, str]]:
    columns = 1 if isinstance(model, QAbstractListModel) else model.columnCount(QModelIndex())
    for column in range(columns):
        for role in CELLS[:2]:
            yield "head", str(model.headerData(column, Qt.Orientation.Horizontal, role) or "")
    for row in range(min(ROWS, model.rowCount())):
        for column in range(columns):
            for role in CELLS:
                yield "cell", str(model.index(row, column).data(role) or "")
