"""Builds the objects of the window and hands them to each other."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from gui.actions import device as device_actions
from gui.actions import file as file_actions
from gui.actions import session as session_actions
from gui.collection import Collector
from gui.document import Document
from gui.icons import icon
from gui.jobs import JobRunner
from gui.language import speak, tr, wanted
from gui.main_window import MainWindow
from gui.memory import keep_together
from gui.paths import Folders, user_folders
from gui.screen import fit
from gui.settings import SettingsStore, parse
from gui.tab_order import parts_of, set_tab_order
from gui.theme import Theme
from gui.tour import offer
from gui.workshop import Workshop
from gui.zoom import set_factor, start_again

ONCE_MORE_MS = 700
"""Within it a further step of size counts as well."""
TOUR_MS = 800


def build_window(app: QApplication, folders: Folders) -> MainWindow:
    """A window with everything that it needs; nothing is shown or started yet."""
    keep_together()
    settings = SettingsStore(folders.settings)
    speak(wanted(settings.value.language))
    theme = Theme(app, settings.value.theme)
    window = MainWindow(Document(), settings, theme, JobRunner("engine"), JobRunner("glances"), Workshop(), folders)
    for owned in (settings, window.bench.document, window.bench.jobs, window.bench.glances):
        owned.setParent(window)
    collector, document = Collector(window), window.bench.document
    for signal in (document.selection_changed, document.recipe_changed, document.viewed_changed):
        signal.connect(collector.touched)
    set_tab_order(parts_of(window))
    theme.dress()
    return window


def start(window: MainWindow, model: Path | None) -> None:
    """What happens once the window is there: open a file or what a crash left, look for devices, pay for imports."""
    bench = window.bench
    if model is not None:
        file_actions.open_path(bench, model)
    else:
        session_actions.recover(bench)
    device_actions.find_devices(bench)
    bench.glances.run(tr("Warming up"), bench.workshop.warm_up, done=lambda _: None, failed=lambda _: None)
    window.graph.drawings.start()


def kept_zoom(folders: Folders) -> int:
    """Asked for before Qt starts."""
    return parse(folders.settings.read_text(encoding="utf-8")).zoom if folders.settings.is_file() else 100


def welcome(window: MainWindow) -> None:
    """What only a window has that a person sits at: the tour, and starting again in another size."""
    again = QTimer(window)
    again.setSingleShot(True)
    again.setInterval(ONCE_MORE_MS)
    again.timeout.connect(lambda: start_over(window))
    window.restart_wanted.connect(again.start)
    window.bench.document.replaced.connect(lambda: QTimer.singleShot(TOUR_MS, window, lambda: offer(window)))


def start_over(window: MainWindow) -> None:
    opened = window.bench.document.opened
    window.close()  # which keeps the session
    start_again(opened.path if opened is not None else None)


def run(model: Path | None, picture: Path | None = None) -> int:
    """Open the window and stay until it is closed, or until its picture is taken."""
    folders = user_folders()
    set_factor(kept_zoom(folders), os.environ)
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Lathe")
    app.setDesktopFileName("lathe")
    window = build_window(app, folders)
    app.setWindowIcon(icon("lathe", window.bench.theme.tokens.accent))

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        text = "".join(traceback.format_exception(kind, error, trace))
        print(text, file=sys.stderr)
        window.show_crash(text)

    sys.excepthook = excepthook
    if picture is None:
        fit(window)
    window.show()
    QTimer.singleShot(0, lambda: start(window, model))
    if picture is not None:
        from gui.picture import take

        take(window, picture, model)
    else:
        welcome(window)
    return app.exec()
