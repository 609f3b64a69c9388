"""Parts of a graph that nothing connects, beside each other: in rows about as wide as the whole is high."""

from __future__ import annotations

from collections.abc import Sequence

from engine.layout.layered import GAP_X, GAP_Y, Drawing, Vertex, Wire, layered


def packed(vertices: Sequence[Vertex], wires: Sequence[Wire], *, plain: bool = False) -> Drawing:
    """``layered`` for each connected part; the parts stand in the order of their first vertices."""
    parts = _parts(len(vertices), wires)
    if len(parts) == 1:
        return layered(vertices, wires, plain=plain)
    number = {v: (p, n) for p, part in enumerate(parts) for n, v in enumerate(part)}
    inside: list[list[Wire]] = [[] for _ in parts]
    for wire in wires:
        inside[number[wire.source][0]].append(
            Wire(wire.value, number[wire.source][1], tuple(number[t][1] for t in wire.targets))
        )
    drawings = [
        layered([vertices[v] for v in part], inner, plain=plain) for part, inner in zip(parts, inside, strict=True)
    ]
    return _in_rows(len(vertices), parts, drawings)


def _in_rows(count: int, parts: Sequence[Sequence[int]], drawings: Sequence[Drawing]) -> Drawing:
    sizes = [(d.bounds[2] - d.bounds[0], d.bounds[3] - d.bounds[1]) for d in drawings]
    area = sum((w + GAP_X) * (h + GAP_Y) for w, h in sizes)
    widest = max(max((w for w, _ in sizes), default=0.0), (1.6 * area) ** 0.5)
    x, y = [0.0] * count, [0.0] * count
    routes = []
    left = top = height = right = 0.0
    for part, drawing, (w, h) in zip(parts, drawings, sizes, strict=True):
        if left > 0 and left + w > widest:
            left, top, height = 0.0, top + height + GAP_Y, 0.0
        dx, dy = left - drawing.bounds[0], top
        for n, v in enumerate(part):
            x[v], y[v] = drawing.x[n] + dx, drawing.y[n] + dy
        for route in drawing.routes:
            route.source, route.target = part[route.source], part[route.target]
            route.points = [(a + dx, b + dy) for a, b in route.points]
            routes.append(route)
        left, height = left + w + GAP_X, max(height, h)
        right = max(right, left - GAP_X)
    return Drawing(x, y, routes, (0.0, 0.0, right, top + height))


def _parts(count: int, wires: Sequence[Wire]) -> list[list[int]]:
    above = list(range(count))

    def find(v: int) -> int:
        while above[v] != v:
            above[v] = above[above[v]]
            v = above[v]
        return v

    for wire in wires:
        for target in wire.targets:
            a, b = find(wire.source), find(target)
            if a != b:
                above[max(a, b)] = min(a, b)
    found: dict[int, list[int]] = {}
    for v in range(count):
        found.setdefault(find(v), []).append(v)
    return list(found.values())
