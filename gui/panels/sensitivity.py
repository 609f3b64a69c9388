"""Sensitivity: what treating each layer costs, measured on data, and how many of the worst should stay in float."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSlider, QSplitter, QVBoxLayout, QWidget

from engine.errors import UsageError
from gui import numbers
from gui.document import Document
from gui.jobs import Job, JobRunner
from gui.language import mark, tr
from gui.numbers import db_text
from gui.panels.elided import Elided
from gui.panels.parts import CalmCombo, label
from gui.panels.scan_form import ScanForm
from gui.sensitivity import (
    Savings,
    ScanRequest,
    drop_text,
    expectation,
    keeping,
    savings,
    scan_key,
    summary_text,
    with_savings,
    worst_first,
)
from gui.tables.rows_table import RowsTable
from gui.tables.sensitivity import SensitivityModel
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.verification.sensitivity import LayerSensitivity, Sensitivity
    from gui.plots.layer_bars import LayerBar, LayerBars

NOT_YET = mark(
    "Which layers can be treated at little loss, and which are better left in float? Start measures it on the "
    "calibration data, one layer at a time: early rows are spread over the whole network, and what is there stays when "
    "you stop."
)
NO_DATA = mark(" No data is chosen: random inputs say little about accuracy. Choose samples first (Ctrl+D).")
HOLDS = mark(
    "The figures hold for what was tried, in the cleaned float model, whatever the recipe says by now: "
    "“the recipe as it stands” tries that."
)
METRICS: tuple[tuple[str, str, Callable[[LayerSensitivity], float | None]], ...] = (
    ("SQNR", "dB", lambda row: row.sqnr_db),
    (mark("Drop"), mark("points"), lambda row: None if row.accuracy_drop is None else row.accuracy_drop * 100),
    (mark("Saved"), "µs", lambda row: row.latency_saved_us),
)


class SensitivityPanel(QFrame):
    """``start_wanted`` carries a ``ScanRequest``; ``keep_wanted`` a recipe and what the edit is called."""

    start_wanted = Signal(object)
    stop_wanted = Signal()
    keep_wanted = Signal(object, str)

    def __init__(self, document: Document, theme: Theme, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme, self._jobs = document, theme, jobs
        self._plot: LayerBars | None = None
        self._found: Sensitivity | None = None
        self._request: ScanRequest | None = None
        self._running: ScanRequest | None = None
        self._kept: object = None
        self._savings = Savings({})
        self._worst: list[LayerSensitivity] = []
        self.form = ScanForm(document)
        self.text = Elided("muted")
        self.rows = SensitivityModel(theme)
        self.table = RowsTable(tr("Sensitivity of each layer"), self.rows, document, theme)
        self._chart = QWidget()
        self._place = QVBoxLayout(self._chart)
        self._place.setContentsMargins(0, 0, 0, 0)
        self._body = QSplitter(Qt.Orientation.Horizontal)
        self._body.setChildrenCollapsible(False)
        self._body.setHandleWidth(1)
        self._body.addWidget(self._chart)
        self._body.addWidget(self.table)
        self._body.setSizes([230, 480])
        self._body.setStretchFactor(0, 1)
        self._empty = label(tr(NOT_YET), "muted", wrap=True)
        self._empty.setContentsMargins(12, 8, 12, 4)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._keep_row = self._make_keep_row()
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addWidget(self._empty)
        right.addWidget(self._make_head())
        right.addWidget(self._body, 1)
        right.addWidget(self._keep_row)
        right.addStretch(0)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.form)
        row.addLayout(right, 1)
        document.replaced.connect(self.form.fill)
        document.figures_changed.connect(self._look)
        document.recipe_changed.connect(self._show_summary)
        document.selection_changed.connect(self._show_selection)
        jobs.ticked.connect(self._growing)
        jobs.started.connect(self._enable)
        jobs.finished.connect(self._enable)
        self.form.changed.connect(lambda: self._look(anew=True))
        self.form.pressed.connect(self._pressed)
        self.form.afresh_wanted.connect(lambda: self.start(resume=False))
        self._show_found()
        self.form.fill()

    # -- putting together ----------------------------------------------------------------------------------------

    def _make_head(self) -> QWidget:
        self.order, self.shown_metric = CalmCombo(), CalmCombo()
        self.order.addItems([tr("As executed"), tr("Worst first")])
        self.order.setAccessibleName(tr("Order of the bars"))
        self.order.setToolTip(tr("Order of the bars: as the layers run, or the worst first"))
        self.order.setMinimumContentsLength(11)
        self.shown_metric.addItems([tr(name) for name, _, _ in METRICS])
        self.shown_metric.setMinimumContentsLength(6)
        self.shown_metric.setAccessibleName(tr("What the bars show"))
        self.shown_metric.setToolTip(
            tr("What the bars show: closeness of the outputs, loss of accuracy, or time saved")
        )
        for combo in (self.order, self.shown_metric):
            combo.currentIndexChanged.connect(self._show_found)
        self._head = QWidget()
        line = QHBoxLayout(self._head)
        line.setContentsMargins(12, 6, 12, 4)
        line.setSpacing(8)
        line.addWidget(self.shown_metric)
        line.addWidget(self.order)
        line.addWidget(self.text, 1)
        return self._head

    def _make_keep_row(self) -> QWidget:
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName(tr("How many of the worst layers stay in float"))
        self.slider.setMinimumWidth(80)
        self.slider.setPageStep(1)
        self.slider.valueChanged.connect(self._show_kept)
        self.count = label("")
        self.count.setMinimumWidth(148)
        self.expected = Elided("")
        self.keep = QPushButton(tr("Apply"))
        self.keep.clicked.connect(self._apply)
        row = QWidget()
        line = QHBoxLayout(row)
        line.setContentsMargins(12, 4, 12, 6)
        line.setSpacing(12)
        line.addWidget(self.count)
        line.addWidget(self.slider, 2)
        line.addWidget(self.expected, 5)
        line.addWidget(self.keep)
        return row

    # -- asking --------------------------------------------------------------------------------------------------

    def start(self, *, resume: bool = True) -> None:
        if self._jobs.busy or self._document.opened is None:
            return
        try:
            request = self.form.request(resume=resume)
        except UsageError as error:
            self.form.tell(str(error))
            return
        self.form.tell("")
        self._running = request
        self.start_wanted.emit(request)

    def _pressed(self) -> None:
        if self._scanning:
            self.stop_wanted.emit()
        else:
            self.start()

    @property
    def _scanning(self) -> bool:
        return self._running is not None and self._jobs.busy

    @property
    def running(self) -> ScanRequest | None:
        """What was asked for, until it is over; also for a panel that takes the place of this one."""
        return self._running

    def go_on_with(self, running: ScanRequest | None) -> None:
        self._running = running
        self._enable()

    def ended(self) -> None:
        """The scan that was asked for is over."""
        self._running = None
        self._look()

    def _enable(self) -> None:
        there, scanning, busy = self._document.opened is not None, self._scanning, self._jobs.busy
        found = self._found if self._asked_for_is_shown() else None
        self.form.button.setText(
            tr("Stop") if scanning else tr("Resume") if found and not found.complete else tr("Start")
        )
        self.form.button.setToolTip(tr("Stop; what is measured stays") if scanning else "")
        done = found is not None and found.complete
        self.form.button.setEnabled(there and (scanning or (not busy and not done)))
        self.form.afresh.setVisible(found is not None)
        self.form.afresh.setEnabled(there and not busy)
        self._empty.setText(tr(NOT_YET) + (tr(NO_DATA) if there and self._document.data is None else ""))

    def _asked_for(self) -> ScanRequest | None:
        try:
            return self.form.request() if self._document.opened is not None else None
        except UsageError:
            return None

    def _asked_for_is_shown(self) -> bool:
        asked, shown = self._asked_for(), self._request
        return asked is not None and shown is not None and self._key(asked) == self._key(shown)

    def _key(self, request: ScanRequest) -> str:
        return scan_key(self._document, request)

    # -- showing -------------------------------------------------------------------------------------------------

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._look()

    def _growing(self, job: Job) -> None:
        """What the scan has so far."""
        kept = job.progress.kept
        if kept is None:  # as of most work: what a scan needs takes a quarter of a second to load
            return
        from engine.verification.sensitivity import Sensitivity

        if isinstance(kept, Sensitivity) and kept is not self._kept and self._running is not None:
            self._request, self._kept = self._running, kept
            self._take(kept, self._savings)

    def _look(self, *, anew: bool = False) -> None:
        """What the document has: of the scan that is shown, or ``anew`` of what the form asks for."""
        if self._scanning or not self.isVisible():
            return
        shown = self._request
        if anew or shown is None or self._document.scan(self._key(shown)) is None:
            self._request = shown = self._asked_for()
        found = self._document.scan(self._key(shown)) if shown is not None else None
        self._take(found, savings(self._document, found) if found is not None else Savings({}))

    def _take(self, found: Sensitivity | None, known: Savings) -> None:
        told = with_savings(found, known) if found is not None else None
        if told != self._found or known != self._savings:
            self._found, self._savings = told, known
            self._show_found()
        self._enable()

    def _show_found(self) -> None:
        found = self._found
        there = found is not None and bool(found.layers)
        self._empty.setVisible(not there)
        for widget in (self._head, self._body, self._keep_row):
            widget.setVisible(there)
        if found is None or not there:
            self.rows.show_rows([])
            return
        self._worst = worst_first(found)
        self.rows.show_rows(found.layers)
        kinds = {row.treatment for row in found.layers}
        graded = any(row.agreement is not None for row in found.layers)
        said = {"treatment": len(kinds) > 1, "drop": graded, "agreement": graded}
        self.table.fit(lambda key: said.get(key, True))
        kept = min(self.slider.value(), len(self._worst))
        self.slider.blockSignals(True)
        self.slider.setRange(0, len(self._worst))
        self.slider.setValue(kept)
        self.slider.blockSignals(False)
        self._show_bars()
        self._show_kept()
        self._show_summary()

    def _show_summary(self) -> None:
        if self._found is not None:
            summary = summary_text(self._document, self._request, self._found, running=self._scanning)
            self.text.show_text(summary, f"{summary}\n{tr(HOLDS)}")

    def _show_bars(self) -> None:
        found = self._found
        assert found is not None
        if self._plot is None:
            from gui.plots.layer_bars import LayerBars

            self._plot = LayerBars(mark("Sensitivity of each layer"), self._theme)
            self._plot.hovered.connect(self._hovered)
            self._plot.clicked.connect(self._document.pick)
            self._place.addWidget(self._plot)
        from gui.plots.layer_bars import LayerBar

        _, unit, value = METRICS[self.shown_metric.currentIndex()]
        rows = self._worst if self.order.currentIndex() else found.layers
        bars = []
        for row in rows:
            figure = value(row)
            if figure is not None and not math.isnan(figure):
                bars.append(LayerBar(row.id, 0.0 if math.isinf(figure) else figure, math.isinf(figure) and figure > 0))
        self._plot.show_bars(bars, tr(unit))
        self._plot.show_selection(self._document.selection)

    def _show_selection(self) -> None:
        if self._plot is not None and self._found is not None:
            self._plot.show_selection(self._document.selection)

    @property
    def kept(self) -> list[str]:
        """The layers that the slider leaves in float, the worst first."""
        return [row.id for row in self._worst[: self.slider.value()]] if self._found is not None else []

    def _show_kept(self) -> None:
        found = self._found
        if found is None:
            return
        kept = self.kept
        self.rows.keep(kept)
        if self._plot is not None:
            self._plot.mark(kept)
        pruning = bool(found.layers) and found.layers[0].kind == "pruning"
        n = len(kept)
        if pruning:
            told = tr("Keep the {count} worst unpruned") if n != 1 else tr("Keep the worst unpruned")
            do = tr("Keep {count} unpruned") if n else tr("Prune all")
        else:
            told = tr("Keep the {count} worst in float") if n != 1 else tr("Keep the worst in float")
            do = tr("Keep {count} in float") if n else tr("Treat all")
        self.count.setText(told.format(count=n))
        self.keep.setText(do.format(count=n))
        expected = expectation(found, kept, self._savings.treated_us)
        parts = []
        if expected.sqnr_db is not None:
            parts.append(db_text(expected.sqnr_db))
        if expected.accuracy_drop is not None:
            parts.append(tr("at most {points} points lost").format(points=drop_text(expected.accuracy_drop)))
        if expected.latency_us is not None:
            parts.append(tr("{time} a run").format(time=numbers.time_us(expected.latency_us)))
        else:
            saved = [row.latency_saved_us for row in found.layers if row.id in kept]
            known = [us for us in saved if us is not None]
            if known:
                parts.append(tr("{time} given back").format(time=numbers.time_us(sum(known))))
        missing = tr("not known for these together: measure with one layer treated")
        self.expected.show_text(
            tr("Expected: {figures}").format(figures=tr(", ").join(parts) or missing),
            tr(
                "Errors of layers add as powers where they are not correlated; losses of accuracy are "
                "added up, which is too high rather than too low. Verify (F6) says what it really "
                "is"
            ),
        )

    def _apply(self) -> None:
        if self._found is None or self._request is None:
            return
        kept = self.kept
        recipe = keeping(self._document.recipe, self._request, self._found, kept)
        several = tr("keep the {count} worst in float").format(count=len(kept))
        name = several if kept else tr("treat what the scan tried")
        self.keep_wanted.emit(recipe, name)

    def _hovered(self, bar: LayerBar | None) -> None:
        if self._found is None:
            return
        row = next((r for r in self._found.layers if bar is not None and r.id == bar.layer_id), None)
        if row is None:
            self._show_summary()
            return
        parts = [db_text(row.sqnr_db)]
        if row.accuracy_drop is not None:
            parts.append(tr("{count} points").format(count=drop_text(row.accuracy_drop)))
        if row.latency_saved_us is not None:
            parts.append(tr("saves {time}").format(time=numbers.time_us(row.latency_saved_us)))
        self.text.show_text(f"{row.id}   {tr(', ').join(parts)}")
