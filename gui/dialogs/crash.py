"""A bug in Lathe: says so, gives the traceback to copy, and lets the work go on."""

from __future__ import annotations

import platform

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine import __version__
from gui.language import tr


class CrashDialog(QDialog):
    """Not modal: the window behind it stays usable, and what was open is still there."""

    def __init__(self, trace: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("A bug in Lathe"))
        self.trace = trace
        self._text = f"Lathe {__version__}, Python {platform.python_version()}, {platform.platform()}\n\n{trace}"
        title = QLabel(tr("Something went wrong that should not have"))
        title.setObjectName("title")
        text = QLabel(
            tr("This is a bug in Lathe. Your file is untouched and your recipe is kept. Please send us these lines.")
        )
        text.setWordWrap(True)
        shown = QPlainTextEdit(self._text)
        shown.setReadOnly(True)
        shown.setAccessibleName(tr("Traceback"))
        shown.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        font = shown.font()
        font.setFamilies(["monospace"])
        shown.setFont(font)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self.copy)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for widget in (title, text):
            layout.addWidget(widget)
        layout.addWidget(shown, 1)
        layout.addWidget(buttons)
        self.setModal(False)
        self.resize(720, 440)
        self.setWindowFlag(Qt.WindowType.WindowContextHelpButtonHint, False)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self._text)
