"""``lathe --picture``: the window as a picture, once nothing runs in it; for bug reports, and to try a bundle."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QDialog

from gui.main_window import MainWindow

POLL_MS = 20
LONGEST_S = 60.0
NOT_WRITTEN = 2
STILL_BUSY = 6


def take(window: MainWindow, path: Path, model: Path | None) -> None:
    """Save a PNG of the window when it is idle, and end the program; a file that cannot be written ends it with 2.

    With a model it waits until that is shown, or a message why it cannot be. A dialog that comes up is
    what the picture shows then.
    """
    deadline = time.monotonic() + LONGEST_S

    def look() -> None:
        asks = next((w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()), None)
        awaited = model is not None and window.bench.document.opened is None and not window.messages.isVisible()
        busy = awaited or window.bench.jobs.busy or window.bench.glances.busy or window.graph.jobs.busy
        if busy and asks is None and time.monotonic() < deadline:
            QTimer.singleShot(POLL_MS, look)
            return
        saved = (asks or window).grab().save(str(path), "PNG")
        if not saved:
            print(f"lathe: {path} cannot be written", file=sys.stderr)
        elif asks is not None:
            said = [entry.text for entry in list(window.bench.document.log_entries)[-1:]]
            print(": ".join(["lathe: a dialog came up", asks.windowTitle(), *said]), file=sys.stderr)
        elif busy:
            print(f"lathe: the window was still at work after {LONGEST_S:.0f} s", file=sys.stderr)
        QCoreApplication.exit(NOT_WRITTEN if not saved else STILL_BUSY if busy or asks is not None else 0)

    QTimer.singleShot(POLL_MS, look)
