"""Place QuantizeLinear/DequantizeLinear so that the runtime fuses them into integer kernels.

The rules, which follow from what ONNX Runtime recognises (``DQ -> op -> Q`` becomes one kernel where every input comes
from a DQ and the op's output goes into one Q and nowhere else):

- A quantized layer reads dequantized activations and its output goes into a Q/DQ pair. Where a Relu or Clip is the only
  consumer, the pair sits after that: the rounding of an unsigned code with zero point 0 is the Relu.
- Everybody who reads a quantized output, quantized or not, reads the dequantized value. A value is quantized at most
  once for each element type.
- A float value that quantized layers read gets one pair that only those read.
- Weights and biases are stored as integers with a DequantizeLinear behind them; a weight that several layers share is
  stored once, and one that a float layer reads too stays available in float.
- Ops that only move elements keep the scale of their input, so that the pair around them vanishes. A pair with the same
  scale changes no value, so they get one on the way between quantized layers, asked for or not.
- A layer that stays float between quantized ones reads from a DequantizeLinear of its own, with its scale repeated for
  each channel. ONNX Runtime would round the weights of a float Conv or Gemm behind a DequantizeLinear with a single
  scale to int8 by itself (``WeightBiasQuantization``), with one scale for all channels.
- A float Add, Mul or Concat all of whose operands are there in rounded form reads those: the runtime then does it in
  integers. A residual network would go from integers to float and back at every addition otherwise.
- The body of an If, Loop or Scan that reads a rounded value of the graph around it reads its codes, and dequantizes
  them itself: a runtime fuses within one graph.

``place`` works on a model that the caller has cloned.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx_ir as ir

from engine.graph.layers import origins, set_origins
from engine.graph.structure import bodies
from engine.quantization.edit import Editor, owner
from engine.quantization.params import Array, QuantParams, bias_params, quantize


@dataclass(eq=False)
class SharedWeight:
    """A constant that is stored as integers once for all the quantized layers that read it.

    ``codes`` are the integers where they are not simply the nearest ones; ``stored`` the initializers (codes, scale,
    zero point), which stand where the constant stood; ``dequantized`` what is read, by the graph that reads it.
    """

    value: ir.Value
    array: Array
    params: QuantParams
    codes: Array | None = None
    stored: tuple[ir.Value, ...] = ()
    dequantized: dict[ir.Graph, ir.Value] = field(default_factory=dict)


@dataclass(eq=False)
class Placement:
    """One layer that will be quantized, or (not ``asked``) one between such layers that rounded values pass through.

    Attributes:
        inputs: position of each activation input to its parameters.
        constants: position of each constant (a weight, or one in the place of an activation).
        bias: position, and one float value for each channel.
        outputs: parameters of each output that gets a pair, with the value after which it is placed.
        attributes: what changes on the node itself.
        on_codes: the op itself runs on integers (it has one activation and one output).
    """

    id: str
    node: ir.Node
    asked: bool = True
    inputs: dict[int, QuantParams] = field(default_factory=dict)
    constants: dict[int, SharedWeight] = field(default_factory=dict)
    bias: tuple[int, Array] | None = None
    outputs: list[tuple[ir.Value, QuantParams]] = field(default_factory=list)
    attributes: dict[str, float] = field(default_factory=dict)
    on_codes: bool = False


def place(model: ir.Model, placements: Sequence[Placement]) -> None:
    """Quantize the layers (in topological order) in place; tensors are replaced, never written to."""
    placer = _Placer(model)
    for placement in placements:
        placer.quantize_inputs(placement)
        placer.quantize_constants(placement)
        if placement.on_codes:
            placer.run_on_codes(placement)
        else:
            placer.quantize_outputs(placement)
    placer.keep_float()
    placer.remove_unused()


_ROUNDED_UNASKED = ("Conv", "ConvTranspose", "Gemm")
"""What ONNX Runtime's ``WeightBiasQuantization`` looks at."""


