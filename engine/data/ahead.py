"""Work ahead of whoever consumes it, on other threads and with bounded memory.

An error comes out where the item would have come; a consumer that leaves early ends the threads before it goes on.
"""

from __future__ import annotations

import queue
import threading
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

_LOOK_S = 0.05


def ahead(items: Callable[[], Iterator[T]], depth: int = 2) -> Generator[T, None, None]:
    """The items of an iterator that runs on a thread of its own; at most ``depth`` wait."""
    waiting: queue.Queue[tuple[T | None, BaseException | None, bool]] = queue.Queue(depth)
    stop = threading.Event()

    def put(item: T | None, error: BaseException | None, more: bool) -> None:
        while not stop.is_set():
            try:
                waiting.put((item, error, more), timeout=_LOOK_S)
            except queue.Full:
                continue
            return

    def produce() -> None:
        try:
            for item in items():
                put(item, None, True)
                if stop.is_set():
                    return
            put(None, None, False)
        except BaseException as error:  # raised again where the items are consumed
            put(None, error, False)

    thread = threading.Thread(target=produce, name="read-ahead", daemon=True)
    thread.start()
    try:
        while True:
            item, error, more = waiting.get()
            if error is not None:
                raise error
            if not more:
                return
            yield item  # type: ignore[misc]
    finally:
        stop.set()
        thread.join()


def mapped(
    function: Callable[[S], T], items: Iterable[S], *, threads: int, depth: int, name: str
) -> Generator[T, None, None]:
    """``function`` of each item in their order, computed on several threads; at most ``depth`` results wait."""
    waiting: deque[Future[T]] = deque()
    left = iter(items)
    pool = ThreadPoolExecutor(threads, thread_name_prefix=name)
    try:
        for item in islice(left, depth):
            waiting.append(pool.submit(function, item))
        while waiting:
            result = waiting.popleft().result()
            for item in islice(left, 1):
                waiting.append(pool.submit(function, item))
            yield result
    finally:
        pool.shutdown(cancel_futures=True)
