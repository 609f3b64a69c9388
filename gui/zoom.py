"""How large everything in the window is, beyond what the system asks for.

Qt scales all of a program alike, crisp at any factor, but only from its start. So a new factor starts the window again:
the session is kept and comes back.
"""

from __future__ import annotations

import sys
from collections.abc import MutableMapping
from pathlib import Path

STEPS = (80, 90, 100, 110, 125, 150, 175, 200)
"""Percent."""
FACTOR, OF_SYSTEM = "QT_SCALE_FACTOR", "LATHE_SCALE_OF_SYSTEM"


def stepped(now: int, way: int) -> int:
    """The next step up (1) or down (-1); at the ends none."""
    further = [step for step in STEPS if (step > now if way > 0 else step < now)]
    return now if not further else further[0] if way > 0 else further[-1]


def set_factor(percent: int, environment: MutableMapping[str, str]) -> None:
    """Before Qt starts. What the user's system had set is kept for a window that this one starts."""
    own = environment.setdefault(OF_SYSTEM, environment.get(FACTOR, ""))
    try:
        factor = float(own or 1) * min(max(percent, STEPS[0]), STEPS[-1]) / 100
    except ValueError:  # Qt says what is wrong with it
        return
    if own or factor != 1:
        environment[FACTOR] = f"{factor:g}"
    else:
        environment.pop(FACTOR, None)


def start_again(model: Path | None) -> bool:
    """Another window in a process of its own; whether it could be started."""
    from PySide6.QtCore import QProcess

    program = [] if getattr(sys, "frozen", False) else ["-m", "gui"]
    arguments = [*program, *([str(model)] if model is not None else [])]
    started = QProcess.startDetached(sys.executable, arguments, str(Path.cwd()))
    return bool(started[0] if isinstance(started, tuple) else started)
