"""Concurrent streams of requests against one model; the child process only.

A stream is a thread with a session of its own, as serving systems run several instances of a model: any runtime allows
that, and no two requests meet in one session. Weights are held once for each. ``RunSettings.threads`` are those of each
stream. Requests of one stream follow each other; a latency is from the start of a request to its result.
"""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import cycle

from engine.backend import Feeds, Session, SessionRequest
from engine.data.samples import Samples
from engine.profiling.blocks import take_feeds
from engine.profiling.machine import Disturbance, disturbance, moment
from engine.progress import Progress

Open = Callable[[SessionRequest], Session]

LEAST_RUNS = 3
"""Of each stream, however long they take."""
WARM_RUNS, WARM_S = 3, 0.2
"""Every session runs at least so often and so long before anything counts."""
_DROPPED = 0.1
"""Share of the time at the start in which streams may not yet all be under way."""


@dataclass(frozen=True, slots=True)
class Load:
    """``run_us`` of all streams together, how many requests a second these were, and what went on beside them."""

    run_us: tuple[float, ...]
    requests_per_s: float
    disturbance: Disturbance | None = None


def load_in_child(
    open_session: Open,
    request: SessionRequest,
    samples: Samples,
    streams: int,
    seconds: float,
    *,
    progress: Progress,
) -> Load:
    """Run as many streams as fast as they can for some seconds."""
    sessions, feeds = open_streams(open_session, request, samples, streams, progress)
    before = moment()
    load = closed_loop(sessions, feeds, seconds, progress)
    return replace(load, disturbance=disturbance(before, moment()))


def open_streams(
    open_session: Open, request: SessionRequest, samples: Samples, streams: int, progress: Progress
) -> tuple[list[Session], list[Feeds]]:
    """Warm sessions, and what to feed them in turn."""
    feeds = take_feeds(samples, request.settings.batch)
    sessions = []
    for _ in range(streams):
        progress.check()
        sessions.append(open_session(request))
        _warm(sessions[-1], feeds, request.settings.warmup, progress)
    return sessions, feeds


def _warm(session: Session, feeds: Sequence[Feeds], runs: int, progress: Progress) -> None:
    end = time.perf_counter() + WARM_S
    done = 0
    while done < (runs or WARM_RUNS) or (not runs and time.perf_counter() < end):
        progress.check()
        session.run(feeds[done % len(feeds)])
        done += 1


def closed_loop(sessions: Sequence[Session], feeds: Sequence[Feeds], seconds: float, progress: Progress) -> Load:
    """Each session takes its next request when its last one is done; ``progress.finish`` ends it early."""

    def stream(session: Session, number: int, begin: float) -> tuple[list[float], float]:
        mine = cycle([*feeds[number % len(feeds) :], *feeds[: number % len(feeds)]])
        while time.perf_counter() < begin + _DROPPED * seconds and not (progress.cancelled or progress.finishing):
            session.run(next(mine))
        found: list[float] = []
        counted = time.perf_counter()
        while len(found) < LEAST_RUNS or time.perf_counter() < begin + (1 + _DROPPED) * seconds:
            start = time.perf_counter_ns()
            session.run(next(mine))
            found.append((time.perf_counter_ns() - start) / 1000)
            if progress.cancelled or (progress.finishing and len(found) >= LEAST_RUNS):
                break
        return found, time.perf_counter() - counted

    results = together(sessions, stream)
    progress.check()
    return Load(tuple(us for run_us, _ in results for us in run_us), sum(len(r) / spent for r, spent in results))


def together(
    sessions: Sequence[Session], stream: Callable[[Session, int, float], tuple[list[float], float]]
) -> list[tuple[list[float], float]]:
    """Call ``stream(session, number, begin)`` for each session on a thread of its own, all from ``begin`` on.

    Raises:
        Exception: what the first of them raised.
    """
    results: dict[int, tuple[list[float], float]] = {}
    errors: list[BaseException] = []
    begin = time.perf_counter() + 0.005

    def work(number: int) -> None:
        time.sleep(max(0.0, begin - time.perf_counter()))
        try:
            results[number] = stream(sessions[number], number, begin)
        except BaseException as error:  # raised again where the streams are waited for
            errors.append(error)

    threads = [threading.Thread(target=work, args=(number,), daemon=True) for number in range(len(sessions))]
    with undisturbed():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(sessions))]


@contextmanager
def undisturbed() -> Iterator[None]:
    """No garbage collection between runs."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
