"""Channels by their mean activation on the calibration data.

The score is the mean of |a_c| over all samples and positions, a_c being what the layers that read the channel read;
the channels with the least of it go. It knows what the data does, but not whether others could make up for a channel.

Source: Polyak and Wolf 2015, "Channel-level acceleration of deep face representations".
"""

from __future__ import annotations

from engine.pruner import Evidence, Pruner, Ranking, by_score
from engine.pruning.options import StructuralOptions
from engine.pruning.refusals import reasons, speed


def rank(evidence: Evidence, options: StructuralOptions) -> Ranking | str:
    if evidence.activations is None:
        return "no layer that multiplies its channels with a weight was found: choose l1_channels"
    return by_score(evidence.activations)


PRUNER = Pruner(
    key="activation_channels",
    title="Channels by activation",
    summary="Takes out the channels that are smallest on the calibration data.",
    options=StructuralOptions,
    why_not=reasons,
    speed=speed,
    rank=rank,
    need="activations",
)
