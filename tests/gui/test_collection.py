"""Garbage is found in the window's thread, whatever thread made it."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from engine.progress import Progress
from gui.collection import MANY, MOST, OLD, YOUNG, Collector, let_go, no_walks
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


@pytest.fixture
def collector(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """One that walks when it is called."""
    gc.disable()
    monkeypatch.setattr("gui.collection._everything_is_due", [False])
    parent = QObject()
    yield Collector(parent)
    parent.deleteLater()
    gc.unfreeze()


def test_what_is_there_at_first_is_set_aside(collector: Collector) -> None:
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < OLD


def test_walks_do_not_disturb_a_thread_that_makes_a_tuple(collector: Collector) -> None:
    """``gc.get_objects`` in another thread does: SystemError, bad argument to internal function."""
    made, ends = threading.Event(), threading.Event()
    failed: list[BaseException] = []

    def make() -> None:
        try:
            while not ends.is_set():
                tuple([n] for n in range(2 * YOUNG))
                made.set()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=make)
    thread.start()
    try:
        assert made.wait(10)
        end = time.monotonic() + 1.0
        while time.monotonic() < end:
            collector.walk()
    finally:
        ends.set()
        thread.join()
    assert not failed


def test_what_came_since_is_looked_at_soon(collector: Collector) -> None:
    freed: list[threading.Thread] = []
    for _ in range(2 * YOUNG):
        Ring(freed)
    collector.walk()
    assert len(freed) == 2 * YOUNG


def test_what_stayed_for_a_while_is_looked_at_when_as_much_has_come(collector: Collector) -> None:
    freed: list[threading.Thread] = []
    lasting = [Ring(freed) for _ in range(2 * YOUNG)]
    collector.walk()
    lasting.clear()
    collector.walk()
    assert not freed, "a long walk for little"
    kept: list[list[None]] = []
    for _ in range(OLD // YOUNG):
        kept += ([] for _ in range(2 * YOUNG))
        collector.walk()
        if freed:
            break
    assert len(freed) == 2 * YOUNG


def test_what_makes_walks_long_is_set_aside_and_looked_at_when_it_has_become_much(
    collector: Collector, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gui.collection.LONG_S", 0.0)
    monkeypatch.setattr("gui.collection.ASIDE", OLD)
    freed: list[threading.Thread] = []
    lasting = [[Ring(freed)] for _ in range(OLD)]
    collector.walk()
    assert len(gc.get_objects()) > OLD, "set aside before it is known that it stays"
    for _ in range(2):
        collector.walk()
    assert len(gc.get_objects()) < OLD
    lasting.clear()
    gc.collect()
    assert not freed, "it was walked over"
    collector.walk()
    assert len(freed) == OLD


@pytest.mark.parametrize("rests", [True, False])
def test_what_is_set_aside_is_looked_at_once_the_window_rests_or_it_is_very_much(
    collector: Collector, monkeypatch: pytest.MonkeyPatch, rests: bool
) -> None:
    monkeypatch.setattr("gui.collection.LONG_S", 0.0)
    monkeypatch.setattr("gui.collection.ASIDE", OLD)
    freed: list[threading.Thread] = []
    lasting = [[Ring(freed)] for _ in range(OLD)]

    def at_work() -> None:
        for _ in range(3):
            collector.touched()
            collector.walk()

    at_work()
    lasting.clear()
    at_work()
    assert not freed, "it would stand still for somebody"
    if rests:
        monkeypatch.setattr("gui.collection.STILL_S", 0.0)
        collector.walk()
    else:
        kept: list[list[int]] = []
        while not freed and len(kept) < 2 * MOST * OLD:
            kept += ([n] for n in range(OLD))
            at_work()
    assert len(freed) == OLD


def test_what_is_short_to_walk_over_is_not_set_aside(collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gui.collection.LONG_S", 10.0)
    lasting = [[n] for n in range(2 * OLD)]
    for _ in range(4):
        collector.walk()
    assert len(gc.get_objects()) > len(lasting)


def test_everything_is_looked_at_when_something_large_was_replaced(collector: Collector) -> None:
    freed: list[threading.Thread] = []
    with no_walks(MANY):
        large = Ring(freed)
    del large
    gc.collect()
    collector.walk()
    let_go(MANY - 1)
    collector.walk()
    assert not freed
    let_go(MANY)
    collector.walk()
    assert len(freed) == 1
