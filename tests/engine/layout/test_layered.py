"""Layers of one graph: nothing overlaps, lines point down, trunks are straight, and no graph is too strange."""

from __future__ import annotations

import random

import pytest

from engine.layout.layered import GAP_X, Drawing, Vertex, Wire, layered
from engine.layout.packed import packed

BOX = Vertex(80, 80, 40)


def wires(*edges: tuple[int, int]) -> list[Wire]:
    targets: dict[int, list[int]] = {}
    for source, target in edges:
        targets.setdefault(source, []).append(target)
    return [Wire(source, source, tuple(ends)) for source, ends in targets.items()]


def assert_apart(vertices: list[Vertex], drawing: Drawing) -> None:
    """No two boxes touch: those that overlap in height keep the gap."""
    boxes = sorted(
        (y, y + v.height, x - v.left, x + v.right) for v, x, y in zip(vertices, drawing.x, drawing.y, strict=True)
    )
    for n, (_, bottom, left, right) in enumerate(boxes):
        for other_top, _, other_left, other_right in boxes[n + 1 :]:
            if other_top >= bottom:
                break
            assert left >= other_right + GAP_X - 0.5 or other_left >= right + GAP_X - 0.5


def test_a_chain_is_one_straight_line() -> None:
    drawing = layered([BOX] * 4, wires((0, 1), (1, 2), (2, 3)))
    assert drawing.x == [0, 0, 0, 0]
    assert drawing.y == sorted(set(drawing.y))


def test_the_line_around_a_block_leaves_the_trunk_straight() -> None:
    """A residual connection bends, the layers that it passes do not."""
    drawing = layered([BOX] * 5, wires((0, 1), (1, 2), (2, 3), (0, 3), (3, 4)))
    assert drawing.x == [0] * 5
    (around,) = [route for route in drawing.routes if (route.source, route.target) == (0, 3)]
    assert min(abs(x) for x, _ in around.points[1:-1]) > 80


@pytest.mark.parametrize("seed", range(12))
def test_random_graphs_do_not_overlap_and_lines_point_down(seed: int) -> None:
    generator = random.Random(seed)
    count = 60
    vertices = [
        Vertex(generator.uniform(20, 90), generator.uniform(20, 90), generator.uniform(20, 70)) for _ in range(count)
    ]
    edges = {(generator.randrange(n), n) for n in range(1, count) for _ in range(generator.randint(1, 3))}
    drawing = layered(vertices, wires(*sorted(edges)))
    assert_apart(vertices, drawing)
    for source, target in edges:
        assert drawing.y[source] + vertices[source].height < drawing.y[target]
    assert {(route.source, route.target) for route in drawing.routes} == edges


def test_shared_bends_are_drawn_once() -> None:
    """One value that many take is one line with branches."""
    drawing = layered([BOX] * 6, wires((0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 3), (0, 4), (0, 5)))
    long = [route for route in drawing.routes if route.source == 0]
    segments = [pair for route in long for pair in zip(route.points, route.points[1:], strict=False)]
    assert len(segments) == len(set(segments))


def test_what_leads_to_one_consumer_stands_near_it() -> None:
    drawing = layered([BOX] * 5, wires((0, 1), (1, 2), (2, 4), (3, 4)))
    assert drawing.y[3] == drawing.y[2]


@pytest.mark.parametrize(
    ("count", "edges"),
    [
        pytest.param(0, [], id="nothing"),
        pytest.param(1, [(0, 0)], id="self-loop"),
        pytest.param(3, [(0, 1), (1, 2), (2, 0)], id="cycle"),
        pytest.param(2, [(0, 1), (0, 1)], id="twice the same"),
        pytest.param(400, [(0, n) for n in range(1, 400)], id="hub"),
        pytest.param(3000, [], id="nothing connected"),
    ],
)
def test_strange_graphs_are_drawn(count: int, edges: list[tuple[int, int]]) -> None:
    vertices = [BOX] * count
    drawing = packed(vertices, wires(*edges))
    assert len(drawing.x) == count
    left, _, right, bottom = drawing.bounds
    if count == 3000:
        assert 0.2 < (right - left) / bottom < 8


def test_a_deep_graph_needs_no_stack() -> None:
    drawing = layered([BOX] * 20_000, wires(*((n, n + 1) for n in range(19_999))))
    assert drawing.x == [0] * 20_000


def test_long_lines_run_beside_the_drawing() -> None:
    count = 100
    edges = [(n, n + 1) for n in range(count - 1)]
    drawing = layered([BOX] * count, wires(*edges, (0, 99), (10, 90)))
    lanes = [route.points[1][0] for route in drawing.routes if route.target - route.source > 1]
    assert len(lanes) == 2
    assert lanes[0] != lanes[1]
    assert min(lanes) > 80
    assert drawing.bounds[2] >= max(lanes)


def test_plain_keeps_the_order_of_the_file() -> None:
    """What is drawn when ordering took too long: boxes apart, in ranks."""
    edges = [(0, 4), (1, 3), (2, 3), (0, 3), (2, 4)]
    vertices = [BOX] * 5
    drawing = layered(vertices, wires(*edges), plain=True)
    assert_apart(vertices, drawing)
    assert drawing.x[0] < drawing.x[1] < drawing.x[2]
