"""Profiles of several models in the same rounds, for choosing between them.

A profile that stands alone is for reading (``engine.profiling.measure``): medians, intervals, whether it is noisy. Here
models are to be told apart within a few seconds, on a machine that may be busy. In each round every model gets a fresh
session without the profiler and one with it, one session after the other, so that none is disturbed by the threads of
another that wait. A run is then put together of calm moments: another program makes a kernel longer and never shorter,
and seldom meets the same kernel in most runs, so that each kernel counts with a low quantile of its times. A run takes
what its fastest took, or the sum of these and of the least that was between them, whichever is less: a long run is
never left alone as a whole, and a short one the profiler lengthens.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.backend import Feeds, Runtime, Session, SessionRequest, Trace
from engine.data.samples import Samples
from engine.profiling.blocks import Block, Runner, Warmth, take_feeds
from engine.profiling.handover import Handover
from engine.profiling.machine import PeakMemory, disturbance, moment
from engine.profiling.pooling import pooled, renamed, renaming
from engine.profiling.profile import Profile
from engine.profiling.raw import Measured, Raw
from engine.profiling.selftime import KernelRuns, kernel_runs
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

UNSTEADY = "The machine was busy: the rounds of this profile do not agree."

Open = Callable[[SessionRequest], Session]

FEWEST_ROUNDS, ROUNDS, MOST_ROUNDS = 2, 3, 8
AGREE = 1.03
"""More rounds follow until of each model the fastest runs of two rounds are as near to each other as this,"""
SECONDS = 4.0
"""or this time is over; after three times this nothing follows the fewest rounds."""
BLOCK_S = 0.06
FEWEST_RUNS = 3
"""Of a session, without those that warm it up."""
WARM_RUNS, WARM_S = 2, 0.03
CALM = 0.1
"""So large a part of a kernel's times is shorter than the one that counts."""
EVENTS = 6_000
"""Kernel events of each model that are aimed at; reading them takes some 50 microseconds each."""


