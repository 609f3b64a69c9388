"""Rounding of weights that keeps a layer's output: the nearest code is not the best one.

With the weight row w, its codes q at scale s and the covariance C of its inputs, the output is off by variance
(w - s q)' C (w - s q). Codes are chosen one input after the other, the largest variance first, with feedback: with
C = U D U', U upper triangular with ones on its diagonal,

    q_k = round((w_k + sum((w_j - s q_j) U_jk, j < k)) / s)

so that what rounding one weight does to the output is made up for by those that follow (Chee et al., QuIP, 2023,
section 3.1, who show that it is the method of Frantar et al., GPTQ, 2023; the objective is that of Nagel et al.,
AdaRound, 2020). A row for which that ends worse than its nearest codes keeps those.

What is left is a shift of the mean, which the bias takes over: b' = b + (w - s q) . mean (Nagel et al., Data-Free
Quantization, 2019, section 4.2).
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.scheme import Moments

Array = NDArray[Any]

_DAMPING = 0.01
"""Of the mean variance, added to every one: rarely seen directions must not be trusted."""
_BLOCK = 64


def learned(rows: Array, scale: Array, qmax: int, moments: Moments) -> Array:
    """Codes of rows [groups, rows, n] at scales [groups, rows] or less; remembered in ``moments``."""
    scales = np.broadcast_to(scale, rows.shape[:2]).astype(np.float64)
    key = hashlib.blake2b(np.ascontiguousarray(scales).tobytes(), key=qmax.to_bytes(4, "little"))
    key.update(np.ascontiguousarray(rows).data)
    known = moments.codes.get(key.digest())
    if known is None:
        found = _learned(rows.astype(np.float64), scales, qmax, moments.covariance)
        known = moments.codes[key.digest()] = found.astype(np.int32)
    return known


def shift(rows: Array, codes: Array, scale: Array, mean: Array) -> Array:
    """What the bias takes over: float64 [groups * rows]."""
    scales = np.broadcast_to(scale, rows.shape[:2]).astype(np.float64)
    left = rows - codes * scales[..., None]
    found: Array = np.einsum("grn,gn->gr", left, mean).reshape(-1)
    return found


def _learned(rows: Array, scales: Array, qmax: int, covariance: Array) -> Array:
    nearest = np.clip(np.rint(rows / scales[..., None]), -qmax, qmax)
    variance = np.diagonal(covariance, axis1=1, axis2=2)
    order = np.argsort(-variance, axis=1)
    sorted_covariance = np.take_along_axis(
        np.take_along_axis(covariance, order[:, :, None], axis=1), order[:, None, :], axis=2
    )
    damping = _DAMPING * variance.mean(axis=1) + np.finfo(np.float32).tiny
    sorted_covariance += damping[:, None, None] * np.eye(rows.shape[2])
    flipped = np.linalg.cholesky(sorted_covariance[:, ::-1, ::-1])[:, ::-1, ::-1]
    feedback = flipped / np.diagonal(flipped, axis1=1, axis2=2)[:, None, :]
    found = _one_after_the_other(np.take_along_axis(rows, order[:, None, :], axis=2), scales, qmax, feedback)
    back = np.argsort(order, axis=1)
    codes = np.take_along_axis(found, back[:, None, :], axis=2)
    better = _variance(rows, codes, scales, covariance) < _variance(rows, nearest, scales, covariance)
    return np.where(better[..., None], codes, nearest)


def _one_after_the_other(rows: Array, scales: Array, qmax: int, feedback: Array) -> Array:
    """``feedback`` is U, [groups, n, n]; within a block one by one, onto the blocks that follow at once."""
    codes, left = np.empty_like(rows), np.empty_like(rows)
    n = rows.shape[2]
    for begin in range(0, n, _BLOCK):
        end = min(begin + _BLOCK, n)
        wanted = rows[:, :, begin:end] + left[:, :, :begin] @ feedback[:, :begin, begin:end]
        for column in range(begin, end):
            before = left[:, :, begin:column] @ feedback[:, begin:column, column, None]
            code = np.clip(np.rint((wanted[:, :, column - begin] + before[:, :, 0]) / scales), -qmax, qmax)
            codes[:, :, column] = code
            left[:, :, column] = rows[:, :, column] - code * scales
    return codes


def _variance(rows: Array, codes: Array, scales: Array, covariance: Array) -> Array:
    left = rows - codes * scales[..., None]
    found: Array = np.einsum("grn,grn->gr", left @ covariance, left)
    return found
