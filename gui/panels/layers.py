"""The layers: filter, the view as a table or a tree, and what can be done to the selected ones."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from gui.document import Document
from gui.panels.parts import head, label
from gui.tables.layer_table import LayerTable
from gui.tables.scope_tree import ScopeTree
from gui.theme import Theme

ALL_OPS = "All ops"
NARROW = 820
"""Pixels; below it the panel's head has no room for words."""


class LayersPanel(QFrame):
    """The window adds the buttons and the menu entries of its actions."""

    view_changed = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document = document
        self.table = LayerTable(document, theme)
        self.tree = ScopeTree(document, theme)
        self.menu = QMenu(self)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText("Filter by name or op")
        self._filter.setAccessibleName("Filter layers by name, op or scope")
        self._filter.setClearButtonEnabled(True)
        self._filter.setMinimumWidth(120)
        self._filter.setMaximumWidth(240)
        self._filter.textChanged.connect(self._filter_changed)
        self._filter.returnPressed.connect(self._to_table)
        self._op = QComboBox()
        self._op.setAccessibleName("Show one operator type")
        self._op.setToolTip("Show one operator type")
        self._op.setMinimumWidth(104)
        self._op.currentIndexChanged.connect(self._filter_changed)
        self._view = QToolButton()
        self._view.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._count = label("", "muted")
        self._buttons: list[QToolButton] = []
        self.head = head(self._filter, self._op, self._view, self._count, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.tree)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._stack, 1)
        for view in (self.table, self.tree):
            view.menu_wanted.connect(self._show_menu)
        document.replaced.connect(self._reset)
        document.selection_changed.connect(self._show_count)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where there is little room the buttons keep their icons and tooltips."""
        style = Qt.ToolButtonStyle
        wanted = style.ToolButtonIconOnly if event.size().width() < NARROW else style.ToolButtonTextBesideIcon
        for button in self._buttons:
            button.setToolButtonStyle(wanted)
        self._count.setVisible(event.size().width() >= NARROW)
        super().resizeEvent(event)

    def add_button(self, button: QToolButton) -> None:
        self._buttons.append(button)
        layout = self.head.layout()
        assert layout is not None
        layout.addWidget(button)

    @property
    def view_button(self) -> QToolButton:
        return self._view

    @property
    def has_scopes(self) -> bool:
        return self.tree.scopes.has_scopes

    @property
    def tree_shown(self) -> bool:
        return self._stack.currentWidget() is self.tree

    def show_tree(self, on: bool) -> None:
        self._stack.setCurrentWidget(self.tree if on else self.table)
        self._filter.setEnabled(not on)
        self._op.setEnabled(not on)
        self.tree.scopes.activate(on)
        if on:
            self.tree.follow()
        (self.tree if on else self.table).setFocus()
        self.view_changed.emit()

    def shown_ids(self) -> list[str]:
        """The layers that the filter leaves."""
        return [self.table.layers.layer_id(row) for row in range(self.table.layers.rowCount())]

    def focus_filter(self) -> None:
        self.show_tree(False)
        self._filter.setFocus()
        self._filter.selectAll()

    def _to_table(self) -> None:
        """Enter in the filter goes on to the layers it left."""
        self.table.setFocus()
        if self.table.layers.rowCount() and not self._document.selection:
            self.table.selectRow(0)

    def _filter_changed(self) -> None:
        op = self._op.currentText()
        self.table.layers.set_filter(self._filter.text(), "" if op == ALL_OPS else op)
        self._show_count()

    def _reset(self) -> None:
        for widget in (self._filter, self._op):
            widget.blockSignals(True)
        self._filter.clear()
        self._op.clear()
        self._op.addItems([ALL_OPS, *self.table.layers.ops()])
        for widget in (self._filter, self._op):
            widget.blockSignals(False)
        if self.tree_shown and not self.has_scopes:
            self.show_tree(False)
        self._show_count()

    def _show_count(self) -> None:
        shown, every, chosen = self.table.layers.rowCount(), len(self.table.layers.rows), len(self._document.selection)
        text = f"{shown} of {every} layers" if shown != every else f"{every} layers"
        self._count.setText(f"  {text}, {chosen} selected" if chosen else f"  {text}")

    def _show_menu(self, at: QPoint) -> None:
        if self._document.selection:
            self.menu.popup(at)
