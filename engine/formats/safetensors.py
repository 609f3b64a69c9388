"""safetensors files: weights and nothing else, so there is no program to open; the message says what is missing."""

from __future__ import annotations

import json
from pathlib import Path

from engine.errors import ModelError
from engine.format import Format, Opening
from engine.program import Program

MOST_BYTES = 100 << 20
"""Of the header, as the format itself has it."""


def _recognises(path: Path, head: bytes) -> bool:
    length = int.from_bytes(head[:8], "little")
    return path.suffix.lower() == ".safetensors" or (head[8:10] == b'{"' and 2 <= length <= MOST_BYTES)


def _program(path: Path, opening: Opening) -> Program:
    from engine.pytorch.weights import no_program

    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            header = json.loads(file.read(min(length, MOST_BYTES)))
        tensors = {name: tuple(entry["shape"]) for name, entry in header.items() if name != "__metadata__"}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise ModelError("it is a damaged safetensors file", where=str(path)) from None
    raise no_program(path, tensors)


FORMAT = Format(
    key="safetensors",
    title="safetensors (weights alone: says what is missing)",
    suffixes=(),
    recognises=_recognises,
    program=_program,
)
