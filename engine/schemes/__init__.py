"""Quantization schemes: one file, one ``SCHEME``."""

from __future__ import annotations

import functools
import sys

from engine.registry import discover
from engine.scheme import Scheme


@functools.cache
def schemes() -> dict[str, Scheme]:
    """All schemes by key."""
    return discover(sys.modules[__name__], "SCHEME", Scheme)
