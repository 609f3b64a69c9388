from __future__ import annotations

from collections.abc import Iterator

import onnx_ir as ir
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import RuntimeCrash
from engine.profiling import fair
from engine.profiling.blocks import Block, Rounds
from engine.profiling.child import Child
from engine.profiling.fair import Compared, LatencyComparison, compare_latency, summary
from engine.progress import Progress
from tests.engine.profiling import fakes
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


def compared(child: Child, a: ir.Model, b: ir.Model, runs: int = 0) -> LatencyComparison:
    settings = RunSettings(threads=1, runs=runs)
    runtime = Runtime(backend_of("cpu"), settings, child)
    return compare_latency(a, b, runtime, synthetic(a, settings, 1), Progress())


def test_the_slower_model_has_the_larger_figure_and_the_interval_holds_the_ratio(child: Child) -> None:
    found = compared(child, product(64), product(2048), runs=100)
    assert found.ratio > 3
    assert found.b_ms > found.a_ms
    assert found.interval[0] <= found.ratio <= found.interval[1]
    assert (found.sessions, found.this_session_only) == (5, False)
    assert found.control_interval[0] <= found.control_ratio <= found.control_interval[1]
    assert found.control_ratio < 3
    assert found.conclusive


def test_few_runs_say_that_they_hold_for_one_session(child: Child) -> None:
    model = product(64)
    found = compared(child, model, model, runs=20)
    assert (found.sessions, found.this_session_only) == (1, True)


def test_a_default_comparison_covers_five_fresh_sets() -> None:
    assert fair.BOX.sessions >= 5


def rounds(a: float, b: float, again: float) -> Rounds:
    return Rounds(tuple((Block((us,), 0), Block((us * 1.001,), 0)) for us in (a, b, again)))


def test_the_control_is_the_third_session_by_the_first() -> None:
    sets = tuple(rounds(100 * drift, 50 * drift, 101 * drift) for drift in (1.0, 1.2, 0.9, 1.1, 1.0))
    found = summary(Compared(sets, 5, stopped=False))
    assert (found.ratio, found.control_ratio) == (pytest.approx(0.5), pytest.approx(1.01))
    assert found.interval == pytest.approx((0.5, 0.5), abs=0.01), "what slows all three down does not count"
    assert (found.a_ms, found.b_ms) == (pytest.approx(0.10005), pytest.approx(0.050025))
    assert found.conclusive and not found.notes


def test_a_control_that_is_as_far_off_as_the_effect_decides_nothing_and_says_why() -> None:
    sets = tuple(rounds(100, 95 + n / 10, 107) for n in range(5))
    found = summary(Compared(sets, 5, stopped=False))
    assert found.interval[1] < 1
    assert not found.conclusive
    assert "against itself gave 1.070" in found.notes[0]


def test_a_control_that_is_off_by_less_is_told() -> None:
    found = summary(Compared(tuple(rounds(100, 50, 105) for _ in range(5)), 5, stopped=False))
    assert found.conclusive
    assert "not quiet" in found.notes[0]


def test_the_sets_before_a_fault_are_kept(child: Child) -> None:
    runtime = Runtime(fakes.backend(fakes.open_and_die_later), RunSettings(threads=1, runs=100), child)
    model = product(64)
    with pytest.raises(RuntimeCrash) as raised:
        compare_latency(model, model, runtime, synthetic(model, runtime.settings, 1), Progress())
    partial = raised.value.partial
    assert isinstance(partial, LatencyComparison)
    assert partial.sessions == 1 and "Stopped after 1 of 5 sessions." in partial.notes


def test_one_block_decides_nothing() -> None:
    once = Rounds(tuple((Block((us,), 0),) for us in (100.0, 50.0, 100.0)))
    found = summary(Compared((once,), 1, stopped=False))
    assert found.interval == (0.5, 0.5) and not found.conclusive
    assert "no interval" in found.notes[0]


def test_an_early_end_is_told() -> None:
    found = summary(Compared(tuple(rounds(100, 50, 100) for _ in range(2)), 5, stopped=True))
    assert found.notes == ("Stopped after 2 of 5 sessions.",)
    assert found.this_session_only


@pytest.mark.parametrize(
    ("interval", "control", "conclusive"),
    [((0.4, 0.6), 1.0, True), ((0.9, 1.0), 1.0, False), ((0.4, 0.6), 0.49, False), ((0.4, 0.6), 2.1, False)],
)
def test_an_interval_around_one_or_a_bad_control_decides_nothing(
    interval: tuple[float, float], control: float, conclusive: bool
) -> None:
    made = LatencyComparison(1.0, 0.5, 0.5, interval, 6, False, control, (control, control))
    assert made.conclusive is conclusive


def test_a_model_with_other_names_of_inputs_is_fed_in_order() -> None:
    from types import SimpleNamespace as Told

    from engine.profiling.fair import _fed

    def session(*names: str) -> object:
        return Told(inputs=tuple(Told(name=name) for name in names))

    first, feeds = session("image", "scale"), [{"image": 1, "scale": 2}]
    assert _fed(feeds, first, session("image", "scale")) == feeds  # type: ignore[arg-type]
    assert _fed(feeds, first, session("image")) == feeds  # type: ignore[arg-type]
    assert _fed(feeds, first, session("x", "scale")) == [{"x": 1, "scale": 2}]  # type: ignore[arg-type]
