"""What is said of exceptions that PyTorch, or the code of the user's own file, raises; the child process only."""

from __future__ import annotations

import re
import traceback
from pathlib import Path

from engine.errors import ModelError
from engine.program import Program

_RAISED = re.compile(r"[\w.]*(Error|Exception): ")
_OF_TYPES = re.compile(r"scalar type|dtype|tensors used as indices", re.IGNORECASE)
_TYPES_UNKNOWN = (
    "TorchScript does not say the element types of its inputs: --input NAME=FILE.npy with the right one does."
)


def ended_itself(program: Program, error: SystemExit, doing: str) -> ModelError:
    """For code of the user's file that calls ``sys.exit``, which must not end who runs it."""
    status = 0 if error.code is None else error.code
    at = line_of(error, program)
    return ModelError(
        f"the program ended itself (sys.exit, {status!r:.80}) while it was {doing}{f', at {at}' if at else ''}",
        where=str(program.path),
        way_out='Keep what ends it, a script\'s main part perhaps, under `if __name__ == "__main__":`.',
    )


def line_of(error: BaseException, program: Program) -> str:
    """``file.py:12``, the innermost line of the user's own code; empty where none was running."""
    if program.kind not in ("module", "factory"):
        return ""
    folder = str(program.path.parent)
    if isinstance(error, SyntaxError) and error.filename and error.filename.startswith(folder):
        return f"{Path(error.filename).name}:{error.lineno}"
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        if frame.filename.startswith(folder) and "site-packages" not in frame.filename[len(folder) :]:
            return f"{Path(frame.filename).name}:{frame.lineno}"
    return ""


def cause(error: BaseException, program: Program) -> str:
    """What an exception says, and its class and place where the user's own code was running."""
    at = line_of(error, program)
    if at:
        return f"{type(error).__name__} at {at}: {first_lines(error)}"
    if program.kind == "torchscript" and _OF_TYPES.search(str(error)):
        return f"{first_lines(error)}. {_TYPES_UNKNOWN}"
    return first_lines(error)


def first_lines(error: BaseException, most: int = 3) -> str:
    """The text of an exception without the places in PyTorch's own source, and TorchScript's without those in its."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    if lines and "TorchScript interpreter" in lines[0]:
        lines = lines[max((n for n, line in enumerate(lines) if _RAISED.match(line)), default=0) :]
    kept = [line for line in lines if not line.startswith(("Exception raised from", "frame #", "At:"))]
    return " ".join(kept[:most])[:600] or type(error).__name__
