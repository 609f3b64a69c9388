"""Layers that ran as one kernel, outlined together: around their boxes and along the lines between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

if TYPE_CHECKING:
    from gui.canvas.scene import Ints, Scene
    from gui.figures import Measurement

AROUND, ROUND = 7.0, 9.0
WIDTH = 1.2
"""Of the outline, in pixels."""
SEEN = 2.0
"""Pixels around a line below which the outline does not follow it."""
MOST = 64
"""Layers; what is larger (a whole subgraph that a compiler took) would be one shape around everything."""


@dataclass(frozen=True, slots=True)
class Fused:
    """The boxes of one kernel."""

    name: str
    boxes: tuple[int, ...]


class Outlines:
    """The shapes of one kernel, boxes and lines, are filled twice, first a little larger: what stays of that is the
    outline around all of them. To unite their paths would take seconds where many lines join far boxes.
    """

    def __init__(self, scene: Scene, fused: Sequence[Fused]) -> None:
        self._scene = scene
        self.fused = tuple(fused)
        pairs = [(number, box) for number, kernel in enumerate(self.fused) for box in kernel.boxes]
        self._boxes = np.array(pairs, np.intp).reshape(-1, 2)

    @cached_property
    def _routes(self) -> Ints:
        """The number of each kernel with that of each line between two of its boxes, as rows."""
        of: dict[int, set[int]] = {}
        for number, box in self._boxes.tolist():
            of.setdefault(box, set()).add(number)
        none: set[int] = set()
        ends = enumerate(self._scene.ends.tolist())
        pairs = [(n, route) for route, (a, b) in ends for n in of.get(a, none) & of.get(b, none)]
        return np.array(pairs, np.intp).reshape(-1, 2)

    def paint(
        self, painter: QPainter, area: QRectF, scale: float, line: QColor, ground: Callable[[int], QColor]
    ) -> None:
        """``ground`` is the colour inside, for a box's sake: it hides what lies below."""
        most = AROUND + WIDTH / scale
        for number, (boxes, routes) in self._seen(area.adjusted(-most, -most, most, most)).items():
            for color, more in ((line, WIDTH / scale), (ground(self.fused[number].boxes[0]), 0.0)):
                self._fill(painter, boxes, routes if AROUND * scale >= SEEN else (), color, AROUND + more)

    def _seen(self, area: QRectF) -> dict[int, tuple[list[int], list[int]]]:
        """The boxes and the lines that are there, by the number of their kernel."""
        found: dict[int, tuple[list[int], list[int]]] = {}
        boxes, routes = self._boxes, self._routes
        for pairs, there, place in (
            (boxes, self._scene.inside(boxes[:, 1], area), 0), (routes, self._scene.passing(routes[:, 1], area), 1)
        ):  # fmt: skip
            for number, one in pairs[there].tolist():
                found.setdefault(number, ([], []))[place].append(one)
        return found

    def _fill(
        self, painter: QPainter, boxes: Iterable[int], routes: Iterable[int], color: QColor, reach: float
    ) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        corner = ROUND + reach - AROUND
        for number in boxes:
            painter.drawRoundedRect(self._scene.rects[number].adjusted(-reach, -reach, reach, reach), corner, corner)
        painter.setPen(QPen(QBrush(color), 2 * reach, Qt.PenStyle.SolidLine, Qt.PenCapStyle.FlatCap))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for route in routes:
            painter.drawPath(self._scene.path(route))


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
            found[boxes] = Fused(kernel.name, boxes)
    return Outlines(scene, tuple(found.values()))
