"""Plots by hand: pointing tells the figure of the data, wheel and drag move the view, and there is a way back."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.explain.memory import MemoryStep
from gui.main_window import MainWindow
from gui.plots.bars import Bar, LatencyBars
from gui.plots.layer_bars import LayerBar, LayerBars
from gui.plots.lazy import pyqtgraph
from gui.plots.load import LoadPlot
from gui.plots.memory import MemorySteps
from gui.plots.runs import RunsPlot
from gui.plots.scatter import Dot, ScatterPlot
from gui.plots.share import PlotShare
from gui.theme import Theme
from tests.gui.measured import LATENCY

LEFT, NONE, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
COUNT = 40


def bars(theme: Theme) -> tuple[QWidget, Any, tuple[float, float], object]:
    """The plot, its view, the place of one figure in it, and what pointing there tells."""
    plot, shown = LatencyBars(theme), [Bar(f"l{n}", 10.0 + n, 5.0 + n) for n in range(COUNT)]
    plot.show_bars(shown, False)
    return plot, plot._plot, (30, 20.0), shown[30]


def layer_bars(theme: Theme) -> tuple[QWidget, Any, tuple[float, float], object]:
    plot, shown = LayerBars("Sensitivity", theme), [LayerBar(f"l{n}", 10.0 + n) for n in range(COUNT)]
    plot.show_bars(shown, "dB")
    return plot, plot.plot, (30, 20.0), shown[30]


def memory(theme: Theme) -> tuple[QWidget, Any, tuple[float, float], object]:
    plot = MemorySteps(theme)
    plot.show_steps([MemoryStep(f"l{n}", 1000 * (n + 1), 500) for n in range(COUNT)])
    return plot, plot.plot, (30, 10.0), 30


def runs(theme: Theme) -> tuple[QWidget, Any, tuple[float, float], object]:
    plot = RunsPlot(theme)
    plot.show_latency(LATENCY)
    return plot, plot._plot, (1.5, 10.0), (1.3, 1.7, 2)


def scatter(theme: Theme) -> tuple[QWidget, Any, tuple[float, float], object]:
    plot = ScatterPlot("Variants", theme)
    plot.show_dots([Dot(n, f"v{n}", 1.0 + n, 80.0 + n * n) for n in range(4)], "Latency, ms", "Accuracy, %")
    return plot, plot.plot, (3.0, 84.0), 2


def load(theme: Theme) -> tuple[QWidget, Any, tuple[float, float], object]:
    plot = LoadPlot(theme)
    plot.show_points([point(batch, 10.0 * batch) for batch in (1, 2, 4)], 0, None)
    return plot, plot.plot, (20.0, 50.0), 1


def point(batch: int, p90: float) -> Any:  # a SweepPoint
    return SimpleNamespace(batch=batch, threads=2, streams=1, throughput_per_s=100.0 / batch, median_ms=p90 * 0.9,
                           p90_ms=p90, p99_ms=p90 * 1.1, runs=10, reason="")  # fmt: skip


PLOTS = {make.__name__: make for make in (bars, layer_bars, memory, runs, scatter, load)}


@pytest.fixture(params=sorted(PLOTS))
def shown(request: pytest.FixtureRequest, window: MainWindow, qapp: QApplication) -> Any:
    pyqtgraph().setConfigOptions(mouseRateLimit=-1)  # it leaves out events that come faster than a hand moves
    plot, view, place, told = PLOTS[request.param](window.bench.theme)
    plot.setParent(window)
    plot.setGeometry(0, 0, 600, 240)
    plot.show()
    plot.raise_()
    qapp.processEvents()
    return plot, view, place, told


def pixel(view: Any, place: tuple[float, float]) -> QPoint:
    scene = view.getPlotItem().getViewBox().mapViewToScene(QPointF(*place))
    found: QPoint = view.mapFromScene(scene)
    return found


def move(view: Any, at: QPoint, buttons: Qt.MouseButton = Qt.MouseButton.NoButton,
         modifiers: Qt.KeyboardModifier = NONE) -> None:  # fmt: skip
    where = QPointF(view.viewport().mapToGlobal(at))
    QApplication.sendEvent(view.viewport(), QMouseEvent(QEvent.Type.MouseMove, QPointF(at), where,
                                                        Qt.MouseButton.NoButton, buttons, modifiers))  # fmt: skip


def drag(view: Any, begin: QPoint, way: QPoint, modifiers: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(view.viewport(), LEFT, modifiers, begin)
    for part in range(1, 6):
        move(view, begin + way * part / 5, LEFT, modifiers)
    QTest.mouseRelease(view.viewport(), LEFT, modifiers, begin + way)


def x_range(view: Any) -> tuple[float, float]:
    low, high = view.getPlotItem().getViewBox().viewRange()[0]
    return round(low, 6), round(high, 6)


def test_pointing_tells_the_figure_of_the_data(shown: Any) -> None:
    plot, view, place, told = shown
    heard: list[object] = []
    plot.hovered.connect(heard.append)
    at = pixel(view, place)
    move(view, at - QPoint(3, 3))
    move(view, at)
    assert heard and heard[-1] == told


def test_wheel_and_drag_move_the_view_and_a_double_click_brings_all_back(shown: Any, qapp: QApplication) -> None:
    plot, view, place, told = shown
    whole, at = x_range(view), pixel(view, place)
    for _ in range(4):
        wheel = QWheelEvent(QPointF(at), QPointF(view.viewport().mapToGlobal(at)), QPoint(), QPoint(0, 120),
                            Qt.MouseButton.NoButton, NONE, Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(view.viewport(), wheel)
    near = x_range(view)
    assert near[1] - near[0] < 0.8 * (whole[1] - whole[0])
    heard: list[object] = []
    plot.hovered.connect(heard.append)
    move(view, pixel(view, place))
    assert heard[-1] == told, "figures are found in the part that is shown too"
    drag(view, at, QPoint(40, 0))
    moved = x_range(view)
    assert moved[0] < near[0] and moved[1] - moved[0] == pytest.approx(near[1] - near[0])
    QTest.mouseDClick(view.viewport(), LEFT, NONE, QPoint(300, 100))
    QTest.mouseRelease(view.viewport(), LEFT, NONE, QPoint(300, 100))
    qapp.processEvents()
    assert x_range(view) == whole
    view.getPlotItem().getViewBox().setXRange(*near, padding=0)
    (share,) = plot.findChildren(PlotShare)
    share.menu().actions()[0].trigger()
    assert x_range(view) == whole, "and so does the context menu"


def test_a_drag_with_control_takes_picture_and_figures_out(shown: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    plot, view, place, _ = shown
    taken: list[tuple[str, bool, QImage]] = []

    def dropped(gone: QDrag, *_: object) -> Qt.DropAction:
        mime: QMimeData = gone.mimeData()
        (url,) = mime.urls()
        taken.append((mime.text(), Path(url.toLocalFile()).read_bytes().startswith(b"\x89PNG"), mime.imageData()))
        return Qt.DropAction.CopyAction

    monkeypatch.setattr(QDrag, "exec", dropped)
    whole = x_range(view)
    drag(view, pixel(view, place), QPoint(60, 20), CONTROL)
    ((text, file, picture),) = taken
    (share,) = plot.findChildren(PlotShare)
    assert len(text.splitlines()) == len(share.data()[1]) + 1
    assert file and picture.width() == view.grab().width()
    assert x_range(view) == whole, "the view stays where it is"


def test_control_and_a_click_still_add_to_the_selection(window: MainWindow, qapp: QApplication) -> None:
    plot, view, place, told = bars(window.bench.theme)
    plot.setParent(window)
    plot.setGeometry(0, 0, 600, 240)
    plot.show()
    qapp.processEvents()
    chosen: list[Any] = []
    plot.clicked.connect(lambda layer, add: chosen.append((layer, add)))  # type: ignore[attr-defined]
    QTest.mouseClick(view.viewport(), LEFT, CONTROL, pixel(view, place))
    qapp.processEvents()
    assert chosen == [("l30", True)] and told


def test_labels_of_the_load_stand_clear_of_each_other(window: MainWindow, qapp: QApplication) -> None:
    plot = LoadPlot(window.bench.theme)
    plot.setParent(window)
    plot.setGeometry(0, 0, 420, 240)
    plot.show()
    plot.show_points([point(1, 10.0), point(2, 90.0), point(4, 150.0)], 0, None)
    qapp.processEvents()
    boxes = [label.sceneBoundingRect() for label in plot._labels]
    assert len(boxes) >= 2
    assert not any(a.intersects(b) for n, a in enumerate(boxes) for b in boxes[:n])
