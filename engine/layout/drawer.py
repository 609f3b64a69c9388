"""Layout in a process of its own: the window stays awake, and what takes too long is ended and drawn simply.

Nothing here recurses, so that no stack can overflow. Where the time limit ends it, or it dies, the
same request is placed without ordering, which takes time in proportion to the graph.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

from engine.errors import Cancelled, RuntimeCrash
from engine.graph.collection import collection_paused
from engine.layout.place import Placed, Request, place
from engine.profiling.child import Child
from engine.progress import Progress

LIMIT_S = 20.0


@dataclass(frozen=True)
class Placement:
    """``simple`` says that ordering took too long and was left out."""

    placed: Placed
    simple: bool = False


class Drawer:
    """One for a window; calls wait for each other."""

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        self._child = Child()
        self._limit_s = limit_s

    def start(self) -> None:
        self._child.start()

    def close(self) -> None:
        self._child.close()

    def place(self, request: Request, *, progress: Progress) -> Placement:
        """Where everything stands; ``progress`` may cancel it."""
        progress.step("Laying out the graph")
        if not request.plain:
            try:
                return Placement(self._limited(request, progress))
            except Cancelled:
                progress.check()
            except RuntimeCrash:
                pass  # it says nothing that a user could act on: the drawing without ordering is the way out
        return Placement(self._child.call(place_in_child, replace(request, plain=True), progress=progress), True)

    def _limited(self, request: Request, progress: Progress) -> Placed:
        limited = Progress()
        timer = threading.Timer(self._limit_s, limited.cancel)
        timer.name, timer.daemon = "lathe-layout-limit", True
        timer.start()
        try:
            with progress.on_cancel(limited.cancel):
                progress.check()
                return self._child.call(place_in_child, request, progress=limited)
        finally:
            timer.cancel()
            timer.join()


def place_in_child(request: Request, *, progress: Progress) -> Placed:
    progress.check()
    with collection_paused():
        return place(request)
