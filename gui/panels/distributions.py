"""The distributions of one layer: its weights in float and from codes, and the values that it rounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui import numbers
from gui.calls import checking
from gui.choices import choice_text
from gui.document import Document
from gui.jobs import Job, JobRunner
from gui.language import mark, tr
from gui.layer_look import LayerLook, ValueLook
from gui.panels.parts import Facts, breakable, label, section
from gui.theme import OKABE_ITO, Theme, tabular

if TYPE_CHECKING:
    from gui.plots.histogram import Histogram, ValueHistogram
    from gui.workshop import Workshop

SETTLE_MS = 60
"""A selection that is still moving (arrow key held down) is not read from disk."""
NOT_BUILT = mark(
    "Treated in the recipe, not built yet: Shift+F6 builds the model and measures the errors of its layers."
)
GLYPHS = {"minmax": "┅┅", "percentile": "╍╍", "mse": "━·", "entropy": "━··"}


class Distributions(QWidget):
    """Read in the background whenever there may be something else to show."""

    def __init__(
        self, document: Document, theme: Theme, glances: JobRunner, workshop: Workshop, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._theme, self._glances, self._workshop = document, theme, glances, workshop
        self._wanted: tuple[object, ...] = ()
        self._reading: Job | None = None
        self._look: LayerLook | None = None
        self._plot: Histogram | None = None
        self._value_plots: list[tuple[QLabel, ValueHistogram, QLabel]] = []
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self._read)
        self.text = label("", "muted", wrap=True)
        self.text.setMinimumWidth(1)
        self.codes = Facts()
        self.codes.setFont(tabular(self.font()))
        self._codes_title = section(tr("Codes"))
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        for widget in (self.text, self._codes_title, self.codes):
            self._column.addWidget(widget)
        theme.changed.connect(self._tell)
        self._tell()

    def show_layer(self, layer_id: str) -> None:
        """Of the recipe as it stands, as far as it is built; "" for none."""
        document = self._document
        wanted = (layer_id, document.opened, document.recipe, document.rebuilt) if layer_id else ()
        old = self._wanted
        if wanted[:1] == old[:1] and all(a is b for a, b in zip(wanted[1:], old[1:], strict=False)):
            return
        if not layer_id or not self._wanted or self._wanted[0] != layer_id:
            self._look = None
        self._wanted = wanted
        self._tell()
        if wanted:
            self._timer.start()
        else:
            self._timer.stop()

    def _read(self) -> None:
        document, wanted = self._document, self._wanted
        if document.opened is None or not wanted or not self.isVisible():
            return
        if self._reading is not None:  # and not what else is glanced at, such as the devices
            self._reading.progress.cancel()
        self._reading = self._glances.run(
            tr("Reading weights"),
            checking.look,
            self._workshop,
            document.opened,
            document.recipe,
            document.settings,
            document.data,
            str(wanted[0]),
            done=lambda found: self._show(wanted, found),
            asker=self,
        )

    def _show(self, wanted: tuple[object, ...], found: LayerLook) -> None:
        if wanted is self._wanted:
            self._look = found
            self._tell()

    # -- telling -------------------------------------------------------------------------------------------------

    def _tell(self) -> None:
        found = self._look
        self.text.setText(self._weights_text(found))
        if found is not None and found.weights is not None and self._plot is None:
            from gui.plots.histogram import Histogram

            self._plot = Histogram(self._theme)
            self._column.insertWidget(1, self._plot)
        if self._plot is not None:
            self._plot.setVisible(found is not None and found.weights is not None)
            if found is not None and found.weights is not None:
                self._plot.show_summary(found.weights, found.coded)
        lines = list(found.lines) if found is not None else []
        self._codes_title.setVisible(bool(lines))
        self._codes_title.setText(
            tr("Codes: {scheme}").format(scheme=choice_text(found.scheme)) if found is not None else ""
        )
        self.codes.setVisible(bool(lines))
        self.codes.show_lines(lines)
        self._tell_values(found.values if found is not None else ())

    def _weights_text(self, found: LayerLook | None) -> str:
        if not self._wanted:
            return ""
        if found is None:
            return tr("Reading …")
        treatment = self._document.treatments.get(str(self._wanted[0]))
        treated = treatment is not None and (treatment.quantized or treatment.pruned)
        unbuilt = tr(NOT_BUILT) if treated and self._document.rebuilt is None else ""
        summary = found.weights
        if summary is None:
            return unbuilt or tr("No weights of its own.")
        text = tr("{low} to {high}, mean {mean}, deviation {deviation}, {zeros}\u00a0zeros").format(
            low=numbers.three(summary.low),
            high=numbers.three(summary.high),
            mean=numbers.three(summary.mean),
            deviation=numbers.three(summary.deviation),
            zeros=f"{numbers.three(summary.zeros * 100)}{numbers.SPACE}%",
        )
        if summary.sampled:
            text = tr("{text}, every n-th element").format(text=text)
        if found.coded:
            text = tr("{text}. Bars in float, the line as treated").format(text=text)
            if found.coded_db is not None:
                text = tr("{text}, {more}").format(text=text, more=f"{numbers.three(found.coded_db)}{numbers.SPACE}dB")
        return tr("{text}. {more}").format(text=text, more=unbuilt) if unbuilt else text

    def _tell_values(self, values: tuple[ValueLook, ...]) -> None:
        shown = [value for value in values if value.counts]
        while len(self._value_plots) < len(shown):
            from gui.plots.histogram import ValueHistogram

            title, plot, legend = section(""), ValueHistogram(self._theme), label("", "small", wrap=True)
            title.setMinimumWidth(1)
            title.setWordWrap(True)
            legend.setTextFormat(Qt.TextFormat.RichText)
            legend.setMinimumWidth(1)
            self._column.addSpacing(4)
            for widget in (title, plot, legend):
                self._column.addWidget(widget)
            self._value_plots.append((title, plot, legend))
        for number, (title, plot, legend) in enumerate(self._value_plots):
            there = number < len(shown)
            for widget in (title, plot, legend):
                widget.setVisible(there)
            if there:
                value = shown[number]
                title.setText(breakable(value.title))
                plot.show_value(value)
                legend.setText(self._legend(value))

    def _legend(self, value: ValueLook) -> str:
        from gui.plots.histogram import METHODS

        tokens = self._theme.tokens
        parts = []
        if value.chosen is not None:
            codes = tr("codes: {span}").format(span=_span(*value.chosen))
            parts.append(f'<span style="color:{tokens.after}">▮</span> <b>{codes}</b>')
        for method, span in (value.others or {}).items():
            token, _ = METHODS[method]
            color = OKABE_ITO.get(token, tokens.text)
            parts.append(f'<b style="color:{color}">{GLYPHS[method]}</b> {method} {_span(*span)}')
        return "<br>".join([*parts, tr("Counts on a logarithmic scale.")])


def _span(low: float, high: float) -> str:
    return tr("{low} to {high}").format(low=numbers.three(low), high=numbers.three(high))
