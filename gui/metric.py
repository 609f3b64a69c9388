"""A metric of the user's own: a function in a Python file, which runs only as it was when the user allowed it."""

from __future__ import annotations

import ast
import hashlib
from dataclasses import dataclass
from pathlib import Path

from engine.errors import UsageError
from gui.language import tr


@dataclass(frozen=True, slots=True)
class AllowedMetric:
    """``sha256`` is of the file's content when the user said that it may run."""

    path: Path
    name: str
    sha256: str

    def unchanged(self) -> None:
        """Raises:
        UsageError: the file is another one than was allowed.
        """
        if content_sha256(self.path) != self.sha256:
            raise UsageError(
                tr("has changed since you allowed it to run"), where=str(self.path), way_out=tr("Choose it once more.")
            )


def content_sha256(path: Path) -> str:
    """Raises:
    UsageError: it cannot be read.
    """
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise UsageError(tr("cannot be read: {reason}").format(reason=error.strerror), where=str(path)) from None


def functions_in(path: Path) -> tuple[str, ...]:
    """The names of its functions, read and not run; private ones are left out.

    Raises:
        UsageError: it is no Python file, or has no function.
    """
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, SyntaxError) as error:
        raise UsageError(tr("cannot be read as Python: {reason}").format(reason=error), where=str(path)) from None
    found = tuple(n.name for n in tree.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_"))
    if not found:
        raise UsageError(
            tr("has no function"), where=str(path), way_out=tr("Write one: function(outputs, labels) -> float.")
        )
    return found
