"""How many rounds models are measured beside each other."""

from __future__ import annotations

import pytest

from engine.profiling.beside import FEWEST_ROUNDS, MOST_ROUNDS, ROUNDS, SECONDS, _goes_on, _Seen

AGREE, DIFFER = [_Seen([100.0, 101.0])], [_Seen([100.0, 120.0])]


@pytest.mark.parametrize(
    ("number", "seconds", "seen", "goes_on"),
    [
        (FEWEST_ROUNDS - 1, 9 * SECONDS, DIFFER, True),
        (FEWEST_ROUNDS, 1.0, AGREE, True),
        (FEWEST_ROUNDS, 9 * SECONDS, DIFFER, False),
        (ROUNDS, 1.0, AGREE, False),
        (ROUNDS, 1.0, DIFFER, True),
        (ROUNDS, SECONDS, DIFFER, False),
        (MOST_ROUNDS, 1.0, DIFFER, False),
    ],
)
def test_rounds_follow_until_they_agree_or_the_time_is_over(
    number: int, seconds: float, seen: list[_Seen], goes_on: bool
) -> None:
    assert _goes_on(number, seconds, seen) is goes_on
