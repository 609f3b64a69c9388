"""Load: throughput against latency over batch, threads and concurrent streams."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SweepPoint:
    """One setting; ``reason`` says why it could not be measured, and the figures are 0 then.

    Attributes:
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
    p90 latency stays within ``latency_limit_ms`` (None for no limit), None where no point does.
    """

    device: str
    points: tuple[SweepPoint, ...]
    latency_limit_ms: float | None
    best: int | None
    complete: bool = True
