from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import Cancelled, DeviceError, RuntimeCrash
from engine.profiling.child import Child
from engine.profiling.load import Load
from engine.profiling.machine import Disturbance
from engine.profiling.sweep import SweepGrid, SweepPoint, best_point, points_in_order, sweep
from engine.progress import Progress
from tests.engine.profiling.helpers import parsed

FREE = '<ir_version: 8, opset_import: ["": 17]> g (float[N,64] x) => (float[N,64] y) { y = Sin(x) }'
FIXED = FREE.replace("N", "2")


class Host:
    """Answers each point with what ``load`` makes of batch, threads and streams."""

    def __init__(self, load: Callable[[int, int, int], Load]) -> None:
        self.load = load
        self.asked: list[tuple[int, int, int]] = []
        self.samples: list[int] = []

    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        _, request, samples, streams, _ = args
        self.asked.append((request.settings.batch, request.settings.threads, streams))
        self.samples.append(len(samples))
        return self.load(*self.asked[-1])


def steady(batch: int, threads: int, streams: int) -> Load:
    """A millisecond for each sample of a batch, and no stream in the way of another."""
    return Load((1000.0 * batch,) * 10, 1000.0 * streams / batch)


def swept(host: Any, grid: SweepGrid, text: str = FREE, progress: Progress | None = None) -> Any:
    model, settings = parsed(text), RunSettings()
    runtime = Runtime(backend_of("cpu"), settings, host)
    return sweep(model, runtime, synthetic(model, settings, 1), grid, progress or Progress())


def test_figures_of_a_point() -> None:
    found = swept(Host(lambda *_: Load(tuple(range(1000, 101_000, 1000)), 50.0)), SweepGrid(batches=(4,), threads=(1,)))
    (point,) = found.points
    assert (point.batch, point.threads, point.streams, point.runs) == (4, 1, 1, 100)
    assert point.throughput_per_s == 200.0
    assert (point.median_ms, point.p90_ms, point.p99_ms) == pytest.approx((50.5, 90.1, 99.01))
    assert (found.best, found.complete) == (0, True)


def test_a_busy_machine_is_said() -> None:
    busy = Disturbance(seconds=1.0, foreign_s=64.0, stolen_s=0.0, quota_stops=0, heat_stops=0, slowed=0.0)
    found = swept(Host(lambda *_: replace(steady(1, 1, 1), disturbance=busy)), SweepGrid(threads=(1,)))
    assert "Other programs" in found.notes[0]
    calm = replace(busy, foreign_s=0.0)
    assert swept(Host(lambda *_: replace(steady(1, 1, 1), disturbance=calm)), SweepGrid(threads=(1,))).notes == ()


def test_the_first_points_change_one_setting() -> None:
    order = points_in_order(SweepGrid((1, 2), (1, 2), (1, 2)))
    assert len(set(order)) == 8
    changed = [sum((p.batch > 1, p.threads > 1, p.streams > 1)) for p in order]
    assert changed == [0, 1, 1, 1, 2, 2, 2, 3]
    assert len(points_in_order(SweepGrid((1, 1), (2, 2), (1,)))) == 1


def test_the_best_point_has_the_most_samples_a_second_within_the_limit() -> None:
    points = [
        SweepPoint(1, 1, 1, p90_ms=1.0, throughput_per_s=100.0),
        SweepPoint(4, 1, 1, p90_ms=9.0, throughput_per_s=300.0),
        SweepPoint(2, 1, 1, p90_ms=4.0, throughput_per_s=200.0),
        SweepPoint(8, 1, 1, reason="out of memory"),
    ]
    assert [best_point(points, limit) for limit in (None, 9.0, 8.9, 1.0, 0.5)] == [1, 1, 2, 0, None]


def test_more_samples_are_made_up_where_a_batch_needs_them() -> None:
    host = Host(steady)
    swept(host, SweepGrid(batches=(1, 16), threads=(1,)))
    assert host.samples == [1, 16]


def test_a_fixed_batch_is_the_reason_of_others() -> None:
    host = Host(steady)
    found = swept(host, SweepGrid(batches=(1, 4), threads=(1,)), FIXED)
    assert [bool(point.reason) for point in found.points] == [False, True]
    assert "fix" in found.points[1].reason
    assert host.asked == [(1, 1, 1)]


@pytest.mark.parametrize("error", [RuntimeCrash("out of memory"), DeviceError("refused")])
def test_a_point_that_fails_says_why_and_the_sweep_goes_on(error: Exception) -> None:
    def load(batch: int, threads: int, streams: int) -> Load:
        if streams == 2:
            raise error
        return steady(batch, threads, streams)

    found = swept(Host(load), SweepGrid(threads=(1,), streams=(1, 2, 4)))
    assert [point.reason for point in found.points] == ["", str(error), ""]
    assert (found.best, found.complete) == (2, True)


def test_finishing_early_leaves_the_points_that_there_are() -> None:
    progress = Progress()

    def load(batch: int, threads: int, streams: int) -> Load:
        if streams == 2:
            progress.finish()
        return steady(batch, threads, streams)

    found = swept(Host(load), SweepGrid(threads=(1,), streams=(1, 2, 4)), progress=progress)
    assert [point.streams for point in found.points] == [1, 2]
    assert not found.complete
    assert found.best == 1


def test_cancelling_keeps_the_points_that_there_are() -> None:
    progress = Progress()

    def load(batch: int, threads: int, streams: int) -> Load:
        if streams == 4:
            raise Cancelled
        return steady(batch, threads, streams)

    with pytest.raises(Cancelled):
        swept(Host(load), SweepGrid(threads=(1,), streams=(1, 2, 4)), progress=progress)
    kept: Any = progress.kept
    assert [point.streams for point in kept.points] == [1, 2]
    assert not kept.complete


def test_streams_of_the_real_runtime() -> None:
    with Child() as host:
        found = swept(host, SweepGrid(batches=(1, 8), threads=(1,), streams=(1, 3), seconds=0.05))
    assert [point.reason for point in found.points] == [""] * 4
    for point in found.points:
        assert point.runs >= 3 * point.streams
        assert 0 < point.median_ms <= point.p90_ms <= point.p99_ms
        # In a closed loop no stream can do more than one request in its own latency.
        mean_ms = point.streams * point.batch / point.throughput_per_s * 1000
        assert mean_ms > 0.5 * point.median_ms


def test_a_model_that_the_runtime_refuses() -> None:
    model = parsed('<ir_version: 8, opset_import: ["": 17]> g (float[N,64] x) => (float[N,64] y) { y = Relu(x) }')
    model.graph.node(0).op_type = "NoSuchOp"
    settings = RunSettings()
    with Child() as host:
        runtime = Runtime(backend_of("cpu"), settings, host)
        found = sweep(model, runtime, synthetic(model, settings, 1), SweepGrid(threads=(1,)), Progress())
    assert "NoSuchOp" in found.points[0].reason
    assert found.best is None
