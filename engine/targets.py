"""Where results may be written: never over a file that is read, nor over what is no file, and told before any work."""

from __future__ import annotations

import errno
import os
import stat
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from engine.errors import CheckError, UsageError

_HIDDEN = os.umask(0o077)
os.umask(_HIDDEN)
"""What new files are not to be for others, which Python only tells by changing it."""


@contextmanager
def written_aside(target: Path) -> Iterator[Path]:
    """An empty file beside ``target`` that takes its place when the block ends: a crash leaves the old one or the new.

    It may be read by whoever might read the old one, or any new file of the user.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    os.close(handle)
    aside = Path(name)
    try:
        yield aside
        with aside.open("rb+") as file:
            os.fsync(file.fileno())
        aside.chmod(stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o666 & ~_HIDDEN)
        aside.replace(target)
    finally:
        aside.unlink(missing_ok=True)


def check_target(path: Path, kept: Mapping[Path, str]) -> Path:
    """The real path to write to.

    Args:
        kept: files that must stay as they are, and what each of them is.

    Raises:
        UsageError: writing there would damage one of them, or cannot work.
    """
    target = Path(os.path.realpath(path))
    try:
        mode = target.stat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        mode = None
    except (OSError, ValueError) as error:
        raise UsageError(
            f"cannot be written: {getattr(error, 'strerror', None) or error}",
            where=str(path),
            way_out="Choose another name.",
        ) from None
    if mode is not None and stat.S_ISDIR(mode):
        raise UsageError("is a folder", where=str(path), way_out="Name a file in it, as in OUT.onnx.")
    if mode is not None and not stat.S_ISREG(mode):
        raise UsageError("is a device or a pipe, not a file", where=str(path), way_out="Name a file.")
    if not target.parent.is_dir():
        raise UsageError(
            f"the folder {target.parent} does not exist", where=str(path), way_out="Make it first, or choose another."
        )
    try:  # Tried, since permissions do not tell of a volume that is mounted read-only, nor on Windows.
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except OSError as error:
        raise UsageError(
            f"cannot be written: no file can be made in {target.parent} ({error.strerror or error})",
            where=str(path),
            way_out="Choose a folder of your own, or make room.",
        ) from None
    for original, what in kept.items():
        if target == Path(os.path.realpath(original)) or (
            mode is not None and original.exists() and target.samefile(original)
        ):
            raise UsageError(
                f"is {what}, which is never written",
                where=str(target),
                way_out="Choose another name for the result.",
            )
    return target


def check_targets(paths: Iterable[Path | None], kept: Mapping[Path, str]) -> None:
    """As ``check_target`` for every result of one command; two of them in one file are refused as well."""
    found: dict[Path, str] = dict(kept)
    for path in paths:
        if path is not None:
            found[check_target(path, found)] = "another result of the same command"


def write_text(path: Path, text: str) -> None:
    """Write aside, then replace, so that a failure leaves the old file.

    Raises:
        UsageError: see ``check_target``.
        CheckError: the disk is full.
    """
    target = check_target(path, {})
    with disk_faults(path), written_aside(target) as aside:
        aside.write_text(text, encoding="utf-8", newline="")


@contextmanager
def disk_faults(target: Path) -> Iterator[None]:
    """Faults of the disk as messages."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC), errno.EFBIG):
            raise CheckError(
                f"the disk is full ({error.strerror}); nothing was written",
                where=str(target),
                way_out="Make room, or choose another folder.",
            ) from error
        raise UsageError(
            f"cannot be written: {error.strerror or error}", where=str(target), way_out="Choose a folder of your own."
        ) from error
