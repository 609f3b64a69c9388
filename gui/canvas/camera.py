"""Which part of the drawing is in sight, and how large: panned, zoomed, fitted, brought to boxes."""

from __future__ import annotations

from collections.abc import Collection

from PySide6.QtCore import QPointF, QRectF, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from gui.calls.drawing import NODE_WIDTH
from gui.canvas.scene import Scene

LEAST, MOST = 0.02, 3.0
NOTCH = 1.2
"""By how much one notch of a wheel zooms."""
READABLE = 1.0
MARGIN = 24


class Camera(QWidget):
    """``covered`` are pixels at the right that something lies over."""

    moved = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: Scene | None = None
        self.scale = 1.0
        self.corner = QPointF(0, 0)
        self.covered = 0
        self.fitted = True

    def _place_of(self, number: int) -> QPointF | None:
        if self.scene is None or not 0 <= number < len(self.scene.items):
            return None
        corner = self.scene.box(number).topLeft()
        return None if corner.x() != corner.x() else self.to_screen(corner)

    def to_screen(self, point: QPointF) -> QPointF:
        return (point - self.corner) * self.scale

    def to_scene(self, point: QPointF) -> QPointF:
        return point / self.scale + self.corner

    @property
    def seen(self) -> QRectF:
        """The part of the scene in the window."""
        return QRectF(self.corner, self.corner + QPointF(self.width(), self.height()) / self.scale)

    @property
    def _fit_scale(self) -> float:
        assert self.scene is not None
        bounds = self.scene.bounds
        wide = (self.width() - 2 * MARGIN) / max(1.0, bounds.width())
        high = (self.height() - 2 * MARGIN) / max(1.0, bounds.height())
        return min(1.0, wide, high)

    @property
    def _least(self) -> float:
        return min(LEAST, self._fit_scale) if self.scene is not None else LEAST

    def fit(self) -> None:
        """All of it."""
        if self.scene is None:
            return
        self.scale = max(self._fit_scale, 0.002)
        bounds = self.scene.bounds
        self.move_to(bounds.center() - QPointF(self.width(), self.height()) / (2 * self.scale))
        self.fitted = True

    def go_home(self) -> None:
        """All of it where it can be read so, else its beginning."""
        if self.scene is None:
            return
        if self._fit_scale >= 0.3:
            self.fit()
            return
        bounds = self.scene.bounds
        self.scale = min(READABLE, max(0.25, (self.width() - 2 * MARGIN) / bounds.width()))
        # Beside what lies over the drawing, where there is room.
        narrow = self.width() - 2 * self.covered < NODE_WIDTH * self.scale
        aside = -self.covered / 2 if narrow else 0.0
        middle = self.scene.beginning - (self.width() / 2 + aside) / self.scale
        self.move_to(QPointF(middle, bounds.top() - MARGIN / self.scale))
        self.fitted = True

    def put(self, scale: float, corner: QPointF, fitted: bool) -> None:
        """Where it was before, in a view that takes the place of another."""
        self.scale = scale
        self.move_to(corner)
        self.fitted = fitted

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """``at`` is the point of the screen that stays."""
        if self.scene is None:
            return
        at = QPointF(self.width() / 2, self.height() / 2) if at is None else at
        fixed = self.to_scene(at)
        self.scale = min(MOST, max(self._least, self.scale * factor))
        self.fitted = False
        self.move_to(fixed - at / self.scale)

    def show_boxes(self, boxes: Collection[int], *, near: bool = False) -> None:
        """Bring them into sight; ``near`` also close enough to read."""
        if self.scene is None or not boxes:
            return
        area = QRectF(self.scene.box(next(iter(boxes))))
        for number in boxes:
            area = area.united(self.scene.box(number))
        if near:
            room = min(self.width() / (area.width() + 160), self.height() / (area.height() + 160))
            self.scale = min(1.0, max(room, self._least, 0.05))
        elif self.seen.adjusted(8, 8, -8, -8).contains(area):
            return
        self.fitted = False
        self.move_to(area.center() - QPointF(self.width(), self.height()) / (2 * self.scale))

    def look_at(self, point: QPointF) -> None:
        """Put a point of the scene into the middle."""
        self.fitted = False
        self.move_to(point - QPointF(self.width(), self.height()) / (2 * self.scale))

    def move_to(self, corner: QPointF) -> None:
        """Onto whole pixels, so that tiles meet, and never so far that nothing is seen."""
        if self.scene is not None:
            bounds, wide, high = self.scene.bounds, self.width() / self.scale, self.height() / self.scale
            keep_x, keep_y = min(80 / self.scale, bounds.width()), min(80 / self.scale, bounds.height())
            x = min(max(corner.x(), bounds.left() + keep_x - wide), bounds.right() - keep_x)
            y = min(max(corner.y(), bounds.top() + keep_y - high), bounds.bottom() - keep_y)
            corner = QPointF(x, y)
        self.corner = QPointF(round(corner.x() * self.scale) / self.scale, round(corner.y() * self.scale) / self.scale)
        self.update()
        self.moved.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        if self.fitted and self.scene is not None:
            self.go_home()
        super().resizeEvent(event)
