"""Kernels without zero points, judged by the graph that OpenVINO executes; and the user's choice of symmetric codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import onnx_ir as ir
import pytest

from engine.backends import backend_of
from engine.quantization.symmetry import symmetric_values
from engine.schemes.int8_static import Options

from .conftest import FACTS, Quantize, Quantized, serialize

OPENVINO = replace(backend_of("openvino:cpu").facts("openvino:cpu"), activation_dtype=np.dtype(np.uint8))
ZOOMED = """g (float[1,16,8,8] x) => (float[1,8,16,16] y) {
    [a] c = Conv<kernel_shape=[1,1]>(x, w)  REST
    [t] d = ConvTranspose<strides=[2,2]>(e, v, b)  [z] y = Conv<kernel_shape=[1,1]>(d, u)
}"""
ZOOMED_WEIGHTS = {"w": (16, 16, 1, 1), "v": (16, 8, 2, 2), "b": (8,), "u": (8, 8, 1, 1)}
ATTENTION = """g (float[2,32,64] x) => (float[2,32,32] y) {
    [q] a = MatMul(x, w)  [k] b = MatMul(x, v)  [turn] t = Transpose<perm=[0,2,1]>(b)  [p] c = MatMul(a, t)
    [after] y = MatMul(c, u)
}"""
ATTENTION_WEIGHTS = {"w": (64, 64), "v": (64, 64), "u": (32, 32)}


def precisions(result: Quantized) -> dict[str, set[str]]:
    """By kernel, the element types that OpenVINO runs it in."""
    openvino = pytest.importorskip("openvino")
    core = openvino.Core()
    compiled = core.compile_model(
        core.read_model(serialize(result.model)), "CPU", {"INFERENCE_PRECISION_HINT": openvino.Type.f32}
    )
    found: dict[str, set[str]] = {}
    for node in compiled.get_runtime_model().get_ordered_ops():
        info = node.get_rt_info()
        kind, precision = (str(getattr(info[key], "value", info[key])) for key in ("layerType", "runtimePrecision"))
        found.setdefault(kind, set()).add(precision)
    return found


def dtypes(result: Quantized) -> set[str]:
    return {node.outputs[0].dtype.name for node in result.nodes("QuantizeLinear")}


@pytest.mark.parametrize(("rest", "kernel"), [("[r] e = Relu(c)", "u8"), ("[r] e = Identity(c)", "i8")])
def test_a_transposed_convolution_gets_no_zero_point(rest: str, kernel: str, quantize: Quantize) -> None:
    text = ZOOMED.replace("REST", rest)
    result = quantize(text, ZOOMED_WEIGHTS, "a", "t", "z", facts=OPENVINO)
    assert set(result.report.treated) == {"a", "t", "z"}
    assert precisions(result)["Deconvolution"] == {kernel}
    assert result.sqnr_db() > 30


def test_with_a_zero_point_it_would_run_in_float(quantize: Quantize) -> None:
    text = ZOOMED.replace("REST", "[r] e = Identity(c)")
    unaware = replace(OPENVINO, symmetric_ops=frozenset())
    assert precisions(quantize(text, ZOOMED_WEIGHTS, "a", "t", "z", facts=unaware))["Deconvolution"] == {"f32"}


def test_a_product_of_two_activations_gets_signed_codes(quantize: Quantize) -> None:
    result = quantize(ATTENTION, ATTENTION_WEIGHTS, facts=OPENVINO)
    assert precisions(result)["MatMul"] == {"i8"}
    assert len(result.nodes("QuantizeLinear")) == 5, "the wish passes the Transpose: its value is rounded once"
    assert result.sqnr_db() > 30


def test_wishes_stop_at_layers_that_stay_float(model_of: Callable[..., ir.Model]) -> None:
    model = model_of(ATTENTION, ATTENTION_WEIGHTS)
    nodes = {node.name: node for node in model.graph}
    wishes = symmetric_values([nodes["p"]], set(), frozenset(("MatMul",)))
    assert {value.name: wish for value, wish in wishes.items()} == {"a": "no zero point", "t": "int8", "b": "int8"}
    stopped = symmetric_values([nodes["p"]], {nodes["turn"]}, frozenset(("MatMul",)))
    assert {value.name for value in stopped} == {"a", "t"}


def test_the_runtime_of_the_processor_takes_zero_points(quantize: Quantize) -> None:
    assert dtypes(quantize(ATTENTION, ATTENTION_WEIGHTS)) == {"UINT8"}


@pytest.mark.parametrize(("dtype", "middle"), [("uint8", 128), ("int8", 0), ("uint16", 32768), ("int16", 0)])
def test_symmetric_codes_are_a_choice(dtype: str, middle: int, quantize: Quantize) -> None:
    text = "g (float[1,16,8,8] x) => (float[1,16,8,8] y) { [a] y = Conv(x, w) }"
    options = Options(activations=dtype, symmetric="yes")  # type: ignore[arg-type]
    result = quantize(text, {"w": (16, 16, 1, 1)}, options=options)
    zero_points = {int(node.inputs[2].const_value.numpy()) for node in result.nodes("QuantizeLinear")}
    assert zero_points == {middle}
    assert result.sqnr_db() > 30


def test_a_target_without_zero_points_gets_none(quantize: Quantize) -> None:
    text = "g (float[1,16,8,8] x) => (float[1,16,8,8] y) { [a] c = Conv(x, w) [r] y = Relu(c) }"
    facts = replace(FACTS, activation_dtype=np.dtype(np.int8), symmetric=True)
    result = quantize(text, {"w": (16, 16, 1, 1)}, "a", facts=facts)
    assert {int(node.inputs[2].const_value.numpy()) for node in result.nodes("QuantizeLinear")} == {0}
    (relu,) = result.nodes("Relu")
    assert relu.outputs[0].uses()[0].node.op_type == "QuantizeLinear", "rounded once, behind the Relu"


def test_sixteen_bits_lose_little_and_say_where_they_run(quantize: Quantize) -> None:
    text = "g (float[1,16,8,8] x) => (float[1,16,8,8] y) { [a] c = Conv(x, w, b) [r] d = Relu(c) [s] y = Tanh(d) }"
    codes = np.random.default_rng(3).integers(-127, 128, (16, 16, 1, 1))
    codes[:, 0] = 127  # weights without a rounding error of their own
    weights = {"w": (codes * 2.0**-11).astype(np.float32), "b": (16,)}
    result = quantize(text, weights, "a", options=Options(activations="uint16"))
    assert result.model.opset_imports[""] == 21
    assert result.sqnr_db() > 55
    assert "computes in float" in result.report.treated["a"]["quantization"]


def test_openvino_multiplies_in_float_unless_it_is_asked(quantize: Quantize) -> None:
    text = """g (float[1,16,8,8] x) => (float[1,16,8,8] y) {
        [a] c = Conv(x, w) [g] d = Conv(x, v) [m] e = Mul(c, d) [b] y = Conv(e, w)
    }"""
    weights = {"w": (16, 16, 1, 1), "v": (16, 16, 1, 1)}
    unasked = quantize(text, weights, "a", "g", "b", facts=OPENVINO)
    (mul,) = unasked.nodes("Mul")
    assert [use.node.op_type for use in mul.outputs[0].uses()] == ["QuantizeLinear"], (
        "only what the Conv reads is rounded"
    )
    assert "m" in quantize(text, weights, "m", facts=OPENVINO).report.treated
