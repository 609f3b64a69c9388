"""Runs of open sessions in alternating blocks, so that all of them meet the same state of the machine.

Open sessions disturb each other: an idle one spins its threads for 50 to 100 ms. So each runs for a *block* of at least
``BLOCK_S``, after a pause of ``PAUSE_S``; the order changes each round, the first tenth of a block is dropped, and what
is compared is the median of a block with those of its round. Child process only.

A session is *steady* when the median of the later half of its runs so far lies within ``STEADY`` of that of the earlier
half, after at least ``STEADY_RUNS`` runs and ``STEADY_S`` seconds.
"""

from __future__ import annotations

import gc
import math
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import cycle
from statistics import median

from engine.backend import Feeds, Session, in_own_types
from engine.data.samples import Samples
from engine.errors import UsageError
from engine.progress import Progress

BLOCK_S = 0.06
PAUSE_S = 0.08
STEADY = 0.02
STEADY_RUNS = 6
STEADY_S = 0.05
WARM_RUNS = 2
"""Warming up that is not steady ends with its time, but not before this many runs."""

FEEDS = 8
FEED_BYTES = 64 << 20


@dataclass(frozen=True, slots=True)
class Warmth:
    """How warming up went: ``drift`` is later / earlier half - 1; ``steady`` is None where nothing was tested."""

    runs: int
    seconds: float
    run_us: float
    drift: float
    steady: bool | None


@dataclass(frozen=True, slots=True)
class Block:
    """Microseconds of each run that counts, and which runs of its session these were."""

    run_us: tuple[float, ...]
    first: int

    @property
    def median_us(self) -> float:
        return median(self.run_us)


@dataclass(frozen=True, slots=True)
class Rounds:
    """``blocks[s][r]`` is the block of session ``s`` in round ``r``."""

    blocks: tuple[tuple[Block, ...], ...]

    def ratios(self, session: int) -> list[float]:
        """A session by the first one, one for each round."""
        pairs = zip(self.blocks[0], self.blocks[session], strict=True)
        return [block.median_us / first.median_us for first, block in pairs]

    def beside(self, other: Rounds) -> Rounds:
        """Of sessions that ran after each other, as many rounds as both have."""
        count = min(len(blocks) for blocks in (*self.blocks, *other.blocks))
        return Rounds(tuple(blocks[:count] for blocks in (*self.blocks, *other.blocks)))


@dataclass(frozen=True, slots=True)
class Turn:
    """What the sessions that are open now do.

    Attributes:
        runs: of each session in all, 0 for blocks of ``BLOCK_S``.
        before: blocks of earlier sessions; ``total`` is how many there will be with these and later ones.
    """

    rounds: int
    runs: int = 0
    label: str = "measuring"
    before: int = 0
    total: int | None = None


