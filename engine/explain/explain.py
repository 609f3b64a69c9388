"""Everything that is explained of one profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.explain.memory import ActivationMemory
from engine.explain.reason import Reason
from engine.explain.roofline import Roofline


@dataclass(frozen=True, slots=True)
class Explanation:
    """``roofline`` is None where the device's ceilings are not known; ``reasons`` with the highest cost first."""

    memory: ActivationMemory
    roofline: Roofline | None
    reasons: tuple[Reason, ...]

    def to_json(self) -> Mapping[str, Any]:
        from dataclasses import asdict

        return asdict(self)
