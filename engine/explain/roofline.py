"""Roofline facts per layer, against the machine's own measured ceilings.

Williams, Waterman, Patterson: Roofline: An Insightful Visual Performance Model for Multicore Architectures (2009).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Ceilings:
    """What the device was measured to reach.

    Attributes:
        gmacs_per_s: matrix rate by precision ("float32", "int8", "bfloat16", "float16"), billions of MACs a second.
        gbytes_per_s: bandwidth of memory that no cache holds.
    """

    device: str
    threads: int
    gmacs_per_s: Mapping[str, float]
    gbytes_per_s: float
    measured_at: str


@dataclass(frozen=True, slots=True)
class LayerRoof:
    """One timed layer with all that is fused into it.

    Attributes:
        bytes: weights read, activations read and written, each once.
        gmacs_per_s, gbytes_per_s: achieved.
        intensity: MACs per byte.
        bound: which ceiling is the lower one at this intensity.
        of_ceiling: achieved by what the lower ceiling allows, 0 to about 1; above 1 where a cache holds the data.
    """

    layer: str
    macs: int
    bytes: int
    precision: str
    gmacs_per_s: float
    gbytes_per_s: float
    intensity: float
    bound: Literal["compute", "memory"]
    of_ceiling: float


@dataclass(frozen=True, slots=True)
class Roofline:
    """Layers in execution order, and the ceilings that they stand under."""

    ceilings: Ceilings
    layers: tuple[LayerRoof, ...]
