"""Small pieces that several panels use."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget


def label(text: str, name: str = "", *, wrap: bool = False) -> QLabel:
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def section(text: str) -> QLabel:
    return label(text, "section")


def head(*widgets: QWidget | int) -> QFrame:
    """The bar above a panel; an int is a stretch."""
    frame = QFrame()
    frame.setObjectName("panelhead")
    row = QHBoxLayout(frame)
    row.setContentsMargins(12, 4, 8, 4)
    row.setSpacing(4)
    for widget in widgets:
        if isinstance(widget, int):
            row.addStretch(widget)
        else:
            row.addWidget(widget)
    frame.setFixedHeight(40)
    return frame


class Facts(QWidget):
    """Names on the left, values on the right; both can be long, values can be selected."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, 88)
        self._lines: list[tuple[QLabel, QLabel]] = []

    def show_lines(self, lines: list[tuple[str, str, str]]) -> None:
        """Name, value, tooltip."""
        while len(self._lines) < len(lines):
            name, value = label("", "muted"), label("", wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            row = len(self._lines)
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._grid.addWidget(value, row, 1, Qt.AlignmentFlag.AlignTop)
            self._lines.append((name, value))
        for number, (name, value) in enumerate(self._lines):
            there = number < len(lines)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(lines[number][0])
                value.setText(breakable(lines[number][1]))
                name.setToolTip(lines[number][2])
                value.setToolTip(lines[number][2])


def breakable(text: str) -> str:
    """Long names may wrap after a slash, a dot or an underscore."""
    return (
        text.replace("/", "/\u200b").replace("_", "_\u200b").replace(".", ".\u200b")
        if len(text) > 24 and " " not in text
        else text
    )


def card(title: str) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(4)
    column.addWidget(section(title))
    return frame, column
