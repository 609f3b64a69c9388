"""The treated model against the original: outputs, accuracy, and the fair latency ratio."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QScrollArea,
    QSizePolicy,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.parts import card, label
from gui.panels.runs import sessions_only
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from engine.verification.compare import Accuracy

NO_LATENCY = mark("Treat a layer, then Compare latency (F7): both models run in turns.")
NO_ACCURACY = mark("Treat a layer, then Verify (F6): both models run on the evaluation data.")
NO_OUTPUTS = mark("Verify (F6) shows here how far each output of the treated model is from the original's.")
COLUMNS = (
    (mark("Output"), mark("Output of the model")),
    ("SQNR", mark("Power of the output over the power of the error, in decibels: higher is closer")),
    (mark("Cosine"), mark("Cosine between original and treated output: 1 is the same direction")),
    (mark("Max error"), mark("Largest absolute difference of any element")),
)


def accuracy_text(a: Accuracy, samples: int) -> str:
    """What stands below the shares of right answers: top-5, agreement, and what the difference is worth."""
    parts = [tr("Top-1 on {count} samples").format(count=samples)]
    if a.top5 is not None:
        parts.append(f"Top-5 {numbers.points(a.top5[0])} → {numbers.points(a.top5[1])}{numbers.SPACE}%")
    parts.append(
        tr("Both give the same class for {share}").format(share=f"{numbers.points(a.agreement)}{numbers.SPACE}%")
    )
    if a.paired is not None:
        low, high = (numbers.signed_points(x) for x in a.paired.interval)
        text = tr("The difference lies within {low} to {high} points").format(low=low, high=high)
        parts.append(text if a.paired.p_value < 0.05 else tr("{text}, which can be chance").format(text=text))
    return tr(". ").join(parts)


class ComparePanel(QFrame):
    """Shows only what belongs to the recipe as it stands."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document = document
        latency_card, latency = card(tr("Latency, in alternating blocks"))
        self._ratio, self._ratio_text = label("", "title"), label("", "muted", wrap=True)
        accuracy_card, accuracy = card(tr("Accuracy"))
        self._metric = label("", "strong", wrap=True)
        self._accuracy, self._accuracy_text = label("", "title"), label("", "muted", wrap=True)
        for column, widgets in ((latency, (self._ratio, self._ratio_text)),
                                (accuracy, (self._accuracy, self._accuracy_text))):  # fmt: skip
            for widget in widgets:
                column.addWidget(widget)
            if column is accuracy:
                column.addWidget(self._metric)
            column.addStretch(1)
        self.table = QTableWidget(0, len(COLUMNS))
        self.table.setAccessibleName(tr("Error of each output"))
        self.table.setFont(tabular(self.font()))
        self.table.setHorizontalHeaderLabels([tr(name) for name, _ in COLUMNS])
        for number, (_, tip) in enumerate(COLUMNS):
            header = self.table.horizontalHeaderItem(number)
            assert header is not None
            header.setToolTip(tr(tip))
            if number:
                header.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            else:
                header.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setShowGrid(False)
        self.table.setMinimumHeight(64)
        self.table.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        table_card, table = card(tr("Outputs against the original"))
        self._table_text = label("", "muted", wrap=True)
        self._table_text.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._table_text.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        table.addWidget(self._table_text)
        table.addWidget(self.table, 1)
        page = QWidget()
        row = QHBoxLayout(page)
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(latency_card, 2)
        row.addWidget(accuracy_card, 2)
        row.addWidget(table_card, 4)
        area = QScrollArea()
        area.setAccessibleName(tr("What was compared"))
        area.setWidget(page)
        area.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)
        for signal in (document.figures_changed, document.replaced):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        self._show_latency()
        self._show_accuracy()
        self._show_outputs()

    def _show_latency(self) -> None:
        found = self._document.latency_comparison
        if found is None:
            self._ratio.setText(numbers.NOTHING)
            text = tr("Compare latency (F7) runs both models in turns.") if self._document.treated else tr(NO_LATENCY)
            self._ratio_text.setText(text)
            return
        gain = numbers.gain(found.ratio, found.conclusive)
        times = f"{numbers.time_ms(found.a_ms)} → {numbers.time_ms(found.b_ms)}"
        self._ratio.setText(tr("{times}  ({gain})").format(times=times, gain=gain))
        low, high = found.interval
        several = tr("{count} sessions").format(count=found.sessions)
        text = tr(
            "Time after over time before: {ratio}, interval {low} to {high} ({sessions}). "
            "The model against itself: {control}. {notes}"
        ).format(
            ratio=f"{found.ratio:.3f}",
            low=f"{low:.3f}",
            high=f"{high:.3f}",
            sessions=sessions_only(found.sessions) if found.this_session_only else several,
            control=f"{found.control_ratio:.3f}",
            notes=" ".join(found.notes),
        )
        self._ratio_text.setText(text.strip())

    def _show_accuracy(self) -> None:
        found = self._document.comparison
        if found is None:
            self._accuracy.setText(numbers.NOTHING)
            text = tr("Verify (F6) runs both on the evaluation data.") if self._document.treated else tr(NO_ACCURACY)
            self._accuracy_text.setText(text)
        elif found.accuracy is None:
            self._accuracy.setText(tr("unknown"))
            no_labels = tr("The samples have no labels. {count} samples")
            no_data = tr("Inputs are synthetic: choose data first. {count} samples")
            self._accuracy_text.setText((no_labels if self._document.data else no_data).format(count=found.samples))
        else:
            a = found.accuracy
            self._accuracy.setText(f"{numbers.points(a.a)} → {numbers.points(a.b)} %")
            self._accuracy_text.setText(accuracy_text(a, found.samples))
        self._metric.setText(self._metric_text())
        self._metric.setVisible(bool(self._metric.text()))

    def _metric_text(self) -> str:
        """Of the user's own function, where there is one."""
        found, wanted = self._document.comparison, self._document.metric
        if found is not None and found.metric is not None:
            metric = found.metric
            return f"{metric.name}: {numbers.three(metric.a)} → {numbers.three(metric.b)}"
        if wanted is None:
            return ""
        return tr("{metric}: F6 computes it").format(metric=f"{wanted.path.name}:{wanted.name}")

    def _show_outputs(self) -> None:
        found = self._document.comparison
        self.table.setVisible(found is not None)
        self._table_text.setVisible(found is None)
        self._table_text.setText(
            tr("Not verified for the recipe as it stands: Verify (F6).") if self._document.treated else tr(NO_OUTPUTS)
        )
        outputs = found.outputs if found is not None else ()
        self.table.setRowCount(len(outputs))
        for row, output in enumerate(outputs):
            sqnr = output.sqnr_db
            exact = sqnr is None or sqnr == float("inf")
            texts = (
                output.name,
                tr("exact") if exact else f"{sqnr:.1f}{numbers.SPACE}dB",
                f"{output.cosine:.5f}" if output.cosine is not None else numbers.NOTHING,
                numbers.three(output.max_abs_error) if output.max_abs_error is not None else numbers.NOTHING,
            )
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, column, item)
