"""What one measurement says; frozen, units in the names, JSON as the command line prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from engine.profiling.stored import read_as

State = Literal["timed", "fused_into", "folded", "eliminated", "not_run"]
"""How a layer ended: it leads a kernel, its work is inside another layer's kernel, it was computed when the session was
built, it was optimized away, or no run reached it (the branch that was not taken)."""


@dataclass(frozen=True, slots=True)
class Histogram:
    """``counts[i]`` runs lie in ``edges[i]`` to ``edges[i + 1]``, the last bin closed; every run is in one."""

    edges: tuple[float, ...] = ()
    counts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Latency:
    """End-to-end latency over the runs, profiler off; in the unit of the attribute that holds it.

    Attributes:
        median: the median of ``session_medians``, the medians of the fresh sessions (``sessions`` of them).
        interval: of the median with 95 %, from a cluster bootstrap over the sessions.
        this_session_only: there were fewer than five sessions, and another one may well lie outside of the interval.
        outliers: the runs beyond the upper Tukey fence, the slowest first, at most 100; counted in all other figures.
    """

    min: float
    median: float
    p90: float
    mean: float
    p99: float = 0.0
    interval: tuple[float, float] = (0.0, 0.0)
    sessions: int = 1
    this_session_only: bool = True
    histogram: Histogram = Histogram()
    outliers: tuple[float, ...] = ()
    outlier_count: int = 0
    session_medians: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Transfers:
    """Where the time of a run on a device with its own memory goes; medians."""

    copy_in_us: float
    compute_us: float
    copy_out_us: float


@dataclass(frozen=True, slots=True)
class KernelTiming:
    """One kernel of the executed graph; times per run of the model.

    Attributes:
        layers: ids of the layers whose work it does; empty for time without an owner.
        lead: the layer with most MACs among them.
        share: of the kernel sum.
        inserted: the runtime made it (reorder, transpose, cast, copy); it belongs to the layers of its consumer.
        precision: in which it computed, in numpy's names ("float32", "bfloat16", "int8"), where the runtime says it.
        implementation: the runtime's own name of the kernel that ran, "brgconv_avx512_core_bf16", where it says it.
        fallback: it ran on another provider than the one that was asked for.
        copy: it moves data between devices.
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
    precision: str = ""
    implementation: str = ""
    fallback: bool = False
    copy: bool = False


@dataclass(frozen=True, slots=True)
class LayerTiming:
    """One layer; ``median_us`` and ``share`` include ``inserted_us``; zero for layers that lead no kernel.

    ``lead`` is the layer that it is ``fused_into``.

    Attributes:
        provider: that ran it (for a fused layer the one of its lead), "" where none did.
        fallback: another provider than the one that was asked for.
        copies_us: of ``inserted_us``, what moving data between devices took.
        precision: of its main kernel, where the runtime says it.
    """

    id: str
    state: State
    median_us: float
    inserted_us: float
    share: float
    lead: str | None
    provider: str = ""
    fallback: bool = False
    copies_us: float = 0.0
    precision: str = ""


@dataclass(frozen=True, slots=True)
class Profile:
    """One measurement of one model on one device.

    Attributes:
        profiler_overhead: profiled / unprofiled - 1, medians of alternating blocks.
        attributed_share: what is left of the kernel sum when the time without an owner is taken out.
        unattributed_us: the kernel time without an owner, the row beside the layers; the layers' shares and
            ``unattributed_share`` sum to 1.
        between_kernels_ms: of a profiled run, the time in no kernel: the runtime between kernels, and what the profiler
            itself takes. ``kernel_sum_ms + between_kernels_ms == profiled_ms``.
        kernel_clock: whether kernel times are the processor's clock or device events.
        noisy: the machine disturbed the measurement; ``notes`` say how and what helps.
        complete: False where it was stopped or the runtime died; ``stopped`` says why, and what was measured is here.
        peak_memory_bytes: by how much the process grew while the model was loaded and warmed up.
        arena_bytes: the most that the runtime's own allocator held in profiled runs, weights that it repacked included;
            None where the runtime does not say.
        warmup: how warming up ended, a sentence.
        settings: the runtime's options as they were, threads and batch included.
        model_sha256: of the measured model; ``environment`` has versions of packages and drivers, and the processor.
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
    unattributed_us: float = 0.0
    unattributed_share: float = 0.0
    between_kernels_ms: float = 0.0
    kernel_clock: Literal["host", "device"] = "host"
    transfers: Transfers | None = None
    complete: bool = True
    stopped: str = ""
    warmup: str = ""
    settings: Mapping[str, str | int | float | bool | None] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    model_sha256: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    measured_at: str = ""
    arena_bytes: int | None = None

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def profile_from_json(stored: object, *, where: str = "") -> Profile:
    """What ``to_json`` gave, whatever wrote it: unknown keys are left out, new ones take their defaults.

    Raises:
        DataError: it is no profile; names the key that is missing or wrong, in the file ``where``.
    """
    return read_as(Profile, stored, where=where, what="a profile", way_out="Give the output of `lathe profile --json`.")
