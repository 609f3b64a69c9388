"""From the runs of fresh sessions to ``Latency``: figures, interval, histogram, outliers.

Minimum, percentiles and mean are of all runs; the median is that of the sessions (``engine.profiling.intervals``).
Nothing is deleted: a run beyond the upper Tukey fence, Q3 + 1.5 (Q3 - Q1), is counted as an outlier and stays in every
figure and in the histogram (Tukey, Exploratory Data Analysis, 1977).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, median

import numpy as np
from numpy.typing import NDArray

from engine.profiling.blocks import Block
from engine.profiling.intervals import clustered_interval, clustered_median
from engine.profiling.profile import Histogram, Latency

SESSIONS = 5
"""An interval that covers fewer fresh sessions than this says so."""
MAX_BINS = 60
SHOWN_OUTLIERS = 100


def latency_ms(sessions: Sequence[Sequence[Block]]) -> Latency:
    """Latency in milliseconds; each session is a sequence of blocks."""
    clusters = [[block.median_us / 1000 for block in blocks] for blocks in sessions]
    runs = np.array([us for blocks in sessions for block in blocks for us in block.run_us]) / 1000
    low, high = clustered_interval(clusters)
    fence = _fence(runs, 1.5)
    outliers = sorted((float(ms) for ms in runs[runs > fence]), reverse=True)
    return Latency(
        min=float(runs.min()),
        median=clustered_median(clusters),
        p90=float(np.quantile(runs, 0.9)),
        p99=float(np.quantile(runs, 0.99)),
        mean=fmean(runs.tolist()),
        interval=(low, high),
        sessions=len(sessions),
        this_session_only=len(sessions) < SESSIONS,
        session_medians=tuple(median(blocks) for blocks in clusters),
        histogram=histogram(runs),
        outliers=tuple(outliers[:SHOWN_OUTLIERS]),
        outlier_count=len(outliers),
    )


def histogram(values: NDArray[np.float64]) -> Histogram:
    """Equal bins for the body and ever wider ones for the tail.

    The body ends at Q3 + 3 (Q3 - Q1), and its bins are 2 (Q3 - Q1) / n^(1/3) wide (Freedman and Diaconis, On the
    histogram as a density estimator, 1981), at most ``MAX_BINS`` of them. Beyond it each bin is twice as wide as the
    one before, so that a run of ten times the median takes a few bins and not hundreds of empty ones.
    """
    low, high = float(values.min()), float(values.max())
    if high <= low:
        return Histogram((low, math.nextafter(low, math.inf)), (len(values),))
    first, third = np.quantile(values, [0.25, 0.75])
    body = min(high, _fence(values, 3.0))
    width = 2 * float(third - first) / len(values) ** (1 / 3) or (high - low) / math.sqrt(len(values))
    body = max(body, min(high, low + width))
    bins = max(1, min(MAX_BINS, math.ceil((body - low) / width)))
    edges = np.linspace(low, body, bins + 1).tolist()
    step = (body - low) / bins
    while edges[-1] < high:
        step *= 2
        edges.append(min(high, edges[-1] + step) if edges[-1] + 1.5 * step < high else high)
    counts, _ = np.histogram(values, edges)
    return Histogram(tuple(edges), tuple(counts.tolist()))


def _fence(values: NDArray[np.float64], reach: float) -> float:
    first, third = np.quantile(values, [0.25, 0.75])
    return float(third + reach * (third - first))
