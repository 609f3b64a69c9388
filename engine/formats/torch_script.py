"""TorchScript archives (``torch.jit.save``): modules with code in a language of their own.

Loading one needs no trust: the language computes on tensors, and an archive that uses its operators on files is refused
(``engine.pytorch.script_check``). The file does not say which shapes its inputs have.
"""

from __future__ import annotations

from pathlib import Path

from engine.format import Format, Opening
from engine.program import Program

_ZIP = b"PK\x03\x04"


def _recognises(path: Path, head: bytes) -> bool:
    from engine.pytorch.archives import kind_of

    return head.startswith(_ZIP) and kind_of(path) == "torchscript"


def _program(path: Path, opening: Opening) -> Program:
    from engine.pytorch.archives import read_archive
    from engine.pytorch.loading import sha256_of
    from engine.pytorch.script_check import check_script

    check_script(read_archive(path))
    return Program(path, "torchscript", sha256_of(path), shapes=opening.shapes, values=opening.values)


FORMAT = Format(
    key="torchscript",
    title="TorchScript (.pt, .jit)",
    suffixes=(".pt", ".jit", ".pth", ".ts", ".torchscript"),
    recognises=_recognises,
    program=_program,
)
