"""What cutting channels would take along and save, said before anything is done. For glances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.progress import Progress

if TYPE_CHECKING:
    from engine.backend import TargetFacts
    from engine.pruning.groups import ChannelGroup
    from engine.pruning.savings import Savings
    from gui.opened import Opened
    from gui.workshop import Workshop

MOST_LAYERS = 4000
"""Beyond, groups take too long to look for at a glance."""


@dataclass(frozen=True)
class Cut:
    """One group; ``keeps`` is None where the count follows from data, ``with_it`` is what each other layer does."""

    group: str
    unit: str
    channels: int
    keeps: int | None
    multiple: int
    with_it: Mapping[str, str]


@dataclass(frozen=True)
class Preview:
    """``parameters`` and ``macs`` are those of the whole model, ``savings`` None where counts are not known yet."""

    cuts: tuple[Cut, ...]
    parameters: int
    macs: int | None
    savings: Savings | None = None


def preview(
    workshop: Workshop, opened: Opened, ids: Sequence[str], options: Any, facts: TargetFacts,
    layer_us: Mapping[str, float] | None, *, progress: Progress,
) -> Preview:  # fmt: skip
    """``options`` are those of a structural method; the shapes are those that the window shows."""
    from engine.pruning.counts import even, multiple_of
    from engine.pruning.savings import savings

    progress.step("Looking at channels")
    groups = workshop.channel_groups(opened)
    chosen: dict[str, ChannelGroup] = {}
    for layer_id in ids:
        chosen |= {group.id: group for group in groups.of(layer_id) if group.reason is None}
    known = options.spread == "even" or options.channels is not None
    cuts, kept = [], {}
    for group in chosen.values():
        multiple = multiple_of(group, options, facts)
        keeps = even(group, options, multiple) if known else None
        own = group.layers[0]
        others = {layer: role for layer, role in group.roles.items() if role != "passes" and layer != own}
        cuts.append(Cut(group.id, group.unit, group.channels, keeps, multiple, others))
        if keeps is not None and keeps < group.channels:
            kept[group.id] = range(keeps)
    progress.check()
    saved = savings(opened.model, groups, kept, layer_us) if kept else None
    return Preview(tuple(cuts), opened.index.parameters, opened.index.macs, saved)
