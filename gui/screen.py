"""How much of a screen a window may take."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

TITLE_BAR = 40
"""What the desktop puts above a window is known only once it is there; it is less than this."""


def room(widget: QWidget) -> QSize:
    """The screen without the desktop's panels and the window's own title bar."""
    return widget.screen().availableGeometry().size() - QSize(0, TITLE_BAR)


def fit(window: QWidget) -> None:
    """Make it no larger than its screen has room for, even where it can then not show everything at once."""
    window.setMinimumSize(window.minimumSize().boundedTo(room(window)))
    window.resize(window.size().boundedTo(room(window)))
