from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.cost import output_bytes, parameters, work
from engine.graph.shapes import bind


def first(model: ir.Model) -> ir.Node:
    return bind(model, {}, strict=False).graph[0]


def ones(*shape: int) -> np.ndarray:
    return np.ones(shape, np.float32)


@pytest.mark.parametrize(
    ("text", "weights", "macs"),
    [
        ("(float[2,8,10,10] x) => (float[2,16,8,8] y) { y = Conv(x, w) }", {"w": ones(16, 8, 3, 3)}, 2 * 16 * 64 * 72),
        (
            "(float[1,8,10,10] x) => (float[1,8,10,10] y) { y = Conv<group=8, pads=[1,1,1,1]>(x, w) }",
            {"w": ones(8, 1, 3, 3)},
            8 * 100 * 9,
        ),
        (
            "(float[1,8,5,5] x) => (float[1,4,10,10] y) { y = ConvTranspose<strides=[2,2]>(x, w) }",
            {"w": ones(8, 4, 2, 2)},
            8 * 25 * 4 * 4,
        ),
        ("(float[5,7] x) => (float[5,3] y) { y = Gemm<transB=1>(x, w) }", {"w": ones(3, 7)}, 5 * 7 * 3),
        ("(float[7,5] x) => (float[5,3] y) { y = Gemm<transA=1>(x, w) }", {"w": ones(7, 3)}, 5 * 7 * 3),
        ("(float[6,5,7] x) => (float[6,5,3] y) { y = MatMul(x, w) }", {"w": ones(7, 3)}, 6 * 5 * 7 * 3),
        ("(float[7] x) => (float[3] y) { y = MatMul(x, w) }", {"w": ones(7, 3)}, 7 * 3),
        ('(float[2,5,7] x) => (float[2,5,3] y) { y = Einsum<equation="bik,kj->bij">(x, w) }', {"w": ones(7, 3)}, 210),
        ("(float[9,2,3] x) => (float[9,1,2,4] y) { y = LSTM<hidden_size=4>(x, w, r) }",
         {"w": ones(1, 16, 3), "r": ones(1, 16, 4)}, 9 * 2 * 16 * (3 + 4)),
        ("(float[4] x) => (float[4] y) { y = Relu(x) }", {}, 0),
    ],
)  # fmt: skip
def test_macs(parse, text: str, weights: dict[str, np.ndarray], macs: int) -> None:
    assert work(first(parse("g " + text, opset=17, **weights))).macs == macs


def test_macs_of_attention(parse) -> None:
    text = "g (float[2,3,5,8] q, float[2,3,7,8] k, float[2,3,7,6] v) => (float[2,3,5,6] y) { y = Attention(q, k, v) }"
    model = parse(text, opset=23)
    assert work(first(model)).macs == 2 * 3 * 5 * 7 * (8 + 6)


def test_an_op_without_a_row_is_unknown_and_not_zero(parse) -> None:
    model = parse("g (float[4] x) => (float[4] y) { y = my.Thing(x) }", domains=', "my" : 1')
    assert (work(first(model)).macs, work(first(model)).elementwise) == (None, None)


def test_a_dimension_without_a_size_makes_the_cost_unknown(parse) -> None:
    model = parse("g (float[1,8,H,W] x) => (float[1,16,H2,W2] y) { y = Conv(x, w) }", w=ones(16, 8, 3, 3))
    node = first(model)
    assert work(node).macs is None
    assert output_bytes(node) is None


def test_elementwise_work_is_a_figure_of_its_own(parse) -> None:
    conv = first(
        parse("g (float[1,1,4,4] x) => (float[1,2,4,4] y) { y = Conv(x, w, b) }", w=ones(2, 1, 1, 1), b=ones(2))
    )
    relu = first(parse("g (float[3,5] x) => (float[3,5] y) { y = Relu(x) }"))
    assert (work(conv).macs, work(conv).elementwise) == (32, 32)
    assert (work(relu).macs, work(relu).elementwise) == (0, 15)


def test_output_bytes_sum_the_outputs_that_are_used(parse) -> None:
    model = parse("g (float[3,4] x) => (float[3,2] y, int64[3,2] i) { y, i = TopK(x, k) }", k=np.asarray([2]))
    assert output_bytes(first(model)) == 6 * 4 + 6 * 8


@pytest.mark.parametrize(
    ("text", "weights", "count"),
    [
        ("(float[1,4] x) => (float[1,4] y) { y = Add(x, b) }", {"b": ones(4)}, 4),
        ("(float[1,4,2] x) => (float[1,4,2] y) { y = Mul(x, b) }", {"b": ones(1, 4, 1)}, 4),
        ("(float[1,4] x) => (float[1,4] y) { y = Add(x, b) }", {"b": ones(1)}, 0),
        ("(float[1,4,2] x) => (float[1,4,2] y) { y = Add(x, b) }", {"b": ones(1, 4, 2)}, 0),
        ("(int64[4] x) => (int64[4] y) { y = Add(x, b) }", {"b": np.ones(4, np.int64)}, 0),
        ("(float[4] x) => (float[4] y) { y = Clip(x, lo, hi) }", {"lo": ones(), "hi": ones()}, 0),
        ("(int64[3] x) => (float[3,8] y) { y = Gather(t, x) }", {"t": ones(100, 8)}, 800),
        ("(int64[3] x) => (int64[3] y) { y = Gather(t, x) }", {"t": np.ones(100, np.int64)}, 0),
        ("(float[1,4,2,2] x) => (float[1,4,2,2] y) { y = BatchNormalization(x, s, b, m, v) }",
         {"s": ones(4), "b": ones(4), "m": ones(4), "v": ones(4)}, 16),
    ],
)  # fmt: skip
def test_parameters_are_weights_and_biases_but_no_bounds_scalars_or_tables_of_integers(
    parse, text: str, weights: dict[str, np.ndarray], count: int
) -> None:
    assert sum(tensor.size for tensor in parameters(first(parse("g " + text, **weights)))) == count


def test_the_scale_of_a_decomposed_normalisation_counts_whatever_its_rank(parse) -> None:
    model = parse(
        """g (float[1,4,2] c, float[1,1,1] v) => (float[1,4,2] y) {
            d = Sqrt(v) n = Div(c, d) s = Mul(n, gamma) y = Add(s, beta)
        }""",
        gamma=ones(4, 2),
        beta=ones(4, 2),
    )
    counts = [sum(tensor.size for tensor in parameters(node)) for node in model.graph]
    assert counts == [0, 0, 8, 8]


def test_weights_are_found_behind_rearrangement(parse) -> None:
    model = parse(
        "g (float[1,4] x) => (float[1,6] y) { a = Transpose(w1) b = Concat<axis=1>(a, w2) y = MatMul(x, b) }",
        w1=ones(3, 4),
        w2=ones(4, 3),
    )
    assert sum(tensor.size for tensor in parameters(model.graph[2])) == 24
