"""One line of text that ends in an ellipsis where there is no room, and is whole in its tooltip."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

READOUT = 240
"""Pixels that figures of what the mouse is at need."""


class Elided(QLabel):
    """Never asks for more room than there is, and takes no less than ``least`` pixels."""

    def __init__(self, name: str = "", parent: QWidget | None = None, *, least: int = 0) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(least)

    def show_text(self, text: str, tip: str = "") -> None:
        self.setText(text)
        self.setToolTip(tip or text)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        room = self.contentsRect()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        painter.setPen(self.palette().color(self.foregroundRole()))
        painter.drawText(room, int(Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft), text)
        painter.end()
