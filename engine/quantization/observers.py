"""The observer: what calibration keeps of a value while samples stream through the float model.

The smallest and the largest element are exact, also for each channel. The histogram has ``BINS`` equal bins over a
range that doubles when something falls outside (neighbouring bins merge then), so that memory is bounded whatever is
seen; of large arrays it counts every k-th element, with a start that moves from array to array.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.scheme import ValueStatistics

Array = NDArray[Any]

BINS = 2048
SAMPLED = 1 << 15
"""Elements of one array that the histogram counts at most."""


class Observer:
    """Sees every array of one value.

    Args:
        axis: of the channels, for statistics by channel; None for none.
    """

    def __init__(self, axis: int | None = None) -> None:
        self._axis = axis
        self._low, self._high = np.inf, -np.inf
        self._origin, self._width = 0.0, 0.0
        self._counts = np.zeros(BINS, np.int64)
        self._seen = 0
        self._arrays = 0
        self._channels: tuple[Array, Array, Array] | None = None

    def observe(self, array: Array) -> None:
        if not array.size:
            return
        low, high = self._observe_channels(array) if self._axis is not None else (array.min(), array.max())
        # np.minimum, unlike min(), lets a NaN through.
        self._low = float(np.minimum(self._low, low))
        self._high = float(np.maximum(self._high, high))
        self._seen += array.size
        self._arrays += 1
        if np.isfinite((self._low, self._high)).all():
            self._count(array)

    def result(self) -> ValueStatistics | None:
        """What was seen; None where only empty arrays were. Not finite where one of the arrays was not."""
        if not self._seen:
            return None
        if not np.isfinite((self._low, self._high)).all():
            return ValueStatistics(self._low, self._high)
        channels = self._channels
        return ValueStatistics(
            self._low,
            self._high,
            self._seen,
            self._counts.astype(np.uint32),
            (self._origin, self._origin + BINS * self._width),
            *(() if channels is None else (channels[0], channels[1], channels[2] / self._seen * channels[0].size)),
        )

    def _observe_channels(self, array: Array) -> tuple[Any, Any]:
        """Statistics by channel, and the smallest and the largest of them."""
        assert self._axis is not None
        if array.ndim < 2:
            return array.min(), array.max()
        rows = np.moveaxis(array, self._axis, 0).reshape(array.shape[self._axis], -1)
        if self._axis in (-1, array.ndim - 1):  # column by column would jump through memory
            flat = array.reshape(-1, array.shape[-1])
            low, high, total = flat.min(axis=0), flat.max(axis=0), flat.sum(axis=0, dtype=np.float64)
        else:
            low, high, total = rows.min(axis=1), rows.max(axis=1), rows.sum(axis=1, dtype=np.float64)
        if self._channels is None:
            self._channels = low, high, total
        elif self._channels[0].shape == low.shape:
            known = self._channels
            self._channels = np.minimum(known[0], low), np.maximum(known[1], high), known[2] + total
        return low.min(), high.max()

    def _count(self, array: Array) -> None:
        flat = array.reshape(-1)
        step = -(-flat.size // SAMPLED)
        if step > 1:
            step |= 1  # an even stride would meet the same columns of even rows again and again
            flat = flat[self._arrays % step :: step]
        self._make_room()
        if self._width == 0.0:
            self._counts[0] += flat.size
            return
        bins = ((flat - np.float32(self._origin)) * np.float32(1 / self._width)).astype(np.int32)
        np.clip(bins, 0, BINS - 1, out=bins)
        self._counts += np.bincount(bins, minlength=BINS)

    def _make_room(self) -> None:
        """Let the bins cover everything from the smallest to the largest element."""
        if self._high == self._low:
            self._origin = self._low
            return
        if self._width == 0.0:
            width = (self._high - self._low) / BINS
            if width < np.finfo(np.float32).tiny or not np.isfinite(np.float32(1 / width)):
                return
            constant, self._counts = int(self._counts[0]), np.zeros(BINS, np.int64)
            at = int(np.clip((self._origin - self._low) / width, 0, BINS - 1))
            self._counts[at] = constant
            self._origin, self._width = self._low, width
            return
        while self._low < self._origin or self._high > self._origin + BINS * self._width * (1 + 1e-6):
            merged = self._counts.reshape(-1, 2).sum(axis=1)
            self._counts = np.zeros(BINS, np.int64)
            if self._low < self._origin:
                self._origin -= BINS * self._width
                self._counts[BINS // 2 :] = merged
            else:
                self._counts[: BINS // 2] = merged
            self._width *= 2