def profile_beside(
    models: Sequence[ir.Model], runtime: Runtime, samples: Samples, progress: Progress, label: str
) -> list[Profile]:
    """One profile for each model; their times can be compared with each other, and not with those of other profiles.

    Raises:
        DeviceError: the device cannot run one of them.
        RuntimeCrash: the runtime crashed or ran out of memory.
        Cancelled: as the progress asked.
    """
    from engine.profiling.assemble import assemble, subject
    from engine.profiling.tagging import tagged

    progress.step(label)
    with Handover() as handover:
        requests = []
        for number, model in enumerate(models):
            copy = tagged(model)
            path, weights = handover.write(copy, f"{number}.onnx"), handover.weights(copy)
            scratch = handover.scratch(f"profiled_{number}")
            request = SessionRequest(path, runtime.settings, weights, scratch=scratch)
            requests.append((request, max(FEWEST_RUNS, EVENTS // (ROUNDS * (1 + model.graph.num_nodes())))))
        found = runtime.host.call(measure_beside, runtime.backend.open, requests, samples, label, progress=progress)
    known = (subject(model, runtime.settings, progress) for model in models)
    return [assemble(one, runtime, samples, raw, Progress())[0] for one, raw in zip(known, found, strict=True)]


@dataclass
class _Seen:
    """Of one model, over the rounds."""

    fastest_us: list[float] = field(default_factory=list)
    between_us: list[float] = field(default_factory=list)
    kernels: list[tuple[tuple[KernelRuns, ...], int]] = field(default_factory=list)
    first: Trace | None = None


def measure_beside(
    open_session: Open,
    requests: Sequence[tuple[SessionRequest, int]],
    samples: Samples,
    label: str,
    *,
    progress: Progress,
) -> list[Raw]:
    """The child's part: of each request as many runs with the profiler as stand beside it at the most."""
    feeds = take_feeds(samples, requests[0][0].settings.batch)
    memory, before = PeakMemory(), moment()
    seen = [_Seen() for _ in requests]
    number, began = 0, time.monotonic()
    while _goes_on(number, time.monotonic() - began, seen):
        order = range(len(requests)) if number % 2 == 0 else reversed(range(len(requests)))
        for done, model in enumerate(order):
            progress.step(label, number * len(requests) + done, max(ROUNDS, number + 1) * len(requests))
            _look(seen[model], open_session, *requests[model], number, feeds)
        number += 1
    disturbed = disturbance(before, moment())
    return [_composed(one, Measured((), (), (), (), Warmth(0, 0.0, 0.0, 0.0, None), disturbed), memory) for one in seen]


def _look(
    seen: _Seen, open_session: Open, request: SessionRequest, most: int, number: int, feeds: Sequence[Feeds]
) -> None:
    """One session of each kind."""
    plain = Runner(open_session(request), feeds)
    seen.fastest_us.append(min(_times(plain)))
    del plain
    assert request.scratch is not None
    scratch = request.scratch / str(number)
    scratch.mkdir()
    session = open_session(replace(request, profile=True, scratch=scratch))
    watched = Runner(session, feeds)
    walls = _times(watched, most)
    trace = session.finish_trace()
    runs = list(range(WARM_RUNS, min(len(trace.runs), len(walls) + WARM_RUNS)))
    kernels = kernel_runs(trace, runs)
    if seen.first is None:
        seen.first = trace
    else:
        names = renaming(seen.first.executed, trace.executed)
        if names is None:
            return  # the runtime built another graph
        kernels = renamed(kernels, names)
    sums = sum((kernel.self_us for kernel in kernels), np.zeros(len(runs)))
    seen.between_us += np.maximum(0.0, np.array(walls[: len(runs)]) - sums).tolist()
    seen.kernels.append((kernels, len(runs)))


def _times(runner: Runner, most: int | None = None) -> list[float]:
    """Microseconds of each run behind the first few, for as long as a block takes, and not more than so many."""
    begin = time.perf_counter()
    while runner.runs < WARM_RUNS or (most is None and time.perf_counter() - begin < WARM_S):
        runner.run()
    times: list[float] = []
    begin = time.perf_counter()
    while len(times) < FEWEST_RUNS or (time.perf_counter() - begin < BLOCK_S and len(times) != most):
        times.append(runner.run())
    return times


def _goes_on(number: int, seconds: float, seen: Sequence[_Seen]) -> bool:
    """Whether another round follows so many, which took so long."""
    if number < ROUNDS:
        return number < FEWEST_ROUNDS or seconds < 3 * SECONDS
    return number < MOST_ROUNDS and seconds < SECONDS and not all(map(_agrees, seen))


def _agrees(seen: _Seen) -> bool:
    first, second, *_ = sorted(seen.fastest_us)
    return second <= AGREE * first


def _composed(seen: _Seen, measured: Measured, memory: PeakMemory) -> Raw:
    """One run, put together of the calm moments of all."""
    trace = seen.first
    assert trace is not None and seen.between_us, "the profiler left no run behind"
    kernels = tuple(replace(kernel, self_us=_low(kernel.self_us)) for kernel in pooled(seen.kernels))
    whole = float(_low(np.array(seen.between_us))[0] + sum(kernel.self_us[0] for kernel in kernels))
    fastest = min(seen.fastest_us)
    block = Block((min(fastest, whole),), 0)
    return Raw(
        sessions=(replace(measured, blocks=(block,), ratios=(whole / fastest,), kernels=kernels, walls_us=(whole,)),),
        planned=1,
        executed=trace.executed,
        constants=trace.constants,
        typical_run=trace.runs[-1],
        clock=trace.clock,
        peak_memory_bytes=memory.growth_bytes,
        notes=trace.notes if _agrees(seen) else (*trace.notes, UNSTEADY),
        arena_bytes=trace.arena_bytes,
    )


def _low(times: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.quantile(times, [CALM], method="lower")
