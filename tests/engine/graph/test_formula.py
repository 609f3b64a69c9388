from __future__ import annotations

import numpy as np

from engine.graph.formula import formulas
from engine.graph.layers import index_layers
from engine.graph.shapes import bind

CONVS = """g (float[N,3,H,W] x) => (float[N,8,a,b] y) {
  [first] a1 = Conv<kernel_shape = [3, 3], pads = [1, 1, 1, 1], strides = [2, 2]>(x, w)
  [second] y = Conv<kernel_shape = [1, 1]>(a1, v) }"""


def convs(parse):
    return parse(CONVS, w=np.ones((4, 3, 3, 3), np.float32), v=np.ones((8, 4, 1, 1), np.float32))


def test_each_layer_and_the_model_have_their_formula(parse) -> None:
    found = formulas(convs(parse), {}, 1)
    assert found is not None
    assert found.sizes == ("H", "W")
    assert dict(found.layers) == {"first": "27·H·W", "second": "8·H·W"}
    assert found.macs == "35·H·W"


def test_it_says_what_is_counted_where_the_sizes_are_bound(parse) -> None:
    model = convs(parse)
    assert index_layers(bind(model, {"x": (1, 3, 96, 160)}, strict=True)).macs == 35 * 96 * 160
    assert formulas(model, {"x": (1, 3, 96, 160)}, 1) is None


def test_the_symbol_of_the_batch_is_bound_in_other_places_too(parse) -> None:
    model = parse(
        "g (float[n,T,8] q, float[4,8,n] k) => (float[a,b,c] y, float[d,e,f] z)"
        " { [first] y = MatMul(q, v) [second] z = Relu(k) }",
        v=np.ones((8, 4), np.float32),
    )
    found = formulas(model, {}, 1)
    assert found is not None
    assert (found.sizes, found.layers["first"]) == (("T",), "32·T")


def test_attention_is_squared_in_the_length(parse) -> None:
    model = parse("g (float[1,T,8] q) => (float[1,T,T] y) { k = Transpose<perm = [0, 2, 1]>(q) [s] y = MatMul(q, k) }")
    found = formulas(model, {}, 1)
    assert found is not None
    assert found.macs == "8·T²"


def test_what_is_no_polynomial_has_no_formula(parse) -> None:
    model = parse(
        "g (float[1,1,T] x) => (float[1,1,b] y) { [c] y = Conv<kernel_shape = [3], strides = [7]>(x, w) }",
        w=np.ones((1, 1, 3), np.float32),
    )
    found = formulas(model, {}, 1)
    assert found is not None
    assert found.macs is None and not found.layers


def test_sizes_without_a_name_are_called_after_input_and_axis(parse) -> None:
    model = parse("g (float[1,?,4] x) => (float[1,?,2] y) { [m] y = MatMul(x, w) }", w=np.ones((4, 2), np.float32))
    found = formulas(model, {}, 1)
    assert found is not None
    assert found.macs == "8·x[1]"
