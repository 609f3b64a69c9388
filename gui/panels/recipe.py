"""The recipe: what it asks for, one line for all layers that get the same."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from gui.document import Document
from gui.icons import icon
from gui.language import mark, tr
from gui.panels.parts import head, label
from gui.panels.recipe_text import group_text
from gui.theme import Theme
from gui.treatment import Group, groups, without_group

NOT_YET = mark(
    "Nothing yet. Select layers, then press Q to quantize or P to prune them. What is done to which layers is listed "
    "here, can be undone, and saves to a file."
)


class RecipePanel(QFrame):
    """Choosing a line selects its layers; Delete or the button takes it out of the recipe."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._groups: tuple[Group, ...] = ()
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Treatments in the recipe"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setIconSize(QSize(14, 14))
        self.list.setSelectionMode(QListWidget.SelectionMode.SingleSelection)
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        self._remove = QToolButton()
        self._remove.setToolTip(tr("Take the chosen line out of the recipe"))
        self._remove.setAccessibleName(tr("Remove from the recipe"))
        self._remove.clicked.connect(self.remove_current)
        self.list.currentRowChanged.connect(lambda row: self._remove.setEnabled(row >= 0))
        empty = label(
            tr(NOT_YET),
            "muted",
            wrap=True,
        )
        empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        empty.setContentsMargins(16, 12, 16, 12)
        self._title = label(tr("Recipe"))
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.list)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.head = head(self._title, 1, self._remove)
        layout.addWidget(self.head)
        layout.addWidget(body, 1)
        document.recipe_changed.connect(self._fill)
        theme.changed.connect(self._fill)
        self._fill()

    def add_button(self, button: QToolButton) -> None:
        layout = self.head.layout()
        assert layout is not None
        layout.addWidget(button)

    def _fill(self) -> None:
        self._groups = groups(self._document.recipe)
        tokens = self._theme.tokens
        self._remove.setIcon(icon("remove", tokens.text, tokens.strong_border))
        self._remove.setEnabled(False)
        self.list.clear()
        every = tr("every layer that suits")
        for group in self._groups:
            name = "prune" if group.kind == "pruning" else "float" if group.choice == "float" else "quantize"
            item = QListWidgetItem(icon(name, tokens.accent), group_text(group))
            item.setToolTip("\n".join(s or every for s in group.selectors[:20]))
            self.list.addItem(item)
        self._stack.setCurrentIndex(1 if self._groups else 0)
        treated = sum(t.quantized or t.pruned for t in self._document.treatments.values())
        told = tr("Recipe: {count} layers treated") if treated > 1 else tr("Recipe: {count} layer treated")
        self._title.setText(told.format(count=treated) if treated else tr("Recipe"))

    def _choose(self) -> None:
        row = self.list.currentRow()
        if row < 0:
            return
        from engine.graph.select import select

        layers = self._document.layers
        ids = {layer.id for layer in layers}
        chosen: dict[str, None] = {}
        for selector in self._groups[row].selectors:
            if selector is None:
                chosen |= dict.fromkeys(i for i, t in self._document.treatments.items() if self._uses(i, None))
            else:
                chosen |= dict.fromkeys([selector] if selector in ids else select(selector, layers))
        self._document.select(chosen)

    def _uses(self, layer_id: str, selector: str | None) -> bool:
        treatment = self._document.treatments[layer_id]
        return any(r is not None and r.selector == selector for r in (treatment.quantization, treatment.pruning))

    def remove_current(self) -> None:
        row = self.list.currentRow()
        if row >= 0:
            group = self._groups[row]
            self._document.edit(
                without_group(self._document.recipe, group), tr("remove {choice}").format(choice=group.choice)
            )
