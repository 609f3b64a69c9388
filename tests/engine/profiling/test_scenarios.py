from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import UsageError
from engine.profiling import scenarios as module
from engine.profiling.child import Child
from engine.profiling.load import Load
from engine.profiling.scenarios import Queries, Scenario, ScenarioResult, arrivals, poisson, scenario
from engine.progress import Progress
from tests.engine.profiling.helpers import parsed
from tests.engine.profiling.test_load import FEEDS, Sleeper

MODEL = '<ir_version: 8, opset_import: ["": 17]> g (float[N,64] x) => (float[N,64] y) { y = Sin(x) }'


def run(asked: Scenario, host: Any = None, batch: int = 1) -> ScenarioResult:
    model, settings = parsed(MODEL), RunSettings(threads=1, batch=batch)
    runtime = Runtime(backend_of("cpu"), settings, host)
    return scenario(model, runtime, synthetic(model, settings, batch), asked, Progress())


def test_percentiles_by_nearest_rank() -> None:
    queries = Queries(np.arange(100.0, 0, -1), 1.0)
    assert [queries.percentile_us(percent) for percent in (50, 90, 99)] == [50, 90, 99]
    assert Queries(np.array([7.0]), 1.0).percentile_us(99) == 7
    assert Queries(np.empty(0), 0.0).percentile_us(99) == 0


def test_arrivals_are_a_poisson_process_of_the_seed() -> None:
    due = arrivals(1000, 20, seed=3)
    gaps = np.diff(due)
    assert len(due) == 20_000
    assert gaps.min() >= 0
    assert gaps.mean() == pytest.approx(1e-3, rel=0.03)
    assert gaps.std() == pytest.approx(gaps.mean(), rel=0.05)  # of an exponential distribution they are the same
    assert np.array_equal(due, arrivals(1000, 20, seed=3))
    assert not np.array_equal(due, arrivals(1000, 20, seed=4))


def test_few_queries_get_more_time_within_limits() -> None:
    assert len(arrivals(100, 1, 0)) == 200
    assert len(arrivals(10, 1, 0)) == 30


def test_latency_counts_from_when_a_query_was_due() -> None:
    found = poisson([Sleeper(0.005)], FEEDS, np.zeros(10), 1e9, Progress())
    # All are due at once, so that each waits for those before it.
    waited = [5000.0 * (number + 1) for number in range(10)]
    assert all(us >= least for us, least in zip(sorted(found.latency_us), waited, strict=True))


def test_a_run_that_cannot_hold_ends_early() -> None:
    found = poisson([Sleeper(0.001)], FEEDS, np.zeros(1000), 1.0, Progress())
    assert len(found.latency_us) < 50


def test_the_highest_rate_that_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """A device whose queue explodes above 370 queries a second, and 5 queries of 100 late between 340 and 370."""

    def answer(sessions: Any, feeds: Any, due: np.ndarray, bound_us: float, progress: Progress) -> Queries:
        rate = len(due) / due[-1]
        late = len(due) // 20 if rate > 340 else 0
        us = np.full(len(due), 100.0)
        us[:late] = 2 * bound_us
        return Queries(us if rate < 370 else us[:10], 1.0)

    monkeypatch.setattr(module, "arrivals", lambda rate, seconds, seed: np.arange(1, 201) / rate)
    monkeypatch.setattr(module, "poisson", answer)
    monkeypatch.setattr(module, "closed_loop", lambda *_: Load((1.0,), 1000.0))
    found, rate, trials, notes = module._server([Sleeper()], FEEDS, 1000.0, 1.0, 0, Progress())
    assert trials[-1].held
    assert 300 < rate <= 340
    assert not any(trial.held for trial in trials if trial.rate_per_s > 341)
    assert found.percentile_us(99) == 100
    assert notes == []


def test_stopping_leaves_the_best_rate_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    progress = Progress()

    def answer(sessions: Any, feeds: Any, due: np.ndarray, bound_us: float, _: Progress) -> Queries:
        progress.finish()
        return Queries(np.full(len(due), 1.0), 1.0)

    monkeypatch.setattr(module, "poisson", answer)
    monkeypatch.setattr(module, "closed_loop", lambda *_: Load((1.0,), 1000.0))
    _, rate, trials, notes = module._server([Sleeper()], FEEDS, 1000.0, 1.0, 0, progress)
    assert (rate, len(trials)) == (500, 1)
    assert "Stopped" in notes[0]


def test_a_bound_that_no_rate_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    late = Queries(np.full(200, 9e6), 1.0)
    monkeypatch.setattr(module, "poisson", lambda *_: late)
    monkeypatch.setattr(module, "closed_loop", lambda *_: Load((1.0,), 1000.0))
    found, rate, trials, notes = module._server([Sleeper()], FEEDS, 1000.0, 1.0, 0, Progress())
    assert rate == 0
    assert not any(trial.held for trial in trials)
    assert len(found.latency_us) == 0
    assert "1 ms" in notes[0]


@pytest.mark.parametrize(
    ("name", "batch", "metric"),
    [("single_stream", 1, "p90_ms"), ("multi_stream", 4, "p99_ms"), ("offline", 4, "samples_per_s")],
)
def test_on_the_real_runtime(name: Any, batch: int, metric: str) -> None:
    with Child() as host:
        found = run(Scenario(name, seconds=0.05), host, batch)
    assert (found.name, found.metric, found.batch) == (name, metric, batch)
    assert found.queries >= 2
    assert found.value > 0
    if metric.endswith("_ms"):
        assert found.value == getattr(found, metric)


def test_a_server_on_the_real_runtime() -> None:
    with Child() as host:
        found = run(Scenario("server", 2, latency_bound_ms=1000.0, seconds=0.05), host)
    assert found.metric == "queries_per_s"
    assert found.trials
    assert found.value == (found.trials[-1].rate_per_s if found.trials[-1].held else 0)


@pytest.mark.parametrize(
    ("asked", "batch"),
    [(Scenario("single_stream", streams=2), 1), (Scenario("server"), 4), (Scenario("multi_stream"), 3)],
)
def test_settings_that_a_scenario_does_not_have(asked: Scenario, batch: int) -> None:
    with pytest.raises(UsageError):
        run(asked, batch=batch)
