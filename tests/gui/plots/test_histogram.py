"""Histograms by real events: a bin is told, the wheel turns the page unless Ctrl is held, a double click shows all."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from gui.glance import TensorSummary
from gui.main_window import MainWindow
from gui.plots.histogram import Histogram
from gui.theme import Theme
from tests.gui import measured

CONTROL, NONE = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
SUMMARY = TensorSummary("w", (1, 2, 3, 4), (-1.0, -0.5, 0.0, 0.5, 1.0), -1.0, 1.0, 0.1, 0.5, 0.0, False)


@pytest.fixture
def plot(qtbot: QtBot, qapp: QApplication) -> Histogram:
    made = Histogram(Theme(qapp, "light"))
    qtbot.addWidget(made)
    made.resize(300, 120)
    made.show_summary(SUMMARY, (4, 3, 2, 1))
    made.show()
    qapp.processEvents()
    return made


def at(plot: Any, x: float, y: float) -> QPoint:
    found: QPoint = plot.mapFromScene(plot.getPlotItem().getViewBox().mapViewToScene(QPointF(x, y)))
    return found


def turn(plot: Histogram, keys: Qt.KeyboardModifier) -> None:
    view = plot._plot.viewport()
    place = QPointF(at(plot._plot, 0.25, 1.0))
    wheel = QWheelEvent(place, view.mapToGlobal(place), QPoint(), QPoint(0, 480), Qt.MouseButton.NoButton, keys,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(view, wheel)


def width(plot: Histogram) -> float:
    (low, high), _ = plot._plot.getPlotItem().getViewBox().viewRange()
    return float(high - low)


def test_pointing_at_a_bin_tells_it(plot: Histogram, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(QToolTip, "showText", lambda _at, text, _widget: said.append(text))
    QTest.mouseMove(plot._plot.viewport(), at(plot._plot, 0.25, 2.0))
    assert said[-1] == "0 to 0.5: 3 elements, 2 as treated"
    assert plot.told(7.0) == ""


def test_the_wheel_zooms_only_with_control(plot: Histogram) -> None:
    whole = width(plot)
    turn(plot, NONE)
    assert width(plot) == whole
    turn(plot, CONTROL)
    assert width(plot) < whole
    for act in (QTest.mouseDClick, QTest.mouseRelease):  # as Qt sends it: the first does not release
        act(plot._plot.viewport(), Qt.MouseButton.LeftButton, NONE, at(plot._plot, 0.25, 2.0))
    assert width(plot) == pytest.approx(whole)


def test_pointing_at_the_runs_tells_how_many(opened: MainWindow, qapp: QApplication) -> None:
    measured.add(opened.bench.document)
    opened.show_panel("runs")
    qapp.processEvents()
    panel: Any = opened.panels["runs"]
    plot = panel._plot._plot
    QTest.mouseMove(plot.viewport(), at(plot, 1.1, 20.0))
    assert panel._legend.text().replace("\u202f", " ") == "900 µs to 1.3 ms: 46 runs"
    QTest.qWait(40)  # moves that follow each other faster are taken as one
    QTest.mouseMove(plot.viewport(), QPoint(2, 2))
    assert "median" in panel._legend.text()
