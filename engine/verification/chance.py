r"""What a difference of accuracy between two models on the same samples is worth.

Both models see every sample, so only the samples on which one is right and the other is wrong tell them apart. With
``lost`` (only the reference is right) and ``gained`` (only the candidate is), ``n`` samples and the difference
``b - a = (gained - lost) / n``:

- p value: exact McNemar test. If neither model were better, each sample that tells them apart would do so one way or
  the other like a coin, so ``p = min(1, 2 P(X <= min(lost, gained)))`` with ``X ~ Binomial(lost + gained, 1/2)``.
  McNemar, Psychometrika 12 (1947).
- interval, 95 %: Newcombe's method 10 for the difference between paired proportions, from the score intervals of both
  (Wilson 1927) and their correlation. Newcombe, Statistics in Medicine 17 (1998), 2635-2650.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

Z = 1.959963984540054
"""Of 95 %, both sides."""


@dataclass(frozen=True, slots=True)
class Paired:
    """How many of the samples both models get right, only one of them, or none."""

    both: int
    lost: int
    gained: int
    neither: int

    @property
    def samples(self) -> int:
        return self.both + self.lost + self.gained + self.neither

    @property
    def difference(self) -> float:
        """The candidate's accuracy minus the reference's."""
        return (self.gained - self.lost) / self.samples

    @property
    def p_value(self) -> float:
        apart = self.lost + self.gained
        if not apart:
            return 1.0
        logs = [_log_binomial(apart, k) - apart * math.log(2) for k in range(min(self.lost, self.gained) + 1)]
        return min(1.0, 2 * math.fsum(map(math.exp, logs)))

    @property
    def interval(self) -> tuple[float, float]:
        """Of the difference."""
        n = self.samples
        a, b = (self.both + self.lost) / n, (self.both + self.gained) / n
        (a_low, a_high), (b_low, b_high) = wilson(self.both + self.lost, n), wilson(self.both + self.gained, n)
        phi = self._correlation()
        down = _length(b - b_low, a_high - a, phi)
        up = _length(b_high - b, a - a_low, phi)
        return self.difference - down, self.difference + up

    def _correlation(self) -> float:
        """Of being right, with Newcombe's correction for continuity."""
        rows = (self.both + self.lost) * (self.gained + self.neither)
        columns = (self.both + self.gained) * (self.lost + self.neither)
        if not rows * columns:
            return 0.0
        product = self.both * self.neither - self.lost * self.gained
        if product > 0:
            product = max(0, product - self.samples // 2)
        return product / math.sqrt(rows * columns)


def wilson(hits: int, samples: int) -> tuple[float, float]:
    """The 95 % score interval of a proportion."""
    p = hits / samples
    centre = p + Z * Z / (2 * samples)
    half = Z * math.sqrt(p * (1 - p) / samples + Z * Z / (4 * samples * samples))
    scale = 1 + Z * Z / samples
    low, high = (centre - half) / scale, (centre + half) / scale
    return max(0.0, low) if hits else 0.0, min(1.0, high) if hits < samples else 1.0


def _length(x: float, y: float, phi: float) -> float:
    return math.sqrt(max(0.0, x * x - 2 * phi * x * y + y * y))


def _log_binomial(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)
