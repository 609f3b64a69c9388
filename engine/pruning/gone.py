"""Which channels of whose outputs go with the channels of groups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from engine.pruning.groups import ChannelGroup


def gone(groups: Sequence[ChannelGroup], kept: Mapping[str, Sequence[int]]) -> dict[str, set[int]]:
    """Layer id to the channels of its output that went, of the layers that make or follow channels."""
    found: dict[str, set[int]] = {}
    for group in groups:
        stay = set(kept[group.id])
        for member in group.members:
            if member.role != "consumer":
                lost = (indices for channel, indices in enumerate(member.indices) if channel not in stay)
                found.setdefault(member.layer, set()).update(*lost)
    return found
