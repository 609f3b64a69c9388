"""What a pruning method is. One file in ``engine/pruners`` defines one ``PRUNER``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Pruner:
    """A way to prune single layers.

    Attributes:
        key: its name in recipes, flags and JSON.
        options: the frozen dataclass of its options; it has ``ratio`` and, where the method knows one, ``threshold``.
        why_not: the reason why this node cannot be pruned by the method, or None where it can.
        prune: a new model in which the planned layers (id to options) are pruned.
    """

    key: str
    title: str
    summary: str
    options: type
    why_not: Callable[[ir.Node], str | None]
    prune: Callable[[ir.Model, Mapping[str, Any], Report], ir.Model]
