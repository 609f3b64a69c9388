"""Put layers whose activations are quantized while the model runs in the place of float ones.

In ONNX's own ops, for a product ``y = x W + b`` with int8 codes ``q_w`` and a scale ``s_w`` for each output channel:

    q_x, s_x, z_x = DynamicQuantizeLinear(x)        uint8, from the smallest and largest element of x
    y = Cast(MatMulInteger(q_x, q_w, z_x)) * (s_x * s_w) + b

ONNX Runtime fuses that into DynamicQuantizeMatMul (MatMulIntegerToFloat where several layers share ``q_x``); as one op
of the domain com.microsoft it says the same. LSTM exists in that domain only. A convolution's weight is stored as uint8
around 128, since ONNX Runtime has no fast kernel for ConvInteger with int8 (16.8 ms against 0.95 for 128 channels, 3x3,
28x28 pixels), nor for int8 activations on x86.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import float_of, input_of, int_of
from engine.graph.constants import constant
from engine.graph.layers import index_layers
from engine.graph.ops import MICROSOFT
from engine.quantization.edit import Array, Editor, owner, serve
from engine.quantization.weights import Coded, Slot, encode, problem, weight_slots
from engine.report import Report

_TINY = np.float32(1e-30)


@dataclass(frozen=True, slots=True)
class How:
    """How one layer is treated: ``activations`` are "uint8" or "int8"; ``one_op`` uses com.microsoft's op."""

    per_channel: bool
    activations: str
    one_op: bool


@dataclass
class _State:
    """Of one model: inputs that are quantized already, and weights that are stored already (codes and scales)."""

    editor: Editor
    stored: dict[tuple[object, ...], tuple[ir.Value, ir.Value]] = field(default_factory=dict)
    quantized: dict[tuple[ir.Value, str, ir.Graph], tuple[ir.Value, ir.Value, ir.Value | None]] = field(
        default_factory=dict
    )


def why_not_dynamic(node: ir.Node) -> str | None:
    """The reason why a layer has no kernel with dynamic activations, or None where it has."""
    op = node.op_type
    found = weight_slots(node)
    if isinstance(found, str):
        return found
    if op not in ("MatMul", "Gemm", "Conv", "LSTM"):
        return f"{op}: there is no integer kernel with dynamic activations for it"
    if op in ("MatMul", "Gemm") and found[0].position != 1:
        return f"{op} with its weight on the left: the integer kernel wants it on the right"
    if op == "Gemm":
        return _gemm_problem(node)
    if op == "LSTM":
        return _lstm_problem(node, found)
    data = node.inputs[0]
    if data is not None and data.dtype not in (None, ir.DataType.FLOAT):
        return f"{op} of {data.dtype.name.lower()} values: only float32 is quantized"
    return None


def _gemm_problem(node: ir.Node) -> str | None:
    if int_of(node, "transA", 0):
        return "Gemm of a transposed input: the integer kernel has no such form"
    return None


def _lstm_problem(node: ir.Node, slots: tuple[Slot, ...]) -> str | None:
    if len(slots) != 2:
        return "LSTM with a computed weight: its kernel wants both as constants"
    if int_of(node, "layout", 0):
        return "LSTM with the batch first: the integer kernel has no such layout"
    return None


def make_dynamic(model: ir.Model, planned: Mapping[str, How], report: Report) -> ir.Model:
    """A model in which the planned layers compute with integers."""
    result = model.clone()
    index = index_layers(result)
    state = _State(Editor(result))
    for layer_id, node in state.editor.in_order((layer_id, index.node(layer_id)) for layer_id in planned):
        reason = why_not_dynamic(node) or _weight_problem(node)
        if reason is not None:
            report.skip(layer_id, reason)
            continue
        how = planned[layer_id]
        kind = _BUILDERS[node.op_type](state, layer_id, node, how)
        per_channel = " per channel" if how.per_channel else ""
        report.treat(layer_id, "quantization", f"int8 weights{per_channel}, {kind} activations quantized at run time")
    state.editor.finish()
    return result


