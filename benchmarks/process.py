"""Timing programs from the outside, in fresh processes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from typing import Any

from benchmarks.subject import ROOT

TIMEOUT_S = 60


def environment() -> dict[str, str]:
    """Where there is no display, the window is drawn offscreen; modules are compiled once, as in any installation.

    The window speaks English, whatever the system speaks.
    """
    found = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    found |= {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}
    if sys.platform == "linux" and not (found.get("DISPLAY") or found.get("WAYLAND_DISPLAY")):
        found.setdefault("QT_QPA_PLATFORM", "offscreen")
    return found


def seconds_of(arguments: Sequence[str]) -> float:
    """From the start of ``python ARGUMENTS`` to its end."""
    started = time.perf_counter()
    subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=environment(),
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        timeout=TIMEOUT_S,
    )
    return time.perf_counter() - started


def report_of(arguments: Sequence[str], timeout_s: float = TIMEOUT_S) -> tuple[float, dict[str, Any]]:
    """Seconds from the start of ``python ARGUMENTS`` to its first line on standard output, and that line as JSON."""
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        watchdog = threading.Timer(timeout_s, process.kill)
        watchdog.start()
        line = process.stdout.readline()
        seconds = time.perf_counter() - started
        process.stdout.read()
        watchdog.cancel()
    if process.returncode or not line:
        late = f", killed after {timeout_s:g} s" if seconds >= timeout_s else ""
        raise RuntimeError(f"python {' '.join(arguments)} ended with {process.returncode}{late}")
    return seconds, json.loads(line)
