"""When the garbage collector walks, and over what.

It walks in the window's thread alone, whatever thread made the garbage. Widgets and what they call refer to each other:
found by a walk in the thread of a job, they would be destroyed there, which Qt does not survive.

The window stands still for a walk: a tenth of a second for 100,000 objects. So what stays is set aside: the program and
its window from the start, a model with many layers, and what was found to make walks long. A model's
nodes and values refer to each other, so that only a walk can free them: when another takes the place of a large one, or
other parts that of the window's, one goes over everything; and when much was set aside, once nobody touches the window.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QCursor, QGuiApplication

from gui.memory import hand_back

MANY = 2_000
"""Layers of a model that is set aside."""
WALK_MS = 300
YOUNG = 700
"""New objects before a walk over what came since the last one."""
OLD = 15_000
"""Objects that have come and stayed before a long walk, over all that are not set aside."""
LONG_S = 0.07
"""How long a walk may take over what stays, before that is set aside too."""
ASIDE = 200_000
"""Objects that were set aside so before a walk goes over everything; it waits until nobody has touched the window for
``STILL_S``, or there are ``MOST`` times as many."""
STILL_S = 1.5
MOST = 3
_everything_is_due = [False]


class Collector(QObject):
    """Takes the garbage collector over, for as long as the process lives.

    It counts what comes and goes. ``gc.get_objects`` would tell what there is, but must not be called beside threads:
    it takes hold of tuples that another thread is just making, and their making fails.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        gc.freeze()
        self._since = self._put_aside = 0
        self._touched, self._pointer = 0.0, QCursor.pos()
        self._next: list[Callable[[], None]] = []
        self._timer = QTimer(self)
        self._timer.setInterval(WALK_MS)
        self._timer.timeout.connect(self.walk)
        self._timer.start()

    def walk(self) -> None:
        """Over as much as it is time for; what that needs done goes into turns of its own."""
        young = gc.get_count()[0]
        still = self._still()
        if _everything_is_due[0] or self._put_aside > (ASIDE if still else MOST * ASIDE):
            _everything_is_due[0] = False
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._since = self._put_aside = 0
            self._next = [hand_back]
        elif self._since + young > OLD:
            self._since = 0
            self._next = [hand_back]
            took_s, found = _long_walk()
            if took_s > LONG_S:
                # What it found may be what took so long to free; then another walk tells.
                self._next.append(self._set_aside if found < OLD else self._look_again)
        elif self._next:
            self._next.pop(0)()
        elif young > YOUNG:
            self._since = max(0, self._since + young - gc.collect(1))

    def _look_again(self) -> None:
        if _long_walk()[0] > LONG_S:
            self._set_aside()

    def _set_aside(self) -> None:
        before = gc.get_freeze_count()
        gc.freeze()
        self._put_aside += gc.get_freeze_count() - before

    def touched(self) -> None:
        """Somebody does something."""
        self._touched = time.monotonic()

    def _still(self) -> bool:
        """Whether nobody is at work, as far as the pointer and what was ``touched`` tell."""
        if (at := QCursor.pos()) != self._pointer or QGuiApplication.mouseButtons() != Qt.MouseButton.NoButton:
            self._pointer = at
            self.touched()
        return time.monotonic() - self._touched > STILL_S


def let_go(layers: int = MANY) -> None:
    """A model with so many layers is not needed any more; if it was set aside, the next walk goes over everything."""
    _everything_is_due[0] |= layers >= MANY


@contextmanager
def no_walks(layers: int) -> Iterator[None]:
    """While something is made for each of so many layers that stays: each few hundred would begin a walk.

    If they are many all of it is set aside as well, or the first walk afterwards would go over it.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        if layers >= MANY:
            gc.freeze()
    finally:
        if enabled:
            gc.enable()


def _long_walk() -> tuple[float, int]:
    """Seconds that it took of this thread, and how many objects it found to be garbage."""
    began = time.thread_time()
    found = gc.collect()
    return time.thread_time() - began, found
