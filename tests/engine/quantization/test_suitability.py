"""Which layers the default chooses."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import pytest

from engine.backend import TargetFacts
from engine.graph.layers import index_layers
from engine.quantization.suitability import suits

from .conftest import FACTS

ModelOf = Callable[..., ir.Model]
IMAGE = "float[1,16,8,8]"
WEIGHTS = {"w": (16, 16, 1, 1), "v": (16, 3, 3, 3)}


def reasons(model: ir.Model, facts: TargetFacts = FACTS) -> dict[str, str | None]:
    index = index_layers(model)
    return {layer.id: suits(index.node(layer.id), facts) for layer in index.layers}


def test_a_residual_block_suits_from_end_to_end(model_of: ModelOf) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y) {{ [a] c = Conv(x, w) [r] d = Relu(c) [b] e = Conv(d, w) [s] y = Add(d, e) }}"
    found = reasons(model_of(text, WEIGHTS))
    assert found["a"] is found["b"] is found["s"] is None
    assert found["r"] is not None


def test_what_lies_between_float_layers_stays_float(model_of: ModelOf) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y) {{ [t] a = Tanh(x) [s] b = Add(a, x) [c] y = Conv(b, w) }}"
    found = reasons(model_of(text, WEIGHTS))
    assert "between float layers" in str(found["s"])
    assert found["c"] is None


@pytest.mark.parametrize(
    ("op", "words"), [("AveragePool<kernel_shape=[1,1]>(c)", "20 times"), ("Tanh(c)", "no runtime has an integer")]
)
def test_slow_kernels_do_not_suit(op: str, words: str, model_of: ModelOf) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y) {{ [a] c = Conv(x, w) [n] y = {op} }}"
    assert words in str(reasons(model_of(text, WEIGHTS))["n"])


def test_a_conv_of_three_channels_does_not_suit(model_of: ModelOf) -> None:
    text = "g (float[1,3,96,96] x) => (float[1,16,94,94] y) { [a] c = Conv(x, v) [b] y = Conv(c, w) }"
    found = reasons(model_of(text, WEIGHTS))
    assert "3 input channels" in str(found["a"])
    assert found["b"] is None


def test_a_small_conv_of_three_channels_suits_all_the_same(model_of: ModelOf) -> None:
    text = "g (float[1,3,8,8] x) => (float[1,16,6,6] y) { [a] c = Conv(x, v) [b] y = Conv(c, w) }"
    assert reasons(model_of(text, WEIGHTS))["a"] is None


def test_before_a_max_pool_a_conv_of_three_channels_suits_all_the_same(model_of: ModelOf) -> None:
    text = """g (float[1,3,96,96] x) => (float[1,16,47,47] y) {
        [a] c = Conv(x, v) [r] d = Relu(c) [p] e = MaxPool<kernel_shape=[2,2],strides=[2,2]>(d) [b] y = Conv(e, w)
    }"""
    found = reasons(model_of(text, WEIGHTS))
    assert found["a"] is found["p"] is found["b"] is None


def test_a_max_pool_away_from_convs_does_not_suit(model_of: ModelOf) -> None:
    text = f"g ({IMAGE} x) => (float[1,16,7,7] y) {{ [a] c = Conv(x, w) [p] y = MaxPool<kernel_shape=[2,2]>(c) }}"
    assert "between quantized Convs" in str(reasons(model_of(text, WEIGHTS))["p"])


def test_only_what_the_target_has_kernels_for_suits(model_of: ModelOf) -> None:
    facts = TargetFacts("tpu", np.dtype(np.int8), frozenset({"Conv"}), False, 1, "")
    text = f"g ({IMAGE} x) => ({IMAGE} y) {{ [a] c = Conv(x, w) [s] y = Add(c, c) }}"
    found = reasons(model_of(text, WEIGHTS), facts)
    assert found["a"] is None
    assert found["s"] == "Add: tpu has no integer kernel for it"


def test_a_long_chain_of_additions_is_decided_quickly(model_of: ModelOf) -> None:
    """Each sum has the one before it twice: a search without memory would double with each."""
    lines = " ".join(f"[s{i}] t{i + 1} = Add(t{i}, t{i})" for i in range(60))
    model = model_of(f"g ({IMAGE} t0) => ({IMAGE} t60) {{ {lines} }}", {})
    assert all(reason is not None for reason in reasons(model).values())


def test_what_follows_a_reduction_gains_nothing(model_of: ModelOf) -> None:
    text = f"""g ({IMAGE} x) => (float[1,16,1,1] y) {{
        [a] c = Conv(x, w) [m] d = ReduceMax<axes=[2,3]>(c) [s] e = Mul(d, d) [t] y = Add(e, d)
    }}"""
    found = reasons(model_of(text, WEIGHTS))
    assert found["a"] is found["m"] is None
    assert "between float layers" in str(found["s"]) and "between float layers" in str(found["t"])


def test_any_number_of_activations_in_a_row_is_walked(model_of: ModelOf) -> None:
    relus = " ".join(f"[r{n}] v{n + 1} = Relu(v{n})" for n in range(2000))
    text = f"g ({IMAGE} x) => ({IMAGE} y) {{ [c] v0 = Conv(x, w) {relus} [s] y = Add(v2000, x) }}"
    assert reasons(model_of(text, WEIGHTS))["s"] is None
