"""Select layers by a rule, as in "all Conv with more than 1 % of the time"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QDialog, QDialogButtonBox, QDoubleSpinBox, QFormLayout, QLabel, QVBoxLayout

from gui.form import RealSpin
from gui.language import mark, tr
from gui.panels.parts import CalmCombo, label
from gui.tables.columns import Row
from gui.workbench import Workbench

ANY = mark("any operator")


@dataclass(frozen=True, slots=True)
class LayerRule:
    """All that is set must hold; shares are fractions, of all layers' time, multiply-accumulates and parameters."""

    op: str = ""
    time: float = 0.0
    macs: float = 0.0
    parameters: float = 0.0
    untreated: bool = False


def matching(rule: LayerRule, rows: Sequence[Row]) -> list[str]:
    macs = sum(row.layer.macs or 0 for row in rows) or 1
    parameters = sum(row.layer.parameters for row in rows) or 1
    return [
        row.layer.id
        for row in rows
        if (not rule.op or row.layer.op == rule.op)
        and (not rule.time or (row.before is not None and row.before.share > rule.time))
        and (not rule.macs or (row.layer.macs or 0) / macs > rule.macs)
        and (not rule.parameters or row.layer.parameters / parameters > rule.parameters)
        and not (rule.untreated and row.treatment is not None)
    ]


class SelectRuleDialog(QDialog):
    """Says how many layers the rule names while it is set."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Select by rule"))
        self._bench = bench
        self._rows = bench.window.layers.table.layers.rows
        title = QLabel(tr("Select layers by rule"))
        title.setObjectName("title")
        self.op = CalmCombo()
        self.op.setAccessibleName(tr("Operator"))
        self.op.addItem(tr(ANY), "")
        for op in sorted({row.layer.op for row in self._rows}):
            self.op.addItem(op, op)
        self.time = self._share(tr("Least share of the time"))
        self.macs = self._share(tr("Least share of the multiply-accumulates"))
        self.parameters = self._share(tr("Least share of the parameters"))
        self.time.setEnabled(any(row.before is not None for row in self._rows))
        if not self.time.isEnabled():
            self.time.setToolTip(tr("Nothing is measured yet: F5 profiles"))
        self.untreated = QCheckBox(tr("Only what the recipe does not treat yet"))
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(tr("Operator"), self.op)
        form.addRow(tr("Time more than"), self.time)
        form.addRow(tr("MACs more than"), self.macs)
        form.addRow(tr("Parameters more than"), self.parameters)
        form.addRow("", self.untreated)
        self.count = label("", "muted")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.buttons.accepted.connect(self._accepted)
        self.buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(label(tr("Every line that is set must hold."), "muted"))
        column.addLayout(form)
        column.addWidget(self.count)
        column.addWidget(self.buttons)
        self.setMinimumWidth(max(400, self.sizeHint().width()))
        self.op.currentIndexChanged.connect(self._show)
        self.untreated.toggled.connect(self._show)
        for spin in (self.time, self.macs, self.parameters):
            spin.valueChanged.connect(self._show)
        self._start()
        self._show()

    def _share(self, name: str) -> QDoubleSpinBox:
        spin: QDoubleSpinBox = RealSpin()
        spin.setRange(0, 100)
        spin.setDecimals(2)
        spin.setSingleStep(0.5)
        spin.setSuffix(" %")
        spin.setSpecialValueText(tr("not set"))
        spin.setAccessibleName(name)
        return spin

    def _start(self) -> None:
        """With the operator of the selected layers, where they have one."""
        chosen = set(self._bench.document.selection)
        ops = {row.layer.op for row in self._rows if row.layer.id in chosen}
        if len(ops) == 1:
            self.op.setCurrentIndex(self.op.findData(ops.pop()))

    def rule(self) -> LayerRule:
        shares = (self.time.value() / 100, self.macs.value() / 100, self.parameters.value() / 100)
        return LayerRule(self.op.currentData(), *shares, self.untreated.isChecked())

    def _show(self) -> None:
        count = len(matching(self.rule(), self._rows))
        self.count.setText(tr("{count} of {all} layers").format(count=count, all=len(self._rows)))
        self._ok.setText(tr("Select {count}").format(count=count))
        self._ok.setEnabled(count > 0)

    def _accepted(self) -> None:
        self._bench.document.select(matching(self.rule(), self._rows))
        self.accept()
