from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from engine.data.ahead import ahead, mapped


def threads() -> list[str]:
    return [t.name for t in threading.enumerate() if t.name.startswith(("read-ahead", "work"))]


def test_items_come_in_order_and_the_thread_ends() -> None:
    assert list(ahead(lambda: iter(range(100)))) == list(range(100))
    assert list(mapped(lambda n: n * n, range(100), threads=2, depth=3, name="work")) == [n * n for n in range(100)]
    assert not threads()


def test_no_more_is_read_than_may_wait() -> None:
    read: list[int] = []
    taken = threading.Event()

    def items() -> Iterator[int]:
        for n in range(100):
            read.append(n)
            if n == 3:
                taken.set()
            yield n

    stream = ahead(items, depth=2)
    next(stream)
    assert taken.wait(5)  # one was taken, two wait, one is held by who would put it
    assert len(read) == 4
    stream.close()
    assert not threads()


def test_an_error_comes_where_the_item_would_have_come() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("broken")

    found = []
    with pytest.raises(ValueError, match="broken"):
        for item in ahead(items):
            found.append(item)
    assert found == [1] and not threads()


def test_threads_end_with_a_consumer_that_leaves() -> None:
    for stream in (ahead(lambda: iter(range(10**9))), mapped(str, range(10**9), threads=2, depth=4, name="work")):
        next(stream)  # type: ignore[call-overload]
        stream.close()
    assert not threads()
