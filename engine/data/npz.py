"""Read ``.npz`` files row by row: numpy itself would decompress whole arrays.

A ``.npz`` is a zip of ``.npy`` members; a member's rows are contiguous unless it is in Fortran order. Object arrays are
refused: reading them runs code (pickle).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.lib import format as npy

from engine.backend import Array
from engine.errors import DataError

_FAULTS = (OSError, ValueError, EOFError, zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before an array's bytes."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    fortran: bool


def headers(path: Path) -> dict[str, Header]:
    """The arrays of a file by name.

    Raises:
        DataError: it is no ``.npz`` or holds Python objects.
    """
    found = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for member in archive.namelist():
                if member.endswith(".npy"):
                    with archive.open(member) as stream:
                        found[member[:-4]] = _header(stream)
    except _FAULTS as error:
        raise _unreadable(path, error) from error
    for name, header in found.items():
        if header.dtype.hasobject:
            raise DataError(
                f"array {name!r} holds Python objects, which are not read because unpickling runs code",
                where=str(path),
                way_out="Store it with a plain element type, strings as numpy's str type.",
            )
    return found


def rows(path: Path, name: str, indices: Iterable[int]) -> Iterator[Array]:
    """The entries along the first axis at ascending indices, one at a time in memory."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as stream:
            header = _header(stream)
            if header.fortran:
                whole = _array(stream.read(), header.shape[::-1], header.dtype).transpose()
                yield from (whole[i] for i in indices)
                return
            shape = header.shape[1:]
            size = int(np.prod(shape, dtype=np.int64)) * header.dtype.itemsize
            start = stream.tell()
            for index in indices:
                stream.seek(start + index * size)
                yield _array(stream.read(size), shape, header.dtype)
    except _FAULTS as error:
        raise _unreadable(path, error) from error


def whole(path: Path, name: str) -> Array:
    """One array, all of it."""
    try:
        with zipfile.ZipFile(path) as archive, archive.open(f"{name}.npy") as stream:
            header = _header(stream)
            if header.fortran:
                return _array(stream.read(), header.shape[::-1], header.dtype).transpose()
            return _array(stream.read(), header.shape, header.dtype)
    except _FAULTS as error:
        raise _unreadable(path, error) from error


def _header(stream: IO[bytes]) -> Header:
    version = npy.read_magic(stream)
    if version == (1, 0):
        shape, fortran, dtype = npy.read_array_header_1_0(stream)
    elif version == (2, 0):
        shape, fortran, dtype = npy.read_array_header_2_0(stream)
    else:
        raise ValueError(f"npy format {version[0]}.{version[1]}")
    return Header(tuple(shape), dtype, fortran and len(shape) > 1)


def _array(content: bytes, shape: tuple[int, ...], dtype: np.dtype[Any]) -> Array:
    return np.frombuffer(content, dtype).reshape(shape)


def _unreadable(path: Path, error: Exception) -> DataError:
    if isinstance(error, FileNotFoundError):
        return DataError("does not exist", where=str(path))
    return DataError(
        f"cannot be read as .npz: {error}",
        where=str(path),
        way_out="Write it again with numpy.savez and without pickle.",
    )
