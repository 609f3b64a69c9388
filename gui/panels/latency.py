"""Latency bars, linked to the selection both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.elided import READOUT, Elided
from gui.panels.parts import Empty, label
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.plots.bars import Bar, LatencyBars

NOT_YET = mark("Nothing is measured yet. Profile (F5) gives every layer the time that it takes on the chosen device.")
OTHERWISE = mark(
    "Nothing is measured with these settings. Profile (F5), or set what was set before: its figures come back."
)


class LatencyPanel(QFrame):
    """The plot is made when there is something to show."""

    profile_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._bars: LatencyBars | None = None
        self._shown: object = None
        self._order = QComboBox()
        self._order.setAccessibleName(tr("Order of the bars"))
        self._order.setToolTip(tr("Order of the bars: as the layers run, or the slowest first"))
        self._order.addItems([tr("In execution order"), tr("Slowest first")])
        self._order.currentIndexChanged.connect(self._show)
        self._text = Elided(least=READOUT)
        self._legend = label("", "muted")
        self._empty = Empty(tr("Profile"))
        self._empty.text.setText(tr(NOT_YET))
        self._empty.button.clicked.connect(self.profile_wanted)
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 0)
        top.setSpacing(12)
        top.addWidget(self._order)
        top.addWidget(self._text, 1)
        top.addWidget(self._legend)
        self._top = QWidget()
        self._top.setLayout(top)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._top)
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        document.figures_changed.connect(self._show)
        document.replaced.connect(self._show)
        document.selection_changed.connect(self._show_selection)
        theme.changed.connect(self._show_legend)
        self._show()

    def _data(self) -> tuple[list[Bar], bool]:
        from gui.plots.bars import Bar

        before = self._document.baseline or self._document.as_opened
        after, stale = self._document.after
        if before is None:
            return [], False
        bars = []
        for layer in self._document.layers:
            a = before.layers[layer.id].median_us if layer.id in before.layers else 0.0
            b = None
            if after is not None:
                b = after.layers[layer.id].median_us if layer.id in after.layers else 0.0
            if a or b:
                bars.append(Bar(layer.id, a, b))
        if self._order.currentIndex() == 1:
            bars.sort(key=lambda bar: -max(bar.before_us, bar.after_us or 0.0))
        return bars, stale

    def _show(self) -> None:
        document = self._document
        measured = document.baseline or document.as_opened
        self._empty.setVisible(measured is None)
        self._empty.text.setText(tr(OTHERWISE) if document.measured_otherwise else tr(NOT_YET))
        self._top.setVisible(measured is not None)
        if self._bars is not None:
            self._bars.setVisible(measured is not None)
        key = (id(measured), id(document.after[0]), document.after[1], self._order.currentIndex())
        if measured is None or key == self._shown:
            return
        self._shown = key
        if self._bars is None:
            self._make()
        assert self._bars is not None
        bars, stale = self._data()
        self._bars.show_bars(bars, stale)
        self._bars.show_selection(document.selection)
        self._show_legend()
        self._hovered(None)

    def _make(self) -> None:
        from gui.plots.bars import LatencyBars

        self._bars = LatencyBars(self._theme)
        self._layout.takeAt(self._layout.count() - 1)
        self._layout.addWidget(self._bars, 1)
        self._bars.hovered.connect(self._hovered)
        self._bars.clicked.connect(self._clicked)

    def _show_legend(self) -> None:
        after, stale = self._document.after
        if after is None:
            name = tr("cleaned float model") if self._document.baseline is not None else tr("file as opened")
            self._legend.setText(name)
            return
        tokens = self._theme.tokens
        after_words = tr("after, before the last edit") if stale else tr("after")
        self._legend.setText(
            f'<span style="color:{tokens.before}">■</span> {tr("before")} &nbsp; '
            f'<span style="color:{tokens.after}">■</span> {after_words}'
        )
        self._legend.setTextFormat(Qt.TextFormat.RichText)

    def _hovered(self, bar: Bar | None) -> None:
        if bar is None:
            chosen = set(self._document.selection)
            if len(chosen) != 1 or self._bars is None:
                self._text.show_text(tr("Point at a bar to read it, click to choose its layer, turn the wheel to zoom"))
                return
            bars, _ = self._data()
            bar = next((b for b in bars if b.layer_id in chosen), None)
            if bar is None:
                self._text.show_text(tr("{layer} has no kernel of its own").format(layer=next(iter(chosen))))
                return
        text = f"{bar.layer_id}   {numbers.time_us(bar.before_us)}"
        if bar.after_us is not None:
            text += f" → {numbers.time_us(bar.after_us)}"
        self._text.show_text(text)

    def _clicked(self, layer_id: str, add: bool) -> None:
        chosen = self._document.selection
        if add:
            ids = tuple(i for i in chosen if i != layer_id) if layer_id in chosen else (*chosen, layer_id)
        else:
            ids = (layer_id,)
        self._document.select(ids)

    def _show_selection(self) -> None:
        if self._bars is not None and self._bars.isVisible():
            self._bars.show_selection(self._document.selection)
            self._hovered(None)

    def showEvent(self, event: object) -> None:  # noqa: N802
        self._show_selection()
        super().showEvent(event)  # type: ignore[arg-type]
