"""Serving scenarios as MLPerf Inference defines them, time-boxed.

A *query* is what arrives together. Latency counts from when a query was due, not from when it was begun.

- single stream: queries of one sample, the next as soon as the last is done. Metric: p90 latency.
- multi-stream: the same with queries of eight samples. Metric: p99 latency.
- server: queries of one sample arrive as a Poisson process, so that gaps are drawn from ``-ln(1 - u) / rate``. Metric:
  the highest rate at which p99 latency stays within a bound. It is searched for by bisection below what the streams
  reach when they never wait, then tried again with fresh arrivals, and lowered by 3 % wherever that fails.
- offline: all samples are there from the start. Metric: samples a second.

MLPerf asks for 60 or 600 seconds and up to 270,336 queries; here some seconds must do, so that a p99 of few queries is
rough, and a result is none of MLPerf. A query of several samples runs as so many batches one after another as it takes.

Reddi et al.: MLPerf Inference Benchmark (2020), arXiv:1911.02549. Rules:
https://github.com/mlcommons/inference_policies/blob/master/inference_rules.adoc, "Scenarios" and "LoadGen Operation"
(multi-stream as from version 2.0 on).
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from engine.backend import Feeds, Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.errors import UsageError
from engine.profiling.handover import Handover
from engine.profiling.load import Open, closed_loop, open_streams, together
from engine.profiling.machine import disturbance, moment
from engine.profiling.processor import threads_of
from engine.profiling.remarks import disturbed
from engine.profiling.sweep import fed_with
from engine.program import program_of
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

Name = Literal["single_stream", "multi_stream", "server", "offline"]

MULTI_STREAM_SAMPLES = 8
P99_QUERIES = 200
"""At least so many queries stand behind a p99 that decides something, while the time box lasts three times as long."""
_BISECTIONS = 7
_CONFIRMATIONS = 2
_DELTA = 0.03
_MOST_LOWERED = 12
_STRETCH = 3.0


@dataclass(frozen=True, slots=True)
class Scenario:
    """What is asked for.

    Attributes:
        streams: sessions that work at the same time; of single and multi-stream 1, by their definition.
        latency_bound_ms: of "server".
        seconds: of each run.
    """

    name: Name
    streams: int = 1
    latency_bound_ms: float | None = None
    seconds: float = 4.0


@dataclass(frozen=True, slots=True)
class Trial:
    """Queries at one rate; ``held`` where p99 latency stayed within the bound."""

    rate_per_s: float
    p99_ms: float
    queries: int
    held: bool


@dataclass(frozen=True, slots=True)
class ScenarioResult:
    """``value`` in the unit of ``metric``; latencies and counts are of the run that gave it, 0 where no rate held.

    Attributes:
        metric: "p90_ms", "p99_ms", "queries_per_s" or "samples_per_s".
        trials: of a server, in the order in which they were run.
    """

    name: Name
    device: str
    metric: str
    value: float
    batch: int
    threads: int
    streams: int
    median_ms: float
    p90_ms: float
    p99_ms: float
    queries: int
    seconds: float
    latency_bound_ms: float | None = None
    trials: tuple[Trial, ...] = ()
    notes: tuple[str, ...] = ()
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Queries:
    """Latency of each query in microseconds, and the seconds from the first to the end of the last."""

    latency_us: NDArray[np.float64]
    seconds: float

    def percentile_us(self, percent: int) -> float:
        """The smallest latency that so many of a hundred queries do not exceed; 0 where there are none."""
        ordered = np.sort(self.latency_us)
        return float(ordered[-(-percent * len(ordered) // 100) - 1]) if len(ordered) else 0.0


def scenario(
    model: ir.Model, runtime: Runtime, samples: Samples, asked: Scenario, progress: Progress
) -> ScenarioResult:
    """Measure one scenario with the batch and the threads of the runtime's settings.

    Raises:
        UsageError: the batch does not fit the scenario, or cannot be fed.
        DeviceError: the device cannot run the model.
        RuntimeCrash: the runtime crashed or ran out of memory.
    """
    settings = runtime.settings
    if asked.name in ("single_stream", "multi_stream") and asked.streams != 1:
        raise UsageError("this scenario has one stream of queries", where="--streams", way_out="Leave --streams out.")
    if asked.name in ("single_stream", "server") and settings.batch != 1:
        raise UsageError("queries of this scenario have one sample", where="--batch", way_out="Leave --batch out.")
    if asked.name == "multi_stream" and MULTI_STREAM_SAMPLES % settings.batch:
        raise UsageError(
            f"a batch of {settings.batch} does not divide the {MULTI_STREAM_SAMPLES} samples of a query",
            where="--batch",
        )
    fed = fed_with(model, samples, settings)
    with Handover() as handover:
        request = SessionRequest(
            handover.write(model, "model.onnx"), settings, handover.weights(model), program=program_of(model)
        )
        return runtime.host.call(run_in_child, runtime.backend.open, request, fed, asked, progress=progress)


def run_in_child(
    open_session: Open, request: SessionRequest, samples: Samples, asked: Scenario, *, progress: Progress
) -> ScenarioResult:
    """The part that runs in the child."""
    progress.step("loading the model")
    sessions, feeds = open_streams(open_session, request, samples, asked.streams, progress)
    before = moment()
    trials: tuple[Trial, ...] = ()
    notes: list[str] = []
    batch = request.settings.batch
    if asked.name == "server":
        bound_us = (asked.latency_bound_ms or 0.0) * 1000
        found, value, trials, notes = _server(sessions, feeds, bound_us, asked.seconds, request.settings.seed, progress)
        metric = "queries_per_s"
    elif asked.name == "offline":
        progress.step("offline")
        load = closed_loop(sessions, feeds, asked.seconds, progress)
        found = Queries(np.asarray(load.run_us), len(load.run_us) / load.requests_per_s)
        metric, value = "samples_per_s", load.requests_per_s * batch
    else:
        progress.step(asked.name.replace("_", " "))
        runs = MULTI_STREAM_SAMPLES // batch if asked.name == "multi_stream" else 1
        found = _one_after_another(sessions[0], feeds, runs, asked.seconds, progress)
        metric = "p99_ms" if asked.name == "multi_stream" else "p90_ms"
        value = found.percentile_us(99 if asked.name == "multi_stream" else 90) / 1000
    if asked.name in ("multi_stream", "server") and 0 < len(found.latency_us) < P99_QUERIES:
        notes.append(f"The p99 stands on {len(found.latency_us)} queries only; a longer run (--seconds) is steadier.")
    return ScenarioResult(
        name=asked.name,
        device=request.settings.device,
        metric=metric,
        value=value,
        batch=batch,
        threads=threads_of(request.settings.threads),
        streams=asked.streams,
        median_ms=found.percentile_us(50) / 1000,
        p90_ms=found.percentile_us(90) / 1000,
        p99_ms=found.percentile_us(99) / 1000,
        queries=len(found.latency_us),
        seconds=found.seconds,
        latency_bound_ms=asked.latency_bound_ms,
        trials=trials,
        notes=(*notes, *disturbed([disturbance(before, moment())])),
        complete=not progress.finishing,
    )


def _one_after_another(
    session: Session, feeds: Sequence[Feeds], runs: int, seconds: float, progress: Progress
) -> Queries:
    """Queries of so many runs each, the next as soon as the last is done."""

    def stream(session: Session, number: int, begin: float) -> tuple[list[float], float]:
        mine = cycle(feeds)
        found: list[float] = []
        while len(found) < 2 or time.perf_counter() < begin + seconds:
            start = time.perf_counter_ns()
            for _ in range(runs):
                session.run(next(mine))
            found.append((time.perf_counter_ns() - start) / 1000)
            if progress.cancelled or (progress.finishing and len(found) >= 2):
                break
        return found, time.perf_counter() - begin

    (found,) = together([session], stream)
    progress.check()
    return Queries(np.asarray(found[0]), found[1])


def _server(
    sessions: Sequence[Session], feeds: Sequence[Feeds], bound_us: float, seconds: float, seed: int, progress: Progress
) -> tuple[Queries, float, tuple[Trial, ...], list[str]]:
    """The run at the highest rate that held, that rate (0 for none), all that were tried, and remarks."""
    trials: list[Trial] = []
    best = Queries(np.empty(0), 0.0), 0.0

    def holds(rate: float) -> bool:
        nonlocal best
        progress.step(f"{rate:.3g} queries a second", len(trials))
        due = arrivals(rate, seconds, seed + len(trials))
        found = poisson(sessions, feeds, due, bound_us, progress)
        p99 = found.percentile_us(99)
        held = p99 <= bound_us and len(found.latency_us) == len(due)
        trials.append(Trial(rate, p99 / 1000, len(found.latency_us), held))
        best = (found, rate) if held else best
        return held

    low, high = 0.0, closed_loop(sessions, feeds, min(1.0, seconds), progress).requests_per_s
    for number in range(_BISECTIONS):
        rate = (low + high) / 2
        low, high = (rate, high) if holds(rate) else (low, rate)
        # Where not even a sixteenth of what the streams can do holds, it is the bound that is too low.
        if progress.finishing or high - low < _DELTA / 2 * high or (not low and number == 3):
            break
    if not low:
        note = f"No rate of arrivals kept the p99 latency within {bound_us / 1000:g} ms."
        return Queries(np.empty(0), 0.0), 0.0, tuple(trials), [note]
    rate = low
    for _ in range(_MOST_LOWERED):
        if progress.finishing:
            return *best, tuple(trials), ["Stopped before the rate was tried again."]
        if all(holds(rate) for _ in range(_CONFIRMATIONS)):
            return *best, tuple(trials), []
        rate *= 1 - _DELTA
    return *best, tuple(trials), ["The rate held once only; something else disturbs the machine."]


def arrivals(rate: float, seconds: float, seed: int) -> NDArray[np.float64]:
    """When queries are due, in seconds from the start; beyond the time box where it would hold too few."""
    count = max(1, math.ceil(rate * seconds), min(P99_QUERIES, math.ceil(rate * seconds * _STRETCH)))
    return np.cumsum(np.random.default_rng(seed).exponential(1 / rate, count))


def poisson(
    sessions: Sequence[Session],
    feeds: Sequence[Feeds],
    due: NDArray[np.float64],
    bound_us: float,
    progress: Progress,
) -> Queries:
    """Queries in the order in which they are due, each to the first session that is free.

    It ends early where more than a hundredth of all queries missed the bound, since the p99 is lost then.
    """
    turn = threading.Lock()
    taken = missed = 0
    most = len(due) // 100

    def stream(session: Session, number: int, begin: float) -> tuple[list[float], float]:
        nonlocal taken, missed
        found: list[float] = []
        while True:
            with turn:
                mine = taken
                if mine >= len(due) or missed > most or progress.cancelled or progress.finishing:
                    return found, time.perf_counter() - begin
                taken += 1
            wait = begin + due[mine] - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            session.run(feeds[mine % len(feeds)])
            us = (time.perf_counter() - begin - due[mine]) * 1e6
            found.append(us)
            if us > bound_us:
                with turn:
                    missed += 1

    results = together(sessions, stream)
    progress.check()
    return Queries(np.asarray([us for found, _ in results for us in found]), max(spent for _, spent in results))
