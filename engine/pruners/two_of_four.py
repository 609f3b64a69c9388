"""Two of four: of each four neighbouring weights that are summed over, the two that are closest to zero become zero.

The neighbours lie along the axis that the layer sums over: the input channels of a Conv ``[M, C, ...]`` (axis 1, for
each element of the kernel), the rows of a MatMul ``[..., K, N]``, the columns of a Gemm with transB. What is left over
where the axis is no multiple of four stays. Biases stay. NVIDIA's tensor cores from Ampere on skip such zeros; nothing
else does.

Source: Mishra et al. 2021, "Accelerating sparse deep neural networks".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array, TargetFacts
from engine.options import option
from engine.pruner import Pruner
from engine.pruning.zeros import reason, set_to_zero
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir

_CONVOLUTIONS = ("Conv", "FusedConv")
_OPS = (*_CONVOLUTIONS, "Gemm", "MatMul")


@dataclass(frozen=True, slots=True)
class Options:
    ratio: float = option(
        0.5, label="Ratio", help="Two of four are a half; there is no other ratio", minimum=0.5, maximum=0.5
    )


def zeroed(weight: Array, axis: int) -> Array:
    """A copy, of equal magnitudes the first stay."""
    moved = np.moveaxis(weight, axis, -1)
    whole = moved.shape[-1] // 4 * 4
    fours = moved[..., :whole].reshape(*moved.shape[:-1], whole // 4, 4)
    rank = np.argsort(np.argsort(-np.abs(fours), axis=-1, kind="stable"), axis=-1, kind="stable")
    kept = np.where(rank < 2, fours, weight.dtype.type(0)).reshape(*moved.shape[:-1], whole)
    return np.ascontiguousarray(np.moveaxis(np.concatenate([kept, moved[..., whole:]], axis=-1), -1, axis))


def why_not(model: ir.Model) -> Mapping[str, str]:
    from engine.graph.naming import places

    found = {place.id: _why_not(place.node) for place in places(model)}
    return {layer_id: why for layer_id, why in found.items() if why is not None}


def _why_not(node: ir.Node) -> str | None:
    from engine.graph.attributes import input_of
    from engine.graph.constants import constant

    why = reason(node)
    if why is not None:
        return why
    if node.op_type not in _OPS:
        return f"{node.op_type}: tensor cores skip zeros in Conv, Gemm and MatMul only"
    tensor = constant(input_of(node, 1))
    if tensor is None or len(tensor.shape) < 2:
        return f"{node.op_type}: its second factor is not a constant matrix of floats"
    if tensor.shape.numpy()[summed_axis(node, len(tensor.shape))] < 4:
        return "it sums over fewer than four at a time"
    return None


def summed_axis(node: ir.Node, rank: int) -> int:
    """Of the weight, the axis that the layer sums over."""
    from engine.graph.attributes import int_of

    if node.op_type in _CONVOLUTIONS:
        return 1
    if node.op_type == "Gemm":
        return 1 if int_of(node, "transB", 0) else 0
    return max(rank - 2, 0)


def prune(model: ir.Model, plan: Mapping[str, Any], report: Report) -> ir.Model:
    return set_to_zero(
        model, plan, report, lambda node, weight, options: zeroed(weight, summed_axis(node, weight.ndim))
    )


def speed(facts: TargetFacts) -> str:
    if facts.device.startswith("tensorrt"):
        return f"{facts.device}: its sparse kernels, where the GPU is of the Ampere generation or newer"
    return f"{facts.device}: nothing, its kernels multiply zeros as well; TensorRT on newer NVIDIA GPUs gains"


PRUNER = Pruner(
    key="two_of_four",
    title="Two of four (single weights)",
    summary="Sets two of each four neighbouring weights to zero. Shapes stay; only NVIDIA's tensor cores get faster.",
    options=Options,
    why_not=why_not,
    speed=speed,
    prune=prune,
)
