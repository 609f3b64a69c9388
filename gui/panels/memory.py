"""Memory: what activations take while the kernels run, and which layers make the peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui import numbers
from gui.document import Document
from gui.panels.parts import Empty, Facts, label, section
from gui.panels.viewed import ViewedChoice
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from engine.explain.memory import ActivationMemory
    from gui.plots.memory import MemorySteps

NOT_YET = "Memory comes with a profile: what is alive while each kernel runs, and which layers make the peak."
HINT = "Point at a kernel to read it, click to choose its layer, turn the wheel to zoom"
SIDE = 264


class MemoryPanel(QFrame):
    """The plot is made when there is something to show."""

    profile_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._memory: ActivationMemory | None = None
        self._plot: MemorySteps | None = None
        self._shown: tuple[str, object] = ("", None)
        self._text = label("")
        # Long names must not widen the panel.
        self._text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._legend = label("", "muted")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 0)
        top.setSpacing(12)
        top.addWidget(ViewedChoice(document))
        top.addWidget(self._text, 1)
        top.addWidget(self._legend)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._place, 1)
        row.addWidget(self._side())
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(row, 1)
        self._empty = Empty("Profile")
        self._empty.button.clicked.connect(self.profile_wanted)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
            signal.connect(self._show)
        document.selection_changed.connect(self._show_selection)
        theme.changed.connect(self._show_legend)
        self._show_legend()
        self._show()

    def _side(self) -> QWidget:
        side = QWidget()
        side.setFixedWidth(SIDE)
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(6)
        self._facts = Facts()
        column.addWidget(self._facts)
        column.addWidget(section("Alive at the peak, the largest first"))
        self.list = QListWidget()
        self.list.setAccessibleName("Layers that make the peak")
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFont(tabular(self.font()))
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        column.addWidget(self.list, 1)
        return side

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        viewed, explained = self._document.viewed, self._document.explained
        explanation = explained.explanation if explained is not None else None
        self._memory = explanation.memory if explanation is not None else None
        self._empty.button.setVisible(viewed is None)
        self._empty.setEnabled(self._document.opened is not None)
        if viewed is None:
            self._empty.text.setText(NOT_YET)
        elif explained is not None and explained.missing:
            self._empty.text.setText(f"Memory could not be worked out: {explained.missing}")
        else:
            self._empty.text.setText("Not looked at yet: memory comes at the end of the profile.")
        self._stack.setCurrentIndex(0 if self._memory is None else 1)
        key = viewed[0] if viewed is not None else ""
        same = self._shown[0] == key and self._shown[1] is explained
        if self._memory is None or same or viewed is None:
            return
        self._shown = (key, explained)
        memory = self._memory
        measured = viewed[1].profile.peak_memory_bytes
        self._facts.show_lines([
            ("Weights", numbers.size(memory.weight_bytes), f"{memory.weight_bytes:,} bytes of initializers"),
            ("Peak", numbers.size(memory.peak_bytes),
             f"{memory.peak_bytes:,} bytes of activations are alive at once: worked out from graph and kernels"),
            ("Measured", numbers.size(measured),
             f"{measured:,} bytes: by how much the process grew until the model was warm. Weights that the runtime "
             "repacks, scratch memory and code are in it"),
        ])  # fmt: skip
        self.list.clear()
        for layer_id in memory.peak_layers:
            item = QListWidgetItem(layer_id)
            item.setToolTip(layer_id)
            self.list.addItem(item)
        if self._plot is None:
            from gui.plots.memory import MemorySteps

            self._plot = MemorySteps(self._theme)
            self._plot.hovered.connect(self._hovered)
            self._plot.clicked.connect(self._clicked)
            self._place.addWidget(self._plot)
        self._plot.show_steps(memory.steps)
        self._show_selection()

    def _show_legend(self) -> None:
        tokens = self._theme.tokens
        self._legend.setText(
            f'<span style="color:{tokens.before}">■</span> alive &nbsp; '
            f'<span style="color:{tokens.after}">■</span> the layer\'s own'
        )

    def _hovered(self, number: int | None) -> None:
        if self._memory is None:
            return
        steps = self._memory.steps
        if number is None:
            chosen = set(self._document.selection)
            number = next((n for n, s in enumerate(steps) if s.layer in chosen), None) if len(chosen) == 1 else None
        if number is None or number >= len(steps):
            unknown = f". Unknown sizes left out: {len(self._memory.unknown)} layers" if self._memory.unknown else ""
            self._text.setText(HINT + unknown)
            return
        step = steps[number]
        alive, own = numbers.size(step.live_bytes), numbers.size(step.own_bytes)
        self._text.setText(f"{step.layer}   {alive} alive, {own} its own")

    def _clicked(self, number: int, add: bool) -> None:
        assert self._memory is not None
        self._document.pick(self._memory.steps[number].layer, add)

    def _choose(self, item: QListWidgetItem) -> None:
        self._document.select((item.text(),))

    def _show_selection(self) -> None:
        if self._plot is not None and self._plot.isVisible():
            self._plot.show_selection(self._document.selection)
            self._hovered(None)

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()
        if self._plot is not None:
            self._plot.show_selection(self._document.selection)
        self._hovered(None)
