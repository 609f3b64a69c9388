"""Which N samples of a set are used: the same for the same seed, spread over the classes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.data.samples import Labels


def order(count: int, labels: Labels | None, seed: int) -> NDArray[np.int64]:
    """All samples in the order in which they are chosen.

    A seeded permutation; with labels the classes take turns in it, so that no class has two samples more than another
    as long as both have some left.
    """
    found = np.random.default_rng(seed).permutation(count)
    if labels is not None:
        seen: dict[int, int] = {}
        turn = np.empty(count, np.int64)
        for place, index in enumerate(found):
            label = int(labels[index])
            turn[place] = seen[label] = seen.get(label, -1) + 1
        found = found[np.argsort(turn, kind="stable")]
    return found.astype(np.int64)


def choose(count: int, labels: Labels | None, wanted: int | None, seed: int) -> NDArray[np.int64]:
    """Indices of the chosen samples in ascending order; all of them where no fewer are wanted."""
    if wanted is None or wanted >= count:
        return np.arange(count, dtype=np.int64)
    return np.sort(order(count, labels, seed)[:wanted])
