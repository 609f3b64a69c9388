"""Closing the window ends everything, whatever runs; and the hygiene of these tests can fail."""

from __future__ import annotations

import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

import psutil
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.actions import file as file_actions
from gui.actions import session as session_actions
from gui.app import build_window
from gui.main_window import MainWindow
from gui.paths import Folders
from gui.treatment import treat


@pytest.fixture
def before() -> tuple[set[threading.Thread], set[int]]:
    """Threads and children that other tests keep for longer than this one."""
    return set(threading.enumerate()), {child.pid for child in psutil.Process().children()}


def test_closing_during_a_profile_ends_thread_and_child(
    before: tuple[set[threading.Thread], set[int]], opened: MainWindow, qtbot: QtBot
) -> None:
    opened.toolbar.runs.setValue(100_000)
    opened.actions_set.qt["profile"].trigger()
    qtbot.waitUntil(lambda: "measuring" in opened.status._job.text(), timeout=20_000)
    children = [child for child in psutil.Process().children() if child.pid not in before[1]]
    assert children
    began = time.monotonic()
    opened.close()
    assert time.monotonic() - began < 3
    assert not [t for t in threading.enumerate() if t.name.startswith("lathe") and t not in before[0]]
    _, alive = psutil.wait_procs(children, timeout=3)
    assert alive == []


def test_closing_keeps_recipe_geometry_and_settings(
    qapp: QApplication, folders: Folders, model_file: Path, qtbot: QtBot
) -> None:
    def opened_window() -> MainWindow:
        made = build_window(qapp, folders)
        made.show()
        file_actions.open_path(made.bench, model_file)
        qtbot.waitUntil(lambda: not made.bench.jobs.busy, timeout=20_000)
        return made

    first = opened_window()
    document = first.bench.document
    recipe = treat(document.recipe, "pruning", "magnitude_weights", ["block2/conv"], {"ratio": 0.25})
    document.edit(recipe, "prune")
    first.toolbar.threads.setValue(2)
    first.resize(900, 640)
    first.close()
    first.deleteLater()
    second = opened_window()
    assert second.bench.document.recipe == recipe
    assert second.toolbar.threads.value() == 2
    assert second.height() == 640
    second.close()
    second.deleteLater()


def test_a_folder_that_cannot_be_written_stops_no_work(opened: MainWindow, folders: Folders) -> None:
    folders.state.mkdir(parents=True, exist_ok=True)
    for name in ("sessions", "running"):
        shutil.rmtree(folders.state / name, ignore_errors=True)
        (folders.state / name).write_text("a file where a folder should be")
    document = opened.bench.document
    document.edit(treat(document.recipe, "pruning", "magnitude_weights", ["block2/conv"], {"ratio": 0.25}), "prune")
    session_actions.keep_now(opened.bench)
    assert any("cannot be kept" in entry.text for entry in document.log_entries)
    opened.close()
    assert not opened.isVisible()


LEAKS = """
import threading
from PySide6.QtCore import QTimer, qWarning

def test_thread():
    threading.Thread(target=threading.Event().wait, args=(5,), name="lathe leak", daemon=True).start()

def test_warning():
    qWarning("something is wrong")

def test_timer(qapp):
    timer = QTimer(qapp)
    timer.start(1000)

def test_clean(qapp):
    [timer.stop() for timer in qapp.findChildren(QTimer)]
"""


def test_the_hygiene_notices_a_leak(tmp_path: Path) -> None:
    shutil.copy(Path(__file__).with_name("conftest.py"), tmp_path / "conftest.py")
    (tmp_path / "test_leaks.py").write_text(LEAKS)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert "4 passed, 3 errors" in done.stdout, done.stdout
    for said in ("threads still run", "something is wrong", "timers still run"):
        assert said in done.stdout
