"""What a model's input or output is, apart from any graph library."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """``dtype`` is numpy's name of the element type ("float32"); dimensions are sizes, symbolic names, or None."""

    name: str
    dtype: str
    shape: tuple[int | str | None, ...]
