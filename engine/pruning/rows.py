"""What a layer's weight is multiplied with, position by position, and what is to come out there.

A Conv with groups multiplies, at each position of its output, a patch of its group's input (padding included) with the
rows of its weight; a Gemm or MatMul each row of its input. ``paired`` takes both from whole arrays: ``[vectors, groups,
n]`` and ``[vectors, groups, outputs]``, of the same positions. ``Sums`` adds up their moments in float64, in two
halves of the samples.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.pruning.solve import Normal
from engine.quantization.moments import Layout

Array = NDArray[Any]

FEWEST_VECTORS, VECTORS_PER_ELEMENT = 8192, 64
OPERATIONS = 4e9
"""Multiplications that the moments of one layer may take, unless fewer than four vectors per element would be left."""
_AT_ONCE = 4096


def wanted_vectors(layout: Layout) -> int:
    """Of how many vectors the moments are taken, over all samples."""
    n = layout.elements
    wanted = max(FEWEST_VECTORS, VECTORS_PER_ELEMENT * n)
    return int(max(4 * n, min(wanted, OPERATIONS / (layout.groups * n * n))))


def outputs_of(layout: Layout) -> int:
    """Of one group."""
    return layout.shape[1] if layout.transposed else layout.shape[0] // layout.groups


def paired(
    layout: Layout, read: Array, made: Array | None, count: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """``count`` vectors at most, at positions by chance where there are more; ``made`` None gives no outputs."""
    outputs = outputs_of(layout)
    if not layout.kernel:
        flat = (read.T if layout.input_transposed else read).reshape(-1, layout.elements)
        out = np.zeros((len(flat), 0), read.dtype) if made is None else made.reshape(-1, outputs)
        if len(flat) > count:
            chosen = rng.choice(len(flat), count, replace=False)
            flat, out = flat[chosen], out[chosen]
        return flat[:, None, :], out[:, None, :]
    rank = len(layout.kernel)
    pads = list(zip(layout.pads[:rank], layout.pads[rank:], strict=True))
    padded = np.pad(read, [(0, 0), (0, 0), *pads]) if any(layout.pads) else read
    spans = [dilation * (k - 1) + 1 for k, dilation in zip(layout.kernel, layout.dilations, strict=True)]
    windows = np.lib.stride_tricks.sliding_window_view(padded, spans, axis=tuple(range(2, 2 + rank)))
    steps = tuple(slice(None, None, stride) for stride in layout.strides)
    holes = tuple(slice(None, None, dilation) for dilation in layout.dilations)
    windows = windows[(slice(None), slice(None), *steps, *holes)]
    windows = np.moveaxis(windows, 1, 1 + rank)  # [samples, positions..., channels, kernel...]
    places = windows.shape[: 1 + rank]
    total = int(np.prod(places))
    chosen = np.arange(total) if total <= count else np.sort(rng.choice(total, count, replace=False))
    at = np.unravel_index(chosen, places)
    rows = windows[at].reshape(len(chosen), layout.groups, layout.elements)
    if made is None:
        return rows, np.zeros((len(chosen), layout.groups, 0), read.dtype)
    return rows, np.moveaxis(made, 1, -1)[at].reshape(len(chosen), layout.groups, outputs)


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """What a layer reads, and what it is to give: in two halves of the samples.

    ``magnitude``: float64 [groups, n], the mean absolute value.
    """

    halves: tuple[Normal, Normal]
    magnitude: NDArray[np.float64]


class Sums:
    """Running sums about the mean of the first vectors: covariances of values far from zero keep their digits."""

    def __init__(self, layout: Layout, samples: int, outputs: int) -> None:
        self.layout = layout
        self._samples = max(samples, 1)
        self._rng = np.random.default_rng(0)
        self._wanted = wanted_vectors(layout)
        self._halves = _Half(layout, outputs), _Half(layout, outputs)
        self._seen = 0

    def add(self, read: Array, made: Array | None, samples: int) -> None:
        """One batch; batches go to the two halves in turn."""
        count = -(-self._wanted * samples // self._samples)
        rows, out = paired(self.layout, np.asarray(read), made, count, self._rng)
        self._halves[self._seen % 2].add(rows, out)
        self._seen += 1

    def result(self) -> Read:
        first, second = (half.normal() for half in self._halves)
        if first is None:
            raise AssertionError("no samples")
        counts = [half.count for half in self._halves]
        magnitude = np.sum([half.magnitude for half in self._halves], axis=0) / sum(counts)
        return Read((first, first if second is None else second), magnitude)


class _Half:
    def __init__(self, layout: Layout, outputs: int) -> None:
        n, groups = layout.elements, layout.groups
        self.count = 0
        self.magnitude = np.zeros((groups, n))
        self._sums = np.zeros((groups, n + outputs))
        self._products = np.zeros((groups, n, n + outputs))
        self._squares = np.zeros((groups, outputs))
        self._offset: Array | None = None

    def add(self, rows: Array, out: Array) -> None:
        both = np.concatenate([rows, out], axis=2).astype(np.float32, copy=False)
        if self._offset is None:
            self._offset = both.mean(axis=0)
        n = rows.shape[2]
        self.magnitude += np.abs(rows).sum(axis=0, dtype=np.float64)
        for start in range(0, len(both), _AT_ONCE):
            part = (both[start : start + _AT_ONCE] - self._offset).transpose(1, 0, 2)
            self._sums += part.sum(axis=1, dtype=np.float64)
            self._products += part[:, :, :n].transpose(0, 2, 1) @ part
            self._squares += np.sum(np.square(part[:, :, n:], dtype=np.float64), axis=1)
        self.count += len(both)

    def normal(self) -> Normal | None:
        if self._offset is None or not self.count:
            return None
        n = self._products.shape[1]
        mean = self._sums / self.count
        products = self._products / self.count - mean[:, :n, None] * mean[:, None, :]
        yy = np.maximum(self._squares / self.count - mean[:, n:] ** 2, 0)
        mean = mean + self._offset
        return Normal(self.count, mean[:, :n], mean[:, n:], products[:, :, :n], products[:, :, n:], yy)
