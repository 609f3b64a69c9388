"""The last line: what a profile ran on, how long a job will take, and two ways to end it."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.progress import Progress
from gui.main_window import MainWindow
from gui.panels.status import figures
from tests.gui.conftest import Wait
from tests.gui.test_document import measurement

LEFT = Qt.MouseButton.LeftButton


def test_inputs_and_an_early_end_stand_beside_the_figures(opened: MainWindow) -> None:
    document = opened.bench.document
    found = measurement(2.0)
    document.add_measurement(document.key(), found)
    assert [f.text for f in figures(document)][1] == "on samples"
    stopped = replace(found.profile, inputs="synthetic", complete=False, stopped="stopped after 2 of 5 sessions")
    document.add_measurement(document.key(), replace(found, profile=stopped))
    figure = figures(document)[1]
    assert figure.text == "on synthetic inputs, stopped early"
    assert "2 of 5 sessions" in figure.tip and figure.stale


def test_stop_keeps_and_only_shows_where_something_can_be_kept(opened: MainWindow, qtbot: QtBot, settle: Wait) -> None:
    status, got = opened.status, []
    started = threading.Event()

    def measure(*, progress: Progress) -> str:
        started.set()
        while not progress.finishing:
            progress.check()
        return "kept"

    opened.bench.jobs.run("Measuring", measure, done=got.append, partial=got.append)
    assert started.wait(5)
    assert status._stop.isVisible()
    QTest.mouseClick(status._stop, LEFT)
    assert status._job.text().startswith("Stopping") or got
    settle()
    assert got == ["kept"]

    go_on = threading.Event()
    opened.bench.jobs.run("Opening", lambda *, progress: go_on.wait(5), done=lambda _: None)
    qtbot.waitUntil(lambda: status._cancel.isVisible())
    assert not status._stop.isVisible()
    go_on.set()
    settle()


def test_the_time_left_is_told(opened: MainWindow, qtbot: QtBot, settle: Wait) -> None:
    go_on = threading.Event()

    def count(*, progress: Progress) -> None:
        for n in range(1000):
            progress.step("counting", n, 1000)
            if go_on.wait(0.05):
                return

    opened.bench.jobs.run("Counting", count, done=lambda _: None)
    qtbot.waitUntil(lambda: "left" in opened.status._left.text(), timeout=5000)
    go_on.set()
    settle()
    assert not opened.status._left.isVisible()


def test_the_time_left_has_its_room_at_once(opened: MainWindow, settle: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    status, end = opened.status, threading.Event()
    opened.bench.jobs.run("Measuring", lambda *, progress: end.wait(5), done=lambda _: None)
    QApplication.processEvents()
    monkeypatch.setattr("gui.time_left.text", lambda _left: "a few seconds left")
    status._show_time()
    assert status._left.width() >= status._left.sizeHint().width(), "before any other event"
    end.set()
    settle()
