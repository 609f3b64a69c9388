"""The drawing in tiles of the screen's size, so that panning copies pixels and no frame paints more than it has time
for.

Tiles belong to one scale. After a change of scale the old ones are shown stretched until the new ones are there,
nearest to the middle first.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

SIDE = 256
BUDGET_S = 0.006
"""For new tiles in one frame."""
MOST = 160
Key = tuple[int, int]
Paint = Callable[[QPainter, QRectF, float], None]


class Tiles:
    """``paint`` draws a part of the scene with a painter in its units."""

    def __init__(self) -> None:
        self.paint: Paint | None = None
        self.background = QColor()
        self._scale = 0.0
        self._ratio = 1.0
        self._tiles: dict[Key, QPixmap] = {}
        self._old: dict[Key, QPixmap] = {}
        self._old_scale = 1.0

    def forget(self, *, keep: bool = False) -> None:
        """``keep`` goes on showing what there is until new tiles are painted: only colours changed."""
        if keep and self._tiles:
            self._old, self._old_scale = self._tiles, self._scale
        else:
            self._old = {}
        self._tiles = {}

    def draw(self, painter: QPainter, corner: QPointF, scale: float, width: int, height: int, ratio: float) -> bool:
        """Show what lies there; ``corner`` is the scene's point at the top left. False where tiles are missing."""
        if self.paint is None:
            return True
        if scale != self._scale or ratio != self._ratio:
            if self._tiles and len(self._tiles) >= min(4, len(self._old)) and ratio == self._ratio:
                self._old, self._old_scale = self._tiles, self._scale
            elif ratio != self._ratio:
                self._old = {}
            self._tiles = {}
            self._scale, self._ratio = scale, ratio
        left, top = corner.x() * scale, corner.y() * scale
        first = (math.floor(left / SIDE), math.floor(top / SIDE))
        last = (math.floor((left + width - 1) / SIDE), math.floor((top + height - 1) / SIDE))
        wanted = [(x, y) for y in range(first[1], last[1] + 1) for x in range(first[0], last[0] + 1)]
        missing = [key for key in wanted if key not in self._tiles]
        middle = (left + width / 2, top + height / 2)
        missing.sort(key=lambda k: math.hypot((k[0] + 0.5) * SIDE - middle[0], (k[1] + 0.5) * SIDE - middle[1]))
        until = time.perf_counter() + BUDGET_S
        while missing and time.perf_counter() < until:
            key = missing.pop(0)
            self._tiles[key] = self._make(key)
        if missing:
            self._draw_old(painter, corner, scale)
        for key in wanted:
            tile = self._tiles.get(key)
            if tile is not None:
                painter.drawPixmap(QPointF(round(key[0] * SIDE - left), round(key[1] * SIDE - top)), tile)
        if not missing:
            self._old = {}
            self._drop(wanted)
        return not missing

    def _make(self, key: Key) -> QPixmap:
        assert self.paint is not None
        side = round(SIDE * self._ratio)
        tile = QPixmap(side, side)
        tile.setDevicePixelRatio(self._ratio)
        tile.fill(self.background)
        painter = QPainter(tile)
        painter.translate(-key[0] * SIDE, -key[1] * SIDE)
        painter.scale(self._scale, self._scale)
        # A little more than the tile: lines and outlines have a width.
        edge = 12 / self._scale
        part = QRectF(key[0] * SIDE / self._scale, key[1] * SIDE / self._scale, SIDE / self._scale, SIDE / self._scale)
        self.paint(painter, part.adjusted(-edge, -edge, edge, edge), self._scale)
        painter.end()
        return tile

    def _draw_old(self, painter: QPainter, corner: QPointF, scale: float) -> None:
        factor = scale / self._old_scale
        side = SIDE * factor
        view = QRectF(painter.viewport())
        for (x, y), tile in self._old.items():
            place = QRectF(x * side - corner.x() * scale, y * side - corner.y() * scale, side, side)
            if place.intersects(view):
                painter.drawPixmap(place, tile, QRectF(tile.rect()))

    def _drop(self, wanted: list[Key]) -> None:
        if len(self._tiles) > MOST:
            kept = set(wanted)
            for key in [k for k in self._tiles if k not in kept][: len(self._tiles) - MOST]:
                del self._tiles[key]
