"""Fold BatchNormalization into the Conv, ConvTranspose or Gemm before it. In place.

With ``y = W x + b`` and ``z = gamma * (y - mean) / sqrt(var + epsilon) + beta``, per output channel::

    s  = gamma / sqrt(var + epsilon)
    W' = s * W        along the output channels
    b' = s * (b - mean) + beta

computed in double precision and stored in the weight's type. The output channels are axis 0 of a Conv's weight ``(M,
C/group, ...)``, axes (group, 1) of a ConvTranspose's ``(C, M/group, ...)``, and axis 1 of a Gemm's ``(K, N)``, 0 with
transB; a Gemm multiplies by alpha and beta first, so ``b' = s * (beta * b - mean) + beta_bn`` with its own beta set
to 1. Refused where anybody else uses the output of the first node, or a tensor is not constant.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import float_of, input_of, int_of
from engine.graph.constants import constant, is_op
from engine.graph.layers import origins, set_origins
from engine.graph.rewire import can_stand_for, new_initializer, stand_for, value_names

Array = NDArray[Any]


def fold_batchnorms(model: ir.Model) -> tuple[dict[str, int], dict[str, str]]:
    """How many were folded into each op type, and the nodes that were not with the reason."""
    folded: dict[str, int] = {}
    refused: dict[str, str] = {}
    names = value_names(model)
    for graph in list(model.graphs()):
        for node in list(graph):
            if not is_op(node, "BatchNormalization"):
                continue
            reason = _why_not(node)
            if reason is None:
                data = input_of(node, 0)
                before = None if data is None else data.producer()
                assert before is not None
                _fold(before, node, names)
                folded[before.op_type] = folded.get(before.op_type, 0) + 1
            else:
                refused[node.name or ""] = reason
    return folded, refused


def _why_not(node: ir.Node) -> str | None:
    if int_of(node, "training_mode", 0):
        return "it is in training mode"
    if any(value.uses() or value.is_graph_output() for value in node.outputs[1:]):
        return "its statistics are outputs"
    data = input_of(node, 0)
    before = None if data is None else data.producer()
    if data is None or before is None or not is_op(before, "Conv", "ConvTranspose", "Gemm"):
        return "no Conv, ConvTranspose or Gemm stands before it"
    if before.graph is not node.graph or len(data.uses()) != 1 or data.is_graph_output():
        return f"something else uses the output of {before.name}"
    if not can_stand_for(data, node.outputs[0]):
        return "its output has to stay"
    weight, bias = _array(input_of(before, 1)), _array(input_of(before, 2))
    statistics = [_array(input_of(node, position)) for position in range(1, 5)]
    known = [array for array in statistics if array is not None]
    if weight is None or len(known) < 4 or (bias is None and input_of(before, 2) is not None):
        return "a weight or a statistic is not constant"
    scale = known[0].astype(np.float64)
    sizes = {array.shape for array in known} | ({(bias.size,)} if bias is not None and bias.size > 1 else set())
    if len(sizes) > 1 or scale.ndim != 1 or _scaled(before, weight.astype(np.float64), scale) is None:
        return "the channels of the two do not agree"
    return None


def _array(value: ir.Value | None) -> Array | None:
    """The numbers of a constant that nobody can feed."""
    tensor = constant(value)
    if tensor is None or value is None or value.is_graph_input() or not tensor.dtype.is_floating_point():
        return None
    return tensor.numpy()


def _fold(before: ir.Node, node: ir.Node, names: set[str]) -> None:
    weight, bias = _array(input_of(before, 1)), _array(input_of(before, 2))
    gamma, beta, mean, variance = (_array(value).astype(np.float64) for value in node.inputs[1:5])  # type: ignore[union-attr]
    assert weight is not None
    epsilon = float_of(node, "epsilon", 1e-5)
    scale = gamma / np.sqrt(variance + epsilon)
    scaled = _scaled(before, weight.astype(np.float64), scale)
    assert scaled is not None
    shift = np.zeros_like(mean) if bias is None else np.broadcast_to(bias.astype(np.float64).reshape(-1), mean.shape)
    if is_op(before, "Gemm"):
        shift = shift * float_of(before, "beta", 1.0)
        before.attributes["beta"] = ir.AttrFloat32("beta", 1.0)
    shift = scale * (shift - mean) + beta
    _set_constant(before, 1, scaled.astype(weight.dtype), names)
    _set_constant(before, 2, shift.astype(weight.dtype), names)
    set_origins(before, (*(origins(before) or (before.name or "",)), *(origins(node) or (node.name or "",))))
    stand_for(before.outputs[0], node.outputs[0])
    assert isinstance(node.graph, ir.Graph)
    node.graph.remove(node, safe=True)


def _scaled(before: ir.Node, weight: Array, scale: Array) -> Array | None:
    """The weight times the scale of its output channel; None where the channels do not agree."""
    if is_op(before, "ConvTranspose"):
        group = int_of(before, "group", 1)
        if group < 1 or weight.ndim < 2 or weight.shape[0] % group or scale.size != group * weight.shape[1]:
            return None
        rest = (1,) * (weight.ndim - 2)
        parts = weight.reshape(group, weight.shape[0] // group, *weight.shape[1:])
        return (parts * scale.reshape(group, 1, weight.shape[1], *rest)).reshape(weight.shape)
    axis = 1 if is_op(before, "Gemm") and not int_of(before, "transB", 0) else 0
    if weight.ndim <= axis or scale.size != weight.shape[axis]:
        return None
    along = [1] * weight.ndim
    along[axis] = -1
    product: Array = weight * scale.reshape(along)
    return product


def _set_constant(node: ir.Node, position: int, array: Array, names: set[str]) -> None:
    """A new initializer, beside the old one that others may use."""
    graph = node.graph
    assert isinstance(graph, ir.Graph)
    stem = f"{node.name}_{'weight' if position == 1 else 'bias'}"
    value = new_initializer(graph, f"{stem}_folded", array, names)
    if len(node.inputs) <= position:
        node.resize_inputs(position + 1)
    node.replace_input_with(position, value)
