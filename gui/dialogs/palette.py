"""The command palette: every action, found by typing parts of its name."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QAction, QIcon, QKeyEvent, QKeySequence, QPixmap
from PySide6.QtWidgets import QDialog, QHeaderView, QLineEdit, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from gui.action import Action, ActionSet
from gui.language import tr

ROW = 24
STEPS = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 10, Qt.Key.Key_PageUp: -10}


def matches(text: str, words: str) -> bool:
    """Whether every word is a part of the text."""
    return all(word in text.lower() for word in words.lower().split())


def _said(action: Action) -> str:
    """What is said of it, as it is shown and in English, as guides have it."""
    texts = (action.menu, action.text, action.tip)
    return " ".join((*map(tr, texts), *texts))


class Palette(QDialog):
    """Runs the chosen action after it has closed."""

    def __init__(self, actions: ActionSet, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Command palette"))
        self.setModal(True)
        self._actions = actions
        blank = QPixmap(14, 14)
        blank.fill(Qt.GlobalColor.transparent)
        self._blank = QIcon(blank)
        actions.refresh()
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Type a command"))
        self.search.setAccessibleName(tr("Command"))
        self.search.textChanged.connect(self._fill)
        self.search.installEventFilter(self)
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Commands"))
        self.list.setColumnCount(2)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setIconSize(QSize(14, 14))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemClicked.connect(lambda *_: self._run())
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
        table = self._actions.table
        found = [
            (not self._actions.qt[key].isEnabled(), not tr(action.text).lower().startswith(words.lower()), place, key)
            for place, (key, action) in enumerate(table.items())
            if key != "palette" and matches(_said(action), words)
        ]
        named = tr("{menu}: {command}")
        for disabled, _, _, key in sorted(found):
            action, made = table[key], self._actions.qt[key]
            keys = made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            item = QTreeWidgetItem([named.format(menu=tr(action.menu), command=tr(action.text).rstrip("…")), keys])
            item.setIcon(0, made.icon() if not made.icon().isNull() else self._blank)
            item.setToolTip(0, tr(action.tip))
            item.setData(0, Qt.ItemDataRole.UserRole, key)
            item.setSizeHint(0, QSize(0, ROW))  # the style sheet's comes after the first is measured
            item.setForeground(1, self.palette().placeholderText())
            item.setDisabled(disabled)
            self.list.addTopLevelItem(item)
        self._go(0)

    def _go(self, row: int) -> None:
        if (item := self.list.topLevelItem(max(0, min(self.list.topLevelItemCount() - 1, row)))) is not None:
            self.list.setCurrentItem(item)

    def _run(self) -> None:
        item = self.list.currentItem()
        if item is None or item.isDisabled():
            return
        action: QAction = self._actions.qt[item.data(0, Qt.ItemDataRole.UserRole)]
        self.accept()
        action.trigger()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if (step := STEPS.get(Qt.Key(event.key()))) is not None:
                self._go(self.list.currentIndex().row() + step)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run()
                return True
        return super().eventFilter(watched, event)
