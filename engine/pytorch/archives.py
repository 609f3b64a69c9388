"""The ZIP archives that PyTorch writes: what kind each is, read from its directory alone.

PyTorch's reader is not Python's: it finds entries without regard to case and takes the first of a name. An archive on
which two readers could disagree is refused, because then what was looked at might not be what is loaded.
"""

from __future__ import annotations

import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from engine.errors import ModelError

ZIP = b"PK\x03\x04"
_END = b"PK\x05\x06"
_END_BYTES = 22
MOST_ENTRIES = 200_000
MOST_RATIO = 200
"""How much an entry may unpack to; PyTorch stores weights as they are, and text packs ten to one."""

Kind = Literal["exported", "torchscript", "pickle", "other"]


@dataclass(frozen=True, slots=True)
class Archive:
    """The directory of an archive.

    Attributes:
        root: the folder that everything stands in, with a slash; empty where there is none.
        sizes: bytes by the name of the entry, without the root.
    """

    path: Path
    kind: Kind
    root: str
    sizes: dict[str, int]

    def read(self, name: str, most: int) -> bytes:
        """One entry.

        Raises:
            ModelError: it has more than ``most`` bytes, or is damaged.
        """
        if self.sizes[name] > most:
            raise ModelError(f"its entry {name!r} has {self.sizes[name]:,} bytes, too many", where=str(self.path))
        try:
            with zipfile.ZipFile(self.path) as file:
                return file.read(self.root + name)
        except (OSError, ValueError, RuntimeError, NotImplementedError, zipfile.BadZipFile, zlib.error, EOFError) as e:
            raise ModelError(f"its entry {name!r} is damaged: {e}", where=str(self.path)) from None


def kind_of(path: Path) -> Kind:
    """Of a file that begins as a ZIP archive; "other" also where it is damaged, which opening it then says."""
    try:
        with zipfile.ZipFile(path) as file:
            return _kind(file.namelist()[:MOST_ENTRIES])
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError):
        return "other"


def read_archive(path: Path) -> Archive:
    """The directory, once it is sound.

    Raises:
        ModelError: the archive is damaged, or readers could disagree about what it holds.
    """
    try:
        with zipfile.ZipFile(path) as file:
            entries = file.infolist()
            comment = file.comment
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        raise ModelError(f"the ZIP archive is damaged: {error}", where=str(path)) from None
    if len(entries) > MOST_ENTRIES:
        raise ModelError(f"the ZIP archive has {len(entries):,} entries", where=str(path))
    names = [entry.filename for entry in entries]
    if len({name.casefold() for name in names}) < len(names) or comment or not _ends_once(path):
        raise ModelError("the ZIP archive is ambiguous: readers could disagree about what it holds", where=str(path))
    if any(entry.file_size > MOST_RATIO * max(entry.compress_size, 1024) for entry in entries):
        raise ModelError("the ZIP archive unpacks to far more than its size", where=str(path))
    root = _root(names)
    return Archive(path, _kind(names), root, {entry.filename.removeprefix(root): entry.file_size for entry in entries})


def _ends_once(path: Path) -> bool:
    """Whether the end of the directory is the end of the file, and only there."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - (1 << 16) - _END_BYTES))
        tail = file.read()
    return tail.rfind(_END) == len(tail) - _END_BYTES


def _root(names: list[str]) -> str:
    first = names[0].partition("/") if names else ("", "", "")
    root = f"{first[0]}/" if first[1] else ""
    return root if all(name.startswith(root) for name in names) else ""


def _kind(names: list[str]) -> Kind:
    root = _root(names)
    own = {name.removeprefix(root) for name in names}
    if "serialized_exported_program.json" in own or any(
        name.startswith("models/") and name.endswith(".json") for name in own
    ):
        return "exported"
    if "constants.pkl" in own and any(name.startswith("code/") for name in own):
        return "torchscript"
    return "pickle" if "data.pkl" in own else "other"
