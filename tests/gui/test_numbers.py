"""Numbers show at most three significant figures."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gui import numbers


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (960, "960"), (2304, "2.3 k"), (28_901_376, "28.9 M"), (999_999, "1 M"), (None, "–")],
)
def test_counts(value: int | None, text: str) -> None:
    assert numbers.count(value).replace(numbers.SPACE, " ") == text


@pytest.mark.parametrize(("us", "text"), [(0.5, "0.5 µs"), (342.4, "342 µs"), (1234.0, "1.23 ms"), (2.5e6, "2.5 s")])
def test_times(us: float, text: str) -> None:
    assert numbers.time_us(us).replace(numbers.SPACE, " ") == text


def test_deltas_have_signs() -> None:
    assert numbers.delta_us(12.0).startswith("+")
    assert numbers.delta_us(-12.0).startswith(numbers.MINUS)


@given(st.floats(min_value=1e-6, max_value=1e14))
def test_never_more_than_three_figures(value: float) -> None:
    text = numbers.time_us(value)
    digits = re.sub(r"[^0-9]", "", text.split(numbers.SPACE)[0]).strip("0")
    assert len(digits) <= 3 or value >= 1e9  # beyond the last unit all digits before the point are kept


def test_a_gain_is_claimed_only_where_it_can_be_told() -> None:
    assert numbers.gain(0.5, conclusive=True) == "2.00×"
    assert numbers.gain(0.5, conclusive=False) == "too close to tell"
