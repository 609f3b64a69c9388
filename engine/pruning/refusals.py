"""What every structural method says of a model's layers and of a target."""

from __future__ import annotations

import weakref
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.backend import TargetFacts

if TYPE_CHECKING:
    import onnx_ir as ir


def reasons(model: ir.Model) -> Mapping[str, str]:
    """By layer id why none of the channels that it makes can be cut."""
    before = _LAST[0]() if _LAST else None
    if before is not model:
        _LAST[:] = [weakref.ref(model), _reasons(model)]
    found: Mapping[str, str] = _LAST[1]
    return found


_LAST: list[Any] = []
"""The model that was asked about last, and the answer: all structural methods ask the same."""


def _reasons(model: ir.Model) -> Mapping[str, str]:
    from engine.graph.naming import places
    from engine.pruning.groups import find_groups

    groups = find_groups(model)
    found = {place.id: groups.why_not(place.id) for place in places(model)}
    return {layer_id: reason for layer_id, reason in found.items() if reason is not None}


def speed(facts: TargetFacts) -> str:
    """What cutting channels gains."""
    if facts.channel_block == 1:
        return f"{facts.device}: fewer channels are less work, whatever their number"
    return (
        f"{facts.device}: less work where the channels that stay are a multiple of {facts.channel_block}; other counts "
        "leave the fast kernels and can be slower than no cut"
    )
