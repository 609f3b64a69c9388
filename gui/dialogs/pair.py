"""Two variants beside each other: all scores with what lies between them, and both run in turns."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
)

from engine.errors import EngineError
from engine.recipe import Recipe
from engine.reports.scores import Score
from gui import numbers
from gui.calls import checking
from gui.figures import Pair
from gui.language import mark, tr
from gui.messages import in_the_window
from gui.panels.parts import card, label
from gui.scores import FLOAT, float_score, score_of
from gui.tables.variants import COLUMNS, VariantRow
from gui.theme import tabular
from gui.workbench import Workbench

SHOWN = ("size", "latency", "gain", "accuracy", "drop", "sqnr", "parameters", "macs")
NOT_YET = mark("Their medians come from two separate measurements. Run both in turns to tell a gain from noise.")


def between(key: str, a: Score, b: Score) -> str:
    """What the second has more or less than the first."""
    column = next(c for c in COLUMNS if c.key == key)
    x, y = column.value(VariantRow(a)), column.value(VariantRow(b))
    if not isinstance(x, int | float) or not isinstance(y, int | float) or float("inf") in (x, y):
        return numbers.NOTHING
    if key == "accuracy":
        return tr("{points} points").format(points=numbers.signed_points(y - x))
    if key == "drop":
        rounded = round(y - x, 1)
        sign = numbers.MINUS if rounded < 0 else "+" if rounded > 0 else ""
        return tr("{points} points").format(points=f"{sign}{abs(rounded):.1f}")
    if key == "sqnr":
        sign = numbers.MINUS if y < x else "+"
        return f"{sign}{abs(y - x):.1f}{numbers.SPACE}dB"
    if key == "gain" or not x:
        return numbers.NOTHING
    return f"{'+' if y > x else ''}{numbers.signed_percent(y / x - 1)}"


class PairDialog(QDialog):
    """``a`` and ``b`` are places among the variants, None for the float model."""

    def __init__(self, bench: Workbench, a: int | None, b: int | None) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Compare two variants"))
        self._bench = bench
        document = bench.document
        self._recipes = tuple(self._recipe(place) for place in (a, b))
        names = tuple(FLOAT if place is None else document.variants.items[place].name for place in (a, b))
        scores = tuple(
            float_score(document) if place is None else score_of(document, name, recipe)
            for place, name, recipe in zip((a, b), names, self._recipes, strict=True)
        )
        title = label(tr("{first} and {second}").format(first=names[0], second=names[1]), "title")
        self.table = QTableWidget(len(SHOWN), 4)
        self.table.setAccessibleName(tr("Scores of both variants"))
        self.table.setFont(tabular(self.font()))
        self.table.setHorizontalHeaderLabels(["", *names, tr("Second against first")])
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setHighlightSections(False)
        self.table.verticalHeader().hide()
        self.table.verticalHeader().setDefaultSectionSize(26)
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        self.table.setMinimumHeight(26 * len(SHOWN) + 36)
        self._fill(scores[0], scores[1])
        frame, column = card(tr("Run in turns"))
        self._ratio, self._text = label(numbers.NOTHING, "title"), label(tr(NOT_YET), "muted", wrap=True)
        self.run = QPushButton(tr("Run both in turns"))
        self.run.setToolTip(tr("Latency in alternating blocks of both, then the outputs of one against the other's"))
        self.run.setAutoDefault(False)
        self.run.clicked.connect(self._run)
        line = QHBoxLayout()
        line.addWidget(self._ratio, 1)
        line.addWidget(self.run)
        column.addLayout(line)
        column.addWidget(self._text)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self.table, 1)
        layout.addWidget(frame)
        layout.addWidget(buttons)
        self.resize(720, 480)
        bench.jobs.started.connect(self._busy)
        bench.jobs.finished.connect(self._busy)
        self._busy()
        self._show_pair()

    def _recipe(self, place: int | None) -> Recipe:
        document = self._bench.document
        return document.base_recipe if place is None else document.variants.items[place].recipe

    @property
    def _key(self) -> str:
        document = self._bench.document
        return f"{document.data_key(self._recipes[0])} against {document.data_key(self._recipes[1])}"

    def _fill(self, a: Score, b: Score) -> None:
        columns = {column.key: column for column in COLUMNS}
        for row, key in enumerate(SHOWN):
            column = columns[key]
            texts = (tr(column.title), column.text(VariantRow(a)), column.text(VariantRow(b)), between(key, a, b))
            tips = (tr(column.tip), column.full(VariantRow(a)), column.full(VariantRow(b)), tr(column.tip))
            for place, (text, tip) in enumerate(zip(texts, tips, strict=True)):
                item = QTableWidgetItem(text)
                item.setToolTip(tip)
                side = Qt.AlignmentFlag.AlignRight if place else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                self.table.setItem(row, place, item)
        for place in range(1, 4):
            header = self.table.horizontalHeaderItem(place)
            assert header is not None
            header.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)

    # -- running both --------------------------------------------------------------------------------------------

    def _run(self) -> None:
        bench, key = self._bench, self._key
        document = bench.document
        opened = document.opened
        if opened is None or bench.jobs.busy:
            return

        def done(found: Any) -> None:
            if document.opened is opened:
                document.add_pair(key, found)
                self._show_pair()

        bench.jobs.run(tr("Comparing two variants"), checking.compare_pair, bench.workshop, opened, *self._recipes,
                       document.settings, document.data, done=done, failed=self._failed)  # fmt: skip

    def _failed(self, error: EngineError) -> None:
        self._text.setText(in_the_window(str(error)))
        self._bench.document.log(str(error), "error")

    def _busy(self) -> None:
        self.run.setEnabled(not self._bench.jobs.busy)

    def _show_pair(self) -> None:
        found: Pair | None = self._bench.document.figures.pairs.get(self._key)
        if found is None:
            return
        latency, outputs = found.latency, found.outputs
        gain = numbers.gain(latency.ratio, latency.conclusive)
        self._ratio.setText(f"{numbers.time_ms(latency.a_ms)} → {numbers.time_ms(latency.b_ms)}  ({gain})")
        low, high = latency.interval
        time = tr("Time of the second over the first: {ratio}, interval {low} to {high}.")
        said = [time.format(ratio=f"{latency.ratio:.3f}", low=f"{low:.3f}", high=f"{high:.3f}")]
        if outputs.accuracy is not None:
            a, b, same = (
                numbers.points(part) for part in (outputs.accuracy.a, outputs.accuracy.b, outputs.accuracy.agreement)
            )
            accuracy = tr("Accuracy {first} and {second} %, the same class for {same} %.")
            said.append(accuracy.format(first=a, second=b, same=same))
        worst = numbers.db_text(min((output.sqnr_db for output in outputs.outputs), default=None))
        differ = tr("Their outputs differ by {sqnr} on {count} samples.")
        said.append(differ.format(sqnr=worst, count=outputs.samples))
        self._text.setText(" ".join(said))
        layout = self.layout()
        assert layout is not None
        self.resize(self.width(), max(self.height(), layout.totalMinimumHeightForWidth(self.width())))
