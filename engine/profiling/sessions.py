"""The part of a profile that runs in the child: fresh pairs of sessions, one without and one with the profiler.

Both are open at the same time and take turns, so that they meet the same state of the machine. A session holds all
weights, in the form that its kernels want: of gigabytes of them two do not fit, and the sessions are open one after the
other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.backend import ExecutedNode, Feeds, Phases, Session, SessionRequest, Trace
from engine.data.samples import Samples
from engine.profiling.blocks import Runner, alternate, take_feeds
from engine.profiling.machine import PeakMemory, disturbance, moment
from engine.profiling.pace import Box, Pace, building
from engine.profiling.pooling import renamed, renaming
from engine.profiling.raw import Measured, Raw
from engine.profiling.selftime import kernel_runs, sums_us
from engine.progress import Progress

Open = Callable[[SessionRequest], Session]

EVENTS = 30_000
"""Kernel events of all profiled sessions together that are aimed at. ONNX Runtime stops at 1,000,000 for each, and
reading them takes some 50 microseconds each."""
FEWEST_PROFILED = 8
"""Runs of a profiled session, however many kernels the model has."""
PHASES, PHASES_S = 5, 0.3
"""Runs that are taken apart in each session, and when to stop."""


@dataclass(frozen=True, slots=True)
class Requests:
    """What is opened.

    Attributes:
        starter: a tiny model, which loads the runtime itself before memory is looked at.
        must_open: the file as it is, where only tagging would make it run.
        plain: without, ``profiled`` with the profiler; its scratch folder gets one for each session.
        probe: opened for one run where the number of kernels cannot be told from the graph.
        kernels: that a run has at the most, without a probe.
        apart: only one session may be open at a time.
    """

    starter: SessionRequest
    must_open: SessionRequest | None
    plain: SessionRequest
    profiled: SessionRequest
    probe: SessionRequest | None
    kernels: int
    apart: bool = False


def measure_in_child(open_session: Open, requests: Requests, samples: Samples, box: Box, *, progress: Progress) -> Raw:
    """Measure fresh pairs until the box ends; what there is after each of them is kept."""
    settings = requests.plain.settings
    progress.step("loading the model")
    feeds = take_feeds(samples, settings.batch)
    open_session(requests.starter)
    if requests.must_open is not None:
        with building(progress):
            open_session(requests.must_open)
    pace = Pace(box, settings.runs, "measuring", progress)
    memory = PeakMemory()
    raw: Raw | None = None
    kernels = requests.kernels
    while raw is None or pace.another([[block.median_us for block in done.blocks] for done in raw.sessions]):
        session = pace.open(open_session, requests.plain)
        plain = Runner(session, feeds)
        (warmth,) = pace.warm([plain], settings.warmup)
        if raw is None:
            memory.look()
            if requests.probe is not None:
                kernels = _kernels_of(open_session(requests.probe), feeds)
        most = max(FEWEST_PROFILED, EVENTS // box.sessions // kernels)
        before, alone = moment(), None
        if requests.apart:
            turn = pace.turn([plain, plain])
            alone = alternate([plain], turn, progress)
            phases = _phases(session, feeds)
            del session, plain
        watched = pace.open(open_session, replace(requests.profiled, scratch=_scratch(requests.profiled, pace.done)))
        profiled = Runner(watched, feeds, most)
        pace.warm([profiled], settings.warmup)
        if alone is not None:
            after = replace(turn, before=turn.before + turn.rounds)
            rounds = alone.beside(alternate([profiled], after, progress))
        else:
            turn = pace.turn([plain, profiled])
            before = moment()
            rounds = alternate([plain, profiled], turn, progress)
            phases = _phases(session, feeds)
            del session, plain
        disturbed = disturbance(before, moment())
        trace = watched.finish_trace()
        del watched, profiled  # one pair at a time is in memory
        runs = {block.first + n: us for block in rounds.blocks[1] for n, us in enumerate(block.run_us)}
        counted = [number for number in runs if number < len(trace.runs)]
        assert counted, "the profiler left no run behind"
        done = Measured(
            blocks=rounds.blocks[0],
            ratios=tuple(rounds.ratios(1)),
            kernels=kernel_runs(trace, counted),
            walls_us=tuple(runs[number] for number in counted),
            warmth=warmth,
            disturbance=disturbed,
            phases=phases,
        )
        raw = _begin(done, trace, counted, memory) if raw is None else _with(raw, done, trace.executed)
        raw = replace(raw, planned=pace.planned, stopped=_stopped(progress, pace, len(rounds.blocks[0]) < turn.rounds))
        progress.keep(raw)
        del trace, done
    return raw


def _begin(done: Measured, trace: Trace, counted: Sequence[int], memory: PeakMemory) -> Raw:
    sums = sums_us(done.kernels).tolist()
    typical = counted[sums.index(sorted(sums)[(len(sums) - 1) // 2])]
    return Raw(
        sessions=(done,),
        planned=1,
        executed=trace.executed,
        constants=trace.constants,
        typical_run=trace.runs[typical],
        clock=trace.clock,
        peak_memory_bytes=memory.growth_bytes,
        notes=trace.notes,
        arena_bytes=trace.arena_bytes,
    )


def _with(raw: Raw, done: Measured, executed: Sequence[ExecutedNode]) -> Raw:
    """One more session, with the names of the first; without kernels where the runtime built another graph."""
    names = renaming(raw.executed, executed)
    if names is None:
        done = replace(done, kernels=(), walls_us=())
    else:
        done = replace(done, kernels=renamed(done.kernels, names))
    return replace(raw, sessions=(*raw.sessions, done))


def _stopped(progress: Progress, pace: Pace, cut_short: bool) -> str:
    """Why this is the end, where it is not the planned one; asked before the session is counted."""
    done = pace.done + 1
    if not progress.finishing or (done == pace.planned and not cut_short):
        return ""
    last = ", the last one cut short" if cut_short else ""
    return f"stopped by the user after {done} of {pace.planned} session{'s' if pace.planned > 1 else ''}{last}"


def _kernels_of(probe: Session, feeds: Sequence[Feeds]) -> int:
    probe.run(feeds[0])
    return max(1, len(probe.finish_trace().runs[0]))


def _phases(session: Session, feeds: Sequence[Feeds]) -> tuple[Phases, ...]:
    found: list[Phases] = []
    end = time.perf_counter() + PHASES_S
    while len(found) < PHASES and (not found or time.perf_counter() < end):
        phases = session.phases(feeds[len(found) % len(feeds)])
        if phases is None:
            break
        found.append(phases)
    return tuple(found)


def _scratch(profiled: SessionRequest, number: int) -> Path:
    """A folder of its own for each session, in the one that the parent removes."""
    assert profiled.scratch is not None
    folder = profiled.scratch / str(number)
    folder.mkdir()
    return folder
