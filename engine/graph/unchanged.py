"""What was asked of a graph is known as long as nobody changes it: answers that are kept for the length of a block.

Listing a model asks each node the same things again for every scheme and every method. Who holds that nothing is
changed meanwhile says so; everywhere else each question is answered anew.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import Any, TypeVar

Asked = TypeVar("Asked", bound=Hashable)
Answer = TypeVar("Answer")

_answers: ContextVar[dict[object, dict[Any, Any]] | None] = ContextVar("answers", default=None)


@contextmanager
def unchanged() -> Iterator[None]:
    """No graph is changed within the block, neither by this thread nor by another."""
    token = _answers.set({})
    try:
        yield
    finally:
        _answers.reset(token)


def kept(question: Callable[[Asked], Answer]) -> Callable[[Asked], Answer]:
    """For a function of one node, value or model: its answers are kept within ``unchanged()``."""

    @wraps(question)
    def ask(about: Asked) -> Answer:
        answers = _answers.get()
        if answers is None:
            return question(about)
        known: dict[Asked, Answer] = answers.setdefault(question, {})
        try:
            return known[about]
        except KeyError:
            pass
        answer = known[about] = question(about)
        return answer

    return ask
