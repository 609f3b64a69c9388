from __future__ import annotations

import time

import pytest

from engine.backend import SessionRequest
from engine.profiling import blocks, pace
from engine.profiling.blocks import Runner
from engine.profiling.pace import FEWEST_ROUNDS, FEWEST_RUNS, MOST_ROUNDS, Box, Pace, building
from engine.progress import Progress, Tick
from tests.engine.profiling.fakes import FakeSession

TIGHT = [[100.0, 100.0]] * 5
WIDE = [[100.0], [110.0], [90.0], [120.0], [95.0]]


def runner(run_s: float) -> Runner:
    made = Runner(FakeSession(), [{}])
    made._run_us = run_s * 1e6
    return made


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that it is; tests move it on."""
    now = [0.0]
    monkeypatch.setattr(pace.time, "perf_counter", lambda: now[0])
    return now


def sessions_of(clock: list[float], box: Box, opening_s: float, run_s: float, clusters: list[list[float]]) -> list[int]:
    """The rounds of each session."""
    made, rounds = Pace(box, 0, "measuring", Progress()), []
    pair = [runner(run_s), runner(run_s)]
    while True:
        clock[0] += opening_s
        turn = made.turn(pair)
        rounds.append(turn.rounds)
        clock[0] += turn.rounds * sum(one.block_s(turn.rounds) for one in pair)
        if not made.another(clusters):
            return rounds


def test_a_quick_model_gets_five_sessions(clock: list[float]) -> None:
    assert sessions_of(clock, Box(), 0.2, 0.003, TIGHT) == [3] * 5


def test_more_follow_where_the_interval_is_wide_until_the_time_is_over(clock: list[float]) -> None:
    assert sessions_of(clock, Box(seconds=9.0), 0.2, 0.003, WIDE) == [3] * 8
    assert clock[0] <= 9.0
    clock[0] = 0.0
    assert sessions_of(clock, Box(seconds=7.0), 0.2, 0.003, WIDE) == [3] * 6
    assert clock[0] <= 7.0


def test_a_dear_model_gets_what_fits_and_the_others_run_more(clock: list[float]) -> None:
    found = sessions_of(clock, Box(), 8.0, 0.003, WIDE)
    assert len(found) == 2
    assert found[0] == 8
    assert clock[0] <= 1.3 * Box().long_s


def test_a_model_that_takes_minutes_to_build_gets_one_session(clock: list[float]) -> None:
    assert sessions_of(clock, Box(), 200.0, 0.003, WIDE) == [FEWEST_ROUNDS]


def test_runs_are_divided_where_each_session_gets_enough() -> None:
    made = Pace(Box(), 52, "measuring", Progress())
    turns = []
    while not turns or made.another(WIDE):
        turns.append(made.turn([runner(0.003), runner(0.003)]))
    assert [turn.runs for turn in turns] == [11, 11, 10, 10, 10]
    alone = Pace(Box(), FEWEST_RUNS * 5 - 1, "measuring", Progress())
    assert alone.turn([runner(0.003)]).runs == 49
    assert not alone.another(WIDE)


def test_many_runs_are_cut_into_rounds() -> None:
    made = Pace(Box(), 10_000, "measuring", Progress())
    assert made.turn([runner(0.01)]).rounds == MOST_ROUNDS


def test_ticks_add_up_over_the_sessions(clock: list[float]) -> None:
    made = Pace(Box(), 0, "measuring", Progress())
    pair = [runner(0.003), runner(0.003)]
    turns = []
    while not turns or made.another(TIGHT):
        turns.append(made.turn(pair))
    assert [(turn.before, turn.total) for turn in turns] == [(0, 30), (6, 30), (12, 30), (18, 30), (24, 30)]


def test_an_early_end_opens_no_more(clock: list[float]) -> None:
    progress = Progress()
    made = Pace(Box(), 0, "measuring", progress)
    made.turn([runner(0.003)])
    progress.finish()
    assert not made.another(WIDE)


def test_building_a_session_says_for_how_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pace, "SHOWN_S", 0.02)
    monkeypatch.setattr(blocks, "PAUSE_S", 0.0)
    progress, seen = Progress(), []

    def slow(request: SessionRequest) -> FakeSession:
        seen.append(progress.tick)
        time.sleep(0.6)
        seen.append(progress.tick)
        return FakeSession()

    made = Pace(Box(), 0, "measuring", progress)
    made.open(slow, None)  # type: ignore[arg-type]
    assert seen == [Tick("building the session"), Tick("building the session", seconds=1)]


def test_a_short_build_of_a_later_session_keeps_the_count() -> None:
    progress = Progress()
    progress.step("measuring", 6, 30)
    with building(progress, 6, 30, at_once=False):
        pass
    assert progress.tick == Tick("measuring", 6, 30)
