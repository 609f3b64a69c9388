"""What a measurement brings back from the child, before it is attributed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.backend import ExecutedNode, KernelEvent, Phases
from engine.profiling.blocks import Block, Warmth
from engine.profiling.machine import Disturbance
from engine.profiling.selftime import KernelRuns


@dataclass(frozen=True, slots=True)
class Timeline:
    """The kernel events of one run, the one whose kernel sum is the median, with what each belongs to."""

    events: tuple[KernelEvent, ...]
    layers: tuple[tuple[str, ...], ...]
    leads: tuple[str | None, ...]
    inserted: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Measured:
    """One fresh pair of sessions, named as in the first pair.

    Attributes:
        blocks: of the unprofiled session.
        ratios: profiled / unprofiled, one for each round.
        kernels: self times of the runs that ``walls_us`` is of; both empty where the runtime built another graph.
        phases: a few runs taken apart, where the device has its own memory.
    """

    blocks: tuple[Block, ...]
    ratios: tuple[float, ...]
    kernels: tuple[KernelRuns, ...]
    walls_us: tuple[float, ...]
    warmth: Warmth
    disturbance: Disturbance
    phases: tuple[Phases, ...] = ()


@dataclass(frozen=True, slots=True)
class Raw:
    """What comes back from the child.

    ``executed``, ``constants`` and ``typical_run`` are of the first pair; ``stopped`` says why there are fewer sessions
    than ``planned``.
    """

    sessions: tuple[Measured, ...]
    planned: int
    executed: tuple[ExecutedNode, ...]
    constants: frozenset[str]
    typical_run: tuple[KernelEvent, ...]
    clock: Literal["host", "device"]
    peak_memory_bytes: int
    notes: tuple[str, ...] = ()
    stopped: str = ""
    arena_bytes: int | None = None
