"""What a model's input or output is, apart from any graph library."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

Dim = int | str | None
_SYMBOL = re.compile(r"[A-Za-z_].*", re.DOTALL)
_NOT_A_BATCH = ("seq", "len", "time", "frame", "step", "height", "width", "sample", "token", "num_", "audio")


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """``dtype`` is numpy's name of the element type ("float32"); dimensions are sizes, symbolic names, or None.

    ``ranked`` is False where not even the number of dimensions is known; there are none in ``shape`` then.
    """

    name: str
    dtype: str
    shape: tuple[Dim, ...]
    ranked: bool = True


def symbol(dim: Dim) -> str | None:
    """The name of a dynamic dimension; None for a size, and where exporters write "?" or a number for "unknown"."""
    return dim if isinstance(dim, str) and _SYMBOL.fullmatch(dim) else None


def batch_axis(shape: Sequence[Dim]) -> int | None:
    """The axis of the batch, where it is dynamic: one called so, else the first unless its name or the rank object."""
    names = [(symbol(dim) or "").lower() for dim in shape]
    for axis, name in enumerate(names):
        if "batch" in name:
            return axis
    if not shape or isinstance(shape[0], int):
        return None
    if names[0] in ("n", "b"):
        return 0
    return 0 if len(shape) > 1 and not any(word in names[0] for word in _NOT_A_BATCH) else None
