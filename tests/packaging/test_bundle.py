"""The parts of ``make bundle`` that need no PyInstaller run; what comes out of one is tried by test_smoke."""

from __future__ import annotations

import sys
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


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("PySide6/Qt/lib/libQt6Widgets.so.6", True),
        ("PySide6/Qt/plugins/platforms/libqxcb.so", True),
        ("openvino/libs/libopenvino_intel_cpu_plugin.so", True),
        ("libxcb-cursor.so.0", True),
        ("torch/bin/torch_shm_manager", True),
        ("PySide6/Qt/translations/qtbase_zh_CN.qm", True),
        ("PySide6/translations/qtbase_zh_CN.qm", True),
        ("resources/translations/lathe_zh_CN.qm", True),
        ("resources/translations/lathe_zh_CN.ts", False),
        ("PySide6/Qt/translations/qtbase_de.qm", False),
        ("PySide6/Qt/lib/libQt6Quick.so.6", False),
        ("PySide6\\Qt\\qml\\QtQuick\\plugins.qmltypes", False),
        ("libgtk-3.so.0", False),
        ("libstdc++.so.6", False),
        ("torch/bin/test_api", False),
    ],
)
def test_what_no_window_loads_stays_out(contents: ModuleType, name: str, wanted: bool) -> None:
    assert contents.wanted(name, full=True) is wanted


def test_a_bundle_without_pytorch_does_not_say_that_it_has_it(contents: ModuleType) -> None:
    assert contents.wanted("torch-2.13.0+cpu.dist-info/METADATA", full=True)
    assert not contents.wanted("torch-2.13.0+cpu.dist-info/METADATA", full=False)


def test_what_the_python_files_of_users_may_import_is_there(contents: ModuleType) -> None:
    modules = contents.standard_modules()
    assert {"csv", "json", "math", "statistics", "unittest", "xml", "zoneinfo"} <= set(modules)
    assert not set(modules) & {"ssl", "test", "tkinter"}
    assert set(modules) <= sys.stdlib_module_names


def test_an_unknown_flavour_is_wrong_usage(bundle: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    assert bundle.main(["lathe-huge"]) == 2
    assert "lathe-huge" in capsys.readouterr().err
