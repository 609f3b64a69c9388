from __future__ import annotations

import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.profiling.onnxruntime import libraries, packages


def elf(*needed: str) -> bytes:
    """The least of a shared library: one loaded segment, its dynamic section and the names that it needs."""
    names = b"\0" + b"".join(name.encode() + b"\0" for name in needed)
    at = [names.index(name.encode()) for name in needed]
    strings = 64 + 2 * 56
    dynamic = strings + len(names)
    entries = b"".join(struct.pack("<qQ", 1, offset) for offset in at) + struct.pack("<qQqQ", 5, 0x1000 + strings, 0, 0)
    size = dynamic + len(entries)
    head = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack("<HHIQQQIHHHHHH", 3, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    load = struct.pack("<IIQQQQQQ", 1, 4, 0, 0x1000, 0x1000, size, size, 0x1000)
    link = struct.pack("<IIQQQQQQ", 2, 4, dynamic, 0x1000 + dynamic, 0, len(entries), len(entries), 8)
    return head + load + link + names + entries


@pytest.fixture(autouse=True)
def nothing_found_before() -> Iterator[None]:
    libraries.find.cache_clear()
    yield
    libraries.find.cache_clear()


@pytest.fixture
def provider(tmp_path: Path) -> Path:
    path = tmp_path / "libonnxruntime_providers_cuda.so"
    path.write_bytes(elf("libcublasLt.so.99", "libcudnn.so.99", "libcuda.so.1", "libstdc++.so.6"))
    return path


def test_a_library_says_what_it_needs(provider: Path) -> None:
    assert libraries.needed(provider) == ("libcublasLt.so.99", "libcudnn.so.99", "libcuda.so.1", "libstdc++.so.6")


@pytest.mark.skipif(sys.platform != "linux", reason="reads a library of Linux")
def test_a_real_library_says_what_it_needs() -> None:
    package = packages.installed()
    assert package is not None
    assert "libc.so.6" in libraries.needed(package.library("shared"))


def test_only_libraries_of_nvidia_that_nobody_would_find_are_missing(
    provider: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert libraries.missing(provider) == ("libcublasLt.so.99", "libcudnn.so.99")
    (tmp_path / "libcublasLt.so.99").write_bytes(b"")
    monkeypatch.setenv("PATH" if sys.platform == "win32" else "LD_LIBRARY_PATH", str(tmp_path))
    libraries.find.cache_clear()
    assert libraries.missing(provider) == ("libcudnn.so.99",)


def test_a_wheel_of_nvidia_brings_libraries(provider: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    folder = tmp_path / "nvidia" / "cudnn" / ("bin" if sys.platform == "win32" else "lib")
    folder.mkdir(parents=True)
    (folder / "libcudnn.so.99").write_bytes(b"")
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])
    assert libraries.missing(provider) == ("libcublasLt.so.99",)


def test_the_version_is_in_the_name_of_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "libcudnn.so.9.10.2").write_bytes(b"")
    (tmp_path / "libcudnn.so.9").symlink_to("libcudnn.so.9.10.2")
    monkeypatch.setenv("LD_LIBRARY_PATH", str(tmp_path))
    assert libraries.version_of("libcudnn.so.9") == "9.10.2"
    assert libraries.version_of("libnone.so.1") == ""


def test_what_is_no_library_needs_nothing(tmp_path: Path) -> None:
    for content in (b"", b"text" * 50, elf("libcudnn.so.99")[:70]):
        (tmp_path / "x").write_bytes(content)
        assert libraries.needed(tmp_path / "x") == ()
