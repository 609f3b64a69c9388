"""Latency of two models beside each other, profiler off.

Alternating blocks (``engine.profiling.blocks``) make a ratio good within one pair of sessions; how memory and threads
happen to fall differs from session to session, so that a stated interval needs several fresh ones.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import TYPE_CHECKING

from engine.backend import Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.profiling.blocks import Plan, Rounds, Runner, alternate, require_batch, take_feeds
from engine.profiling.handover import Handover
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

Open = Callable[[SessionRequest], Session]


@dataclass(frozen=True, slots=True)
class LatencyComparison:
    """``ratio`` is b / a, the median over sessions of the medians of neighbouring blocks' ratios.

    Attributes:
        interval: holds the true median ratio with at least 90 % where several sessions were run, by order statistics.
        this_session_only: it is from the blocks of one session, and another session may well lie outside.
        control_ratio: the same measured with a against a, where that was asked for.
    """

    a_ms: float
    b_ms: float
    ratio: float
    interval: tuple[float, float]
    sessions: int
    this_session_only: bool
    control_ratio: float | None = None

    @property
    def conclusive(self) -> bool:
        """Whether the interval leaves no doubt which of the two is faster."""
        low, high = self.interval
        return not low <= 1 <= high


SESSIONS = 6


def compare_latency(
    a: ir.Model,
    b: ir.Model,
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    *,
    control: bool = False,
) -> LatencyComparison:
    """Latency of two models that take the same inputs, profiler off, in alternating blocks of fresh sessions.

    With ``runtime.settings.runs`` there is one session with that many runs of each.
    """
    settings, host, opened_by = runtime.settings, runtime.host, runtime.backend.open
    require_batch(samples, settings.batch)
    sessions = 1 if settings.runs else SESSIONS
    plan = Plan(warmup=settings.warmup, runs=settings.runs, seconds=1.5, min_rounds=2, max_rounds=4)
    if settings.runs:
        plan = replace(plan, min_rounds=5, max_rounds=20)
    with Handover() as handover:
        first = SessionRequest(handover.write(a, "a.onnx"), settings, handover.weights(a))
        second = SessionRequest(handover.write(b, "b.onnx"), settings, handover.weights(b))
        measured = host.call(compare_in_child, opened_by, first, second, samples, plan, sessions, progress=progress)
        against_itself = (
            host.call(compare_in_child, opened_by, first, first, samples, plan, sessions, progress=progress)
            if control
            else []
        )
    ratios = [median(rounds.ratios) for rounds in measured]
    return LatencyComparison(
        a_ms=median(us for rounds in measured for block in rounds.first for us in block.run_us) / 1000,
        b_ms=median(us for rounds in measured for block in rounds.second for us in block.run_us) / 1000,
        ratio=median(ratios),
        interval=median_interval(ratios if sessions > 1 else measured[0].ratios),
        sessions=sessions,
        this_session_only=sessions == 1,
        control_ratio=median(median(rounds.ratios) for rounds in against_itself) if control else None,
    )


def compare_in_child(
    open_session: Open,
    first: SessionRequest,
    second: SessionRequest,
    samples: Samples,
    plan: Plan,
    sessions: int,
    *,
    progress: Progress,
) -> list[Rounds]:
    """The rounds of each pair of fresh sessions; in every other pair the second model is opened first."""
    feeds = take_feeds(samples, first.settings.batch)
    found = []
    for number in progress.track(range(sessions), "comparing latency"):
        if number % 2:
            late, early = open_session(second), open_session(first)
        else:
            early, late = open_session(first), open_session(second)
        found.append(alternate(Runner(early, feeds), Runner(late, feeds), plan, _Quiet(progress)))
        del early, late
    return found


class _Quiet(Progress):
    """Lets inner steps be cancelled without showing them."""

    def __init__(self, outer: Progress) -> None:
        super().__init__()
        self._outer = outer

    def step(self, label: str, done: int = 0, total: int | None = None) -> None:
        self._outer.check()


def median_interval(values: Sequence[float], confidence: float = 0.9) -> tuple[float, float]:
    """Order statistics that hold the median of what the values are drawn from; their range where they are few.

    The interval from the k-th smallest to the k-th largest of n misses it with twice the probability that fewer than
    k of n fall on one side, 2 * sum(C(n, i), i < k) / 2**n.
    """
    ordered, n = sorted(values), len(values)
    misses = list(itertools.accumulate(2 * math.comb(n, i) / 2**n for i in range(n)))
    k = max([1, *(i + 1 for i in range(n // 2) if misses[i] <= 1 - confidence)])
    return ordered[k - 1], ordered[n - k]
