"""Unstructured magnitude pruning: the weights that are closest to zero become zero.

Of each weight tensor W of the layer (shapes unchanged): with a ratio r in [0, 1] the round(r * W.size) elements of
least |w| are set to zero, equal magnitudes in the order of their indices; with a threshold t all with |w| < t.
Biases stay. A runtime with dense kernels (ONNX Runtime, OpenVINO on most targets) gains no speed from zeros; what is
gained is a file that compresses better and a measure of how much of the layer is needed.

Source: Han et al. 2015, "Learning both Weights and Connections for Efficient Neural Networks".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array
from engine.options import option
from engine.pruner import Pruner
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


def why_not(node: ir.Node) -> str | None:
    from engine.graph.ops import facts

    if next(_weights(node), None) is not None:
        return None
    row = facts(node)
    if row is None:
        return f"{node.op_type}: its inputs are not known to be weights"
    if not row.weights:
        return f"{node.op_type} has no weight"
    if any(v is not None and _producer_is(v, "DequantizeLinear") for v in node.inputs):
        return "already quantized: its weight is stored as integers"
    return f"{node.op_type}: its weight is not a constant of floats"


def prune(model: ir.Model, plan: Mapping[str, Any], report: Report) -> ir.Model:
    """A copy of the model; a weight that layers outside the plan share stays as it is, and its layer says so."""
    from engine.graph.naming import places

    pruned = model.clone()
    nodes = {place.id: place.node for place in places(pruned)}
    ids = {node: layer_id for layer_id, node in nodes.items()}
    done: set[ir.Value] = set()
    for layer_id, options in plan.items():
        weights = tuple(_weights(nodes[layer_id]))
        others = sorted({ids[user] for weight in weights for user, _ in weight.uses()} - set(plan))
        if others:
            report.skip(layer_id, f"its weight is shared with {', '.join(others)}: prune all of them or none")
            continue
        for weight in weights:
            if weight not in done:
                _replace(weight, zeroed(_array(weight), options))
                done.add(weight)
        zeros, size = (sum(count(_array(w)) for w in weights) for count in (_zeros, np.size))
        report.treat(layer_id, "pruning", f"{zeros:,} of {size:,} weights are zero ({zeros / size:.1%})")
    return pruned


def _weights(node: ir.Node) -> Iterator[ir.Value]:
    """The values of floats among the node's weight inputs that are stored in the model."""
    from engine.graph.constants import constant
    from engine.graph.ops import facts

    row = facts(node)
    positions = () if row is None else row.weights
    for position in positions:
        value = node.inputs[position] if position < len(node.inputs) else None
        tensor = constant(value)
        if value is not None and tensor is not None and tensor.dtype.is_floating_point() and tensor.size:
            yield value


def _producer_is(value: ir.Value, op: str) -> bool:
    producer = value.producer()
    return producer is not None and producer.op_type == op


def _array(value: ir.Value) -> Array:
    from engine.graph.constants import constant

    tensor = constant(value)
    assert tensor is not None
    return tensor.numpy()


def _replace(value: ir.Value, array: Array) -> None:
    import onnx_ir as ir

    tensor = ir.Tensor(array, name=value.name)
    producer = value.producer()
    if producer is None:
        value.const_value = tensor
    else:  # a Constant node of a model that was not cleaned
        producer.attributes["value"] = ir.AttrTensor("value", tensor)


def _zeros(array: Array) -> int:
    return int(array.size - np.count_nonzero(array))


PRUNER = Pruner(
    key="magnitude_weights",
    title="Magnitude (single weights)",
    summary="Sets the smallest weights to zero. Shapes stay; kernels for dense weights do not get faster.",
    options=Options,
    why_not=why_not,
    prune=prune,
)
