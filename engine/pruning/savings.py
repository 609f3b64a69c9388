"""What a cut saves, said before it is made and exactly as ``engine.graph.layers`` counts it afterwards.

The cut is made on the shapes alone, without the weights, and its layers are counted. Time is estimated: each layer of
the last profile takes the share of its time that is left of its multiply-accumulates, of its output bytes where it has
none. Kernels do not slow down in proportion, so that this is a ranking and no promise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.graph.layers import Layer, LayerIndex, index_layers
from engine.pruning.cut import check, cut_model
from engine.pruning.groups import Groups

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Savings:
    """What goes; None where it is not known."""

    parameters: int
    macs: int | None
    weight_bytes: int
    activation_bytes: int | None
    estimated_us: float | None


def savings(
    model: ir.Model,
    groups: Groups,
    kept: Mapping[str, Sequence[int]],
    layer_us: Mapping[str, float] | None = None,
) -> Savings:
    """What is saved when of these groups (by id) only these channels stay.

    Args:
        groups: those of the model.
        layer_us: what each layer takes, from a profile.

    Raises:
        UsageError: as ``engine.pruning.cut.cut``.
    """
    check(groups, kept)
    return difference(index_layers(model), index_layers(cut_model(model, kept, with_weights=False)), layer_us)


def difference(before: LayerIndex, after: LayerIndex, layer_us: Mapping[str, float] | None = None) -> Savings:
    """What a model has less than another; a new layer counts as the one that it came from."""
    return Savings(
        before.parameters - after.parameters,
        None if before.macs is None or after.macs is None else before.macs - after.macs,
        before.parameter_bytes - after.parameter_bytes,
        _difference(_activations(before), _activations(after)),
        None if layer_us is None else _saved_us(before, after, layer_us),
    )


def _difference(before: int | None, after: int | None) -> int | None:
    return None if before is None or after is None else before - after


def _activations(index: LayerIndex) -> int | None:
    total = 0
    for layer in index.layers:
        if layer.output_bytes is None:
            return None
        total += layer.output_bytes
    return total


def _saved_us(before: LayerIndex, after: LayerIndex, layer_us: Mapping[str, float]) -> float:
    new: dict[str, list[Layer]] = {}
    for layer in after.layers:
        if layer.id not in before.by_id:
            new.setdefault(layer.origins[0], []).append(layer)
    return sum(
        layer_us[layer.id] * (1 - _share(layer, after.by_id.get(layer.id), new.get(layer.id, ())))
        for layer in before.layers
        if layer.id in layer_us
    )


def _share(before: Layer, after: Layer | None, new: Sequence[Layer]) -> float:
    """How much of a layer's work is left."""
    if after is None:
        return 0.0
    if before.macs and after.macs is not None:
        return (after.macs + sum(layer.macs or 0 for layer in new)) / before.macs
    return after.output_bytes / before.output_bytes if before.output_bytes and after.output_bytes is not None else 1.0
