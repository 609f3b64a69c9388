"""How the range of a value is chosen from what calibration kept."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.quantization.observers import Observer
from engine.quantization.params import activation_params, dequantize, quantize
from engine.quantization.ranges import METHODS, choose_range
from engine.scheme import ValueRange, ValueStatistics


def seen(values: np.ndarray) -> ValueStatistics:
    observer = Observer()
    observer.observe(values.astype(np.float32))
    found = observer.result()
    assert found is not None
    return found


def error(values: np.ndarray, chosen: ValueRange) -> float:
    params = activation_params(chosen.low, chosen.high, np.dtype(np.uint8))
    values = values.astype(np.float32)
    return float(((dequantize(quantize(values, params), params) - values) ** 2).mean())


OUTLIERS = np.concatenate([np.random.default_rng(0).normal(size=20_000), [40.0]])
RELU = np.maximum(np.random.default_rng(1).normal(size=20_000), 0)


def test_minmax_clips_nothing() -> None:
    assert choose_range(seen(OUTLIERS), "minmax") == ValueRange(float(np.float32(OUTLIERS.min())), 40.0)


@pytest.mark.parametrize("method", METHODS)
@given(st.lists(st.floats(-1e4, 1e4, width=32), min_size=1, max_size=200))
@settings(max_examples=40)
def test_every_range_lies_within_what_was_seen(method: str, numbers: list[float]) -> None:
    values = np.asarray(numbers, np.float32)
    for symmetric in (False, True):
        found = choose_range(seen(values), method, symmetric=symmetric)
        assert values.min() <= found.low <= found.high <= values.max()


@pytest.mark.parametrize(("method", "levels"), [("percentile", 256), ("entropy", 256), ("mse", 16)])
def test_a_lone_outlier_is_clipped(method: str, levels: int) -> None:
    found = choose_range(seen(OUTLIERS), method, levels=levels)
    assert 2.5 < found.high < 20.0 and -5.0 < found.low < -2.0


@pytest.mark.parametrize("method", METHODS)
def test_what_has_one_sign_begins_at_zero(method: str) -> None:
    found = choose_range(seen(RELU), method)
    assert found.low == 0.0 and 2.5 < found.high <= RELU.max() + 1e-6


def test_mse_has_the_smallest_error() -> None:
    rng = np.random.default_rng(2)
    for values in (OUTLIERS, RELU, rng.laplace(size=20_000), rng.standard_t(3, size=20_000)):
        errors = {method: error(values, choose_range(seen(values), method)) for method in METHODS}
        assert errors["mse"] <= 1.02 * min(errors.values()), errors


def test_the_percentile_is_the_share_that_is_covered() -> None:
    values = np.random.default_rng(3).uniform(-1, 3, size=50_000)
    found = choose_range(seen(values), "percentile", percentile=90)
    assert ((values >= found.low) & (values <= found.high)).mean() == pytest.approx(0.9, abs=0.01)


def test_fewer_codes_clip_more() -> None:
    values = seen(np.random.default_rng(4).laplace(size=20_000))
    widths = [(r := choose_range(values, "mse", levels=levels)).high - r.low for levels in (16, 256, 65536)]
    assert widths[0] < widths[1] < widths[2]


def test_symmetric_codes_share_one_threshold() -> None:
    values = np.concatenate([np.random.default_rng(5).laplace(size=20_000), [60.0, -60.0]])
    for method in ("percentile", "mse", "entropy"):
        found = choose_range(seen(values), method, symmetric=True, levels=16 if method == "mse" else 256)
        assert found.low == pytest.approx(-found.high, rel=0.02) and found.high < 40.0


def test_extremes_alone_choose_everything() -> None:
    assert choose_range(ValueStatistics(-1.0, 2.0), "mse") == ValueRange(-1.0, 2.0)
