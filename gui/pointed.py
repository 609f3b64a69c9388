"""The layer under the mouse, in whichever view: what is coupled to it shows in all of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal


class Pointed(QObject):
    """``layer`` is empty where the mouse is on none."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.layer = ""

    def at(self, layer_id: str) -> None:
        if layer_id != self.layer:
            self.layer = layer_id
            self.changed.emit()
