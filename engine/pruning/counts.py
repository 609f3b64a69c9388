"""How many channels of each group stay: the ratio of every group, or of all together by normalised cost.

Counts are rounded to the nearest multiple of what the target's kernels like, ties keeping more; one multiple stays at
least. A group of as many channels as that or fewer is not cut: the rest would run on the slow kernels. Where a channel
is several neighbouring elements (a head, a flattened plane), so many channels are one multiple as give whole blocks.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from engine.backend import TargetFacts
from engine.pruner import Ranking
from engine.pruning.groups import ChannelGroup
from engine.pruning.options import StructuralOptions


def multiple_of(group: ChannelGroup, options: StructuralOptions, facts: TargetFacts) -> int:
    """Of how many channels a count is to be a multiple."""
    block = facts.channel_block if options.multiple == "auto" else int(options.multiple)
    width = max((len(member.indices[0]) for member in group.members if member.role == "producer"), default=1)
    return block // math.gcd(block, max(width, 1))


def fewest(group: ChannelGroup, multiple: int) -> int:
    """How many channels stay in any case."""
    return min(group.channels, max(1, multiple))


def even(group: ChannelGroup, options: StructuralOptions, multiple: int) -> int:
    """The count that is nearest to what was asked for; all of them where there is nothing to cut."""
    wanted = options.channels if options.channels is not None else group.channels * (1 - options.ratio)
    return nearest(group.channels, wanted, multiple)


def nearest(channels: int, wanted: float, multiple: int) -> int:
    if wanted >= channels:
        return channels
    blocks = math.floor(wanted / multiple + 0.5)
    return min(channels, max(1, blocks) * multiple)


def globally(
    rankings: Mapping[str, tuple[ChannelGroup, Ranking, int]], ratio: float, sizes: Mapping[str, float]
) -> dict[str, int]:
    """Counts by group id: the share ``ratio`` of all channels goes, those of the least cost first.

    Args:
        rankings: by group id, with the multiple that its counts are to be.
        sizes: what one channel of a group counts.
    """
    total = sum(sizes[name] * group.channels for name, (group, _, _) in rankings.items())
    steps = []
    for name, (group, ranking, multiple) in rankings.items():
        worst, first = 0.0, group.channels % multiple or multiple
        gone, place = 0, 0
        for size in (first, *[multiple] * (group.channels // multiple)):
            if gone + size > min(len(ranking.order), group.channels - fewest(group, multiple)):
                break
            gone += size
            costs = ranking.costs[place : place + size]
            place += size
            worst = max(worst, sum(costs) / size)  # what goes later never costs less
            steps.append((worst, name, size))
    counts = {name: group.channels for name, (group, _, _) in rankings.items()}
    left = ratio * total
    for _, name, size in sorted(steps, key=lambda step: step[0]):
        weight = size * sizes[name]
        if weight / 2 > left:  # nearest to what was asked for
            break
        counts[name] -= size
        left -= weight
    return counts
