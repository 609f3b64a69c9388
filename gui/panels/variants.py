"""Variants: the named recipes of a model side by side, as a table of scores and as points in a plane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSplitter,
    QTableView,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.reports.scores import Score, front
from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.parts import CalmCombo, head, label
from gui.scores import scores
from gui.tables.rows_table import set_up
from gui.tables.variants import COLUMNS, VariantRow, VariantsModel, gain_text
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from gui.plots.scatter import ScatterPlot

HINT = mark(
    "A variant is a recipe with a name. Duplicate one, change the copy, measure both: the table says what each costs."
)
NO_POINTS = mark(
    "A point needs both figures of a variant: F5 gives latency and size, F6 the accuracy on samples with labels and "
    "the SQNR. Measure variants does both for all of them."
)
AXES = {
    "latency": (mark("Latency, ms"), 1.0),
    "size": (mark("Size, MB"), 1e-6),
    "accuracy": (mark("Accuracy, %"), 100.0),
    "sqnr": ("SQNR, dB", 1.0),
    "macs": ("MACs, M", 1e-6),
}
NAMES = {
    "latency": mark("Latency"),
    "size": mark("Size"),
    "accuracy": mark("Accuracy"),
    "sqnr": "SQNR",
    "macs": "MACs",
}
PLOT = 300


def figure(score: Score, axis: str) -> float | None:
    """A score along an axis, in the axis' unit; None where it is unknown or has no end."""
    found = {"latency": score.latency_ms, "size": score.file_bytes, "accuracy": score.accuracy, "sqnr": score.sqnr_db,
             "macs": score.macs}[axis]  # fmt: skip
    return None if found is None or found == float("inf") else found * AXES[axis][1]


