r"""The order of vertices within their ranks, with few crossings: the barycentre method of Sugiyama, Tagawa and Toda.

A rank is sorted by the mean position of the neighbours in the rank before it, downwards and upwards in turn
(Sugiyama et al., "Methods for visual understanding of hierarchical system structures", 1981); the order with the
fewest crossings is kept. Crossings between two ranks are the inversions among their edges, counted by insertion
into a sorted list.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Sequence

SWEEPS = 8

Adjacency = Sequence[Sequence[int]]


def ordered(ranks: Sequence[Sequence[int]], up: Adjacency, down: Adjacency) -> list[list[int]]:
    """The ranks in a new order; ``up`` and ``down`` are the neighbours one rank above and below."""
    current = [list(rank) for rank in ranks]
    position = [0] * len(up)
    for rank in current:
        _note(rank, position)
    best, fewest = [list(rank) for rank in current], crossings(current, down, position)
    for sweep in range(SWEEPS):
        if fewest == 0:
            break
        downwards = sweep % 2 == 0
        for rank in current if downwards else reversed(current):
            _sort(rank, up if downwards else down, position)
        found = crossings(current, down, position)
        if found < fewest:
            best, fewest = [list(rank) for rank in current], found
        elif sweep > 3:
            break
    return best


def crossings(ranks: Sequence[Sequence[int]], down: Adjacency, position: Sequence[int]) -> int:
    """How many pairs of edges between neighbouring ranks cross."""
    total = 0
    for rank in ranks:
        if len(rank) < 2:
            continue
        seen: list[int] = []
        for vertex in rank:
            ends = sorted(position[other] for other in down[vertex])
            total += sum(len(seen) - bisect_right(seen, end) for end in ends)
            for end in ends:
                insort(seen, end)
    return total


def _sort(rank: list[int], neighbours: Adjacency, position: list[int]) -> None:
    """Vertices without neighbours on that side keep their places."""
    if len(rank) < 2:
        return
    wanted = {
        v: sum(position[n] for n in neighbours[v]) / len(neighbours[v]) if neighbours[v] else float(position[v])
        for v in rank
    }
    rank.sort(key=lambda v: (wanted[v], position[v]))
    _note(rank, position)


def _note(rank: Sequence[int], position: list[int]) -> None:
    for place, vertex in enumerate(rank):
        position[vertex] = place
