"""Which profile the kernels, the timeline and the statistics are of: one choice for all of them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from gui.document import Document
from gui.figures import Measurement
from gui.language import tr
from gui.panels.parts import CalmCombo

WIDTH, NARROW = 264, 120
"""Pixels; where there is not enough room, what is said beside it goes first."""
LENGTH = 40
"""Characters that it asks room for, which is more than it gets."""


def distinct(document: Document, keys: Iterable[str]) -> list[str]:
    """One key for each profile: where cleaning changed nothing one stands under two, and the later says more."""
    measurements = document.measurements
    return list({id(measurements[key].profile): key for key in keys}.values())


class ViewedChoice(CalmCombo):
    """The profiles that were taken with the settings as they are."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Profile that is shown"))
        self.setMinimumContentsLength(LENGTH)
        self.setMinimumWidth(NARROW)
        self.setMaximumWidth(WIDTH)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._document = document
        self._keys: list[str] = []
        self.activated.connect(self._chosen)
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
            signal.connect(self._fill)
        self._fill()

    def _fill(self) -> None:
        document = self._document
        viewed = document.viewed
        keys = distinct(document, [key for key in document.measurements if document.same_machine(key)])
        if viewed is not None:
            keys = [viewed[0] if document.measurements[k].profile is viewed[1].profile else k for k in keys]
        self._keys = keys
        self.clear()
        for number, key in enumerate(self._keys):
            self.addItem(document.title(key))
            self.setItemData(number, document.title(key), Qt.ItemDataRole.ToolTipRole)
        self.setCurrentIndex(self._keys.index(viewed[0]) if viewed is not None else -1)
        self.setToolTip(self.currentText() or tr("Nothing is measured with these settings"))

    def _chosen(self, number: int) -> None:
        self._document.view(self._keys[number])


class Viewer(QObject):
    """Tells when there is another profile to show; asked again for the same one it stays silent."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._seen: tuple[object, ...] = ()
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
            signal.connect(self._look)

    @property
    def measurement(self) -> Measurement | None:
        viewed = self._document.viewed
        return viewed[1] if viewed is not None else None

    def _look(self) -> None:
        seen = (self._document.opened, self.measurement)
        if len(self._seen) != len(seen) or any(a is not b for a, b in zip(seen, self._seen, strict=True)):
            self._seen = seen
            self.changed.emit()
