"""Latency of two models beside each other, profiler off.

Alternating blocks (``engine.profiling.blocks``) make a ratio good within the sessions that are open together; how
memory and threads happen to fall differs from session to session, so that a stated interval needs several fresh ones
(``engine.profiling.intervals``). Each fresh set has three sessions, of a, of b, and of a once more: the third is an A/A
control, which shows in the same rounds what the method makes of two equal models.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from engine.backend import Feeds, OpenOn, Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.errors import Cancelled, EngineError
from engine.profiling.blocks import Rounds, Runner, alternate, require_batch, take_feeds
from engine.profiling.handover import Handover
from engine.profiling.intervals import clustered_interval, clustered_median
from engine.profiling.latency import SESSIONS
from engine.profiling.pace import Box, Pace
from engine.program import program_of
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

Open = Callable[[SessionRequest], Session]

BOX = Box(rounds=4, seconds=13.0, long_s=40.0)
CONTROL = 0.02
"""A control further from 1 than this is worth a word."""


@dataclass(frozen=True, slots=True)
class LatencyComparison:
    """``ratio`` is b / a, the median over sessions of the medians of their blocks' ratios.

    Attributes:
        interval: holds the true ratio with 95 %, by a cluster bootstrap over the fresh sessions.
        this_session_only: there were fewer than five of them, and another one may well lie outside.
        control_ratio: the same of a second session of a, measured in the same rounds; ``control_interval`` as well.
        notes: what a reader of the ratio must know.
    """

    a_ms: float
    b_ms: float
    ratio: float
    interval: tuple[float, float]
    sessions: int
    this_session_only: bool
    control_ratio: float
    control_interval: tuple[float, float]
    notes: tuple[str, ...] = ()

    @property
    def conclusive(self) -> bool:
        """Whether there is no doubt which of the two is faster: there is an interval and it leaves 1 out, and the
        effect is larger than what the control makes of nothing."""
        low, high = self.interval
        told = (self.sessions > 1 or low < high) and not low <= 1 <= high
        return told and abs(math.log(self.control_ratio)) < abs(math.log(self.ratio))


@dataclass(frozen=True, slots=True)
class Compared:
    """What comes back from the child: the rounds of a, b and a again, for each fresh set."""

    sets: tuple[Rounds, ...]
    planned: int
    stopped: bool  # before it was through


def compare_latency(
    a: ir.Model, b: ir.Model, runtime: Runtime, samples: Samples, progress: Progress, other: Runtime | None = None
) -> LatencyComparison:
    """Latency of two models that take the same inputs, profiler off, in alternating blocks of fresh sessions.

    ``other`` is where the second one runs; without it, where the first does.
    Where it is cancelled or ends in a fault after a fresh set, the exception's ``partial`` is what that tells.
    """
    settings, other = runtime.settings, other or runtime
    opens = OpenOn({one.settings.device: one.backend.open for one in (runtime, other)})
    require_batch(samples, settings.batch)
    progress.keep(None)
    with Handover() as handover:
        first = SessionRequest(handover.write(a, "a.onnx"), settings, handover.weights(a), program=program_of(a))
        second = SessionRequest(handover.write(b, "b.onnx"), other.settings, handover.weights(b), program=program_of(b))
        try:
            found = runtime.host.call(compare_in_child, opens, (first, second, first), samples, BOX, progress=progress)
        except (EngineError, Cancelled) as error:
            if isinstance(progress.kept, Compared):
                error.partial = summary(progress.kept)
            raise
    return summary(found)


def compare_in_child(
    open_session: Open, requests: Sequence[SessionRequest], samples: Samples, box: Box, *, progress: Progress
) -> Compared:
    """Rounds of fresh sets until the box ends; which model is opened first changes from set to set."""
    settings = requests[0].settings
    feeds = take_feeds(samples, settings.batch)
    pace = Pace(box, settings.runs, "comparing latency", progress)
    sets: list[Rounds] = []
    while not sets or pace.another([rounds.ratios(1) for rounds in sets]):
        order = [(len(sets) + n) % len(requests) for n in range(len(requests))]
        opened = {number: pace.open(open_session, requests[number]) for number in order}
        runners = [Runner(opened[number], _fed(feeds, opened[0], opened[number])) for number in range(len(requests))]
        pace.warm(runners, settings.warmup)
        sets.append(alternate(runners, pace.turn(runners), progress))
        progress.keep(Compared(tuple(sets), pace.planned, stopped=True))
        del opened, runners  # one set at a time is in memory
    return Compared(tuple(sets), pace.planned, stopped=progress.finishing and len(sets) < pace.planned)


def _fed(feeds: Sequence[Feeds], first: Session, session: Session) -> Sequence[Feeds]:
    """Feeds of the first model for another one, whose inputs may have other names: in the order of both then."""
    own, others = [info.name for info in first.inputs], [info.name for info in session.inputs]
    new = iter([name for name in others if name not in own])
    if set(others) <= set(own) or len(own) != len(others):
        return feeds
    names = {name: name if name in others else next(new) for name in own}
    return [{names.get(name, name): array for name, array in feed.items()} for feed in feeds]


def summary(found: Compared) -> LatencyComparison:
    ratios, control = ([rounds.ratios(number) for rounds in found.sets] for number in (1, 2))
    ratio, interval = clustered_median(ratios), clustered_interval(ratios)
    control_ratio, control_interval = clustered_median(control), clustered_interval(control)
    return LatencyComparison(
        a_ms=_median_ms(found, 0),
        b_ms=_median_ms(found, 1),
        ratio=ratio,
        interval=interval,
        sessions=len(found.sets),
        this_session_only=len(found.sets) < SESSIONS,
        control_ratio=control_ratio,
        control_interval=control_interval,
        notes=tuple(_notes(found, ratio, interval, control_ratio)),
    )


def _median_ms(found: Compared, session: int) -> float:
    return median(median(block.median_us for block in rounds.blocks[session]) for rounds in found.sets) / 1000


def _notes(found: Compared, ratio: float, interval: tuple[float, float], control: float) -> list[str]:
    notes = []
    if found.stopped:
        sets = f"session{'s' if found.planned > 1 else ''}"
        notes.append(f"Stopped after {len(found.sets)} of {found.planned} {sets}.")
    if len(found.sets) == 1 and interval[0] == interval[1]:
        notes.append(
            "One block of runs alone gives no interval: which of them is faster cannot be told. More --runs, or none, "
            "give one."
        )
    elif interval[0] <= 1 <= interval[1]:
        notes.append("The interval contains 1: which of them is faster cannot be told.")
    elif abs(math.log(control)) >= abs(math.log(ratio)):
        notes.append(
            f"The same model against itself gave {control:.3f} in the same rounds, as far from 1 as the ratio: "
            "which of them is faster cannot be told. Close other programs and compare again."
        )
    elif abs(control - 1) > CONTROL:
        notes.append(
            f"The same model against itself gave {control:.3f} in the same rounds and should give 1: the machine is "
            "not quiet. Close other programs and compare again for a better ratio."
        )
    return notes
