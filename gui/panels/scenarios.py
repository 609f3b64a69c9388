"""The results of serving scenarios, one row for each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem, QVBoxLayout, QWidget

from gui import numbers
from gui.language import mark, tr
from gui.messages import in_the_window
from gui.panels.parts import label
from gui.theme import tabular

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.profiling.scenarios import ScenarioResult

TITLES = {
    "single_stream": mark("Single stream"),
    "multi_stream": mark("Multi-stream"),
    "server": mark("Server"),
    "offline": mark("Offline"),
}
TIPS = {
    "single_stream": mark("One sample after the other: nine of ten take no longer than this"),
    "multi_stream": mark("Eight samples at a time: 99 of 100 such queries take no longer than this"),
    "server": mark("Samples arrive at random: the highest rate at which 99 of 100 stay within the limit"),
    "offline": mark("All samples are there from the start: how many are done in a second"),
}
COLUMNS = {
    mark("Scenario"): mark("How requests arrive, after MLPerf Inference"),
    mark("Result"): mark("The figure that the scenario asks for"),
    mark("Median"): mark("Half of the queries take no longer"),
    mark("p90"): mark("Nine of ten queries take no longer"),
    mark("p99"): mark("99 of 100 queries take no longer"),
    mark("Queries"): mark("How many were measured"),
    mark("Threads"): mark("Of the runtime, for one stream"),
    mark("Streams"): mark("Sessions that run beside each other"),
}


def result_text(found: ScenarioResult) -> str:
    """The figure that the scenario asks for."""
    if found.metric in ("p90_ms", "p99_ms"):
        return f"{numbers.time_ms(found.value)} {found.metric[:3]}"
    if not found.value:
        return tr("no rate held")
    rate = (tr("{rate} queries a second") if found.metric == "queries_per_s" else tr("{rate} samples a second")).format(
        rate=numbers.three(found.value)
    )
    if not found.latency_bound_ms:
        return rate
    return tr("{rate} within {limit}").format(rate=rate, limit=numbers.time_ms(found.latency_bound_ms))


class ScenarioTable(QWidget):
    """The latest result of each scenario for the model that the recipe gives."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName(tr("Serving scenarios"))
        self.table.setFont(tabular(self.font()))
        self.table.setHorizontalHeaderLabels([tr(name) for name in COLUMNS])
        for number, tip in enumerate(COLUMNS.values()):
            header = self.table.horizontalHeaderItem(number)
            assert header is not None
            header.setToolTip(tr(tip))
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
        named = tr("{title}: {note}")
        for row, found in enumerate(results):
            title = tr(TITLES[found.name])
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
                item.setToolTip(tr(TIPS[found.name]))
                self.table.setItem(row, column, item)
            notes += [named.format(title=title, note=in_the_window(note)) for note in found.notes]
            if not found.complete:
                notes.append(tr("{title}: stopped early.").format(title=title))
        self._notes.setText("\n".join(notes))
        self._notes.setVisible(bool(notes))
