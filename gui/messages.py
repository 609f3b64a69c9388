"""What went wrong and what to do about it, above the work and never in its way.

The engine names its ways out as the command line has them; here they are told as the window has them.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from engine.errors import EngineError
from gui.icons import icon, pixmap
from gui.language import mark, tr
from gui.theme import Theme

LONGEST = 1200
SHAPES = mark("File > Input shapes and values")
PLACES = {
    "shape": SHAPES,
    "input": SHAPES,
    "data": mark("the Data menu"),
    "batch": mark("Batch in the toolbar"),
    "runs": mark("Runs in the toolbar"),
    "seconds": mark("Seconds in the Load panel"),
    "streams": mark("Streams in the Load panel"),
    "samples": mark("number in Data > Samples"),
    "bad-samples leave-out": mark("Data > Samples"),
    "set data.overlap=leave-out": mark("Data > Samples"),
    "threads": mark("Threads in the toolbar"),
    "device": mark("the list of devices"),
    "trust": mark("the question that the window asks"),
    "no-clean": mark("Treat > Clean first"),
    "save-recipe": mark("File > Save recipe"),
}
"""Where the window has what a flag of the command line sets."""
_FLAG = re.compile(rf"(with )?--({'|'.join(PLACES)})\b( [^\s=]+=\S*[^\s.,;:)])?")


def in_the_window(text: str) -> str:
    """A text of the engine with the window's own places instead of flags."""
    return _FLAG.sub(lambda flag: ("in " if flag[1] else "") + tr(PLACES[flag[2]]), text)


_WORD = re.compile(r"^(the|no|none|a|an|there|this|it|not|nothing|only|all|both|some|cannot)\b")
"""Texts of the engine go on after a place; in the window they begin a sentence, except with a name."""


class MessageBar(QFrame):
    """Shows one message, the newest; a person closes it, or the next attempt does."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("message")
        self.setAccessibleName(tr("Message"))
        self._theme = theme
        self._level = "info"
        self._said = ""
        self._icon = QLabel()
        self._text = QLabel()
        self._text.setWordWrap(True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self._close = QToolButton()
        self._close.setAccessibleName(tr("Close the message"))
        self._close.setToolTip(tr("Close"))
        self._close.clicked.connect(self.hide)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 8, 4)
        layout.setSpacing(8)
        self._icon.setContentsMargins(0, 6, 0, 0)  # beside the first line
        self._text.setContentsMargins(0, 6, 0, 6)
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self._text, 1)
        layout.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        theme.changed.connect(self._restyle)
        self._restyle()
        self.hide()

    @property
    def text(self) -> str:
        return self._text.text()

    @property
    def said(self) -> tuple[str, str]:
        """As it was told, and its level."""
        return self._said, self._level

    def show_error(self, error: EngineError) -> None:
        """What, where, and the way out."""
        self.show_text(str(error), "error")

    def show_text(self, text: str, level: str = "info") -> None:
        """Places of the window are put in only here: they change with its language."""
        self._said = text
        text = in_the_window(text)
        text = text if len(text) <= LONGEST else text[:LONGEST] + " …"
        self._text.setText(_WORD.sub(lambda word: word[0].capitalize(), text))
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
