"""Undo by value: what was there before each edit, and what was undone since the last one."""

from __future__ import annotations

from typing import Generic, TypeVar

from gui.language import again

LIMIT = 500
T = TypeVar("T")


class Undo(Generic[T]):
    """Labels name the edits; ``undo`` and ``redo`` take the value that is left and give the one that comes."""

    def __init__(self) -> None:
        self._done: list[tuple[str, T]] = []
        self._undone: list[tuple[str, T]] = []

    def clear(self) -> None:
        self._done.clear()
        self._undone.clear()

    def note(self, label: str, before: T) -> None:
        """A new edit, which ends what could be redone."""
        self._done.append((label, before))
        del self._done[:-LIMIT]
        self._undone.clear()

    @property
    def undo_label(self) -> str:
        return again(self._done[-1][0]) if self._done else ""

    @property
    def redo_label(self) -> str:
        return again(self._undone[-1][0]) if self._undone else ""

    def undo(self, now: T) -> T:
        label, value = self._done.pop()
        self._undone.append((label, now))
        return value

    def redo(self, now: T) -> T:
        label, value = self._undone.pop()
        self._done.append((label, now))
        return value
