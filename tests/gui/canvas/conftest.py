"""A window with a small model open and its graph drawn."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.canvas.panel import GraphPanel
from gui.main_window import MainWindow

Click = Callable[..., None]


@pytest.fixture
def drawn(qapp: QApplication, settle: Callable[[], None]) -> Callable[[MainWindow], GraphPanel]:
    """Wait until the graph of a window shows what it is to show."""

    def wait(window: MainWindow) -> GraphPanel:
        from pytestqt.qtbot import QtBot

        settle()
        QtBot(None).waitUntil(lambda: not window.graph.jobs.busy, timeout=30_000)
        qapp.processEvents()
        return window.graph

    return wait


@pytest.fixture
def graph(opened: MainWindow, drawn: Callable[[MainWindow], GraphPanel]) -> GraphPanel:
    panel = drawn(opened)
    assert panel.scene is not None
    return panel


@pytest.fixture
def click(graph: GraphPanel) -> Click:
    """A click on a box, by its name."""

    def press(
        name: str, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier, *, double: bool = False
    ) -> None:
        at = place_of(graph, number_of(graph, name))
        act = QTest.mouseDClick if double else QTest.mouseClick
        act(graph.view, Qt.MouseButton.LeftButton, modifiers, at)

    return press


def number_of(graph: GraphPanel, name: str) -> int:
    assert graph.scene is not None
    return next(n for n, item in enumerate(graph.scene.items) if item.name == name)


def place_of(graph: GraphPanel, number: int) -> QPoint:
    """Where on the screen its middle is, or the header of what is open."""
    assert graph.scene is not None
    graph.view.show_boxes([number])
    box = graph.scene.box(number)
    middle = QPointF(box.center().x(), box.top() + 12 if graph.scene.is_open(number) else box.center().y())
    return graph.view.to_screen(middle).toPoint()
