"""A Python file with a function that builds the module: ``model.py:build``.

The function takes no arguments and returns a ``torch.nn.Module``, or the module and a tuple of example inputs; without
them the file may have ``example_inputs``, a value or a function, or ``--shape`` gives their shapes. Opening it runs the
file, so the user must have said yes to that.
"""

from __future__ import annotations

import ast
from pathlib import Path

from engine.errors import ModelError
from engine.format import Format, Opening, TrustNeeded
from engine.program import Program

USUAL = "build"


def _recognises(path: Path, head: bytes) -> bool:
    return _split(path)[0].suffix.lower() == ".py"


def _split(path: Path) -> tuple[Path, str]:
    """``model.py:build`` is the file and the function."""
    head, colon, function = path.name.rpartition(":")
    if colon and head.lower().endswith(".py") and function.isidentifier():
        return path.with_name(head), function
    return path, ""


def _program(path: Path, opening: Opening) -> Program:
    from engine.pytorch.loading import sha256_of

    file, function = _split(path)
    functions = _functions(file)
    function = function or USUAL
    if function not in functions:
        listed = ", ".join(functions) or "none"
        raise ModelError(
            f"it has no function {function!r} that builds a module",
            where=str(file),
            way_out=f"Give one as {file.name}:NAME; it has {listed}.",
        )
    if not opening.trusted:
        raise TrustNeeded(
            "it is a Python file, and opening it runs it: it can do anything that you can",
            where=str(file),
            way_out="Where you trust it, give --trust. It was not run.",
        )
    return Program(
        file.absolute(), "factory", sha256_of(file), function, True, shapes=opening.shapes, values=opening.values
    )


def _functions(file: Path) -> list[str]:
    """The functions and classes of a file, read and not run."""
    try:
        tree = ast.parse(file.read_bytes(), filename=str(file))
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ModelError(f"it is no Python that this version can read: {error}", where=str(file)) from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", where=str(file)) from None
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node.name for node in tree.body if isinstance(node, kinds) and not node.name.startswith("_")]


FORMAT = Format(
    key="torch_python",
    title="Python file that builds a PyTorch module (.py; asks before it runs it)",
    suffixes=(".py",),
    recognises=_recognises,
    program=_program,
)
