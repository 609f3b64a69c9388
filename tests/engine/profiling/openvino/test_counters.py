from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from engine.backend import KernelEvent
from engine.profiling.openvino.counters import Reading, due, run_events

KERNELS = [KernelEvent(name, "Convolution", "OpenVINO", 0.0, 0.0, 0) for name in ("first", "second")]


def readings(times_us: Sequence[Sequence[int]]) -> list[Reading]:
    """What OpenVINO would say: the mean of all runs so far, rounded down."""
    totals = np.cumsum(times_us, axis=0)
    marks = [n for n in range(1, len(times_us) + 1) if due(n) or n == len(times_us)]
    return [Reading(n, [int(total) // n for total in totals[n - 1]]) for n in marks]


def durations(times_us: Sequence[Sequence[int]], wall_us: Sequence[float]) -> np.ndarray:
    runs = list(run_events(KERNELS, (0, 1), readings(times_us), wall_us))
    return np.array([[event.duration_us for event in run] for run in runs])


def test_counters_are_read_less_and_less_often() -> None:
    assert [n for n in range(1, 10_000) if due(n)] == [1, 3, 9, 27, 81, 243, 729, 2187, 6561]


def test_a_cold_first_run_does_not_stay_in_the_times() -> None:
    times = [[9000, 50]] + [[100, 3]] * 199
    found = durations(times, [10_000.0, *[120.0] * 199])
    assert readings(times)[-1].mean_us[0] > 140, "the mean that OpenVINO tells is far from the time of a warm run"
    assert np.median(found[:, 0]) == pytest.approx(100, abs=2)
    assert np.median(found[:, 1]) == pytest.approx(3, abs=2)
    assert found[0, 0] == 9000


def test_kernels_never_take_longer_than_their_run() -> None:
    times = [[100, 3]] * 40 + [[5000, 3]] + [[100, 3]] * 59
    walls = [5100.0 if us > 1000 else 120.0 for us, _ in times]
    found = durations(times, walls)
    assert (found.sum(axis=1) <= np.array(walls) * 1.000001).all()
    assert (found > 0).all()


def test_a_short_end_after_many_runs_is_as_exact() -> None:
    rng = np.random.default_rng(0)
    times = np.stack([rng.integers(98, 103, 6_600), rng.integers(2, 5, 6_600)], axis=1)
    marks = readings(times.tolist())
    assert marks[-1].runs - marks[-2].runs < 100, "the last reading follows closely on one before it"
    found = durations(times.tolist(), [130.0] * 6_600)
    assert found[-1] == pytest.approx([100, 3], abs=1.01)


def test_a_kernel_without_a_microsecond_stays_at_zero() -> None:
    assert not durations([[100, 0]] * 30, [110.0] * 30)[:, 1].any()


def test_runs_and_kernels_lie_one_behind_the_other() -> None:
    runs = list(run_events(KERNELS, (0, 1), readings([[100, 20]] * 4), [130.0] * 4))
    for number, (first, second) in enumerate(runs):
        assert first.start_us == pytest.approx(130 * number)
        assert second.start_us == pytest.approx(first.start_us + first.duration_us)
