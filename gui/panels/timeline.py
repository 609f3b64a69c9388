"""One run over time, linked to the selection both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.panels.elided import READOUT, Elided
from gui.panels.parts import Empty, label
from gui.panels.viewed import ViewedChoice, Viewer
from gui.theme import Theme

if TYPE_CHECKING:
    from gui.plots.spans import Kind
    from gui.plots.timeline import TimelinePlot

NOT_YET = mark("The timeline comes with a profile: the kernels of one typical run over time, by thread.")
HINT = mark("Point at a kernel to read it; wheel zooms, drag moves, double click shows all")
WORDS: dict[Kind, str] = {
    "kernel": mark("kernel"),
    "inserted": mark("inserted"),
    "fallback": mark("fell back"),
    "copy": mark("copy"),
}


class Swatch(QWidget):
    """The look of one kind of kernel, for the legend."""

    def __init__(self, theme: Theme, kind: Kind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._kind = theme, kind
        self.setFixedSize(QSize(14, 12))
        theme.changed.connect(self.update)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        from gui.plots.spans_view import LOOKS

        token, pattern = LOOKS[self._kind]
        color = self._theme.color(token)
        painter = QPainter(self)
        if pattern != Qt.BrushStyle.SolidPattern:
            pale = QColor(color)
            pale.setAlphaF(0.35)
            painter.fillRect(self.rect(), pale)
        painter.fillRect(self.rect(), QBrush(color, pattern))
        painter.end()


class TimelinePanel(QFrame):
    """The plot is made when there is something to show."""

    profile_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._viewer = Viewer(document, self)
        self.plot: TimelinePlot | None = None
        self._shown: object = None
        self._text = Elided(least=READOUT // 2)  # its legend can be long
        self._empty = Empty(tr("Profile"))
        self._empty.text.setText(tr(NOT_YET))
        self._empty.button.clicked.connect(self.profile_wanted)
        line = QHBoxLayout()
        line.setContentsMargins(12, 6, 12, 4)
        line.setSpacing(12)
        line.addWidget(ViewedChoice(document))
        line.addWidget(self._text, 1)
        self._legend: dict[Kind, QWidget] = {}
        for kind, word in WORDS.items():
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(6)
            row.addWidget(Swatch(theme, kind))
            row.addWidget(label(tr(word), "muted"))
            line.addWidget(pair)
            self._legend[kind] = pair
        self._top = QWidget()
        self._top.setLayout(line)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self._top)
        self._layout.addWidget(self._empty)
        self._layout.addStretch(1)
        self._viewer.changed.connect(self._show)
        document.selection_changed.connect(self._show_selection)
        self._show()

    def _show(self) -> None:
        measurement = self._viewer.measurement
        there = measurement is not None and measurement.timeline is not None and bool(measurement.timeline.events)
        self._empty.text.setText(tr(NOT_YET) if measurement is None else tr("This profile holds no timeline of a run."))
        self._empty.button.setVisible(measurement is None)
        self._empty.setVisible(not there)
        self._top.setVisible(measurement is not None)
        if self.plot is not None:
            self.plot.setVisible(there)
        if not there or not self.isVisible():
            return
        assert measurement is not None and measurement.timeline is not None
        if measurement is self._shown:
            return
        self._shown = measurement
        from gui.plots.spans import spans_of

        if self.plot is None:
            self._make()
        assert self.plot is not None
        spans, lanes = spans_of(measurement.timeline, measurement.profile, measurement.homes)
        self.plot.show_spans(spans, lanes)
        kinds = {span.kind for span in spans}
        for kind, pair in self._legend.items():
            pair.setVisible(len(kinds) > 1 and kind in kinds)
        self._show_selection()

    def _make(self) -> None:
        from gui.plots.timeline import TimelinePlot

        self.plot = TimelinePlot(self._theme)
        self._layout.takeAt(self._layout.count() - 1)
        self._layout.addWidget(self.plot, 1)
        self.plot.hovered.connect(self._say)
        self.plot.chosen.connect(self._chosen)

    def _say(self, number: int | None) -> None:
        assert self.plot is not None
        if number is None:
            number = self.plot.current
        if number is None:
            self._text.show_text(tr(HINT))
            return
        span = self.plot.spans[number]
        op = span.op if span.kind == "kernel" else f"{span.op} ({tr(WORDS[span.kind])})"
        text = f"{op}  {numbers.time_us(span.duration_us)}"
        if span.layers:
            text = tr("{kernel}  of {layers}").format(kernel=text, layers=", ".join(span.layers))
        self._text.show_text(text)

    def _chosen(self, number: int, add: bool) -> None:
        assert self.plot is not None
        layers = self.plot.spans[number].layers
        self._document.select(dict.fromkeys([*(self._document.selection if add else ()), *layers]))
        self._say(None)

    def _show_selection(self) -> None:
        if self.plot is not None and self.isVisible():
            self.plot.show_selection(self._document.selection)
            self._say(None)

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()
        self._show_selection()
