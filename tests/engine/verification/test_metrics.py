from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.verification.metrics import ErrorSums, predictions


def sums(a: np.ndarray, b: np.ndarray, parts: int = 1) -> ErrorSums:
    found = ErrorSums()
    for x, y in zip(np.array_split(a, parts), np.array_split(b, parts), strict=True):
        found.add(x, y)
    return found


def test_sqnr_of_a_known_error() -> None:
    found = sums(np.array([10.0, 0, 0]), np.array([10.0, 1, 0]))
    assert found.sqnr_db == pytest.approx(20) and found.max_abs_error == 1


def test_one_bit_is_worth_six_decibels() -> None:
    x = np.random.default_rng(0).uniform(-1, 1, 200_000)
    db = [sums(x, np.round(x * 2**bits) / 2**bits).sqnr_db for bits in (6, 7, 8)]
    assert np.diff(db) == pytest.approx([6.02, 6.02], abs=0.05)


def test_identical_outputs() -> None:
    x = np.float32([1, -2, 1e-30])
    found = sums(x, x.copy())
    assert (found.sqnr_db, found.cosine, found.max_abs_error) == (math.inf, 1.0, 0.0)


def test_cosine_ignores_scale_and_sees_direction() -> None:
    x = np.random.default_rng(0).normal(size=100)
    assert sums(x, 3 * x).cosine == pytest.approx(1)
    assert sums(x, -x).cosine == pytest.approx(-1)
    assert sums(np.zeros(3), np.ones(3)).cosine == 0


def test_sums_are_taken_in_double_precision() -> None:
    a = np.full(1 << 20, 1.0, np.float16)
    assert sums(a, a * np.float16(1.001)).sqnr_db == pytest.approx(
        20 * math.log10(1 / (np.float16(1.001) - 1)), abs=0.1
    )


@settings(deadline=None, max_examples=25)
@given(st.integers(1, 7))
def test_the_split_into_batches_does_not_matter(parts: int) -> None:
    generator = np.random.default_rng(1)
    a, b = generator.normal(size=(50, 4)), generator.normal(size=(50, 4))
    assert sums(a, b, parts).sqnr_db == pytest.approx(sums(a, b).sqnr_db)
    assert sums(a, b, parts).max_abs_error == np.abs(a - b).max()


def test_the_same_nan_and_infinity_are_equal() -> None:
    x = np.array([1.0, np.nan, np.inf, -np.inf])
    assert sums(x, x.copy()).max_abs_error == 0


@pytest.mark.parametrize("broken", [np.nan, np.inf])
def test_a_value_that_stops_being_finite_is_an_infinite_error(broken: float) -> None:
    found = sums(np.array([1.0, 2.0]), np.array([1.0, broken]))
    assert found.max_abs_error == math.inf and found.sqnr_db == -math.inf and found.cosine == 0


def test_integers_and_booleans_do_not_wrap_around() -> None:
    assert sums(np.uint8([0]), np.uint8([255])).max_abs_error == 255
    assert sums(np.array([True]), np.array([False])).max_abs_error == 1


@pytest.mark.parametrize(
    ("output", "samples", "expected"),
    [
        (np.float32([[0, 2, 1], [5, 2, 1]]), 2, [1, 0]),
        (np.float32([0, 2, 1]).reshape(1, 3, 1, 1), 1, [1]),
        (np.float32([0, 2, 1]), 1, [1]),
        (np.int64([[4], [7]]), 2, [4, 7]),
        (np.int64([4, 7]), 2, [4, 7]),
        (np.zeros((2, 5, 3), np.float32), 2, None),
        (np.zeros((3, 5), np.float32), 2, None),
        (np.zeros((2, 1), np.float32), 2, None),
        (np.zeros((2, 5), np.int64), 2, None),
    ],
)
def test_what_can_be_read_as_a_classification(output: np.ndarray, samples: int, expected: list[int] | None) -> None:
    found = predictions(output, samples)
    assert (None if found is None else found.tolist()) == expected
