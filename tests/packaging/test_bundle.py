"""The parts of ``make bundle`` that need no PyInstaller run; what comes out of one is tried by test_smoke."""

from __future__ import annotations

import os
import tarfile
import time
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def bundle(packaging_scripts: Path) -> ModuleType:
    import bundle

    return bundle


@pytest.fixture
def contents(packaging_scripts: Path) -> ModuleType:
    import contents

    return contents


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """As PyInstaller leaves one: a program, a library and a link to it."""
    made = tmp_path / "lathe"
    (made / "_internal" / "numpy").mkdir(parents=True)
    (made / "lathe").write_bytes(b"x" * 1000)
    (made / "_internal" / "numpy" / "core.so").write_bytes(b"y" * 3000)
    (made / "_internal" / "libX11.so.6").write_bytes(b"z" * 2000)
    (made / "_internal" / "link.so").symlink_to("numpy/core.so")
    return made


@pytest.mark.skipif(os.name == "nt", reason="Windows gets a ZIP archive")
def test_the_same_folder_gives_the_same_archive(bundle: ModuleType, folder: Path) -> None:
    first = bundle.pack(folder).read_bytes()
    for file in folder.rglob("*"):
        os.utime(file, (time.time() + 100,) * 2, follow_symlinks=False)
    assert bundle.pack(folder).read_bytes() == first
    (folder / "lathe").write_bytes(b"other")
    archive = bundle.pack(folder)
    assert archive.read_bytes() != first
    with tarfile.open(archive) as packed:
        assert packed.getmember("lathe/_internal/link.so").issym()
        assert {entry.uid for entry in packed} == {0}


def test_each_file_counts_once_for_its_package(bundle: ModuleType, folder: Path) -> None:
    assert bundle.components_bytes(folder) == {"lathe": 1000, "numpy": 3000, "system libraries": 2000}


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("openvino/libs/libopenvino_intel_cpu_plugin.so", True),
        ("libxcb-cursor.so.0", True),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6\\Qt\\qml\\QtQuick\\plugins.qmltypes", False),
        ("libgtk-3.so.0", False),
    ],
)
def test_what_no_window_loads_stays_out(contents: ModuleType, name: str, wanted: bool) -> None:
    assert contents.wanted(name) is wanted


def test_a_licence_that_a_package_only_names_is_given_in_full(bundle: ModuleType) -> None:
    named = bundle.with_text(bundle.Component("PySide6_Essentials", "6", "LGPL-3.0-only OR GPL-3.0-only"))
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in named.text
    assert "GNU GENERAL PUBLIC LICENSE" in named.text
    own = bundle.Component("x", "1", "MIT", "its own text")
    assert bundle.with_text(own) is own


def test_every_package_of_a_bundle_has_a_licence_with_its_text(bundle: ModuleType) -> None:
    listed = bundle.licences(full=False)
    assert {"Lathe", "Python", "numpy", "openvino", "PySide6_Essentials"} <= {component.name for component in listed}
    assert "torch" not in {component.name for component in listed}
    assert [component.name for component in listed if not component.text] == []


def test_an_unknown_flavour_is_wrong_usage(bundle: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main(["lathe-huge"]) == 2
    assert "lathe-huge" in capsys.readouterr().err
