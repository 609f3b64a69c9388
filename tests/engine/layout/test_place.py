"""Groups within groups: what is inside stays inside, closed ones stand for it, and lines cross borders at ports."""

from __future__ import annotations

import numpy as np

from engine.layout.drawer import Drawer
from engine.layout.place import Placed, Request, place
from engine.progress import Progress

# 0 is a group with 2 and 3, and the group 1 in it with 4 and 5; 6 and 7 stand outside.
PARENTS = [-1, 0, 0, 0, 1, 1, -1, -1]
WIRES = [(6, (2,)), (2, (4, 3)), (4, (5,)), (5, (3, 7)), (3, (7,))]


def request(*open_: int) -> Request:
    return Request(PARENTS, [(100.0, 40.0)] * len(PARENTS), frozenset(open_), WIRES)


def box(placed: Placed, item: int) -> tuple[float, float, float, float]:
    x, y, w, h = placed.boxes[item].tolist()
    return x, y, x + w, y + h


def test_open_groups_enclose_what_they_hold() -> None:
    placed = place(request(0, 1))
    for item, parent in enumerate(PARENTS):
        if parent >= 0:
            inner, outer = box(placed, item), box(placed, parent)
            assert outer[0] < inner[0] < inner[2] < outer[2]
            assert outer[1] < inner[1] < inner[3] < outer[3]
    assert not np.isnan(placed.boxes).any()


def test_a_closed_group_stands_for_all_in_it() -> None:
    placed = place(request())
    shown = set(np.flatnonzero(~np.isnan(placed.boxes[:, 0])).tolist())
    assert shown == {0, 6, 7}
    assert sorted(map(tuple, placed.ends.tolist())) == [(0, 7), (0, 7), (6, 0)]
    partly = place(request(0))
    assert set(np.flatnonzero(~np.isnan(partly.boxes[:, 0])).tolist()) == {0, 1, 2, 3, 6, 7}


def test_pieces_of_a_line_meet_at_the_borders() -> None:
    """Of the value that 5 gives, from within two groups to the outside."""
    placed = place(request(0, 1))
    pieces = [
        placed.points[placed.starts[n] : placed.starts[n + 1]]
        for n in range(len(placed.values))
        if placed.values[n] == 3
    ]
    begins = [tuple(p[0].round(1).tolist()) for p in pieces]
    ends = [tuple(p[-1].round(1).tolist()) for p in pieces]
    first = tuple(np.round([sum(box(placed, 5)[::2]) / 2, box(placed, 5)[3]], 1).tolist())
    loose = [b for b in begins if b not in ends]
    assert set(loose) == {first}
    assert {y for _, y in ends} >= {
        round(box(placed, 1)[3], 1),
        round(box(placed, 0)[3], 1),
        round(box(placed, 7)[1], 1),
    }


def test_a_layer_with_bodies_takes_and_gives_values_itself() -> None:
    """1 is a container that is wired, and what is in it reads from outside as well."""
    parents = [-1, -1, 1, -1]
    placed = place(Request(parents, [(100.0, 40.0)] * 4, frozenset({1}), [(0, (1, 2)), (1, (3,))]))
    assert sorted(map(tuple, placed.ends.tolist())) == [(-1, 2), (-1, 3), (0, -1)]


def test_a_drawing_that_takes_too_long_is_made_without_ordering() -> None:
    count = 20_000
    wires = [(n, (n + 1, min(count - 1, n + 2 + n % 5))) for n in range(count - 1)]
    drawer = Drawer(limit_s=0.01)
    try:
        found = drawer.place(Request([-1] * count, [(100.0, 40.0)] * count, frozenset(), wires), progress=Progress())
    finally:
        drawer.close()
    assert found.simple
    assert not np.isnan(found.placed.boxes).any()
