"""What is quantized already is recognised in every form in which files have it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest
from onnx import numpy_helper, parser

from engine.formats import open_source
from engine.graph.layers import index_layers
from engine.progress import Progress
from engine.quantization.codes import Quantized
from engine.quantization.recognise import quantized_as
from engine.schemes import schemes

FindPath = Callable[[str], Path]
HEAD = '<ir_version: 10, opset_import: ["" : 21, "com.microsoft" : 1]>'
INT8, UINT8, FLOAT = np.int8, np.uint8, np.float32


def build(text: str, **constants: np.ndarray) -> ir.Model:
    proto = parser.parse_model(HEAD + text)
    for name, array in constants.items():
        proto.graph.initializer.append(numpy_helper.from_array(array, name))
    return ir.from_proto(proto)


def only(model: ir.Model, op: str) -> Quantized | None:
    (node,) = (node for node in model.graph if node.op_type == op)
    return quantized_as(node)


SCALES = {"s": np.full(4, 0.5, FLOAT), "z": np.zeros(4, INT8), "t": np.array(0.25, FLOAT), "u": np.array(3, UINT8)}


def test_weights_and_activations_behind_dequantize_linear() -> None:
    text = """
    net (float[1,8] x) => (float[1,4] y) {
        a = QuantizeLinear(x, t, u) b = DequantizeLinear(a, t, u)
        w = DequantizeLinear<axis = 1>(q, s, z)
        c = MatMul(b, w)
        d = Relu(c)
        e = QuantizeLinear(d, t, u) y = DequantizeLinear(e, t, u)
    }"""
    model = build(text, q=np.ones((8, 4), INT8), **SCALES)
    found = only(model, "MatMul")
    assert found is not None and found.label == "int8_static"
    by_operand = {codes.operand: codes for codes in found.codes}
    assert by_operand["weight"].dtype == "int8" and by_operand["weight"].axis == 1
    np.testing.assert_array_equal(by_operand["weight"].scale, SCALES["s"])
    assert by_operand["activation"].dtype == "uint8" and by_operand["output"].dtype == "uint8"
    relu = only(model, "Relu")
    assert relu is not None and relu.label == "int8_static", "its rounding is the layer's"


def test_a_float_layer_that_reads_a_dequantized_activation_is_not_quantized() -> None:
    text = """
    net (float[1,8] x) => (float[1,4] y) {
        a = QuantizeLinear(x, t, u) b = DequantizeLinear(a, t, u)
        c = MatMul(b, w)
        y = Softmax(c)
    }"""
    model = build(text, w=np.ones((8, 4), FLOAT), **SCALES)
    assert only(model, "MatMul") is None and only(model, "Softmax") is None


@pytest.mark.parametrize(
    ("body", "op", "label", "dtype"),
    [
        ("w = DequantizeLinear<axis = 1>(q, s, z) y = MatMul(x, w)", "MatMul", "int8_weights", "int8"),
        ("c = Cast<to = 1>(q) w = Mul(c, s) y = MatMul(x, w)", "MatMul", "int8_weights", "int8"),
        ("y = com.microsoft.DynamicQuantizeMatMul(x, q, s)", "DynamicQuantizeMatMul", "int8_dynamic", "int8"),
        (
            "a, b, c = DynamicQuantizeLinear(x) d = MatMulInteger(a, q, c) e = Cast<to = 1>(d) f = Mul(b, s) "
            "y = Mul(e, f)",
            "MatMulInteger",
            "int8_dynamic",
            "int8",
        ),
        (
            "a = QuantizeLinear(x, t, u) b = QLinearMatMul(a, t, u, q, s, z, t, u) y = DequantizeLinear(b, t, u)",
            "QLinearMatMul",
            "int8_static",
            "int8",
        ),
        (
            "y = com.microsoft.MatMulNBits<K = 8, N = 4, bits = 4, block_size = 16>(x, p, s)",
            "MatMulNBits",
            "int4_weights",
            "uint4",
        ),
    ],
)
def test_every_form_is_recognised_with_its_scales(body: str, op: str, label: str, dtype: str) -> None:
    constants = {"q": np.ones((8, 4), INT8), "p": np.zeros((4, 1, 8), UINT8), **SCALES}
    used = {name: array for name, array in constants.items() if f"{name}," in body or f"{name})" in body}
    model = build("net (float[1,8] x) => (float[1,4] y) { " + body + " }", **used)
    found = only(model, op)
    assert found is not None and found.label == label
    weight = next(codes for codes in found.codes if codes.operand == "weight")
    assert weight.dtype == dtype
    np.testing.assert_array_equal(np.ravel(weight.scale), SCALES["s"])
    node = next(node for node in model.graph if node.op_type == op)
    for scheme in schemes().values():
        assert scheme.why_not(node) is not None


def test_rows_of_codes_and_half_precision() -> None:
    text = """
    net (int64[3] i) => (float[3,4] y, float16[3,4] z) {
        a = Gather(q, i) b = Cast<to = 1>(a) c = Gather(r, i) y = Mul(b, c)
        z = Gather(h, i)
    }"""
    model = build(text, q=np.ones((5, 4), INT8), r=np.ones((5, 1), FLOAT), h=np.ones((5, 4), np.float16))
    labels = [None if (found := quantized_as(node)) is None else found.label for node in model.graph]
    assert labels == ["int8_weights", None, None, None, "float16"]


@pytest.mark.real_models
def test_a_real_quantized_network(real_model: FindPath) -> None:
    model = open_source(real_model("cifar_resnet20_qdq_int8"), Progress()).model
    index = index_layers(model)
    found = {layer.id: quantized_as(index.node(layer.id)) for layer in index.layers}
    ops = Counter(layer.op for layer in index.layers if found[layer.id] is not None)
    assert (ops["Conv"], ops["Add"], ops["Gemm"]) == (19, 9, 1)
    conv = next(quantized for layer in index.layers if layer.op == "Conv" and (quantized := found[layer.id]))
    assert [codes.operand for codes in conv.codes] == ["activation", "weight", "bias", "output"]
    assert all(codes.scale is not None and codes.scale.size for codes in conv.codes)


@pytest.mark.real_models
def test_a_float_network_is_not_quantized(real_model: FindPath) -> None:
    model = open_source(real_model("magika_v3_3"), Progress()).model
    assert all(quantized_as(node) is None for node in model.graph)
