"""The file formats: one file in this folder is one format."""

from __future__ import annotations

import stat
from functools import cache
from pathlib import Path

import engine.graph  # noqa: F401 (before anything imports onnx_ir: makes that cheap)
from engine.errors import ModelError
from engine.format import Format, Opening, Source, is_text, other_kind, stamped
from engine.progress import Progress
from engine.registry import discover
from engine.stamp import stamp_if_there

_HEAD_BYTES = 1024


@cache
def formats() -> dict[str, Format]:
    import engine.formats as package

    return discover(package, "FORMAT", Format)


def open_source(path: Path, progress: Progress, opening: Opening | None = None) -> Source:
    """Open a model file of any known format; ``model.py:function`` names what builds a module in a Python file.

    Raises:
        ModelError: it cannot be read, or is no model that Lathe opens; ``TrustNeeded`` and ``InputsNeeded`` where the
            user can say what is missing in ``opening``.
    """
    opening = opening or Opening()
    before = stamp_if_there(file_of(path))
    head = _head(file_of(path))
    for format_ in formats().values():
        if format_.recognises(path, head):
            if format_.open is not None:
                return stamped(format_.open(path, progress), before)
            return stamped(_converted(path, format_, opening, progress), before)
    kind = other_kind(head) or ("it is text" if is_text(head) else "its content is unknown")
    titles = ", ".join(format_.title for format_ in formats().values())
    raise ModelError(f"not a model file that Lathe opens: {kind}", where=str(path), way_out=f"Lathe opens: {titles}.")


def _converted(path: Path, format_: Format, opening: Opening, progress: Progress) -> Source:
    assert format_.program is not None
    program = format_.program(path, opening)
    from engine.pytorch.opening import open_program

    onnx = formats()["onnx"].open
    assert onnx is not None
    return open_program(program, format_.key, opening, progress, onnx)


def file_of(path: Path) -> Path:
    """Without the name of a function behind the name of a Python file."""
    head, colon, function = path.name.rpartition(":")
    return path.with_name(head) if colon and head.lower().endswith(".py") and function.isidentifier() else path


def _head(path: Path) -> bytes:
    """The first bytes of a regular file; anything else would block or make no sense."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ModelError("this is a folder", where=str(path), way_out="Give the model file inside it.")
        if not stat.S_ISREG(status.st_mode):
            raise ModelError("this is not a regular file", where=str(path))
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except FileNotFoundError:
        raise ModelError("there is no such file", where=str(path)) from None
    except PermissionError:
        raise ModelError("no permission to read it", where=str(path)) from None
    except (OSError, ValueError) as error:
        raise ModelError(f"cannot be read: {error}", where=str(path)) from None
    if not head:
        raise ModelError("the file is empty", where=str(path))
    return head
