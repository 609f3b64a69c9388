"""Two profiles side by side: those that the document holds, or one that was saved."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.form import RealSpin
from gui.language import mark, tr
from gui.messages import in_the_window
from gui.panels.elided import Elided
from gui.panels.parts import CalmCombo, label
from gui.panels.viewed import distinct
from gui.tables.difference import DifferenceModel, told_in_the_file
from gui.tables.rows_table import RowsTable
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.explain.diff import ProfileDiff
    from engine.profiling.profile import Profile

NOT_YET = mark(
    "Two profiles side by side, layer by layer: Profile (F5) before and after treating layers, or load one that was "
    "saved (File, Save profile as JSON, or lathe profile --json)."
)
CHOICE_WIDTH, NARROW = 216, 96
CHOICE_LENGTH = 40
"""Characters that a choice asks room for, which is more than it gets; below ``NARROW`` pixels it says too little."""


class DifferencePanel(QFrame):
    """``load_wanted`` when a saved profile is to be read; the window gives it back with ``add_saved``."""

    load_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document = document
        self._saved: dict[str, Profile] = {}
        self._chosen: list[str] = ["", ""]
        self._keys: list[str] = []
        self._seen: tuple[object, ...] = ()
        self.found: ProfileDiff | None = None
        self.rows = DifferenceModel(theme)
        self.table = RowsTable(tr("Difference of two profiles"), self.rows, document, theme)
        self.sides = (self._choice(tr("Profile before"), 0), self._choice(tr("Profile after"), 1))
        self.threshold = RealSpin()
        self.threshold.setAccessibleName(tr("Threshold"))
        self.threshold.setToolTip(tr("Show the layers that changed by at least this much"))
        self.threshold.setRange(0, 1e6)
        self.threshold.setDecimals(1)
        self.threshold.setFixedWidth(80)
        self.unit = CalmCombo()
        self.unit.setAccessibleName(tr("Unit of the threshold"))
        self.unit.setToolTip(
            tr("Whether layers changed by so much time, or by so much of the time that they took before")
        )
        self.unit.addItems(["µs", "%"])
        self.unit.setFixedWidth(60)
        self.threshold.valueChanged.connect(self._show_rows)
        self.unit.currentIndexChanged.connect(self._show_rows)
        load = QPushButton(tr("Load…"))
        load.setToolTip(tr("Compare with a profile that was saved as JSON"))
        load.clicked.connect(self.load_wanted)
        self._sum, self._notes = label(""), Elided("muted")
        self._told = QWidget()
        told = QHBoxLayout(self._told)
        told.setContentsMargins(12, 0, 12, 6)
        told.setSpacing(16)
        told.addWidget(self._sum)
        told.addWidget(self._notes, 1)
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(8)
        line.addWidget(self.sides[0])
        line.addWidget(label("→", "muted"))
        line.addWidget(self.sides[1])
        line.addWidget(load)
        line.addWidget(label(tr("changed by at least"), "muted"))
        line.addWidget(self.threshold)
        line.addWidget(self.unit)
        line.addStretch(1)
        self._empty = label(tr(NOT_YET), "muted", wrap=True)
        self._empty.setContentsMargins(16, 6, 16, 12)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self._told)
        layout.addWidget(self._empty)
        layout.addWidget(self.table, 1)
        layout.addStretch(0)
        document.figures_changed.connect(self._fill)
        document.replaced.connect(self._replaced)
        self._fill()

    def _choice(self, name: str, side: int) -> QComboBox:
        made = CalmCombo()
        made.setAccessibleName(name)
        made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        made.setMinimumContentsLength(CHOICE_LENGTH)
        made.setMinimumWidth(NARROW)
        made.setMaximumWidth(CHOICE_WIDTH)
        made.activated.connect(lambda number: self._choose(side, self._keys[number]))
        return made

    # -- what there is to choose from ----------------------------------------------------------------------------

    def add_saved(self, path: Path, profile: Profile) -> None:
        """A profile from a file; it becomes the one before."""
        key = f"saved {path}"
        self._saved[key] = profile
        self._chosen[0] = key
        self._fill()

    def _replaced(self) -> None:
        self._saved.clear()
        self._chosen = ["", ""]
        self._fill()

    def _titles(self) -> dict[str, str]:
        document = self._document
        titles = {key: document.title(key) for key in distinct(document, document.measurements)}
        return titles | {key: Path(key.removeprefix("saved ")).name for key in self._saved}

    def _profile(self, key: str) -> Profile | None:
        if key in self._saved:
            return self._saved[key]
        measurement = self._document.measurements.get(key)
        return told_in_the_file(measurement) if measurement is not None else None

    def _sides(self) -> tuple[str, str]:
        """What was chosen, or else the float model and the treated one, or the file as opened and the cleaned one."""
        document = self._document
        there = set(self._keys)
        if not there:
            return "", ""
        wanted = [document.key(document.recipe), document.key(document.base_recipe), document.key()]
        usual = [key for key in dict.fromkeys(wanted) if key in there]
        before = self._chosen[0] if self._chosen[0] in there else ""
        after = self._chosen[1] if self._chosen[1] in there else ""
        after = after or next((key for key in usual if key != before), "")
        before = before or next((key for key in usual if key != after), "")
        return before, after

    def _choose(self, side: int, key: str) -> None:
        self._chosen[side] = key
        self._fill()

    def _fill(self) -> None:
        titles = self._titles()
        self._keys = list(titles)
        sides = self._sides()
        for widget, key in zip(self.sides, sides, strict=True):
            widget.clear()
            for number, title in enumerate(titles.values()):
                widget.addItem(title)
                widget.setItemData(number, title, Qt.ItemDataRole.ToolTipRole)
            widget.setCurrentIndex(self._keys.index(key) if key in titles else -1)
            widget.setToolTip(widget.currentText())
            widget.setEnabled(bool(titles))
        self._compare(*sides)

    # -- the comparison ------------------------------------------------------------------------------------------

    def _compare(self, before: str, after: str) -> None:
        seen = (self._source(before), self._source(after))
        if self._seen and all(a is b for a, b in zip(seen, self._seen, strict=True)):
            return
        self._seen = seen
        a, b = self._profile(before), self._profile(after)
        if a is None or b is None:
            self.found = None
        else:
            from engine.explain.diff import diff

            self.found = diff(a, b)
        self._noisy = any(p is not None and p.noisy for p in (a, b))
        self._show_rows()
        self.table.fit()

    def _source(self, key: str) -> object:
        return self._saved.get(key) or self._document.measurements.get(key)

    def _show_rows(self) -> None:
        found = self.found
        self._empty.setVisible(found is None)
        self.table.setVisible(found is not None)
        self._told.setVisible(found is not None)
        for widget in (self.threshold, self.unit):
            widget.setEnabled(found is not None)
        if found is None:
            self._sum.setText("")
            self.rows.show_difference(None, (), False)
            return
        from engine.explain.diff import Threshold, over

        value = self.threshold.value()
        limit = Threshold(us=value) if self.unit.currentIndex() == 0 else Threshold(fraction=value / 100)
        layers = over(found, limit) if value else found.layers
        self.rows.show_difference(found, layers, self._noisy)
        self._sum.setText(
            tr("{before} → {after}, kernels {difference}").format(
                before=numbers.time_ms(found.before_ms),
                after=numbers.time_ms(found.after_ms),
                difference=numbers.delta_us(found.kernel_delta_us),
            )
        )
        self._sum.setToolTip(
            tr(
                "End-to-end medians of two separate measurements: F7 compares in alternating blocks, which tells a "
                "gain from noise"
            )
        )
        saved = any(key in self._saved for key in self._sides())
        notes = [in_the_window(note) for note in found.notes if saved or not note.startswith("Different models")]
        self._notes.show_text("  ".join(notes), "\n".join(notes))
