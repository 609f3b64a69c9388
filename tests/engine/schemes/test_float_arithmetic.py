"""int8_dynamic, int8_weights, int4_weights and the half types: each form computes what it says, and is fused."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest

from engine.backend import TargetFacts
from engine.backends import backend_of
from engine.formats import open_source
from engine.graph.clean import clean
from engine.graph.layers import index_layers
from engine.options import with_values
from engine.progress import Progress
from engine.report import Report
from engine.scheme import Calibration
from engine.schemes import schemes

FindPath = Callable[[str], Path]
Build = Callable[..., ir.Model]
Fused = Callable[[ir.Model], Counter[str]]
FACTS = backend_of("cpu").facts("cpu")
WITHOUT_MICROSOFT = replace(FACTS, microsoft_ops=frozenset())
RNG = np.random.default_rng(0)

PRODUCT = "net (float[4,64] x) => (float[4,96] y) { [layer] y = MatMul(x, w) }"
TURNED = "net (float[4,64] x) => (float[4,96] y) { [layer] y = Gemm<transB = 1, alpha = 0.5, beta = 2.0>(x, w, b) }"
BIAS2 = "net (float[4,64] x) => (float[4,96] y) { [layer] y = Gemm(x, w, b) }"
BATCHED = "net (float[3,4,64] x) => (float[3,4,96] y) { [layer] y = MatMul(x, w) }"
STACKED = "net (float[3,4,64] x) => (float[3,4,96] y) { [layer] y = MatMul(x, w) }"
LEFT = "net (float[64,4] x) => (float[96,4] y) { [layer] y = MatMul(w, x) }"
CONV = "net (float[1,16,9,9] x) => (float[1,8,9,9] y) { [layer] y = Conv<pads = [1, 1, 1, 1]>(x, w, b) }"
LINE = "net (float[1,16,20] x) => (float[1,8,20] y) { [layer] y = Conv<pads = [1, 1], group = 2>(x, w) }"
DEPTHWISE = "net (float[1,16,9,9] x) => (float[1,16,9,9] y) { [layer] y = Conv<pads = [1, 1, 1, 1], group = 16>(x, w) }"
UP = "net (float[1,16,9,9] x) => (float[1,8,18,18] y) { [layer] y = ConvTranspose<strides = [2, 2]>(x, w) }"
LSTM = (
    "net (float[5,2,32] x) => (float[5,2,2,24] y) "
    '{ [layer] y, h, c = LSTM<hidden_size = 24, direction = "bidirectional">(x, w, r, b) }'
)
GRU = "net (float[5,2,32] x) => (float[5,1,2,24] y) { [layer] y = GRU<hidden_size = 24>(x, w, r) }"
ROWS = "net (int64[7] x) => (float[7,64] y) { [layer] y = Gather(w, x) }"
NETS: dict[str, tuple[str, dict[str, tuple[int, ...]]]] = {
    "product": (PRODUCT, {"w": (64, 96)}),
    "turned": (TURNED, {"w": (96, 64), "b": (96,)}),
    "bias2": (BIAS2, {"w": (64, 96), "b": (1, 96)}),
    "batched": (BATCHED, {"w": (64, 96)}),
    "stacked": (STACKED, {"w": (3, 64, 96)}),
    "left": (LEFT, {"w": (96, 64)}),
    "conv": (CONV, {"w": (8, 16, 3, 3), "b": (8,)}),
    "line": (LINE, {"w": (8, 8, 3)}),
    "depthwise": (DEPTHWISE, {"w": (16, 1, 3, 3)}),
    "up": (UP, {"w": (16, 8, 2, 2)}),
    "lstm": (LSTM, {"w": (2, 96, 32), "r": (2, 96, 24), "b": (2, 192)}),
    "gru": (GRU, {"w": (1, 72, 32), "r": (1, 72, 24)}),
    "rows": (ROWS, {"w": (100, 64)}),
}
DYNAMIC = {"product", "turned", "bias2", "batched", "stacked", "conv", "line", "depthwise", "lstm"}


def net(build: Build, name: str) -> ir.Model:
    text, shapes = NETS[name]
    arrays = {key: (RNG.normal(size=shape) * 0.2).astype(np.float32) for key, shape in shapes.items()}
    return build(text, **arrays)


def quantized(key: str, model: ir.Model, facts: TargetFacts = FACTS, **options: object) -> tuple[ir.Model, Report]:
    scheme, report = schemes()[key], Report()
    chosen = with_values(scheme.defaults(facts), options, key)  # type: ignore[arg-type]
    result = scheme.quantize(model, {"layer": chosen}, frozenset(), Calibration(), facts, report)
    onnx.checker.check_model(ir.to_proto(result), full_check=True)
    return result, report


def run(model: ir.Model) -> np.ndarray:
    session = ort.InferenceSession(ir.to_proto(model).SerializeToString(), providers=["CPUExecutionProvider"])
    shape, rng = model.graph.inputs[0].shape.numpy(), np.random.default_rng(1)
    integers = model.graph.inputs[0].dtype == ir.DataType.INT64
    x = rng.integers(0, 100, size=shape) if integers else rng.normal(size=shape).astype(np.float32)
    found: np.ndarray = session.run(["y"], {"x": x})[0]
    return found


def sqnr_db(before: ir.Model, after: ir.Model) -> float:
    reference, found = run(before), run(after)
    return float(10 * np.log10((reference**2).sum() / ((reference - found) ** 2).sum()))


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(
    ("key", "options", "facts", "least"),
    [
        ("int8_weights", {}, FACTS, 35),
        ("int8_weights", {"form": "DequantizeLinear"}, FACTS, 35),
        ("int8_weights", {"form": "MatMulNBits"}, FACTS, 35),
        ("int8_weights", {"form": "unpack", "per_channel": "no"}, FACTS, 30),
        ("int4_weights", {}, FACTS, 15),
        ("int4_weights", {"block": "16", "symmetric": "no", "accuracy_level": "1"}, FACTS, 17),
        ("int4_weights", {"form": "DequantizeLinear"}, WITHOUT_MICROSOFT, 15),
        ("float16", {}, FACTS, 60),
    ],
)
def test_every_layer_keeps_what_the_bits_allow(
    name: str, key: str, options: dict[str, str], facts: TargetFacts, least: float, build: Build
) -> None:
    model = net(build, name)
    result, report = quantized(key, model, facts, **options)
    assert "layer" in report.treated
    assert least < sqnr_db(model, result) < 120


@pytest.mark.parametrize("name", NETS)
@pytest.mark.parametrize(
    "options", [{}, {"per_channel": "no"}, {"ops": "onnx"}, {"ops": "onnx", "activations": "int8"}], ids=str
)
def test_dynamic_layers_keep_what_8_bits_allow(name: str, options: dict[str, str], build: Build) -> None:
    model = net(build, name)
    result, report = quantized("int8_dynamic", model, **options)
    assert ("layer" in report.treated) == (name in DYNAMIC), report.skipped
    if name in DYNAMIC:
        assert 28 < sqnr_db(model, result) < 60
    else:
        assert report.skipped["layer"]


@pytest.mark.parametrize(
    ("key", "name", "options", "kernels"),
    [
        ("int8_dynamic", "product", {}, {"DynamicQuantizeMatMul": 1}),
        ("int8_dynamic", "product", {"ops": "onnx"}, {"DynamicQuantizeMatMul": 1}),
        ("int8_dynamic", "turned", {"ops": "onnx"}, {"DynamicQuantizeMatMul": 1}),
        ("int8_dynamic", "lstm", {}, {"DynamicQuantizeLSTM": 1}),
        ("int8_weights", "product", {}, {"MatMul": 1, "Cast": 0}),
        ("int8_weights", "product", {"form": "MatMulNBits"}, {"MatMulNBits": 1}),
        ("int8_weights", "turned", {"form": "MatMulNBits"}, {"MatMulNBits": 1}),
        ("int8_weights", "product", {"form": "DequantizeLinear"}, {"MatMulNBits": 1, "DequantizeLinear": 0}),
        ("int8_weights", "conv", {}, {"Conv": 1, "DequantizeLinear": 0, "Cast": 0, "Mul": 0}),
        ("int8_weights", "conv", {"form": "DequantizeLinear"}, {"Conv": 1, "DequantizeLinear": 1}),
        ("int8_weights", "gru", {}, {"GRU": 1, "DequantizeLinear": 0, "Cast": 0}),
        ("int4_weights", "product", {"form": "DequantizeLinear"}, {"MatMulNBits": 1, "DequantizeLinear": 0}),
        ("int4_weights", "conv", {}, {"Conv": 1, "DequantizeLinear": 0, "Cast": 0}),
        ("int4_weights", "rows", {}, {"GatherBlockQuantized": 1}),
    ],
)
def test_what_onnx_runtime_makes_of_it(
    key: str, name: str, options: dict[str, str], kernels: dict[str, int], build: Build, fused: Fused
) -> None:
    result, _ = quantized(key, net(build, name), **options)
    ops = fused(result)
    assert {op: ops[op] for op in kernels} == kernels


def test_the_convolution_with_the_channel_axis_swapped_would_be_noticed(build: Build) -> None:
    model = net(build, "conv")
    result, _ = quantized("int8_weights", model, form="DequantizeLinear")
    (node,) = (node for node in result.graph if node.op_type == "DequantizeLinear")
    scale = node.inputs[1]
    assert scale is not None and scale.const_value is not None
    scale.const_value = ir.Tensor(scale.const_value.numpy()[::-1].copy(), name=scale.name)
    assert sqnr_db(model, result) < 20


def test_weights_that_are_not_finite_are_refused(build: Build) -> None:
    weight = np.ones((64, 96), np.float32)
    weight[0, 0] = np.inf
    model = build(PRODUCT, w=weight)
    for key in ("int8_dynamic", "int8_weights", "int4_weights"):
        _, report = quantized(key, model)
        assert "not finite" in report.skipped["layer"]


def test_bfloat16_only_where_the_target_has_it(build: Build) -> None:
    model = net(build, "conv")
    result, report = quantized("bfloat16", model)
    assert "layer" in report.skipped and result is model
    able = replace(FACTS, half_types=frozenset(("bfloat16",)))
    result, report = quantized("bfloat16", model, able)
    assert "layer" in report.treated and result.opset_imports[""] == 22
    conv = next(node for node in result.graph if node.op_type == "Conv")
    assert {value.dtype for value in (*conv.inputs, *conv.outputs) if value is not None} == {ir.DataType.BFLOAT16}


@pytest.mark.real_models
@pytest.mark.parametrize("key", ["int8_dynamic", "int8_weights", "int4_weights", "float16"])
@pytest.mark.parametrize("name", ["gtcrn_simple", "silero_vad", "dtln_2", "magika_v3_3"])
def test_real_networks_with_bodies_and_recurrent_layers(name: str, key: str, real_model: FindPath) -> None:
    model = clean(open_source(real_model(name), Progress()).model).model
    scheme, report, index = schemes()[key], Report(), index_layers(model)
    able = [layer.id for layer in index.layers if scheme.why_not(index.node(layer.id)) is None]
    planned = dict.fromkeys(able, scheme.defaults(FACTS))
    result = scheme.quantize(model, planned, frozenset(), Calibration(), FACTS, report)
    assert report.treated and len(report.treated) >= 0.9 * len(able)
    ort.InferenceSession(ir.to_proto(result).SerializeToString(), providers=["CPUExecutionProvider"])
    after = index_layers(result)
    assert after.parameters == index.parameters
    assert after.parameter_bytes <= 0.6 * index.parameter_bytes
