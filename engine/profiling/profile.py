"""What one measurement says; frozen, units in the names, JSON as the command line prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

State = Literal["timed", "fused_into", "folded", "eliminated", "not_run"]
"""How a layer ended: it leads a kernel, its work is inside another layer's kernel, it was computed when the session was
built, it was optimized away, or no run reached it (the branch that was not taken)."""


@dataclass(frozen=True, slots=True)
class Latency:
    """End-to-end latency over the runs, profiler off."""

    min: float
    median: float
    p90: float
    mean: float


@dataclass(frozen=True, slots=True)
class KernelTiming:
    """One kernel of the executed graph; times per run of the model.

    Attributes:
        layers: ids of the layers whose work it does; empty for time without an owner.
        lead: the layer with most MACs among them.
        share: of the kernel sum.
        inserted: the runtime made it (reorder, transpose, cast, copy); it belongs to the layers of its consumer.
    """

    name: str
    op: str
    provider: str
    layers: tuple[str, ...]
    lead: str | None
    median_us: float
    p90_us: float
    share: float
    inserted: bool


@dataclass(frozen=True, slots=True)
class LayerTiming:
    """One layer; ``median_us`` and ``share`` include ``inserted_us``; zero for layers that lead no kernel.

    ``lead`` is the layer that it is ``fused_into``.
    """

    id: str
    state: State
    median_us: float
    inserted_us: float
    share: float
    lead: str | None


@dataclass(frozen=True, slots=True)
class Profile:
    """One measurement of one model on one device.

    Attributes:
        profiler_overhead: profiled / unprofiled - 1, medians of alternating blocks.
        attributed_share: what is left of the kernel sum when the time without an owner is taken out.
        noisy: the machine disturbed the measurement; ``notes`` say how and what helps.
        model_sha256: of the measured model; ``environment`` has versions and the processor.
    """

    device: str
    threads: int
    batch: int
    runs: int
    latency_ms: Latency
    throughput_per_s: float
    kernel_sum_ms: float
    profiled_ms: float
    profiler_overhead: float
    attributed_share: float
    peak_memory_bytes: int
    noisy: bool
    inputs: Literal["synthetic", "data"]
    kernels: tuple[KernelTiming, ...]
    layers: tuple[LayerTiming, ...]
    notes: tuple[str, ...] = ()
    model_sha256: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    measured_at: str = ""

    def to_json(self) -> dict[str, Any]:
        return asdict(self)
