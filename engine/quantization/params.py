"""Scale, zero point and axis; quantize and dequantize arrays.

ONNX's affine quantization: ``q = saturate(round(x / scale) + zero_point)`` with ties to even, ``x' = (q - zero_point) *
scale``. For every x inside the range that the parameters came from, ``|x - x'| <= scale / 2``, and zero is exact.

- Activations (one scale): ``scale = (high - low) / (qmax - qmin)``, ``zero_point = round(qmin - low / scale)``, after
  the range was widened to include zero (padding and ReLU need an exact zero). Symmetric ones have their zero point in
  the middle of the codes, ``scale = max(-low, high) / (qmax - middle)``; unsigned ones of a value that is never
  negative have it at 0 either way.
- Weights (one scale, or one for each index of ``axis``): symmetric, ``zero_point = 0``, ``scale = max|w| / 127``; -128
  is not used, so that negating a weight negates its code. 63 takes the place of 127 for processors whose 8-bit
  multiply-add saturates in 16 bits.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_INT32_MAX = 2**31 - 1
_SMALLEST = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, eq=False)
class QuantParams:
    """``scale`` (float32) and ``zero_point`` (of the quantized type): scalars, or vectors along ``axis``."""

    scale: Array
    zero_point: Array
    axis: int | None = None

    @property
    def dtype(self) -> np.dtype[Any]:
        return self.zero_point.dtype

    def same_as(self, other: QuantParams) -> bool:
        return (
            self.dtype == other.dtype
            and self.axis == other.axis
            and np.array_equal(self.scale, other.scale)
            and np.array_equal(self.zero_point, other.zero_point)
        )


def range_problem(low: float, high: float) -> str | None:
    """Why no activation parameters can be had from a range, or None where they can."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return f"its values reach {low} to {high}"
    if low == high == 0.0:
        return "it is always zero on the calibration data"
    if not _SMALLEST <= (max(high, 0.0) - min(low, 0.0)) / 255 <= np.finfo(np.float32).max / 255:
        return f"its range {low:g} to {high:g} has no scale in float32"
    return None


def activation_params(low: float, high: float, dtype: np.dtype[Any], symmetric: bool = False) -> QuantParams:
    """Parameters for a range that has no ``range_problem``."""
    assert range_problem(low, high) is None
    qmin, qmax = int(np.iinfo(dtype).min), int(np.iinfo(dtype).max)
    low, high = min(low, 0.0), max(high, 0.0)
    if symmetric and (low < 0.0 or qmin < 0):
        middle = (qmin + qmax + 1) // 2
        scale = np.float32(max(-low, high) / (qmax - middle))
        return QuantParams(np.array(scale, np.float32), np.array(middle, dtype))
    scale = np.float32((high - low) / (qmax - qmin))
    zero_point = int(np.clip(np.rint(qmin - low / float(scale)), qmin, qmax))
    return QuantParams(np.array(scale, np.float32), np.array(zero_point, dtype))


def weight_params(weight: Array, axis: int | None, qmax: int = 127) -> QuantParams:
    """Symmetric int8 parameters of a finite weight; a channel that is all zero gets scale 1."""
    reduced = tuple(i for i in range(weight.ndim) if i != axis) if axis is not None else None
    # Two reductions instead of abs(): no temporary as large as the weight.
    largest = np.maximum(weight.max(axis=reduced), -weight.min(axis=reduced)).astype(np.float64)
    scale = np.where(largest / qmax < _SMALLEST, 1.0, largest / qmax)
    return QuantParams(scale.astype(np.float32), np.zeros(scale.shape, np.int8), axis)


def with_room_for_bias(params: QuantParams, users: Sequence[tuple[float, Array]]) -> QuantParams:
    """Weight scales large enough that every bias fits into int32 at ``input_scale * weight_scale``.

    A channel of very small weights would otherwise push its bias out of int32. ``users`` are pairs of input scale and
    bias (as many elements as scales, or one) of the layers that share the weight.
    """
    scale = params.scale.astype(np.float64)
    for input_scale, bias in users:
        # Half of int32 is left to the accumulated products.
        needed = np.abs(bias.astype(np.float64)) / (input_scale * (_INT32_MAX // 2))
        scale = np.maximum(scale, needed if scale.ndim else needed.max(initial=0.0))
    return QuantParams(scale.astype(np.float32), params.zero_point, params.axis)


def bias_params(input_scale: Array, weight_scale: Array) -> QuantParams:
    """Parameters of an int32 bias: the scale of the accumulated products."""
    scale = np.asarray(input_scale * weight_scale, np.float32)
    return QuantParams(scale, np.zeros(scale.shape, np.int32), 0 if scale.ndim else None)


def quantize(array: Array, params: QuantParams) -> Array:
    """The codes of a float array (a new array)."""
    limits = np.iinfo(params.dtype)
    # An int32 does not fit into float32; there the sum is done in double precision.
    working = np.float64 if limits.bits > 16 else np.float32
    codes = np.empty(array.shape, working)  # np.divide alone would give no array for a scalar
    np.divide(array, _aligned(params.scale, params.axis, array.ndim), out=codes)
    np.rint(codes, out=codes)
    if params.zero_point.any():
        codes += _aligned(params.zero_point, params.axis, array.ndim)
    np.clip(codes, limits.min, limits.max, out=codes)
    return codes.astype(params.dtype)


def dequantize(codes: Array, params: QuantParams) -> Array:
    """The float32 array that the codes stand for."""
    zero_point = _aligned(params.zero_point, params.axis, codes.ndim)
    scale = _aligned(params.scale, params.axis, codes.ndim)
    exact = codes.astype(np.int64) - zero_point.astype(np.int64)
    return (exact.astype(np.float32) * scale).astype(np.float32)


def _aligned(per_channel: Array, axis: int | None, rank: int) -> Array:
    """Scales or zero points in a shape that broadcasts against the array."""
    if axis is None or per_channel.ndim == 0:
        return per_channel
    shape = [1] * rank
    shape[axis] = per_channel.size
    return per_channel.reshape(shape)
