"""Build graphs without the garbage collector, which walks all of them again and again while they only grow."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """For the block or function; of nested ones the outermost counts."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            # What was made counts as old: else the next allocation would walk all of it once more.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
