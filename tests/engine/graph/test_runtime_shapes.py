from __future__ import annotations

import numpy as np
import pytest

from engine.graph.layers import index_layers
from engine.graph.shapes import bind


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


@pytest.mark.parametrize(
    ("text", "weights"),
    [
        ("(float[2,5,8] x) => (float[A,B,C] y) { a = com.microsoft.QuickGelu(x) y = Relu(a) }", {}),
        ("(float[2,5,8] x) => (float[A,B,C] y) { a = com.microsoft.FusedMatMul<transB=1>(x, w) y = Relu(a) }",
         {"w": ones(6, 8)}),
        ("(float[2,5,8] x) => (float[A,B,C] y) { a = com.microsoft.SkipLayerNormalization(x, x, w) y = Relu(a) }",
         {"w": ones(8)}),
        ("(float[1,3,9,9] x) => (float[A,B,C,D] y) { "
         'a = com.microsoft.FusedConv<activation="Relu", strides=[2,2], pads=[1,1,1,1]>(x, w) y = Neg(a) }',
         {"w": ones(4, 3, 3, 3)}),
        ("(float[2,5,12] x) => (float[A,B,C] y) { a = com.microsoft.Attention<num_heads=2>(x, w, b) y = Relu(a) }",
         {"w": ones(12, 24), "b": ones(24)}),
        ("(float[2,5,8] x) => (float[A,B,C] y) { "
         "a = com.microsoft.MultiHeadAttention<num_heads=2>(x, x, x) y = Relu(a) }",
         {}),
    ],
)  # fmt: skip
def test_the_shapes_are_those_that_the_runtime_gives(
    parse, run_model, text: str, weights: dict[str, np.ndarray]
) -> None:
    model = parse("g " + text, opset=17, domains=', "com.microsoft" : 1', **weights)
    bound = bind(model, {}, strict=True)
    (value,) = bound.graph.inputs
    assert value.shape is not None
    feeds = {value.name or "": np.ones(value.shape.numpy(), np.float32)}
    (result,) = run_model(model, feeds)
    found = bound.graph[-1].outputs[0].shape
    assert found is not None
    assert tuple(found) == result.shape


def test_a_packed_weight_counts_its_multiplications(parse) -> None:
    call = "com.microsoft.MatMulNBits<K=64, N=32, bits=4, block_size=32>(x, w, s)"
    model = parse(
        f"g (float[2,64] x) => (float[A,B] y) {{ y = {call} }}",
        opset=17,
        domains=', "com.microsoft" : 1',
        w=np.ones((32, 2, 16), np.uint8),
        s=ones(64),
    )
    index = index_layers(bind(model, {}, strict=True))
    assert (index.macs, index.parameters, index.parameter_bytes) == (2 * 64 * 32, 64 * 32, 64 * 32 // 2)


def test_what_cannot_be_told_stays_open(parse) -> None:
    model = parse(
        "g (float[2,H] x) => (float[A,B] y) { y = com.microsoft.FusedMatMul(x, x) }", domains=', "com.microsoft" : 1'
    )
    assert index_layers(bind(model, {}, strict=False)).macs is None
