"""The choice of what the colours say, and of which side: before a treatment, after it, or the change."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QStandardItemModel

from gui.canvas.colouring import BY_KEY, MODES, Mode, Side
from gui.language import mark, tr
from gui.panels.parts import CalmCombo

SIDES: tuple[tuple[str, Side], ...] = (
    (mark("Before"), "before"), (mark("After"), "after"), (mark("Change"), "change")
)  # fmt: skip


class ColourBy(QObject):
    """Two boxes, for a head that they are put into; the sides are hidden until there is something after."""

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.box = CalmCombo()
        self.box.setMinimumWidth(104)
        self.box.setAccessibleName(tr("Colour by"))
        self.box.setToolTip(tr("What the colours say"))
        for number, mode in enumerate(MODES):
            self.box.addItem(tr(mode.title), mode.key)
            self.box.setItemData(number, tr(mode.tip), Qt.ItemDataRole.ToolTipRole)
        self.sides = CalmCombo()
        self.sides.setAccessibleName(tr("Before or after treating"))
        self.sides.setToolTip(tr("Figures of the float model, of the treated one, or what changed between them"))
        for text, key in SIDES:
            self.sides.addItem(tr(text), key)
        self.sides.setMinimumWidth(84)
        self.sides.hide()
        self._offer()
        self.box.currentIndexChanged.connect(self._chosen)
        self.sides.currentIndexChanged.connect(self._chosen)

    @property
    def mode(self) -> Mode:
        return BY_KEY[self.box.currentData()]

    @property
    def side(self) -> Side:
        found: Side = "before" if self.sides.isHidden() else self.sides.currentData()
        return found

    def choose(self, key: str) -> None:
        self.box.setCurrentIndex(self.box.findData(key))

    def show_sides(self, there: bool) -> bool:
        """Whether that changed anything."""
        if self.sides.isHidden() != there:
            return False
        self.sides.setVisible(there)
        return True

    def _chosen(self) -> None:
        self._offer()
        self.changed.emit()

    def _offer(self) -> None:
        """Only what the colours can tell of."""
        mode = self.mode
        self.sides.setEnabled(mode.sided)
        items = self.sides.model()
        assert isinstance(items, QStandardItemModel)
        place = self.sides.findData("change")
        items.item(place).setEnabled(mode.changes)
        if mode.sided and not mode.changes and self.sides.currentIndex() == place:
            self.sides.setCurrentIndex(self.sides.findData("after"))
