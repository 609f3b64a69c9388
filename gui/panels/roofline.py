"""Roofline: how close each layer comes to what the device was measured to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from gui import numbers
from gui.document import Document
from gui.panels.parts import Empty, Facts, label, section
from gui.panels.viewed import ViewedChoice
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.explain.roofline import LayerRoof, Roofline
    from gui.plots.roofline import RooflinePlot

NOT_YET = "The roofline comes with a profile: how close each layer comes to what the device can reach."
NO_CEILINGS = (
    "The ceilings of this device are not known yet. Measuring them runs small models through the runtime for a few "
    "seconds, with the threads that are set; the result is kept."
)
CEILINGS = "Measure this device's ceilings (about 5 s)"
HINT = "Point at a layer to read it, click to choose it, turn the wheel to zoom"
AXES = (
    "To the right: how much a layer computes for each byte that it reads or writes. Upward: how much it computes in a "
    "second. The slanted line is what the memory allows, level lines what the processor reached in each precision. "
    "A layer under the slanted part is bound by memory: smaller activations or weights help. One far under the level "
    "part computes, but not well: another shape, precision or kernel helps. Above a line, a cache held its data."
)
SIDE = 264


class RooflinePanel(QFrame):
    """The plot is made when there is something to show."""

    profile_wanted = Signal()
    ceilings_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._roofline: Roofline | None = None
        self._plot: RooflinePlot | None = None
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
        self._empty.button.clicked.connect(self._ask)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
            signal.connect(self._show)
        document.selection_changed.connect(self._show_selection)
        theme.changed.connect(self._show_legend)
        self._show()

    def _side(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(6)
        self._facts = Facts()
        column.addWidget(self._facts)
        column.addWidget(section("How to read it"))
        column.addWidget(label(AXES, "small", wrap=True))
        column.addStretch(1)
        side = QScrollArea()
        side.setFixedWidth(SIDE)
        side.setWidget(page)
        side.setWidgetResizable(True)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return side

    def _ask(self) -> None:
        (self.profile_wanted if self._document.viewed is None else self.ceilings_wanted).emit()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        viewed, explained = self._document.viewed, self._document.explained
        explanation = explained.explanation if explained is not None else None
        self._roofline = explanation.roofline if explanation is not None else None
        self._empty.setEnabled(self._document.opened is not None)
        self._empty.text.setText(NOT_YET if viewed is None else NO_CEILINGS)
        self._empty.button.setText("Profile" if viewed is None else CEILINGS)
        self._stack.setCurrentIndex(0 if self._roofline is None else 1)
        key = viewed[0] if viewed is not None else ""
        same = self._shown[0] == key and self._shown[1] is explained
        if self._roofline is None or same:
            return
        self._shown = (key, explained)
        ceilings = self._roofline.ceilings
        lines = [
            (name, f"{numbers.three(rate)} GMAC/s", "The highest matrix rate that the runtime reached in it")
            for name, rate in ceilings.gmacs_per_s.items()
        ]
        lines.append(("Memory", f"{numbers.three(ceilings.gbytes_per_s)} GB/s", "Bandwidth beyond all caches"))
        lines.append(("Threads", str(ceilings.threads), f"Measured {ceilings.measured_at} on {ceilings.device}"))
        self._facts.show_lines(lines)
        if self._plot is None:
            from gui.plots.roofline import RooflinePlot

            self._plot = RooflinePlot(self._theme)
            self._plot.hovered.connect(self._hovered)
            self._plot.clicked.connect(self._document.pick)
            self._place.addWidget(self._plot)
        self._plot.show_roofline(self._roofline)
        self._show_legend()
        self._show_selection()

    def _show_legend(self) -> None:
        if self._roofline is None:
            return
        from gui.plots.roofline import GLYPHS, looks

        ceilings, used = self._roofline.ceilings, {la.precision for la in self._roofline.layers}
        found = looks([*ceilings.gmacs_per_s, *used])
        parts = [
            f'<span style="color:{self._theme.color(token).name()}">{GLYPHS[shape]}</span> {precision or "unknown"}'
            for precision, (token, shape) in found.items()
            if precision in used
        ]
        self._legend.setText(" &nbsp; ".join(parts))

    def _hovered(self, layer: LayerRoof | None) -> None:
        if self._roofline is None:
            return
        if layer is None and len(self._document.selection) == 1:
            (chosen,) = self._document.selection
            layer = next((la for la in self._roofline.layers if la.layer == chosen), None)
        if layer is None:
            self._text.setText(HINT)
            return
        self._text.setText(
            f"{layer.layer}   {numbers.three(layer.gmacs_per_s)} GMAC/s, {numbers.three(layer.gbytes_per_s)} GB/s: "
            f"{layer.of_ceiling * 100:.0f}{numbers.SPACE}% of what {_BOUND[layer.bound]} allows"
        )

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


_BOUND = {"memory": "the memory", "compute": "the processor"}
