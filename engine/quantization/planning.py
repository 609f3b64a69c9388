"""From layers and calibrated ranges to placements: which value gets which scale, and what cannot be quantized and why.

Layers are taken in topological order, so that a layer knows whether its input is already quantized: ops that move
elements then keep that scale. Whatever turns out to be impossible is reported as skipped before anything is changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.attributes import float_of
from engine.quantization.correction import correct_biases, round_weights
from engine.quantization.edit import owner
from engine.quantization.params import (
    Array,
    QuantParams,
    activation_params,
    range_problem,
    weight_params,
    with_room_for_bias,
)
from engine.quantization.qdq import Placement, SharedWeight
from engine.quantization.ranges import choose_range
from engine.quantization.roles import (
    ROLES,
    Role,
    activation_after,
    activation_inputs,
    channel_axis,
    clip_bounds,
    constant,
    is_constant,
    is_finite,
    output_channels,
    role,
)
from engine.quantization.symmetry import symmetric_values
from engine.report import Report
from engine.scheme import Calibration, Ranges


@dataclass(frozen=True, slots=True)
class Precision:
    """How one layer is quantized.

    Attributes:
        symmetric: activations have their zero point in the middle of the codes.
        weight_qmax: 127, or 63 for 7-bit weights.
        rounding, bias_correction: see ``engine.quantization.rounding``.
        ranges, percentile: how the range of an activation is chosen, see ``engine.quantization.ranges``.
        share_rounding: float joins may read what was rounded for this layer.
    """

    activations: np.dtype[Any]
    per_channel: bool
    weight_qmax: int
    share_rounding: bool
    ranges: str = "minmax"
    percentile: float = 99.99
    rounding: str = "nearest"
    bias_correction: bool = False
    symmetric: bool = False


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
        if activation is not None:
            values.append(activation.outputs[0])
        # Codes of a range that begins below zero can miss the bounds of a Clip by one; the pair then sits before it.
        if activation is None or (activation.op_type == "Clip" and _bounds(activation)[0] < 0.0):
            values.append(node.outputs[0])
    return {value.name for value in values if value.name is not None}


def plan(
    model: ir.Model,
    layers: Mapping[str, tuple[ir.Node, Precision]],
    kept: Set[ir.Node],
    known: Calibration,
    facts: TargetFacts,
    report: Report,
) -> list[Placement]:
    """Placements in topological order for the layers (in any order) that can be quantized, and for what lies between.

    The others are reported as skipped. Nothing passes through the nodes in ``kept`` in rounded form. Placements for
    what lies between are not ``asked``.
    """
    order = {node: number for number, node in enumerate(model.graph.all_nodes())}
    planner = _Planner(model, layers, kept, known.values, facts)
    for layer_id, (node, precision) in sorted(layers.items(), key=lambda item: order.get(item[1][0], -1)):
        try:
            planner.add(layer_id, node, precision)
        except _CannotQuantizeError as reason:
            report.skip(layer_id, str(reason))
    planner.share_rounding(model)
    placements = sorted(planner.placements.values(), key=lambda placement: order[placement.node])
    _make_room_for_biases(placements)
    chosen = {layer_id: precision for layer_id, (_, precision) in layers.items()}
    learned = frozenset(layer_id for layer_id, precision in chosen.items() if precision.rounding == "learned")
    round_weights(placements, learned, {layer_id: p.weight_qmax for layer_id, p in chosen.items()}, known)
    corrected = frozenset(layer_id for layer_id, precision in chosen.items() if precision.bias_correction)
    correct_biases(placements, corrected, known)
    return placements


class _Planner:
    def __init__(
        self,
        model: ir.Model,
        layers: Mapping[str, tuple[ir.Node, Precision]],
        kept: Set[ir.Node],
        ranges: Ranges,
        facts: TargetFacts,
    ) -> None:
        self.main = model.graph
        self.opset = model.graph.opset_imports.get("", 0)
        self.asked = {node for node, _ in layers.values()}
        self.ranges = ranges
        self.placements: dict[ir.Node, Placement] = {}
        # Values that exist in rounded form: for everybody who reads them, or for quantized layers only.
        self.rounded: dict[ir.Value, QuantParams] = {}
        self.rounded_for_some: dict[tuple[ir.Value, np.dtype[Any]], QuantParams] = {}
        self.not_shared: set[ir.Value] = set()
        self.kept = kept
        self.facts = facts
        self.wishes = symmetric_values(self.asked, kept, facts.symmetric_ops)
        self.weights: dict[tuple[ir.Value, int | None, int, float], SharedWeight] = {}
        self.constants: dict[tuple[ir.Value, np.dtype[Any]], SharedWeight] = {}

    def add(self, layer_id: str, node: ir.Node, precision: Precision) -> None:
        """Plan one layer, or raise and leave everything as it was."""
        found = role(node)
        if isinstance(found, str):
            raise _CannotQuantizeError(found)
        if not is_wide(precision.activations) and node.op_type not in self.facts.integer_ops:
            raise _CannotQuantizeError(f"{node.op_type}: {self.facts.device} has no integer kernel for it")
        if self.opset < 13:
            raise _CannotQuantizeError(
                f"opset {self.opset}: a DequantizeLinear for each channel needs opset 13; cleaning converts the model"
            )
        placement = Placement(layer_id, node, on_codes=found.on_codes and not is_wide(precision.activations))
        moves: list[Placement] = []
        for position in activation_inputs(node, found):
            self._read(placement, position, precision, moves)
        if found.weight is not None:
            self._weigh(placement, found, precision)
        placement.outputs = self._outputs(placement, found, precision)
        self._remember(*moves, placement)
        if not precision.share_rounding:
            self.not_shared.update(v for i in placement.inputs if (v := node.inputs[i]) is not None)

    def share_rounding(self, model: ir.Model) -> None:
        """Let float joins read rounded operands where all of them are there; see ``engine.quantization.qdq``."""
        for dtype in sorted({params.dtype for params in self.rounded.values()}, key=str):
            for node in model.graph.all_nodes():
                found = role(node)
                if node in self.placements or node in self.kept or isinstance(found, str) or found.kind != "join":
                    continue
                if not self._in_integers(node):
                    continue
                positions = activation_inputs(node, found)
                if any(node.inputs[i] in self.not_shared for i in positions):
                    continue
                forms = {
                    i: form for i in positions if (form := self._in_rounded_form(node.inputs[i], dtype)) is not None
                }
                if len(forms) == len(positions):
                    inputs = {i: params for i, (params, _) in forms.items()}
                    for _, moves in forms.values():
                        self._remember(*moves)
                    self._remember(Placement(_name(node), node, asked=False, inputs=inputs))

    def _remember(self, *placements: Placement) -> None:
        for placement in placements:
            self.placements[placement.node] = placement
            for position, params in placement.inputs.items():
                value = placement.node.inputs[position]
                assert value is not None
                if value not in self.rounded:
                    self.rounded_for_some[(value, params.dtype)] = params
            self.rounded.update(placement.outputs)

    def _in_rounded_form(
        self, value: ir.Value | None, dtype: np.dtype[Any]
    ) -> tuple[QuantParams, list[Placement]] | None:
        """The parameters under which a value exists in rounded form, or can be had from one by moving its elements.

        In the second case with the placements of the ops that move them.
        """
        moves: list[ir.Node] = []
        params = None
        while value is not None:
            dtypes = (dtype,) if value not in self.wishes else (np.dtype(np.int8), np.dtype(np.uint8))
            some = (self.rounded_for_some.get((value, each)) for each in dtypes)
            params = self.rounded.get(value) or next((found for found in some if found is not None), None)
            if params is not None:
                break
            producer = value.producer()
            found = role(producer) if producer is not None else ""
            if producer is None or producer in self.kept or isinstance(found, str):
                return None
            if found.kind != "move" or not self._in_integers(producer):
                return None
            moves.append(producer)
            value = producer.inputs[0]
        if value is None or params is None or params.dtype not in dtypes:
            return None
        if value not in self.rounded and any(_readers(node) > 1 for node in moves):
            return None  # somebody else reads it in float
        return params, [
            Placement(
                _name(node),
                node,
                asked=False,
                inputs={0: params},
                outputs=_all_outputs(node, params),
                on_codes=ROLES[node.op_type].on_codes and not is_wide(params.dtype),
            )
            for node in moves
        ]

    def _in_integers(self, node: ir.Node) -> bool:
        """Whether a layer that nobody asked for may be put among integers."""
        return node.op_type in self.facts.integer_ops and node.op_type not in self.facts.slower_ops

    def _read(self, placement: Placement, position: int, precision: Precision, moves: list[Placement]) -> None:
        value = placement.node.inputs[position]
        assert value is not None
        dtype = precision.activations
        array = constant(value)
        if array is None:
            form = self._in_rounded_form(value, dtype)
            if form is None:
                placement.inputs[position] = self._calibrated(value, precision)
            else:
                placement.inputs[position] = form[0]
                moves.extend(form[1])
            return
        _require_constant_that_stays(value)
        key = (value, dtype)
        if key not in self.constants:
            low, high = (float(array.min()), float(array.max())) if array.size else (0.0, 0.0)
            if (problem := range_problem(low, high)) is not None:
                raise _CannotQuantizeError(f"its constant {value.name!r}: {problem}")
            self.constants[key] = SharedWeight(value, array, activation_params(low, high, dtype, precision.symmetric))
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
        alpha, beta = float_of(node, "alpha", 1.0), float_of(node, "beta", 1.0)
        key = (value, axis, precision.weight_qmax, alpha)
        if key not in self.weights:
            array = array if alpha == 1.0 else array * np.float32(alpha)
            if array.size == 0:
                raise _CannotQuantizeError("its weight is empty")
            if not is_finite(array):
                raise _CannotQuantizeError("its weight has elements that are not finite")
            self.weights[key] = SharedWeight(value, array, weight_params(array, axis, precision.weight_qmax))
        placement.constants[found.weight] = self.weights[key]
        bias_value = node.inputs[found.bias] if found.bias is not None and found.bias < len(node.inputs) else None
        bias = constant(bias_value)
        # The kernel of a Gemm with a bias takes no factors: they go into the weight and the bias.
        placement.attributes = {name: 1.0 for name, factor in (("alpha", alpha), ("beta", beta)) if factor != 1.0}
        if bias_value is None or bias is None:
            return
        _require_constant_that_stays(bias_value)
        if not is_finite(bias):
            raise _CannotQuantizeError("its bias has elements that are not finite")
        assert found.bias is not None
        size = output_channels(node, array.shape)
        per_channel = np.broadcast_to(bias.reshape(-1).astype(np.float64) * beta, (size,))
        placement.bias = (found.bias, per_channel)

    def _outputs(self, placement: Placement, found: Role, precision: Precision) -> list[tuple[ir.Value, QuantParams]]:
        node = placement.node
        if found.kind == "move":
            return _all_outputs(node, placement.inputs[0] if 0 in placement.inputs else placement.constants[0].params)
        activation = activation_after(node)
        value = node.outputs[0] if activation is None else activation.outputs[0]
        if found.optional_output and not self._read_by_planned(value):
            return []
        params = self._calibrated(value, precision)
        # What has no zero point by its reader's wish is rounded behind the activation, which the runtime fuses.
        unsigned = value in self.wishes or self.facts.symmetric
        if activation is not None and not unsigned and not _takes_over(activation, params):
            value = node.outputs[0]
            params = self._calibrated(value, precision)
        return [(value, params)]

    def _read_by_planned(self, value: ir.Value) -> bool:
        return any(user in self.asked for user, _ in value.uses())

    def _calibrated(self, value: ir.Value, precision: Precision) -> QuantParams:
        seen = self.ranges.get(value.name or "")
        if seen is None:
            where = owner(value) is not self.main and ": its body did not run on the samples"
            raise _CannotQuantizeError(f"calibration gave no range for its value {value.name!r}{where or ''}")
        dtype, symmetric = precision.activations, precision.symmetric
        wish = self.wishes.get(value)
        if wish is not None and not is_wide(dtype):
            dtype = np.dtype(np.int8 if wish == "int8" or seen.low < 0.0 else np.uint8)
            symmetric = True
        found = choose_range(
            seen,
            precision.ranges,
            levels=1 << np.iinfo(dtype).bits,
            percentile=precision.percentile,
            symmetric=symmetric and (seen.low < 0.0 or np.iinfo(dtype).min < 0),
        )
        if (problem := range_problem(found.low, found.high)) is not None:
            raise _CannotQuantizeError(f"its value {value.name!r}: {problem}")
        return activation_params(found.low, found.high, dtype, symmetric)


def _make_room_for_biases(placements: Sequence[Placement]) -> None:
    """Enlarge weight scales that would push a bias out of int32, once for all that share the weight."""
    users: dict[SharedWeight, list[tuple[float, Array]]] = {}
    for placement in placements:
        if placement.bias is not None:
            (weight,) = placement.constants.values()
            users.setdefault(weight, []).append((float(placement.inputs[0].scale), placement.bias[1]))
    for weight, biases in users.items():
        weight.params = with_room_for_bias(weight.params, biases)


def is_wide(dtype: np.dtype[Any]) -> bool:
    """16 bits, for which no processor has kernels: the file is for NPUs, and elsewhere the layers compute in float."""
    return np.iinfo(dtype).bits > 8


def _name(node: ir.Node) -> str:
    return node.name or node.op_type


def _readers(node: ir.Node) -> int:
    return sum(len(value.uses()) + value.is_graph_output() for value in node.outputs)


def _all_outputs(node: ir.Node, params: QuantParams) -> list[tuple[ir.Value, QuantParams]]:
    return [(value, params) for value in node.outputs if value.uses() or value.is_graph_output()]


def _takes_over(activation: ir.Node, params: QuantParams) -> bool:
    """Whether rounding to these codes does what the Relu or Clip does (the test that ONNX Runtime makes)."""
    limits = np.iinfo(params.dtype)
    zero_point = int(params.zero_point)
    if activation.op_type == "Relu":
        return zero_point == limits.min
    low, high = (np.rint(np.float32(bound) / params.scale) + zero_point for bound in _bounds(activation))
    return bool(low <= limits.min and high >= limits.max)


def _bounds(clip: ir.Node) -> tuple[float, float]:
    bounds = clip_bounds(clip)
    assert bounds is not None, "activation_after gives no other Clip"
    return bounds


def _require_constant_that_stays(value: ir.Value) -> None:
    if value.is_graph_input():
        raise _CannotQuantizeError(
            f"its constant {value.name!r} is also an input of the model: a caller may replace it; cleaning mends that"
        )
