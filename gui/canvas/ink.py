"""The whole drawing: groups, lines with what flows through them, outlines of kernels, and the boxes over all of it.

``Ink`` paints any part of a scene with a painter in the scene's units, so that tiles, pictures and SVG files are
the same drawing.
"""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPolygonF

from engine.layout.layered import GAP_Y
from engine.layout.place import HEADER
from gui import numbers
from gui.canvas.boxes import FAR, NEAR, ROUND, Boxes, chevron, cosmetic
from gui.canvas.colouring import blend

LABELS = 0.8
LABEL_WIDTH = 100.0
LABEL_SIDE = 11.0
"""Between a line and its words: an outline of kernels that goes along the line has room there."""
"""Scale from which lines say what flows through them."""
SHORT = 7.0
"""Pixels; shorter lines are left out from afar, where they would be dots between blocks."""


class Ink(Boxes):
    """One for a scene, a look and a theme."""

    def paint(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Everything in ``area``; the painter has the scene's units."""
        self._paint_frames(painter, area, scale)
        if self.look.kernels is not None and scale >= FAR:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            self.look.kernels.paint(painter, area, scale, self._color["muted"], self._kernel_ground)
        self._paint_lines(painter, area, scale)
        leaves = self.scene.leaves_in(area).tolist()
        self.paint_boxes(painter, leaves, scale)
        self._paint_far_names(painter, area, scale)

    def paint_some(self, painter: QPainter, items: Iterable[int], routes: Iterable[int], scale: float) -> None:
        """These alone, over everything else: what a focus is on."""
        self._stroke(painter, routes, scale, self._color["muted"], 1.6)
        leaves = [n for n in items if n in self.scene.rects]
        self.paint_boxes(painter, leaves, scale)

    # -- groups --------------------------------------------------------------------------------------------------

    def _paint_frames(self, painter: QPainter, area: QRectF, scale: float) -> None:
        scene = self.scene
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FAR)
        for number in scene.frames_in(area).tolist():
            box = scene.box(number)
            depth = self._depth(number)
            fill = self._frames[min(depth, len(self._frames) - 1)]
            if scale < FAR:
                painter.fillRect(box, fill)
                if box.height() * scale > 12:
                    painter.setPen(cosmetic(self._color["strong_border"]))
                    painter.setBrush(Qt.BrushStyle.NoBrush)
                    painter.drawRect(box)
                continue
            painter.setPen(cosmetic(self._color["strong_border"]))
            painter.setBrush(fill)
            painter.drawRoundedRect(box, ROUND + 4, ROUND + 4)
            if scale >= 0.4:
                self._paint_header(painter, number, box, scale)

    def _paint_header(self, painter: QPainter, number: int, box: QRectF, scale: float) -> None:
        """In letters that can be read from a little further off as well."""
        larger = min(1.6, max(1.0, 0.8 / scale))
        painter.setPen(self._color["muted"])
        top = box.top() + HEADER / 2
        chevron(painter, QPointF(box.left() + 15, top), down=True)
        room = (box.width() - 46) / larger
        painter.save()
        painter.translate(box.left() + 27, top)
        painter.scale(larger, larger)
        if (figure := self.look.colours.texts[number]) and self.look.colours.ramp:
            width = self._small_size.horizontalAdvance(figure)
            painter.setFont(self._small)
            painter.drawText(QPointF(room - width + 4, 4), figure)
            room -= width + 8
        painter.setFont(self._title)
        painter.setPen(self._color["text"])
        painter.drawText(QPointF(0, 5), self._fit(self.look.title(number), room, title=True))
        painter.restore()

    def _paint_far_names(self, painter: QPainter, area: QRectF, scale: float) -> None:
        """Names of open groups in the size of the screen where their headers are too small to be read."""
        if scale >= 0.4:
            return
        scene = self.scene
        font = QFont(self._small)
        painter.save()
        to_screen = painter.transform()
        painter.resetTransform()
        painter.setFont(font)
        background = QColor(self._color["surface"])
        background.setAlphaF(0.86)
        for number in scene.frames_in(area).tolist():
            box = scene.box(number)
            if box.width() * scale < 56 or box.height() * scale < 44:
                continue
            parent = scene.items[number].parent
            if parent >= 0 and (box.top() - scene.top[parent]) * scale < 20:
                continue
            corner = to_screen.map(box.topLeft())
            text = self._small_size.elidedText(
                self.look.title(number), Qt.TextElideMode.ElideRight, box.width() * scale - 12
            )
            width = self._small_size.horizontalAdvance(text)
            painter.fillRect(QRectF(corner.x() + 2, corner.y() + 2, width + 8, 16), background)
            painter.setPen(self._color["text"])
            painter.drawText(QPointF(corner.x() + 6, corner.y() + 14), text)
        painter.restore()

    def _depth(self, number: int) -> int:
        depth = 0
        while (number := self.scene.items[number].parent) >= 0:
            depth += 1
        return depth

    # -- lines ---------------------------------------------------------------------------------------------------

    def _paint_lines(self, painter: QPainter, area: QRectF, scale: float) -> None:
        routes = self.scene.routes_in(area, SHORT / scale if scale < FAR else 0.0).tolist()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, scale >= FAR or len(routes) < 200)
        self._stroke(painter, routes, scale, self._line, 1.2 if scale >= NEAR else 1.0)
        if scale >= LABELS:
            # They stand to the right of where their lines begin, and below.
            near = self.scene.routes_in(area.adjusted(-LABEL_WIDTH, -GAP_Y, 0, 0)).tolist()
            self._paint_labels(painter, near)

    def _stroke(self, painter: QPainter, routes: Iterable[int], scale: float, color: QColor, width: float) -> None:
        pen = cosmetic(color, width)
        painter.setPen(pen)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        scene = self.scene
        tips = []
        for route in routes:
            painter.drawPath(scene.path(route))
            if scale >= NEAR and scene.ends[route][1] >= 0:
                tips.append(scene.points[scene.starts[route + 1] - 1].tolist())
        if tips:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color)
            for x, y in tips:
                painter.drawPolygon(QPolygonF([QPointF(x, y), QPointF(x - 3.5, y - 7), QPointF(x + 3.5, y - 7)]))

    def _paint_labels(self, painter: QPainter, routes: Iterable[int]) -> None:
        """Under the box that gives a value, clear of a kernel's outline: its shape, and its element type below."""
        scene = self.scene
        painter.setFont(self._small)
        painter.setPen(self._color["muted"])
        done = set()
        for route in routes:
            value = int(scene.values[route])
            source = int(scene.ends[route][0])
            if source < 0 or value in done:
                continue
            done.add(value)
            line = scene.lines[value]
            x, y = scene.points[scene.starts[route]].tolist()
            y = scene.bottom[source]
            painter.drawText(QPointF(x + LABEL_SIDE, y + 19), self._fit(numbers.shape(line.shape), LABEL_WIDTH))
            if line.dtype:
                painter.drawText(QPointF(x + LABEL_SIDE, y + 31), line.dtype)

    def _kernel_ground(self, box: int) -> QColor:
        """A little darker, or lighter, than what the box stands on."""
        depth = self._depth(box)
        below = self._frames[min(depth, len(self._frames)) - 1] if depth else self._color["surface"]
        return blend(below, self._color["muted"], 0.10)
