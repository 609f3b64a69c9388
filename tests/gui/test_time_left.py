"""What is left is told only where it can be, and does not jump."""

from __future__ import annotations

import pytest

from engine.progress import Tick
from gui.time_left import TimeLeft, so_far, text


def test_an_even_pace_is_told_after_a_second() -> None:
    left, job = TimeLeft(), object()
    for second in range(11):
        left.seen(job, Tick("measuring", second, 30), now=100.0 + second)
        known = left.left_s(100.0 + second)
        assert known is None if second < 1 else known == pytest.approx(30 - second)


def test_a_new_phase_begins_anew_and_a_new_label_does_not() -> None:
    left, job = TimeLeft(), object()
    left.seen(job, Tick("batch 1", 0, 8), now=0.0)
    left.seen(job, Tick("batch 2", 2, 8), now=4.0)
    assert left.left_s(4.0) == pytest.approx(12.0)
    left.seen(job, Tick("reading", 0, 3), now=5.0)
    assert left.left_s(7.0) is None
    left.seen(object(), Tick("reading", 2, 3), now=8.0)
    assert left.left_s(9.5) is None, "another job with the same figures"


def test_without_a_total_nothing_is_promised() -> None:
    left, job = TimeLeft(), object()
    for second in range(5):
        left.seen(job, Tick("building", second, None), now=float(second))
    assert left.left_s(5.0) is None


def test_it_never_goes_below_nothing() -> None:
    left, job = TimeLeft(), object()
    left.seen(job, Tick("a", 0, 2), now=0.0)
    left.seen(job, Tick("a", 1, 2), now=2.0)
    assert left.left_s(60.0) == 0.0


@pytest.mark.parametrize(
    ("left_s", "told"),
    [(None, ""), (0.4, "a few seconds left"), (6.6, "about 7 s left"), (22.0, "about 20 s left"),
     (58.0, "about 1 min left"), (100.0, "about 1.8 min left"), (900.0, "about 15 min left")],
)  # fmt: skip
def test_in_words(left_s: float | None, told: str) -> None:
    assert text(left_s) == told


def test_what_nobody_knows_the_end_of() -> None:
    assert so_far(1) == ""
    assert so_far(12) == "12 s so far"
