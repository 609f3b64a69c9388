"""Two profiles layer by layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class LayerDelta:
    """One layer on both sides; ``side`` says where it exists, times are None on the other side.

    ``delta_us`` is after - before, with the missing side as 0; ``fused`` layers (0 on a side) compare by their lead.
    """

    id: str
    side: Literal["both", "before", "after"]
    before_us: float | None
    after_us: float | None
    delta_us: float
    before_state: str = ""
    after_state: str = ""


@dataclass(frozen=True, slots=True)
class ProfileDiff:
    """``layers`` by size of the delta, the largest first; the deltas and ``unattributed_delta_us`` sum to that of the
    kernel sums.
    """

    before_ms: float
    after_ms: float
    ratio: float
    kernel_delta_us: float
    unattributed_delta_us: float
    layers: tuple[LayerDelta, ...]
    notes: tuple[str, ...] = ()
