"""The form of a sensitivity scan: what is tried, on which layers, on how much data, for how long."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from engine.errors import UsageError
from engine.options import OptionValue
from engine.recipe import FLOAT, UNPRUNED, Rule
from gui.document import Document
from gui.language import mark, tr
from gui.panels.load_form import one_number
from gui.panels.parts import CalmCombo, CalmSpin, label, scrolled
from gui.sensitivity import ScanRequest, scan_recipe

WIDTH = 232
RECIPE = "recipe"


class ScanForm(QWidget):
    """``changed`` when it asks for something else; ``pressed`` and ``afresh_wanted`` come from its buttons."""

    changed = Signal()
    pressed = Signal()
    afresh_wanted = Signal()

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        page = QWidget()
        self._form = QFormLayout(page)
        self._form.setContentsMargins(12, 8, 12, 4)
        self._form.setHorizontalSpacing(12)
        self._form.setVerticalSpacing(4)
        self.choice, self.layers, self.mode = CalmCombo(), CalmCombo(), CalmCombo()
        self.layers.addItems([tr("All that suit"), tr("Selected")])
        self.mode.addItem(tr("One treated"), "alone")
        self.mode.addItem(tr("All but one"), "all_but")
        self.samples = CalmSpin()
        self.samples.setRange(1, 100_000)
        self.samples.setValue(64)
        self.limit, self.ratio = QLineEdit(), QLineEdit("0.5")
        self.limit.setPlaceholderText(tr("none, seconds"))
        lines: tuple[tuple[str, QWidget, str], ...] = (
            (tr("Try"), self.choice, tr("The scheme or pruning method that each layer gets")),
            (tr("Ratio"), self.ratio, tr("Part of a layer's weights that is pruned")),
            (tr("Layers"), self.layers, tr("Which layers are tried")),
            (tr("Mode"), self.mode, tr("Each by itself, with all others in float, or all of them but one")),
            (tr("Samples"), self.samples, tr("Of the calibration data; the evaluation data stays unseen")),
            (tr("Limit"), self.limit, tr("Seconds after which no other layer is begun; empty for no limit")),
        )
        for title, widget, tip in lines:
            widget.setToolTip(tip)
            widget.setAccessibleName(title)
            text = label(title)
            text.setToolTip(tip)
            text.setBuddy(widget)
            self._form.addRow(text, widget)
        for combo in (self.choice, self.layers, self.mode):
            combo.setMinimumContentsLength(8)
            combo.currentIndexChanged.connect(self._changed)
        for line in (self.limit, self.ratio):
            line.returnPressed.connect(self.pressed)
        self.ratio.textChanged.connect(self._changed)
        self.samples.valueChanged.connect(self._changed)
        self.button, self.afresh = QPushButton(tr("Start")), QPushButton(tr("Afresh"))
        self.button.setObjectName("primary")
        self.button.clicked.connect(self.pressed)
        self.afresh.setToolTip(tr("Measure all of them anew"))
        self.afresh.clicked.connect(self.afresh_wanted)
        both = QHBoxLayout()
        both.setSpacing(8)
        both.addWidget(self.button, 1)
        both.addWidget(self.afresh)
        self._error = label("", "warning", wrap=True)
        self._error.hide()
        self._form.addRow(self._error)
        area = scrolled(page, tr("Settings of the scan"))
        self.setFixedWidth(WIDTH)
        column = QVBoxLayout(self)  # the buttons stay in sight where the fields have to scroll
        column.setContentsMargins(0, 0, 0, 8)
        column.setSpacing(4)
        column.addWidget(area, 1)
        both.setContentsMargins(12, 0, 12, 0)
        column.addLayout(both)

    def fill(self) -> None:
        """All that can be tried; what was chosen before stays chosen."""
        chosen = self.choice.currentData()
        self.choice.blockSignals(True)
        self.choice.clear()
        if self._document.opened is not None:
            from engine.pruners import pruners
            from engine.schemes import schemes

            for key, scheme in schemes().items():
                self.choice.addItem(tr(scheme.title), ("quantization", key))
            for key, pruner in pruners().items():
                self.choice.addItem(tr("prune: {method}").format(method=tr(pruner.title)), ("pruning", key))
            self.choice.addItem(tr("the recipe as it stands"), RECIPE)
            every = [self.choice.itemData(n) for n in range(self.choice.count())]
            usual = ("quantization", "int8_static")
            self.choice.setCurrentIndex(every.index(chosen if chosen in every else usual))
        self.choice.blockSignals(False)
        self._changed()

    def request(self, *, resume: bool = True) -> ScanRequest:
        """What the form asks for.

        Raises:
            UsageError: a field holds something else, or no layer would be tried.
        """
        document = self._document
        seconds = one_number(self.limit.text(), mark("Limit")) if self.limit.text().strip() else 0.0
        mode, samples, chosen = self.mode.currentData(), self.samples.value(), self.choice.currentData()
        if chosen == RECIPE:
            if not any(r.choice not in (FLOAT, UNPRUNED) for r in document.recipe.rules):
                raise UsageError(
                    tr("the recipe treats no layer"), way_out=tr("Choose a scheme here, or treat layers first.")
                )
            return ScanRequest(document.recipe, True, mode, samples, seconds, resume)
        kind, key = chosen
        options: dict[str, OptionValue] = {}
        if kind == "pruning":
            options = {"ratio": one_number(self.ratio.text(), mark("Ratio"))}
            if options["ratio"] >= 1:  # type: ignore[operator]  # a float, as made above
                raise UsageError(
                    tr("a ratio is between 0 and 1"), where=tr("Ratio"), way_out=tr("0.5 prunes half of the weights.")
                )
        ids = None
        if self.layers.currentIndex() == 1:
            ids = [i for i in document.selection if self._able(kind, key, i)]
            if not ids:
                raise UsageError(
                    tr("none of the selected layers can get this"), way_out=tr("Select others, or take all.")
                )
        recipe = scan_recipe(document.recipe, Rule(kind, key, None, options), ids)
        return ScanRequest(recipe, False, mode, samples, seconds, resume)

    @property
    def selected_only(self) -> bool:
        return self.layers.currentIndex() == 1

    def tell(self, text: str) -> None:
        """What is wrong with it; "" for nothing."""
        self._error.setText(text)
        self._error.setVisible(bool(text))

    def _able(self, kind: str, key: str, layer_id: str) -> bool:
        opened = self._document.opened
        ability = opened.abilities.get(layer_id) if opened is not None else None
        table = {} if ability is None else ability.quantize if kind == "quantization" else ability.prune
        return table.get(key, "unknown") is None

    def _changed(self) -> None:
        chosen: Any = self.choice.currentData()
        self._form.setRowVisible(self.ratio, isinstance(chosen, tuple) and chosen[0] == "pruning")
        self.layers.setEnabled(chosen != RECIPE)
        self.tell("")
        self.changed.emit()
