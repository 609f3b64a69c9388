"""Roofline: how close each layer comes to what the device was measured to reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.panels.explained import ExplainedPanel
from gui.panels.parts import label, section
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.explain.roofline import LayerRoof, Roofline
    from gui.figures import Explained, Measurement
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
        column.addWidget(section("How to read it"))
        column.addWidget(label(AXES, "small", wrap=True))
        column.addStretch(1)
        side = QScrollArea()
        side.setAccessibleName("Ceilings of this machine")
        side.setWidget(page)
        side.setWidgetResizable(True)
        side.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        return side

    def ask(self) -> None:
        (self.profile_wanted if self._document.viewed is None else self.ceilings_wanted).emit()

    def has(self, explanation: Explanation | None) -> bool:
        self._roofline = explanation.roofline if explanation is not None else None
        return self._roofline is not None

    def missing(self, measured: bool, explained: Explained | None) -> tuple[str, str]:
        return (NO_CEILINGS, CEILINGS) if measured else (NOT_YET, "Profile")

    def show_found(self, measurement: Measurement) -> None:
        assert self._roofline is not None
        roofline = self._roofline
        ceilings = roofline.ceilings
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
            self._text.show_text(HINT)
            return
        self._text.show_text(
            f"{layer.layer}   {numbers.three(layer.gmacs_per_s)} GMAC/s, {numbers.three(layer.gbytes_per_s)} GB/s: "
            f"{layer.of_ceiling * 100:.0f}{numbers.SPACE}% of what {_BOUND[layer.bound]} allows"
        )


_BOUND = {"memory": "the memory", "compute": "the processor"}
