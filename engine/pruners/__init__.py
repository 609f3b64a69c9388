"""Pruning methods: one file, one choice."""

from __future__ import annotations

import functools
import sys

from engine.pruner import Pruner
from engine.registry import discover


@functools.cache
def pruners() -> dict[str, Pruner]:
    """All methods by key."""
    return discover(sys.modules[__name__], "PRUNER", Pruner)
