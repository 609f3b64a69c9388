"""Build graphs without the garbage collector, which walks all of them again and again while they only grow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

MANY = 500_000
"""Objects made in earlier blocks, before what is left of them is looked for."""
_made = [0]


@contextmanager
def collection_paused() -> Iterator[None]:
    """For the block or function; of nested ones the outermost counts.

    What a block has made counts as old, and Python looks for garbage among the old only when enough has grown old by
    itself: so in a process that lives long the beginning of a block looks for what others left.
    """
    was_on = gc.isenabled()
    if was_on and _made[0] > MANY:
        gc.collect()
        _made[0] = 0
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            _made[0] += gc.get_count()[0]
            # Else the next allocation would walk all of it once more.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
