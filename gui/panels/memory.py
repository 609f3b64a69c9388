"""Memory: what activations take while the kernels run, and which layers make the peak."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.explained import ExplainedPanel
from gui.panels.parts import section
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.explain.memory import ActivationMemory
    from gui.figures import Explained, Measurement
    from gui.plots.memory import MemorySteps

NOT_YET = mark("Memory comes with a profile: what is alive while each kernel runs, and which layers make the peak.")
HINT = mark("Point at a kernel to read it, click to choose its layer, turn the wheel to zoom")


class MemoryPanel(ExplainedPanel):
    """Facts and the layers of the peak stand beside the steps."""

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        self._memory: ActivationMemory | None = None
        self._plot: MemorySteps | None = None
        super().__init__(document, theme, parent)

    def side(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._facts)
        column.addWidget(section(tr("Alive at the peak, the largest first")))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Layers that make the peak"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFont(tabular(self.font()))
        self.list.itemClicked.connect(self._choose)
        self.list.itemActivated.connect(self._choose)
        column.addWidget(self.list, 1)
        return side

    def has(self, explanation: Explanation | None) -> bool:
        self._memory = explanation.memory if explanation is not None else None
        return self._memory is not None

    def missing(self, measured: bool, explained: Explained | None) -> tuple[str, str]:
        if not measured:
            return tr(NOT_YET), tr("Profile")
        if explained is not None and explained.missing:
            return tr("Memory could not be worked out: {reason}").format(reason=explained.missing), ""
        return tr("Not looked at yet: memory comes at the end of the profile."), ""

    def show_found(self, measurement: Measurement) -> None:
        assert self._memory is not None
        memory, measured = self._memory, measurement.profile.peak_memory_bytes
        self._facts.show_lines(
            [
                (
                    tr("Weights"),
                    numbers.size(memory.weight_bytes),
                    tr("{count} bytes of initializers").format(count=f"{memory.weight_bytes:,}"),
                ),
                (
                    tr("Peak"),
                    numbers.size(memory.peak_bytes),
                    tr("{count} bytes of activations are alive at once: worked out from graph and kernels").format(
                        count=f"{memory.peak_bytes:,}"
                    ),
                ),
                (
                    tr("Measured"),
                    numbers.size(measured),
                    tr(
                        "{count} bytes: by how much the process grew until the model was warm. Weights that the "
                        "runtime repacks, scratch memory and code are in it"
                    ).format(count=f"{measured:,}"),
                ),
            ]
        )
        self.list.clear()
        own = {step.layer: step.own_bytes for step in memory.steps}
        for layer_id in memory.peak_layers:
            item = QListWidgetItem(f"{layer_id}   {numbers.size(own.get(layer_id))}")
            item.setData(Qt.ItemDataRole.UserRole, layer_id)
            item.setToolTip(tr("{layer}: {count} bytes").format(layer=layer_id, count=numbers.full(own.get(layer_id))))
            self.list.addItem(item)
        if self._plot is None:
            from gui.plots.memory import MemorySteps

            self._plot = MemorySteps(self._theme)
            self._plot.hovered.connect(self._hovered)
            self._plot.clicked.connect(self._clicked)
            self._place.addWidget(self._plot)
        self._plot.show_steps(memory.steps)

    def show_selection(self) -> None:
        if self._plot is not None and self._plot.isVisible():
            self._plot.show_selection(self._document.selection)
        self._hovered(None)

    def show_legend(self) -> None:
        tokens, own = self._theme.tokens, tr("the layer's own")
        self._legend.setText(
            f'<span style="color:{tokens.before}">■</span> {tr("alive")} &nbsp; '
            f'<span style="color:{tokens.after}">■</span> {own}'
        )

    def _hovered(self, number: int | None) -> None:
        if self._memory is None:
            return
        steps = self._memory.steps
        if number is None:
            chosen = set(self._document.selection)
            number = next((n for n, s in enumerate(steps) if s.layer in chosen), None) if len(chosen) == 1 else None
        if number is None or number >= len(steps):
            text: str = tr(HINT)
            if self._memory.unknown:
                text = tr("{text}. Unknown sizes left out: {count} layers").format(
                    text=text, count=len(self._memory.unknown)
                )
            self._text.show_text(text)
            return
        step = steps[number]
        alive, own = numbers.size(step.live_bytes), numbers.size(step.own_bytes)
        self._text.show_text(
            tr("{layer}   {alive} alive, {own} its own").format(layer=step.layer, alive=alive, own=own)
        )

    def _clicked(self, number: int, add: bool) -> None:
        assert self._memory is not None
        self._document.pick(self._memory.steps[number].layer, add)

    def _choose(self, item: QListWidgetItem) -> None:
        self._document.select((str(item.data(Qt.ItemDataRole.UserRole)),))
