"""What a measurement brings back from the child, before it is attributed."""

from __future__ import annotations

from dataclasses import dataclass

from engine.backend import ExecutedNode, KernelEvent
from engine.profiling.blocks import Rounds
from engine.profiling.selftime import KernelRuns


@dataclass(frozen=True, slots=True)
class Timeline:
    """The kernel events of one run, the one whose kernel sum is the median, with what each belongs to."""

    events: tuple[KernelEvent, ...]
    layers: tuple[tuple[str, ...], ...]
    leads: tuple[str | None, ...]
    inserted: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Raw:
    """What comes back from the child."""

    rounds: Rounds
    kernels: tuple[KernelRuns, ...]
    executed: tuple[ExecutedNode, ...]
    constants: frozenset[str]
    typical_run: tuple[KernelEvent, ...]
    peak_memory_bytes: int
    foreign_cores: float
    batches: int
