"""What a quantization scheme is. One file in ``engine/schemes`` defines one ``SCHEME``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.backend import TargetFacts
from engine.options import OptionValue
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class ValueRange:
    """From the smallest to the largest element that codes stand for; what lies outside is clipped."""

    low: float
    high: float


@dataclass(frozen=True, slots=True, eq=False)
class ValueStatistics:
    """What calibration saw of one value over all samples.

    Attributes:
        low, high: the smallest and the largest element, exact.
        elements: how many were seen.
        counts: uint32, of equal bins between ``bounds``; of large arrays a part of the elements is counted. Empty where
            nothing is known but low and high.
        channel_low, channel_high, channel_mean: by channel, for values that a layer with channels makes; else None.
        chosen: ranges that were computed from this before, by method and its parameters.
    """

    low: float
    high: float
    elements: int = 0
    counts: NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))
    bounds: tuple[float, float] = (0.0, 0.0)
    channel_low: NDArray[np.float32] | None = None
    channel_high: NDArray[np.float32] | None = None
    channel_mean: NDArray[np.float64] | None = None
    chosen: dict[tuple[str, int, float, bool], ValueRange] = field(default_factory=dict, repr=False)


Ranges = Mapping[str, ValueStatistics]
"""By value name in the cleaned float model."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Of what the rows of a layer's weight are multiplied with: ``groups`` sets of vectors of n elements.

    Attributes:
        mean: float64 [groups, n].
        covariance: float64 [groups, n, n], about the mean.
        vectors: how many of each were seen.
        codes: rounded weights that were computed from this before, by what else they depend on.
    """

    mean: NDArray[np.float64]
    covariance: NDArray[np.float64]
    vectors: int
    codes: dict[bytes, NDArray[np.int32]] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a scheme gets of the calibration data: ``moments`` by layer id, where it wanted them."""

    values: Ranges = field(default_factory=dict)
    moments: Mapping[str, Moments] = field(default_factory=dict)


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
        stage: of several schemes in a recipe, those with lower numbers come first: 0 for those that need the ranges of
            the float model, 1 for those that replace layers or weights, 2 for those that change types between layers.
        wanted_moments: the ids of those planned layers whose inputs' moments quantizing needs; few schemes need any.
        left_alone: for a scheme whose gain is time and can be measured: of layers (by id) that are chosen in a model,
            those that gain nothing since what is around them is not.
        repairs: sets of options that may lose less and cost nothing when the model runs, worth trying in this order.
    """

    key: str
    title: str
    summary: str
    options: type
    defaults: Callable[[TargetFacts], Any]
    why_not: Callable[[ir.Node], str | None]
    suits: Callable[[ir.Node, TargetFacts], str | None]
    wanted: Callable[[ir.Model, frozenset[str]], frozenset[str]]
    quantize: Callable[[ir.Model, Mapping[str, Any], frozenset[str], Calibration, TargetFacts, Report], ir.Model]
    stage: int = 0
    wanted_moments: Callable[[ir.Model, Mapping[str, Any]], frozenset[str]] = lambda model, planned: frozenset()
    left_alone: Callable[[ir.Model, frozenset[str], TargetFacts], frozenset[str]] | None = None
    repairs: tuple[Mapping[str, OptionValue], ...] = ()
