"""Let layers compute in float16 or bfloat16, with Casts where values go to or come from layers in float32.

    float16: 11 significant bits, largest 65504, smallest 6.0e-8;  bfloat16: 8 significant bits, the range of float32

Which inputs and outputs of an op may have the type follows from ONNX's own schema. A value is cast at most once in each
direction and graph; between two layers of the same type there is no Cast. A constant that layers in both types read is
stored in both. Control-flow ops stay in float32 with the values that go into and come out of their bodies; layers
inside bodies are cast like any others.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import ml_dtypes
import numpy as np
import onnx_ir as ir

from engine.graph.constants import constant
from engine.graph.layers import index_layers
from engine.graph.ops import STANDARD_DOMAINS, names
from engine.graph.structure import bodies
from engine.graph.unchanged import kept
from engine.quantization.edit import Array, Editor, owner, serve
from engine.quantization.recognise import quantized_as
from engine.report import Report

HalfType = Literal["float16", "bfloat16"]
NEWEST = 22
"""The first opset in which Conv and its like take bfloat16."""

_IR = {"float16": ir.DataType.FLOAT16, "bfloat16": ir.DataType.BFLOAT16}
_NUMPY: dict[str, Any] = {"float16": np.float16, "bfloat16": ml_dtypes.bfloat16}
_LARGEST = {"float16": 65504.0, "bfloat16": 3.3895e38}
_FLOAT = ir.DataType.FLOAT
_TYPED = names("Cast CastLike Constant ConstantOfShape EyeLike RandomNormal RandomNormalLike RandomUniform Bernoulli")
_SENSITIVE = {
    "CumSum": "sums over a whole axis lose their last digits",
    "TopK": "equal values would change the order",
    "NonMaxSuppression": "equal scores would change the order",
    "RoiAlign": "coordinates need all their digits",
    "Multinomial": "probabilities need all their digits",
}
_BOUNDS = ("Clip", "Min", "Max")


@dataclass(frozen=True, slots=True)
class Ports:
    """Positions of the inputs and outputs of a node that change their type."""

    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class How:
    """How one layer is treated: whether constants beyond the type's range are set to its limits, or refused."""

    saturate: bool = False


@dataclass
class _State:
    editor: Editor
    half: HalfType
    keep_io: bool
    ports: dict[ir.Node, Ports] = field(default_factory=dict)
    cast: dict[tuple[ir.Value, ir.Graph], ir.Value] = field(default_factory=dict)
    constants: dict[ir.Value, ir.Value] = field(default_factory=dict)


def ports(node: ir.Node, half: HalfType) -> Ports | str:
    """What of a node becomes half, or the reason why nothing can."""
    op, floats = node.op_type, _floats(node)
    if isinstance(floats, str):
        return floats
    if op in _SENSITIVE:
        return f"{op} in {half}: {_SENSITIVE[op]}"
    accepted = _accepted(op, half, _opset(node, half))
    if accepted is None:
        return f"{op}: ONNX has no {half} form of it"
    inputs, outputs, variadic_in, variadic_out = accepted
    taken = _allowed(floats.inputs, inputs, repeats=variadic_in)
    given = _allowed(floats.outputs, outputs, repeats=variadic_out)
    if not taken or not given:
        unknown = any(value is not None and value.dtype is None for value in (*node.inputs, *node.outputs))
        return f"{op}: the element types of its values are not known" if unknown else f"{op}: it computes no floats"
    if all(constant(value) is not None for value in node.inputs if value is not None):
        return f"{op} of constants: it runs once, when the model is loaded"
    return Ports(taken, given)


@kept
def _floats(node: ir.Node) -> Ports | str:
    """Where a node reads and gives float32, or why that does not matter whatever the type."""
    op = node.op_type
    if quantized_as(node) is not None or op in ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"):
        return "already quantized"
    if node.domain not in STANDARD_DOMAINS:
        return f"{op}: an op of the domain {node.domain!r}, whose types are not known"
    if bodies(node):
        return f"{op}: only the layers of its bodies compute"
    if op in _TYPED:
        return f"{op}: it makes or converts values, and computes nothing"
    taken, given = ([None if value is None else value.dtype for value in side] for side in (node.inputs, node.outputs))
    if _FLOAT not in given and None not in given and op not in _SENSITIVE:
        return f"{op}: it computes no floats"
    return Ports(*(tuple([i for i, dtype in enumerate(side) if dtype is _FLOAT]) for side in (taken, given)))


def _allowed(positions: tuple[int, ...], allowed: frozenset[int], *, repeats: bool) -> tuple[int, ...]:
    """Those that an op's schema allows; from the last of those on any where it repeats."""
    if allowed.issuperset(positions):
        return positions
    return tuple([at for at in positions if at in allowed or (repeats and at >= min(allowed))])


def _opset(node: ir.Node, half: HalfType) -> int:
    """The version whose schema counts: bodies carry none, and for bfloat16 the model is converted."""
    imports = node.graph.opset_imports if node.graph is not None and half == "float16" else {}
    return min(imports.get("", NEWEST), NEWEST)


@functools.cache
def _accepted(op: str, half: HalfType, opset: int) -> tuple[frozenset[int], frozenset[int], bool, bool] | None:
    """Positions of inputs and outputs whose type may be half, and whether the last of each repeats."""
    import onnx.defs

    try:
        schema = onnx.defs.get_schema(op, opset, "")
    except onnx.defs.SchemaError:
        return None
    allowed = {c.type_param_str: c.allowed_type_strs for c in schema.type_constraints}
    many = onnx.defs.OpSchema.FormalParameterOption.Variadic

    def positions(parameters: Any) -> tuple[frozenset[int], bool]:
        found = [i for i, p in enumerate(parameters) if f"tensor({half})" in allowed.get(p.type_str, ())]
        repeats = bool(found) and parameters[found[-1]].option == many
        return frozenset(found), repeats

    (inputs, more_in), (outputs, more_out) = positions(schema.inputs), positions(schema.outputs)
    return (inputs, outputs, more_in, more_out) if inputs and outputs else None


