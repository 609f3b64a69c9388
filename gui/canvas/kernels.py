"""Layers that ran as one kernel, outlined together: around their boxes and along the lines between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainterPath, QPainterPathStroker

if TYPE_CHECKING:
    from gui.canvas.scene import Scene
    from gui.figures import Measurement

AROUND = 7.0
MOST = 64
"""Layers; what is larger (a whole subgraph that a compiler took) would be one shape around everything."""


@dataclass(frozen=True, slots=True)
class Fused:
    """The boxes of one kernel and what surrounds them."""

    name: str
    boxes: tuple[int, ...]
    around: QRectF


class Outlines:
    """The shapes are made when they are first seen."""

    def __init__(self, scene: Scene, fused: Sequence[Fused]) -> None:
        self._scene = scene
        self.fused = tuple(fused)
        self._paths: dict[int, QPainterPath] = {}

    def paths_in(self, area: QRectF) -> Iterable[QPainterPath]:
        for number, kernel in enumerate(self.fused):
            if kernel.around.intersects(area):
                if number not in self._paths:
                    self._paths[number] = self._outline(kernel)
                yield self._paths[number]

    def _outline(self, kernel: Fused) -> QPainterPath:
        scene = self._scene
        inside = set(kernel.boxes)
        shape = QPainterPath()
        for number in kernel.boxes:
            box = QPainterPath()
            box.addRoundedRect(scene.rects[number].adjusted(-AROUND, -AROUND, AROUND, AROUND), 9, 9)
            shape = shape.united(box)
        stroker = QPainterPathStroker()
        stroker.setWidth(2 * AROUND)
        for route in scene.routes_of(kernel.boxes):
            source, target = (int(end) for end in scene.ends[route])
            if source in inside and target in inside:
                shape = shape.united(stroker.createStroke(scene.path(int(route))))
        return shape.simplified()


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
