"""What is open is kept from the garbage collector's walks: over 10,000 layers one takes a quarter of a second, and the
window stands still for it, whatever thread it happens in.

A model's nodes and values refer to each other, so that only such a walk can free it. So when another takes its place
one more walk goes over everything, whenever the collector wants it, and what is left is set aside again.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MANY = 10_000


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
