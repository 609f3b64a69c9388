"""Check where external data lie: complete, and inside the model's own folder.

A path that leaves the folder (absolute, through ``..``, through a link, by a second hard link) would read somebody
else's files. Data stay in their files and are mapped when they are used.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError

if TYPE_CHECKING:
    import onnx

_WAY_OUT = "Put the data file into the model's own folder."
_MOST_DIGITS = 64


def check_external(tensor: onnx.TensorProto, expected_bytes: int, path: Path, files: dict[str, int]) -> None:
    """Check one tensor's place; ``files`` collects the sizes of the files that were looked at.

    Raises:
        ModelError: the data are missing, too short, unreadable or outside the model's folder.
    """
    info = {entry.key: entry.value for entry in tensor.external_data}
    location = info.get("location", "")
    offset = _number(tensor, path, info.get("offset"), 0)
    length = _number(tensor, path, info.get("length"), expected_bytes)
    if location not in files:
        files[location] = _size(tensor.name, location, path)
    if offset < 0 or length != expected_bytes:
        raise ModelError(
            f"tensor {tensor.name!r} needs {expected_bytes} bytes of {location!r}; the model says {length} at offset "
            f"{offset}",
            where=str(path),
        )
    if offset + length > files[location]:
        raise ModelError(
            f"external data {location!r} is too short: tensor {tensor.name!r} ends at byte {offset + length}, the file "
            f"at {files[location]}",
            where=str(path),
            way_out="Copy the data file again, complete.",
        )


def _number(tensor: onnx.TensorProto, path: Path, text: str | None, default: int) -> int:
    if not text:
        return default
    try:
        return int(text[:_MOST_DIGITS])  # Python takes long for the conversion of many digits
    except ValueError:
        raise ModelError(f"tensor {tensor.name!r}: offset or length is no number", where=str(path)) from None


def _size(name: str, location: str, path: Path) -> int:
    """The size of a file of external data, after all that could make it somebody else's."""
    folder = Path(os.path.abspath(path)).parent  # noqa: PTH100 (resolve() would follow a link to the model)
    where = str(path)
    outside = ModelError(
        f"external data {location[:200]!r} of tensor {name!r} lies outside the model's folder",
        where=where,
        way_out=_WAY_OUT,
    )
    if not location or "\0" in location:
        raise ModelError(f"tensor {name!r} does not say where its external data are", where=where)
    target = folder / location
    if Path(location).is_absolute() or ("\\" in location and ":" in location):
        raise outside
    if not Path(os.path.normpath(target)).is_relative_to(folder):
        raise outside
    try:
        inside = target.resolve().is_relative_to(folder.resolve())
        status = target.stat()
    except FileNotFoundError:
        # Whatever is not there is refused; that it would be outside says more.
        if not target.resolve().is_relative_to(folder.resolve()):
            raise outside from None
        raise ModelError(f"external data {location[:200]!r} is missing", where=where, way_out=_WAY_OUT) from None
    except (OSError, RuntimeError, ValueError) as error:  # a loop of links is a RuntimeError
        raise ModelError(f"external data {location[:200]!r} cannot be read: {error}", where=where) from None
    if not inside:
        raise outside
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"external data {location!r} is not a regular file", where=where)
    if status.st_nlink > 1:
        raise ModelError(
            f"external data {location!r} has several hard links, which could be another folder's file",
            where=where,
            way_out="Replace it by a copy of its own.",
        )
    if not os.access(target, os.R_OK):
        raise ModelError(f"no permission to read external data {location!r}", where=where)
    return status.st_size
