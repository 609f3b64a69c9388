"""Runs of two sessions in alternating blocks, so that both meet the same state of the machine.

Two open sessions disturb each other: an idle one spins its threads for 50 to 100 ms. So each runs for a *block* of at
least ``BLOCK_S``, after a pause of ``PAUSE_S``; the order is swapped each round, the first tenth of a block is dropped,
and what is compared is the median of a block with the median of its neighbour. Child process only.
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

from engine.backend import Feeds, Session
from engine.data.samples import Samples
from engine.errors import UsageError
from engine.progress import Progress

BLOCK_S = 0.06
PAUSE_S = 0.08
WARM_S = 0.3
"""Warming up ends after this long at the latest, but not before ``WARM_RUNS`` runs."""
WARM_RUNS = 3
STEADY = 0.01
"""The half width, relative to the median, of what the block medians say about it: rounds end when it is this small."""


FEEDS = 8
FEED_BYTES = 64 << 20
MAX_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """How much is measured.

    Attributes:
        warmup: runs before measuring, 0 for until the session is warm.
        runs: of the first session in all, 0 for until steady.
        seconds: the time box of all blocks together; at least ``min_rounds`` are run.
        second_runs: the most that the second session may do altogether, its warm-up included; None for as many as
            the first.
    """

    warmup: int = 0
    runs: int = 0
    seconds: float = 7.0
    min_rounds: int = 3
    max_rounds: int = MAX_ROUNDS
    second_runs: int | None = None


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
    """Blocks in pairs."""

    first: tuple[Block, ...]
    second: tuple[Block, ...]

    @property
    def ratios(self) -> list[float]:
        """Second by first, one for each round."""
        return [b.median_us / a.median_us for a, b in zip(self.first, self.second, strict=True)]


class Runner:
    """One session that is fed in turn with the given inputs and counts its runs."""

    def __init__(self, session: Session, feeds: Sequence[Feeds]) -> None:
        self.session, self._feeds, self.runs = session, cycle(feeds), 0

    def run(self) -> float:
        """Microseconds of one run."""
        feeds = next(self._feeds)
        self.runs += 1
        begin = time.perf_counter_ns()
        self.session.run(feeds)
        return (time.perf_counter_ns() - begin) / 1000

    def warm(self, runs: int, progress: Progress, label: str) -> float:
        """Run until the last runs are no faster than those before; returns the time of one run."""
        times: list[float] = []
        end = time.perf_counter() + WARM_S
        while len(times) < (runs or WARM_RUNS) or (not runs and time.perf_counter() < end and not _warm(times)):
            progress.step(label, len(times), runs or None)
            times.append(self.run())
        return median(times[len(times) // 2 :])

    def block(self, runs: int) -> Block:
        """``runs`` runs that count, after a tenth as many that do not."""
        for _ in range(math.ceil(runs / 9) if runs > 1 else 0):
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


def alternate(first: Runner, second: Runner, plan: Plan, progress: Progress) -> Rounds:
    """Warm both up, then run them in alternating blocks until the first is steady or the plan is used up."""
    alone_us = first.warm(plan.warmup, progress, "warming up")
    second_us = second.warm(plan.warmup, progress, "warming up")
    rounds, block_runs = _sizes(plan, alone_us)
    second_block = max(1, math.ceil(BLOCK_S * 1e6 / second_us)) if not plan.runs else block_runs
    a: list[Block] = []
    b: list[Block] = []
    done = 0
    with _undisturbed():
        begin = time.perf_counter()
        while len(a) < rounds and not (plan.runs and done >= plan.runs):
            progress.step("measuring", done, plan.runs or rounds * block_runs)
            count = min(block_runs, plan.runs - done) if plan.runs else block_runs
            other = _allowed(second_block if not plan.runs else count, plan, second, rounds - len(a))
            blocks: list[tuple[list[Block], Runner, int]] = [(a, first, count), (b, second, other)]
            for found, runner, runs in blocks if len(a) % 2 == 0 else blocks[::-1]:
                time.sleep(PAUSE_S)
                progress.check()
                found.append(runner.block(runs))
            done += count
            if not plan.runs and len(a) >= plan.min_rounds:
                spent = time.perf_counter() - begin
                if spent * (1 + 1 / len(a)) > plan.seconds or _steady([block.median_us for block in a]):
                    break
    return Rounds(tuple(a), tuple(b))


def _sizes(plan: Plan, run_us: float) -> tuple[int, int]:
    """Rounds, and runs of the first session in each."""
    enough = max(1, math.ceil(BLOCK_S * 1e6 / run_us))
    if not plan.runs:
        return plan.max_rounds, enough
    rounds = min(plan.max_rounds, max(1, plan.runs // enough), plan.runs)
    if rounds < plan.min_rounds:
        rounds = min(plan.min_rounds, plan.runs)
    return rounds, math.ceil(plan.runs / rounds)


def _allowed(wanted: int, plan: Plan, runner: Runner, rounds_left: int) -> int:
    if plan.second_runs is None:
        return wanted
    left = (plan.second_runs - runner.runs) // rounds_left
    return max(1, min(wanted, left * 9 // 10))


def _warm(times: Sequence[float]) -> bool:
    """Whether the later half of at least ten runs is as fast as the earlier one, within two percent."""
    if len(times) < 10:
        return False
    half = len(times) // 2
    return median(times[half:]) > 0.98 * median(times[:half])


def _steady(medians: Sequence[float]) -> bool:
    return len(medians) >= 6 and half_width(medians) < STEADY


def half_width(values: Sequence[float]) -> float:
    """How far the median of the values may be off, relative to it: about two standard errors, from the quartiles."""
    if len(values) < 4:
        return math.inf
    ordered = sorted(values)
    quarter = len(ordered) // 4
    spread = ordered[-1 - quarter] - ordered[quarter]
    return 2 * 0.93 * spread / math.sqrt(len(ordered)) / median(ordered)


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
