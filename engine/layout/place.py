"""Where everything stands: groups within groups, each drawn by itself and then a box in the one around it.

A wire that enters or leaves an open group crosses its border at a port, one for each value, held in the first or
last rank of what is inside. So lines keep clear of boxes inside groups too, and a residual line beside a block is
one line. The anchor of a group is where its first value enters, which keeps the trunk straight through it.

Works on numbers alone, so that it can run in a process of its own.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.layout.layered import Route, Vertex, Wire
from engine.layout.packed import packed

PADDING = 16.0
HEADER = 30.0
LEAST_WIDTH = 140.0
ROOT = -1

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]


@dataclass(frozen=True)
class Request:
    """What is to be placed.

    Attributes:
        parents: of each item, the container that it stands in, ``ROOT`` for none; containers precede what they hold.
        sizes: width and height of each item that is no open container.
        open: the containers whose contents are shown.
        wires: of each value its source and its targets, as items; an item inside a closed container stands for it.
        plain: without ordering.
    """

    parents: Sequence[int]
    sizes: Sequence[tuple[float, float]]
    open: frozenset[int]
    wires: Sequence[tuple[int, tuple[int, ...]]]
    plain: bool = False


@dataclass(frozen=True)
class Placed:
    """Boxes (left, top, width, height) of the items that are shown, ``nan`` for the others, and polylines.

    Attributes:
        points, starts: the points of all routes, and where each begins in them, with the end of the last.
        values: the wire that each route belongs to.
        ends: of each route the items at its ends; ``ROOT`` where it goes on from or to a border of a group.
    """

    boxes: Floats
    points: Floats
    starts: Ints
    values: Ints
    ends: Ints


@dataclass(slots=True)
class _Level:
    """The inside of one open container; negative numbers beyond ``ROOT`` are ports."""

    entries: dict[int, None] = field(default_factory=dict)
    exits: dict[int, None] = field(default_factory=dict)
    wires: dict[tuple[int, int], dict[int, None]] = field(default_factory=dict)
    """Of a value and its source here, the targets here; a source or target None is a port."""


@dataclass(slots=True)
class _Inside:
    """A container drawn by itself: its size, its anchor, its ports by value, its parts and its routes."""

    width: float
    height: float
    anchor: float
    entries: dict[int, float]
    exits: dict[int, float]
    parts: list[tuple[int, float, float]]
    routes: list[tuple[int, int, int, list[tuple[float, float]]]]


_PORT = -2


def place(request: Request) -> Placed:
    """Inner containers first, so that nothing recurses."""
    shown, home = _shown(request)
    levels = _levels(request, home)
    children: dict[int, list[int]] = {ROOT: []}
    for item in shown:
        children.setdefault(request.parents[item], []).append(item)
        if item in request.open:
            children.setdefault(item, [])
    inside: dict[int, _Inside] = {}
    for container in sorted((c for c in children if c != ROOT), reverse=True):
        inside[container] = _draw(request, children[container], levels.get(container, _Level()), inside, framed=True)
    whole = _draw(request, children[ROOT], levels.get(ROOT, _Level()), inside, framed=False)
    return _collected(request, whole, inside)


def _shown(request: Request) -> tuple[list[int], list[int]]:
    """The items that are seen, and for every item the one that stands for it."""
    home = list(range(len(request.parents)))
    shown = []
    for item, parent in enumerate(request.parents):
        if parent != ROOT and (home[parent] != parent or parent not in request.open):
            home[item] = home[parent]
        else:
            shown.append(item)
    return shown, home


def _levels(request: Request, home: Sequence[int]) -> dict[int, _Level]:
    """Every wire cut into its pieces, by the container that each piece runs in."""
    levels: dict[int, _Level] = {}
    chains: dict[int, list[int]] = {}

    def chain(item: int) -> list[int]:
        """The item and the containers around it, innermost first, with the root."""
        found = chains.get(item)
        if found is None:
            found = [item]
            while found[-1] != ROOT:
                found.append(request.parents[found[-1]])
            chains[item] = found
        return found

    def piece(container: int, value: int, source: int, target: int) -> None:
        level = levels.get(container)
        if level is None:
            level = levels[container] = _Level()
        if source == _PORT:
            level.entries[value] = None
        if target == _PORT:
            level.exits[value] = None
        level.wires.setdefault((value, source), {})[target] = None

    for value, (source, targets) in enumerate(request.wires):
        from_chain = chain(home[source])
        around = {container: n for n, container in enumerate(from_chain)}
        seen = set()
        for target in targets:
            end = home[target]
            if end == from_chain[0] or end in seen:
                continue
            seen.add(end)
            to_chain = chain(end)
            inner = next(n for n, container in enumerate(to_chain) if container in around)
            outer = around[to_chain[inner]]
            if outer == 0 or inner == 0:
                # One holds the other: an owner's value that its own body reads, or gives.
                continue
            for n in range(1, outer):
                piece(from_chain[n], value, from_chain[n - 1], _PORT)
            piece(to_chain[inner], value, from_chain[outer - 1], to_chain[inner - 1])
            for n in range(inner - 1, 0, -1):
                piece(to_chain[n], value, _PORT, to_chain[n - 1])
    return levels


def _draw(
    request: Request, children: Sequence[int], level: _Level, inside: dict[int, _Inside], *, framed: bool
) -> _Inside:
    children = _sorted(children, level)
    first = len(level.entries)
    number = {child: first + n for n, child in enumerate(children)}
    entry = {value: n for n, value in enumerate(level.entries)}
    exit_ = {value: first + len(children) + n for n, value in enumerate(level.exits)}
    vertices = [Vertex(3.0, 3.0, 0.0, -1) for _ in entry]
    for child in children:
        drawn = inside.get(child)
        if drawn is None:
            width, height = request.sizes[child]
            vertices.append(Vertex(width / 2, width / 2, height))
        else:
            vertices.append(Vertex(drawn.anchor, drawn.width - drawn.anchor, drawn.height))
    vertices.extend(Vertex(3.0, 3.0, 0.0, 1) for _ in exit_)
    wires = [
        Wire(
            value,
            entry[value] if source == _PORT else number[source],
            tuple(exit_[value] if target == _PORT else number[target] for target in targets),
        )
        for (value, source), targets in level.wires.items()
    ]
    drawing = packed(vertices, wires, plain=request.plain)
    left, _, right, bottom = drawing.bounds
    side, above, below = (PADDING, HEADER, PADDING) if framed else (0.0, 0.0, 0.0)
    width = max(right - left + 2 * side, LEAST_WIDTH if framed else 0.0)
    dx = (width - (right - left)) / 2 - left
    height = bottom + above + below
    routes = [
        _fitted(route, children, first, inside, dx, above, height if framed else None) for route in drawing.routes
    ]
    parts = [
        (child, drawing.x[number[child]] + dx - vertices[number[child]].left, drawing.y[number[child]] + above)
        for child in children
    ]
    entries = {value: drawing.x[n] + dx for value, n in entry.items()}
    exits = {value: drawing.x[n] + dx for value, n in exit_.items()}
    anchor = next(iter([*entries.values(), *exits.values()]), width / 2)
    return _Inside(width, height, anchor, entries, exits, parts, routes)


def _fitted(
    route: Route, children: Sequence[int], first: int, inside: dict[int, _Inside], dx: float, above: float,
    border: float | None,
) -> tuple[int, int, int, list[tuple[float, float]]]:  # fmt: skip
    """A route in the container's own coordinates, from port to port, with the items at its ends."""
    points = [(x + dx, y + above) for x, y in route.points]
    ends = []
    for vertex, place_, at in ((route.source, 0, "exits"), (route.target, -1, "entries")):
        if vertex < first:
            points[place_] = (points[place_][0], 0.0)
            ends.append(ROOT)
        elif vertex >= first + len(children):
            assert border is not None
            points[place_] = (points[place_][0], border)
            ends.append(ROOT)
        else:
            child = children[vertex - first]
            drawn = inside.get(child)
            if drawn is None:
                ends.append(child)
            else:
                x, y = points[place_]
                # A layer with bodies takes and gives values itself: those meet its box at the anchor.
                shift = getattr(drawn, at).get(route.value, drawn.anchor) - drawn.anchor
                points[place_] = (x + shift, y)
                if place_ == 0 and len(points) > 2 and points[1][0] == x:
                    points[1] = (x + shift, points[1][1])
                ends.append(ROOT)
    return route.value, ends[0], ends[1], points


