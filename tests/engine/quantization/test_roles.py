"""Reasons why a layer is not quantized, in plain words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.layers import index_layers
from engine.quantization.roles import Role, activation_after, few_channels, role

ModelOf = Callable[..., ir.Model]
ROW = "float[4,16]"
IMAGE = "float[1,16,8,8]"

REASONS = {
    "constant on the left": (
        "(float[16,8] x) => (float[4,8] y) { [n] y = MatMul(w, x) }",
        {"w": (4, 16)},
        "constant on the left",
    ),
    "a vector as weight": (f"({ROW} x) => (float[4] y) {{ [n] y = MatMul(x, w) }}", {"w": (16,)}, "one dimension"),
    "computed weight": (
        f"({IMAGE} x, float[8,16,1,1] z) => (float[1,8,8,8] y) {{ [n] y = Conv(x, z) }}",
        {},
        "weight is computed",
    ),
    "computed bias": (
        f"({IMAGE} x, float[8] z) => (float[1,8,8,8] y) {{ [n] y = Conv(x, w, z) }}",
        {"w": (8, 16, 1, 1)},
        "bias is computed",
    ),
    "bias for each row": (
        f"({ROW} x) => (float[4,8] y) {{ [n] y = Gemm(x, w, b) }}",
        {"w": (16, 8), "b": (4, 1)},
        "not one value for each output channel",
    ),
    "bias for each row, square": (
        "(float[8,16] x) => (float[8,8] y) { [n] y = Gemm(x, w, b) }",
        {"w": (16, 8), "b": (8, 1)},
        "not one value for each output channel",
    ),
    "integers": ("(int64[4] x) => (int64[4] y) { [n] y = Add(x, x) }", {}, "only float32"),
    "half precision": ("(float16[4,16] x) => (float16[4,16] y) { [n] y = Add(x, x) }", {}, "only float32"),
    "a Gemm of two activations": (
        f"({ROW} x, float[16,8] z) => (float[4,8] y) {{ [n] y = Gemm(x, z) }}",
        {},
        "weight is computed",
    ),
    "Relu": (f"({IMAGE} x) => ({IMAGE} y) {{ [n] y = Relu(x) }}", {}, "part of that layer's rounding"),
    "Tanh": (f"({IMAGE} x) => ({IMAGE} y) {{ [n] y = Tanh(x) }}", {}, "no runtime has an integer kernel"),
    "another domain": (f"({ROW} x) => ({ROW} y) {{ [n] y = com.microsoft.Gelu(x) }}", {}, "domain 'com.microsoft'"),
    "linear Resize": (
        f'({IMAGE} x) => (float[1,16,16,16] y) {{ [n] y = Resize<mode="linear">(x, , s) }}',
        {"s": np.array([1, 1, 2, 2], np.float32)},
        "linear interpolation",
    ),
    "indices": (
        f"({IMAGE} x) => (float[1,16,7,7] y, int64[1,16,7,7] i) {{ [n] y, i = MaxPool<kernel_shape=[2,2]>(x) }}",
        {},
        "indices",
    ),
    "padding with ones": (
        f"({IMAGE} x) => (float[1,18,8,8] y) {{ [n] y = Pad(x, s, c) }}",
        {"s": np.array([0, 1, 0, 0, 0, 1, 0, 0]), "c": np.array(1.0, np.float32)},
        "another value than zero",
    ),
    "a table": ("(int64[3,8] x) => (float[3,8] y) { [n] y = GatherElements(w, x) }", {"w": (16, 8)}, "constant"),
    "constants": (
        f"({ROW} x) => ({ROW} y) {{ [n] a = Add(w, w) y = Mul(a, x) }}",
        {"w": (4, 16)},
        "when the model is loaded",
    ),
}


def node_of(model: ir.Model, layer_id: str) -> ir.Node:
    return index_layers(model).node(layer_id)


@pytest.mark.parametrize("case", REASONS)
def test_the_reason_says_what_is_in_the_way(case: str, model_of: ModelOf) -> None:
    text, weights, words = REASONS[case]
    found = role(node_of(model_of(f"g {text}", weights), "n"))
    assert isinstance(found, str)
    assert words in found


def test_indices_that_nobody_reads_are_in_nobodys_way(model_of: ModelOf) -> None:
    text = f"g ({IMAGE} x) => (float[1,16,7,7] y) {{ [n] y, i = MaxPool<kernel_shape=[2,2]>(x) }}"
    assert isinstance(role(node_of(model_of(text, {}), "n")), Role)


def test_an_unknown_element_type_is_no_reason(model_of: ModelOf) -> None:
    model = model_of(f"g ({IMAGE} x) => (float[1,8,8,8] y) {{ [n] y = Conv(x, w) }}", {"w": (8, 16, 1, 1)})
    node = node_of(model, "n")
    node.outputs[0].type = None
    assert isinstance(role(node), Role)


@pytest.mark.parametrize("op", ["Conv", "Gather", "Add"])
def test_a_node_that_lacks_inputs_says_so(op: str) -> None:
    lacking = ir.node(op, [ir.Value(name="x")] if op == "Conv" else [], name="n")
    found = role(lacking)
    assert isinstance(found, str) and "lacks an input" in found


def test_what_is_quantized_already_says_so(model_of: ModelOf) -> None:
    text = f"""g ({IMAGE} x) => (float[1,8,8,8] y) {{
        [q] a = QuantizeLinear(x, s, z) [d] b = DequantizeLinear(a, s, z) [n] y = Conv(b, w)
    }}"""
    weights = {"w": (8, 16, 1, 1), "s": np.array(0.1, np.float32), "z": np.array(3, np.uint8)}
    model = model_of(text, weights)
    assert {role(node_of(model, name)) for name in "qdn"} == {"already quantized"}


def test_layers_of_bodies_are_layers_like_others(model_of: ModelOf) -> None:
    text = f"""g ({ROW} x, bool c) => ({ROW} y) {{
        [branch] y = If(c) <
            then_branch = t () => ({ROW} a) {{ [inner] a = Add(x, x) }},
            else_branch = e () => ({ROW} b) {{ b = Identity(x) }}
        >
    }}"""
    index = index_layers(model_of(text, {}))
    (inner,) = [layer.id for layer in index.layers if layer.op == "Add"]
    assert not isinstance(role(index.node(inner)), str)
    assert "branches" in str(role(index.node("branch")))


@pytest.mark.parametrize(
    ("tail", "taken"),
    [
        ("[r] y = Relu(a)", True),
        ("[r] b = Relu(a) [o] y = Add(a, b)", False),
        ("[r] y = Tanh(a)", False),
        ("[r] y = Clip(a, low)", True),
        ("[r] y = Clip(a, one)", False),
        ("[r] y = Clip(a, x)", False),
    ],
)
def test_an_activation_is_taken_over_where_it_is_the_only_reader(tail: str, taken: bool, model_of: ModelOf) -> None:
    weights = {"low": np.array(-1.0, np.float32), "one": np.array(1.0, np.float32)}
    model = model_of(f"g ({IMAGE} u, float x) => ({IMAGE} y) {{ [n] a = Sigmoid(u) {tail} }}", weights)
    found = activation_after(node_of(model, "n"))
    assert (found is not None) is taken


@pytest.mark.parametrize(
    ("channels", "filters", "group", "expected"), [(3, 8, 1, 3), (4, 8, 1, 0), (1, 8, 8, 0), (1, 1, 1, 1), (2, 8, 4, 2)]
)
def test_few_channels_are_counted_per_group(
    channels: int, filters: int, group: int, expected: int, model_of: ModelOf
) -> None:
    text = (
        f"g (float[1,{channels * group},4,4] x) => (float[1,{filters},2,2] y) {{ [n] y = Conv<group={group}>(x, w) }}"
    )
    assert few_channels(node_of(model_of(text, {"w": (filters, channels, 3, 3)}), "n")) == expected
