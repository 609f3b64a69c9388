"""How far two models' outputs are apart, streamed over samples in float64.

With ``a`` the reference and ``b`` the candidate, over all elements of an output on all samples:

- SQNR in dB: ``10 log10(sum a^2 / sum (a - b)^2)`` (signal to quantization noise ratio; 6.02 dB for each bit of a
  uniform quantizer: Widrow and Kollar, Quantization Noise, 2008); infinite where the outputs are identical.
- cosine: ``sum ab / sqrt(sum a^2 sum b^2)``; 1 where both are zero everywhere, 0 where one is.
- largest absolute error: ``max |a - b|``.

Elements that are not finite and the same in both (NaN and NaN, infinity and the same infinity) count as equal and enter
no sum; one that is not finite and not the same makes the error infinite.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from engine.backend import Array

_BLOCK = 1 << 15
"""Elements at a time: what they take in float64 stays in the processor's cache."""


class ErrorSums:
    """What SQNR, cosine and the largest error of one output need, in constant memory."""

    def __init__(self) -> None:
        self._aa = self._bb = self._ab = self._noise = 0.0
        self._largest = 0.0

    def add(self, a: Array, b: Array) -> None:
        """Two outputs of the same shape on the same samples."""
        x, y = a.reshape(-1), b.reshape(-1)
        for start in range(0, x.size, _BLOCK):
            end = start + _BLOCK
            self._add(x[start:end].astype(np.float64), y[start:end].astype(np.float64))

    def _add(self, x: Array, y: Array) -> None:
        aa, bb = float(x @ x), float(y @ y)
        if not (math.isfinite(aa) and math.isfinite(bb)):
            finite = np.isfinite(x) & np.isfinite(y)
            same = (x == y) | (np.isnan(x) & np.isnan(y))
            if not (finite | same).all():
                self._noise = self._largest = math.inf
            x, y = x[finite], y[finite]
            aa, bb = float(x @ x), float(y @ y)
        if not x.size:
            return
        self._aa += aa
        self._bb += bb
        self._ab += float(x @ y)
        np.subtract(x, y, out=x)
        self._noise += float(x @ x)
        self._largest = max(self._largest, float(x.max()), -float(x.min()))

    @property
    def sqnr_db(self) -> float:
        if self._noise == 0:
            return math.inf
        if self._aa == 0 or math.isinf(self._noise):
            return -math.inf
        return 10 * math.log10(self._aa / self._noise)

    @property
    def cosine(self) -> float:
        if self._noise == 0:
            return 1.0
        if self._aa == 0 or self._bb == 0 or math.isinf(self._noise):
            return 0.0
        return max(-1.0, min(1.0, self._ab / math.sqrt(self._aa * self._bb)))

    @property
    def max_abs_error(self) -> float:
        return self._largest


def predictions(output: Array, samples: int) -> NDArray[np.int64] | None:
    """The class of each sample where an output may be read as a classification, otherwise None.

    Scores: a float output with one axis longer than 1 beside the samples' (``[N, C]``, ``[N, C, 1, 1]``, or ``[C]``
    from a model without a batch); the class is the index of the largest score, the first of equal ones. Class indices:
    an integer output with one element for each sample.
    """
    if output.dtype.kind not in "fiu" or not (samples == 1 or (output.ndim and output.shape[0] == samples)):
        return None
    batched = output.ndim > 0 and output.shape[0] == samples
    rest = output.shape[1:] if batched else output.shape
    if sum(size > 1 for size in rest) > 1 or output.size == 0 or output.size % samples:
        return None
    flat = output.reshape(samples, -1)
    if flat.shape[1] > 1:
        return flat.argmax(axis=1).astype(np.int64) if output.dtype.kind == "f" else None
    return flat[:, 0].astype(np.int64) if output.dtype.kind in "iu" else None


def in_top(output: Array, labels: NDArray[np.int64], k: int) -> NDArray[np.bool_] | None:
    """Whether the label of each sample is among its k largest scores; None where there are no more than k classes.

    A class counts as ahead of the label's where its score is larger, or equal with a smaller index, as in
    ``predictions``.
    """
    samples = len(labels)
    if output.dtype.kind != "f" or output.size // samples <= k:
        return None
    scores = output.reshape(samples, -1)
    own = np.take_along_axis(scores, labels[:, None], axis=1)
    earlier = np.arange(scores.shape[1])[None] < labels[:, None]
    ahead = (scores > own) | ((scores == own) & earlier)
    fine: NDArray[np.bool_] = (ahead.sum(axis=1) < k) & ~np.isnan(own[:, 0])
    return fine


def classes(output: Array, samples: int) -> int | None:
    """How many classes the scores of an output tell apart; None for class indices."""
    return output.size // samples if output.dtype.kind == "f" else None
