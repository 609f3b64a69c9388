"""Whether a TorchScript archive can do more than compute, before PyTorch reads it.

TorchScript is a language of its own: the code of its archive is compiled and not run by Python, and its pickles may
only name tensors and classes of the archive. But ``__setstate__`` of such a class runs when it is loaded, and among the
operators of the language are two that write and map files by name.
"""

from __future__ import annotations

import re

from engine.errors import ModelError
from engine.pytorch.archives import Archive

MOST_BYTES = 64 << 20
_FILES = re.compile(r"\b(from_file|save)\b")


def check_script(archive: Archive) -> None:
    """Nothing where its code only computes.

    Raises:
        ModelError: its code names an operator that reads or writes files.
    """
    for name in archive.sizes:
        if not name.startswith("code/") or not name.endswith(".py"):
            continue
        found = _FILES.search(archive.read(name, MOST_BYTES).decode("utf-8", errors="replace"))
        if found is not None:
            raise ModelError(
                f"its code ({name}) uses {found[1]!r}, which is an operator on files; it is not loaded",
                where=str(archive.path),
                way_out="Script or trace the module without that operator.",
            )
