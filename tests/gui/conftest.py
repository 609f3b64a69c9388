"""What every test of the window uses, and the hygiene that each must keep.

A test that leaves a thread or a running timer behind, or that makes Qt print a warning, fails, whatever it asserts.
"""

from __future__ import annotations

import gc
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ |= {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}  # the window speaks English whatever the system speaks
pytest.importorskip("PySide6.QtWidgets", reason="Qt is not here", exc_type=ImportError)

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtCore import QCoreApplication, QEvent, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.app import build_window
from gui.main_window import MainWindow
from gui.paths import Folders

HARMLESS = ("This plugin does not support", "propagateSizeHints", "Could not connect to session bus")


@pytest.fixture(autouse=True)
def hygiene(qapp: QApplication) -> Iterator[None]:
    """No thread, no running timer, no warning of Qt is left."""
    said: list[str] = []

    def note(kind: QtMsgType, _context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(part in text for part in HARMLESS):
            said.append(text)

    before = set(threading.enumerate())
    gc.disable()  # not in the thread of a job, as in the program
    old = qInstallMessageHandler(note)
    yield
    for widget in QApplication.topLevelWidgets():
        if not isinstance(widget, MainWindow):
            widget.close()
    qapp.processEvents()
    woken = gc.isenabled()
    gc.enable()
    running = [t.objectName() or repr(t.parent()) for t in qapp.findChildren(QTimer) if t.isActive()]
    qInstallMessageHandler(old)
    left = [t for t in set(threading.enumerate()) - before if t.is_alive() and t.name.startswith("lathe")]
    assert not woken, "the garbage collector was turned on, and may walk in the thread of a job"
    assert not said, f"Qt said: {said}"
    assert not running, f"timers still run: {running}"
    assert not left, f"threads still run: {left}"


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "config", tmp_path / "state")


@pytest.fixture
def window(qapp: QApplication, folders: Folders) -> Iterator[MainWindow]:
    """A window that is shown, with nothing open."""
    made = build_window(qapp, folders)
    made.show()
    qapp.processEvents()
    yield made
    made.close()
    made.deleteLater()
    # Without a running loop only this deletes it. One that stays makes every later style sheet of the program slower.
    QCoreApplication.sendPostedEvents(made, QEvent.Type.DeferredDelete)
    qapp.processEvents()


Wait = Callable[[], None]


@pytest.fixture
def settle(qapp: QApplication, window: MainWindow) -> Wait:
    """Wait until no job runs any more."""

    return lambda: wait_for(window)


def wait_for(window: MainWindow) -> None:
    from pytestqt.exceptions import TimeoutError as QtTimeout
    from pytestqt.qtbot import QtBot

    try:
        QtBot(None).waitUntil(lambda: not window.bench.jobs.busy and not window.bench.glances.busy, timeout=60_000)
    except QtTimeout:
        pytest.fail(f"still running: {window.bench.jobs.current}")
    QApplication.processEvents()


def wear(window: MainWindow, choice: str) -> None:
    """Choose a theme, and wait until everything is drawn in it."""
    window.bench.theme.choose(choice)
    for _ in range(500):
        QTest.qWait(2)
        if window.updatesEnabled():
            return
    pytest.fail("the window stands still for ever")


def small_model(path: Path, *, convs: int = 5, dynamic: bool = False) -> Path:
    """A chain of Conv and Relu on 1x4x16x16, with scopes in the names; deterministic weights."""
    rng = np.random.default_rng(0)
    nodes, weights, value = [], [], "x"
    for n in range(convs):
        weight = (rng.standard_normal((4, 4, 3, 3)) / 6).astype(np.float32)
        weights.append(numpy_helper.from_array(weight, f"w{n}"))
        nodes.append(helper.make_node("Conv", [value, f"w{n}"], [f"c{n}"], f"block{n}/conv", pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{n}"], [f"r{n}"], f"block{n}/relu"))
        value = f"r{n}"
    shape: list[int | str] = ["batch", 4, "height", 16] if dynamic else [1, 4, 16, 16]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    y = helper.make_tensor_value_info(value, TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "small", [x], [y], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


@pytest.fixture
def model_file(tmp_path: Path) -> Path:
    return small_model(tmp_path / "small.onnx")


@pytest.fixture
def opened(window: MainWindow, model_file: Path, settle: Wait) -> MainWindow:
    """A window with the small model open."""
    from gui.actions.file import open_path

    open_path(window.bench, model_file)
    settle()
    assert window.bench.document.opened is not None, window.messages.text
    return window
