"""What is on the canvas: boxes and lines in the drawing's own units, found by place. No widget, nothing is painted."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainterPath

from engine.layout.items import Item, Line
from engine.layout.place import HEADER
from gui.calls.drawing import Drawing, ancestors

Ints = NDArray[np.intp]
NOTHING = -1


class Scene:
    """Numbers are those of the outline's items and of the drawing's routes."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.outline = drawing.outline
        self.items: tuple[Item, ...] = drawing.outline.items
        self.lines: tuple[Line, ...] = drawing.outline.lines
        placed = drawing.placed
        boxes = placed.boxes.astype(np.float64)
        self.left, self.top = boxes[:, 0], boxes[:, 1]
        self.right, self.bottom = boxes[:, 0] + boxes[:, 2], boxes[:, 1] + boxes[:, 3]
        shown = ~np.isnan(self.left)
        open_ = np.zeros(len(self.items), bool)
        open_[sorted(drawing.open)] = True
        self.leaves: Ints = np.flatnonzero(shown & ~open_)
        self.frames: Ints = np.flatnonzero(shown & open_)
        self._set_up_routes()
        if len(self.leaves):
            low, high = (0.0, 0.0), (float(np.nanmax(self.right)), float(np.nanmax(self.bottom)))
            if len(placed.points):
                low = (min(0.0, float(placed.points[:, 0].min())), 0.0)
                high = (max(high[0], float(placed.points[:, 0].max())), max(high[1], float(placed.points[:, 1].max())))
            self.bounds = QRectF(QPointF(*low), QPointF(*high))
        else:
            self.bounds = QRectF(0, 0, 1, 1)
        self.rects: dict[int, QRectF] = {
            int(n): QRectF(x, y, w, h) for n, (x, y, w, h) in zip(self.leaves, boxes[self.leaves].tolist(), strict=True)
        }
        self._paths: dict[int, QPainterPath] = {}

    def _set_up_routes(self) -> None:
        placed = self.drawing.placed
        self.points = placed.points.astype(np.float64)
        self.starts = placed.starts
        count = len(placed.values)
        if count:
            begins = placed.starts[:-1]
            self.route_left = np.minimum.reduceat(self.points[:, 0], begins)
            self.route_right = np.maximum.reduceat(self.points[:, 0], begins)
            self.route_top = np.minimum.reduceat(self.points[:, 1], begins)
            self.route_bottom = np.maximum.reduceat(self.points[:, 1], begins)
        else:
            self.route_left = self.route_right = self.route_top = self.route_bottom = np.zeros(0)
        self.values, self.ends = placed.values, placed.ends

    @property
    def beginning(self) -> float:
        """The middle of the topmost box; of several that nearest to the middle of all."""
        top, middle = self.top[self.leaves], (self.left[self.leaves] + self.right[self.leaves]) / 2
        first = np.lexsort((np.abs(middle - self.bounds.center().x()), top))[0]
        return float(middle[first])

    # -- by place ------------------------------------------------------------------------------------------------

    def leaves_in(self, area: QRectF) -> Ints:
        return self.leaves[self.inside(self.leaves, area)]

    def frames_in(self, area: QRectF) -> Ints:
        """Outer ones first."""
        return self.frames[self.inside(self.frames, area)]

    def inside(self, some: Ints, area: QRectF) -> NDArray[np.bool_]:
        """Which of these items are there."""
        found: NDArray[np.bool_] = (
            (self.top[some] <= area.bottom()) & (self.bottom[some] >= area.top())
            & (self.left[some] <= area.right()) & (self.right[some] >= area.left())
        )  # fmt: skip
        return found

    def routes_in(self, area: QRectF, least: float = 0.0) -> Ints:
        """``least`` leaves out those that are shorter in both directions."""
        near = self.passing(slice(None), area)
        if least > 0:
            near &= (self.route_bottom - self.route_top >= least) | (self.route_right - self.route_left >= least)
        return np.flatnonzero(near)

    def passing(self, some: Ints | slice, area: QRectF) -> NDArray[np.bool_]:
        """Which of these lines may run there."""
        found: NDArray[np.bool_] = (
            (self.route_top[some] <= area.bottom()) & (self.route_bottom[some] >= area.top())
            & (self.route_left[some] <= area.right()) & (self.route_right[some] >= area.left())
        )  # fmt: skip
        return found

    def at(self, x: float, y: float) -> int:
        """The box there: a leaf, else the header of the innermost frame."""
        point = QRectF(x, y, 0, 0)
        leaves = self.leaves_in(point)
        if len(leaves):
            return int(leaves[-1])
        frames = [int(n) for n in self.frames_in(point) if y <= self.top[n] + HEADER]
        return frames[-1] if frames else NOTHING

    def frame_at(self, x: float, y: float) -> int:
        """The innermost frame there, not its header alone."""
        frames = self.frames_in(QRectF(x, y, 0, 0))
        return int(frames[-1]) if len(frames) else NOTHING

    def route_at(self, x: float, y: float, reach: float) -> int:
        """The line that runs there."""
        near = self.routes_in(QRectF(x - reach, y - reach, 2 * reach, 2 * reach))
        spot = QRectF(x - reach, y - reach, 2 * reach, 2 * reach)
        for number in near:
            outline = QPainterPath(self.path(int(number)))
            if outline.intersects(spot) and _passes(outline, spot):
                return int(number)
        return NOTHING

    def box(self, number: int) -> QRectF:
        return QRectF(
            QPointF(self.left[number], self.top[number]), QPointF(self.right[number], self.bottom[number])
        )  # fmt: skip

    def is_open(self, number: int) -> bool:
        return number in self.drawing.open

    def path(self, route: int) -> QPainterPath:
        """Smooth, leaving and arriving straight down."""
        found = self._paths.get(route)
        if found is None:
            found = self._paths[route] = _smooth(self.points[self.starts[route] : self.starts[route + 1]].tolist())
        return found

    # -- by connection -------------------------------------------------------------------------------------------

    def home(self, number: int) -> int:
        """The box that stands for an item: itself, or the outermost closed container around it."""
        found = number
        for container in ancestors(self.items, number):
            if container not in self.drawing.open:
                found = container
        return found

    def homes_of(self, names: Mapping[str, str]) -> dict[int, str]:
        """What is said of layers, by the boxes that stand for them."""
        if not names:
            return {}
        numbers = {self.items[n].name: n for n in self.outline.by_layer.values()}
        return {self.home(numbers[name]): said for name, said in names.items() if name in numbers}

    def with_neighbours(self, boxes: Iterable[int]) -> set[int]:
        """The boxes and those that they are linked with."""
        found = set(boxes)
        for number in list(found):
            found.update(self.before.get(number, ()), self.after.get(number, ()))
        return found

    @cached_property
    def after(self) -> dict[int, list[int]]:
        """Of each box those that take its values, in the order of the file."""
        return self._links[0]

    @cached_property
    def before(self) -> dict[int, list[int]]:
        return self._links[1]

    @cached_property
    def _links(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        after: dict[int, dict[int, None]] = {}
        before: dict[int, dict[int, None]] = {}
        homes = [self.home(n) for n in range(len(self.items))]
        for line in self.lines:
            source = homes[line.source]
            for target in line.targets:
                end = homes[target]
                if end != source:
                    after.setdefault(source, {})[end] = None
                    before.setdefault(end, {})[source] = None
        return {n: list(v) for n, v in after.items()}, {n: list(v) for n, v in before.items()}

    @cached_property
    def _values_of(self) -> dict[int, set[int]]:
        """The values that each box gives or takes."""
        found: dict[int, set[int]] = {}
        for number, line in enumerate(self.lines):
            for item in (line.source, *line.targets):
                found.setdefault(self.home(item), set()).add(number)
        return found

    def routes_of(self, boxes: Iterable[int]) -> Ints:
        """The lines of every value that these boxes give or take."""
        values = {value for box in boxes for value in self._values_of.get(box, ())}
        return np.flatnonzero(np.isin(self.values, sorted(values))) if values else np.zeros(0, np.intp)

    def layers_of(self, number: int) -> tuple[int, ...]:
        """Places in the index: of the layer, or of all in a container."""
        item = self.items[number]
        if item.container:
            return self.outline.layers_in.get(number, ())
        return (item.layer,) if item.layer >= 0 else ()


def _smooth(points: list[list[float]]) -> QPainterPath:
    path = QPainterPath(QPointF(*points[0]))
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if abs(x0 - x1) < 0.5:
            path.lineTo(x1, y1)
        else:
            middle = (y0 + y1) / 2
            path.cubicTo(x0, middle, x1, middle, x1, y1)
    return path


def _passes(path: QPainterPath, spot: QRectF) -> bool:
    """``intersects`` closes a path first; here only what is drawn counts."""
    length = path.length()
    steps = max(2, int(length / max(1.0, spot.width() / 2)))
    return any(spot.contains(path.pointAtPercent(n / steps)) for n in range(steps + 1))
