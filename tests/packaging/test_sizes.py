"""Where the bytes of a bundle are counted."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def sizes(packaging_scripts: Path) -> ModuleType:
    import sizes

    return sizes


def test_each_file_counts_once_for_its_component(sizes: ModuleType, bundle_folder: Path) -> None:
    assert sizes.by_component(bundle_folder) == {
        "Python modules of everything, compressed, in the program": 1000,
        "NumPy, with OpenBLAS": 3000,
        "System libraries": 2000,
    }


@pytest.mark.parametrize(
    ("name", "component"),
    [
        ("_internal/openvino/libs/libopenvino_intel_cpu_plugin.so", "OpenVINO: plugin for processors"),
        ("_internal/openvino/libs/libopenvino_intel_gpu_plugin.so", "OpenVINO: plugins for Intel's GPUs and NPUs"),
        ("_internal/torch/lib/libtorch_cpu.so", "PyTorch: libtorch"),
        ("_internal/python3.11/lib-dynload/math.so", "Python: library and modules in C"),
        ("lathe.svg", "Everything else"),
    ],
)
def test_the_first_row_that_fits_counts(sizes: ModuleType, name: str, component: str) -> None:
    assert sizes.component_of(name) == component


def test_the_table_adds_up(sizes: ModuleType, bundle_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (bundle_folder / "lathe").write_bytes(b"x" * 1_000_000)
    assert sizes.main([str(bundle_folder)]) == 0
    assert "| **All, unpacked** | **1.0** |" in capsys.readouterr().out
    assert sizes.main([str(bundle_folder / "no such bundle")]) == 2


def test_an_archive_is_of_one_flavour(sizes: ModuleType) -> None:
    names = ["lathe-linux-x86_64.tar.gz", "lathe-full-linux-x86_64.tar.gz", "lathe-full-windows.zip", "lathe-sizes.md"]
    assert [name for name in names if sizes.is_archive(name, "lathe")] == names[:1]
    assert [name for name in names if sizes.is_archive(name, "lathe-full")] == names[1:3]
