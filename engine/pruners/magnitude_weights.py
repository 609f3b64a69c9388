"""Unstructured magnitude pruning: the weights that are closest to zero become zero.

Of each weight tensor W of the layer (shapes unchanged): with a ratio r in [0, 1] the round(r * W.size) elements of
least |w| are set to zero, equal magnitudes in the order of their indices; with a threshold t all with |w| < t.
Biases stay. No target of Lathe has kernels that gain speed from zeros anywhere in a weight; what is gained is a file
that compresses better and a measure of how much of the layer is needed.

Source: Han et al. 2015, "Learning both Weights and Connections for Efficient Neural Networks".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array, TargetFacts
from engine.options import option
from engine.pruner import Pruner
from engine.pruning.zeros import set_to_zero, why_not
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Options:
    ratio: float = option(
        0.5, label="Ratio", help="Share of the weights that becomes zero, smallest first", minimum=0, maximum=1
    )
    threshold: float | None = option(
        None, label="Threshold", help="Instead of a ratio: weights smaller than this become zero", minimum=0
    )


def zeroed(weight: Array, options: Options) -> Array:
    """A copy of the weight, of the same shape and type, with the smallest elements set to zero."""
    magnitude = np.abs(weight)
    if options.threshold is not None:
        return np.where(magnitude < options.threshold, weight.dtype.type(0), weight)
    count = round(options.ratio * weight.size)
    if count == 0:
        return weight.copy()
    flat = magnitude.reshape(-1)
    limit = np.partition(flat, count - 1)[count - 1]
    gone = flat < limit
    equal = np.flatnonzero(flat == limit)
    gone[equal[: count - np.count_nonzero(gone)]] = True
    return np.where(gone.reshape(weight.shape), weight.dtype.type(0), weight)


def prune(model: ir.Model, plan: Mapping[str, Any], report: Report) -> ir.Model:
    return set_to_zero(model, plan, report, lambda node, weight, options: zeroed(weight, options))


def speed(facts: TargetFacts) -> str:
    return f"{facts.device}: nothing, its kernels multiply zeros as well; the file compresses better"


PRUNER = Pruner(
    key="magnitude_weights",
    title="Magnitude (single weights)",
    summary="Sets the smallest weights to zero. Shapes stay; kernels for dense weights do not get faster.",
    options=Options,
    why_not=why_not,
    speed=speed,
    prune=prune,
)
