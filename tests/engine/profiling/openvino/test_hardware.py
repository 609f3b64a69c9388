from __future__ import annotations

from pathlib import Path

import pytest

from engine.profiling.openvino import hardware


@pytest.fixture(autouse=True)
def fresh() -> None:
    hardware.missing.cache_clear()


@pytest.mark.parametrize(
    ("kind", "path", "vendor", "there"),
    [
        ("gpu", "drm/renderD128/device/vendor", "0x8086", True),
        ("gpu", "drm/renderD128/device/vendor", "0x10de", False),
        ("npu", "accel/accel0/device/vendor", "0x8086", True),
        ("npu", "drm/renderD128/device/vendor", "0x8086", False),
    ],
)
def test_the_pci_vendor_tells(tmp_path: Path, kind: str, path: str, vendor: str, there: bool) -> None:
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(f"{vendor}\n")
    assert hardware._in_sysfs(kind, tmp_path) == there


@pytest.mark.parametrize("kind", ["gpu", "npu"])
def test_a_device_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(hardware, "_in_sysfs", lambda kind: True)
    monkeypatch.setattr(hardware, "_has_driver", lambda kind: False)
    assert "driver: install" in hardware.missing(kind)
    hardware.missing.cache_clear()
    monkeypatch.setattr(hardware, "_has_driver", lambda kind: True)
    assert hardware.missing(kind) == ""


def test_no_device_is_no_call_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(hardware, "_in_sysfs", lambda kind: False)
    assert hardware.missing("gpu") == "no Intel GPU was found in this machine"