class VariantsPanel(QFrame):
    """``chosen`` are places among the variants; ``use_wanted`` comes with a double click."""

    use_wanted = Signal(int)
    renamed = Signal(int, str)
    chosen_changed = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._plot: ScatterPlot | None = None
        self._shown: list[Score] = []
        self._filling = False
        self.rows = VariantsModel(self)
        self.rows.renamed.connect(self.renamed)
        self.table = QTableView()
        self.table.setAccessibleName(tr("Variants"))
        self.table.setModel(self.rows)
        set_up(self.table, theme)
        for number, column in enumerate(COLUMNS):
            self.table.setColumnWidth(number, column.width)
        trigger = QAbstractItemView.EditTrigger
        self.table.setEditTriggers(trigger.EditKeyPressed | trigger.SelectedClicked)
        self.table.selectionModel().selectionChanged.connect(self._selected)
        self.table.doubleClicked.connect(self._use)
        self.table.activated.connect(self._use)
        self.menu = QMenu(self)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(self._show_menu)
        self._hint = label(tr(HINT), "muted", wrap=True)
        self._hint.setContentsMargins(12, 8, 12, 8)
        self.head = head(label("", "muted"), 1)
        left = QWidget()
        column_layout = QVBoxLayout(left)
        column_layout.setContentsMargins(0, 0, 0, 0)
        column_layout.setSpacing(0)
        column_layout.addWidget(self.head)
        column_layout.addWidget(self.table, 1)
        column_layout.addWidget(self._hint)
        self.splitter: QSplitter = QSplitter(Qt.Orientation.Horizontal)
        self.splitter.setChildrenCollapsible(False)
        self.splitter.setHandleWidth(1)
        self.splitter.addWidget(left)
        self.splitter.addWidget(self._plot_side())
        self.splitter.setStretchFactor(0, 1)
        self.splitter.setStretchFactor(1, 0)
        self.splitter.setSizes([660, PLOT])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.splitter)
        for signal in (document.figures_changed, document.replaced):
            signal.connect(self._show)
        self._show()

    def _plot_side(self) -> QWidget:
        side = QWidget()
        side.setMinimumWidth(240)
        self.axes = (CalmCombo(), CalmCombo())
        for combo, name, first in zip(self.axes, (tr("Figure upward"), tr("Figure to the right")), (2, 0), strict=True):
            combo.setAccessibleName(name)
            combo.setToolTip(name)
            for key, title in NAMES.items():
                combo.addItem(tr(title), key)
            combo.setMinimumWidth(112)
            combo.setCurrentIndex(first)
            combo.currentIndexChanged.connect(self._show_dots)
        self._told = label("", "muted")
        self._told.setFont(tabular(self.font()))
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 0)
        line.setSpacing(8)
        line.addWidget(self.axes[0])
        line.addWidget(label(tr("over"), "muted"))
        line.addWidget(self.axes[1])
        line.addWidget(self._told, 1)
        self._no_points = label(tr(NO_POINTS), "muted", wrap=True)
        self._no_points.setContentsMargins(12, 8, 12, 8)
        self._no_points.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._side_column = QVBoxLayout(side)
        self._side_column.setContentsMargins(0, 0, 0, 0)
        self._side_column.setSpacing(0)
        self._side_column.addLayout(line)
        self._side_column.addWidget(self._no_points, 1)
        return side

    def add_button(self, button: QToolButton) -> None:
        layout = self.head.layout()
        assert layout is not None
        layout.addWidget(button)

    # -- what is chosen ------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> tuple[int | None, ...]:
        """Places of the chosen rows, None for the float model; without any the current variant."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        found = tuple(self.rows.at(row).place for row in rows)
        return found or (self._document.variants.current,)

    @property
    def chosen_variants(self) -> tuple[int, ...]:
        return tuple(place for place in self.chosen if place is not None)

    def choose(self, places: tuple[int | None, ...]) -> None:
        wanted = set(places)
        selection = QItemSelection()
        for row in range(len(self.rows.order)):
            if self.rows.at(row).place in wanted:
                selection.select(self.rows.index(row, 0), self.rows.index(row, len(COLUMNS) - 1))
        self.table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def edit_name(self, place: int) -> None:
        for row in range(len(self.rows.order)):
            if self.rows.at(row).place == place:
                index = self.rows.index(row, 0)
                self.table.setCurrentIndex(index)
                if self.table.state() != QAbstractItemView.State.EditingState:  # asked for twice
                    self.table.edit(index)

    def _selected(self) -> None:
        if not self._filling:
            self._mark_dots()
            self.chosen_changed.emit()

    def _use(self, index: object) -> None:
        place = self.rows.at(index.row()).place  # type: ignore[attr-defined]
        if place is not None:
            self.use_wanted.emit(place)

    def _show_menu(self, at: QPoint) -> None:
        if self.table.indexAt(at).isValid():
            self.menu.popup(self.table.viewport().mapToGlobal(at))

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        document = self._document
        found = scores(document)
        current = document.variants.current
        best = front(found)
        rows = [
            VariantRow(score, n - 1 if n else None, n == current + 1, n in best and len(found) > 2)
            for n, score in enumerate(found)
        ]
        if rows != self.rows.rows:
            kept = self.chosen if self.table.selectionModel().hasSelection() else ()
            self._filling = True
            self.rows.show_rows(rows)
            self._fit()
            if kept:
                self.choose(kept)
            self._filling = False
        self._shown = found
        self._hint.setVisible(len(found) < 3)
        self._show_dots()

    def _fit(self) -> None:
        metrics = self.table.fontMetrics()
        for number, column in enumerate(COLUMNS):
            if not column.number:
                texts = max((metrics.horizontalAdvance(column.text(row)) for row in self.rows.rows), default=0)
                self.table.setColumnWidth(number, min(max(texts + 68, column.width), column.widest))
        for number, column in enumerate(COLUMNS):
            known = any(column.value(row) is not None for row in self.rows.rows)
            self.table.setColumnHidden(number, column.key in ("accuracy", "drop", "sqnr") and not known)

    def _show_dots(self) -> None:
        if not self.isVisible():
            return
        from gui.plots.scatter import Dot

        upward, right = (str(combo.currentData()) for combo in self.axes)
        dots = []
        for row in self.rows.rows:
            x, y = figure(row.score, right), figure(row.score, upward)
            if x is not None and y is not None:
                key = -1 if row.place is None else row.place
                dots.append(Dot(key, row.score.name, x, y, row.front, row.place is None, row.current))
        self._no_points.setVisible(not dots)
        if self._plot is None and dots:
            self._make_plot()
        if self._plot is not None:
            self._plot.setVisible(bool(dots))
            self._plot.show_dots(dots, AXES[right][0], AXES[upward][0])
            self._mark_dots()

    def _make_plot(self) -> None:
        from gui.plots.scatter import ScatterPlot

        self._plot = ScatterPlot(mark("Variants by two of their figures"), self._theme)
        self._plot.hovered.connect(self._hovered)
        self._plot.clicked.connect(self._clicked)
        self._side_column.addWidget(self._plot, 1)

    def _mark_dots(self) -> None:
        if self._plot is not None and self.table.selectionModel().hasSelection():
            self._plot.choose(frozenset(-1 if place is None else place for place in self.chosen))
        elif self._plot is not None:
            self._plot.choose(frozenset())

    def _hovered(self, key: int | None) -> None:
        row = next((r for r in self.rows.rows if key is not None and (-1 if r.place is None else r.place) == key), None)
        if row is None:
            self._told.clear()
            return
        score = row.score
        parts = [numbers.time_ms(score.latency_ms), gain_text(score), numbers.size(score.file_bytes)]
        self._told.setText(f"{score.name}  " + ", ".join(part for part in parts if part != numbers.NOTHING))

    def _clicked(self, key: int, add: bool) -> None:
        place = None if key < 0 else key
        chosen: tuple[int | None, ...] = self.chosen if self.table.selectionModel().hasSelection() else ()
        if add:
            self.choose(tuple(p for p in chosen if p != place) if place in chosen else (*chosen, place))
        else:
            self.choose((place,))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.table.clearSelection()
            return
        super().keyPressEvent(event)

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()
