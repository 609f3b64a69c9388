"""Channels by the L2 norm of the weights that make them.

With w_c the weights of output channel c, over all layers that make it (their biases not counted), the score is

    s_c = sum over layers of |w_c|_2 / mean over channels of |w|_2

and the channels with the least s_c go. Beside L1 it lets a few large weights count for more than many small ones.

Source: He et al. 2018, "Soft filter pruning for accelerating deep convolutional neural networks".
"""

from __future__ import annotations

import numpy as np

from engine.pruner import Evidence, Pruner, Ranking, by_norm
from engine.pruning.options import StructuralOptions
from engine.pruning.refusals import reasons, speed


def rank(evidence: Evidence, options: StructuralOptions) -> Ranking | str:
    return by_norm(evidence, lambda weights: np.sqrt(np.square(weights).sum(axis=1)))


PRUNER = Pruner(
    key="l2_channels",
    title="Channels by L2 norm",
    summary="Takes out the channels with the smallest weights (root of the sum of squares), with everything coupled.",
    options=StructuralOptions,
    why_not=reasons,
    speed=speed,
    rank=rank,
)
