"""Small pieces that several panels use."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent, QWheelEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QSpinBox,
    QStyle,
    QStyleOptionComboBox,
    QStylePainter,
    QVBoxLayout,
    QWidget,
)

SPIN_MARGINS = (6, 0, 0, 0)
"""Between the frame of a spin box and its text, as in other fields; style sheets have no say in it."""
LONG_WORD = re.compile(r"\S{18,}")


def label(text: str, name: str = "", *, wrap: bool = False) -> QLabel:
    made = QLabel(text)
    made.setObjectName(name)
    made.setWordWrap(wrap)
    made.setTextFormat(Qt.TextFormat.PlainText)
    return made


def section(text: str) -> QLabel:
    return label(text, "section")


def scrolled(page: QWidget, name: str) -> QScrollArea:
    """The page as wide as its place, up and down under a bar; ``name`` for who cannot see it."""
    area = QScrollArea()
    area.setAccessibleName(name)
    area.setWidget(page)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    return area


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


WIDEST_NAME = 112
"""Pixels of a name beside its value; a longer one wraps, or values would get a few letters a line."""


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
            name, value = label("", "muted", wrap=True), label("", wrap=True)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            # A word that cannot wrap must not make the panel wider than there is room.
            value.setMinimumWidth(1)
            value.setContentsMargins(0, 1, 0, 0)  # text that can be selected stands a pixel higher
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
                name.setFixedWidth(min(name.fontMetrics().horizontalAdvance(lines[number][0]) + 2, WIDEST_NAME))
                value.setText(breakable(lines[number][1]))
                name.setToolTip(lines[number][2])
                value.setToolTip(lines[number][2])
                # Letters of some languages stand in higher lines than figures do.
                value.setMinimumHeight(name.sizeHint().height())

    def lines(self) -> list[str]:
        """As text."""
        shown = [(name.text(), value.text()) for name, value in self._lines if not value.isHidden()]
        return [f"{name}: {value}" if name else f"  {value}" for name, value in shown]


def breakable(text: str) -> str:
    """Long names may wrap after a slash, a dot, a colon or an underscore."""
    return LONG_WORD.sub(lambda word: re.sub(r"([/._:]+)", "\\1\u200b", word[0]), text)


class CalmSpin(QSpinBox):
    """Turning the wheel above it changes nothing unless it has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.lineEdit().setTextMargins(*SPIN_MARGINS)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class CalmCombo(QComboBox):
    """Ends a text that is too long with an ellipsis; the wheel changes nothing."""

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        style = QStyle.ComplexControl.CC_ComboBox
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.style().subControlRect(style, option, QStyle.SubControl.SC_ComboBoxEditField, self).width()
        text = self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room - 4)
        option.currentText = text
        painter = QStylePainter(self)
        painter.drawComplexControl(style, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)


def card(title: str) -> tuple[QFrame, QVBoxLayout]:
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(4)
    column.addWidget(section(title))
    return frame, column


class Empty(QWidget):
    """What a panel says where it has nothing to show, and the button that would change that."""

    def __init__(self, button: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = label("", "muted", wrap=True)
        self.button = QPushButton(button)
        self.button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.text)
        column.addWidget(self.button)
        column.addStretch(1)
