from __future__ import annotations

from pathlib import Path

import onnxruntime as ort
import pytest

from engine.errors import DeviceError
from engine.profiling.onnxruntime import custom_ops
from engine.profiling.onnxruntime.custom_ops import EXTENSIONS, register


def refusal(libraries: str) -> DeviceError:
    with pytest.raises(DeviceError) as caught:
        register(ort.SessionOptions(), libraries, "cpu")
    return caught.value


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    assert "no library of custom operators" in refusal(str(tmp_path / "ops.so")).what


def test_a_file_that_is_no_library(tmp_path: Path) -> None:
    (tmp_path / "ops.so").write_bytes(b"no library")
    assert "cannot be loaded" in refusal(str(tmp_path / "ops.so")).what


def test_the_package_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(custom_ops, "find_spec", lambda name: None)
    assert f"pip install {EXTENSIONS}" in refusal(EXTENSIONS).way_out


def test_all_libraries_of_a_list_are_registered(tmp_path: Path) -> None:
    class Options:
        def __init__(self) -> None:
            self.given: list[str] = []

        def register_custom_ops_library(self, path: str) -> None:
            self.given.append(path)

    files = [tmp_path / "a.so", tmp_path / "b.so"]
    for file in files:
        file.touch()
    options = Options()
    register(options, f"{files[0]}, {files[1]}", "cpu")
    assert options.given == [str(file) for file in files]
