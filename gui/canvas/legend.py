"""What the colours stand for, with numbers, in a strip below the canvas, where it lies over nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QLinearGradient, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.canvas.boxes import cosmetic
from gui.canvas.colouring import Colours
from gui.language import mark, tr
from gui.theme import SMALL, Theme, tabular

LINE = 20
RAMP = 120
SIDE, EDGE, APART = 12, 4, 16
"""Around the strip at its sides, above and below it, and between what stands in it."""
MOST_ENTRIES = 9
SIGNS = {
    "kernel": mark("ran as one kernel"), "treated": mark("treated"),
    "coupled": mark("loses channels together"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Part:
    """What is never broken between two lines: painted from a point, so many pixels wide."""

    width: float
    paint: Callable[[QPainter, float, float], None]


Placed = tuple[float, float, Part]


class Legend(QWidget):
    """As many lines as its words need."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._theme = theme
        self._colours: Colours | None = None
        self._extra: tuple[str, ...] = ()
        self.hide()

    @property
    def texts(self) -> list[str]:
        """All that it says, also for who cannot see it."""
        found = self._colours
        if found is None:
            return []
        said = [found.low, found.high] if found.ramp else [f"{e.text} {e.count}" for e in found.entries[:MOST_ENTRIES]]
        return [found.title, *said, *self._notes(), *(tr(SIGNS[key]) for key in self._extra)]

    def show_colours(self, colours: Colours | None, extra: tuple[str, ...]) -> None:
        """``extra`` are names of outlines that are drawn: "kernel", "treated", "coupled"."""
        self._colours, self._extra = colours, extra
        self.setVisible(colours is not None)
        if colours is not None:
            self.setAccessibleName(tr("Legend: ") + ", ".join(self.texts))
            self.updateGeometry()
        self.update()

    def _notes(self) -> list[str]:
        found = self._colours
        assert found is not None
        notes = [found.missing] if found.missing else []
        if found.entries and len(found.entries) > MOST_ENTRIES:
            notes.append(tr("and {count} more").format(count=len(found.entries) - MOST_ENTRIES))
        if found.mixed:
            notes.append(tr("{count} of several kinds").format(count=found.mixed))
        if found.without and not found.missing:
            notes.append(tr("{without} without a value").format(without=found.without))
        return notes

    # -- room ----------------------------------------------------------------------------------------------------

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        return self.height_of(self.places(width))

    @staticmethod
    def height_of(places: Sequence[Placed]) -> int:
        return round(places[-1][1]) + LINE + EDGE if places else 0

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(SIDE, self.heightForWidth(max(self.width(), 1)))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()  # or what the layout keeps of the last width would be the most that it gets

    def places(self, width: float, *, drawing: bool = False) -> list[Placed]:
        """What it says in a strip that wide, and where; with ``drawing`` nothing that only the window marks."""
        found = []
        x, y = float(SIDE), float(EDGE)
        for part in self._parts(drawing):
            if x > SIDE and x + part.width > width - SIDE:
                x, y = float(SIDE), y + LINE
            found.append((x, y, part))
            x += part.width + APART
        return found

    # -- painting ------------------------------------------------------------------------------------------------

    def _font(self, *, bold: bool = False) -> QFont:
        font = tabular(self.font())
        font.setPixelSize(SMALL)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        return font

    def _parts(self, drawing: bool) -> list[Part]:
        found = self._colours
        if found is None:
            return []
        parts = [self._words(found.title, "text", bold=True)]
        parts += [self._ramp(found)] if found.ramp else []
        parts += [self._entry(e.text, f"{e.count}", self._swatch(e.color)) for e in found.entries[:MOST_ENTRIES]]
        parts += [self._words(note, "muted") for note in self._notes()]
        signs = (key for key in self._extra if not (drawing and key == "coupled"))
        return parts + [self._entry(tr(SIGNS[key]), "", self._sign(key)) for key in signs]

    def _words(self, text: str, token: str, *, bold: bool = False) -> Part:
        font = self._font(bold=bold)

        def paint(painter: QPainter, x: float, y: float) -> None:
            painter.setFont(font)
            painter.setPen(self._theme.color(token))
            painter.drawText(QPointF(x, y + 14), text)

        return Part(QFontMetrics(font).horizontalAdvance(text), paint)

    def _entry(self, text: str, count: str, sign: Callable[[QPainter, QRectF], None]) -> Part:
        name, number = self._words(text, "text"), self._words(count, "muted")

        def paint(painter: QPainter, x: float, y: float) -> None:
            sign(painter, QRectF(x, y + 5, 14, 10))
            name.paint(painter, x + 19, y)
            number.paint(painter, x + 19 + name.width + 6, y)

        return Part(19 + name.width + (6 + number.width if count else 0), paint)

    def _ramp(self, found: Colours) -> Part:
        low, high = self._words(found.low, "text"), self._words(found.high, "text")

        def paint(painter: QPainter, x: float, y: float) -> None:
            low.paint(painter, x, y)
            bar = QRectF(x + low.width + 6, y + 5, RAMP, 10)
            gradient = QLinearGradient(bar.topLeft(), bar.topRight())
            for place, color in enumerate(found.ramp):
                gradient.setColorAt(place / (len(found.ramp) - 1), color)
            painter.setPen(cosmetic(self._theme.color("strong_border")))
            painter.setBrush(gradient)
            painter.drawRoundedRect(bar, 2, 2)
            high.paint(painter, bar.right() + 6, y)

        return Part(low.width + RAMP + high.width + 12, paint)

    def _swatch(self, color: QColor) -> Callable[[QPainter, QRectF], None]:
        def paint(painter: QPainter, box: QRectF) -> None:
            painter.setPen(cosmetic(self._theme.color("strong_border")))
            painter.setBrush(color)
            painter.drawRoundedRect(box, 2, 2)

        return paint

    def _sign(self, key: str) -> Callable[[QPainter, QRectF], None]:
        def paint(painter: QPainter, box: QRectF) -> None:
            if key == "treated":
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._theme.color("accent"))
            else:
                kernel = key == "kernel"
                pen = cosmetic(self._theme.color("muted" if kernel else "vermillion"), 1.2 if kernel else 1.5)
                pen.setStyle(Qt.PenStyle.SolidLine if kernel else Qt.PenStyle.DotLine)
                painter.setPen(pen)
                painter.setBrush(self._theme.brush("muted", 0.10) if kernel else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 3, 3)

        return paint

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        try:
            painter.fillRect(self.rect(), self._theme.color("window"))
            painter.fillRect(0, 0, self.width(), 1, self._theme.color("border"))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for x, y, part in self.places(self.width()):
                part.paint(painter, x, y)
        finally:
            painter.end()