def _weight_problem(node: ir.Node) -> str | None:
    slots = weight_slots(node)
    assert not isinstance(slots, str)
    return next((why for slot in slots if (why := problem(_weight(node, slot))) is not None), None)


def _weight(node: ir.Node, slot: Slot) -> Array:
    tensor = constant(node.inputs[slot.position])
    assert tensor is not None
    return np.asarray(tensor.numpy())


def _stored(
    state: _State,
    layer_id: str,
    value: ir.Value | None,
    how: How,
    form: object,
    make: Callable[[], tuple[Array, Array]],
) -> tuple[ir.Value, ir.Value]:
    """Codes and scales of a weight as initializers, once for all layers that store it in the same form."""
    assert value is not None
    key = (value, how.per_channel, form)
    if key not in state.stored:
        graph, (codes, scale) = owner(value), make()
        name = f"{layer_id}/{form[0] if isinstance(form, tuple) else form}"
        state.stored[key] = (
            state.editor.initializer(f"{name}/quantized", codes, graph),
            state.editor.initializer(f"{name}/scale", scale, graph),
        )
    return state.stored[key]


def _encode(weight: Array, channels: int, summed: int, how: How) -> Coded:
    return encode(weight, channels if how.per_channel else None, summed, bits=8)


def _product(state: _State, layer_id: str, node: ir.Node, how: How) -> str:
    """MatMul or Gemm."""
    editor = state.editor
    weight = _weight(node, Slot(1, 0, 0))
    turned, two = int_of(node, "transB", 0) == 1, weight.ndim == 2
    if turned:
        weight = weight.T
    alpha, beta = float_of(node, "alpha", 1.0), float_of(node, "beta", 1.0)
    graph = _graph(node)

    def make() -> tuple[Array, Array]:
        coded = _encode(weight * np.float32(alpha), 1, 0, how) if two else encode(weight, None, 0, bits=8)
        return coded.codes, coded.scale.reshape(-1) if how.per_channel and two else coded.scale.reshape(())

    codes, scales = _stored(state, layer_id, node.inputs[1], how, ("weight", turned, alpha), make)
    bias = input_of(node, 2) if node.op_type == "Gemm" else None
    if bias is not None and beta != 1.0:
        bias = _times(state, layer_id, node, bias, beta)
    shape = _shape(node)
    stored = constant(bias)
    if stored is not None and stored.size == weight.shape[-1] and len(stored.shape) != 1:
        bias = editor.initializer(f"{layer_id}/bias", stored.numpy().reshape(-1), graph)
    if how.one_op and two and (bias is None or (stored is not None and stored.size == weight.shape[1])):
        editor.require(MICROSOFT, 1)
        inputs = [node.inputs[0], codes, scales, None, bias]
        one = editor.node(
            "DynamicQuantizeMatMul",
            inputs[: 5 if bias is not None else 3],
            layer_id,
            [layer_id],
            domain=MICROSOFT,
            shape=shape,
        )
        editor.replace(node, [one], heir=one)
        return "uint8"
    data, data_scale, zero = _quantized(state, layer_id, node, how)
    heir = editor.node(
        "MatMulInteger",
        [data, codes] if zero is None else [data, codes, zero],
        layer_id,
        [layer_id],
        dtypes=[ir.DataType.INT32],
        shape=shape,
    )
    nodes = [heir, *_scaled(state, layer_id, heir, data_scale, scales, shape)]
    if bias is not None:
        nodes.append(editor.node("Add", [nodes[-1].outputs[0], bias], f"{layer_id}/Add", [layer_id], shape=shape))
    editor.replace(node, nodes, heir=heir)
    return how.activations


