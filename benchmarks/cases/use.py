"""The window in use: seeded random actions through real events, then killed in the middle and started again.

``--minutes`` says how long. What is promised: no exception, no warning of Qt, no turn of the event loop over 250 ms of
work, memory flat, and after ``kill -9`` the session back as it stood at most a few seconds before.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.process import environment, report_of
from benchmarks.subject import ROOT, Subject

SEED = 7
KEPT_WITHIN_S = 6.0
KILLED_AFTER_S = 20.0
LEAST_S = 10.0


def measure(subject: Subject) -> tuple[Figure, ...]:
    seconds = max(LEAST_S, 60.0 * float(os.environ.get("LATHE_USE_MINUTES", "1")))
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "benchmarks.use", str(subject.model), home, str(seconds), str(SEED)]
        done = subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True,
                              timeout=seconds + 600, check=True)  # fmt: skip
    sums = json.loads(done.stdout.splitlines()[-1])
    came, profiles = recovered(subject)
    return (
        Figure("steps", sums["steps"], "", "random actions"),
        Figure("exceptions", sums["exceptions"], "", "exceptions", 0),
        Figure("qt_warnings", sums["qt_warnings"], "", "warnings of Qt", 0),
        Figure("frame_ms_max", sums["frame_ms_max"], "ms", "longest work in one turn of the window's thread", 250),
        Figure("frames_over_250_ms", sums["frames_over_250_ms"], "", "turns over 250 ms", 0),
        *(
            Figure(f"memory_mb_{quarter}", mb, "MB", f"resident memory, median of quarter {quarter}")
            for quarter, mb in enumerate(sums["rss_mb_quarters"], 1)
        ),
        Figure("lost", 0.0 if came else 1.0, "", "sessions lost by kill -9", 0),
        Figure("profiles_back", profiles, "", "profiles that came back"),
    )


def recovered(subject: Subject) -> tuple[bool, int]:
    """Whether what a killed window had is there again, as it stood at most a few seconds before."""
    with tempfile.TemporaryDirectory() as home:
        command = [sys.executable, "-m", "benchmarks.use", str(subject.model), home, "600", str(SEED)]
        seen: list[tuple[float, str]] = []
        with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as process:  # fmt: skip
            assert process.stdout is not None
            began = 0.0
            for line in process.stdout:
                began = began or time.monotonic()
                seen.append((time.monotonic(), json.loads(line)["variants"]))
                if time.monotonic() - began > KILLED_AFTER_S:
                    break
            os.kill(process.pid, signal.SIGKILL)
        killed = time.monotonic()
        if not list(Path(home, "state", "sessions").glob("*.lathe")):
            return False, 0
        _, back = report_of(["-m", "benchmarks.use", "--recover", home], 120)
    late = {variants for at, variants in seen if killed - at < KEPT_WITHIN_S}
    return back["came"] and back["variants"] in late, back["profiles"]


BENCHMARK = Benchmark("use", "random use of the window, and kill -9 in the middle", measure)
