"""Shared libraries that a provider needs, found without loading them: loading CUDA's takes seconds.

On Linux the provider's own library says what it needs (the DT_NEEDED entries of its dynamic section, see the ELF
specification), and a needed library is looked for where the loader and ONNX Runtime would: in ``LD_LIBRARY_PATH``, in
the wheels of NVIDIA and of TensorRT, in the loader's cache and in the system's folders.
"""

from __future__ import annotations

import os
import re
import site
import struct
import sys
from functools import cache
from pathlib import Path
from typing import BinaryIO

_DYNAMIC, _LOAD = 2, 1
_NEEDED, _STRINGS = 1, 5
_OURS = re.compile(r"^lib(cu|nv|nccl)|^(cu|nv)\w+64")
"""Libraries of CUDA, cuDNN and TensorRT; all others come with the system."""
_DRIVER = ("libcuda.so.1", "libnvidia-ml.so.1")
_SYSTEM = (
    "/usr/local/cuda/lib64",
    "/usr/lib/x86_64-linux-gnu",
    "/usr/lib/aarch64-linux-gnu",
    "/usr/lib64",
    "/usr/lib",
    "/usr/lib/wsl/lib",
)


def needed(library: Path) -> tuple[str, ...]:
    """The names of the shared libraries that an ELF file asks the loader for; none where it is no 64-bit ELF file."""
    with library.open("rb") as file:
        try:
            return _needed(file)
        except struct.error:  # cut off: the loader will say so
            return ()


def _needed(file: BinaryIO) -> tuple[str, ...]:
    head = file.read(64)
    if len(head) < 64 or head[:6] != b"\x7fELF\x02\x01":
        return ()
    (table,) = struct.unpack_from("<Q", head, 0x20)
    size, count = struct.unpack_from("<HH", head, 0x36)
    raw = _read(file, table, size * count)
    segments = [struct.unpack_from("<IIQQQQQQ", raw, size * number) for number in range(count)]
    dynamic = b"".join(
        _read(file, offset, length) for kind, _, offset, _, _, length, _, _ in segments if kind == _DYNAMIC
    )
    entries = [struct.unpack_from("<qQ", dynamic, at) for at in range(0, len(dynamic) - 15, 16)]
    strings = next((value for tag, value in entries if tag == _STRINGS), None)
    for kind, _, offset, start, _, length, _, _ in segments:
        if strings is not None and kind == _LOAD and start <= strings < start + length:
            found = (_read(file, offset + strings - start + value, 256) for tag, value in entries if tag == _NEEDED)
            return tuple(name.split(b"\0", 1)[0].decode(errors="replace") for name in found)
    return ()


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    file.seek(offset)
    return file.read(length)


def missing(library: Path) -> tuple[str, ...]:
    """Those of CUDA, cuDNN and TensorRT that a provider's library needs and nobody would find."""
    return tuple(name for name in needed(library) if _OURS.match(name) and name not in _DRIVER and find(name) is None)


@cache
def find(name: str) -> Path | None:
    """Where a shared library is; a path that does not exist where only the loader's cache knows its name."""
    for folder in (*_paths(), *wheels()):
        if (folder / name).is_file():
            return folder / name
    for text in _SYSTEM if sys.platform == "linux" else ():
        if (Path(text) / name).is_file():
            return Path(text) / name
    return Path(name) if f"\0{name}\0".encode() in _loader_cache() else None


def wheels() -> tuple[Path, ...]:
    """The folders of the libraries that NVIDIA's wheels brought."""
    kind = ("bin", "bin/x86_64") if sys.platform == "win32" else ("lib",)
    found: list[Path] = []
    for root in dict.fromkeys(map(Path, [*site.getsitepackages(), site.getusersitepackages(), *sys.path])):
        for folder in sorted((root / "nvidia").glob("*")) if (root / "nvidia").is_dir() else ():
            found += [folder / name for name in kind if (folder / name).is_dir()]
        found += [root / "tensorrt_libs"] if (root / "tensorrt_libs").is_dir() else []
    return tuple(found)


def version_of(name: str) -> str:
    """The version in the name of the file that a library's name leads to ("libcudnn.so.9" to "9.10.2")."""
    path = find(name)
    match = re.search(r"\.so\.([\d.]+)$", str(path.resolve())) if path is not None else None
    return match.group(1) if match else ""


def _paths() -> list[Path]:
    variable = "PATH" if sys.platform == "win32" else "LD_LIBRARY_PATH"
    return [Path(text) for text in os.environ.get(variable, "").split(os.pathsep) if text]


@cache
def _loader_cache() -> bytes:
    try:
        return Path("/etc/ld.so.cache").read_bytes() if sys.platform == "linux" else b""
    except OSError:
        return b""
