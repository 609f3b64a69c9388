"""What a quantization scheme is. One file in ``engine/schemes`` defines one ``SCHEME``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.backend import TargetFacts
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class ValueRange:
    """What calibration saw of one value: the smallest and the largest element over all samples."""

    low: float
    high: float


Ranges = Mapping[str, ValueRange]
"""By value name in the cleaned float model."""


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to quantize single layers.

    Attributes:
        key: its name in recipes, flags and JSON.
        options: the frozen dataclass of its options, see ``engine.options``.
        defaults: the options that suit a target.
        why_not: the reason why this node of this model cannot be quantized by the scheme, or None where it can.
        suits: the reason why quantizing this node gains nothing on the target, or None where it gains.
        wanted: the values of the (cleaned, pruned) float model whose ranges quantizing these layers needs; empty for
            a scheme without calibration. Called with the ids of all layers that the scheme could quantize, so that one
            calibration serves every later choice.
        quantize: a new model in which the planned layers (id to options) are quantized. Layers that turn out to be
            impossible are reported as skipped, the others as treated. Of the layers that are not planned, those in the
            second argument are to stay in float by the user's word; a scheme must not let integers pass through them.
    """

    key: str
    title: str
    summary: str
    options: type
    defaults: Callable[[TargetFacts], Any]
    why_not: Callable[[ir.Node], str | None]
    suits: Callable[[ir.Node, TargetFacts], str | None]
    wanted: Callable[[ir.Model, frozenset[str]], frozenset[str]]
    quantize: Callable[[ir.Model, Mapping[str, Any], frozenset[str], Ranges, TargetFacts, Report], ir.Model]
