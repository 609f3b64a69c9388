"""Layers that ran as one kernel, outlined together: around their boxes and along the lines between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

if TYPE_CHECKING:
    from gui.canvas.scene import Scene
    from gui.figures import Measurement

AROUND, ROUND = 7.0, 9.0
WIDTH = 1.2
"""Of the outline, in pixels."""
MOST = 64
"""Layers; what is larger (a whole subgraph that a compiler took) would be one shape around everything."""


@dataclass(frozen=True, slots=True)
class Fused:
    """The boxes of one kernel and what surrounds them."""

    name: str
    boxes: tuple[int, ...]
    around: QRectF


class Outlines:
    """The shapes of one kernel, boxes and lines, are filled twice, first a little larger: what stays of that is the
    outline around all of them. To unite their paths would take seconds where many lines join far boxes.
    """

    def __init__(self, scene: Scene, fused: Sequence[Fused]) -> None:
        self._scene = scene
        self.fused = tuple(fused)
        self._routes: dict[int, tuple[int, ...]] = {}

    def within(self, area: QRectF) -> Iterable[tuple[Fused, tuple[int, ...]]]:
        """Each kernel that is seen there, and the lines between its boxes."""
        for number, kernel in enumerate(self.fused):
            if kernel.around.intersects(area):
                if number not in self._routes:
                    self._routes[number] = self._inside(kernel)
                yield kernel, self._routes[number]

    def paint(
        self, painter: QPainter, area: QRectF, scale: float, line: QColor, ground: Callable[[int], QColor]
    ) -> None:
        """``ground`` is the colour inside, for a box's sake: it hides what lies below."""
        for kernel, routes in self.within(area):
            for color, more in ((line, WIDTH / scale), (ground(kernel.boxes[0]), 0.0)):
                self._fill(painter, area, kernel, routes, color, AROUND + more)

    def _fill(
        self, painter: QPainter, area: QRectF, kernel: Fused, routes: Iterable[int], color: QColor, reach: float
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for number in kernel.boxes:
            box = self._scene.rects[number].adjusted(-reach, -reach, reach, reach)
            if box.intersects(area):
                painter.drawRoundedRect(box, ROUND + reach - AROUND, ROUND + reach - AROUND)
        painter.setPen(QPen(QBrush(color), 2 * reach, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for route in routes:
            painter.drawPath(self._scene.path(route))

    def _inside(self, kernel: Fused) -> tuple[int, ...]:
        inside = set(kernel.boxes)
        ends = self._scene.ends
        found = (int(route) for route in self._scene.routes_of(kernel.boxes))
        return tuple(route for route in found if int(ends[route][0]) in inside and int(ends[route][1]) in inside)


def outlines(scene: Scene, measurement: Measurement | None, places: Mapping[str, int]) -> Outlines | None:
    """Of kernels that do the work of several boxes; ``places`` are the layers' places in the index, by id."""
    if measurement is None:
        return None
    found: dict[tuple[int, ...], Fused] = {}
    for kernel in measurement.profile.kernels:
        ids = dict.fromkeys(measurement.homes.get(i, i) for i in kernel.layers)
        items = [scene.outline.by_layer.get(places[i], -1) for i in ids if i in places]
        boxes = tuple(sorted({n for n in items if n in scene.rects}))
        if 1 < len(boxes) <= MOST and boxes not in found:
            around = QRectF(scene.rects[boxes[0]])
            for number in boxes[1:]:
                around = around.united(scene.rects[number])
            found[boxes] = Fused(kernel.name, boxes, around.adjusted(-AROUND, -AROUND, AROUND, AROUND))
    return Outlines(scene, tuple(found.values()))