def _sorted(children: Sequence[int], level: _Level) -> list[int]:
    """In an order in which wires point onwards, as far as there is one; else as in the file."""
    after: dict[int, list[int]] = {child: [] for child in children}
    waiting = dict.fromkeys(children, 0)
    for (_, source), targets in level.wires.items():
        if source == _PORT:
            continue
        for target in targets:
            if target != _PORT and target != source:
                after[source].append(target)
                waiting[target] += 1
    ready = [child for child in children if not waiting[child]]
    heapq.heapify(ready)
    left = dict.fromkeys(sorted(children))
    found = []
    while left:
        # In a cycle the one that the file has first goes first.
        child = heapq.heappop(ready) if ready else next(iter(left))
        if child not in left:
            continue
        del left[child]
        found.append(child)
        for target in after[child]:
            waiting[target] -= 1
            if waiting[target] == 0 and target in left:
                heapq.heappush(ready, target)
    return found


def _collected(request: Request, whole: _Inside, inside: dict[int, _Inside]) -> Placed:
    boxes = np.full((len(request.parents), 4), np.nan, np.float32)
    points: list[Any] = []
    starts, values, ends = [0], [], []
    count = 0
    waiting: list[tuple[_Inside, float, float]] = [(whole, 0.0, 0.0)]
    for drawn, x, y in waiting:
        for item, left, top in drawn.parts:
            inner = inside.get(item)
            width, height = request.sizes[item] if inner is None else (inner.width, inner.height)
            boxes[item] = (x + left, y + top, width, height)
            if inner is not None:
                waiting.append((inner, x + left, y + top))
        for value, source, target, line in drawn.routes:
            points.extend((x + a, y + b) for a, b in line)
            count += len(line)
            starts.append(count)
            values.append(value)
            ends.append((source, target))
    return Placed(
        boxes,
        np.array(points, np.float32).reshape(-1, 2),
        np.array(starts, np.int32),
        np.array(values, np.int32),
        np.array(ends, np.int32).reshape(-1, 2),
    )
