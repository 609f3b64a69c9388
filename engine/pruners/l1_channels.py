"""Channels by the L1 norm of the weights that make them.

With w_c the weights of output channel c, over all layers that make it (their biases not counted), the score is

    s_c = sum over layers of |w_c|_1 / mean over channels of |w|_1

and the channels with the least s_c go. Looks at no data: a channel with small weights may still be what the next layer
lives on.

Source: Li et al. 2017, "Pruning filters for efficient ConvNets".
"""

from __future__ import annotations

import numpy as np

from engine.pruner import Evidence, Pruner, Ranking, by_norm
from engine.pruning.options import StructuralOptions
from engine.pruning.refusals import reasons, speed


def rank(evidence: Evidence, options: StructuralOptions) -> Ranking | str:
    return by_norm(evidence, lambda weights: np.abs(weights).sum(axis=1))


PRUNER = Pruner(
    key="l1_channels",
    title="Channels by L1 norm",
    summary="Takes out the channels with the smallest weights (sum of magnitudes), with everything coupled to them.",
    options=StructuralOptions,
    why_not=reasons,
    speed=speed,
    rank=rank,
)
