"""The same folder gives the same archive and the same lists, and the lists show a file that was changed."""

from __future__ import annotations

import os
import subprocess
import tarfile
import time
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def packing(packaging_scripts: Path) -> ModuleType:
    import packing

    return packing


@pytest.mark.skipif(os.name == "nt", reason="Windows gets a ZIP archive")
def test_the_same_folder_gives_the_same_archive(packing: ModuleType, bundle_folder: Path) -> None:
    first = packing.pack(bundle_folder, 1_700_000_000).read_bytes()
    for file in bundle_folder.rglob("*"):
        os.utime(file, (time.time() + 100,) * 2, follow_symlinks=False)
    (bundle_folder / "lathe").chmod(0o700)
    assert packing.pack(bundle_folder, 1_700_000_000).read_bytes() == first
    (bundle_folder / "lathe").write_bytes(b"other")
    archive = packing.pack(bundle_folder, 1_700_000_000)
    assert archive.read_bytes() != first
    with tarfile.open(archive) as packed:
        assert packed.getmember("lathe/_internal/link.so").issym()
        assert packed.getmember("lathe/lathe").mode == 0o755
        assert packed.getmember("lathe/_internal/numpy/core.so").mode == 0o644
        assert {entry.uid for entry in packed} == {0}


def test_the_lists_name_every_file_once(packing: ModuleType, bundle_folder: Path) -> None:
    listed = packing.read(packing.list_files(bundle_folder))
    assert sorted(listed) == ["lathe/_internal/libX11.so.6", "lathe/_internal/numpy/core.so", "lathe/lathe"]
    assert listed["lathe/lathe"] == packing.sha256(bundle_folder / "lathe")


@pytest.mark.skipif(os.name == "nt", reason="sha256sum is a program of Unix")
def test_sha256sum_reads_the_lists(packing: ModuleType, bundle_folder: Path) -> None:
    archive = packing.pack(bundle_folder, 0)
    packing.list_archives(bundle_folder.parent)
    lists = [packing.SUMS, packing.list_files(bundle_folder).name]
    command = ["sha256sum", "--check", "--quiet", *lists]
    assert subprocess.run(command, cwd=bundle_folder.parent, check=False, timeout=120).returncode == 0
    archive.write_bytes(b"other")
    assert (
        subprocess.run(command, cwd=bundle_folder.parent, capture_output=True, check=False, timeout=120).returncode == 1
    )
