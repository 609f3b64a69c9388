"""What cutting channels would take along and save, said before anything is done. For glances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.progress import Progress
from engine.recipe import Recipe
from gui.channels import Channels

if TYPE_CHECKING:
    from engine.backend import TargetFacts
    from engine.pruning.groups import ChannelGroup
    from engine.pruning.savings import Savings
    from gui.opened import Opened
    from gui.workshop import Workshop


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


def find_channels(workshop: Workshop, opened: Opened, base: Recipe, *, progress: Progress) -> Channels:
    """``base`` says how the model is cleaned before it is cut."""
    progress.step("Looking for channels that hang together")
    return workshop.channels(opened, base)


def look(opened: Opened, base: Recipe) -> Channels:
    from engine.apply import clean_source
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.pruners import pruners
    from engine.pruning.groups import find_groups

    model, _ = clean_source(opened.source.model, base)
    index = index_layers(model)
    folded = {origin: layer.id for layer in index.layers for origin in layer.origins if origin not in index.by_id}
    return Channels(
        find_groups(model),
        model,
        bind(model, opened.settings.shapes, opened.settings.batch, strict=False),
        {key: pruner.why_not(model) for key, pruner in pruners().items()},
        frozenset(key for key, pruner in pruners().items() if pruner.structural),
        folded,
        frozenset(opened.index.by_id.keys() - index.by_id.keys() - folded.keys()),
    )


def preview(
    workshop: Workshop, opened: Opened, base: Recipe, ids: Sequence[str], options: Any, facts: TargetFacts,
    layer_us: Mapping[str, float] | None, *, progress: Progress,
) -> Preview:  # fmt: skip
    """``options`` are those of a structural method; the shapes are those that the window shows."""
    from engine.graph.layers import index_layers
    from engine.pruning.counts import even, multiple_of
    from engine.pruning.savings import savings

    progress.step("Looking at channels")
    channels = workshop.channels(opened, base)
    chosen: dict[str, ChannelGroup] = {}
    for layer_id in ids:
        chosen |= {group.id: group for group in channels.groups.of(layer_id) if group.reason is None}
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
    whole = index_layers(channels.bound)
    saved = savings(channels.bound, channels.groups, kept, layer_us) if kept else None
    return Preview(tuple(cuts), whole.parameters, whole.macs, saved)
