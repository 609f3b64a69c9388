from __future__ import annotations

import threading
import time
from collections.abc import Sequence

import numpy as np
import pytest

from engine.backend import Array, Feeds
from engine.errors import Cancelled, DeviceError
from engine.profiling.load import LEAST_RUNS, closed_loop, together
from engine.progress import Progress

FEEDS = [{"x": np.full(1, number)} for number in range(3)]


class Sleeper:
    """A session whose runs take a while and notice another run beside them."""

    inputs = outputs = ()

    def __init__(self, seconds: float = 0.002, fails: bool = False) -> None:
        self.seconds, self.fails = seconds, fails
        self.seen: list[int] = []
        self.busy = threading.Lock()

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        assert self.busy.acquire(blocking=False), "two requests at once in one session"
        try:
            if self.fails:
                raise DeviceError("broken")
            self.seen.append(int(feeds["x"][0]))
            time.sleep(self.seconds)
        finally:
            self.busy.release()
        return []


def test_every_stream_has_a_session_of_its_own() -> None:
    sessions = [Sleeper(), Sleeper()]
    load = closed_loop(sessions, FEEDS, 0.03, Progress())
    assert len(load.run_us) >= 2 * LEAST_RUNS
    assert min(load.run_us) >= 2000
    assert [session.seen[:3] for session in sessions] == [[0, 1, 2], [1, 2, 0]]
    assert 0 < load.requests_per_s <= 2 / 0.002


def test_a_slow_request_is_measured_all_the_same() -> None:
    load = closed_loop([Sleeper(0.02)], FEEDS, 0.001, Progress())
    assert len(load.run_us) == LEAST_RUNS


def test_an_error_in_a_stream_reaches_the_caller() -> None:
    with pytest.raises(DeviceError, match="broken"):
        closed_loop([Sleeper(), Sleeper(fails=True)], FEEDS, 0.01, Progress())


def test_cancelling_ends_the_streams() -> None:
    progress = Progress()
    timer = threading.Timer(0.05, progress.cancel)
    timer.start()
    with pytest.raises(Cancelled):
        closed_loop([Sleeper(), Sleeper()], FEEDS, 30.0, progress)
    timer.join()


def test_streams_begin_together() -> None:
    begins = together([Sleeper()] * 3, lambda session, number, begin: ([begin], float(number)))
    assert len({begin for (begin,), _ in begins}) == 1
    assert [number for _, number in begins] == [0, 1, 2]
