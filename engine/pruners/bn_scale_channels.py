"""Channels by the scale of the BatchNormalization behind them.

A BatchNormalization gives channel c the standard deviation ``|scale_c|``; the channels with the least of it vary
least, and go. Cleaning folds the scale into the Conv before it, where it cannot be told from the weights any more; it
is therefore read from the file as opened. A file without BatchNormalization has nothing to rank by, and says so.

Source: Liu et al. 2017, "Learning efficient convolutional networks through network slimming".
"""

from __future__ import annotations

from engine.pruner import Evidence, Pruner, Ranking, by_score
from engine.pruning.options import StructuralOptions
from engine.pruning.refusals import reasons, speed


def rank(evidence: Evidence, options: StructuralOptions) -> Ranking | str:
    if evidence.scales is None:
        return "no BatchNormalization of the file scales its channels: choose another method"
    return by_score(evidence.scales)


PRUNER = Pruner(
    key="bn_scale_channels",
    title="Channels by batch norm scale",
    summary="Takes out the channels that the BatchNormalization of the file as opened scales least.",
    options=StructuralOptions,
    why_not=reasons,
    speed=speed,
    rank=rank,
    need="scales",
)
