"""How the C library keeps the memory that is free.

Left to itself glibc has eight times as many heaps as processors, one for each thread that allocates, and after the
first large block that is freed it takes blocks of up to 32 MB from them. A window with threads of its own for jobs then
holds a third more after minutes of work, in pieces that nobody can use (``malloc(3)``, ``mallopt(3)``). Other libraries
are left as they are.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys

_M_MMAP_THRESHOLD, _M_ARENA_MAX = -3, -8
"""From ``malloc.h``."""
HEAPS = 2
"""One is the window's own, so that it hardly waits for what jobs allocate."""
LARGE_BYTES = 1 << 20
"""A block of this size has pages of its own, which go back with it."""


def keep_together() -> None:
    """Before other threads begin: few heaps, and nothing large in them."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            library = ctypes.CDLL(None)
            library.mallopt(_M_ARENA_MAX, HEAPS)
            library.mallopt(_M_MMAP_THRESHOLD, LARGE_BYTES)


def hand_back() -> None:
    """The system gets the pages that are free."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
