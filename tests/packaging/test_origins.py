"""Every file of a bundle is somebody's, and carries that one's licence; what does not must stop the build."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType

import numpy
import pytest


@pytest.fixture
def origins(packaging_scripts: Path) -> ModuleType:
    import origins

    return origins


def test_the_licences_are_those_of_the_files(origins: ModuleType) -> None:
    files = [numpy.__file__, json.__file__, str(origins.ROOT / "engine" / "version.py")]
    found = {component.name: component for component in origins.components(files, "abc")}
    assert list(found) == ["Lathe", "Python", "numpy", "pyinstaller"]
    assert found["Lathe"].version == "abc"
    assert all(component.text for component in found.values())


def test_a_file_of_nobody_stops_the_build(origins: ModuleType, tmp_path: Path) -> None:
    stray = tmp_path / "libstray.so"
    stray.write_bytes(b"")
    with pytest.raises(origins.Unlicensed, match="libstray"):
        origins.components([str(stray)], "abc")


def test_a_licence_without_a_text_stops_the_build(origins: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    bare = origins.Component("numpy", "1", "its own")
    monkeypatch.setattr(origins, "installed", lambda names: (bare,))
    with pytest.raises(origins.Unlicensed, match="numpy"):
        origins.components([numpy.__file__], "abc")


@pytest.mark.skipif(not os.access("/usr/bin/dpkg-query", os.X_OK), reason="asks Debian's database")
def test_a_library_of_the_system_is_of_its_package(origins: ModuleType) -> None:
    library = next(Path("/usr/lib").rglob("libc.so.6"))
    (component,), nobodys = origins.system_packages([str(library)])
    assert (component.name, nobodys) == ("libc6", [])
    assert "GNU" in component.text


def test_a_part_under_another_licence_is_listed_apart(origins: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(origins, "files_of_packages", lambda: {"/x/libicudata.so.73": "numpy"})
    found = {component.name: component for component in origins.components(["/x/libicudata.so.73"], "abc")}
    assert "UNICODE LICENSE" in found["ICU"].text


def test_a_licence_that_a_package_only_names_is_given_in_full(origins: ModuleType) -> None:
    named = origins.with_text(origins.Component("PySide6_Essentials", "6", "LGPL-3.0-only OR GPL-3.0-only"))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in named.text
    assert "GNU GENERAL PUBLIC LICENSE" in named.text
    own = origins.Component("x", "1", "MIT", "its own text")
    assert origins.with_text(own) is own


def test_python_knows_its_own(origins: ModuleType) -> None:
    assert origins.of_python(os.path.realpath(json.__file__))
    assert not origins.of_python(os.path.realpath(numpy.__file__))
    assert not origins.of_python(os.path.realpath(sys.executable) + ".txt")
