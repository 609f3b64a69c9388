"""The command palette: every action, found by typing parts of its name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui.action import ActionSet


def matches(text: str, words: str) -> bool:
    """Whether every word is a part of the text."""
    return all(word in text.lower() for word in words.lower().split())


class Palette(QDialog):
    """Runs the chosen action after it has closed."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Command palette")
        self.setModal(True)
        self._actions = actions
        actions.refresh()
        self.search = QLineEdit()
        self.search.setPlaceholderText("Type a command")
        self.search.setAccessibleName("Command")
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list = QListWidget()
        self.list.setAccessibleName("Commands")
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda _: self._run())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.search)
        layout.addWidget(self.list)
        self.resize(560, 400)
        self._fill("")
        self.search.setFocus()

    def _fill(self, words: str) -> None:
        self.list.clear()
        found = [
            (not self._actions.qt[key].isEnabled(), key)
            for key, action in self._actions.table.items()
            if key != "palette" and matches(f"{action.menu} {action.text} {action.tip}", words)
        ]
        found.sort(key=lambda pair: (pair[0], not self._actions.table[pair[1]].text.lower().startswith(words.lower())))
        for disabled, key in found:
            action, made = self._actions.table[key], self._actions.qt[key]
            keys = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QListWidgetItem(
                made.icon(), f"{action.menu}: {action.text.rstrip('…')}" + (f"   {keys}" * bool(keys))
            )
            item.setToolTip(action.tip)
            item.setData(Qt.ItemDataRole.UserRole, key)
            if disabled:
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEnabled)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None or not item.flags() & Qt.ItemFlag.ItemIsEnabled:
            return
        action: QAction = self._actions.qt[item.data(Qt.ItemDataRole.UserRole)]
        self.accept()
        action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}
            if (step := steps.get(Qt.Key(event.key()))) is not None:
                self.list.setCurrentRow(max(0, min(self.list.count() - 1, self.list.currentRow() + step)))
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)