class _Placer:
    def __init__(self, model: ir.Model) -> None:
        self._model = model
        self._edit = Editor(model)
        self._owners = {graph: node for node in model.graph.all_nodes() for graph in bodies(node).values()}
        # By the graph in which the dequantized value stands.
        self._pairs: dict[tuple[ir.Value, np.dtype[Any], ir.Graph], ir.Value] = {}
        self._readers: dict[ir.Value, list[str]] = {}
        self._replaced: list[ir.Value] = []

    def quantize_inputs(self, placement: Placement) -> None:
        node = placement.node
        for position, params in placement.inputs.items():
            value = node.inputs[position]
            assert value is not None and value.name is not None
            graph = graph_of(node)
            dequantized = self._pairs.get((value, params.dtype, graph))
            if dequantized is None:
                name = f"{placement.id}/{_slot(node, position)}"
                outer = self._from_around(value, params, name, placement)
                pair = (outer,) if outer is not None else self._pair(value, params, name, (placement.id,), graph)
                graph.insert_before(node, pair)
                dequantized = pair[-1].outputs[0]
                self._pairs[(value, params.dtype, graph)] = dequantized
                self._pairs[(dequantized, params.dtype, graph)] = dequantized
                self._readers[dequantized] = [placement.id]
            elif placement.id not in self._readers.get(dequantized, [placement.id]):
                # One pair for all the quantized layers that read a float value: it serves all of them.
                self._readers[dequantized].append(placement.id)
                for serving in (dequantized.producer(), self._quantizer(dequantized)):
                    if serving is not None and serving.graph is graph:
                        set_origins(serving, self._readers[dequantized])
            node.replace_input_with(position, dequantized)

    def _graphs_around(self, node: ir.Node) -> list[ir.Graph]:
        """From the inside out, without the node's own."""
        found: list[ir.Graph] = []
        around = self._owners.get(graph_of(node))
        while around is not None:
            found.append(graph_of(around))
            around = self._owners.get(found[-1])
        return found

    def _from_around(self, value: ir.Value, params: QuantParams, name: str, placement: Placement) -> ir.Node | None:
        """A DequantizeLinear of the codes that a graph around this one has of the value; None where there are none."""
        for (known, dtype, graph), dequantized in self._pairs.items():
            dequantizer = dequantized.producer()
            if known is not value or dtype != params.dtype or dequantizer is None:
                continue
            if graph in self._graphs_around(placement.node):
                inputs = list(dequantizer.inputs)
                return self._node(
                    "DequantizeLinear", inputs, name, (placement.id,), ir.DataType.FLOAT, dequantized.shape
                )
        return None

    def quantize_constants(self, placement: Placement) -> None:
        node = placement.node
        for position, shared in placement.constants.items():
            self._replaced.append(shared.value)
            graph = graph_of(node)
            if graph not in shared.dequantized:
                name = f"{placement.id}/{_slot(node, position)}"
                if not shared.stored:
                    codes = quantize(shared.array, shared.params) if shared.codes is None else shared.codes
                    shared.stored = self._initializers(codes, shared.params, name, owner(shared.value))
                shared.dequantized[graph] = self._dequantized(shared.stored, shared.params.axis, name, placement)
                self._readers[shared.dequantized[graph]] = [placement.id]
            else:
                readers = self._readers[shared.dequantized[graph]]
                if placement.id not in readers:
                    readers.append(placement.id)
                producer = shared.dequantized[graph].producer()
                assert producer is not None
                set_origins(producer, readers)
            node.replace_input_with(position, shared.dequantized[graph])
        if placement.bias is not None:
            position, bias = placement.bias
            if position >= len(node.inputs):
                node.resize_inputs(position + 1)
            old = node.inputs[position]
            if old is not None:
                self._replaced.append(old)
            (weight,) = placement.constants.values()
            params = bias_params(placement.inputs[0].scale, weight.params.scale)
            name = f"{placement.id}/{_slot(node, position)}"
            stored = self._initializers(quantize(bias, params), params, name, graph_of(node))
            node.replace_input_with(position, self._dequantized(stored, params.axis, name, placement))
        if placement.attributes:
            for key, number in placement.attributes.items():
                node.attributes[key] = ir.AttrFloat32(key, number)

    def quantize_outputs(self, placement: Placement) -> None:
        for value, params in placement.outputs:
            producer = value.producer()
            assert producer is not None
            slot = "output" if len(placement.outputs) == 1 else f"output_{value.index()}"
            graph = graph_of(producer)
            pair = self._pair(value, params, f"{placement.id}/{slot}", (placement.id,), graph)
            quantizer, dequantizer = pair
            dequantized = dequantizer.outputs[0]
            self._take_readers(value, dequantized)
            quantizer.replace_input_with(0, value)
            graph.insert_after(producer, pair)
            self._pairs[(dequantized, params.dtype, graph)] = dequantized

    def run_on_codes(self, placement: Placement) -> None:
        """Let a Pad move integers: codes in, the code of zero as filler, a DequantizeLinear behind it."""
        node = placement.node
        ((value, params),) = placement.outputs
        read = node.inputs[0]
        assert read is not None
        dequantizer = read.producer()
        assert dequantizer is not None and dequantizer.op_type == "DequantizeLinear"
        codes, scale, zero_point = dequantizer.inputs
        assert scale is not None and zero_point is not None
        node.replace_input_with(0, codes)
        graph = graph_of(node)
        if not read.uses() and not read.is_graph_output():
            graph_of(dequantizer).remove(dequantizer, safe=True)
        node.resize_inputs(max(len(node.inputs), 3))
        node.replace_input_with(2, zero_point)
        name = f"{placement.id}/output"
        after = self._node(
            "DequantizeLinear", [value, scale, zero_point], name, (placement.id,), ir.DataType.FLOAT, value.shape
        )
        self._take_readers(value, after.outputs[0])
        value.type = ir.TensorType(ir.DataType.from_numpy(params.dtype))
        after.replace_input_with(0, value)
        graph.insert_after(node, after)
        self._pairs[(after.outputs[0], params.dtype, graph)] = after.outputs[0]

    def _take_readers(self, value: ir.Value, dequantized: ir.Value) -> None:
        """Whoever read the value reads the dequantized one; who calls the model finds that under the value's name."""
        if value.is_graph_output():
            name, value.name = value.name, self._edit.unique(f"{value.name}/float")
            dequantized.name = name
        value.replace_all_uses_with(dequantized, replace_graph_outputs=True)

    def keep_float(self) -> None:
        """Let float layers stay float in ONNX Runtime too."""
        for node in list(self._model.graph.all_nodes()):
            read = node.inputs[0] if node.op_type in _ROUNDED_UNASKED and node.inputs else None
            dequantizer = read.producer() if read is not None else None
            weight = node.inputs[1].producer() if len(node.inputs) > 1 and node.inputs[1] is not None else None
            if read is None or dequantizer is None or dequantizer.op_type != "DequantizeLinear":
                continue
            if weight is not None and weight.op_type == "DequantizeLinear":
                continue
            codes, scale, zero_point = dequantizer.inputs
            size = read.shape[1] if read.shape is not None and len(read.shape) > 1 else None
            if scale is None or scale.shape is None or len(scale.shape) or not isinstance(size, int) or size < 2:
                continue
            name, graph = f"{node.name}/input", graph_of(node)
            inputs = [codes] + [
                self._edit.initializer(f"{name}/{what}", np.repeat(value.const_value.numpy(), size), graph)
                for what, value in (("scale", scale), ("zero_point", zero_point))
                if value is not None and value.const_value is not None
            ]
            asked_by = origins(dequantizer)
            own = self._node("DequantizeLinear", inputs, name, asked_by, ir.DataType.FLOAT, read.shape, axis=1)
            graph.insert_before(node, own)
            node.replace_input_with(0, own.outputs[0])
            if not read.uses() and not read.is_graph_output():
                graph_of(dequantizer).remove(dequantizer, safe=True)

    def remove_unused(self) -> None:
        """Take out the float initializers and Constant nodes that nobody reads any more."""
        for value in dict.fromkeys(self._replaced):
            if value.uses() or value.is_graph_output():
                continue
            producer = value.producer()
            graph = owner(value)
            if producer is not None:
                graph.remove(producer, safe=True)
            else:
                graph.initializers.pop(value.name or "", None)

    def _pair(
        self, value: ir.Value, params: QuantParams, name: str, origins: Sequence[str], graph: ir.Graph
    ) -> tuple[ir.Node, ir.Node]:
        scale = self._edit.initializer(f"{name}/scale", params.scale, graph)
        zero_point = self._edit.initializer(f"{name}/zero_point", params.zero_point, graph)
        code = ir.DataType.from_numpy(params.dtype)
        quantizer = self._node("QuantizeLinear", [value, scale, zero_point], name, origins, code, value.shape)
        dequantizer = self._node(
            "DequantizeLinear",
            [quantizer.outputs[0], scale, zero_point],
            name,
            origins,
            ir.DataType.FLOAT,
            value.shape,
        )
        return quantizer, dequantizer

    def _initializers(self, codes: Array, params: QuantParams, name: str, graph: ir.Graph) -> tuple[ir.Value, ...]:
        return (
            self._edit.initializer(f"{name}/quantized", codes, graph),
            self._edit.initializer(f"{name}/scale", params.scale, graph),
            self._edit.initializer(f"{name}/zero_point", params.zero_point, graph),
        )

    def _dequantized(self, stored: tuple[ir.Value, ...], axis: int | None, name: str, placement: Placement) -> ir.Value:
        """Integer initializers behind a DequantizeLinear in front of the layer."""
        shape = stored[0].shape
        node = self._node("DequantizeLinear", stored, name, (placement.id,), ir.DataType.FLOAT, shape, axis)
        graph_of(placement.node).insert_before(placement.node, node)
        return node.outputs[0]

    def _node(
        self,
        op: str,
        inputs: Sequence[ir.Value | None],
        name: str,
        origins: Sequence[str],
        dtype: ir.DataType,
        shape: ir.Shape | None,
        axis: int | None = None,
    ) -> ir.Node:
        attributes = [] if axis is None else [ir.AttrInt64("axis", axis)]
        return self._edit.node(op, inputs, f"{name}/{op}", origins, attributes=attributes, dtypes=(dtype,), shape=shape)

    @staticmethod
    def _quantizer(dequantized: ir.Value) -> ir.Node | None:
        dequantizer = dequantized.producer()
        codes = dequantizer.inputs[0] if dequantizer is not None else None
        return codes.producer() if codes is not None else None


def graph_of(node: ir.Node) -> ir.Graph:
    assert isinstance(node.graph, ir.Graph)
    return node.graph


def _slot(node: ir.Node, position: int) -> str:
    """What an input is called in the names of the nodes made for it."""
    if node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul"):
        return ("input", "weight", "bias")[position]
    return "input" if len(node.inputs) == 1 or position == 0 else f"input_{position}"
