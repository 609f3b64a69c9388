"""Real models made slow in one way each, and the same models without it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import onnx_ir as ir

from engine.apply import apply
from engine.backend import Host, RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.formats import open_source
from engine.graph.clean import clean
from engine.profiling.processor import physical_cores
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import FLOAT, Recipe, Rule
from tests.conftest import FindPath

MOBILENET, ULTRAFACE = "mobilenet_v2_1.0_224_fp32", "ultraface_rfb_320"
CIFAR = "cifar_resnet20/cifar_resnet20_ts_op13.onnx"
Change = Callable[[ir.Model, Runtime], ir.Model]


@dataclass(frozen=True)
class Scene:
    """A real model, what is done to it, and how it runs."""

    source: str
    change: Change = lambda model, runtime: model
    settings: Mapping[str, object] = field(default_factory=dict)

    def build(self, find: FindPath, host: Host) -> tuple[ir.Model, Runtime]:
        settings = RunSettings(**{"runs": 20, "warmup": 2, **self.settings})  # type: ignore[arg-type]
        runtime = Runtime(backend_of(settings.device), settings, host)
        source = open_source(find(self.source), Progress()).model
        return self.change(source, runtime), runtime


def cleaned(shapes: Mapping[str, tuple[int, ...]] | None = None) -> Change:
    return lambda model, runtime: clean(model, shapes).model


def quantized(selector: str | None = None, *, keep: tuple[str, ...] = (), **options: str | bool) -> Change:
    """``int8_static``, with ranges from one made-up sample."""

    def change(model: ir.Model, runtime: Runtime) -> ir.Model:
        kept = (Rule("quantization", FLOAT, layer) for layer in keep)
        recipe = Recipe(rules=(Rule("quantization", "int8_static", selector, options), *kept))
        facts = runtime.backend.facts(runtime.settings.device)
        samples = synthetic(model, runtime.settings, 1)
        return apply(model, recipe, samples, facts, runtime, Progress(), ranges=RangeCache()).model

    return change


def half(model: ir.Model, runtime: Runtime) -> ir.Model:
    """All of it in float16, inputs and outputs included."""
    model = clean(model).model
    for value in model.graph.initializers.values():
        tensor = value.const_value
        assert tensor is not None
        if tensor.dtype == ir.DataType.FLOAT:
            value.const_value = ir.Tensor(tensor.numpy().astype(np.float16), name=value.name)
            value.dtype = ir.DataType.FLOAT16
    made = [value for node in model.graph for value in node.outputs]
    for value in (*model.graph.inputs, *made):
        if value.dtype == ir.DataType.FLOAT:
            value.dtype = ir.DataType.FLOAT16
    return model


def with_pairs_around(op: str, *, activations: str = "uint8") -> Change:
    """Q/DQ before and behind every node of one op type, and nowhere else."""

    def change(model: ir.Model, runtime: Runtime) -> ir.Model:
        model = clean(model).model
        graph = model.graph
        scale = _initializer(graph, "pair_scale", np.float32(0.05))
        zero_point = _initializer(graph, "pair_zero_point", np.zeros((), activations))
        for node in [node for node in graph if node.op_type == op]:
            value = node.inputs[0]
            assert value is not None
            before = _pair(value, scale, zero_point, f"{node.name}/input")
            graph.insert_before(node, before)
            node.replace_input_with(0, before[1].outputs[0])
            users = list(node.outputs[0].uses())
            behind = _pair(node.outputs[0], scale, zero_point, f"{node.name}/output")
            graph.insert_after(node, behind)
            for user, position in users:
                user.replace_input_with(position, behind[1].outputs[0])
        return model

    return change


def with_computed_shapes(model: ir.Model, runtime: Runtime) -> ir.Model:
    """The first size of every Reshape computed from that of the first input, as exports with a dynamic batch do."""
    model = clean(model).model
    graph = model.graph
    source = graph.inputs[0]
    assert source.shape is not None and source.shape[0] == 1
    source.shape = ir.Shape(["batch", *list(source.shape)[1:]])
    zero = _initializer(graph, "index_0", np.asarray(0, np.int64))
    axis = _initializer(graph, "axis_0", np.asarray([0], np.int64))
    for number, node in enumerate([node for node in graph if node.op_type == "Reshape"]):
        sizes = node.inputs[1].const_value.numpy()  # type: ignore[union-attr]
        first = _initializer(graph, f"size_{number}", np.asarray(sizes[0], np.int64))
        rest = _initializer(graph, f"sizes_{number}", sizes[1:])
        shape = ir.node("Shape", [source])
        batch = ir.node("Gather", [shape.outputs[0], zero], {"axis": 0})
        product = ir.node("Mul", [batch.outputs[0], first])
        vector = ir.node("Unsqueeze", [product.outputs[0], axis])
        computed = ir.node("Concat", [vector.outputs[0], rest], {"axis": 0})
        made = (shape, batch, product, vector, computed)
        for new in made:
            new.name = f"{node.name}/{new.op_type}"
            new.outputs[0].name = f"{new.name}/out"
        graph.insert_before(node, made)
        node.replace_input_with(1, computed.outputs[0])
    return model


def _initializer(graph: ir.Graph, name: str, array: np.ndarray | np.generic) -> ir.Value:
    value = ir.Value(name=name, const_value=ir.Tensor(np.asarray(array), name=name))
    graph.register_initializer(value)
    return value


def _pair(value: ir.Value, scale: ir.Value, zero_point: ir.Value, name: str) -> tuple[ir.Node, ir.Node]:
    quantize = ir.node("QuantizeLinear", [value, scale, zero_point], name=f"{name}/Q")
    quantize.outputs[0].name = f"{name}/q"
    dequantize = ir.node("DequantizeLinear", [quantize.outputs[0], scale, zero_point], name=f"{name}/DQ")
    dequantize.outputs[0].name = f"{name}/dq"
    dequantize.outputs[0].dtype, dequantize.outputs[0].shape = value.dtype, value.shape
    return quantize, dequantize


_DETECTOR = {"shapes": {"image": (1, 3, 160, 160)}}
SCENES = {
    "mobilenet": Scene(MOBILENET),
    "mobilenet uint8": Scene(MOBILENET, quantized()),
    "mobilenet islands": Scene(MOBILENET, quantized(keep=("conv2", "conv3", "conv6", "conv7", "conv10", "conv11"))),
    "mobilenet int8": Scene(MOBILENET, quantized(activations="int8")),
    "mobilenet float16": Scene(MOBILENET, half),
    "cifar": Scene(CIFAR),
    "cifar threads": Scene(CIFAR, settings={"threads": physical_cores() + 2}),
    "cifar basic": Scene(CIFAR, settings={"options": {"optimization": "basic"}}),
    "detector": Scene("ppocr_mobile_v1_1_det", settings=_DETECTOR),
    "detector pairs": Scene("ppocr_mobile_v1_1_det", with_pairs_around("Div"), _DETECTOR),
    "ultraface": Scene(ULTRAFACE),
    "ultraface clean": Scene(ULTRAFACE, cleaned()),
    "gtcrn": Scene("gtcrn_simple"),
    "gtcrn dynamic": Scene("gtcrn_simple", with_computed_shapes),
    "fastestdet": Scene("fastestdet"),
    "fastestdet all uint8": Scene("fastestdet", quantized("op:*")),
    "mnist": Scene("mnist_cntk"),
}
