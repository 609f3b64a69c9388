"""What can go wrong because of what a user gave us: what happened, where, and the way out.

Every class carries the exit status of the command line (see ``EngineError.exit_status``). Anything that is not an
``EngineError`` or ``Cancelled`` is a bug and may show a traceback.
"""

from __future__ import annotations

from typing import ClassVar


class EngineError(Exception):
    """A fault that a user can understand and mend; never shown with a traceback.

    ``partial`` is what the work that it ended had found until then, where that is worth keeping.
    """

    exit_status: ClassVar[int] = 3
    partial: object | None = None

    def __init__(self, what: str, *, where: str = "", way_out: str = "") -> None:
        super().__init__(what, where, way_out)
        self.what = what
        self.where = where
        self.way_out = way_out

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.what, self.where, self.way_out))

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\n{self.way_out}" if self.way_out else head


def _rebuild(kind: type[EngineError], what: str, where: str, way_out: str) -> EngineError:
    return kind(what, where=where, way_out=way_out)


class UsageError(EngineError):
    """Wrong usage, a selector that matches nothing included."""

    exit_status = 2


class ModelError(EngineError):
    """The model file cannot be used."""


class DataError(EngineError):
    """The samples cannot be used."""


class DeviceError(EngineError):
    """The device is not available or cannot run this model."""

    exit_status = 4


class CheckError(EngineError):
    """A check failed and nothing was written."""

    exit_status = 5


class RuntimeCrash(EngineError):
    """The runtime crashed or ran out of memory in its child process.

    ``status`` is what the process ended with where it did so by itself.
    """

    exit_status = 6
    status: int | None = None


class Cancelled(Exception):
    """The user stopped the work; ``partial`` as in ``EngineError``."""

    exit_status: ClassVar[int] = 130
    partial: object | None = None
