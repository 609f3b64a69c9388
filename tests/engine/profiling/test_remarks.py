from __future__ import annotations

from dataclasses import replace

import pytest

from engine.backend import RunSettings
from engine.profiling import remarks as module
from engine.profiling.blocks import Block, Warmth
from engine.profiling.latency import latency_ms
from engine.profiling.machine import Disturbance, Moment, disturbance
from engine.profiling.raw import Measured, Raw
from engine.profiling.remarks import noise, remarks, warmup

QUIET = Disturbance(1.0, 0.0, 0.0, 0, 0, 0.0)
STEADY = Warmth(34, 0.31, 100.0, 0.01, True)


@pytest.fixture(autouse=True)
def four_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "physical_cores", lambda: 4)


def raw(
    medians_us: tuple[float, ...] = (100.0,) * 5,
    met: Disturbance = QUIET,
    warmth: Warmth = STEADY,
    wander: float = 1.0,
) -> Raw:
    sessions = tuple(
        Measured((Block((us,), 0), Block((us * wander,), 0)), (1.0,), (), (us,), warmth, met) for us in medians_us
    )
    return Raw(sessions, 5, (), frozenset(), (), "host", 0)


def said(made: Raw, overhead: float = 0.0, overlap_us: float = 0.0, threads: int = 0, apart_us: float = 0.0) -> str:
    latency = latency_ms([session.blocks for session in made.sessions])
    settings = RunSettings(threads=threads)
    return " ".join([*noise(made, latency), *remarks(made, latency, overhead, settings, overlap_us, apart_us)])


def test_a_quiet_machine_says_nothing() -> None:
    assert said(raw()) == ""


@pytest.mark.parametrize(
    ("met", "says"),
    [
        (replace(QUIET, foreign_s=1.0), "Other programs kept 1.0 of 4 cores busy"),
        (replace(QUIET, stolen_s=0.2), "steal time"),
        (replace(QUIET, quota_stops=3), "quota stopped its programs 15 times"),
        (replace(QUIET, heat_stops=2), "too hot and slowed down 10 times"),
        (replace(QUIET, slowed=0.25), "clock fell by 25%"),
    ],
)
def test_every_disturbance_is_named(met: Disturbance, says: str) -> None:
    assert says in said(raw(met=met))


def test_wandering_is_within_sessions_and_their_spread_is_told_apart() -> None:
    assert "wanders by 20%" in said(raw(wander=1.22))
    apart = said(raw((100.0, 101.0, 110.0, 100.0, 100.0)))
    assert "wanders" not in apart
    assert "Fresh sessions differ by 10%" in apart and "0.1 and 0.11 ms" in apart


def test_how_to_read_the_figures() -> None:
    assert "Only 2 fresh sessions fit into the time" in said(raw((100.0,) * 2))
    assert "Only one fresh session fit into the time" in said(raw((100.0,)))
    assert "50% slower" in said(raw(), overhead=0.5)
    assert "makes this model take 493 times as long" in said(raw(), overhead=492.0)
    assert "add up to 0.05 ms more" in said(raw(), apart_us=50.0)
    assert "at the same time" in said(raw(), overlap_us=50.0)
    assert "8 threads on 4 physical cores" in said(raw(), threads=8)


def test_moments_differ_by_what_others_did() -> None:
    begin = Moment(0.0, 10.0, 5.0, 1.0, 2, 3, 3000.0)
    end = Moment(2.0, 14.0, 6.0, 1.5, 4, 3, 2400.0)
    assert disturbance(begin, end) == Disturbance(2.0, 3.0, 0.5, 2, 0, pytest.approx(0.2))
    assert disturbance(replace(begin, mhz=0.0), end).slowed == 0, "where the clock is not told"


@pytest.mark.parametrize(
    ("warmth", "settings", "says"),
    [
        (STEADY, RunSettings(), "steady in each of 5 sessions, after 34 runs (0.31 s) at the most: the later half"),
        (replace(STEADY, steady=False, drift=-0.05), RunSettings(), "not steady after 0.31 s in 5 of 5 sessions"),
        (replace(STEADY, runs=2, steady=None), RunSettings(), "too few to tell whether steady, measured anyway"),
        (replace(STEADY, steady=None), RunSettings(warmup=7), "7 runs in each of 5 sessions, as asked"),
        (replace(STEADY, steady=None), RunSettings(warmup=1), "1 run in each of 5 sessions, as asked"),
    ],
)
def test_how_warming_up_ended(warmth: Warmth, settings: RunSettings, says: str) -> None:
    assert says in warmup(raw(warmth=warmth), settings)
