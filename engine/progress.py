r"""How any long call reports and stops.

The worker writes a ``Progress``; whoever shows it polls ``Progress.tick``. Cancelling sets a flag that ``check`` and
``track`` turn into ``Cancelled``, and calls what was registered with ``on_cancel`` (killing a child process, say) at
once, on the thread that cancels.

Finishing is softer: ``finish`` asks the work to end soon with what it has; long measurements look at ``finishing``
between blocks. What a worker ``keep``\ s on the way survives its crash or its cancelling as ``kept``.
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
    """One look at a running job; ``total`` is None where the amount of work is not known.

    ``seconds`` is for how long it has been at one thing whose end nobody knows, building a session for example.
    """

    label: str = ""
    done: int = 0
    total: int | None = None
    seconds: int = 0


class Progress:
    """Written by one worker thread, polled and cancelled from any other."""

    def __init__(self) -> None:
        self.tick = Tick()
        self.kept: object | None = None
        self._cancelled = threading.Event()
        self._finishing = threading.Event()
        self._hooks: list[Callable[[], None]] = []
        self._finish_hooks: list[Callable[[], None]] = []
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

    @property
    def finishing(self) -> bool:
        return self._finishing.is_set()

    def finish(self) -> None:
        """Ask for an early end with what there is."""
        with self._lock:
            self._finishing.set()
            hooks = list(self._finish_hooks)
        for hook in hooks:
            hook()

    def keep(self, result: object) -> None:
        """Leave a partial result behind, in the place of the last one."""
        self.kept = result

    def check(self) -> None:
        """Raise ``Cancelled`` where the work was cancelled."""
        if self.cancelled:
            raise Cancelled

    def step(self, label: str, done: int = 0, total: int | None = None, *, seconds: int = 0) -> None:
        self.check()
        self.tick = Tick(label, done, total, seconds)

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
        with self._hooked(self._hooks, hook, self._cancelled):
            yield

    @contextmanager
    def on_finish(self, hook: Callable[[], None]) -> Iterator[None]:
        """Call ``hook`` (from the finishing thread) where an early end is asked for inside the block."""
        with self._hooked(self._finish_hooks, hook, self._finishing):
            yield

    @contextmanager
    def _hooked(
        self, hooks: list[Callable[[], None]], hook: Callable[[], None], flag: threading.Event
    ) -> Iterator[None]:
        with self._lock:
            hooks.append(hook)
        try:
            if flag.is_set():
                hook()
            yield
        finally:
            with self._lock:
                hooks.remove(hook)
