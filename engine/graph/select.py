"""Selectors: how flags and recipes name layers.

``SELECTOR`` is a layer id, a glob over ids, ``op:Conv`` (a glob over op types; ``op:*`` is every layer) or
``scope:layer2`` (every layer inside that module; parts are separated by a slash or a dot, each a glob). An exact id
wins over any other reading.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from engine.graph.layers import Layer


def select(selector: str, layers: Sequence[Layer]) -> tuple[str, ...]:
    """The ids that a selector names, in the order of the layers."""
    if any(layer.id == selector for layer in layers):
        return (selector,)
    kind, colon, pattern = selector.partition(":")
    if colon and kind == "op":
        return tuple(layer.id for layer in layers if fnmatchcase(layer.op, pattern))
    if colon and kind == "scope":
        wanted = _parts(pattern)
        return tuple(layer.id for layer in layers if wanted and _inside(layer.scope, wanted))
    return tuple(layer.id for layer in layers if fnmatchcase(layer.id, selector))


def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in re.split(r"[/.]", path) if part)


def _inside(scope: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    parts = _parts("/".join(scope))
    return len(parts) >= len(wanted) and all(map(fnmatchcase, parts, wanted))
