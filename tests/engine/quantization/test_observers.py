"""What calibration remembers."""

from __future__ import annotations

import numpy as np
import pytest

from engine.quantization.observers import OBSERVERS, MinMax
from engine.scheme import ValueRange


def test_minmax_covers_everything_it_saw() -> None:
    observer = MinMax()
    for array in ([1.0, -2.0], [[5.0]], [0.0]):
        observer.observe(np.array(array, np.float32))
    assert observer.result() == ValueRange(-2.0, 5.0)


def test_minmax_of_nothing_is_nothing() -> None:
    observer = MinMax()
    observer.observe(np.zeros((0, 3), np.float32))
    assert observer.result() is None


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("position", [0, 1])
def test_what_is_not_finite_shows(bad: float, position: int) -> None:
    observer = MinMax()
    arrays = [np.ones(4, np.float32), np.ones(4, np.float32)]
    arrays[position][2] = bad
    for array in arrays:
        observer.observe(array)
    found = observer.result()
    assert found is not None
    assert not np.isfinite([found.low, found.high]).all()


@pytest.mark.parametrize("name", OBSERVERS)
def test_every_observer_gives_a_range_inside_what_it_saw(name: str) -> None:
    observer = OBSERVERS[name]()
    rng = np.random.default_rng(0)
    arrays = [rng.normal(size=1000).astype(np.float32) for _ in range(5)]
    for array in arrays:
        observer.observe(array)
    found = observer.result()
    assert found is not None
    assert min(a.min() for a in arrays) <= found.low < 0 < found.high <= max(a.max() for a in arrays)
