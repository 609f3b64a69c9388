"""The layers: filter, the view as a table or a tree, and what can be done to the selected ones."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QLineEdit, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from gui.document import Document
from gui.language import mark, tr
from gui.panels.kernels import KernelsView
from gui.panels.parts import head, label
from gui.tables.layer_table import LayerTable
from gui.tables.scope_tree import ScopeTree
from gui.theme import Theme

ALL_OPS = mark("All ops")
NARROW = 860
"""Pixels; below it the panel's head has no room for words."""
SLIM = 500
"""Below it only the filter and the views stay: what treats layers is in the inspector and in the context menu too."""
SPARE = 620
"""Below it the choice of one operator goes, which the filter takes as well."""
SLIMMEST = 300
ROOMY = 1020
"""Below it there is none for the number of layers either."""
View = Literal["table", "tree", "kernels"]


class LayersPanel(QFrame):
    """The window adds the buttons and the menu entries of its actions."""

    view_changed = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document = document
        self.table = LayerTable(document, theme)
        self.tree = ScopeTree(document, theme)
        self.kernels = KernelsView(document, theme)
        self.menu = QMenu(self)
        self._filter = QLineEdit()
        self._filter.setPlaceholderText(tr("Filter by name or op"))
        self._filter.setAccessibleName(tr("Filter layers by name, op or scope"))
        self._filter.setClearButtonEnabled(True)
        self._filter.setMinimumWidth(120)
        self._filter.setMaximumWidth(240)
        self._filter.textChanged.connect(self._filter_changed)
        self._filter.returnPressed.connect(self._to_table)
        self._op = QComboBox()
        self._op.setAccessibleName(tr("Show one operator type"))
        self._op.setToolTip(tr("Show one operator type"))
        self._op.setMinimumWidth(104)
        self._op.currentIndexChanged.connect(self._filter_changed)
        self._views = [QToolButton() for _ in range(2)]
        for button in self._views:
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self._count = label("", "muted")
        self.setMinimumWidth(SLIMMEST)
        self._buttons: list[QToolButton] = []
        self.head = head(self._filter, self._op, *self._views, self._count, 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self.tree)
        self._stack.addWidget(self.kernels)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._stack, 1)
        for view in (self.table, self.tree, self.kernels.table):
            view.menu_wanted.connect(self._show_menu)
        document.replaced.connect(self._reset)
        document.selection_changed.connect(self._show_count)
        self.kernels.kernels.modelReset.connect(self._kernels_changed)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Where there is little room the buttons keep their icons and tooltips."""
        style = Qt.ToolButtonStyle
        wanted = style.ToolButtonIconOnly if event.size().width() < NARROW else style.ToolButtonTextBesideIcon
        for button in self._buttons:
            button.setToolButtonStyle(wanted)
            button.setVisible(event.size().width() >= SLIM)
        self._op.setVisible(event.size().width() >= SPARE)
        self._count.setVisible(event.size().width() >= ROOMY)
        super().resizeEvent(event)

    def add_button(self, button: QToolButton) -> None:
        self._buttons.append(button)
        layout = self.head.layout()
        assert layout is not None
        layout.addWidget(button)

    @property
    def view_buttons(self) -> list[QToolButton]:
        """For the tree and for the kernels."""
        return self._views

    @property
    def has_scopes(self) -> bool:
        return self.tree.scopes.has_scopes

    @property
    def view(self) -> View:
        shown = self._stack.currentWidget()
        return "tree" if shown is self.tree else "kernels" if shown is self.kernels else "table"

    def show_view(self, view: View) -> None:
        tree, kernels = view == "tree", view == "kernels"
        before = self.view
        self._stack.setCurrentWidget(self.tree if tree else self.kernels if kernels else self.table)
        self._filter.setEnabled(not tree)
        self._op.setEnabled(not tree)
        self.tree.scopes.activate(tree)
        if tree:
            self.tree.follow()
        if (before == "kernels") != kernels:
            self._clear_filters()
        self._focus_view()
        self.view_changed.emit()

    def _focus_view(self) -> None:
        {"table": self.table, "tree": self.tree, "kernels": self.kernels.table}[self.view].setFocus()

    def shown_ids(self) -> list[str]:
        """The layers that the filter leaves."""
        return [self.table.layers.layer_id(row) for row in range(self.table.layers.rowCount())]

    def focus_filter(self) -> None:
        if self.view == "tree":
            self.show_view("table")
        self._filter.setFocus()
        self._filter.selectAll()

    def _to_table(self) -> None:
        """Enter in the filter goes on to the rows it left."""
        self._focus_view()
        if self.view == "table" and self.table.layers.rowCount() and not self._document.selection:
            self.table.selectRow(0)

    def _filter_changed(self) -> None:
        op = self._op.currentText() if self._op.currentIndex() > 0 else ""
        if self.view == "kernels":
            self.kernels.kernels.narrow(self._filter.text(), op)
        else:
            self.table.layers.set_filter(self._filter.text(), op)
        self._show_count()

    def _clear_filters(self) -> None:
        """Layers and kernels have other names and ops: a filter of the one says nothing of the other."""
        for widget in (self._filter, self._op):
            widget.blockSignals(True)
        kernels = self.view == "kernels"
        self._filter.clear()
        self._op.clear()
        self._op.addItems([tr(ALL_OPS), *(self.kernels.kernels.ops() if kernels else self.table.layers.ops())])
        for widget in (self._filter, self._op):
            widget.blockSignals(False)
        self.kernels.kernels.narrow("", "")
        self.table.layers.set_filter("")
        self._show_count()

    def _kernels_changed(self) -> None:
        if self.view != "kernels":
            return
        kept = self._op.currentText()
        self._op.blockSignals(True)
        self._op.clear()
        self._op.addItems([tr(ALL_OPS), *self.kernels.kernels.ops()])
        found = self._op.findText(kept)
        self._op.setCurrentIndex(max(0, found))
        self._op.blockSignals(False)
        if found < 0:
            self._filter_changed()
        self._show_count()

    def _reset(self) -> None:
        if self.view == "tree" and not self.has_scopes:
            self.show_view("table")
        self._clear_filters()

    def _show_count(self) -> None:
        chosen = len(self._document.selection)
        if self.view == "kernels":
            shown, every = len(self.kernels.kernels.order), len(self.kernels.kernels.rows)
            text = tr("{shown} of {count} kernels") if shown != every else tr("{count} kernels")
        else:
            shown, every = self.table.layers.rowCount(), len(self.table.layers.rows)
            text = tr("{shown} of {count} layers") if shown != every else tr("{count} layers")
        text = text.format(shown=shown, count=every)
        if chosen:
            text = tr("{layers}, {count} selected").format(layers=text, count=chosen)
        self._count.setText(f"  {text}")

    def _show_menu(self, at: QPoint) -> None:
        self.menu.popup(at)
