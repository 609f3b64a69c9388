"""The interval of a median from a few fresh sessions: a cluster bootstrap, widened for their small number.

Runs of one session share the state that it happened to get (memory, threads, clock), so that not runs but sessions are
the independent observations. The figure is the *median over sessions of the median over blocks*: every session counts
once, whatever its number of runs, and neither a disturbed block nor a disturbed session moves it far. The median of
all runs pooled would let sessions with more runs weigh more, and would fall between the two where sessions differ.

A resample draws as many sessions with replacement, then within each as many blocks with replacement (Davison and
Hinkley, Bootstrap Methods and their Application, 1997, section 3.8; Efron and Tibshirani, An Introduction to the
Bootstrap, 1993, chapter 8). The 2.5 and 97.5 percentiles of the resamples' figures are too near to each other for few
clusters, by the missing factor sqrt(n / (n - 1)) and by z in the place of t (Hesterberg, What Teachers Should Know
about the Bootstrap, 2015, section 3). So each side is stretched about the figure by t(n - 1) / z * sqrt(n / (n - 1)):
1.58 for five sessions. Of times and ratios, which are above zero, the logarithms are stretched: no end falls below
zero, and the interval of b / a is that of a / b turned over. In simulation this holds the true median in 96 to 99 % for
sessions of normal, skewed, heavy-tailed and two-humped distributions, where the bare percentiles hold it in 86 to 95 %.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median

import numpy as np

CONFIDENCE = 0.95
RESAMPLES = 2000
_Z = 1.959964
_T = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228)
"""The 97.5 percentiles of Student's t with 1 to 10 degrees of freedom."""


def clustered_median(clusters: Sequence[Sequence[float]]) -> float:
    """The median over sessions of the median over the blocks of each."""
    return median(median(blocks) for blocks in clusters)


def clustered_interval(clusters: Sequence[Sequence[float]]) -> tuple[float, float]:
    """Where the median of what the sessions are drawn from lies, with 95 %; from the blocks alone where there is one.

    One block of one session says nothing of its spread, and its own figure is both ends.
    """
    if len(clusters) == 1:
        clusters = [[value] for value in clusters[0]]
    figure, n = clustered_median(clusters), len(clusters)
    if n == 1:
        return figure, figure
    random = np.random.default_rng(0)
    chosen = random.integers(n, size=(RESAMPLES, n))
    figures = np.empty((RESAMPLES, n))
    for number, blocks in enumerate(clusters):
        places = chosen == number
        values = np.asarray(blocks, np.float64)
        drawn = values[random.integers(len(values), size=(int(places.sum()), len(values)))]
        figures[places] = np.median(drawn, axis=1)
    low, high = np.quantile(np.median(figures, axis=1), [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    low, high = min(float(low), figure), max(float(high), figure)
    factor = stretch(n)
    if low > 0:
        return figure * (low / figure) ** factor, figure * (high / figure) ** factor
    return figure - factor * (figure - low), figure + factor * (high - figure)


def half_width(clusters: Sequence[Sequence[float]]) -> float:
    """Half of the interval, relative to the figure; infinite for a single value."""
    if sum(len(blocks) for blocks in clusters) < 2:
        return math.inf
    low, high = clustered_interval(clusters)
    return (high - low) / 2 / clustered_median(clusters)


def stretch(n: int) -> float:
    """By how much the percentile interval of ``n`` clusters is too narrow."""
    return student(n - 1) / _Z * math.sqrt(n / (n - 1))


def student(freedom: int) -> float:
    """The 97.5 percentile of Student's t; past the table by Fisher's expansion in the inverse of the freedom."""
    if freedom <= len(_T):
        return _T[freedom - 1]
    first = (_Z**3 + _Z) / 4
    second = (5 * _Z**5 + 16 * _Z**3 + 3 * _Z) / 96
    return _Z + first / freedom + second / freedom**2
