"""Setting single weights to zero: which inputs of a node are weights, and the model with others in their place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array
from engine.graph.constants import constant
from engine.graph.naming import places
from engine.graph.ops import facts
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir

Zeroed = Callable[["ir.Node", Array, Any], Array]
"""A weight of a node, and the options of its layer, to the weight with zeros."""


def why_not(model: ir.Model) -> Mapping[str, str]:
    """By layer id why no weight of the layer can be set to zero."""
    found = {place.id: reason(place.node) for place in places(model)}
    return {layer_id: why for layer_id, why in found.items() if why is not None}


def reason(node: ir.Node) -> str | None:
    """Why no weight of the node can be set to zero; None where one can."""
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


def set_to_zero(model: ir.Model, plan: Mapping[str, Any], report: Report, zeroed: Zeroed) -> ir.Model:
    """A copy of the model; a weight that layers outside the plan share stays as it is, and its layer says so."""
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
                _replace(weight, zeroed(nodes[layer_id], _array(weight), options))
                done.add(weight)
        zeros, size = (sum(count(_array(w)) for w in weights) for count in (_zeros, np.size))
        report.treat(layer_id, "pruning", f"{zeros:,} of {size:,} weights are zero ({zeros / size:.1%})")
    return pruned


def _weights(node: ir.Node) -> Iterator[ir.Value]:
    """The values of floats among the node's weight inputs that are stored in the model."""
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
