"""What went wrong and what to do about it, above the work and never in its way."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from engine.errors import EngineError
from gui.icons import icon, pixmap
from gui.theme import Theme

LONGEST = 1200


class MessageBar(QFrame):
    """Shows one message, the newest; a person closes it, or the next success does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAccessibleName("Message")
        self._theme = theme
        self._level = "info"
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._close = QToolButton()
        self._close.setAccessibleName("Close the message")
        self._close.setToolTip("Close")
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    def show_error(self, error: EngineError) -> None:
        """What, where, and the way out."""
        self.show_text(str(error), "error")

    def show_text(self, text: str, level: str = "info") -> None:
        self._text.setText(text if len(text) <= LONGEST else text[:LONGEST] + " …")
        self._level = level
        self._restyle()
        self.show()

    def _restyle(self) -> None:
        tokens = self._theme.tokens
        self.setProperty("level", self._level)
        self.style().polish(self)
        name, color = ("info", tokens.accent) if self._level == "info" else ("warning", tokens.bad)
        self._icon.setPixmap(pixmap(name, color))
        self._close.setIcon(icon("clear", tokens.muted))
