"""What a sweep or a serving scenario is asked for with."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.errors import UsageError
from gui.language import mark, tr
from gui.panels.parts import CalmCombo, label, scrolled
from gui.panels.scenarios import TIPS, TITLES

if TYPE_CHECKING:
    from engine.profiling.scenarios import Scenario
    from engine.profiling.sweep import SweepGrid

FIELDS = (
    ("batches", mark("Batches"), "1, 2, 4, 8", mark("Sizes of the batch, with commas between")),
    (
        "threads",
        mark("Threads"),
        "auto",
        mark("Threads of each stream, with commas between; auto is one for each physical core"),
    ),
    ("streams", mark("Streams"), "1, 2", mark("How many requests run at the same time, with commas between")),
    (
        "limit",
        mark("Limit"),
        "",
        mark("Milliseconds that the p90 latency of the best point stays within; empty for no limit"),
    ),
    ("seconds", mark("Seconds"), "1", mark("Of measuring at each point")),
)
THREADS = mark("Threads")
WIDTH = 212
SHOWN = {
    "": ("batches", "threads", "streams", "limit", "seconds"),
    "single_stream": ("seconds",),
    "multi_stream": ("seconds",),
    "server": ("streams", "limit", "seconds"),
    "offline": ("streams", "seconds"),
}
"""Which fields the sweep and each scenario have."""


def whole_numbers(text: str, name: str) -> tuple[int, ...]:
    """As in "1, 2, 4"; "auto" is 0.

    Raises:
        UsageError: something else stands there.
    """
    words = [w for w in re.split(r"[\s,;]+", text.strip()) if w]
    values = [0 if name == THREADS and w.lower() == "auto" else int(w) if w.isdecimal() else -1 for w in words]
    if not values or any(v < (0 if name == THREADS else 1) for v in values):
        raise UsageError(
            tr("{text} is not a list of whole numbers").format(text=repr(text)),
            where=tr(name),
            way_out=tr("Write them as 1, 2, 4."),
        )
    return tuple(dict.fromkeys(values))


def one_number(text: str, name: str) -> float:
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:
        raise UsageError(tr("{text} is not a number above 0").format(text=repr(text)), where=tr(name))
    return value


class LoadForm(QWidget):
    """``start_wanted`` carries the grid of a sweep, ``scenario_wanted`` a scenario; ``chosen`` says that it is another
    of them.
    """

    start_wanted = Signal(object)
    scenario_wanted = Signal(object)
    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        page = QWidget()
        form = QFormLayout(page)
        form.setContentsMargins(12, 8, 12, 4)
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(4)
        self.fields: dict[str, QLineEdit] = {}
        self.what = CalmCombo()
        self.what.setAccessibleName(tr("What is measured"))
        self.what.setToolTip(tr("A sweep over batch, threads and streams, or a serving scenario of MLPerf Inference"))
        self.what.addItem(tr("Sweep"), "")
        for name, title in TITLES.items():
            self.what.addItem(tr(title), name)
            self.what.setItemData(self.what.count() - 1, tr(TIPS[name]), Qt.ItemDataRole.ToolTipRole)
        self.what.currentIndexChanged.connect(self._changed)
        form.addRow(self.what)
        self._form = form
        for name, title, value, tip in FIELDS:
            line = QLineEdit(value)
            line.setMinimumWidth(60)
            line.setToolTip(tr(tip))
            line.setAccessibleName(tr(title))
            line.setPlaceholderText(tr("no limit, ms") if name == "limit" else "")
            line.returnPressed.connect(self.start)
            text = label(tr(title))
            text.setToolTip(tr(tip))
            text.setBuddy(line)
            form.addRow(text, line)
            self.fields[name] = line
        self.button = QPushButton(tr("Start sweep"))
        self.button.setObjectName("primary")
        self.button.clicked.connect(self.start)
        self._error = label("", "warning", wrap=True)
        self._error.hide()
        form.addRow(self._error)
        area = scrolled(page, tr("Settings of the load"))
        # The button stays in sight where the fields have to scroll.
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(area, 1)
        row = QHBoxLayout()
        row.setContentsMargins(12, 0, 12, 0)
        row.addWidget(self.button)
        column.addLayout(row)

    def grid(self) -> SweepGrid:
        """What the form says.

        Raises:
            UsageError: a field holds something else.
        """
        from engine.profiling.sweep import SweepGrid

        text = {name: field.text() for name, field in self.fields.items()}
        return SweepGrid(
            batches=whole_numbers(text["batches"], mark("Batches")),
            threads=whole_numbers(text["threads"], THREADS),
            streams=whole_numbers(text["streams"], mark("Streams")),
            latency_limit_ms=one_number(text["limit"], mark("Limit")) if text["limit"].strip() else None,
            seconds=one_number(text["seconds"], mark("Seconds")),
        )

    def scenario(self) -> Scenario:
        """What the form says, where a scenario is chosen.

        Raises:
            UsageError: a field holds something else.
        """
        from engine.profiling.scenarios import Scenario

        name = self.what.currentData()
        shown = SHOWN[name]
        streams = whole_numbers(self.fields["streams"].text(), mark("Streams")) if "streams" in shown else (1,)
        if len(streams) > 1:
            raise UsageError(
                tr("a scenario has one number of streams"), where=tr("Streams"), way_out=tr("Write 2, for example.")
            )
        bound = one_number(self.fields["limit"].text(), mark("Limit")) if "limit" in shown else None
        return Scenario(name, streams[0], bound, one_number(self.fields["seconds"].text(), mark("Seconds")))

    def start(self) -> None:
        if not self.button.isEnabled():
            return
        self._error.hide()
        try:
            if self.what.currentData():
                self.scenario_wanted.emit(self.scenario())
            else:
                self.start_wanted.emit(self.grid())
        except UsageError as error:
            self._error.setText(str(error))
            self._error.show()

    def _changed(self) -> None:
        name = self.what.currentData()
        for field, line in self.fields.items():
            self._form.setRowVisible(line, field in SHOWN[name])
        several = self.fields["streams"].text().strip() == "1, 2"
        if name and several:
            self.fields["streams"].setText("1")
        self.fields["limit"].setPlaceholderText(tr("ms (p99)") if name else tr("no limit, ms"))
        self.button.setText(tr("Start scenario") if name else tr("Start sweep"))
        self._error.hide()
        self.chosen.emit()
