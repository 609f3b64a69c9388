"""Repairs that need no training, on planned placements: learned rounding of weights, and correction of biases.

See ``engine.quantization.rounding`` for both. Where the moments of a layer's input are not known, the correction takes
the mean of each channel, as if there were no padding.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from engine.quantization.moments import Layout, layout
from engine.quantization.params import Array, quantize
from engine.quantization.qdq import Placement, SharedWeight
from engine.quantization.roles import ROLES
from engine.quantization.rounding import learned, shift
from engine.scheme import Calibration, Moments


def round_weights(
    placements: Sequence[Placement], asked: frozenset[str], qmax: Mapping[str, int], known: Calibration
) -> None:
    """Learn the rounding of the weights of the asked layers (ids) whose moments are known for all that share them."""
    users: dict[SharedWeight, list[Placement]] = {}
    for placement in placements:
        weight = _weight(placement)
        if weight is not None:
            users.setdefault(weight, []).append(placement)
    for weight, sharing in users.items():
        found = [known.moments.get(placement.id) for placement in sharing]
        form = layout(sharing[0].node)
        if form is None or not all(placement.id in asked for placement in sharing) or None in found:
            continue
        rows = form.rows(weight.array)
        codes = learned(
            rows, _by_row(weight, form), qmax[sharing[0].id], _together([m for m in found if m is not None])
        )
        weight.codes = form.weight(codes).astype(weight.params.dtype)


def correct_biases(placements: Sequence[Placement], asked: frozenset[str], known: Calibration) -> None:
    """Let the biases of the asked layers (ids) take over what rounding the weights does to the mean of the output."""
    for placement in placements:
        weight, form = _weight(placement), layout(placement.node) if placement.id in asked else None
        position = ROLES[placement.node.op_type].bias
        if weight is None or form is None or position is None:
            continue
        mean = _mean(placement, form, known)
        if mean is None:
            continue
        codes = quantize(weight.array, weight.params) if weight.codes is None else weight.codes
        wanted = shift(form.rows(weight.array), form.rows(codes), _by_row(weight, form), mean)
        old = placement.bias[1] if placement.bias is not None else 0.0
        placement.bias = (position, old + wanted)


def _weight(placement: Placement) -> SharedWeight | None:
    position = ROLES[placement.node.op_type].weight
    return None if position is None else placement.constants.get(position)


def _by_row(weight: SharedWeight, form: Layout) -> Array:
    """The scales as [groups, rows], or one for all."""
    scale = weight.params.scale
    return scale if scale.ndim == 0 else scale.reshape(form.groups, -1)


def _mean(placement: Placement, form: Layout, known: Calibration) -> Array | None:
    moments = known.moments.get(placement.id)
    if moments is not None:
        return moments.mean
    seen = known.values.get(form.value)
    if seen is None or seen.channel_mean is None or form.input_transposed:
        return None
    mean = seen.channel_mean
    spots = int(np.prod(form.kernel)) if form.kernel else 1
    if mean.size * spots != form.groups * form.elements:
        return None
    return np.repeat(mean, spots).reshape(form.groups, form.elements)


def _together(found: Sequence[Moments]) -> Moments:
    """Of a weight that several layers share: what it does to all of their outputs counts."""
    if len(found) == 1:
        return found[0]
    return Moments(
        np.mean([m.mean for m in found], axis=0),
        np.mean([m.covariance for m in found], axis=0),
        sum(m.vectors for m in found),
    )
