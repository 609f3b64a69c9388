"""Load: how throughput and latency trade against each other over batch, threads and concurrent streams."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSplitter,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import numbers
from gui.document import Document
from gui.jobs import Job, JobRunner
from gui.language import mark, tr
from gui.panels.load_form import LoadForm
from gui.panels.parts import label
from gui.panels.scenarios import TIPS, ScenarioTable
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from engine.profiling.sweep import Sweep
    from gui.plots.load import LoadPlot

COLUMNS = (
    (mark("Batch"), mark("Samples in one request"), 52),
    (mark("Threads"), mark("Of each stream"), 66),
    (mark("Streams"), mark("Requests at the same time"), 74),
    (mark("Per s"), mark("Samples a second over all streams"), 68),
    (mark("Median"), mark("Latency of a request"), 72),
    ("p90", mark("Nine of ten requests take no longer"), 72),
    ("p99", mark("99 of 100 requests take no longer"), 72),
)
HEADER_PADDING = 22
NOT_YET = mark("A sweep measures every combination: how many samples a second, and how long a request takes.")


def per_second(value: float) -> str:
    return numbers.count(round(value)) if value >= 1000 else numbers.three(value)


class LoadPanel(QFrame):
    """Points show as they come."""

    def __init__(self, document: Document, theme: Theme, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme, self._jobs = document, theme, jobs
        self._plot: LoadPlot | None = None
        self._sweep: Sweep | None = None
        self._results: object = None
        self._text = label(tr(NOT_YET), "muted", wrap=True)
        self._text.setContentsMargins(12, 8, 12, 4)
        self.form = LoadForm()
        self.form.chosen.connect(self._fill)
        self.table = self._make_table()
        self.scenarios = ScenarioTable()
        self._chart = QWidget()
        self._place = QVBoxLayout(self._chart)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.setChildrenCollapsible(False)
        self._body.setHandleWidth(1)
        self._body.addWidget(self._chart)
        self._body.addWidget(self.table)
        self._body.setSizes([250, 520])
        self._body.setStretchFactor(0, 1)
        self._body.setStretchFactor(1, 0)
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._text)
        right.addWidget(self._body, 1)
        right.addWidget(self.scenarios, 1)
        right.addStretch(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.form)
        row.addLayout(right, 1)
        for signal in (document.figures_changed, document.replaced):
            signal.connect(self._show)
        jobs.ticked.connect(self._growing)
        jobs.started.connect(self._enable)
        jobs.finished.connect(self._enable)
        theme.changed.connect(self._fill)
        self._show()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setAccessibleName(tr("Points of the sweep"))
        table.setFont(tabular(self.font()))
        table.setHorizontalHeaderLabels([tr(name) for name, _, _ in COLUMNS])
        for number, (_, tip, width) in enumerate(COLUMNS):
            header = table.horizontalHeaderItem(number)
            assert header is not None
            header.setToolTip(tr(tip))
            wanted = table.fontMetrics().horizontalAdvance(header.text()) + HEADER_PADDING
            table.setColumnWidth(number, max(width, wanted))
            header.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(48)
        head.setStretchLastSection(True)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(26)
        table.setShowGrid(False)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.itemSelectionChanged.connect(self._chosen)
        return table

    def _enable(self) -> None:
        self.form.button.setEnabled(self._document.opened is not None and not self._jobs.busy)

    # -- showing -------------------------------------------------------------------------------------------------

    def _growing(self, job: Job) -> None:
        """What the sweep has so far."""
        kept = job.progress.kept
        if kept is None:  # as of most work: what a sweep needs is not loaded for that
            return
        from engine.profiling.sweep import Sweep

        if isinstance(kept, Sweep) and kept is not self._sweep and not job.progress.cancelled:
            self._sweep = kept
            self._fill()

    def _show(self) -> None:
        self._enable()
        if self._jobs.busy and self._sweep is not None:
            return
        sweep, results = self._document.sweep, self._document.scenarios
        if sweep is not self._sweep or sweep is None or results is not self._results:
            self._sweep, self._results = sweep, results
            self._fill()

    def _fill(self) -> None:
        sweep, serving = self._sweep, self.form.what.currentData()
        results = self._document.scenarios
        self.scenarios.setVisible(bool(serving and results))
        if serving:
            self._body.hide()
            self.scenarios.show_results(list(results.values()))
            self._text.setText(
                tr("{tip}. After MLPerf Inference, in seconds instead of minutes.").format(tip=tr(TIPS[serving]))
            )
            return
        self._body.setVisible(sweep is not None)
        if sweep is None:
            self._text.setText(tr(NOT_YET))
            self.table.setRowCount(0)
            return
        self._text.setText(self._summary(sweep))
        if self._plot is None:
            from gui.plots.load import LoadPlot

            self._plot = LoadPlot(self._theme)
            self._plot.hovered.connect(self._hovered)
            self._plot.clicked.connect(self.table.selectRow)
            self._place.addWidget(self._plot)
        self._plot.show_points(sweep.points, sweep.best, sweep.latency_limit_ms)
        self.table.setRowCount(len(sweep.points))
        told, told_best = tr("{count} requests"), tr("{count} requests, the best point")
        for row, point in enumerate(sweep.points):
            texts = [str(point.batch), str(point.threads or "auto"), str(point.streams)]
            if point.reason:
                texts += [numbers.NOTHING] * 4
            else:
                times = (point.median_ms, point.p90_ms, point.p99_ms)
                texts += [per_second(point.throughput_per_s), *(numbers.time_ms(t) for t in times)]
            best = row == sweep.best
            for column, text in enumerate(texts):
                item = QTableWidgetItem(f"★ {text}" if best and column == 3 else text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(point.reason or (told_best if best else told).format(count=point.runs))
                if point.reason:
                    item.setForeground(QBrush(self._theme.color("muted")))
                elif best:
                    font = item.font()
                    font.setBold(True)
                    item.setFont(font)
                self.table.setItem(row, column, item)

    def _summary(self, sweep: Sweep) -> str:
        limit = None if sweep.latency_limit_ms is None else numbers.time_ms(sweep.latency_limit_ms)
        if sweep.best is not None:
            p = sweep.points[sweep.best]
            best = tr("Best") if limit is None else tr("Best within {limit} (p90)").format(limit=limit)
            point = (
                tr("{best}: batch {batch}, {threads} threads, {streams} streams")
                if p.streams > 1
                else tr("{best}: batch {batch}, {threads} threads, {streams} stream")
            ).format(best=best, batch=p.batch, threads=p.threads or "auto", streams=p.streams)
            text = tr("{point}: {rate} a second, median {median}, p90 {p90}").format(
                point=point,
                rate=per_second(p.throughput_per_s),
                median=numbers.time_ms(p.median_ms),
                p90=numbers.time_ms(p.p90_ms),
            )
        elif limit is not None:
            text = tr("No point stays within {limit} (p90).").format(limit=limit)
        else:
            text = tr("Nothing is measured yet.")
        failed = sum(bool(p.reason) for p in sweep.points)
        if failed:
            text = tr("{text}. {count} could not be measured: the table says why").format(text=text, count=failed)
        if sweep.complete:
            return text
        return tr("{text}. Not complete: {count} points").format(text=text, count=len(sweep.points))

    def _hovered(self, number: int | None) -> None:
        if self._sweep is None:
            return
        if number is None or number >= len(self._sweep.points):
            self._text.setText(self._summary(self._sweep))
            return
        p = self._sweep.points[number]
        point = (
            tr("Batch {batch}, {threads} threads, {streams} streams")
            if p.streams > 1
            else tr("Batch {batch}, {threads} threads, {streams} stream")
        ).format(batch=p.batch, threads=p.threads or "auto", streams=p.streams)
        self._text.setText(
            tr("{point}: {rate} a second, median {median}, p90 {p90}, {count} requests").format(
                point=point,
                rate=per_second(p.throughput_per_s),
                median=numbers.time_ms(p.median_ms),
                p90=numbers.time_ms(p.p90_ms),
                count=p.runs,
            )
        )

    def _chosen(self) -> None:
        rows = self.table.selectionModel().selectedRows()
        if self._plot is not None:
            self._plot.choose(rows[0].row() if rows else None)
