"""The whole drawing in a corner, with the part that is in sight; a click or a drag goes there."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from gui.canvas.boxes import cosmetic
from gui.canvas.colouring import Colours
from gui.canvas.scene import Scene
from gui.canvas.view import CanvasView
from gui.language import tr
from gui.theme import Theme

WIDEST, NARROWEST = 132, 44
FRAME = 4


class Minimap(QWidget):
    """A drawing that is much higher than wide is stretched across, so that its colours can be told apart."""

    def __init__(self, view: CanvasView, theme: Theme) -> None:
        super().__init__(view)
        self.setAccessibleName(tr("Overview of the graph"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._view, self._theme = view, theme
        self._scene: Scene | None = None
        self._picture = QPixmap()
        self._colours: Colours | None = None
        view.moved.connect(self._moved)

    def show_scene(self, scene: Scene | None, colours: Colours | None) -> None:
        self._scene, self._colours = scene, colours
        self._picture = QPixmap()
        self.place()

    def place(self) -> None:
        """At the right edge of the view, as large as the drawing's form asks."""
        view = self._view
        room = QSize(WIDEST, max(40, view.height() - 24))
        if self._scene is None:
            self.hide()
            return
        bounds = self._scene.bounds
        scale = min(room.width() / bounds.width(), 0.6 * room.height() / bounds.height())
        wide = round(min(room.width(), max(NARROWEST, bounds.width() * scale)))
        high = round(bounds.height() * scale)
        if bounds.width() * scale < NARROWEST:
            high = min(room.height(), round(bounds.height() * NARROWEST / bounds.width()))
        size = QSize(wide + 2 * FRAME, max(24, high) + 2 * FRAME)
        if size != self.size():
            self._picture = QPixmap()
            self.resize(size)
        self.move(view.width() - self.width() - 12, 12)
        self._moved()

    def _moved(self) -> None:
        """Where everything is in sight it would say nothing."""
        if self._scene is None:
            return
        self.setVisible(not self._view.seen.adjusted(-1, -1, 1, 1).contains(self._scene.bounds))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._scene is None or self._colours is None:
            return
        if self._picture.isNull():
            self._picture = self._paint()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        seen, bounds = self._view.seen.intersected(self._scene.bounds), self._scene.bounds
        across, down = self._steps()
        part = QRectF(FRAME + (seen.left() - bounds.left()) * across, FRAME + (seen.top() - bounds.top()) * down,
                      max(4.0, seen.width() * across), max(4.0, seen.height() * down))  # fmt: skip
        painter.setPen(cosmetic(self._theme.color("accent"), 1.5))
        painter.setBrush(self._theme.brush("accent", 0.14))
        painter.drawRect(part)

    def _steps(self) -> tuple[float, float]:
        assert self._scene is not None
        bounds = self._scene.bounds
        return (self.width() - 2 * FRAME) / bounds.width(), (self.height() - 2 * FRAME) / bounds.height()

    def _paint(self) -> QPixmap:
        assert self._scene is not None and self._colours is not None
        ratio = self.devicePixelRatioF()
        picture = QPixmap(self.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(cosmetic(self._theme.color("border")))
        painter.setBrush(self._theme.brush("raised", 0.92))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.translate(FRAME, FRAME)
        across, down = self._steps()
        painter.scale(across, down)
        painter.translate(-self._scene.bounds.topLeft())
        painter.setPen(Qt.PenStyle.NoPen)
        by_bin: dict[int, list[QRectF]] = {}
        for number, rect in self._scene.rects.items():
            by_bin.setdefault(self._colours.bins[number], []).append(rect)
        for place, rects in by_bin.items():
            known = place >= 0
            painter.setBrush(self._colours.palette[place] if known else self._theme.color("strong_border"))
            painter.drawRects(rects)
        painter.end()
        return picture

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._go(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if event.buttons():
            self._go(event.position())

    def _go(self, at: QPointF) -> None:
        if self._scene is None:
            return
        across, down = self._steps()
        corner = self._scene.bounds.topLeft()
        self._view.look_at(QPointF(corner.x() + (at.x() - FRAME) / across, corner.y() + (at.y() - FRAME) / down))