def _conv(state: _State, layer_id: str, node: ir.Node, how: How) -> str:
    editor, graph, shape = state.editor, _graph(node), _shape(node)
    weight = _weight(node, Slot(1, 0, 1))
    spatial = [1] * (weight.ndim - 2)

    def make() -> tuple[Array, Array]:
        coded = _encode(weight, 0, 1, how)
        scale = coded.scale.reshape([1, -1, *spatial]) if how.per_channel else coded.scale.reshape(())
        return (coded.codes.astype(np.int16) + 128).astype(np.uint8), scale

    codes, scales = _stored(state, layer_id, node.inputs[1], how, "weight", make)
    data, data_scale, zero = _quantized(state, layer_id, node, how)
    middle = editor.initializer(f"{layer_id}/weight/zero_point", np.array(128, np.uint8), graph)
    inputs: list[ir.Value | None] = [data, codes, zero, middle]
    attributes = list(node.attributes.values())
    heir = editor.node(
        "ConvInteger", inputs, layer_id, [layer_id], attributes=attributes, dtypes=[ir.DataType.INT32], shape=shape
    )
    nodes = [heir, *_scaled(state, layer_id, heir, data_scale, scales, shape)]
    bias = constant(input_of(node, 2))
    if input_of(node, 2) is not None:
        added: ir.Value
        if bias is not None:
            added = editor.initializer(f"{layer_id}/bias", bias.numpy().reshape([-1, *spatial]), graph)
        else:
            target = editor.initializer(f"{layer_id}/bias/shape", np.array([1, -1, *spatial], np.int64), graph)
            turned = editor.node("Reshape", [node.inputs[2], target], f"{layer_id}/bias/Reshape", [layer_id])
            nodes.append(turned)
            added = turned.outputs[0]
        scaled = nodes[-1] if bias is not None else nodes[-2]
        nodes.append(editor.node("Add", [scaled.outputs[0], added], f"{layer_id}/Add", [layer_id], shape=shape))
    editor.replace(node, nodes, heir=heir)
    return how.activations


def _lstm(state: _State, layer_id: str, node: ir.Node, how: How) -> str:
    """W [directions, 4 hidden, inputs] and R are transposed; scales are [directions] or [directions, 4 hidden]."""
    editor, graph = state.editor, _graph(node)
    editor.require(MICROSOFT, 1)
    inputs: list[ir.Value | None] = [input_of(node, position) for position in range(8)]
    for position, letter in ((1, "w"), (2, "r")):
        weight = _weight(node, Slot(position, 1, 2))
        codes, scale = _stored(
            state, layer_id, node.inputs[position], how, letter, partial(_per_direction, weight, how)
        )
        zeros = np.zeros(scale.shape.numpy() if scale.shape is not None else (), np.int8)
        inputs[position] = codes
        inputs += [scale, editor.initializer(f"{layer_id}/{letter}/zero_point", zeros, graph)]
    attributes = [attribute for name, attribute in node.attributes.items() if name != "layout"]
    dtypes = [ir.DataType.FLOAT] * len(node.outputs)
    one = editor.node(
        "DynamicQuantizeLSTM", inputs, layer_id, [layer_id], domain=MICROSOFT, attributes=attributes, dtypes=dtypes
    )
    editor.replace(node, [one], heir=one)
    return "uint8"


def _per_direction(weight: Array, how: How) -> tuple[Array, Array]:
    coded = [_encode(part, 0, 1, how) for part in weight]
    scale = np.stack([part.scale.reshape(-1) for part in coded])
    return np.stack([part.codes.T for part in coded]), scale if how.per_channel else scale.reshape(-1)


_BUILDERS: dict[str, Callable[[_State, str, ir.Node, How], str]] = {
    "MatMul": _product,
    "Gemm": _product,
    "Conv": _conv,
    "LSTM": _lstm,
}


def _scaled(
    state: _State, layer_id: str, sums: ir.Node, data_scale: ir.Value, weight_scale: ir.Value, shape: ir.Shape | None
) -> list[ir.Node]:
    """``Cast(sums) * (s_x * s_w)``."""
    editor, to = state.editor, ir.AttrInt64("to", ir.DataType.FLOAT.value)
    cast = editor.node("Cast", sums.outputs, f"{layer_id}/Cast", [layer_id], attributes=[to], shape=shape)
    scale = editor.node(
        "Mul", [data_scale, weight_scale], f"{layer_id}/scale/Mul", [layer_id], shape=weight_scale.shape
    )
    result = editor.node("Mul", [cast.outputs[0], scale.outputs[0]], f"{layer_id}/Mul", [layer_id], shape=shape)
    return [cast, scale, result]


