from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.profiling import intervals
from engine.profiling.intervals import clustered_interval, clustered_median, half_width, stretch, student

Draw = Callable[[np.random.Generator, int], NDArray[np.float64]]


def humps(random: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Sessions that come in two kinds, as memory happens to fall."""
    return np.asarray(random.choice([10.0, 11.0], size=count, p=[0.6, 0.4]) + 0.1 * random.normal(size=count))


DRAWS: dict[str, Draw] = {
    "normal": lambda random, count: random.normal(size=count),
    "skewed": lambda random, count: np.exp(random.normal(size=count)),
    "heavy": lambda random, count: random.standard_t(2, size=count),
    "humps": humps,
}


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "RESAMPLES", 300)


def coverage(draw: Draw, sessions: int, repeats: int) -> float:
    random = np.random.default_rng(7)
    truth = float(np.median(draw(random, 400_001)))
    held = 0
    for _ in range(repeats):
        means = draw(random, sessions)
        low, high = clustered_interval((means[:, None] + 0.5 * random.normal(size=(sessions, 3))).tolist())
        held += low <= truth <= high
    return held / repeats


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("sessions", [5, 8])
def test_the_interval_holds_the_truth_as_often_as_it_says(kind: str, sessions: int) -> None:
    assert coverage(DRAWS[kind], sessions, 250) >= 0.925


def test_without_the_stretch_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intervals, "stretch", lambda n: 1.0)
    assert coverage(humps, 5, 250) < 0.92


@pytest.mark.parametrize("kind", ["normal", "heavy"])
def test_of_ten_repeats_nine_hold_the_overall_median(kind: str) -> None:
    random = np.random.default_rng(3)
    good = 0
    for _ in range(40):
        repeats = [(DRAWS[kind](random, 5)[:, None] + 0.5 * random.normal(size=(5, 3))).tolist() for _ in range(10)]
        overall = float(np.median([clustered_median(repeat) for repeat in repeats]))
        good += sum(low <= overall <= high for low, high in map(clustered_interval, repeats)) >= 9
    assert good >= 38


def test_the_figure_is_the_median_of_the_sessions_and_lies_inside() -> None:
    clusters = [[1.0, 1.1, 9.0], [2.0], [3.0, 3.1]]
    assert clustered_median(clusters) == 2.0
    low, high = clustered_interval(clusters)
    assert low <= 2.0 <= high


def test_no_end_of_a_time_or_a_ratio_is_below_zero() -> None:
    ratios = [[0.1, 0.2], [0.27], [0.3], [0.9], [0.05]]
    low, high = clustered_interval(ratios)
    assert 0 < low < 0.27 < high
    turned = clustered_interval([[1 / ratio for ratio in blocks] for blocks in ratios])
    assert turned == pytest.approx((1 / high, 1 / low), rel=0.1)


def test_more_sessions_make_it_narrower() -> None:
    random = np.random.default_rng(0)
    few, many = (random.normal(100, 1, size=(n, 3)).tolist() for n in (5, 40))
    assert half_width(many) < half_width(few)


def test_blocks_stand_in_for_sessions_where_there_is_one() -> None:
    low, high = clustered_interval([[1.0, 2.0, 3.0, 2.0, 2.5]])
    assert low < 2.0 < high
    assert clustered_interval([[2.0]]) == (2.0, 2.0)
    assert half_width([[2.0]]) == math.inf, "one value says nothing"


def test_it_is_the_same_each_time() -> None:
    clusters = [[1.0, 1.2], [1.1, 1.3], [0.9, 1.0]]
    assert clustered_interval(clusters) == clustered_interval(clusters)


def test_student_s_t_and_the_stretch_of_five() -> None:
    assert student(4) == 2.776
    assert [round(student(n), 3) for n in (11, 20, 60, 10_000)] == pytest.approx([2.201, 2.086, 2.0, 1.96], abs=5e-3)
    assert stretch(5) == pytest.approx(1.583, abs=1e-3)
