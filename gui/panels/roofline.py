"""Roofline: how close each layer comes to what the device was measured to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.explained import ExplainedPanel
from gui.panels.parts import label, scrolled, section
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.explain.roofline import LayerRoof, Roofline
    from gui.figures import Explained, Measurement
    from gui.plots.roofline import RooflinePlot

NOT_YET = mark("The roofline comes with a profile: how close each layer comes to what the device can reach.")
NO_CEILINGS = mark(
    "The ceilings of this device are not known yet. Measuring them runs small models through the runtime for a few "
    "seconds, with the threads that are set; the result is kept."
)
CEILINGS = mark("Measure this device's ceilings (about 5 s)")
HINT = mark("Point at a layer to read it, click to choose it, turn the wheel to zoom")
AXES = mark(
    "To the right: how much a layer computes for each byte that it reads or writes. Upward: how much it computes in a "
    "second. The slanted line is what the memory allows, level lines what the processor reached in each precision. "
    "A layer under the slanted part is bound by memory: smaller activations or weights help. One far under the level "
    "part computes, but not well: another shape, precision or kernel helps. Above a line, a cache held its data."
)


class RooflinePanel(ExplainedPanel):
    """Without the ceilings of the device it offers to measure them."""

    ceilings_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        self._roofline: Roofline | None = None
        self._plot: RooflinePlot | None = None
        super().__init__(document, theme, parent)

    def side(self) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 4, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._facts)
        column.addWidget(section(tr("How to read it")))
        column.addWidget(label(tr(AXES), "small", wrap=True))
        column.addStretch(1)
        return scrolled(page, tr("Ceilings of this machine"))

    def ask(self) -> None:
        (self.profile_wanted if self._document.viewed is None else self.ceilings_wanted).emit()

    def has(self, explanation: Explanation | None) -> bool:
        self._roofline = explanation.roofline if explanation is not None else None
        return self._roofline is not None

    def missing(self, measured: bool, explained: Explained | None) -> tuple[str, str]:
        return (tr(NO_CEILINGS), tr(CEILINGS)) if measured else (tr(NOT_YET), tr("Profile"))

    def show_found(self, measurement: Measurement) -> None:
        assert self._roofline is not None
        roofline = self._roofline
        ceilings = roofline.ceilings
        tip = tr("The highest matrix rate that the runtime reached in it")
        lines = [(name, f"{numbers.three(rate)} GMAC/s", tip) for name, rate in ceilings.gmacs_per_s.items()]
        lines.append((tr("Memory"), f"{numbers.three(ceilings.gbytes_per_s)} GB/s", tr("Bandwidth beyond all caches")))
        told = tr("Measured {time} on {device}").format(time=ceilings.measured_at, device=ceilings.device)
        lines.append((tr("Threads"), str(ceilings.threads), told))
        self._facts.show_lines(lines)
        if self._plot is None:
            from gui.plots.roofline import RooflinePlot

            self._plot = RooflinePlot(self._theme)
            self._plot.hovered.connect(self._hovered)
            self._plot.clicked.connect(self._document.pick)
            self._place.addWidget(self._plot)
        self._plot.show_roofline(roofline)

    def show_selection(self) -> None:
        if self._plot is not None and self._plot.isVisible():
            self._plot.show_selection(self._document.selection)
        self._hovered(None)

    def show_legend(self) -> None:
        if self._roofline is None:
            return
        from gui.plots.roofline import GLYPHS, looks

        ceilings, used = self._roofline.ceilings, {la.precision for la in self._roofline.layers}
        found = looks([*ceilings.gmacs_per_s, *used])
        parts = [
            f'<span style="color:{self._theme.color(token).name()}">{GLYPHS[shape]}</span> {precision or tr("unknown")}'
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
            self._text.show_text(tr(HINT))
            return
        self._text.show_text(
            tr(_BOUND[layer.bound]).format(
                layer=layer.layer,
                macs=f"{numbers.three(layer.gmacs_per_s)} GMAC/s",
                bytes=f"{numbers.three(layer.gbytes_per_s)} GB/s",
                share=f"{layer.of_ceiling * 100:.0f}{numbers.SPACE}%",
            )
        )


_BOUND = {
    "memory": mark("{layer}   {macs}, {bytes}: {share} of what the memory allows"),
    "compute": mark("{layer}   {macs}, {bytes}: {share} of what the processor allows"),
}
