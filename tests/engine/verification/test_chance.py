from __future__ import annotations

import pytest

from engine.verification.chance import Paired, wilson


def test_the_interval_is_that_of_the_paper() -> None:
    """Newcombe 1998, the example in which 36 agree and 14 do not: 0.0569 to 0.3404 for the first minus the second."""
    low, high = Paired(36, 12, 2, 0).interval
    assert (-high, -low) == pytest.approx((0.0569, 0.3404), abs=1e-4)


def test_wilsons_interval() -> None:
    """Newcombe 1998 (single proportions): 81 of 263."""
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
    assert wilson(10, 10)[1] == 1.0 and wilson(0, 10)[0] == 0.0


@pytest.mark.parametrize(
    ("lost", "gained", "p"), [(1, 0, 1.0), (5, 0, 0.0625), (6, 0, 0.03125), (3, 3, 1.0), (0, 0, 1.0)]
)
def test_the_p_value_is_that_of_a_coin(lost: int, gained: int, p: float) -> None:
    assert Paired(90, lost, gained, 4).p_value == pytest.approx(p)


def test_many_samples_do_not_overflow() -> None:
    found = Paired(40_000, 5_000, 4_000, 1_000)
    assert 0 < found.p_value < 1e-20
    low, high = found.interval
    assert low < found.difference == -0.02 < high < 0


def test_equal_models_have_an_interval_around_zero() -> None:
    low, high = Paired(300, 0, 0, 0).interval
    assert low == pytest.approx(-high) and 0 < high < 0.02
