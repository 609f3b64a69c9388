r"""Horizontal places of ordered vertices: Brandes and Köpf, "Fast and simple horizontal coordinate assignment" (2002).

Each vertex is aligned with the median of its neighbours above (or below), from the left (or from the right), into
vertical blocks; each of the four results is as narrow as its blocks allow, and a vertex stands at the mean of the
middle two of its four places. Edges that pass through several ranks come first where alignments exclude each other,
so that they are straight. Blocks are compacted by longest paths over the graph of blocks and not by the paper's
classes, whose treatment was wrong (erratum, 2020).

A vertex v occupies [x - left[v], x + right[v]]: its anchor, where edges meet it, need not be its middle.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

Ranks = Sequence[Sequence[int]]
Adjacency = Sequence[Sequence[int]]
Pairs = frozenset[tuple[int, int]]


def coordinates(
    ranks: Ranks,
    up: Adjacency,
    down: Adjacency,
    left: Sequence[float],
    right: Sequence[float],
    bends: frozenset[int],
    gap: float,
) -> list[float]:
    """The anchors of all vertices; ``bends`` are those that an edge passes through."""
    conflicts = _conflicts(ranks, up, bends)
    found: list[dict[int, float]] = []
    for downwards in (True, False):
        layers = [list(rank) for rank in (ranks if downwards else reversed(ranks))]
        neighbours = up if downwards else down
        for leftwards in (True, False):
            turned = layers if leftwards else [rank[::-1] for rank in layers]
            sides = (left, right) if leftwards else (right, left)
            root = _aligned(turned, neighbours, conflicts)
            x = _compacted(turned, root, *sides, gap)
            found.append(x if leftwards else {v: -value for v, value in x.items()})
    return _balanced(found, left, right, len(up))


def _conflicts(ranks: Ranks, up: Adjacency, bends: frozenset[int]) -> Pairs:
    """Edges that cross one between two bends."""
    marked: set[tuple[int, int]] = set()
    if not bends:
        return frozenset()
    for above, below in itertools.pairwise(ranks):
        place = {v: n for n, v in enumerate(above)}
        begin = start = 0
        for number, vertex in enumerate(below):
            inner = next((u for u in up[vertex] if u in bends), None) if vertex in bends else None
            last = number == len(below) - 1
            if inner is None and not last:
                continue
            end = place[inner] if inner is not None else len(above) - 1
            for other in below[start : number + 1]:
                for u in up[other]:
                    if (place[u] < begin or place[u] > end) and not (u in bends and other in bends):
                        marked.add((u, other))
            start, begin = number + 1, end
    return frozenset(marked)


def _aligned(layers: Ranks, neighbours: Adjacency, conflicts: Pairs) -> dict[int, int]:
    """The first vertex of the block of each vertex."""
    root = {v: v for layer in layers for v in layer}
    align = dict(root)
    for above, layer in itertools.pairwise(layers):
        place = {v: n for n, v in enumerate(above)}
        reached = -1
        for v in layer:
            near = sorted(neighbours[v], key=place.__getitem__)
            for m in ((len(near) - 1) // 2, len(near) // 2) if near else ():
                u = near[m]
                if align[v] != v or reached >= place[u] or (u, v) in conflicts or (v, u) in conflicts:
                    continue
                align[u], root[v] = v, root[u]
                align[v] = root[v]
                reached = place[u]
    return root


def _compacted(
    layers: Ranks, root: Mapping[int, int], left: Sequence[float], right: Sequence[float], gap: float
) -> dict[int, float]:
    """As far to the left as the order allows, then back to the right where that shortens what hangs on a block."""
    apart: dict[int, dict[int, float]] = {r: {} for r in root.values()}
    before: dict[int, dict[int, float]] = {r: {} for r in apart}
    for layer in layers:
        for u, v in itertools.pairwise(layer):
            a, b = root[u], root[v]
            distance = max(apart[a].get(b, 0.0), right[u] + gap + left[v])
            apart[a][b] = before[b][a] = distance
    order = _topological(apart, before)
    x = dict.fromkeys(apart, 0.0)
    for block in order:
        if before[block]:
            x[block] = max(x[other] + distance for other, distance in before[block].items())
    for block in reversed(order):
        if apart[block] and not before[block]:
            x[block] = max(x[block], min(x[other] - distance for other, distance in apart[block].items()))
    return {v: x[r] for v, r in root.items()}


def _topological(after: Mapping[int, Mapping[int, float]], before: Mapping[int, Mapping[int, float]]) -> list[int]:
    waiting = {block: len(others) for block, others in before.items()}
    order = [block for block, count in waiting.items() if not count]
    for block in order:
        for other in after[block]:
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    return order


def _balanced(
    found: Sequence[Mapping[int, float]], left: Sequence[float], right: Sequence[float], count: int
) -> list[float]:
    """The mean of the middle two, after all four were moved to the edge of the narrowest."""
    ends = [(min(x - left[v] for v, x in f.items()), max(x + right[v] for v, x in f.items())) for f in found]
    low, high = min(ends, key=lambda e: e[1] - e[0])
    shifts = [low - e[0] if n % 2 == 0 else high - e[1] for n, e in enumerate(ends)]
    x = [0.0] * count
    for v in found[0]:
        places = sorted(f[v] + shift for f, shift in zip(found, shifts, strict=True))
        x[v] = (places[1] + places[2]) / 2
    return x
