"""What else goes on in this process and on this machine while a measurement runs."""

from __future__ import annotations

import contextlib
import ctypes
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
    """Processor seconds so far: of the whole machine and of this process."""

    clock_s: float
    busy_s: float
    own_s: float


def moment() -> Moment:
    import psutil

    times = psutil.cpu_times()
    idle = times.idle + getattr(times, "iowait", 0.0)
    return Moment(time.perf_counter(), sum(times[:8]) - idle, time.process_time())


def foreign_cores(begin: Moment, end: Moment) -> float:
    """How many cores other programs kept busy in between."""
    elapsed = end.clock_s - begin.clock_s
    if elapsed <= 0:
        return 0.0
    return max(0.0, (end.busy_s - begin.busy_s) - (end.own_s - begin.own_s)) / elapsed


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
