"""Facts of the processor that this program runs on."""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Processor:
    """``features`` are names as Linux writes them ("avx512_vnni"); empty where the system does not tell."""

    name: str
    arm: bool
    features: frozenset[str]

    @property
    def avx512(self) -> bool:
        return "avx512f" in self.features

    @property
    def vnni(self) -> bool:
        """Whether 8-bit products are summed into 32 bits without saturating in between."""
        return bool(self.features & {"avx512_vnni", "avx_vnni", "amx_int8"})


@cache
def processor() -> Processor:
    arm = platform.machine().lower() in ("arm64", "aarch64", "armv7l", "armv8l")
    if sys.platform == "linux":
        return _from_linux(arm)
    elif sys.platform == "darwin":  # noqa: RET505 (mypy checks one platform and takes what follows a return as dead)
        features = _sysctl("machdep.cpu.features") + " " + _sysctl("machdep.cpu.leaf7_features")
        return Processor(_sysctl("machdep.cpu.brand_string") or platform.processor(), arm, _normal(features))
    else:
        return Processor(platform.processor() or platform.machine(), arm, _from_windows())


@cache
def physical_cores() -> int:
    """Physical cores that this process may use: what ONNX Runtime would take as well."""
    import psutil

    cores = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    if sys.platform == "linux":
        cores = min(cores, len(os.sched_getaffinity(0)), _quota_cores() or cores)
    return max(1, cores)


def threads_of(asked: int) -> int:
    """The number of threads behind ``RunSettings.threads``."""
    return asked or physical_cores()


def _from_linux(arm: bool) -> Processor:
    try:
        text = Path("/proc/cpuinfo").read_text(errors="replace")
    except OSError:
        text = ""
    facts: dict[str, str] = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        facts.setdefault(key.strip().lower(), value.strip())
    name = facts.get("model name") or facts.get("hardware") or platform.processor() or platform.machine()
    return Processor(name, arm, _normal(facts.get("flags") or facts.get("features") or ""))


def _from_windows() -> frozenset[str]:
    """Windows tells of AVX2 and AVX-512, not of VNNI."""
    if sys.platform == "win32":
        import ctypes

        present = ctypes.windll.kernel32.IsProcessorFeaturePresent
        return frozenset(name for number, name in ((39, "avx"), (40, "avx2"), (41, "avx512f")) if present(number))
    else:  # noqa: RET505
        return frozenset()


def _sysctl(name: str) -> str:
    try:
        return subprocess.run(["sysctl", "-n", name], capture_output=True, text=True, timeout=5).stdout.strip()
    except (OSError, subprocess.TimeoutExpired):
        return ""


def _quota_cores() -> int | None:
    """Whole cores of the control group's quota, in a container."""
    try:
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text().split()
        return None if quota == "max" else max(1, int(quota) // int(period))
    except (OSError, ValueError):
        return None


def _normal(text: str) -> frozenset[str]:
    return frozenset(text.lower().split())
