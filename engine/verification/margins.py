"""How many samples like the given ones will change their class, from how far the candidate moved their scores.

Counting is coarse: of a hundred samples one is a whole point. But every sample says how large the errors are. With m_i
the float model's margin between its best and its second-best class of sample i, and d_i what the candidate adds to that
margin, the errors are taken as normal with the deviation that all samples together show:

    sigma^2 = mean(d_i^2),    P(flip_i) = Phi(-m_i / sigma)

Expected disagreement is the mean of P(flip_i); the expected drop of top-1 counts a flip as a loss where the best class
is the label, and as a gain where the second-best is. Scores that are probabilities are taken as their logarithms, so
that errors do not vanish where a class is nearly certain.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.backend import Array

_SMALLEST = 1e-30


@dataclass(frozen=True)
class Margins:
    """Of the float model, by batch: the two best classes of each sample, their margin, and whether each is the label.

    Attributes:
        logarithmic: the scores are probabilities.
    """

    best: tuple[NDArray[np.int64], ...]
    second: tuple[NDArray[np.int64], ...]
    margin: NDArray[np.float64]
    best_right: NDArray[np.bool_]
    second_right: NDArray[np.bool_]
    logarithmic: bool

    def moved(self, batch: int, scores: Array, samples: int) -> NDArray[np.float64]:
        """The candidate's margins between the float model's two best classes."""
        return _margin(scores, samples, self.best[batch], self.second[batch], self.logarithmic)

    def expected(self, margins: NDArray[np.float64]) -> tuple[float, float]:
        """Drop of top-1 and disagreement, as fractions of the samples."""
        finite = np.nan_to_num(margins - self.margin, nan=np.inf, posinf=np.inf, neginf=-np.inf)
        sigma = float(np.sqrt(np.mean(finite**2)))
        if sigma == 0:
            return 0.0, 0.0
        flips = np.array([0.5 * math.erfc(m / sigma / math.sqrt(2)) for m in self.margin])
        drop = float(np.mean(flips * self.best_right) - np.mean(flips * self.second_right))
        return drop, float(np.mean(flips))


def margins(batches: Sequence[Array], counts: Sequence[int], labels: Sequence[NDArray[np.int64]]) -> Margins | None:
    """Of the float model's scores; None where it gives classes and no scores."""
    if any(array.dtype.kind != "f" or array.size < 2 * count for array, count in zip(batches, counts, strict=True)):
        return None
    scores = [array.reshape(count, -1) for array, count in zip(batches, counts, strict=True)]
    pairs = [np.argsort(part, axis=1, kind="stable")[:, -2:] for part in scores]
    best, second = tuple(pair[:, 1] for pair in pairs), tuple(pair[:, 0] for pair in pairs)
    logarithmic = all(bool((part >= 0).all()) and np.allclose(part.sum(axis=1), 1.0, atol=1e-3) for part in scores)
    found = [_margin(*given, logarithmic) for given in zip(batches, counts, best, second, strict=True)]
    right = [np.concatenate([a == b for a, b in zip(side, labels, strict=True)]) for side in (best, second)]
    return Margins(best, second, np.concatenate(found), right[0], right[1], logarithmic)


def _margin(
    scores: Array, samples: int, best: NDArray[np.int64], second: NDArray[np.int64], logarithmic: bool
) -> NDArray[np.float64]:
    flat = scores.reshape(samples, -1).astype(np.float64)
    rows = np.arange(samples)
    a, b = flat[rows, best], flat[rows, second]
    if logarithmic:
        a, b = np.log(np.maximum(a, _SMALLEST)), np.log(np.maximum(b, _SMALLEST))
    found: NDArray[np.float64] = a - b
    return found