class Runner:
    """One session that is fed in turn with the given inputs and counts its runs.

    ``most`` is how many runs it may do altogether, its warm-up included (a third of them at the most).
    """

    def __init__(self, session: Session, feeds: Sequence[Feeds], most: int | None = None) -> None:
        own = [in_own_types(feed, session.inputs) for feed in feeds]
        self.session, self._feeds, self.runs, self._most = session, cycle(own), 0, most
        self._run_us = 0.0

    def run(self) -> float:
        """Microseconds of one run."""
        feeds = next(self._feeds)
        self.runs += 1
        begin = time.perf_counter_ns()
        self.session.run(feeds)
        return (time.perf_counter_ns() - begin) / 1000

    def warm(self, asked: int, limit_s: float, progress: Progress) -> Warmth:
        """Run as often as asked, or until steady within the limit."""
        times: list[float] = []
        begin = time.perf_counter()
        spent, steady, look = 0.0, False, STEADY_RUNS
        while True:
            progress.check()
            times.append(self.run())
            spent, n = time.perf_counter() - begin, len(times)
            if self._most is not None and n >= max(WARM_RUNS, self._most // 3):
                break
            if asked:
                if n >= asked:
                    break
                continue
            if n >= look and spent >= STEADY_S:
                look = n + 1 + n // 8
                if steady := abs(_drift(times)) <= STEADY:
                    break
            if spent >= limit_s and n >= WARM_RUNS:
                break
        tested = not asked and len(times) >= STEADY_RUNS
        self._run_us = median(times[len(times) // 2 :])
        return Warmth(len(times), spent, self._run_us, _drift(times), steady if tested else None)

    def enough(self, rounds: int) -> int:
        """Runs of a block of ``BLOCK_S``, or fewer where this many rounds with them would be too many runs."""
        assert self._run_us, "not warmed up"
        return self.allowed(max(1, math.ceil(BLOCK_S * 1e6 / self._run_us)), rounds)

    def allowed(self, runs: int, rounds: int) -> int:
        """So many runs for a block, or fewer where this many rounds with them would be too many."""
        if self._most is None:
            return runs
        return max(1, min(runs, (self._most - self.runs) // rounds * 9 // 10))

    def block_s(self, rounds: int) -> float:
        """How long a block with its pause will take."""
        runs = self.enough(rounds)
        return PAUSE_S + (runs + _dropped(runs)) * self._run_us / 1e6

    def block(self, runs: int) -> Block:
        """``runs`` runs that count, after a tenth as many that do not."""
        for _ in range(_dropped(runs)):
            self.run()
        first = self.runs
        return Block(tuple(self.run() for _ in range(runs)), first)


def require_batch(samples: Samples, batch: int) -> None:
    """Refuse to measure another batch than was asked for."""
    if batch > 1 and samples.group not in (None, batch):
        raise UsageError(
            f"no batch of {batch} can be fed: the model or its data fixes {samples.group} at a time",
            where="--batch",
            way_out="Leave --batch out, or export the model with a dynamic batch.",
        )
    if len(samples) < batch:
        raise UsageError(f"a batch of {batch} needs as many samples, and there are {len(samples)}", where="--batch")


def take_feeds(samples: Samples, batch: int) -> list[Feeds]:
    """The first few batches, in memory; a last one that is not full is left out."""
    feeds: list[Feeds] = []
    taken = 0
    for number, feed in enumerate(samples.batches(batch)):
        if number and (number >= FEEDS or taken > FEED_BYTES or (number + 1) * batch > len(samples)):
            break
        feeds.append(feed)
        taken += sum(array.nbytes for array in feed.values())
    assert feeds, "samples without a batch"
    return feeds


def alternate(runners: Sequence[Runner], turn: Turn, progress: Progress) -> Rounds:
    """Run warm sessions in alternating blocks; an early end comes with the next block, after one round at least."""
    blocks: list[list[Block]] = [[] for _ in runners]
    per_round, left = math.ceil(turn.runs / turn.rounds), turn.runs
    done = turn.before
    with _undisturbed():
        for number in range(turn.rounds):
            rounds_left = turn.rounds - number
            count = min(per_round, left)
            if turn.runs and not count:
                break
            for session in _order(len(runners), number):
                if number and progress.finishing:
                    break
                progress.step(turn.label, done, turn.total)
                time.sleep(PAUSE_S)
                progress.check()
                runner = runners[session]
                runs = runner.allowed(count, rounds_left) if turn.runs else runner.enough(rounds_left)
                blocks[session].append(runner.block(runs))
                done += 1
            if number and progress.finishing:
                break
            left -= count
    complete = min(map(len, blocks))
    return Rounds(tuple(tuple(found[:complete]) for found in blocks))


def _order(sessions: int, number: int) -> list[int]:
    """Of a round: there and back from each session in turn, which in the end is every order of three."""
    begin = number // 2 % sessions
    order = [(begin + n) % sessions for n in range(sessions)]
    return order[::-1] if number % 2 else order


def _dropped(runs: int) -> int:
    return math.ceil(runs / 9) if runs > 1 else 0


def _drift(times: Sequence[float]) -> float:
    """By how much the later half of the runs is slower than the earlier one."""
    half = len(times) // 2
    return median(times[half:]) / median(times[:half]) - 1 if half else 0.0


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No garbage collection between runs."""
    enabled = gc.isenabled()
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
