"""What else goes on in this process and on this machine while a measurement runs."""

from __future__ import annotations

import contextlib
import ctypes
import functools
import gc
import platform
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from engine.profiling.processor import processor


class PeakMemory:
    """How much resident memory grew since this was made, at its highest.

    Linux counts the peak itself and can be told to start afresh; elsewhere it is the highest of the moments at which
    ``look`` was called.
    """

    def __init__(self) -> None:
        gc.collect()
        if sys.platform == "linux":
            with contextlib.suppress(OSError, AttributeError):  # hand freed memory back, so that it is not reused
                ctypes.CDLL(None).malloc_trim(0)
            with contextlib.suppress(OSError):
                Path("/proc/self/clear_refs").write_text("5")
        self._before = self._peak = _resident_bytes()

    def look(self) -> None:
        self._peak = max(self._peak, _resident_bytes(), _linux_peak_bytes())

    @property
    def growth_bytes(self) -> int:
        return max(0, self._peak - self._before)


@dataclass(frozen=True, slots=True)
class Moment:
    """Counters of the machine so far.

    Attributes:
        busy_s: processor seconds of all programs, ``own_s`` of this process, ``stolen_s`` those that the hypervisor
            gave to other virtual machines.
        quota_stops: how often the container's processor quota stopped its programs.
        heat_stops: how often a core was slowed because it was too hot.
        mhz: the clock, 0 where it is not told.
    """

    clock_s: float
    busy_s: float
    own_s: float
    stolen_s: float = 0.0
    quota_stops: int = 0
    heat_stops: int = 0
    mhz: float = 0.0


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What happened to the machine between two moments; ``slowed`` is by how much the clock fell, as a share."""

    seconds: float
    foreign_s: float
    stolen_s: float
    quota_stops: int
    heat_stops: int
    slowed: float


def moment() -> Moment:
    import psutil

    times = psutil.cpu_times()
    stolen = getattr(times, "steal", 0.0)
    idle = times.idle + getattr(times, "iowait", 0.0) + stolen
    busy = sum(times[:8]) - idle
    return Moment(time.perf_counter(), busy, time.process_time(), stolen, _quota_stops(), _heat_stops(), _mhz())


def disturbance(begin: Moment, end: Moment) -> Disturbance:
    own = end.own_s - begin.own_s
    return Disturbance(
        seconds=max(0.0, end.clock_s - begin.clock_s),
        foreign_s=max(0.0, end.busy_s - begin.busy_s - own),
        stolen_s=max(0.0, end.stolen_s - begin.stolen_s),
        quota_stops=max(0, end.quota_stops - begin.quota_stops),
        heat_stops=max(0, end.heat_stops - begin.heat_stops),
        slowed=1 - end.mhz / begin.mhz if begin.mhz and end.mhz else 0.0,
    )


def environment() -> dict[str, str]:
    """Versions and the processor, for the record of a measurement."""
    from engine import __version__

    return {
        "lathe": __version__,
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()}",
        "processor": processor().name,
    }


def _resident_bytes() -> int:
    import psutil

    return int(psutil.Process().memory_info().rss)


def _linux_peak_bytes() -> int:
    if sys.platform != "linux":
        return 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    return 0


def _quota_stops() -> int:
    """Of the control group, where this runs in a container with a quota."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path("/sys/fs/cgroup/cpu.stat").read_text().splitlines():
            if line.startswith("nr_throttled "):
                return int(line.split()[1])
    return 0


def _heat_stops() -> int:
    """Linux counts them on real hardware; a virtual machine has no such files."""
    total = 0
    for file in _heat_files():
        with contextlib.suppress(OSError, ValueError):
            total += int(file.read_text())
    return total


@functools.cache
def _heat_files() -> tuple[Path, ...]:
    return tuple(Path("/sys/devices/system/cpu").glob("cpu[0-9]*/thermal_throttle/core_throttle_count"))


def _mhz() -> float:
    """The mean over the cores, where the system tells it."""
    import psutil

    try:
        found = psutil.cpu_freq()
    except (OSError, NotImplementedError, AttributeError, RuntimeError):
        return 0.0
    return float(found.current) if found else 0.0
