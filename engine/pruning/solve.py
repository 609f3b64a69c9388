"""Which channels a layer's readers can do without, and the weights that best make up for them. NumPy only.

A reader computes ``Y = A X + b``, with A the activations it reads (rows: positions of all samples; columns: one per
element of a row of its weight) and X its weight. About the means, with ``G = A'A`` and ``H = A'Y*`` (Y* what the
original model's layer gives, A what the pruned one reads), the weights nearest to the present ones W that give Y* are::

    D   = (G + l I)^-1 (H - G W)          X = W + D          b = mean(Y*) - mean(A) X
    c_j = tr(X_j' ((G + l I)^-1_jj)^-1 X_j)

``c_j`` is by how much the squared error grows when the columns of channel j go and the others make up for it
(LeCun et al. 1990, "Optimal brain damage"; Hassibi and Stork 1993, "Second order derivatives for network pruning", here
for groups of columns). The cheapest goes, inverse and solution follow by a block downdate, and again. A channel that
several readers read costs the sum, each in parts of the variance of what it computes.

The ridge l is chosen among ``RIDGES`` (in parts of the mean diagonal of G) by what the solution of each half of the
samples does to the other half; where every one of them does harm, the weights stay. Few samples thus change little.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.pruner import Array, Floats, Ranking, Reader

RIDGES = (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
ELIMINATION_RIDGE = 1e-4
"""In parts of the mean diagonal of G, while channels are chosen."""


@dataclass(frozen=True, slots=True, eq=False)
class Normal:
    """Second moments of rows and outputs about their means, per vector, for ``groups`` sets of rows.

    Attributes:
        count: of vectors.
        mean_a: float64 [groups, n]. ``mean_y``: [groups, outputs].
        aa: float64 [groups, n, n]. ``ay``: [groups, n, outputs].
        yy: float64 [groups, outputs], the variances.
    """

    count: int
    mean_a: Floats
    mean_y: Floats
    aa: Floats
    ay: Floats
    yy: Floats

    def __add__(self, other: Normal) -> Normal:
        """Of both sets of vectors together."""
        count = self.count + other.count
        mine, theirs = self.count / count, other.count / count
        da, dy = self.mean_a - other.mean_a, self.mean_y - other.mean_y
        both = mine * theirs
        return Normal(
            count,
            mine * self.mean_a + theirs * other.mean_a,
            mine * self.mean_y + theirs * other.mean_y,
            mine * self.aa + theirs * other.aa + both * da[:, :, None] * da[:, None, :],
            mine * self.ay + theirs * other.ay + both * da[:, :, None] * dy[:, None, :],
            mine * self.yy + theirs * other.yy + both * dy**2,
        )

    def about_zero(self) -> Normal:
        """For a reader without a bias: moments about zero, so that the weights answer for the means too."""
        aa = self.aa + self.mean_a[:, :, None] * self.mean_a[:, None, :]
        ay = self.ay + self.mean_a[:, :, None] * self.mean_y[:, None, :]
        means = np.zeros_like(self.mean_a), np.zeros_like(self.mean_y)
        return Normal(self.count, *means, aa, ay, self.yy + self.mean_y**2)


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """``weight``: float64 [groups, n, outputs]; ``bias``: [groups, outputs].

    Attributes:
        ridge: that was chosen; infinite where the weights stayed.
        before, after: mean squared error of the outputs in parts of their variance, with the old and the new weights;
            the old ones with the bias that suits them best.
    """

    weight: Floats
    bias: Floats
    ridge: float
    before: float
    after: float


def solve(halves: tuple[Normal, Normal], weight: Array, ridges: Sequence[float] = RIDGES) -> Solution:
    """The weights nearest to ``weight`` [groups, n, outputs] that give the wanted outputs."""
    whole, prior = halves[0] + halves[1], np.asarray(weight, np.float64)
    gains = np.zeros(len(ridges))
    for own, other in (halves, halves[::-1]):
        missing, wanted = own.ay - own.aa @ prior, other.ay - other.aa @ prior
        for number, change in enumerate(_changes(own.aa, missing, ridges)):
            gains[number] += np.sum(change * (2 * wanted - other.aa @ change))
    best = int(np.argmax(gains))
    missing = whole.ay - whole.aa @ prior
    change = np.zeros_like(prior)
    ridge = float("inf")
    if gains[best] > 0:
        ridge = ridges[best]
        (change,) = _changes(whole.aa, missing, (ridge,))
    found = prior + change
    bias = whole.mean_y - np.einsum("gn,gno->go", whole.mean_a, found)
    return Solution(found, bias, ridge, error(whole, prior), error(whole, found))


def error(normal: Normal, weight: Floats) -> float:
    """Mean squared error of the outputs in parts of their variance, with the best bias."""
    total = float(normal.yy.sum())
    wrong = total - 2 * float(np.sum(weight * normal.ay)) + float(np.sum(weight * (normal.aa @ weight)))
    return max(0.0, wrong) / total if total > 0 else 0.0


def _changes(aa: Floats, missing: Floats, ridges: Sequence[float]) -> Iterator[Floats]:
    """``(G + l I)^-1 missing`` for each ridge."""
    n = aa.shape[1]
    mean = np.maximum(np.trace(aa, axis1=1, axis2=2) / n, np.finfo(np.float64).tiny)
    for ridge in ridges:
        yield np.linalg.solve(aa + (ridge * mean)[:, None, None] * np.eye(n), missing)


def eliminate(readers: Sequence[Reader], channels: int, fewest: int, ridge: float = ELIMINATION_RIDGE) -> Ranking:
    """Take channels away one at a time, the one that the readers can best do without first, until ``fewest`` stay."""
    states = [_State(reader, ridge) for reader in readers]
    alive = np.ones(channels, bool)
    order, costs = [], []
    for _ in range(channels - fewest):
        each = np.zeros(channels)
        for state in states:
            each += state.costs()
        each[~alive] = np.inf
        channel = int(np.argmin(each))
        order.append(channel)
        costs.append(float(each[channel]))
        alive[channel] = False
        for state in states:
            state.remove(channel)
    return Ranking(tuple(order), tuple(costs))


class _State:
    """Inverse and solution of one reader; what is gone is zero in both."""

    def __init__(self, reader: Reader, ridge: float) -> None:
        n = len(reader.gram)
        mean = max(float(np.trace(reader.gram)) / n, np.finfo(np.float64).tiny)
        self._inverse = np.linalg.inv(reader.gram + ridge * mean * np.eye(n))
        self._solution = reader.weight.copy()
        self._columns = reader.columns
        self._scale = reader.scale if reader.scale > 0 else 1.0
        widths = {len(columns) for columns in reader.columns}
        self._blocks = np.stack(reader.columns) if len(widths) == 1 and widths != {0} else None
        self._alive = np.ones(len(reader.columns), bool)

    def costs(self) -> Floats:
        found = np.zeros(len(self._columns))
        if self._blocks is None:
            for channel in np.flatnonzero(self._alive):
                found[channel] = self._cost(self._columns[channel][None])[0]
        else:
            found[self._alive] = self._cost(self._blocks[self._alive])
        return found / self._scale

    def _cost(self, blocks: NDArray[np.int64]) -> Floats:
        """Of blocks [count, width]."""
        if blocks.shape[1] == 0:
            return np.zeros(len(blocks))
        parts = self._solution[blocks]  # [count, width, outputs]
        if blocks.shape[1] == 1:
            only = blocks[:, 0]
            each: Floats = np.einsum("co,co->c", parts[:, 0], parts[:, 0]) / self._inverse[only, only]
            return each
        inner = self._inverse[blocks[:, :, None], blocks[:, None, :]]
        # tr(X' B^-1 X) = sum of (X X') * B^-1, which needs no solve with as many right sides as there are outputs
        costs: Floats = np.sum((parts @ parts.transpose(0, 2, 1)) * np.linalg.inv(inner), axis=(1, 2))
        return costs

    def remove(self, channel: int) -> None:
        columns = self._columns[channel]
        self._alive[channel] = False
        if not len(columns):
            return
        inner = self._inverse[np.ix_(columns, columns)]
        beside = self._inverse[:, columns]
        gain = np.linalg.solve(inner, np.hstack([beside.T, self._solution[columns]]))
        self._solution -= beside @ gain[:, len(self._inverse) :]
        self._inverse -= beside @ gain[:, : len(self._inverse)]
        self._solution[columns] = 0
        self._inverse[columns] = 0
        self._inverse[:, columns] = 0
        self._inverse[columns, columns] = 1
