"""What a cut or a factorization would take along and save, said before anything is done. For glances."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.progress import Progress
from engine.recipe import Recipe
from gui.channels import Channels
from gui.language import tr

if TYPE_CHECKING:
    from engine.backend import TargetFacts
    from engine.pruner import Pruner
    from engine.pruning.groups import ChannelGroup
    from engine.pruning.savings import Savings
    from gui.opened import Opened
    from gui.workshop import Workshop


@dataclass(frozen=True)
class Cut:
    """One group; ``keeps`` is None where the count follows from data, ``with_it`` is what each other layer does.

    ``likes``: of what the target's kernels like a multiple, ``multiple`` what was asked for.
    """

    group: str
    unit: str
    channels: int
    keeps: int | None
    multiple: int
    with_it: Mapping[str, str]
    likes: int = 1


@dataclass(frozen=True)
class Thin:
    """One layer that would become two.

    ``rank`` is a number, None where it follows from numbers that were not looked at, or why there is none; ``most`` is
    up to where one saves anything. ``little``: a second kernel may take longer than it saves.
    """

    layer: str
    rows: int
    outputs: int
    rank: int | str | None
    most: int
    little: bool = False


@dataclass(frozen=True)
class Preview:
    """``parameters`` and ``macs`` are those of the whole model, ``savings`` None where counts are not known yet."""

    cuts: tuple[Cut, ...]
    parameters: int
    macs: int | None
    savings: Savings | None = None
    thin: tuple[Thin, ...] = ()


def find_channels(workshop: Workshop, opened: Opened, base: Recipe, *, progress: Progress) -> Channels:
    """``base`` says how the model is cleaned before it is cut."""
    progress.step(tr("Looking for channels that hang together"))
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
    workshop: Workshop, opened: Opened, base: Recipe, ids: Sequence[str], key: str, options: Any, facts: TargetFacts,
    layer_us: Mapping[str, float] | None, *, progress: Progress,
) -> Preview:  # fmt: skip
    """``options`` are those of the method, one that changes shapes; the shapes are those that the window shows."""
    from engine.pruners import pruners

    progress.step(tr("Looking at channels"))
    channels = workshop.channels(opened, base)
    if pruners()[key].factor is not None:
        return _thin(channels, ids, pruners()[key], options, facts, layer_us)
    return _cut(channels, ids, options, facts, layer_us, progress)


def _thin(
    channels: Channels, ids: Sequence[str], method: Pruner, options: Any, facts: TargetFacts,
    layer_us: Mapping[str, float] | None,
) -> Preview:  # fmt: skip
    from engine.graph.layers import index_layers
    from engine.pruning.factorize import saves_little, sketched
    from engine.pruning.factors import saves
    from engine.pruning.savings import difference

    whole = index_layers(channels.bound)
    model, sizes = sketched(channels.bound, dict.fromkeys(ids, (method, options)), facts.channel_block)
    thin = tuple(
        Thin(
            name, n, m, rank, saves(n, m),
            isinstance(rank, int) and saves_little(whole.by_id[name].macs, n, m, rank, (layer_us or {}).get(name)),
        )
        for name, (n, m, rank) in sizes.items()
    )  # fmt: skip
    known = any(isinstance(one.rank, int) for one in thin) and all(one.rank is not None for one in thin)
    saved = difference(whole, index_layers(model), layer_us) if known else None
    return Preview((), whole.parameters, whole.macs, saved, thin)


def _cut(
    channels: Channels, ids: Sequence[str], options: Any, facts: TargetFacts,
    layer_us: Mapping[str, float] | None, progress: Progress,
) -> Preview:  # fmt: skip
    from dataclasses import replace

    from engine.graph.layers import index_layers
    from engine.pruning.counts import even, multiple_of
    from engine.pruning.savings import savings

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
        likes = multiple_of(group, replace(options, multiple="auto"), facts)
        cuts.append(Cut(group.id, group.unit, group.channels, keeps, multiple, others, likes))
        if keeps is not None and keeps < group.channels:
            kept[group.id] = range(keeps)
    progress.check()
    whole = index_layers(channels.bound)
    saved = savings(channels.bound, channels.groups, kept, layer_us) if kept else None
    return Preview(tuple(cuts), whole.parameters, whole.macs, saved)
