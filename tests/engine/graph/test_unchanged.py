"""Answers are kept within the block, and nowhere else."""

from __future__ import annotations

from engine.graph.unchanged import kept, unchanged


def test_within_the_block_each_question_is_answered_once_and_afterwards_anew() -> None:
    asked: list[str] = []

    @kept
    def length(text: str) -> int:
        asked.append(text)
        return len(text)

    @kept
    def shout(text: str) -> str:
        return text.upper()

    assert [length("ab"), length("ab")] == [2, 2] and asked == ["ab", "ab"]
    with unchanged():
        assert [length("ab"), length("ab"), length("abc"), shout("ab")] == [2, 2, 3, "AB"]
        assert asked[2:] == ["ab", "abc"]
    length("ab")
    assert asked[4:] == ["ab"]


def test_an_answer_of_none_is_an_answer() -> None:
    asked: list[int] = []

    @kept
    def nothing(number: int) -> None:
        asked.append(number)

    with unchanged():
        nothing(1), nothing(1)
    assert asked == [1]
