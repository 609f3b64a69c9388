"""The layers that can be solved again in closed form, and how their weights are read and written.

A Conv (grouped and depthwise as well), a Gemm with alpha and beta 1 or a MatMul computes rows of what it reads times
its weight; a BatchNormalization that is still there multiplies each channel by a number and adds one::

    y = s x + t     s = scale / sqrt(var + epsilon)     t = bias - s mean

which is a depthwise Conv of one element. Its scale and bias take what is found; that says the same as new statistics.
A MatMul has its bias in the Add behind it, where that adds a constant vector and nobody else reads the product.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import float_of, input_of
from engine.graph.constants import constant, is_op
from engine.graph.rewire import new_initializer, value_names
from engine.quantization.moments import Layout, layout

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Solvable:
    """``biased``: whether it has a bias, or can be given one. ``axis``: of its output, the channels."""

    node: ir.Node
    layout: Layout
    biased: bool
    axis: int


def solvable(node: ir.Node) -> Solvable | str:
    """How a node is solved again, or why it cannot be."""
    if is_op(node, "BatchNormalization"):
        return _batch_normalization(node)
    if not is_op(node, "Conv", "Gemm", "MatMul"):
        return f"{node.op_type} has no weight that can be solved for"
    if not (_is_float(node, 1) and (node.op_type == "MatMul" or input_of(node, 2) is None or _is_float(node, 2))):
        return "its weight is not a constant of floats"
    if is_op(node, "Gemm") and (float_of(node, "alpha", 1.0) != 1.0 or float_of(node, "beta", 1.0) != 1.0):
        return "it scales its product"
    found = layout(node)
    if found is None:
        return "its rows are too long, or its padding is not known"
    biased = not is_op(node, "MatMul") or _bias_behind(node) is not None
    return Solvable(node, found, biased, -1 if is_op(node, "MatMul") else 1)


def weight_of(layer: Solvable) -> Floats:
    """float64 [groups, n, outputs]."""
    node = layer.node
    if is_op(node, "BatchNormalization"):
        scale, _, _, variance = _statistics(node)
        return (scale / np.sqrt(variance + float_of(node, "epsilon", 1e-5)))[:, None, None]
    return layer.layout.rows(_array(node, 1)).astype(np.float64).transpose(0, 2, 1)


def set_weight(model: ir.Model, layer: Solvable, weight: Floats, bias: Floats) -> None:
    """Write what was found, in place of the model's nodes; tensors that others use stay as they are.

    Args:
        weight: [groups, n, outputs].
        bias: [groups, outputs]; of a MatMul, what is added to the product.
    """
    node = layer.node
    if is_op(node, "BatchNormalization"):
        _, _, mean, variance = _statistics(node)
        scale = weight[:, 0, 0]
        deviation = np.sqrt(variance + float_of(node, "epsilon", 1e-5))
        _set(model, node, 1, scale * deviation)
        _set(model, node, 2, bias[:, 0] + scale * mean)
        return
    rows = layer.layout.weight(np.ascontiguousarray(weight.transpose(0, 2, 1)))
    _set(model, node, 1, rows)
    if is_op(node, "MatMul"):
        behind = _bias_behind(node)
        if behind is not None:
            adder, position = behind
            old = _array(adder, position)
            _set(model, adder, position, old.astype(np.float64) + bias.reshape(-1))
    elif layer.biased:
        _set(model, node, 2, bias.reshape(-1))


def _batch_normalization(node: ir.Node) -> Solvable | str:
    value = node.inputs[0]
    if not all(_is_float(node, position) for position in range(1, 5)) or value is None or value.name is None:
        return "its statistics are not constants"
    channels, rank = _array(node, 1).size, 0 if value.shape is None else len(value.shape) - 2
    if rank < 1:
        return "the rank of what it normalises is not known"
    ones = (1,) * rank
    form = Layout(value.name, (channels, 1, *ones), channels, ones, ones, ones, (0,) * (2 * rank))
    return Solvable(node, form, True, 1)


def _statistics(node: ir.Node) -> tuple[Floats, Floats, Floats, Floats]:
    scale, bias, mean, variance = (_array(node, position).astype(np.float64) for position in range(1, 5))
    return scale, bias, mean, variance


def _bias_behind(node: ir.Node) -> tuple[ir.Node, int] | None:
    """The Add that adds a constant vector to a MatMul's product, and the position of the vector."""
    product = node.outputs[0]
    uses = list(product.uses())
    if len(uses) != 1 or product.is_graph_output() or not is_op(uses[0][0], "Add"):
        return None
    adder, position = uses[0]
    vector = input_of(adder, 1 - position)
    weight = constant(node.inputs[1])
    tensor = constant(vector)
    if tensor is None or weight is None or not tensor.dtype.is_floating_point():
        return None
    return (adder, 1 - position) if tuple(tensor.shape.numpy()) == (weight.shape[-1],) else None


def _is_float(node: ir.Node, position: int) -> bool:
    value = input_of(node, position)
    tensor = constant(value)
    return tensor is not None and tensor.dtype.is_floating_point() and value is not None and not value.is_graph_input()


def _array(node: ir.Node, position: int) -> Array:
    tensor = constant(input_of(node, position))
    assert tensor is not None
    return tensor.numpy()


def _set(model: ir.Model, node: ir.Node, position: int, array: Array) -> None:
    """A tensor of the old one's type; in its place where nobody else uses it, else beside it."""
    old = input_of(node, position)
    dtype = _array(node, 1).dtype
    array = np.ascontiguousarray(array.astype(dtype))
    if old is not None and old.is_initializer() and len(old.uses()) == 1 and not old.is_graph_output():
        old.const_value = ir.tensor(array, name=old.name)
        return
    graph = node.graph
    assert isinstance(graph, ir.Graph)
    value = new_initializer(graph, f"{node.name}_{'bias' if position == 2 else 'weight'}", array, value_names(model))
    if len(node.inputs) <= position:
        node.resize_inputs(position + 1)
    node.replace_input_with(position, value)
