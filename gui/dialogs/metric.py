"""Which function of a Python file measures, and that the file may run. The answer that runs nothing is the default."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QLabel, QVBoxLayout, QWidget

from gui.language import mark, tr
from gui.panels.parts import CalmCombo, breakable, label

WHAT = mark(
    "With each Verify the function is called once for each model as function(outputs, labels), after all samples ran, "
    "and returns one number."
)
ADVICE = mark(
    "The file runs with your rights and may do anything. Nothing of it has run yet. The answer holds for the file as "
    "it is now, until the window is closed."
)


class MetricDialog(QDialog):
    """Accepted where the user says that this file may run."""

    def __init__(self, path: Path, functions: tuple[str, ...], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Run code of this file?"))
        title = QLabel(breakable(tr("Measure with {name}").format(name=path.name)))
        title.setObjectName("title")
        self.function = CalmCombo()
        self.function.setAccessibleName(tr("Function"))
        self.function.addItems(functions)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.addRow(tr("Function"), self.function)
        buttons = QDialogButtonBox()
        self.run = buttons.addButton(tr("Run it with Verify"), QDialogButtonBox.ButtonRole.AcceptRole)
        keep = buttons.addButton(tr("Do not run"), QDialogButtonBox.ButtonRole.RejectRole)
        self.run.setAutoDefault(False)
        keep.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(title)
        column.addWidget(label(breakable(str(path)), "", wrap=True))
        column.addWidget(label(tr(WHAT), "", wrap=True))
        column.addLayout(form)
        column.addWidget(label(tr(ADVICE), "muted", wrap=True))
        column.addWidget(buttons)
        self.setMinimumWidth(480)
        keep.setFocus()
