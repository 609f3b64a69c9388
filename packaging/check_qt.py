"""Can the window open here? Finds out in a process of its own, because Qt aborts where it cannot start.

As a program, it prints what it finds as one JSON object: the system libraries that are missing, and why Qt cannot be
imported. Where a display is expected it then starts Qt on it. ``probe`` runs that program, ``decide`` concludes.
"""

from __future__ import annotations

import ctypes
import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

IMPORT_LIBRARIES = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libglib-2.0.so.0": "libglib2.0-0",
}
"""What QtGui is linked to, even offscreen, and the Debian and Ubuntu package that has it."""
DISPLAY_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
"""What the plugin for an X display is linked to besides."""
INVISIBLE = ("offscreen", "minimal")
SECONDS = 60


@dataclass(frozen=True)
class Finding:
    """``missing`` are sonames; ``import_error`` and ``start_error`` are Qt's own words, empty where all is well."""

    missing: tuple[str, ...] = ()
    import_error: str = ""
    start_error: str = ""


@dataclass(frozen=True)
class Decision:
    """``qt``: its modules can be imported; ``window``: it can be shown; ``message``: why not, and the way out."""

    qt: bool
    window: bool
    message: str = ""


def has_display(platform: str, environment: Mapping[str, str]) -> bool:
    if platform != "linux":
        return True
    chosen = environment.get("QT_QPA_PLATFORM", "").partition(":")[0]
    return bool(
        environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or (chosen and chosen not in INVISIBLE)
    )


def needs_x(environment: Mapping[str, str]) -> bool:
    """Whether Qt will draw on an X display: there is one, and neither Wayland nor another platform was chosen."""
    if chosen := environment.get("QT_QPA_PLATFORM", "").partition(":")[0]:
        return chosen == "xcb"
    return bool(environment.get("DISPLAY")) and not environment.get("WAYLAND_DISPLAY")


def decide(platform: str, environment: Mapping[str, str], finding: Finding) -> Decision:
    """What can be done with Qt here, and what to say where something cannot."""
    packages = {**IMPORT_LIBRARIES, **DISPLAY_LIBRARIES}
    blocking = [name for name in finding.missing if name in IMPORT_LIBRARIES]
    importable = not (blocking or finding.import_error)
    wanted = [name for name in finding.missing if name in IMPORT_LIBRARIES or needs_x(environment)]
    if wanted:
        apt = " ".join(packages[name] for name in wanted)
        return Decision(
            importable,
            False,
            f"Qt, which draws the window, needs system libraries that are missing here: {', '.join(wanted)}.\n"
            f"On Debian and Ubuntu they come with:\n\n    sudo apt install {apt}\n",
        )
    if finding.import_error:
        return Decision(False, False, f"Qt, which draws the window, cannot be imported: {finding.import_error}\n")
    if not has_display(platform, environment):
        return Decision(True, False, "There is no display: neither DISPLAY nor WAYLAND_DISPLAY is set.\n")
    if finding.start_error:
        return Decision(True, False, f"Qt cannot start on this display:\n{finding.start_error}\n")
    return Decision(True, True)


def probe(python: Path, environment: Mapping[str, str]) -> Finding:
    """Run this file with the interpreter that has Qt."""
    command = [str(python), __file__]
    if has_display(sys.platform, environment):
        command.append("--start")
    try:
        done = subprocess.run(
            command, env=dict(environment), capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return Finding(start_error=f"it did not answer within {SECONDS} s")
    first_line = done.stdout.partition("\n")[0]
    if not first_line:
        return Finding(import_error=done.stderr.strip() or f"exit status {done.returncode}")
    found = json.loads(first_line)
    start_error = "" if done.returncode == 0 else done.stderr.strip() or f"exit status {done.returncode}"
    return Finding(tuple(found["missing"]), found["import_error"], start_error)


def look() -> Finding:
    """What this process finds."""
    missing = []
    if sys.platform == "linux":
        for name in (*IMPORT_LIBRARIES, *DISPLAY_LIBRARIES):
            try:
                ctypes.CDLL(name)
            except OSError:
                missing.append(name)
    try:
        import PySide6.QtGui
        import PySide6.QtWidgets  # noqa: F401 (whether it loads is the question)
    except ImportError as error:
        return Finding(tuple(missing), str(error))
    return Finding(tuple(missing))


def main(arguments: list[str]) -> int:
    finding = look()
    print(json.dumps({"missing": finding.missing, "import_error": finding.import_error}), flush=True)
    if "--start" in arguments and not finding.import_error:
        from PySide6.QtGui import QGuiApplication

        QGuiApplication([])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
