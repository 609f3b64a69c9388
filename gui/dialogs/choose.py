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
from gui.document import Document
from gui.form import RealSpin
from gui.panels.parts import CalmCombo, label
from gui.theme import tabular

if TYPE_CHECKING:
    from engine.verification.measured import Score
    from engine.verification.search import Chosen

USUAL_POINTS = 0.3
WHAT = (
    "Everything that gains is quantized; then as many of the worst layers stay in float as the limit needs. Lathe "
    "decides on the calibration data alone: what it really costs, Verify says on the evaluation data."
)
AFTERWARDS = (
    "The recipe has it, each layer by its own rule; undo takes it back. Verify (F6) says what it costs on the "
    "evaluation data, which was not looked at."
)
NO_DATA = "This needs samples to measure on: choose data first (Ctrl+D)."


class ChooseDialog(QDialog):
    """``wanted`` carries a recipe whose quantization is to stay within so many points."""

    wanted = Signal(object, float)

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Let Lathe choose")
        from engine.schemes import schemes

        self._document = document
        title = QLabel("Let Lathe choose what to quantize")
        title.setObjectName("title")
        self.choice = CalmCombo()
        self.choice.setAccessibleName("Scheme")
        for key, scheme in schemes().items():
            self.choice.addItem(f"{scheme.title}, where it gains", key)
        if any(r.kind == "quantization" and r.choice != FLOAT for r in document.recipe.rules):
            self.choice.insertItem(0, "the recipe as it stands", "")
        place = self.choice.findData("" if not self.choice.itemData(0) else "int8_static")
        self.choice.setCurrentIndex(place)
        self.points: QDoubleSpinBox = RealSpin()
        self.points.setRange(0.01, 100)
        self.points.setDecimals(2)
        self.points.setSingleStep(0.1)
        self.points.setSuffix(" points of top-1")
        self.points.setValue(USUAL_POINTS)
        self.points.setAccessibleName("Most that may be lost")
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow("Quantize with", self.choice)
        form.addRow("Lose at most", self.points)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        ok.setText("Choose")
        ok.setEnabled(document.data is not None)
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(label(WHAT, "muted", wrap=True))
        layout.addLayout(form)
        if document.data is None:
            layout.addWidget(label(NO_DATA, "warning", wrap=True))
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
        self.setWindowTitle("What Lathe chose")
        title = QLabel(headline(chosen, points))
        title.setObjectName("title")
        title.setWordWrap(True)
        self.told = label("\n".join(score_lines(chosen)), "", wrap=True)
        self.table = QTableWidget(len(chosen.kept), 2)
        self.table.setAccessibleName("Layers that stay in float, and why")
        self.table.setFont(tabular(self.font()))
        self.table.setHorizontalHeaderLabels(["Kept in float", "Why"])
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
        layout.addWidget(label(AFTERWARDS, "muted", wrap=True))
        layout.addWidget(buttons)
        self.resize(640, 420 if chosen.kept else 220)


def headline(chosen: Chosen, points: float) -> str:
    count = len(chosen.kept)
    kept = f"{count} layers stay in float" if count != 1 else "1 layer stays in float"
    if not count:
        kept = "no layer needs to stay in float"
    if not chosen.complete:
        return f"Stopped early: the best that was found until then, {kept}"
    if chosen.enough:
        return f"Within {numbers.three(points)} points: {kept}"
    return f"{numbers.three(points)} points cannot be kept: this is the best that was found, {kept}"


def score_lines(chosen: Chosen) -> list[str]:
    """What was turned on, and the scores before and after, on the part that it was chosen on."""
    lines = []
    for scheme, options in chosen.repairs.items():
        said = ", ".join(f"{name.replace('_', ' ')} {numbers.option(value)}" for name, value in options.items())
        lines.append(f"Turned on for {scheme.replace('_', ' ')}: {said}")
    lines.append(f"On {chosen.samples} calibration samples: {_score(chosen.before)} with everything quantized, "
                 f"{_score(chosen.after)} as chosen; {chosen.tried} models were measured")  # fmt: skip
    return lines


def _score(score: Score) -> str:
    parts = [numbers.db_text(score.sqnr_db)]
    if score.accuracy_drop is not None:
        parts.append(f"{numbers.signed_points(-score.accuracy_drop)} points")
    return ", ".join(parts)
