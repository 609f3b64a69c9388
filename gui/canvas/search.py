"""Finding layers and scopes in the drawing by what they are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from gui.language import tr

if TYPE_CHECKING:
    from engine.graph.layers import Layer
    from engine.layout.items import Item


class Search(QLineEdit):
    """``next_wanted`` carries 1 or -1, ``left`` says that the drawing should have the keys again."""

    next_wanted = Signal(int)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPlaceholderText(tr("Find"))
        self.setToolTip(tr("Layers and scopes by name or operator; Enter goes on to the next"))
        self.setAccessibleName(tr("Find layers and scopes in the graph"))
        self.setClearButtonEnabled(True)
        self.setMinimumWidth(64)
        self.setMaximumWidth(220)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_wanted.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.clear()
            self.left.emit()
        else:
            super().keyPressEvent(event)


def matching(text: str, items: Sequence[Item], layers: Sequence[Layer]) -> list[int]:
    """The numbers of items whose name or operator has the text."""
    wanted = text.strip().casefold()
    if not wanted:
        return []
    return [
        number
        for number, item in enumerate(items)
        if wanted in item.name.casefold() or (item.layer >= 0 and wanted in layers[item.layer].op.casefold())
    ]
