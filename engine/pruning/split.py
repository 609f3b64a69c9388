"""Put two layers in the place of one that multiplies with a weight, by the factors of the weight.

The second keeps node, id and output; the first stands before it, is named ``<id>_first`` and carries the layer as its
origin, so that times and costs count as the layer's. Of a Conv the first has the kernel with its strides, pads and
dilations and makes the values between at every place of the output; the second is 1 x 1 with the bias. A Gemm's first
has transA, its second C.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import constant, is_op
from engine.graph.layers import origins, set_origins
from engine.graph.rewire import free_name, new_initializer, value_names
from engine.pruning.mend import bias_of
from engine.pruning.solvable import set_weight, solvable

Array = NDArray[Any]
_SPATIAL = ("kernel_shape", "strides", "pads", "dilations", "auto_pad", "group")


def split(model: ir.Model, node: ir.Node, first: Array, second: Array, shift: Array | None) -> str:
    """In place; the id of the first layer. Weights of [n, rank] and [rank, outputs], in float64 or empty of numbers.

    Args:
        shift: what the bias grows by; None leaves it.
    """
    graph = node.graph
    assert isinstance(graph, ir.Graph)
    old = constant(input_of(node, 1))
    assert old is not None
    dtype = old.dtype.numpy()
    names = value_names(model) | {other.name or "" for other in model.graph.all_nodes()}
    before = _before(node, free_name(f"{node.name}_first", names))
    value = node.inputs[0]
    weights = first, second
    if is_op(node, "Conv"):
        rank, kernel = first.shape[1], tuple(old.shape.numpy())[1:]
        weights = first.T.reshape(rank, *kernel), second.T.reshape(second.shape[1], rank, *[1] * (len(kernel) - 1))
        for name in _SPATIAL:
            node.attributes.pop(name, None)
        node.attributes["kernel_shape"] = ir.AttrInt64s("kernel_shape", [1] * (len(kernel) - 1))
    elif is_op(node, "Gemm"):
        node.attributes.pop("transA", None)
        node.attributes.pop("transB", None)
    inner, outer = (
        new_initializer(graph, f"{one.name}_weight", _stored(array, dtype), names)
        for one, array in zip((before, node), weights, strict=True)
    )
    for position, given in enumerate((value, inner)):
        before.replace_input_with(position, given)
    between = before.outputs[0]
    between.name = free_name(f"{before.name}_out", names)
    between.type = node.outputs[0].type
    between.shape = _shape(node, first.shape[1])
    graph.insert_before(node, before)
    node.replace_input_with(0, between)
    node.replace_input_with(1, outer)
    # The layer itself comes first: what others were merged into it does not take the time of its first part.
    set_origins(before, (node.name or "", *origins(node)))
    set_origins(node, origins(node) or (node.name or "",))
    if shift is not None:
        now = solvable(node)
        if not isinstance(now, str) and now.biased:
            old_bias = bias_of(now, range(len(shift)), 1)
            set_weight(model, now, second[None], old_bias + shift[None])
    assert before.name is not None
    return before.name


def _before(node: ir.Node, name: str) -> ir.Node:
    kept: Sequence[str] = _SPATIAL if is_op(node, "Conv") else ("transA",) if int_of(node, "transA", 0) else ()
    attributes = [attribute for key, attribute in node.attributes.items() if key in kept]
    return ir.Node(node.domain, node.op_type, [None, None], attributes, name=name, version=node.version)


def _stored(array: Array, dtype: np.dtype[Any]) -> Array:
    return array if array.dtype == dtype else np.ascontiguousarray(array.astype(dtype))


def _shape(node: ir.Node, rank: int) -> ir.Shape | None:
    shape = node.outputs[0].shape
    if shape is None:
        return None
    sizes = list(shape)
    sizes[1 if is_op(node, "Conv") else -1] = rank
    return ir.Shape(sizes)
