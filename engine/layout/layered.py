"""One graph without groups in layers, edges pointing down: ranks, order, coordinates, routes.

Ranks are longest paths; what nothing precedes is drawn down to its first consumer. An edge over several ranks
passes through a bend in each, and all edges from one value share their bends. Where a rank holds a single vertex,
the drawing is cut: such a vertex stands at x = 0, so that the trunk of a network is one straight line, and what
lies between two of them is small, and placed once for all stretches of the same form. Edges over more than ``LONG``
ranks, and those against the order of the file, run in lanes beside the drawing.

Nothing here recurses and every step is bounded, whatever the graph: a stretch that is too large to be ordered is
placed rank by rank, without.
"""

from __future__ import annotations

import functools
import itertools
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.layout.coordinates import coordinates
from engine.layout.order import ordered

GAP_X = 28.0
GAP_Y = 48.0
BEND_WIDTH = 6.0
LANE = 10.0
LONG = 32
MOST_ORDERED = 6000
"""Vertices of one stretch; above it ordering alone would take seconds."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Vertex:
    """A box around an anchor; ``pin`` holds it in the first or the last rank."""

    left: float
    right: float
    height: float
    pin: int = 0


@dataclass(frozen=True, slots=True)
class Wire:
    """One value from the vertex that gives it to those that take it."""

    value: int
    source: int
    targets: tuple[int, ...]


@dataclass(slots=True)
class Route:
    """The piece of a wire to one of its targets, from top to bottom; shared bends are drawn once."""

    value: int
    source: int
    target: int
    points: list[Point]


@dataclass(slots=True)
class Drawing:
    """Anchors and tops of the vertices, and the routes; ``bounds`` are left, top, right and bottom."""

    x: list[float]
    y: list[float]
    routes: list[Route]
    bounds: tuple[float, float, float, float]


@dataclass(slots=True)
class _Graph:
    """Vertices with the bends behind them, and edges between neighbouring ranks."""

    rank: list[int]
    left: list[float]
    right: list[float]
    up: list[list[int]]
    down: list[list[int]]
    chains: list[tuple[Wire, int, list[int]]] = field(default_factory=list)
    """Of each edge its wire, its target, and the bends that no edge before it has drawn, after what they hang on."""


def layered(vertices: Sequence[Vertex], wires: Iterable[Wire], *, plain: bool = False) -> Drawing:
    """``plain`` leaves ordering out: for graphs on which it took too long."""
    forward, lanes = _split(wires)
    rank = ranked(vertices, forward)
    short = []
    for wire in forward:
        near = tuple(t for t in wire.targets if rank[t] - rank[wire.source] <= LONG)
        far = tuple(t for t in wire.targets if rank[t] - rank[wire.source] > LONG)
        if near:
            short.append(Wire(wire.value, wire.source, near))
        if far:
            lanes.append(Wire(wire.value, wire.source, far))
    graph = _with_bends(vertices, rank, short)
    ranks = _ranks(graph.rank)
    x, ranks = _across(graph, ranks, len(vertices), plain)
    y, bottoms = _downwards(vertices, ranks)
    return _drawn(vertices, graph, x, y, bottoms, lanes)


def _split(wires: Iterable[Wire]) -> tuple[list[Wire], list[Wire]]:
    """Edges along the numbers of the vertices, and those against them, which a sorted graph has none of."""
    forward, against = [], []
    for wire in wires:
        along = tuple(dict.fromkeys(t for t in wire.targets if t > wire.source))
        back = tuple(dict.fromkeys(t for t in wire.targets if t < wire.source))
        if along:
            forward.append(Wire(wire.value, wire.source, along))
        if back:
            against.append(Wire(wire.value, wire.source, back))
    return forward, against


def ranked(vertices: Sequence[Vertex], wires: Iterable[Wire]) -> list[int]:
    """Longest paths; then whatever has more outgoing than incoming edges is drawn down to its nearest consumer."""
    out: list[list[int]] = [[] for _ in vertices]
    incoming = [0] * len(vertices)
    for wire in wires:
        out[wire.source].extend(wire.targets)
        for target in wire.targets:
            incoming[target] += 1
    above = any(v.pin < 0 for v in vertices)
    rank = [1 if above and v.pin >= 0 else 0 for v in vertices]
    for v, targets in enumerate(out):
        below = rank[v] + 1
        for target in targets:
            if rank[target] < below:
                rank[target] = below
    for v in range(len(vertices) - 1, -1, -1):
        if out[v] and vertices[v].pin == 0 and incoming[v] < len(out[v]):
            rank[v] = max(rank[v], min(rank[t] for t in out[v]) - 1)
    last = max((r + 1 for v, r in zip(vertices, rank, strict=True) if v.pin <= 0), default=0)
    return [last if v.pin > 0 else r for v, r in zip(vertices, rank, strict=True)]


def _with_bends(vertices: Sequence[Vertex], rank: Sequence[int], wires: Iterable[Wire]) -> _Graph:
    count = len(vertices)
    graph = _Graph(
        list(rank),
        [v.left for v in vertices],
        [v.right for v in vertices],
        [[] for _ in range(count)],
        [[] for _ in range(count)],
    )
    for wire in wires:
        bends: dict[int, int] = {rank[wire.source]: wire.source}
        for target in sorted(wire.targets, key=lambda t: -rank[t]):
            chain = []
            for place in range(rank[target] - 1, rank[wire.source], -1):
                if place in bends:
                    chain.append(bends[place])
                    break
                bends[place] = _bend(graph, place)
                chain.append(bends[place])
            else:
                chain.append(wire.source)
            chain.reverse()
            for a, b in zip(chain, [*chain[1:], target], strict=True):
                graph.down[a].append(b)
                graph.up[b].append(a)
            graph.chains.append((wire, target, chain))
    return graph


def _bend(graph: _Graph, rank: int) -> int:
    graph.rank.append(rank)
    graph.left.append(BEND_WIDTH / 2)
    graph.right.append(BEND_WIDTH / 2)
    graph.up.append([])
    graph.down.append([])
    return len(graph.rank) - 1


def _ranks(rank: Sequence[int]) -> list[list[int]]:
    found: list[list[int]] = [[] for _ in range(max(rank, default=-1) + 1)]
    for v, r in enumerate(rank):
        found[r].append(v)
    return found


def _across(graph: _Graph, ranks: list[list[int]], vertices: int, plain: bool) -> tuple[list[float], list[list[int]]]:
    """The anchors, stretch by stretch between ranks of one vertex, and the ranks in their order."""
    x = [0.0] * len(graph.rank)
    cuts = [number for number, rank in enumerate(ranks) if len(rank) == 1]
    ends = sorted({0, *cuts, len(ranks) - 1}) if ranks else []
    result = list(ranks)
    for first, last in itertools.pairwise(ends) if len(ends) > 1 else [(0, 0)] if ends else []:
        stretch = ranks[first : last + 1]
        if any(len(rank) > 1 for rank in stretch):
            result[first : last + 1] = _place_stretch(graph, stretch, vertices, plain, x)
    return x, result


def _place_stretch(
    graph: _Graph, stretch: list[list[int]], vertices: int, plain: bool, x: list[float]
) -> list[list[int]]:
    members = [v for rank in stretch for v in rank]
    local = {v: n for n, v in enumerate(members)}
    ranks, places = _form(
        tuple(len(rank) for rank in stretch),
        tuple(tuple(local[u] for u in graph.up[v] if u in local) for v in members),
        tuple((graph.left[v], graph.right[v]) for v in members),
        frozenset(n for n, v in enumerate(members) if v >= vertices),
        plain or len(members) > MOST_ORDERED,
    )
    for v, place in zip(members, places, strict=True):
        x[v] = place
    return [[members[n] for n in rank] for rank in ranks]


@functools.lru_cache(maxsize=4096)
def _form(
    lengths: tuple[int, ...],
    up: tuple[tuple[int, ...], ...],
    sides: tuple[tuple[float, float], ...],
    bends: frozenset[int],
    plain: bool,
) -> tuple[list[list[int]], list[float]]:
    """A stretch by its form alone: networks repeat their blocks. Its vertices are numbered rank by rank."""
    left, right = [a for a, _ in sides], [b for _, b in sides]
    ends = list(itertools.accumulate(lengths))
    ranks = [list(range(end - length, end)) for end, length in zip(ends, lengths, strict=True)]
    down: list[list[int]] = [[] for _ in up]
    for v, above in enumerate(up):
        for u in above:
            down[u].append(v)
    if plain:
        places = _side_by_side(ranks, left, right)
    else:
        ranks = ordered(ranks, up, down)
        places = coordinates(ranks, up, down, left, right, bends, GAP_X)
    # The trunk is straight: what stands alone in its rank stands at 0, and so do boxes that only lines run beside.
    alone = [rank[0] for rank in (ranks[0], ranks[-1]) if len(rank) == 1]
    boxes = [[v for v in rank if v not in bends] for rank in ranks[1:-1]]
    trunk = Counter(places[only[0]] for only in boxes if len(only) == 1)
    if trunk and alone:
        shift = trunk.most_common(1)[0][0]
    else:
        shift = places[alone[0]] if alone else _middle(places, left, right)
    return ranks, [0.0 if n in alone else place - shift for n, place in enumerate(places)]


def _middle(x: Sequence[float], left: Sequence[float], right: Sequence[float]) -> float:
    low = min(p - a for p, a in zip(x, left, strict=True))
    return (low + max(p + b for p, b in zip(x, right, strict=True))) / 2


def _side_by_side(ranks: list[list[int]], left: Sequence[float], right: Sequence[float]) -> list[float]:
    x = [0.0] * len(left)
    for rank in ranks:
        at = -sum(left[v] + right[v] + GAP_X for v in rank) / 2
        for v in rank:
            x[v] = at + left[v]
            at += left[v] + right[v] + GAP_X
    return x


def _downwards(vertices: Sequence[Vertex], ranks: list[list[int]]) -> tuple[list[float], list[tuple[float, float]]]:
    """Tops of the vertices, and top and bottom of each rank."""
    y = [0.0] * len(vertices)
    spans = []
    at = 0.0
    for number, rank in enumerate(ranks):
        real = [v for v in rank if v < len(vertices)]
        height = max((vertices[v].height for v in real), default=0.0)
        for v in real:
            y[v] = at if vertices[v].pin >= 0 else at + height - vertices[v].height
        spans.append((at, at + height))
        at += height + (GAP_Y if number < len(ranks) - 1 else 0.0)
    return y, spans


def _drawn(
    vertices: Sequence[Vertex],
    graph: _Graph,
    x: list[float],
    y: list[float],
    spans: list[tuple[float, float]],
    lanes: list[Wire],
) -> Drawing:
    count = len(vertices)
    routes = []
    for wire, target, chain in graph.chains:
        points: list[Point] = []
        for number, v in enumerate(chain):
            if v < count:
                points.append((x[v], y[v] + vertices[v].height))
                bottom = spans[graph.rank[v]][1]
                if bottom - points[-1][1] > 1:
                    points.append((x[v], bottom))
            else:
                top, bottom = spans[graph.rank[v]]
                points.extend(((x[v], top), (x[v], bottom)) if number and bottom > top else ((x[v], bottom),))
        points.append((x[target], y[target]))
        routes.append(Route(wire.value, wire.source, target, points))
    low = min((x[v] - graph.left[v] for v in range(len(x))), default=0.0)
    high = max((x[v] + graph.right[v] for v in range(len(x))), default=0.0)
    given = _lanes(lanes, y)
    for wire, lane in given:
        side = high + GAP_X / 2 + LANE * lane
        begin = y[wire.source] + vertices[wire.source].height
        for target in wire.targets:
            routes.append(
                Route(
                    wire.value,
                    wire.source,
                    target,
                    [
                        (x[wire.source], begin),
                        (side, begin + GAP_Y / 2),
                        (side, y[target] - GAP_Y / 2),
                        (x[target], y[target]),
                    ],
                )
            )
    widest = max((lane for _, lane in given), default=-1)
    right = high + (GAP_X / 2 + LANE * (widest + 1) if widest >= 0 else 0.0)
    return Drawing(x[:count], y, routes, (low, 0.0, right, spans[-1][1] if spans else 0.0))


def _lanes(wires: Iterable[Wire], y: Sequence[float]) -> list[tuple[Wire, int]]:
    """A lane for each wire, so that no two in one lane overlap: first fit in the order of their tops."""
    spans = sorted(
        (min(y[v] for v in (w.source, *w.targets)), max(y[v] for v in (w.source, *w.targets)), n, w)
        for n, w in enumerate(wires)
    )
    ends: list[float] = []
    found = []
    for top, bottom, _, wire in spans:
        lane = next((n for n, end in enumerate(ends) if end < top), len(ends))
        if lane == len(ends):
            ends.append(bottom)
        ends[lane] = bottom
        found.append((wire, lane))
    return found
