"""What calibration keeps of a value."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.quantization import observers
from engine.quantization.observers import BINS, Observer
from engine.scheme import ValueStatistics


def seen(*arrays: object, axis: int | None = None) -> ValueStatistics:
    observer = Observer(axis)
    for array in arrays:
        observer.observe(np.asarray(array, np.float32))
    found = observer.result()
    assert found is not None
    return found


def test_the_extremes_are_exact() -> None:
    found = seen([1.0, -2.0], [[5.0]], [0.0])
    assert (found.low, found.high, found.elements) == (-2.0, 5.0, 4)


def test_of_nothing_there_is_nothing() -> None:
    observer = Observer()
    observer.observe(np.zeros((0, 3), np.float32))
    assert observer.result() is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("axis", [None, 1])
def test_what_is_not_finite_shows(bad: float, position: int, axis: int | None) -> None:
    arrays = [np.ones((2, 2), np.float32), np.ones((2, 2), np.float32)]
    arrays[position][1, 0] = bad
    found = seen(*arrays, axis=axis)
    assert not np.isfinite([found.low, found.high]).all()


@given(st.lists(st.lists(st.floats(-1e6, 1e6, width=32), min_size=1, max_size=20), min_size=1, max_size=6))
def test_the_histogram_counts_every_element_near_its_place(rows: list[list[float]]) -> None:
    found = seen(*rows)
    values = np.sort(np.concatenate([np.asarray(row, np.float32) for row in rows]))
    assert found.counts.sum() == values.size
    width = (found.bounds[1] - found.bounds[0]) / BINS
    low_edges = np.repeat(found.bounds[0] + width * np.arange(BINS), found.counts)
    slack = width * 1e-2 + np.abs(values) * 1e-5 + 1e-30
    assert (values >= low_edges - width - slack).all() and (values <= low_edges + 2 * width + slack).all()


def test_the_bins_cover_what_comes_later() -> None:
    found = seen(np.linspace(0, 1, 1000), np.linspace(-50, 3, 1000))
    assert found.bounds[0] <= -50 and found.bounds[1] >= 3 and found.counts.sum() == 2000
    below_zero = found.counts[: int(-found.bounds[0] / (found.bounds[1] - found.bounds[0]) * BINS)].sum()
    assert below_zero == pytest.approx(1000 * 50 / 53, abs=20)


def test_of_large_arrays_a_part_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observers, "SAMPLED", 100)
    found = seen(*[np.random.default_rng(n).normal(size=(10, 1000)) for n in range(4)])
    assert found.elements == 40_000
    assert 360 <= found.counts.sum() <= 400


@pytest.mark.parametrize(("shape", "axis"), [((2, 3, 4, 5), 1), ((6, 3), -1), ((2, 4, 3), -1), ((4, 3), 1)])
def test_channels_have_their_own_statistics(shape: tuple[int, ...], axis: int) -> None:
    arrays = [np.random.default_rng(n).normal(size=shape).astype(np.float32) for n in range(3)]
    found = seen(*arrays, axis=axis)
    rows = np.concatenate([np.moveaxis(array, axis, 0).reshape(3, -1) for array in arrays], axis=1)
    assert found.channel_low is not None and found.channel_high is not None and found.channel_mean is not None
    np.testing.assert_array_equal(found.channel_low, rows.min(axis=1))
    np.testing.assert_array_equal(found.channel_high, rows.max(axis=1))
    np.testing.assert_allclose(found.channel_mean, rows.mean(axis=1), rtol=1e-5, atol=1e-7)
    assert (found.low, found.high) == (rows.min(), rows.max())
