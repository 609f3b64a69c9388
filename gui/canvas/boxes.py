"""Boxes as they look at each scale: blocks from afar, names nearer, cards with figures close by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from gui.canvas.colouring import Colours, blend, readable
from gui.canvas.kernels import Outlines
from gui.canvas.scene import Scene
from gui.language import mark, tr
from gui.theme import SMALL, Theme

FAR, NEAR = 0.16, 0.72
"""Below the first scale boxes are blocks, above the second cards."""
BAND = 6.0
ROUND = 6.0


def nothing(_number: int) -> str:
    return ""


KINDS = {"input": mark("input"), "output": mark("output"), "constant": mark("constant")}


@dataclass
class Look:
    """What the ink shows beside the boxes themselves.

    Attributes:
        title, detail: the two lines of each box.
        marks: of treated items, what was done, in a few words.
    """

    colours: Colours
    title: Callable[[int], str] = nothing
    detail: Callable[[int], str] = nothing
    marks: Mapping[int, str] = field(default_factory=dict)
    kernels: Outlines | None = None


class Boxes:
    """One for a scene, a look and a theme."""

    def __init__(self, scene: Scene, look: Look, theme: Theme, font: QFont) -> None:
        self.scene, self.look, self.theme = scene, look, theme
        self._title = QFont(font)
        self._title.setPixelSize(14)
        self._title.setWeight(QFont.Weight.DemiBold)
        self._small = QFont(font)
        self._small.setPixelSize(SMALL)
        self._middle = QFont(font)
        self._title_size, self._small_size = QFontMetricsF(self._title), QFontMetricsF(self._small)
        self._elided: dict[tuple[str, int, int], str] = {}
        self._color: dict[str, QColor] = {
            token: theme.color(token)
            for token in (
                "window",
                "surface",
                "raised",
                "hover",
                "text",
                "muted",
                "border",
                "strong_border",
                "accent",
                "on_accent",
                "selection",
            )
        }
        surface = self._color["surface"]
        self._plain = blend(self._color["strong_border"], surface, 0.35)
        self._tints = [blend(surface, color, 0.24) for color in look.colours.palette]
        self._on = [readable(color) for color in look.colours.palette]
        self._frames = [blend(surface, self._color["strong_border"], part) for part in (0.10, 0.18, 0.26, 0.34)]
        self._line = blend(self._color["muted"], surface, 0.35)

    def paint_boxes(self, painter: QPainter, leaves: list[int], scale: float) -> None:
        if scale < FAR:
            self._paint_blocks(painter, leaves)
        elif scale < NEAR:
            self._paint_names(painter, leaves, scale)
        else:
            self._paint_cards(painter, leaves)

    def _paint_blocks(self, painter: QPainter, leaves: list[int]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(Qt.PenStyle.NoPen)
        rects, bins, palette = self.scene.rects, self.look.colours.bins, self.look.colours.palette
        by_bin: dict[int, list[QRectF]] = {}
        for number in leaves:
            by_bin.setdefault(bins[number], []).append(rects[number])
        for place, some in by_bin.items():
            painter.setBrush(QBrush(palette[place] if place >= 0 else self._plain))
            painter.drawRects(some)
        if self.look.marks:
            marked = [self._mark_bar(rects[n]) for n in leaves if n in self.look.marks]
            painter.setBrush(self._color["accent"])
            painter.drawRects(marked)

    def _mark_bar(self, box: QRectF) -> QRectF:
        return QRectF(box.right() - 22, box.top(), 22, box.height())

    def _paint_names(self, painter: QPainter, leaves: list[int], scale: float) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self.look.colours
        size = min(12.0, 0.36 * 48 * scale + 3.0)
        font = self._middle
        font.setPixelSize(max(1, round(size / scale)))
        metrics = QFontMetricsF(font)
        painter.setFont(font)
        show = size >= 6.5
        for number in leaves:
            box = self.scene.rects[number]
            place = colours.bins[number]
            fill = colours.palette[place] if place >= 0 else self._plain_of(number)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fill)
            painter.drawRoundedRect(box, ROUND, ROUND)
            mark = number in self.look.marks
            if mark:
                painter.setBrush(self._color["accent"])
                painter.drawRect(self._mark_bar(box))
            if show:
                painter.setPen(self._on[place] if place >= 0 else self._color["text"])
                room = box.width() - 12 - (22 if mark else 0)
                text = metrics.elidedText(self.look.title(number), Qt.TextElideMode.ElideRight, room)
                painter.drawText(box.adjusted(6, 0, -6 - (22 if mark else 0), 0), Qt.AlignmentFlag.AlignCenter, text)

    def _plain_of(self, number: int) -> QColor:
        return self._color["hover"] if self.scene.items[number].layer < 0 else self._plain

    def _paint_cards(self, painter: QPainter, leaves: list[int]) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number in leaves:
            item = self.scene.items[number]
            if item.kind in ("input", "output", "constant"):
                self._paint_pill(painter, number)
            else:
                self._paint_card(painter, number, item.container)

    def _paint_pill(self, painter: QPainter, number: int) -> None:
        box = self.scene.rects[number]
        painter.setPen(cosmetic(self._color["strong_border"]))
        painter.setBrush(self._color["hover"])
        painter.drawRoundedRect(box, box.height() / 2, box.height() / 2)
        painter.setFont(self._small)
        painter.setPen(self._color["muted"])
        kind = tr(KINDS[self.scene.items[number].kind])
        painter.drawText(QPointF(box.left() + 14, box.center().y() + 4), kind)
        at = 20 + self._small_size.horizontalAdvance(kind)
        painter.setPen(self._color["text"])
        text = self._fit(self.look.title(number), box.width() - at - 12)
        painter.drawText(QPointF(box.left() + at, box.center().y() + 4), text)

    def _paint_card(self, painter: QPainter, number: int, container: bool) -> None:
        box, colours = self.scene.rects[number], self.look.colours
        place = colours.bins[number]
        edge = colours.palette[place] if place >= 0 else self._color["strong_border"]
        if container:  # what is inside lies behind it, like cards on a pile
            painter.setPen(cosmetic(self._color["strong_border"]))
            painter.setBrush(self._color["raised"])
            painter.drawRoundedRect(box.adjusted(5, 5, 3, 3), ROUND, ROUND)
        painter.setPen(cosmetic(self._color["strong_border"]))
        painter.setBrush(self._tints[place] if place >= 0 else self._color["surface"])
        painter.drawRoundedRect(box, ROUND, ROUND)
        if place >= 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(edge)
            painter.drawPath(_band(box))
        left = box.left() + 14
        if container:
            painter.setPen(self._color["muted"])
            chevron(painter, QPointF(left + 3, box.top() + 18), down=False)
            left += 14
        value = colours.texts[number]
        room = box.right() - 10 - left
        painter.setFont(self._small)
        if value:
            width = self._small_size.horizontalAdvance(value)
            painter.setPen(self._color["text"])
            painter.drawText(QPointF(box.right() - 10 - width, box.top() + 21), value)
            room -= width + 8
        painter.setPen(self._color["muted"])
        below, wide = box.top() + 38, box.right() - 10 - (box.left() + 14)
        if mark := self.look.marks.get(number, ""):
            wide -= self._paint_mark(painter, mark, box) + 6
        painter.setFont(self._small)
        painter.setPen(self._color["muted"])
        painter.drawText(QPointF(box.left() + 14, below), self._fit(self.look.detail(number), wide, end=True))
        painter.setFont(self._title)
        painter.setPen(self._color["text"])
        painter.drawText(QPointF(left, box.top() + 22), self._fit(self.look.title(number), room, title=True))

    def _paint_mark(self, painter: QPainter, mark: str, box: QRectF) -> float:
        """A chip at the lower right; its width."""
        text = self._fit(mark, 92)
        width = self._small_size.horizontalAdvance(text) + 10
        chip = QRectF(box.right() - 6 - width, box.top() + 27, width, 16)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._color["accent"])
        painter.drawRoundedRect(chip, 4, 4)
        painter.setPen(self._color["on_accent"])
        painter.setFont(self._small)
        painter.drawText(QPointF(chip.left() + 5, chip.top() + 12), text)
        return width

    def _fit(self, text: str, room: float, *, title: bool = False, end: bool = False) -> str:
        """``end`` keeps the end of the text, where long names differ."""
        key = (text, round(room), int(title))
        found = self._elided.get(key)
        if found is None:
            metrics = self._title_size if title else self._small_size
            mode = Qt.TextElideMode.ElideLeft if end else Qt.TextElideMode.ElideRight
            found = self._elided[key] = metrics.elidedText(text, mode, max(0.0, room))
        return found


def _band(box: QRectF) -> QPainterPath:
    """The left end of a card, as wide as its corners are round; a clip would be lost in an SVG file."""
    path = QPainterPath(QPointF(box.left() + BAND, box.top()))
    path.quadTo(box.left(), box.top(), box.left(), box.top() + ROUND)
    path.lineTo(box.left(), box.bottom() - ROUND)
    path.quadTo(box.left(), box.bottom(), box.left() + BAND, box.bottom())
    path.closeSubpath()
    return path


def cosmetic(color: QColor, width: float = 1.0) -> QPen:
    pen = QPen(color)
    pen.setWidthF(width)
    pen.setCosmetic(True)
    return pen


def chevron(painter: QPainter, at: QPointF, *, down: bool) -> None:
    """In the pen's colour; down where something is open."""
    pen = QPen(painter.pen())
    pen.setWidthF(1.6)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setCosmetic(False)
    painter.setPen(pen)
    x, y = at.x(), at.y()
    points = [(-4, -2), (0, 2), (4, -2)] if down else [(-2, -4), (2, 0), (-2, 4)]
    painter.drawPolyline(QPolygonF([QPointF(x + a, y + b) for a, b in points]))
