from __future__ import annotations

import pytest

from engine.explain.wording import count, figures, names, percent, time


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.01234, "0.0123"), (1.0, "1"), (12.345, "12.3"), (123.45, "123"), (1234.5, "1230"), (99.96, "100")],
)
def test_three_significant_figures(value: float, text: str) -> None:
    assert figures(value) == text


@pytest.mark.parametrize(("us", "text"), [(5.232, "5.23 µs"), (999.4, "999 µs"), (999.9, "1 ms"), (1234.0, "1.23 ms")])
def test_times_change_their_unit_after_rounding(us: float, text: str) -> None:
    assert time(us) == text


def test_percent_has_two_figures() -> None:
    assert [percent(share) for share in (0.0206, 0.4169, 0.999, 1.0)] == ["2.1 %", "42 %", "100 %", "100 %"]


def test_counts_and_lists() -> None:
    assert count(1, "layer") == "1 layer" and count(2, "layer") == "2 layers"
    assert count(1, "copy", "copies") == "1 copy" and count(2, "copy", "copies") == "2 copies"
    assert names(["a"]) == "a" and names(["a", "b"]) == "a and b" and names(["a", "b", "a", "c"]) == "a, b and c"
    assert names(list("abcde")) == "a, b, c, d and e" and names(list("abcdefg")) == "a, b, c, d and 3 more"
