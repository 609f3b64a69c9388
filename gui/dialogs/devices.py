"""All devices: those that can be used, and why the others cannot and what to install."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from gui.language import tr
from gui.panels.parts import label
from gui.workshop import DeviceChoice


class DevicesDialog(QDialog):
    """``chosen`` carries the id of the device to use, ``again`` asks for another look."""

    chosen = Signal(str)
    again = Signal()

    def __init__(self, choices: Sequence[DeviceChoice], current: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Devices"))
        self._area = QScrollArea()
        self._area.setAccessibleName(tr("Devices"))
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        look = buttons.addButton(tr("Look again"), QDialogButtonBox.ButtonRole.ResetRole)
        look.setAutoDefault(False)
        look.clicked.connect(self.again)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 16)
        layout.setSpacing(12)
        layout.addWidget(self._area, 1)
        bottom = QHBoxLayout()
        bottom.setContentsMargins(24, 0, 24, 0)
        bottom.addWidget(buttons)
        layout.addLayout(bottom)
        self.resize(620, 560)
        self.show_devices(choices, current)

    def show_devices(self, choices: Sequence[DeviceChoice], current: str) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(0)
        usable = [c for c in choices if c.device.available]
        others = [c for c in choices if not c.device.available]
        for title, listed in ((tr("Can be used here"), usable), (tr("Cannot be used here"), others)):
            if listed:
                head = label(title, "section")
                head.setContentsMargins(0, 8, 0, 4)
                column.addWidget(head)
            for choice in listed:
                column.addWidget(self._line(choice, current))
        column.addStretch(1)
        self._area.setWidget(page)

    def _line(self, choice: DeviceChoice, current: str) -> QWidget:
        device = choice.device
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 6, 0, 6)
        row.setSpacing(12)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        name = label(device.title, "" if device.available else "muted", wrap=True)
        texts.addWidget(name)
        told = label(f"{device.id}: {device.reason}" if device.reason else device.id, "small", wrap=True)
        told.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        texts.addWidget(told)
        row.addLayout(texts, 1)
        if device.id == current:
            row.addWidget(label(tr("in use"), "mark"), 0, Qt.AlignmentFlag.AlignVCenter)
        elif device.available:
            use = QPushButton(tr("Use"))
            use.setObjectName(f"use_{device.id}")
            use.setAccessibleName(tr("Use {device}").format(device=device.title))
            use.setAutoDefault(False)
            use.clicked.connect(lambda: self._use(device.id))
            row.addWidget(use, 0, Qt.AlignmentFlag.AlignVCenter)
        rule = QFrame()
        rule.setObjectName("rule")
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line)
        column.addWidget(rule)
        return both

    def _use(self, device_id: str) -> None:
        self.chosen.emit(device_id)
        self.accept()
