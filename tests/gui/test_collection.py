"""Garbage is found in the window's thread, whatever thread made it."""

from __future__ import annotations

import gc
import threading
from typing import Any

from PySide6.QtCore import QObject

from engine.progress import Progress
from gui.collection import YOUNG, Collector
from gui.main_window import MainWindow
from tests.gui.conftest import Wait


class Ring:
    """Refers to itself, so that only a walk frees it; notes in which thread."""

    def __init__(self, freed: list[threading.Thread]) -> None:
        self.itself, self._freed = self, freed

    def __del__(self) -> None:
        self._freed.append(threading.current_thread())


def test_what_a_job_leaves_is_freed_in_the_windows_thread(window: MainWindow, settle: Wait) -> None:
    freed: list[threading.Thread] = []
    asked: list[threading.Thread] = []

    def litter(progress: Progress) -> None:
        asked.append(threading.current_thread())
        kept: list[Any] = []
        for _ in range(20 * YOUNG):
            kept.append(Ring(freed))
            kept[:-1] = []

    window.bench.jobs.run("Littering", litter, done=lambda _: None)
    settle()
    assert asked[0] is not threading.main_thread()
    collector = window.findChild(Collector)
    assert collector is not None
    collector.walk()
    assert len(freed) == 20 * YOUNG
    assert set(freed) == {threading.main_thread()}


def test_longer_walks_come_after_shorter_ones(window: MainWindow) -> None:
    collector = Collector(QObject(window))
    there = len(gc.get_objects())
    walks: list[int] = []
    note = lambda phase, facts: walks.append(facts["generation"]) if phase == "start" else None  # noqa: E731
    gc.callbacks.append(note)
    try:
        kept: list[list[None]] = []
        while 2 not in walks:
            assert len(kept) < there, "everything doubled, and was not walked over"
            kept += ([] for _ in range(2 * YOUNG))
            collector.walk()
    finally:
        gc.callbacks.remove(note)
    assert walks.count(0) > walks.count(1) > walks.count(2) == 1
    walks.clear()
    collector.walk()
    assert not walks, "nothing new, and yet a walk"
