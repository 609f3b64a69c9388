"""The shortcuts on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.action import ActionSet


class KeysDialog(QDialog):
    """All actions that have a key, by menu."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Keyboard shortcuts")
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(16, 16, 16, 16)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        menu, line = "", 0
        for key, action in actions.table.items():
            if not action.shortcuts:
                continue
            if action.menu != menu:
                menu = action.menu
                head = QLabel(menu)
                head.setObjectName("section")
                grid.addWidget(head, line, 0)
            keys = [
                s.toString(QKeySequence.SequenceFormat.NativeText)
                for s in actions.qt[key].shortcuts()
                if not s.isEmpty()
            ]
            grid.addWidget(QLabel(action.text.rstrip("…")), line, 1)
            grid.addWidget(QLabel(", ".join(keys)), line, 2)
            line += 1
        grid.setColumnStretch(2, 1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(area)
        layout.addWidget(buttons)
        self.resize(520, 560)
