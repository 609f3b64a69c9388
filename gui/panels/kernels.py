"""The kernels of one profile: the other half of what the table of layers tells."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.elided import Elided
from gui.panels.parts import label
from gui.panels.viewed import ViewedChoice, Viewer
from gui.tables.kernels import KernelModel
from gui.tables.rows_table import RowsTable
from gui.theme import Theme

NOT_YET = mark(
    "Nothing is measured with these settings yet. Press F5 or Profile: the runtime then says which kernels it ran."
)


class KernelsView(QWidget):
    """A line about the profile above the table of its kernels."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.kernels = KernelModel(theme)
        self.table = RowsTable(tr("Kernels"), self.kernels, document, theme)
        self._viewer = Viewer(document, self)
        self._said = Elided("muted")
        empty = label(tr(NOT_YET), "muted", wrap=True)
        empty.setContentsMargins(16, 12, 16, 12)
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 6)
        line.setSpacing(12)
        line.addWidget(ViewedChoice(document))
        line.addWidget(self._said, 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(line)
        column.addWidget(self.table, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)
        self._viewer.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        measurement = self._viewer.measurement
        self.kernels.show_measurement(measurement)
        self._stack.setCurrentIndex(int(measurement is not None))
        if measurement is None:
            return
        self.table.fit(self.kernels.says)
        profile = measurement.profile
        asked = [k for k in profile.kernels if k.fallback or k.copy]
        inserted_us = sum(k.median_us for k in profile.kernels if k.inserted)
        text = tr("{count} kernels take {time}").format(
            count=len(profile.kernels), time=numbers.time_ms(profile.kernel_sum_ms)
        )
        if asked:
            text = tr("{text}, {count} of them fell back or copy").format(text=text, count=len(asked))
        if inserted_us:
            text = tr("{text}, {time} inserted by the runtime").format(text=text, time=numbers.time_us(inserted_us))
        self._said.show_text(text)
