"""What a bundle takes on the disk, and how long it takes to a painted window, beside the source tree's own start.

Of the bundles that lie in ``dist`` (``make bundle``); without any there is nothing to measure. Both programs open the
empty window and take its picture, in turn, so that a busy machine slows both; the figure is the median of the ratios.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.benchmark import Benchmark, Figure
from benchmarks.subject import Subject

DIST = Path(__file__).resolve().parents[2] / "dist"
TURNS = 7
SLOWER = 1.5
UNPACKED_MB = {"lathe": 450.0}


def measure(subject: Subject) -> tuple[Figure, ...]:
    figures: list[Figure] = []
    for flavour in ("lathe", "lathe-full"):
        folder = DIST / flavour
        if not folder.is_dir():
            print(f"bundle: there is no {folder}; make bundle makes it", file=sys.stderr)
            continue
        name = flavour.replace("-", "_")
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink())
        figures.append(Figure(f"{name}_mb", size / 1e6, "MB", f"{flavour}, unpacked", UNPACKED_MB.get(flavour)))
        bundled, ratio = start_s(folder / "lathe")
        figures.append(Figure(f"{name}_window_ms", 1e3 * bundled, "ms", f"{flavour}, start to window and its picture"))
        figures.append(Figure(f"{name}_ratio", ratio, "", f"{flavour}, start against the source tree's", SLOWER))
    return tuple(figures)


def start_s(program: Path) -> tuple[float, float]:
    """Seconds to the picture of the window, and the median ratio to the source tree's; first starts do not count."""
    source, bundle = [sys.executable, "-m", "gui"], [str(program)]
    with tempfile.TemporaryDirectory() as name:
        pairs = [(picture_s(source, Path(name)), picture_s(bundle, Path(name))) for _ in range(TURNS + 1)][1:]
    return statistics.median(b for _, b in pairs), statistics.median(b / a for a, b in pairs)


def picture_s(command: list[str], home: Path) -> float:
    environment = {**os.environ, "HOME": str(home), "XDG_CONFIG_HOME": str(home), "XDG_STATE_HOME": str(home)}
    if not os.environ.get("DISPLAY"):
        environment["QT_QPA_PLATFORM"] = "offscreen"
    began = time.perf_counter()
    subprocess.run(
        [*command, "--picture", str(home / "window.png")], cwd=DIST.parent, env=environment, check=True,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return time.perf_counter() - began


BENCHMARK = Benchmark("bundle", "size and start of the bundles", measure)
