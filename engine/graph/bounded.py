"""A ceiling on the memory that a piece of native code takes, where the system has one.

ONNX's inference can be led to write out billions of dimensions, and cannot be stopped. With a ceiling on the address
space it fails as it does where memory ends, which is an exception, and the machine's memory is left alone. The ceiling
is one of the whole process, so it stands for as long as the code runs, and far above what anything else needs then.
"""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_ROOM_BYTES, _TIMES = 192 << 20, 50
_lock = threading.Lock()
_inside = 0
_before = (0, 0)


@contextmanager
def memory_ceiling(proto_bytes: int) -> Iterator[None]:
    """Let the process grow by what work on a protobuf of this size may take, inside the block; ``MemoryError`` beyond.

    Nothing where that cannot be set.
    """
    global _inside, _before
    if sys.platform != "linux":
        yield
        return
    import resource

    with _lock:
        if not _inside:
            _before = resource.getrlimit(resource.RLIMIT_AS)
            _set(resource.RLIMIT_AS, _size() + _ROOM_BYTES + _TIMES * proto_bytes, _before)
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if not _inside:
                resource.setrlimit(resource.RLIMIT_AS, _before)


def _set(which: int, wanted: int, now: tuple[int, int]) -> None:
    import resource

    assert sys.platform == "linux"
    limits = [limit for limit in (wanted, *now) if limit != resource.RLIM_INFINITY]
    resource.setrlimit(which, (min(limits), now[1]))


def _size() -> int:
    """Of the process's address space."""
    import resource

    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
