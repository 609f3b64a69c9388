"""The options of the chosen device's runtime."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from engine.errors import UsageError
from engine.options import OptionValue
from gui.form import OptionsForm
from gui.language import tr
from gui.panels.parts import label
from gui.workshop import DeviceChoice

WIDTH = 480
LOWEST, HIGHEST = 120, 460


class RuntimeDialog(QDialog):
    """``chosen`` carries what differs from the defaults; figures belong to the options that they were taken with."""

    chosen = Signal(dict)

    def __init__(self, choice: DeviceChoice, values: Mapping[str, OptionValue], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Runtime options"))
        self._choice = choice
        title = label(tr("Options of {runtime}").format(runtime=tr(choice.backend)), "title", wrap=True)
        text = label(
            tr("How {device} runs models. Figures are kept with the options that they were measured with.").format(
                device=choice.device.title
            ),
            "muted",
            wrap=True,
        )
        self.form = OptionsForm()
        self._show(values)
        area = QScrollArea()
        area.setAccessibleName(tr("Options of the runtime"))
        area.setObjectName("plain")
        area.setWidget(self.form)
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        self._area = area
        self._error = QLabel()
        self._error.setObjectName("warning")
        self._error.setWordWrap(True)
        self._error.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        self.buttons.accepted.connect(self._apply)
        self.buttons.rejected.connect(self.reject)
        restore = self.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        restore.setAutoDefault(False)
        restore.clicked.connect(lambda: self._show({}))
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setDefault(True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for widget in (title, text):
            layout.addWidget(widget)
        layout.addWidget(area, 1)
        layout.addWidget(self._error)
        layout.addWidget(self.buttons)
        self.setFixedWidth(WIDTH)
        # The height of wrapped lines is known once the layout has run.
        QTimer.singleShot(0, self, self._fit_height)

    def _show(self, values: Mapping[str, OptionValue]) -> None:
        self.form.show_options(self._choice.options)
        for name, field in self.form.fields.items():
            if name in values:
                field.set(values[name])

    def _fit_height(self) -> None:
        inner = self.form.layout()
        assert inner is not None
        wanted = inner.totalHeightForWidth(self._area.viewport().width())
        self._area.setMinimumHeight(min(max(wanted, LOWEST), HIGHEST))
        self.adjustSize()

    def _apply(self) -> None:
        try:
            changes = self.form.changes()
        except UsageError as error:
            self._error.setText(str(error))
            self._error.show()
            return
        self.chosen.emit(changes)
        self.accept()
