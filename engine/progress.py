"""How any long call reports and stops.

The worker writes a ``Progress``; whoever shows it polls ``Progress.tick``. Cancelling sets a flag that ``check`` and
``track`` turn into ``Cancelled``, and calls what was registered with ``on_cancel`` (killing a child process, say) at
once, on the thread that cancels.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from engine.errors import Cancelled

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Tick:
    """One look at a running job; ``total`` is None where the amount of work is not known."""

    label: str = ""
    done: int = 0
    total: int | None = None


class Progress:
    """Written by one worker thread, polled and cancelled from any other."""

    def __init__(self) -> None:
        self.tick = Tick()
        self._cancelled = threading.Event()
        self._hooks: list[Callable[[], None]] = []
        # A signal handler may cancel on the very thread that is registering a hook.
        self._lock = threading.RLock()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def cancel(self) -> None:
        with self._lock:
            self._cancelled.set()
            hooks = list(self._hooks)
        for hook in hooks:
            hook()

    def check(self) -> None:
        """Raise ``Cancelled`` where the work was cancelled."""
        if self.cancelled:
            raise Cancelled

    def step(self, label: str, done: int = 0, total: int | None = None) -> None:
        self.check()
        self.tick = Tick(label, done, total)

    def track(self, items: Iterable[T], label: str, total: int | None = None) -> Iterator[T]:
        """Yield the items, reporting how many are done."""
        if total is None and isinstance(items, Sized):
            total = len(items)
        for done, item in enumerate(items):
            self.step(label, done, total)
            yield item

    @contextmanager
    def on_cancel(self, hook: Callable[[], None]) -> Iterator[None]:
        """Call ``hook`` (from the cancelling thread) where the work is cancelled inside the block."""
        with self._lock:
            self._hooks.append(hook)
        try:
            if self.cancelled:
                hook()
            yield
        finally:
            with self._lock:
                self._hooks.remove(hook)
