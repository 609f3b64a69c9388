"""A folder as one compressed file and as a list of hashes, the same bytes for the same content. Standard library only.

``lathe-files.sha256`` names every file of the folder and ``SHA256SUMS`` every archive, both as ``sha256sum --check``
reads them in the folder that they lie in.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import sys
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

from sizes import files

ARCHIVES = (".tar.gz", ".zip")
SUMS = "SHA256SUMS"


def pack(folder: Path, seconds: int, name: str = "") -> Path:
    """The archive beside the folder, by its name or another; ``seconds`` is the time that every file in it bears."""
    if sys.platform == "win32":
        return pack_zip(folder)
    path = folder.with_name(f"{name or folder.name}-{sys.platform}-{os.uname().machine}.tar.gz")

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = seconds
        entry.mode = 0o755 if entry.mode & 0o100 or entry.issym() else 0o644
        return entry

    with (
        path.open("wb") as stream,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=stream, mtime=seconds) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for file in sorted(folder.rglob("*")):
            if not file.is_dir() or file.is_symlink():
                archive.add(file, f"{folder.name}/{file.relative_to(folder)}", recursive=False, filter=plain)
    return path


def pack_zip(folder: Path) -> Path:
    path = folder.with_name(f"{folder.name}-windows.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder).as_posix()}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    return path


def list_files(folder: Path) -> Path:
    """Write the list of a folder beside it."""
    path = folder.with_name(f"{folder.name}-files.sha256")
    write(path, files(folder))
    return path


def list_archives(place: Path) -> None:
    write(place / SUMS, (path for path in sorted(place.iterdir()) if path.name.endswith(ARCHIVES)))


def write(path: Path, listed: Iterable[Path]) -> None:
    lines = [f"{sha256(file)}  {file.relative_to(path.parent).as_posix()}" for file in listed]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read(path: Path) -> dict[str, str]:
    """The hashes of a list, by the name of the file."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
