"""Learned rounding and what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.quantization.rounding import learned, shift
from engine.scheme import Moments

QMAX = 127


def problem(seed: int, groups: int, rows: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, Moments]:
    """Rows, scales, inputs [groups, vectors, n] that depend on each other, and their moments."""
    rng = np.random.default_rng(seed)
    inputs = np.maximum(rng.normal(size=(groups, 400, n)) @ rng.normal(size=(groups, n, n)) + 0.3, 0)
    weights = rng.normal(size=(groups, rows, n))
    scales = np.abs(weights).max(axis=2) / QMAX * 16  # coarse: rounding matters
    mean = inputs.mean(axis=1)
    centred = inputs - mean[:, None]
    return weights, scales, inputs, Moments(mean, centred.transpose(0, 2, 1) @ centred / 400, 400)


def variance(weights: np.ndarray, codes: np.ndarray, scales: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    off = inputs @ (weights - codes * scales[..., None]).transpose(0, 2, 1)
    found: np.ndarray = off.var(axis=1)
    return found


@given(st.integers(0, 10_000), st.integers(1, 3), st.integers(1, 4), st.integers(1, 150))
@settings(max_examples=30, deadline=None)
def test_no_row_ends_worse_than_with_its_nearest_codes(seed: int, groups: int, rows: int, n: int) -> None:
    weights, scales, inputs, moments = problem(seed, groups, rows, n)
    codes = learned(weights, scales, QMAX, moments)
    nearest = np.clip(np.rint(weights / scales[..., None]), -QMAX, QMAX)
    assert np.abs(codes).max() <= QMAX
    mine, its = (variance(weights, c, scales, inputs) for c in (codes, nearest))
    assert (mine <= its * (1 + 1e-9) + 1e-12).all()


def test_outputs_stay_much_nearer() -> None:
    weights, scales, inputs, moments = problem(1, 2, 8, 150)
    nearest = np.rint(weights / scales[..., None])
    mine = variance(weights, learned(weights, scales, QMAX, moments), scales, inputs)
    assert mine.sum() < 0.7 * variance(weights, nearest, scales, inputs).sum()


def test_inputs_that_do_not_depend_on_each_other_leave_the_nearest_codes() -> None:
    weights, scales, _, _ = problem(2, 1, 4, 30)
    moments = Moments(np.zeros((1, 30)), np.eye(30)[None], 100)
    np.testing.assert_array_equal(learned(weights, scales, QMAX, moments), np.rint(weights / scales[..., None]))


@pytest.mark.parametrize("covariance", [np.zeros((1, 6, 6)), np.diag([1.0, 0, 0, 2, 0, 0])[None]])
def test_inputs_that_never_vary_are_no_fault(covariance: np.ndarray) -> None:
    weights, scales, _, _ = problem(3, 1, 2, 6)
    codes = learned(weights, scales, QMAX, Moments(np.ones((1, 6)), covariance, 10))
    np.testing.assert_array_equal(codes, np.rint(weights / scales[..., None]))


def test_the_shift_is_what_the_mean_of_the_output_loses() -> None:
    weights, scales, inputs, moments = problem(4, 2, 3, 20)
    codes = learned(weights, scales, QMAX, moments)
    float_mean = (inputs @ weights.transpose(0, 2, 1)).mean(axis=1)
    rounded_mean = (inputs @ (codes * scales[..., None]).transpose(0, 2, 1)).mean(axis=1)
    np.testing.assert_allclose(shift(weights, codes, scales, moments.mean), (float_mean - rounded_mean).reshape(-1))


def test_codes_are_computed_once_for_each_scale() -> None:
    weights, scales, _, moments = problem(5, 1, 2, 10)
    first = learned(weights, scales, QMAX, moments)
    assert learned(weights, scales, QMAX, moments) is first
    assert learned(weights, scales * 2, QMAX, moments) is not first and len(moments.codes) == 2
