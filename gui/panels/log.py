"""What ran, and what there was to say about it."""

from __future__ import annotations

from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from gui.document import Document, LogEntry
from gui.language import mark, tr
from gui.theme import Theme, tabular

KEPT_LINES = 2000
LEVELS = {"warning": mark("warning: "), "error": mark("error: "), "bug": mark("bug: ")}


class LogPanel(QPlainTextEdit):
    """A warning says so in words; its colour only repeats it."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("log")
        self.setReadOnly(True)
        self.setAccessibleName(tr("Log"))
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setMaximumBlockCount(KEPT_LINES)
        self.setFont(tabular(self.font()))
        self.setPlaceholderText(tr("What runs is noted here."))
        self._document, self._theme = document, theme
        document.logged.connect(self._add)
        theme.changed.connect(self._colour)
        for entry in document.log_entries:
            self._add(entry)

    def _add(self, entry: LogEntry) -> None:
        level = "" if entry.level == "info" else tr(LEVELS[entry.level])
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.End)
        if not self.document().isEmpty():
            cursor.insertBlock()
        cursor.insertText(f"{entry.time}  {level}{entry.text}", self._form() if level else QTextCharFormat())
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _form(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(self._theme.color("bad"))
        return form

    def _colour(self) -> None:
        """The lines that stand out; others have the colour of the widget."""
        block = self.document().begin()
        while block.isValid():
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
            if cursor.charFormat().hasProperty(QTextFormat.Property.ForegroundBrush):
                cursor.setCharFormat(self._form())
            block = block.next()
