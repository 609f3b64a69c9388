"""Programs that ``torch.export.save`` wrote (``.pt2``): a graph of operators with its weights.

Loading one needs no trust: the archive is looked through first (``engine.pytorch.exported_check``), and what would run
or unpickle anything is refused.
"""

from __future__ import annotations

from pathlib import Path

from engine.format import Format, Opening
from engine.program import Program

_ZIP = b"PK\x03\x04"


def _recognises(path: Path, head: bytes) -> bool:
    from engine.pytorch.archives import kind_of

    return head.startswith(_ZIP) and kind_of(path) == "exported"


def _program(path: Path, opening: Opening) -> Program:
    from engine.pytorch.archives import read_archive
    from engine.pytorch.exported_check import check_exported
    from engine.pytorch.loading import sha256_of

    check_exported(read_archive(path))
    return Program(path, "exported", sha256_of(path), shapes=opening.shapes, values=opening.values)


FORMAT = Format(
    key="pt2",
    title="PyTorch exported program (.pt2)",
    suffixes=(".pt2",),
    recognises=_recognises,
    program=_program,
)
