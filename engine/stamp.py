"""Whether a file is still the one that was read."""

from __future__ import annotations

import os
from pathlib import Path

Stamp = tuple[int, int, int]


def stamp_of(path: str | os.PathLike[str]) -> Stamp:
    """What changes when a file does: its size, when it was written, and which file it is.

    Raises:
        OSError: it cannot be looked at.
    """
    status = Path(path).stat()
    return status.st_size, status.st_mtime_ns, status.st_ino


def stamp_if_there(path: str | os.PathLike[str]) -> Stamp | None:
    """None where there is no file to look at."""
    try:
        return stamp_of(path)
    except (OSError, ValueError):
        return None
