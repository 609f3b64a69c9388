from __future__ import annotations

from collections.abc import Iterator

import onnx_ir as ir
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.profiling import fair
from engine.profiling.child import Child
from engine.profiling.fair import LatencyComparison, compare_latency, median_interval
from engine.progress import Progress
from tests.engine.profiling.helpers import floats, parsed


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as child:
        yield child


def product(size: int) -> ir.Model:
    return parsed(
        '<ir_version: 8, opset_import: ["" : 17]>'
        "g (float[64,256] x) => (float[64,256] y) { a = MatMul(x, u) y = MatMul(a, v) }",
        {"u": floats(256, size), "v": floats(size, 256)},
    )


def test_the_slower_model_has_the_larger_figure_and_the_interval_holds_the_ratio(child: Child) -> None:
    small, large = product(64), product(2048)
    settings = RunSettings(threads=1)
    samples = synthetic(small, settings, 1)
    found = compare_latency(small, large, Runtime(backend_of("cpu"), settings, child), samples, Progress())
    assert found.ratio > 3
    assert found.b_ms > found.a_ms
    assert found.interval[0] <= found.ratio <= found.interval[1]
    assert found.sessions >= 5
    assert not found.this_session_only
    assert found.control_ratio is None


def test_limited_runs_say_that_they_hold_for_one_session(child: Child) -> None:
    model = product(64)
    settings = RunSettings(threads=1, runs=20)
    samples = synthetic(model, settings, 1)
    found = compare_latency(
        model, model, Runtime(backend_of("cpu"), settings, child), samples, Progress(), control=True
    )
    assert (found.sessions, found.this_session_only) == (1, True)
    assert found.control_ratio is not None


def test_the_interval_of_six_is_their_range_and_of_many_is_narrower() -> None:
    assert median_interval([3, 1, 2, 6, 5, 4]) == (1, 6)
    assert median_interval(list(range(1, 22))) == (7, 15)
    assert median_interval([5.0]) == (5.0, 5.0)


def test_the_number_of_sessions_makes_the_interval_hold_nine_times_in_ten() -> None:
    assert 1 - 2 / 2**fair.SESSIONS >= 0.9
    assert fair.SESSIONS >= 5


@pytest.mark.parametrize(("interval", "conclusive"), [((0.4, 0.6), True), ((1.1, 1.3), True), ((0.9, 1.0), False)])
def test_an_interval_around_one_decides_nothing(interval: tuple[float, float], conclusive: bool) -> None:
    assert LatencyComparison(1.0, 1.0, 0.95, interval, 6, this_session_only=False).conclusive is conclusive
