"""The results of serving scenarios, one row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from gui import numbers
from gui.messages import in_the_window
from gui.panels.parts import label
from gui.theme import tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.profiling.scenarios import ScenarioResult

TITLES = {
    "single_stream": "Single stream",
    "multi_stream": "Multi-stream",
    "server": "Server",
    "offline": "Offline",
}
TIPS = {
    "single_stream": "One sample after the other: nine of ten take no longer than this",
    "multi_stream": "Eight samples at a time: 99 of 100 such queries take no longer than this",
    "server": "Samples arrive at random: the highest rate at which 99 of 100 stay within the limit",
    "offline": "All samples are there from the start: how many are done in a second",
}
COLUMNS = {
    "Scenario": "How requests arrive, after MLPerf Inference",
    "Result": "The figure that the scenario asks for",
    "Median": "Half of the queries take no longer",
    "p90": "Nine of ten queries take no longer",
    "p99": "99 of 100 queries take no longer",
    "Queries": "How many were measured",
    "Threads": "Of the runtime, for one stream",
    "Streams": "Sessions that run beside each other",
}


def result_text(found: ScenarioResult) -> str:
    """The figure that the scenario asks for."""
    if found.metric in ("p90_ms", "p99_ms"):
        return f"{numbers.time_ms(found.value)} {found.metric[:3]}"
    if not found.value:
        return "no rate held"
    unit = "queries" if found.metric == "queries_per_s" else "samples"
    within = f" within {numbers.time_ms(found.latency_bound_ms)}" if found.latency_bound_ms else ""
    return f"{numbers.three(found.value)} {unit} a second{within}"


class ScenarioTable(QWidget):
    """The latest result of each scenario for the model that the recipe gives."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName("Serving scenarios")
        self.table.setFont(tabular(self.font()))
        self.table.setHorizontalHeaderLabels(list(COLUMNS))
        for number, tip in enumerate(COLUMNS.values()):
            header = self.table.horizontalHeaderItem(number)
            assert header is not None
            header.setToolTip(tip)
            side = Qt.AlignmentFlag.AlignLeft if number < 2 else Qt.AlignmentFlag.AlignRight
            header.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._notes = label("", "muted", wrap=True)
        self._notes.setContentsMargins(12, 4, 12, 6)
        self._notes.setMinimumWidth(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.table, 1)
        column.addWidget(self._notes)

    def show_results(self, results: Sequence[ScenarioResult]) -> None:
        self.table.setRowCount(len(results))
        notes = []
        for row, found in enumerate(results):
            title = TITLES[found.name]
            texts = (
                title,
                result_text(found),
                *(numbers.time_ms(t or None) for t in (found.median_ms, found.p90_ms, found.p99_ms)),
                str(found.queries),
                str(found.threads),
                str(found.streams),
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignLeft if column < 2 else Qt.AlignmentFlag.AlignRight
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(TIPS[found.name])
                self.table.setItem(row, column, item)
            notes += [f"{title}: {in_the_window(note)}" for note in found.notes]
            if not found.complete:
                notes.append(f"{title}: stopped early.")
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
