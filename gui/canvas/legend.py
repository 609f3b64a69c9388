"""What the colours stand for, with numbers, in a corner of the canvas."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.canvas.colouring import Colours
from gui.canvas.ink import cosmetic
from gui.theme import SMALL, Theme, tabular

LINE = 17
RAMP = 148
MOST_ENTRIES = 9


class Legend(QWidget):
    """Lets the mouse through to the drawing."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._theme = theme
        self._colours: Colours | None = None
        self._extra: tuple[str, ...] = ()

    @property
    def texts(self) -> list[str]:
        """All that it says, also for who cannot see it."""
        found = self._colours
        if found is None:
            return []
        if found.ramp:
            return [found.title, found.low, found.high, *self._notes()]
        return [found.title, *(f"{e.text} {e.count}" for e in found.entries[:MOST_ENTRIES]), *self._notes()]

    def show_colours(self, colours: Colours | None, extra: tuple[str, ...]) -> None:
        """``extra`` are names of outlines that are drawn: "kernel", "treated", "coupled"."""
        self._colours, self._extra = colours, extra
        self.setVisible(colours is not None)
        if colours is not None:
            self.setAccessibleName("Legend: " + ", ".join(self.texts))
            self.resize(self._size())
        self.update()

    def _notes(self) -> list[str]:
        found = self._colours
        assert found is not None
        notes = [found.missing] if found.missing else []
        if found.entries and len(found.entries) > MOST_ENTRIES:
            notes.append(f"and {len(found.entries) - MOST_ENTRIES} more")
        if found.without and not found.missing:
            notes.append(f"{found.without} without a value")
        return notes

    def _font(self) -> QFont:
        font = tabular(self.font())
        font.setPixelSize(SMALL)
        return font

    def _size(self) -> QSize:
        found = self._colours
        assert found is not None
        metrics = QFontMetrics(self._font())
        lines = [found.title, *self._notes()]
        wide = max(metrics.horizontalAdvance(text) for text in lines)
        if found.entries:
            wide = max(wide, *(
                metrics.horizontalAdvance(e.text) + metrics.horizontalAdvance(f"{e.count}") + 40
                for e in found.entries[:MOST_ENTRIES]
            ))  # fmt: skip
        if found.ramp:
            wide = max(wide, RAMP)
        rows = len(lines) + min(len(found.entries), MOST_ENTRIES) + (2 if found.ramp else 0) + len(self._extra)
        wide = max([wide, *(metrics.horizontalAdvance(text) + 24 for text, _ in self._extras())])
        return QSize(wide + 24, rows * LINE + 14)

    def _extras(self) -> list[tuple[str, str]]:
        said = {"kernel": "ran as one kernel", "treated": "treated by the recipe", "coupled": "loses channels together"}
        return [(said[key], key) for key in self._extra]

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        found = self._colours
        if found is None:
            return
        tokens = self._theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(cosmetic(tokens.color("border")))
        painter.setBrush(tokens.brush("raised", 0.94))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        font = self._font()
        bold = QFont(font)
        bold.setWeight(QFont.Weight.DemiBold)
        painter.setFont(bold)
        painter.setPen(tokens.color("text"))
        y = 7.0
        painter.drawText(QPointF(12, y + 12), found.title)
        y += LINE
        painter.setFont(font)
        if found.ramp:
            y = self._paint_ramp(painter, found, y)
        for entry in found.entries[:MOST_ENTRIES]:
            painter.setPen(cosmetic(tokens.color("strong_border")))
            painter.setBrush(entry.color)
            painter.drawRoundedRect(QRectF(12, y + 3, 11, 11), 2, 2)
            painter.setPen(tokens.color("text"))
            painter.drawText(QPointF(30, y + 12), entry.text)
            painter.setPen(tokens.color("muted"))
            count = f"{entry.count}"
            painter.drawText(QPointF(self.width() - 12 - painter.fontMetrics().horizontalAdvance(count), y + 12), count)
            y += LINE
        painter.setPen(tokens.color("muted"))
        for note in self._notes():
            painter.drawText(QPointF(12, y + 12), note)
            y += LINE
        for text, key in self._extras():
            self._paint_sign(painter, key, y)
            painter.setPen(tokens.color("text"))
            painter.drawText(QPointF(36, y + 12), text)
            y += LINE

    def _paint_ramp(self, painter: QPainter, found: Colours, y: float) -> float:
        wide = self.width() - 24
        gradient = QLinearGradient(12, 0, 12 + wide, 0)
        for place, color in enumerate(found.ramp):
            gradient.setColorAt(place / (len(found.ramp) - 1), color)
        painter.setPen(cosmetic(self._theme.color("strong_border")))
        painter.setBrush(gradient)
        painter.drawRoundedRect(QRectF(12, y + 3, wide, 11), 2, 2)
        y += LINE
        painter.setPen(self._theme.color("text"))
        painter.drawText(QPointF(12, y + 11), found.low)
        width = painter.fontMetrics().horizontalAdvance(found.high)
        painter.drawText(QPointF(self.width() - 12 - width, y + 11), found.high)
        return y + LINE

    def _paint_sign(self, painter: QPainter, key: str, y: float) -> None:
        box = QRectF(12, y + 3, 18, 11)
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
