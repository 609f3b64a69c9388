"""What the user can do, as data. Menus, toolbar, shortcuts and the command palette come from the same table."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gui.icons import icon
from gui.language import tr
from gui.workbench import Workbench

Run = Callable[[Workbench], None]
Ask = Callable[[Workbench], bool]


def always(_bench: Workbench) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """``checked`` makes it a switch; ``key`` is unique, and so is each shortcut.

    ``text``, ``menu`` and ``tip`` are marked; whoever shows them translates them.
    """

    key: str
    text: str
    menu: str
    tip: str
    run: Run
    shortcuts: tuple[str, ...] = ()
    icon: str = ""
    enabled_when: Ask = always
    checked: Ask | None = None


class ActionSet(QObject):
    """The table as Qt's actions, which ``refresh`` enables by what can be done now."""

    def __init__(self, table: Iterable[Action], bench: Workbench, window: QWidget) -> None:
        super().__init__(window)
        self._bench = bench
        self.table = {action.key: action for action in table}
        self.qt: dict[str, QAction] = {}
        for action in self.table.values():
            self.qt[action.key] = self._make(action, window)
        bench.theme.changed.connect(self._recolor)
        self._recolor()

    def _make(self, action: Action, window: QWidget) -> QAction:
        made = QAction(tr(action.text), self)
        made.setObjectName(action.key)
        made.setShortcuts([QKeySequence(text) for text in action.shortcuts])
        made.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        keys = f" ({made.shortcut().toString(QKeySequence.SequenceFormat.NativeText)})" if action.shortcuts else ""
        made.setToolTip(tr(action.tip) + keys)
        made.setStatusTip("")
        made.setCheckable(action.checked is not None)
        made.triggered.connect(lambda _checked=False: action.run(self._bench))
        window.addAction(made)
        return made

    def refresh(self) -> None:
        for key, action in self.table.items():
            made = self.qt[key]
            enabled = action.enabled_when(self._bench)
            if made.isEnabled() != enabled:
                made.setEnabled(enabled)
            if action.checked is not None:
                made.setChecked(action.checked(self._bench))

    def _recolor(self) -> None:
        tokens = self._bench.theme.tokens
        for key, action in self.table.items():
            if action.icon:
                color = tokens.on_accent if key == "profile" else tokens.text
                self.qt[key].setIcon(icon(action.icon, color, tokens.strong_border))
