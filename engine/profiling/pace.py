"""How many fresh sessions fit into the time box, and how much each of them runs.

A profile covers ``sessions`` fresh ones, or as many as fit into ``long_s`` where opening or running is dear (a large
model takes minutes to build); what the missing ones would have run, the others run. More follow until the interval of
the median is within ``TIGHT`` of it or ``seconds`` are over. A given number of runs is divided among the sessions, and
stays in one where each would have fewer than ``FEWEST_RUNS``.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

from engine.backend import Session, SessionRequest
from engine.errors import Cancelled, DeviceError
from engine.profiling.blocks import Runner, Turn, Warmth
from engine.profiling.intervals import half_width
from engine.progress import Progress

TIGHT = 0.01
FEWEST_RUNS = 10
FEWEST_ROUNDS = 2
MOST_ROUNDS = 20
FIRST_WARM_S = 1.0
WARM_S = 0.3
"""The limits of warming up: of the first session of each model, which also wakes the machine, and of later ones."""
SHOWN_S = 0.5


@dataclass(frozen=True, slots=True)
class Box:
    sessions: int = 5
    most_sessions: int = 8
    rounds: int = 3
    seconds: float = 7.5
    long_s: float = 22.0


class NotOpened(DeviceError):
    """The runtime refuses the model itself, whatever it would be fed."""


class Pace:
    """Asked before the blocks of each session and after it."""

    def __init__(self, box: Box, runs: int, label: str, progress: Progress) -> None:
        self.planned, self.done = box.sessions, 0
        self._box, self._runs, self._label, self._progress = box, runs, label, progress
        self._rounds = self._each = self._before = 0
        self._begin = self._session_begin = time.perf_counter()

    @property
    def warm_s(self) -> float:
        return WARM_S if self.done else FIRST_WARM_S

    def open(self, open_session: Callable[[SessionRequest], Session], request: SessionRequest) -> Session:
        """Open a session, and show for how long that takes.

        Raises:
            NotOpened: the runtime refuses.
        """
        try:
            with building(self._progress, self._before, self._total, at_once=not self.done):
                return open_session(request)
        except DeviceError as error:
            raise NotOpened(error.what, where=error.where, way_out=error.way_out) from None

    def warm(self, runners: Sequence[Runner], asked: int) -> list[Warmth]:
        """Warm sessions up, one after the other."""
        if not self.done:
            self._progress.step("warming up")
        return [runner.warm(asked, self.warm_s, self._progress) for runner in runners]

    def turn(self, runners: Sequence[Runner]) -> Turn:
        """What the sessions that were just opened and warmed up do."""
        if not self.done:
            self._plan(runners)
        runs, rounds = 0, self._rounds
        if self._runs:
            runs = self._runs // self.planned + (self.done < self._runs % self.planned)
            rounds = min(MOST_ROUNDS, max(min(rounds, runs), runs // runners[0].enough(1)))
        self._each = rounds * len(runners)
        turn = Turn(rounds, runs, self._label, self._before, self._before + self._each * (self.planned - self.done))
        self._before += self._each
        return turn

    def another(self, clusters: Sequence[Sequence[float]]) -> bool:
        """Whether to open fresh sessions again; ``clusters`` are the figures so far, per session and block."""
        now = time.perf_counter()
        spent, last = now - self._begin, now - self._session_begin
        self.done, self._session_begin = self.done + 1, now
        if self._progress.finishing:
            return False
        if self.done < self.planned:
            return bool(self._runs) or spent + last <= 1.3 * self._box.long_s
        if self._runs or not self._box.sessions <= self.done < self._box.most_sessions:
            return False
        if spent + last > self._box.seconds or half_width(clusters) <= TIGHT:
            return False
        self.planned += 1
        return True

    @property
    def _total(self) -> int | None:
        return self._before + self._each * (self.planned - self.done) if self.done else None

    def _plan(self, runners: Sequence[Runner]) -> None:
        """How many sessions, judged by the first: what opening it and warming it up took, and what a round will."""
        box = self._box
        opening_s = time.perf_counter() - self._begin
        round_s = sum(runner.block_s(box.rounds) for runner in runners)
        fewest_s = opening_s + (0 if self._runs else FEWEST_ROUNDS * round_s)
        self.planned = max(1, min(box.sessions, int(box.long_s / fewest_s)))
        if 0 < self._runs < FEWEST_RUNS * box.sessions:
            self.planned = 1
        wanted = math.ceil(box.sessions * box.rounds / self.planned)
        fitting = int((box.long_s / self.planned - opening_s) / round_s)
        self._rounds = box.rounds if self._runs else max(FEWEST_ROUNDS, min(wanted, fitting, MOST_ROUNDS))


@contextmanager
def building(
    progress: Progress,
    done: int = 0,
    total: int | None = None,
    *,
    at_once: bool = True,
    label: str = "building the session",
) -> Iterator[None]:
    """Say what is being done and for how many seconds, each second; a short time only where ``at_once``."""
    ended = Event()
    begin = time.monotonic()

    def show() -> None:
        with suppress(Cancelled):
            while not ended.wait(SHOWN_S):
                progress.step(label, done, total, seconds=round(time.monotonic() - begin))

    if at_once:
        progress.step(label, done, total)
    thread = Thread(target=show, name="lathe-building", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
