from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from engine.profiling.blocks import Block
from engine.profiling.latency import MAX_BINS, histogram, latency_ms


def sessions(medians_us: list[float], runs: int = 40) -> list[list[Block]]:
    return [[Block(tuple(us + n % 5 for n in range(runs)), 0) for _ in range(3)] for us in medians_us]


def test_figures_are_in_milliseconds_and_the_median_is_that_of_the_sessions() -> None:
    found = latency_ms(sessions([1000.0, 2000.0, 3000.0, 1500.0, 1600.0]))
    assert found.median == 1.602
    assert found.session_medians == (1.002, 2.002, 3.002, 1.502, 1.602)
    assert found.min == 1.0
    assert found.min <= found.median <= found.p90 <= found.p99 <= 3.004
    assert found.interval[0] < found.median < found.interval[1]
    assert (found.sessions, found.this_session_only) == (5, False)


def test_fewer_than_five_sessions_say_so() -> None:
    assert latency_ms(sessions([1000.0])).this_session_only
    assert latency_ms(sessions([1000.0] * 4)).this_session_only


def test_outliers_are_counted_and_stay() -> None:
    blocks = sessions([1000.0] * 5)
    blocks[2].append(Block((9000.0, 50_000.0), 0))
    found = latency_ms(blocks)
    assert found.outlier_count == 2
    assert found.outliers == (50.0, 9.0), "the slowest first"
    assert found.mean > latency_ms(sessions([1000.0] * 5)).mean
    assert sum(found.histogram.counts) == 5 * 3 * 40 + 2
    assert found.histogram.edges[-1] == 50.0


def test_at_most_a_hundred_outliers_are_listed_and_all_are_counted() -> None:
    blocks = [[Block(tuple([1000.0] * 1000 + [5000.0 + n for n in range(150)]), 0)]]
    found = latency_ms(blocks)
    assert (found.outlier_count, len(found.outliers)) == (150, 100)


@pytest.mark.parametrize("kind", ["normal", "skewed", "steps", "same", "one", "two", "far"])
def test_every_run_is_in_one_bin_and_bins_are_sane(kind: str) -> None:
    random = np.random.default_rng(0)
    values = {
        "normal": random.normal(10, 1, 5000),
        "skewed": np.exp(random.normal(size=5000)),
        "steps": np.repeat([1.0, 2.0, 3.0], [900, 50, 5]),
        "same": np.full(30, 2.0),
        "one": np.array([2.0]),
        "two": np.array([1.0, 2.0]),
        "far": np.concatenate([random.normal(1, 0.01, 2000), [1000.0]]),
    }[kind]
    found = histogram(values)
    assert sum(found.counts) == len(values)
    assert len(found.edges) == len(found.counts) + 1
    assert all(one < two for one, two in pairwise(found.edges))
    assert found.edges[0] == values.min()
    assert found.edges[-1] >= values.max()
    assert len(found.counts) <= MAX_BINS + 20


def test_a_far_outlier_leaves_the_body_its_bins() -> None:
    random = np.random.default_rng(0)
    body = random.normal(1, 0.01, 2000)
    alone, beside = histogram(body), histogram(np.concatenate([body, [1000.0]]))
    assert sum(edge < 1.1 for edge in beside.edges) >= 0.7 * len(alone.edges)
