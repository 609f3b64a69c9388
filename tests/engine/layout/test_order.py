from __future__ import annotations

from engine.layout.order import crossings, ordered


def test_crossings_are_counted() -> None:
    down = [[3], [2], [], []]
    assert crossings([[0, 1], [2, 3]], down, [0, 1, 0, 1]) == 1
    assert crossings([[0, 1], [3, 2]], down, [0, 1, 1, 0]) == 0


def test_a_crossing_that_need_not_be_is_undone() -> None:
    up: list[list[int]] = [[], [], [1], [0]]
    down: list[list[int]] = [[3], [2], [], []]
    ranks = ordered([[0, 1], [2, 3]], up, down)
    position = {v: n for rank in ranks for n, v in enumerate(rank)}
    assert crossings(ranks, down, [position[v] for v in range(4)]) == 0
