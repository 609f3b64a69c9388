"""What turns out to be impossible is skipped with its reason, and changes nothing."""

from __future__ import annotations

import numpy as np
import pytest

from engine.scheme import ValueStatistics

from .conftest import Quantize

IMAGE = "float[1,16,8,8]"
TEXT = f"g ({IMAGE} x) => ({IMAGE} y) {{ [a] c = Conv(x, w, b) [r] d = Relu(c) [e] y = Conv(d, v, b) }}"
WEIGHTS = {"w": (16, 16, 1, 1), "v": (16, 16, 1, 1), "b": (16,)}


@pytest.mark.parametrize(
    ("low", "high", "words"), [(0.0, 0.0, "always zero"), (np.nan, 1.0, "nan"), (0.0, np.inf, "inf")]
)
def test_a_degenerate_range_is_a_reason(low: float, high: float, words: str, quantize: Quantize) -> None:
    result = quantize(TEXT, WEIGHTS, ranges={"d": ValueStatistics(low, high)})
    assert set(result.report.skipped) == {"a", "e"}
    assert words in result.report.skipped["a"] and "'d'" in result.report.skipped["a"]
    assert not result.nodes("QuantizeLinear")


def test_a_constant_value_is_no_degenerate_range(quantize: Quantize) -> None:
    assert not quantize(TEXT, WEIGHTS, ranges={"d": ValueStatistics(3.0, 3.0)}).report.skipped


def test_a_skipped_layer_leaves_the_others_quantized(quantize: Quantize) -> None:
    weights = {**WEIGHTS, "v": np.full((16, 16, 1, 1), np.nan, np.float32)}
    result = quantize(TEXT, weights, ranges={"y": ValueStatistics(-1.0, 1.0)})
    assert set(result.report.treated) == {"a"}
    assert "not finite" in result.report.skipped["e"]
    assert result.fused()["QLinearConv"] == 1


def test_a_value_without_a_range_is_a_reason(quantize: Quantize) -> None:
    result = quantize(TEXT, WEIGHTS, "a", ranges={"x": ValueStatistics(0.0, 0.0)})
    assert "'x'" in result.report.skipped["a"]


def test_a_constant_that_a_caller_may_replace_is_a_reason(quantize: Quantize) -> None:
    text = f"g ({IMAGE} x, float[16,16,1,1] w) => ({IMAGE} y) {{ [a] y = Conv(x, w) }}"
    result = quantize(text, {"w": (16, 16, 1, 1)}, "a")
    assert "caller may replace" in result.report.skipped["a"]


def test_an_old_opset_is_a_reason(quantize: Quantize) -> None:
    result = quantize(TEXT, WEIGHTS, opset=12)
    assert set(result.report.skipped) == {"a", "e"}
    assert "opset 12" in result.report.skipped["a"]


def test_the_last_product_stays_in_float_where_nobody_quantized_reads_it(quantize: Quantize) -> None:
    text = "g (float[4,16] x) => (float[4,8] y) { [a] c = Gemm(x, w) [r] d = Relu(c) [e] y = MatMul(d, v) }"
    result = quantize(text, {"w": (16, 8), "v": (8, 8)})
    assert len(result.nodes("QuantizeLinear")) == 2
    assert result.fused() == {"QuantizeLinear": 1, "QGemm": 1, "MatMulIntegerToFloat": 1}
