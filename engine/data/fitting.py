"""How one array of samples fits one model input: its axes and its element type.

An array ``[N, ...]`` holds N samples in one of three ways, told apart by its rank and shape (``S`` is the shape of the
input, a dynamic dimension matches any size):

- *rows*: as many axes as S, and all but the first match. The first axis holds the samples and becomes the batch: any
  number of rows at a time where the batch is dynamic, exactly ``S[0]`` where it is fixed (one by one where it is 1).
- *feeds*: one axis more than S. Each entry along the first axis is a complete feed, whatever S calls its axes.
- *constant*: the array is one complete feed and belongs to every sample (a sampling rate, an initial state).

Element types are cast where that cannot change a value in a way that matters: float64 to float32, integers to wider
ones, to narrower ones in which the values fit, and to float (without scaling: pixels stay 0 to 255).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from engine.backend import Array
from engine.data.cleaning import INFINITE, NAN, RANGE, Fault
from engine.errors import DataError
from engine.graph.values import ValueInfo

Role = Literal["rows", "feeds", "constant"]


def matches(shape: Sequence[int], wanted: Sequence[int | str | None]) -> bool:
    """Whether a concrete shape fits one with dynamic dimensions."""
    return len(shape) == len(wanted) and all(
        not isinstance(w, int) or s == w for s, w in zip(shape, wanted, strict=True)
    )


def role(shape: tuple[int, ...], info: ValueInfo, samples: int | None, where: str) -> Role:
    """What an array of this shape is to an input; ``samples`` is how many samples the set has, where that is known.

    Raises:
        DataError: it fits in no way.
    """
    if len(shape) == len(info.shape) + 1 and matches(shape[1:], info.shape) and samples in (None, shape[0]):
        return "feeds"
    if shape and matches(shape[1:], info.shape[1:]) and len(shape) == len(info.shape) and samples in (None, shape[0]):
        return "rows"
    if matches(shape, info.shape):
        return "constant"
    raise DataError(
        f"array {info.name!r} has shape {list(shape)}, and the model's input takes {shape_text(info)}",
        where=where,
        way_out=f"Store {info.name!r} as [samples, ...] with the input's other dimensions.",
    )


def check_castable(dtype: np.dtype[Any], info: ValueInfo, where: str) -> None:
    """Refuse element types that no cast makes safe.

    Raises:
        DataError: it names both types.
    """
    if not castable(dtype, info):
        raise DataError(
            f"array {info.name!r} holds {dtype.name}, and the model's input takes {type_text(info)}",
            where=where,
            way_out=f"Convert it to {type_text(info)} yourself: a cast here could change the values.",
        )


def castable(dtype: np.dtype[Any], info: ValueInfo) -> bool:
    if takes_strings(info):
        return dtype.kind in "UT"
    wanted = numpy_dtype(info, f"input {info.name!r}")
    kinds = {"b": "b", "i": "biu", "u": "biu", "f": "biuf", "c": "biufc"}.get(wanted.kind, "biufV")
    return bool(dtype == wanted or dtype.kind in kinds or (wanted.kind == "b" and dtype.kind in "iu"))


def cast(array: Array, info: ValueInfo, where: str) -> Array:
    """The array in the input's element type, its values checked.

    Raises:
        DataError: NaN, or an integer that does not fit.
    """
    fault = unfit(array, info)
    if fault is not None and fault.reason != INFINITE:
        raise DataError(
            f"array {info.name!r} has {fault.detail}",
            where=where,
            way_out="Leave out or repair these samples: one of them spoils every range and score.",
        )
    if takes_strings(info):
        return array.astype(object)
    with np.errstate(over="ignore"):
        return array.astype(numpy_dtype(info, where), order="C", copy=False)


def unfit(array: Array, info: ValueInfo) -> Fault | None:
    """Why the values of an array cannot be fed, or can but are infinite."""
    if takes_strings(info):
        return None
    wanted = numpy_dtype(info, info.name)
    if array.dtype.kind == "f" and not np.isfinite(array).all():
        has_nan = bool(np.isnan(array).any())
        spot = [int(i) for i in np.argwhere(np.isnan(array) if has_nan else np.isinf(array))[0]]
        return Fault(NAN, f"NaN at {spot}") if has_nan else Fault(INFINITE, f"infinity at {spot}")
    if array.dtype != wanted and array.dtype.kind in "biu" and wanted.kind in "biu" and array.size:
        low, high = (0, 1) if wanted.kind == "b" else (np.iinfo(wanted).min, np.iinfo(wanted).max)
        if int(array.min()) < low or int(array.max()) > high:
            return Fault(RANGE, f"values from {array.min()} to {array.max()}, outside {wanted.name}")
    return None


def numpy_dtype(info: ValueInfo, where: str) -> np.dtype[Any]:
    """numpy's type of the input's elements; the small floats of ONNX come from ml_dtypes.

    Raises:
        DataError: numpy has no such type.
    """
    try:
        return np.dtype(info.dtype)
    except TypeError:
        import ml_dtypes

        if hasattr(ml_dtypes, info.dtype):
            found: np.dtype[Any] = np.dtype(getattr(ml_dtypes, info.dtype))
            return found
    raise DataError(f"input {info.name!r} takes {info.dtype}, which no array can hold", where=where)


def shape_text(info: ValueInfo) -> str:
    return "[" + ", ".join("?" if d is None else str(d) for d in info.shape) + "]"


def type_text(info: ValueInfo) -> str:
    return "strings" if takes_strings(info) else info.dtype


def takes_strings(info: ValueInfo) -> bool:
    return info.dtype in ("str", "object")
