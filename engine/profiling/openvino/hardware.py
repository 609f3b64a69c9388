"""Intel's GPUs and NPUs, found without OpenVINO.

To ask OpenVINO which devices it sees means to import it, a quarter of a second and a hundred megabytes in a process
that only lists devices. So the device and its driver are looked for as the system lists them: on Linux the PCI vendor
in ``/sys``, and the driver's library that OpenVINO loads (OpenCL for GPUs, Level Zero for NPUs); on Windows the drivers
in the registry. Whether OpenVINO can use them shows when a model is opened.
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path
from typing import Any

_INTEL = "0x8086"
_CLASSES = {"gpu": "drm/renderD*", "npu": "accel/accel*"}
_DRIVERS = {"gpu": ("OpenCL/vendors/intel*.icd",), "npu": ("libze_intel_npu.so*", "libze_intel_vpu.so*")}
_LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib", "/usr/lib")
_REGISTRY = {
    "gpu": "{4d36e968-e325-11ce-bfc1-08002be10318}",
    "npu": "{f01a9d53-3ff6-48d2-9f97-c8a7004be10c}",
}
_INSTALL = {
    "gpu": "install Intel's GPU compute runtime (intel-opencl-icd)",
    "npu": "install Intel's NPU driver (https://github.com/intel/linux-npu-driver)",
}


@cache
def missing(kind: str) -> str:
    """Why OpenVINO cannot use the device, and what to install; "" where nothing speaks against it."""
    title = kind.upper()
    if sys.platform == "win32":
        return "" if _in_registry(kind) else f"no Intel {title} with a driver of Intel was found in this machine"
    elif sys.platform == "linux":  # noqa: RET505 (mypy checks one platform and takes what follows a return as dead)
        if not _in_sysfs(kind):
            return f"no Intel {title} was found in this machine"
        return "" if _has_driver(kind) else f"there is an Intel {title}, but not its driver: {_INSTALL[kind]}"
    else:
        return f"OpenVINO drives the Intel {title} on Linux and Windows only"


def _in_sysfs(kind: str, root: Path = Path("/sys/class")) -> bool:
    for path in root.glob(f"{_CLASSES[kind]}/device/vendor"):
        try:
            if path.read_text().strip() == _INTEL:
                return True
        except OSError:
            continue
    return False


def _has_driver(kind: str) -> bool:
    if kind == "gpu" and any(Path("/etc").glob(_DRIVERS[kind][0])):
        return True
    return kind == "npu" and any(
        any(Path(folder).glob(name)) for folder in _LIBRARIES if Path(folder).is_dir() for name in _DRIVERS[kind]
    )


def _in_registry(kind: str) -> bool:
    """Whether a driver of Intel is installed for a device of this class."""
    if sys.platform == "win32":
        import winreg

        root = rf"SYSTEM\CurrentControlSet\Control\Class\{_REGISTRY[kind]}"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, root) as devices:
                for number in range(winreg.QueryInfoKey(devices)[0]):
                    if "Intel" in _text(winreg, devices, winreg.EnumKey(devices, number), "ProviderName"):
                        return True
        except OSError:
            return False
    return False


def _text(winreg: Any, parent: Any, key: str, name: str) -> str:
    try:
        with winreg.OpenKey(parent, key) as device:
            return str(winreg.QueryValueEx(device, name)[0])
    except OSError:
        return ""
