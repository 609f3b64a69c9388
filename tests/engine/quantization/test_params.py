"""The promises of the arithmetic: error bounds, an exact zero, channels on their own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from engine.quantization.params import (
    QuantParams,
    activation_params,
    bias_params,
    dequantize,
    quantize,
    range_problem,
    weight_params,
    with_room_for_bias,
)

REAL = st.floats(-1e6, 1e6, width=32, allow_subnormal=False)
WEIGHTS = hnp.arrays(np.float32, hnp.array_shapes(min_dims=2, max_dims=4, max_side=6), elements=REAL)
DTYPES = st.sampled_from([np.dtype(np.uint8), np.dtype(np.int8)])
SLACK = 1 + 1e-4
"""Of the bound: scales and products are rounded to float32."""


@st.composite
def ranges(draw: st.DrawFn) -> tuple[float, float]:
    low, high = sorted((draw(REAL), draw(REAL)))
    if max(high, 0.0) - min(low, 0.0) < 1e-6:
        high += 1.0
    return low, high


@given(ranges(), DTYPES, st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_what_is_inside_the_range_is_off_by_half_a_step_at_most(
    bounds: tuple[float, float], dtype: np.dtype[np.generic], where: list[float]
) -> None:
    params = activation_params(*bounds, dtype)
    low, high = min(bounds[0], 0.0), max(bounds[1], 0.0)
    array = np.array([low + (high - low) * w for w in where], np.float32)
    back = dequantize(quantize(array, params), params)
    assert np.abs(array.astype(np.float64) - back).max() <= float(params.scale) / 2 * SLACK


def test_the_bound_is_tight() -> None:
    params = activation_params(0.0, 255.0, np.dtype(np.uint8))
    array = np.array([0.5, 1.5, 100.49], np.float32)
    assert np.abs(array - dequantize(quantize(array, params), params)).max() == pytest.approx(0.5)


@given(ranges(), DTYPES)
def test_zero_is_exact(bounds: tuple[float, float], dtype: np.dtype[np.generic]) -> None:
    params = activation_params(*bounds, dtype)
    zero = np.zeros(3, np.float32)
    np.testing.assert_array_equal(quantize(zero, params), np.full(3, params.zero_point))
    np.testing.assert_array_equal(dequantize(quantize(zero, params), params), zero)


def test_a_range_above_zero_is_widened_to_zero() -> None:
    params = activation_params(3.0, 5.1, np.dtype(np.uint8))
    assert int(params.zero_point) == 0
    assert float(params.scale) == pytest.approx(5.1 / 255)


def test_what_is_outside_the_range_saturates() -> None:
    params = activation_params(-1.0, 1.0, np.dtype(np.int8))
    codes = quantize(np.array([-9.0, 9.0], np.float32), params)
    np.testing.assert_array_equal(codes, np.array([-128, 127], np.int8))


@given(WEIGHTS, st.data())
def test_each_channel_of_a_weight_has_its_own_bound(weight: np.ndarray, data: st.DataObject) -> None:
    axis = data.draw(st.integers(0, weight.ndim - 1))
    params = weight_params(weight, axis)
    codes = quantize(weight, params)
    assert codes.min() >= -127
    assert not params.zero_point.any()
    steps = params.scale.reshape([-1 if i == axis else 1 for i in range(weight.ndim)])
    assert (np.abs(weight.astype(np.float64) - dequantize(codes, params)) <= steps / 2 * SLACK).all()


@given(WEIGHTS)
def test_negated_weights_have_negated_codes(weight: np.ndarray) -> None:
    codes, negated = (quantize(w, weight_params(w, 0)) for w in (weight, -weight))
    np.testing.assert_array_equal(codes, -negated)


def test_a_scale_per_channel_is_more_exact_than_one_for_all() -> None:
    weight = np.array([[0.01, 0.004, -0.007], [10.0, 4.0, -7.0]], np.float32)
    errors = [np.abs(weight - dequantize(quantize(weight, p), p))[0].max() for p in _both(weight)]
    assert errors[0] < errors[1] / 100


def _both(weight: np.ndarray) -> tuple[QuantParams, QuantParams]:
    return weight_params(weight, 0), weight_params(weight, None)


def test_seven_bits_stay_within_63() -> None:
    weight = np.random.default_rng(0).normal(size=(4, 50)).astype(np.float32)
    codes = quantize(weight, weight_params(weight, 0, 63))
    assert np.abs(codes).max() == 63


def test_a_channel_of_zeros_stays_zero() -> None:
    weight = np.array([[0.0, 0.0], [1.0, -2.0]], np.float32)
    params = weight_params(weight, 0)
    assert np.isfinite(params.scale).all() and (params.scale > 0).all()
    np.testing.assert_array_equal(dequantize(quantize(weight, params), params)[0], [0.0, 0.0])


def test_quantizing_leaves_the_array_as_it_is() -> None:
    weight = np.array([[0.3, -0.2]], np.float32)
    before = weight.copy()
    weight.setflags(write=False)
    quantize(weight, weight_params(weight, 0))
    np.testing.assert_array_equal(weight, before)


def test_scalars_can_be_quantized() -> None:
    array = np.array(0.7, np.float32)
    params = activation_params(0.0, 0.7, np.dtype(np.uint8))
    assert quantize(array, params).shape == ()
    assert quantize(array, params) == 255


@pytest.mark.parametrize(
    ("low", "high", "word"),
    [(0.0, 0.0, "zero"), (np.nan, 1.0, "nan"), (-np.inf, 1.0, "inf"), (0.0, 1e-44, "scale"), (-3e38, 3e38, "scale")],
)
def test_a_degenerate_range_says_why(low: float, high: float, word: str) -> None:
    assert word in (range_problem(low, high) or "")


@given(ranges())
def test_other_ranges_have_no_problem(bounds: tuple[float, float]) -> None:
    assert range_problem(*bounds) is None


@settings(max_examples=50)
@given(hnp.arrays(np.float32, (3, 4), elements=REAL), st.floats(1e-6, 1e3), st.lists(REAL, min_size=3, max_size=3))
def test_a_bias_always_fits(weight: np.ndarray, input_scale: float, bias: list[float]) -> None:
    values = np.array(bias)
    params = with_room_for_bias(weight_params(weight, 0), [(input_scale, values)])
    stored = bias_params(np.array(input_scale, np.float32), params.scale)
    back = dequantize(quantize(values, stored), stored)
    np.testing.assert_allclose(back, values, rtol=1e-5, atol=float(stored.scale.max()))


def test_without_room_a_bias_would_not_fit() -> None:
    weight, bias = np.full((1, 4), 1e-12, np.float32), np.array([5.0])
    tight = weight_params(weight, 0)
    stored = bias_params(np.array(0.01, np.float32), tight.scale)
    assert dequantize(quantize(bias, stored), stored)[0] < 1.0
    roomy = bias_params(np.array(0.01, np.float32), with_room_for_bias(tight, [(0.01, bias)]).scale)
    assert dequantize(quantize(bias, roomy), roomy)[0] == pytest.approx(5.0, rel=1e-5)
