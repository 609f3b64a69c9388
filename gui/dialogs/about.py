"""What Lathe is, and the licences of everything that it is built with."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from engine.licences import Component
from engine.version import version
from gui.language import tr


class AboutDialog(QDialog):
    """Name, version and commit, licence, and the list of components with the text of each licence."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("About Lathe"))
        self._components: tuple[Component, ...] = ()
        title = QLabel(f"Lathe {version()}")
        title.setObjectName("title")
        title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text = QLabel(
            tr(
                "Lathe holds a neural network, lets you measure it, takes material off, and lets you measure again.\n\n"
                "Apache License 2.0. Lathe never uses the network. It is built with:"
            )
        )
        text.setWordWrap(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Components"))
        self.list.setUniformItemSizes(True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Licence"))
        self.list.currentRowChanged.connect(self._show)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.addWidget(self.list)
        both.addWidget(self.text)
        both.setStretchFactor(1, 1)
        both.setSizes([272, 640])
        both.setChildrenCollapsible(False)
        both.setHandleWidth(8)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for part in (title, text):
            layout.addWidget(part)
        layout.addWidget(both, 1)
        layout.addWidget(buttons)
        self.resize(960, 600)  # the texts have lines of 80 characters

    def show_components(self, found: Sequence[Component]) -> None:
        self._components = tuple(found)
        for component in found:
            self.list.addItem(_row(component))
        self.list.setCurrentRow(0)

    def _show(self, row: int) -> None:
        if row >= 0:
            component = self._components[row]
            head = f"{component.name} {component.version}: {component.licence}"
            self.text.setPlainText(f"{head}\n\n{component.text or tr('Its package carries no text of its licence.')}")


def _row(component: Component) -> QListWidgetItem:
    item = QListWidgetItem(f"{component.name} {component.version}")
    item.setToolTip(component.licence)
    return item
