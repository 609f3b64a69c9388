"""What an action may use: the objects of one window, handed over in one place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui.document import Document
from gui.jobs import JobRunner
from gui.paths import Folders
from gui.settings import SettingsStore
from gui.theme import Theme
from gui.workshop import Workshop

if TYPE_CHECKING:
    from gui.main_window import MainWindow


@dataclass
class Workbench:
    """``jobs`` runs what takes the engine; ``glances`` short reads that must not wait for a measurement."""

    document: Document
    settings: SettingsStore
    theme: Theme
    jobs: JobRunner
    glances: JobRunner
    workshop: Workshop
    folders: Folders
    window: MainWindow
