"""Observers: what calibration remembers of a value while samples stream through the float model.

An observer sees one array at a time and keeps a bounded summary. ``OBSERVERS`` is the table of them; a scheme's option
names one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.scheme import ValueRange

Array = NDArray[Any]


class Observer(Protocol):
    """Sees every array of one value, then names the range to quantize."""

    def observe(self, array: Array) -> None: ...
    def result(self) -> ValueRange | None:
        """The range, or None where only empty arrays were seen; not finite where one of the arrays was not."""
        ...


class MinMax:
    """The smallest and the largest element ever seen: no value of the calibration data is clipped."""

    def __init__(self) -> None:
        self._low, self._high = np.inf, -np.inf

    def observe(self, array: Array) -> None:
        if array.size:
            # np.minimum, unlike min(), lets a NaN through.
            self._low = float(np.minimum(self._low, array.min()))
            self._high = float(np.maximum(self._high, array.max()))

    def result(self) -> ValueRange | None:
        if self._low == np.inf and self._high == -np.inf:
            return None
        return ValueRange(self._low, self._high)


OBSERVERS: dict[str, Callable[[], Observer]] = {"minmax": MinMax}