def _quantized(state: _State, layer_id: str, node: ir.Node, how: How) -> tuple[ir.Value, ir.Value, ir.Value | None]:
    """Codes, scale and zero point of a layer's input, computed once for all the layers of a graph that read it."""
    value = node.inputs[0]
    assert value is not None
    graph = _graph(node)
    key = (value, how.activations, graph)
    if key in state.quantized:
        for output in state.quantized[key]:
            producer = output.producer() if output is not None else None
            if producer is not None:
                serve(producer, layer_id)
        return state.quantized[key]
    nodes, found = (_unsigned if how.activations == "uint8" else _signed)(state.editor, layer_id, value, graph)
    graph.insert_before(node, nodes)
    state.quantized[key] = found
    return found


def _unsigned(
    editor: Editor, layer_id: str, value: ir.Value, graph: ir.Graph
) -> tuple[list[ir.Node], tuple[ir.Value, ir.Value, ir.Value | None]]:
    types = [ir.DataType.UINT8, ir.DataType.FLOAT, ir.DataType.UINT8]
    shape = value.shape if isinstance(value.shape, ir.Shape) else None
    name = f"{layer_id}/input/DynamicQuantizeLinear"
    node = editor.node("DynamicQuantizeLinear", [value], name, [layer_id], dtypes=types, shape=shape)
    for output in node.outputs[1:]:
        output.shape = ir.Shape([])
    return [node], (node.outputs[0], node.outputs[1], node.outputs[2])


def _signed(
    editor: Editor, layer_id: str, value: ir.Value, graph: ir.Graph
) -> tuple[list[ir.Node], tuple[ir.Value, ir.Value, ir.Value | None]]:
    """``s_x = max(max|x| / 127, tiny)``, ``q_x = round(x / s_x)``: symmetric, to multiply int8 by int8."""
    name, scalar = f"{layer_id}/input", ir.Shape([])
    shape = value.shape if isinstance(value.shape, ir.Shape) else None
    size = editor.node("Abs", [value], f"{name}/Abs", [layer_id], shape=shape)
    keep = ir.AttrInt64("keepdims", 0)
    largest = editor.node("ReduceMax", size.outputs, f"{name}/ReduceMax", [layer_id], attributes=[keep], shape=scalar)
    step = editor.initializer(f"{name}/step", np.array(1 / 127, np.float32), graph)
    divided = editor.node("Mul", [largest.outputs[0], step], f"{name}/Mul", [layer_id], shape=scalar)
    tiny = editor.initializer(f"{name}/tiny", np.array(_TINY), graph)
    scale = editor.node("Max", [divided.outputs[0], tiny], f"{name}/Max", [layer_id], shape=scalar)
    zero = editor.initializer(f"{name}/zero_point", np.array(0, np.int8), graph)
    codes = editor.node(
        "QuantizeLinear",
        [value, scale.outputs[0], zero],
        f"{name}/QuantizeLinear",
        [layer_id],
        dtypes=[ir.DataType.INT8],
        shape=shape,
    )
    return [size, largest, divided, scale, codes], (codes.outputs[0], scale.outputs[0], None)


def _times(state: _State, layer_id: str, node: ir.Node, bias: ir.Value, beta: float) -> ir.Value:
    stored = constant(bias)
    if stored is not None:
        scaled = (stored.numpy() * np.float32(beta)).astype(np.float32)
        return state.editor.initializer(f"{layer_id}/bias", scaled, _graph(node))
    factor = state.editor.initializer(f"{layer_id}/beta", np.array(beta, np.float32), _graph(node))
    times = state.editor.node("Mul", [bias, factor], f"{layer_id}/bias/Mul", [layer_id])
    _graph(node).insert_before(node, times)
    return times.outputs[0]


def _graph(node: ir.Node) -> ir.Graph:
    assert isinstance(node.graph, ir.Graph)
    return node.graph


def _shape(node: ir.Node) -> ir.Shape | None:
    shape = node.outputs[0].shape
    return shape if isinstance(shape, ir.Shape) else None
