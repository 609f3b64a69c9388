from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path

import pytest

from engine.profiling.onnxruntime import packages


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):  # type: ignore[no-untyped-def]
    """Make a package of ONNX Runtime seem to be installed."""

    def make(info: str, *libraries: str) -> Path:
        folder = tmp_path / "onnxruntime" / "capi"
        folder.mkdir(parents=True)
        (folder / "build_and_package_info.py").write_text(info)
        for name in libraries:
            (folder / name).write_bytes(b"")
        spec = ModuleSpec("onnxruntime", None, is_package=True)
        spec.submodule_search_locations = [str(folder.parent)]
        monkeypatch.setattr(importlib.util, "find_spec", lambda name: spec)
        return folder

    return make


def test_the_module_s_own_files_say_which_package_it_is(install) -> None:  # type: ignore[no-untyped-def]
    info = "package_name = 'onnxruntime-gpu'\n__version__ = '1.30.0'\ncuda_version = \"12.8\"\n"
    install(info, packages.library_name("onnxruntime_providers_cuda"))
    found = packages.installed()
    assert found is not None
    assert (found.name, found.version, found.cuda) == ("onnxruntime-gpu", "1.30.0", "12.8")
    assert found.has("cuda") and not found.has("tensorrt")
    # What pip lists beside it overwrote it or was overwritten.
    assert packages.others(found) == ("onnxruntime",)


def test_the_installed_one_is_found_without_importing_it() -> None:
    found = packages.installed()
    assert found is not None and found.version == packages.distribution_version(found.name)
    assert packages.version() == found.version
    assert found.library("shared").parent.is_dir()


def test_none_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    assert packages.installed() is None
    assert packages.version() == ""


def test_a_library_is_called_as_the_system_does(monkeypatch: pytest.MonkeyPatch) -> None:
    names = []
    for platform in ("linux", "win32", "darwin"):
        monkeypatch.setattr(sys, "platform", platform)
        names.append(packages.library_name("a"))
    assert names == ["liba.so", "a.dll", "liba.dylib"]
