"""The real window in a process of its own, which prints a line when it is ready.

    python -m benchmarks.window [MODEL] [--warm]

Goes through ``gui.app.run`` as ``lathe`` does. Ready means that the window is painted and its event loop answers; with
a model, that its layers are painted too. With ``--warm`` the model is opened only after the window has paid for its
imports, and the printed ``open_ms`` counts from the click. Settings live in a temporary folder.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from unittest.mock import patch

from PySide6.QtCore import QTimer

import gui.app
from gui.actions.file import open_path
from gui.main_window import MainWindow
from gui.paths import Folders

POLL_MS = 20


def main(arguments: list[str]) -> int:
    warm = "--warm" in arguments
    models = [Path(argument) for argument in arguments if not argument.startswith("-")]
    model = models[0] if models else None
    real_start = gui.app.start

    def start(window: MainWindow, first: Path | None) -> None:
        if model is None:
            real_start(window, None)
            when_painted(window, lambda: finish(window, {}))
        elif warm:
            real_start(window, None)
            when_idle(window, lambda: open_warm(window, model))
        else:
            window.bench.document.replaced.connect(lambda: when_painted(window, lambda: finish(window, {})))
            real_start(window, first)

    with tempfile.TemporaryDirectory() as name:
        folders = Folders(Path(name, "config"), Path(name, "state"))
        with patch("gui.app.start", start), patch("gui.app.user_folders", lambda: folders):
            return gui.app.run(None if warm else model)


def open_warm(window: MainWindow, model: Path) -> None:
    clicked = time.perf_counter()

    def opened() -> None:
        finish(window, {"open_ms": 1e3 * (time.perf_counter() - clicked)})

    window.bench.document.replaced.connect(lambda: when_painted(window, opened))
    open_path(window.bench, model)


def when_idle(window: MainWindow, then: Callable[[], None]) -> None:
    """Once nothing runs in the background any more."""
    if window.bench.jobs.busy or window.bench.glances.busy:
        QTimer.singleShot(POLL_MS, lambda: when_idle(window, then))
    else:
        then()


def when_painted(window: MainWindow, then: Callable[[], None]) -> None:
    """Once what there is to show was painted and the event loop has gone round."""

    def paint() -> None:
        window.repaint()
        for child in window.findChildren(type(window.layers.table)):
            child.viewport().repaint()
        QTimer.singleShot(0, then)

    QTimer.singleShot(0, paint)


def finish(window: MainWindow, figures: dict[str, float]) -> None:
    print(json.dumps(figures), flush=True)
    window.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
