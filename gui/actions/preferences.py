"""Preferences, and one of them: saying when work has ended that took long."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gui.action import Action
from gui.language import mark, tr
from gui.workbench import Workbench

if TYPE_CHECKING:
    from gui.jobs import Job
    from gui.main_window import MainWindow

SAID = {
    "done": mark("{job} is done after {time}"),
    "failed": mark("{job} failed after {time}"),
    "crashed": mark("{job} failed after {time}"),
}


def connect(window: MainWindow) -> None:
    """When long work ends while the window is in the background, its entry in the task bar asks for attention."""
    begun: dict[int, float] = {}

    def started(job: Job) -> None:
        begun[id(job)] = time.monotonic()

    def finished(job: Job, state: str) -> None:
        took = time.monotonic() - begun.pop(id(job), time.monotonic())
        least = window.bench.settings.value.tell_after_s
        if least and took >= least and state in SAID:
            # What the job itself has to say comes first.
            told = tr(SAID[state]).format(job=job.label, time=length(took))
            QTimer.singleShot(0, window, lambda: tell(window, told))

    window.bench.jobs.started.connect(started)
    window.bench.jobs.finished.connect(finished)


def tell(window: MainWindow, text: str) -> None:
    window.bench.document.log(text)
    dialog = QApplication.activeModalWidget()
    if not window.isActiveWindow() and not (dialog is not None and dialog.isActiveWindow()):
        if window.messages.isHidden():
            window.messages.show_text(text, "info")
        QApplication.alert(window)


def length(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def show_preferences(bench: Workbench) -> None:
    from gui.dialogs.preferences import PreferencesDialog

    PreferencesDialog(bench).open()


ACTIONS = (
    Action("preferences", mark("Preferences…"), "Edit", mark("Theme, notices, and what is remembered"),
           show_preferences, ("Ctrl+,",), "options"),
)  # fmt: skip
