"""Activation memory over the execution order."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MemoryStep:
    """While ``layer`` (the lead of the kernel) runs, ``live_bytes`` of activations are alive, ``own_bytes`` its own."""

    layer: str
    live_bytes: int
    own_bytes: int


@dataclass(frozen=True, slots=True)
class ActivationMemory:
    """``steps`` in execution order.

    Attributes:
        weight_bytes: of all initializers, each once.
        peak_bytes: the most activation bytes that are alive at once; ``peak_layers`` own what is alive then, the
            largest first.
        unknown: layers whose output sizes are not known, left out of the sums.
    """

    weight_bytes: int
    peak_bytes: int
    peak_layers: tuple[str, ...]
    steps: tuple[MemoryStep, ...]
    unknown: tuple[str, ...] = ()
