"""Which range of a value is quantized: everything that was seen, or less of it, so that the rest is finer.

Chosen from what calibration kept of the value (``ValueStatistics``), so that another method needs no new calibration.

- ``minmax``: nothing is clipped.
- ``percentile``: as much is cut off on both sides together as the percentile leaves (99.99 of 100).
- ``mse``: the range with the smallest expected squared error. With step s, what lies inside costs s^2/12, what lies
  outside the square of its distance to the edge. (Nagel et al., A White Paper on Neural Network Quantization, 2021,
  section 3.1.)
- ``entropy``: the threshold that loses the least information: the smallest Kullback-Leibler divergence between the
  clipped distribution and its quantized form. (Migacz, 8-bit Inference with TensorRT, GTC 2017.)

A side on which there is nothing stays at zero, and no range reaches beyond what was seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.scheme import ValueRange, ValueStatistics

Array = NDArray[Any]

_STEPS = np.linspace(0.05, 1.0, 96)


def choose_range(
    seen: ValueStatistics, method: str, *, levels: int = 256, percentile: float = 99.99, symmetric: bool = False
) -> ValueRange:
    """The range to quantize to ``levels`` codes.

    Args:
        symmetric: the codes are symmetric about zero, so that both sides share one threshold.
    """
    assert method in METHODS, method
    full = ValueRange(seen.low, seen.high)
    if method == "minmax" or not seen.counts.size or not seen.low < seen.high or not np.isfinite(seen.high - seen.low):
        return full
    known = seen.chosen.get(key := (method, levels, percentile, symmetric))
    if known is None:
        known = seen.chosen[key] = _METHODS[method](seen, levels, percentile, symmetric)
    return known


def _percentile(seen: ValueStatistics, levels: int, percentile: float, symmetric: bool) -> ValueRange:
    if symmetric:
        counts, edges = _folded(seen)
        at = np.searchsorted(np.cumsum(counts), percentile / 100 * counts.sum())
        return _within(seen, -edges[at + 1], edges[at + 1])
    edges = _edges(seen)
    share = np.cumsum(seen.counts) / seen.counts.sum()
    # What may be cut off goes to the sides that have something: a tail of zeros is no tail.
    sides = (1 if seen.low < 0 else 0) + (1 if seen.high > 0 else 0)
    cut = (1 - percentile / 100) / max(1, sides)
    low = edges[int(np.searchsorted(share, cut, side="right"))] if seen.low < 0 else seen.low
    high = edges[min(int(np.searchsorted(share, 1 - cut)) + 1, len(edges) - 1)] if seen.high > 0 else seen.high
    return _within(seen, float(low), float(high))


def _mse(seen: ValueStatistics, levels: int, percentile: float, symmetric: bool) -> ValueRange:
    centres, counts = _filled(seen)
    low, high = min(seen.low, 0.0), max(seen.high, 0.0)
    if symmetric:
        low, high = -max(-low, high), max(-low, high)
    both = _best(centres, counts, low * _STEPS, high * _STEPS, levels)
    low, high = low * _STEPS[both], high * _STEPS[both]
    if symmetric or low == 0.0 or high == 0.0:
        return _within(seen, low, high)
    # The tails differ: from the best common threshold, each side once more by itself, inwards and outwards.
    for _ in range(2):
        lows = np.unique(np.clip(low * np.linspace(0.5, 1.5, 41), min(seen.low, 0.0), 0.0))
        low = lows[_best(centres, counts, lows, np.full_like(lows, high), levels)]
        highs = np.unique(np.clip(high * np.linspace(0.5, 1.5, 41), 0.0, max(seen.high, 0.0)))
        high = highs[_best(centres, counts, np.full_like(highs, low), highs, levels)]
    return _within(seen, float(low), float(high))


def _best(centres: Array, counts: Array, lows: Array, highs: Array, levels: int) -> int:
    """The number of the candidate range with the smallest expected squared error."""
    below = np.maximum(lows[:, None] - centres, 0.0)
    above = np.maximum(centres - highs[:, None], 0.0)
    clipped = ((below**2 + above**2) * counts).sum(axis=1)
    inside = ((below == 0) & (above == 0)) @ counts
    step = (highs - lows) / (levels - 1)
    return int(np.argmin(clipped + inside * step**2 / 12))


def _entropy(seen: ValueStatistics, levels: int, percentile: float, symmetric: bool) -> ValueRange:
    counts, edges = _folded(seen)
    # Codes on one side: all of them where the value has one sign, half of them otherwise.
    codes = levels if not symmetric and (seen.low >= 0 or seen.high <= 0) else levels // 2
    thresholds = np.unique(np.linspace(min(codes, len(counts)), len(counts), 64).astype(int))
    best, at = np.inf, len(counts)
    for end in thresholds:
        divergence = _divergence(counts, int(end), codes)
        if divergence < best:
            best, at = divergence, int(end)
    return _within(seen, -edges[at], edges[at])


def _divergence(counts: Array, end: int, codes: int) -> float:
    """KL(P || Q) of the first ``end`` bins: P has the clipped rest in its last bin, Q is P in ``codes`` steps."""
    inside = counts[:end].astype(np.float64)
    reference = inside.copy()
    reference[-1] += counts[end:].sum()
    group = np.arange(end) * codes // end
    present = inside > 0
    totals = np.bincount(group, inside, codes)
    sizes = np.bincount(group, present, codes)
    quantized = np.where(present, (totals / np.maximum(sizes, 1))[group], 0.0)
    p, q = reference / max(reference.sum(), 1.0), quantized / max(quantized.sum(), 1.0)
    # A bin that only the clipped rest fills has no place in Q; a small floor keeps it finite, and dear.
    q = np.maximum(q, 1e-9)
    filled = p > 0
    return float((p[filled] * np.log(p[filled] / q[filled])).sum())


def _edges(seen: ValueStatistics) -> Array:
    return np.linspace(*seen.bounds, len(seen.counts) + 1)


def _filled(seen: ValueStatistics) -> tuple[Array, Array]:
    """Centres and counts of the bins that hold anything; the outer ones stand for the extreme elements."""
    edges = _edges(seen)
    centres = np.clip((edges[1:] + edges[:-1]) / 2, seen.low, seen.high)
    filled = seen.counts > 0
    return centres[filled], seen.counts[filled].astype(np.float64)


def _folded(seen: ValueStatistics) -> tuple[Array, Array]:
    """The histogram of absolute values, with as many bins, and its edges; exact zeros are left out.

    A Relu puts half of all elements into one point, which any threshold keeps.
    """
    centres, counts = _filled(seen)
    bins, largest = len(seen.counts), max(-seen.low, seen.high)
    place = np.minimum((np.abs(centres) / largest * bins).astype(int), bins - 1)
    folded = np.bincount(place, counts, bins)
    folded[0] = folded[1] if bins > 1 else folded[0]
    return folded, np.linspace(0.0, largest, bins + 1)


def _within(seen: ValueStatistics, low: float, high: float) -> ValueRange:
    return ValueRange(float(max(seen.low, low)), float(min(seen.high, high)))


_METHODS: dict[str, Callable[[ValueStatistics, int, float, bool], ValueRange]] = {
    "percentile": _percentile,
    "mse": _mse,
    "entropy": _entropy,
}
METHODS = ("minmax", *_METHODS)
"""What an option may name."""
