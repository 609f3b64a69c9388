"""Load: throughput against latency over batch, threads and concurrent streams.

Each point runs in the child on its own: fresh sessions, one for each stream (``engine.profiling.load``), a warm-up,
then some seconds of requests as fast as the streams take them. Throughput is the sum over the streams of their samples
by their time. A point that cannot be measured (the model fixes another batch, memory runs out, the device refuses) says
why, and the sweep goes on with the next.

Points are measured so that the first ones say the most: the first of each list together, then along one list at a time,
then what differs in more than one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import product
from statistics import median
from typing import TYPE_CHECKING

import numpy as np

from engine.backend import RunSettings, Runtime, SessionRequest
from engine.data.samples import Samples
from engine.errors import DataError, DeviceError, RuntimeCrash, UsageError
from engine.profiling.handover import Handover
from engine.profiling.load import load_in_child
from engine.profiling.machine import Disturbance
from engine.profiling.processor import threads_of
from engine.profiling.remarks import disturbed
from engine.program import program_of
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class SweepGrid:
    """What to try; every combination is a point.

    Attributes:
        threads: of each stream; 0 for one for each physical core.
        latency_limit_ms: that the p90 of the best point stays within.
        seconds: of measuring at each point, without opening and warming up.
    """

    batches: tuple[int, ...] = (1,)
    threads: tuple[int, ...] = (0,)
    streams: tuple[int, ...] = (1,)
    latency_limit_ms: float | None = None
    seconds: float = 1.0


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One setting; ``reason`` says why it could not be measured, and the figures are 0 then.

    Attributes:
        threads: of each stream.
        latency_ms: of one request, over all streams, from its start to its result.
        throughput_per_s: samples a second over all streams.
    """

    batch: int
    threads: int
    streams: int
    median_ms: float = 0.0
    p90_ms: float = 0.0
    p99_ms: float = 0.0
    throughput_per_s: float = 0.0
    runs: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """Points in the order of measuring; ``best`` is the number of the one with the highest throughput among those whose
    p90 latency stays within ``latency_limit_ms`` (None for no limit), None where no point does. ``notes`` say what
    disturbed the measurement.
    """

    device: str
    points: tuple[SweepPoint, ...]
    latency_limit_ms: float | None
    best: int | None
    complete: bool = True
    notes: tuple[str, ...] = ()


def sweep(model: ir.Model, runtime: Runtime, samples: Samples, grid: SweepGrid, progress: Progress) -> Sweep:
    """Measure every point of the grid.

    ``progress.finish`` ends it with the points that there are; they are kept in ``progress`` as well.

    Raises:
        Cancelled: it was cancelled.
    """
    assert grid.batches and grid.threads and grid.streams and grid.seconds > 0
    order = points_in_order(grid)
    found: list[SweepPoint] = []
    met: list[Disturbance] = []
    with Handover() as handover:
        path, weights = handover.write(model, "model.onnx"), handover.weights(model)
        for number, point in enumerate(order):
            if progress.finishing:
                break
            progress.step(_label(point), number, len(order))
            settings = replace(runtime.settings, batch=point.batch, threads=point.threads)
            request = SessionRequest(path, settings, weights, program=program_of(model))
            found.append(_measured(model, runtime, samples, request, point, grid.seconds, met, progress))
            progress.keep(_sweep(runtime, found, grid, met, complete=False))
    return _sweep(runtime, found, grid, met, complete=len(found) == len(order))


def points_in_order(grid: SweepGrid) -> list[SweepPoint]:
    """All points, those that differ from the first one in the fewest settings first; none twice."""
    lists = (
        tuple(dict.fromkeys(grid.batches)),
        tuple(dict.fromkeys(threads_of(threads) for threads in grid.threads)),
        tuple(dict.fromkeys(grid.streams)),
    )
    places = product(*(range(len(values)) for values in lists))
    ordered = sorted(places, key=lambda place: (sum(at > 0 for at in place), [at == 0 for at in place], place))
    return [SweepPoint(lists[0][batch], lists[1][threads], lists[2][streams]) for batch, threads, streams in ordered]


def best_point(points: Sequence[SweepPoint], latency_limit_ms: float | None) -> int | None:
    """The number of the point with the highest throughput whose p90 latency stays within the limit."""
    fit = [
        number
        for number, point in enumerate(points)
        if not point.reason and (latency_limit_ms is None or point.p90_ms <= latency_limit_ms)
    ]
    return max(fit, key=lambda number: (points[number].throughput_per_s, -points[number].p90_ms), default=None)


def fed_with(model: ir.Model, samples: Samples, settings: RunSettings) -> Samples:
    """Samples that fill a batch: more made-up ones where there are too few of them.

    Raises:
        UsageError: no such batch can be fed.
    """
    batch = settings.batch
    fixed = fixed_batch(model, samples, settings)
    if fixed is not None and fixed != batch:
        raise UsageError(f"the model or its inputs fix a batch of {fixed}")
    if len(samples) >= batch or fixed is not None:
        return samples
    if samples.kind != "synthetic":
        raise UsageError(f"there are {len(samples)} samples, fewer than a batch of {batch} needs")
    from engine.data.synthetic import synthetic

    return synthetic(model, settings, batch)


def fixed_batch(model: ir.Model, samples: Samples, settings: RunSettings) -> int | None:
    """How many samples every run takes where that is not free: a given shape says it, or the model."""
    from engine.graph.shapes import inputs
    from engine.graph.values import batch_axis

    for info in inputs(model):
        axis = batch_axis(info.shape)
        if axis is not None and info.name in settings.shapes:
            return settings.shapes[info.name][axis]
    return samples.group


def _measured(
    model: ir.Model,
    runtime: Runtime,
    samples: Samples,
    request: SessionRequest,
    point: SweepPoint,
    seconds: float,
    met: list[Disturbance],
    progress: Progress,
) -> SweepPoint:
    try:
        fed = fed_with(model, samples, request.settings)
        load = runtime.host.call(
            load_in_child, runtime.backend.open, request, fed, point.streams, seconds, progress=progress
        )
    except (UsageError, DataError, DeviceError, RuntimeCrash) as error:
        return replace(point, reason=error.what)
    if load.disturbance is not None:
        met.append(load.disturbance)
    return replace(
        point,
        median_ms=median(load.run_us) / 1000,
        p90_ms=float(np.quantile(load.run_us, 0.9)) / 1000,
        p99_ms=float(np.quantile(load.run_us, 0.99)) / 1000,
        throughput_per_s=load.requests_per_s * point.batch,
        runs=len(load.run_us),
    )


def _sweep(
    runtime: Runtime, points: Sequence[SweepPoint], grid: SweepGrid, met: Sequence[Disturbance], *, complete: bool
) -> Sweep:
    limit = grid.latency_limit_ms
    best, notes = best_point(points, limit), disturbed(met)
    return Sweep(runtime.settings.device, tuple(points), limit, best, complete, tuple(notes))


def _label(point: SweepPoint) -> str:
    return f"batch {point.batch}, {_count(point.threads, 'thread')}, {_count(point.streams, 'stream')}"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
