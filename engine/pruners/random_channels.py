"""Channels by chance: what every other method has to beat.

A permutation of the channels from numpy's PCG64, seeded with the option and the group's size; the same seed takes out
the same channels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engine.options import option
from engine.pruner import Evidence, Pruner, Ranking
from engine.pruning.options import StructuralOptions
from engine.pruning.refusals import reasons, speed


@dataclass(frozen=True)
class Options(StructuralOptions):
    seed: int = option(0, label="Seed", help="Another seed takes out other channels", minimum=0)


def rank(evidence: Evidence, options: Options) -> Ranking:
    order = np.random.default_rng((options.seed, evidence.channels)).permutation(evidence.channels)
    return Ranking(tuple(int(channel) for channel in order), (1.0,) * evidence.channels)


PRUNER = Pruner(
    key="random_channels",
    title="Channels by chance",
    summary="Takes out channels by chance: what every other method has to beat.",
    options=Options,
    why_not=reasons,
    speed=speed,
    rank=rank,
)
