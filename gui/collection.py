"""When the garbage collector walks, and over what.

It walks in the window's thread alone, whatever thread made the garbage. Widgets and what they call refer to each other:
found by a walk in the thread of a job, they would be destroyed there, which Qt does not survive.

What is open is kept from the walks: over 10,000 layers one takes a quarter of a second, and the window stands still for
it.

A model's nodes and values refer to each other, so that only such a walk can free it. So when another takes its place
one more walk goes over everything, whenever the collector wants it, and what is left is set aside again.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import QObject, QTimer

MANY = 10_000
WALK_MS = 1000
YOUNG, MIDDLE = 700, 5
"""New objects before a walk over these, and such walks before one over what they left."""
SHARE = 4
"""Everything is walked over when what came since is more than such a part of it, as Python's own collector has it."""


class Collector(QObject):
    """Takes the garbage collector over, for as long as the process lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._lasting, self._since = len(gc.get_objects(generation=2)), 0
        self._timer = QTimer(self)
        self._timer.setInterval(WALK_MS)
        self._timer.timeout.connect(self.walk)
        self._timer.start()

    def walk(self) -> None:
        """Over as much as it is time for; the system gets back what is free after the longest."""
        young, middle, _ = gc.get_count()
        if young < YOUNG:
            return
        if middle < MIDDLE:
            gc.collect(0)
            return
        self._since += len(gc.get_objects(generation=0)) + len(gc.get_objects(generation=1))
        if self._since < self._lasting / SHARE:
            gc.collect(1)
            return
        gc.collect()
        self._lasting, self._since = len(gc.get_objects(generation=2)), 0
        if sys.platform == "linux":
            with contextlib.suppress(OSError, AttributeError):
                ctypes.CDLL(None).malloc_trim(0)


def set_aside() -> None:
    """No walk goes over what there is now, unless something was set aside before."""
    if not gc.get_freeze_count():
        gc.freeze()


def let_go() -> None:
    """The next full walk frees what nobody refers to any more, also of what was set aside."""
    gc.unfreeze()
    if _walked not in gc.callbacks:
        gc.callbacks.append(_walked)


@contextmanager
def no_walks(objects: int) -> Iterator[None]:
    """While about so many objects are made that stay: each few hundred of them would begin a walk.

    Very many are set aside as well, or the first walk afterwards would go over all of them.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        if objects >= MANY:
            gc.freeze()
    finally:
        if enabled:
            gc.enable()


def _walked(phase: str, facts: dict[str, Any]) -> None:
    if phase == "stop" and facts["generation"] == 2:
        gc.callbacks.remove(_walked)
        gc.freeze()