def make_half(model: ir.Model, planned: Mapping[str, How], half: HalfType, keep_io: bool, report: Report) -> ir.Model:
    """A model in which the planned layers compute in half the bits.

    Args:
        keep_io: the model's own inputs and outputs stay float32; else those become half that only such layers touch.
    """
    result = model.clone()
    index = index_layers(result)
    state = _State(Editor(result), half, keep_io)
    chosen: list[tuple[str, ir.Node]] = []
    for layer_id, node in state.editor.in_order((layer_id, index.node(layer_id)) for layer_id in planned):
        found = ports(node, half)
        reason = found if isinstance(found, str) else _constant_problem(node, found, half, planned[layer_id])
        if reason is not None:
            report.skip(layer_id, reason)
            continue
        assert isinstance(found, Ports)
        state.ports[node] = found
        chosen.append((layer_id, node))
        report.treat(layer_id, "quantization", half)
    for node, found in state.ports.items():
        for position in found.outputs:
            node.outputs[position].type = ir.TensorType(_IR[half])
    for value in result.graph.inputs if not keep_io else ():
        if value.dtype == ir.DataType.FLOAT and value.uses() and _only_half(state, value):
            value.type = ir.TensorType(_IR[half])
    for layer_id, node in chosen:
        _convert_inputs(state, layer_id, node)
    for layer_id, node in chosen:
        for position in state.ports[node].outputs:
            _back_to_float(state, layer_id, node, position)
    state.editor.finish()
    return result


def _constant_problem(node: ir.Node, found: Ports, half: HalfType, how: How) -> str | None:
    for position in found.inputs:
        value = node.inputs[position]
        tensor = constant(value)
        if tensor is None or value is None or not tensor.size:
            continue
        array = np.asarray(tensor.numpy(), np.float32)
        finite = array[np.isfinite(array)]
        largest = float(np.abs(finite).max(initial=0.0))
        if largest > _LARGEST[half] and not how.saturate and node.op_type not in _BOUNDS:
            return f"its constant {value.name!r} reaches {largest:.3g}, and {half} ends at {_LARGEST[half]:.5g}"
        if array.size == 1 and largest and not array.astype(_NUMPY[half]).any():
            return f"its constant {value.name!r} of {largest:.3g} would become zero in {half}"
    return None


def _only_half(state: _State, value: ir.Value) -> bool:
    return not value.is_graph_output() and all(
        user in state.ports and position in state.ports[user].inputs for user, position in value.uses()
    )


def _convert_inputs(state: _State, layer_id: str, node: ir.Node) -> None:
    for position in state.ports[node].inputs:
        value = node.inputs[position]
        assert value is not None
        if value.dtype == _IR[state.half]:
            continue
        if constant(value) is not None and not value.is_graph_input():
            state.editor.read(node, position, _constant(state, layer_id, value))
            continue
        graph = node.graph
        assert isinstance(graph, ir.Graph)
        if (value, graph) not in state.cast:
            cast = _cast(state, value, _IR[state.half], f"{layer_id}/input_{position}/Cast", [layer_id])
            graph.insert_before(node, cast)
            state.cast[value, graph] = cast.outputs[0]
        else:
            serve(state.cast[value, graph].producer(), layer_id)
        node.replace_input_with(position, state.cast[value, graph])


def _constant(state: _State, layer_id: str, value: ir.Value) -> ir.Value:
    if value not in state.constants:
        tensor = constant(value)
        assert tensor is not None
        converted = _rounded(np.asarray(tensor.numpy()), state.half)
        name = f"{value.name}/{state.half}"
        state.constants[value] = state.editor.initializer(name, converted, owner(value))
    return state.constants[value]


def _rounded(array: Array, half: HalfType) -> Array:
    """To the nearest, and finite values that lie outside to the limits."""
    limit = _LARGEST[half]
    clipped = np.where(np.isfinite(array), np.clip(array, -limit, limit), array)
    found: Array = clipped.astype(np.float32).astype(_NUMPY[half])
    return found


def _back_to_float(state: _State, layer_id: str, node: ir.Node, position: int) -> None:
    """Cast an output for everybody who wants float32: other layers, bodies, and the model's caller."""
    value, graph = node.outputs[position], node.graph
    assert isinstance(graph, ir.Graph)
    others = [use for use in value.uses() if not _is_half(state, use)]
    given_back = value.is_graph_output() and (state.keep_io or graph is not state.editor.model.graph)
    if not others and not given_back:
        return
    cast = _cast(state, value, ir.DataType.FLOAT, f"{layer_id}/output_{position}/Cast", [layer_id])
    graph.insert_after(node, cast)
    for user, at in others:
        user.replace_input_with(at, cast.outputs[0])
    if given_back:
        for at, output in enumerate(graph.outputs):
            if output is value:
                graph.outputs[at] = cast.outputs[0]
        cast.outputs[0].name, value.name = value.name, cast.outputs[0].name


def _is_half(state: _State, use: Any) -> bool:
    user, position = use
    return user in state.ports and position in state.ports[user].inputs


def _cast(state: _State, value: ir.Value, to: ir.DataType, name: str, served: Iterable[str]) -> ir.Node:
    shape = value.shape if isinstance(value.shape, ir.Shape) else None
    attribute = ir.AttrInt64("to", to.value)
    return state.editor.node("Cast", [value], name, served, attributes=[attribute], dtypes=[to], shape=shape)
