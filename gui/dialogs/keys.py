"""The shortcuts on one page."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.action import ActionSet
from gui.language import tr
from gui.panels.menus import MENUS
from gui.panels.parts import label, section


class KeysDialog(QDialog):
    """All actions that have a key, by menu."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(16, 12, 24, 12)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(4)
        menu, line = "", 0
        with_keys = [(key, action) for key, action in actions.table.items() if action.shortcuts]
        for key, action in sorted(with_keys, key=lambda pair: MENUS.index(pair[1].menu)):
            if action.menu != menu:
                menu = action.menu
                head = section(tr(menu))
                head.setContentsMargins(0, 8 if line else 0, 0, 4)
                grid.addWidget(head, line, 0, 1, 2)
                line += 1
            keys = [
                s.toString(QKeySequence.SequenceFormat.NativeText)
                for s in actions.qt[key].shortcuts()
                if not s.isEmpty()
            ]
            grid.addWidget(QLabel(tr(action.text).rstrip("…")), line, 0)
            grid.addWidget(QLabel(", ".join(keys)), line, 1)
            line += 1
        grid.setColumnStretch(0, 1)
        area = QScrollArea()
        area.setAccessibleName(tr("Keyboard shortcuts"))
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(label(tr("Keyboard shortcuts"), "title"))
        layout.addWidget(area)
        layout.addWidget(buttons)
        self.resize(520, 600)
