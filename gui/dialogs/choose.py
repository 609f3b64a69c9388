"""Let Lathe choose: a limit of loss, and afterwards what was chosen and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.recipe import FLOAT, Recipe, Rule
from gui import numbers
from gui.choices import choice_text
from gui.document import Document
from gui.form import RealSpin
from gui.language import mark, tr
from gui.panels.parts import CalmCombo, label
from gui.theme import tabular

if TYPE_CHECKING:
    from engine.verification.measured import Score
    from engine.verification.search import Chosen

USUAL_POINTS = 0.3
WHAT = mark(
    "Everything that gains is quantized; then as many of the worst layers stay in float as the limit needs. Lathe "
    "decides on the calibration data alone: what it really costs, Verify says on the evaluation data."
)
AFTERWARDS = mark(
    "The recipe has it, each layer by its own rule; undo takes it back. Verify (F6) says what it costs on the "
    "evaluation data, which was not looked at."
)
NO_DATA = mark("This needs samples to measure on: choose data first (Ctrl+D).")


class ChooseDialog(QDialog):
    """``wanted`` carries a recipe whose quantization is to stay within so many points."""

    wanted = Signal(object, float)

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Let Lathe choose"))
        from engine.schemes import schemes

        self._document = document
        title = QLabel(tr("Let Lathe choose what to quantize"))
        title.setObjectName("title")
        self.choice = CalmCombo()
        self.choice.setAccessibleName(tr("Scheme"))
        for key, scheme in schemes().items():
            self.choice.addItem(tr("{scheme}, where it gains").format(scheme=tr(scheme.title)), key)
        if any(r.kind == "quantization" and r.choice != FLOAT for r in document.recipe.rules):
            self.choice.insertItem(0, tr("the recipe as it stands"), "")
        place = self.choice.findData("" if not self.choice.itemData(0) else "int8_static")
        self.choice.setCurrentIndex(place)
        self.points: QDoubleSpinBox = RealSpin()
        self.points.setRange(0.01, 100)
        self.points.setDecimals(2)
        self.points.setSingleStep(0.1)
        self.points.setSuffix(tr(" points of top-1"))
        self.points.setValue(USUAL_POINTS)
        self.points.setAccessibleName(tr("Most that may be lost"))
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(tr("Quantize with"), self.choice)
        form.addRow(tr("Lose at most"), self.points)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText(tr("Choose"))
        ok.setEnabled(document.data is not None)
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(label(tr(WHAT), "muted", wrap=True))
        layout.addLayout(form)
        if document.data is None:
            layout.addWidget(label(tr(NO_DATA), "warning", wrap=True))
        layout.addWidget(self.buttons)
        self.setFixedWidth(460)

    def recipe(self) -> Recipe:
        """What may be treated; rules that name layers stay."""
        key = self.choice.currentData()
        recipe = self._document.recipe
        return recipe if not key else recipe.with_rule(Rule("quantization", key))

    def _accepted(self) -> None:
        self.wanted.emit(self.recipe(), self.points.value())
        self.accept()


class ChosenDialog(QDialog):
    """What was chosen and why; the recipe has it already, and undo takes it back."""

    def __init__(self, chosen: Chosen, points: float, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("What Lathe chose"))
        title = QLabel(headline(chosen, points))
        title.setObjectName("title")
        title.setWordWrap(True)
        self.told = label("\n".join(score_lines(chosen)), "", wrap=True)
        self.table = QTableWidget(len(chosen.kept), 2)
        self.table.setAccessibleName(tr("Layers that stay in float, and why"))
        self.table.setFont(tabular(self.font()))
        self.table.setHorizontalHeaderLabels([tr("Kept in float"), tr("Why")])
        for number in range(2):
            header = self.table.horizontalHeaderItem(number)
            assert header is not None
            header.setTextAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head = self.table.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(1, QHeaderView.ResizeMode.Stretch)
        self.table.verticalHeader().hide()
        self.table.setShowGrid(False)
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionMode(QTableWidget.SelectionMode.NoSelection)
        for row, kept in enumerate(chosen.kept):
            for column, text in enumerate((kept.id, kept.reason)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self.table.setItem(row, column, item)
        self.table.setVisible(bool(chosen.kept))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(self.told)
        layout.addWidget(self.table, 1)
        layout.addWidget(label(tr(AFTERWARDS), "muted", wrap=True))
        layout.addWidget(buttons)
        self.resize(640, 420 if chosen.kept else 220)


def headline(chosen: Chosen, points: float) -> str:
    count = len(chosen.kept)
    kept = tr("{count} layers stay in float").format(count=count) if count != 1 else tr("1 layer stays in float")
    if not count:
        kept = tr("no layer needs to stay in float")
    text = tr("{points} points cannot be kept: this is the best that was found, {kept}")
    if not chosen.complete:
        text = tr("Stopped early: the best that was found until then, {kept}")
    elif chosen.enough:
        text = tr("Within {points} points: {kept}")
    return text.format(points=numbers.three(points), kept=kept)


def score_lines(chosen: Chosen) -> list[str]:
    """What was turned on, and the scores before and after, on the part that it was chosen on."""
    lines = []
    for scheme, options in chosen.repairs.items():
        said = tr(", ").join(f"{name.replace('_', ' ')} {numbers.option(value)}" for name, value in options.items())
        lines.append(tr("Turned on for {scheme}: {options}").format(scheme=choice_text(scheme), options=said))
    text = tr(
        "On {samples} calibration samples: {before} with everything quantized, {after} as chosen; {tried} models were "
        "measured"
    )
    before, after = _score(chosen.before), _score(chosen.after)
    return [*lines, text.format(samples=chosen.samples, before=before, after=after, tried=chosen.tried)]


def _score(score: Score) -> str:
    parts = [numbers.db_text(score.sqnr_db)]
    if score.accuracy_drop is not None:
        parts.append(tr("{points} points").format(points=numbers.signed_points(-score.accuracy_drop)))
    return tr(", ").join(parts)
