"""From layers and calibrated ranges to placements: which value gets which scale, and what cannot be quantized and why.

Layers are taken in topological order, so that a layer knows whether its input is already quantized: ops that move
elements then keep that scale. Whatever turns out to be impossible is reported as skipped before anything is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.quantization.params import (
    Array,
    QuantParams,
    activation_params,
    range_problem,
    weight_params,
    with_room_for_bias,
)
from engine.quantization.qdq import Placement, SharedWeight
from engine.quantization.roles import (
    Role,
    activation_after,
    activation_inputs,
    channel_axis,
    clip_bounds,
    constant,
    float_attribute,
    is_constant,
    is_finite,
    role,
)
from engine.report import Report
from engine.scheme import Ranges

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Precision:
    """How one layer is quantized; ``weight_qmax`` is 127, or 63 for 7-bit weights."""

    activations: np.dtype[Any]
    per_channel: bool
    weight_qmax: int


class _CannotQuantizeError(Exception):
    """The reason why a layer stays float."""


def wanted_values(node: ir.Node) -> set[str]:
    """Names of the values whose ranges quantizing this node can need, whatever else is quantized."""
    found = role(node)
    if isinstance(found, str):
        return set()
    values = [v for i in activation_inputs(node, found) if (v := node.inputs[i]) is not None and not is_constant(v)]
    if found.kind != "move":
        activation = activation_after(node)
        values.append(node.outputs[0] if activation is None else activation.outputs[0])
    return {value.name for value in values if value.name is not None}


def plan(
    model: ir.Model, layers: Sequence[tuple[str, ir.Node, Precision]], ranges: Ranges, report: Report
) -> list[Placement]:
    """Placements for the layers (in topological order) that can be quantized; the others are reported as skipped."""
    planner = _Planner(model, layers, ranges)
    placements = []
    for layer_id, node, precision in layers:
        try:
            placements.append(planner.placement(layer_id, node, precision))
        except _CannotQuantizeError as reason:
            report.skip(layer_id, str(reason))
    planner.make_room_for_biases(placements)
    return placements


class _Planner:
    def __init__(
        self, model: ir.Model, layers: Sequence[tuple[str, ir.Node, Precision]], ranges: Ranges
    ) -> None:
        self.opset = model.graph.opset_imports.get("", 0)
        self.planned = {node for _, node, _ in layers}
        self.ranges = ranges
        self.quantized: dict[tuple[ir.Value, np.dtype[Any]], QuantParams] = {}
        self.weights: dict[tuple[ir.Value, int | None, int], SharedWeight] = {}
        self.constants: dict[tuple[ir.Value, np.dtype[Any]], SharedWeight] = {}

    def placement(self, layer_id: str, node: ir.Node, precision: Precision) -> Placement:
        found = role(node)
        if isinstance(found, str):
            raise _CannotQuantizeError(found)
        if self.opset < 13:
            raise _CannotQuantizeError(
                f"opset {self.opset}: DequantizeLinear with a scale for each channel needs opset 13; cleaning converts it"
            )
        placement = Placement(layer_id, node)
        for position in activation_inputs(node, found):
            self._read(placement, position, precision)
        if found.weight is not None:
            self._weigh(placement, found, precision)
        outputs = self._outputs(placement, found, precision)
        # Nothing is remembered of a layer that turned out to be impossible.
        for position, params in placement.inputs.items():
            value = node.inputs[position]
            assert value is not None
            self.quantized[(value, params.dtype)] = params
        for value, params in outputs:
            self.quantized[(value, params.dtype)] = params
        placement.outputs = outputs
        return placement

    @staticmethod
    def make_room_for_biases(placements: Sequence[Placement]) -> None:
        """Enlarge weight scales that would push a bias out of int32, once for all that share the weight."""
        users: dict[SharedWeight, list[tuple[float, Array]]] = {}
        for placement in placements:
            if placement.bias is not None:
                (weight,) = placement.constants.values()
                _, bias, alpha = placement.bias
                users.setdefault(weight, []).append((float(placement.inputs[0].scale) * abs(alpha), bias))
        for weight, biases in users.items():
            weight.params = with_room_for_bias(weight.params, biases)

    def _read(self, placement: Placement, position: int, precision: Precision) -> None:
        value = placement.node.inputs[position]
        assert value is not None
        dtype = precision.activations
        array = constant(value)
        if array is None:
            placement.inputs[position] = self.quantized.get((value, dtype)) or self._calibrated(value, dtype)
            return
        _require_constant_that_stays(value)
        key = (value, dtype)
        if key not in self.constants:
            low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)
            if (problem := range_problem(low, high)) is not None:
                raise _CannotQuantizeError(f"its constant {value.name!r}: {problem}")
            self.constants[key] = SharedWeight(value, array, activation_params(low, high, dtype))
        placement.constants[position] = self.constants[key]

    def _weigh(self, placement: Placement, found: Role, precision: Precision) -> None:
        node = placement.node
        assert found.weight is not None
        value = node.inputs[found.weight]
        array = constant(value)
        assert value is not None and array is not None
        _require_constant_that_stays(value)
        channels = channel_axis(node, array.ndim)
        axis = channels if precision.per_channel else None
        key = (value, axis, precision.weight_qmax)
        if key not in self.weights:
            if array.size == 0:
                raise _CannotQuantizeError("its weight is empty")
            if not is_finite(array):
                raise _CannotQuantizeError("its weight has elements that are not finite")
            self.weights[key] = SharedWeight(value, array, weight_params(array, axis, precision.weight_qmax))
        placement.constants[found.weight] = self.weights[key]
        bias_value = node.inputs[found.bias] if found.bias is not None and found.bias < len(node.inputs) else None
        bias = constant(bias_value)
        alpha, beta = float_attribute(node, "alpha", 1.0), float_attribute(node, "beta", 1.0)
        if node.op_type == "Gemm" and alpha <= 0.0:
            raise _CannotQuantizeError(f"Gemm with alpha {alpha:g}: its kernel needs a positive scale")
        if bias_value is None or bias is None:
            return
        _require_constant_that_stays(bias_value)
        if not is_finite(bias):
            raise _CannotQuantizeError("its bias has elements that are not finite")
        if beta != 1.0:
            placement.attributes["beta"] = 1.0
        assert found.bias is not None and channels is not None
        per_channel = np.broadcast_to(bias.reshape(-1).astype(np.float64) * beta, (array.shape[channels],))
        placement.bias = (found.bias, per_channel, alpha if node.op_type == "Gemm" else 1.0)

    def _outputs(
        self, placement: Placement, found: Role, precision: Precision
    ) -> list[tuple[ir.Value, QuantParams]]:
        node = placement.node
        if found.kind == "move":
            params = placement.inputs[0]
            return [(value, params) for value in node.outputs if value.uses() or value.is_graph_output()]
        activation = activation_after(node)
        value = node.outputs[0] if activation is None else activation.outputs[0]
        if found.optional_output and not self._read_by_planned(value):
            return []
        params = self._calibrated(value, precision.activations)
        if activation is not None and not _takes_over(activation, params):
            value = node.outputs[0]
            params = self._calibrated(value, precision.activations)
        return [(value, params)]

    def _read_by_planned(self, value: ir.Value) -> bool:
        return any(user in self.planned for user, _ in value.uses())

    def _calibrated(self, value: ir.Value, dtype: np.dtype[Any]) -> QuantParams:
        found = self.ranges.get(value.name or "")
        if found is None:
            raise _CannotQuantizeError(f"calibration gave no range for its value {value.name!r}")
        if (problem := range_problem(found.low, found.high)) is not None:
            raise _CannotQuantizeError(f"its value {value.name!r}: {problem}")
        return activation_params(found.low, found.high, dtype)


def _takes_over(activation: ir.Node, params: QuantParams) -> bool:
    """Whether rounding to these codes does what the Relu or Clip does (the test that ONNX Runtime makes)."""
    limits = np.iinfo(params.dtype)
    zero_point = int(params.zero_point)
    if activation.op_type == "Relu":
        return zero_point == limits.min
    bounds = clip_bounds(activation)
    assert bounds is not None
    low, high = (np.rint(np.float32(bound) / params.scale) + zero_point for bound in bounds)
    return bool(low <= limits.min and high >= limits.max)


def _require_constant_that_stays(value: ir.Value) -> None:
    if value.is_graph_input():
        raise _CannotQuantizeError(
            f"its constant {value.name!r} is also an input of the model, so that a caller may replace it; cleaning mends it"
        )
