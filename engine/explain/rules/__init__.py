"""The rules that say why something is slow, one file each."""

from __future__ import annotations

import sys
from functools import cache

from engine.explain.reason import Rule
from engine.registry import discover


@cache
def rules() -> dict[str, Rule]:
    """All rules by key."""
    return discover(sys.modules[__name__], "RULE", Rule)
